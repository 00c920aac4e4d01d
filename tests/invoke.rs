//! The command line from outside: `hoist invoke --local` and `hoist validate` on the examples.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Hoist with a clean environment and a cache that all tests share.
fn hoist() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("PATH", "/usr/bin:/bin")
        .env("HOIST_CACHE_DIR", shared_cache())
        // Nobody is to be asked for credentials over the network.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    command
}

/// No test adds packages to it: they would be there for all others.
fn shared_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache")
}

fn example(path: &str) -> PathBuf {
    root().join("examples").join(path)
}

/// `hoist invoke FUNCTION --local -t EXAMPLE/template.yaml -e EXAMPLE/events/EVENT`
fn invoke(name: &str, function: &str, event: &str) -> Command {
    let mut command = hoist();
    command
        .args(["invoke", function, "--local", "-t"])
        .arg(example(name).join("template.yaml"))
        .arg("-e")
        .arg(example(name).join("events").join(event));
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("hoist starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn answer(command: &mut Command) -> Value {
    let output = run(command);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A template of one function in a folder of its own.
struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Project(folder)
    }

    fn javascript(code: &str) -> Self {
        Project::new(&[("template.yaml", TEMPLATE), ("src/index.js", code)])
    }

    fn hoist(&self, arguments: &[&str]) -> Command {
        let mut command = hoist();
        command.current_dir(self.0.path()).args(arguments);
        command
    }
}

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  First:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: the-first
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: src
      Environment:
        Variables:
          COLOUR: red
          TABLE: !Ref Table
  Table:
    Type: AWS::Serverless::SimpleTable
";

#[test]
fn the_http_api_example_answers() {
    let answer = answer(&mut invoke("http-api-js", "HelloFunction", "get.json"));
    assert_eq!(answer["statusCode"], 200);
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert!(body.to_string().contains("Bonjour, Ada!"), "{body}");
}

#[test]
fn the_queue_worker_example_reports_the_bad_message() {
    let answer = answer(&mut invoke("queue-worker-js", "PriceOrders", "batch.json"));
    assert_eq!(
        answer,
        json!({"batchItemFailures": [{"itemIdentifier": "2f1c9a52-7b1e-4d0c-9a3e-5f0d1c2b3a42"}]})
    );
}

#[test]
fn the_typescript_example_answers() {
    let reply = |event| {
        let answer = answer(&mut invoke("orders-api-ts", "PriceOrderFunction", event));
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (answer["statusCode"].as_u64().unwrap(), body)
    };
    assert_eq!(
        reply("order.json"),
        (
            200,
            json!({"goods": 1420, "postage": 990, "total": 2410, "currency": "EUR"})
        )
    );
    assert_eq!(
        reply("unknown-item.json"),
        (
            409,
            json!({"message": "There is no samovar.", "item": "samovar"})
        )
    );
    assert_eq!(reply("empty.json").0, 400);
}

#[test]
fn the_wasm_example_answers() {
    let answer = answer(&mut invoke("wasm-command", "MeasureFunction", "order.json"));
    assert_eq!(answer, json!({"bytes": 183, "strings": 16, "depth": 4}));
}

#[test]
fn every_example_is_valid_and_has_events() {
    let mut events = 0;
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        let output = run(hoist().args(["validate", "-t"]).arg(&folder));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stderr(&output).contains("is valid"), "{}", stderr(&output));
        events += std::fs::read_dir(folder.join("events")).unwrap().count();
    }
    assert!(events >= 10);
}

#[test]
fn the_answer_is_alone_on_stdout_and_lambdas_lines_are_on_stderr() {
    let project = Project::javascript(
        "exports.handler = async (e) => { console.log('hi', e); return { ok: true } }",
    );
    let output = run(&mut project.hoist(&["invoke", "First", "--local"]));
    assert_eq!(stdout(&output), "{\"ok\":true}\n");
    let log = stderr(&output);
    let lines: Vec<&str> = log
        .lines()
        .skip_while(|line| !line.starts_with("START"))
        .collect();
    let id = lines[0]
        .strip_prefix("START RequestId: ")
        .and_then(|rest| rest.strip_suffix(" Version: $LATEST"))
        .unwrap();
    assert_eq!(id.len(), 36);
    let fields: Vec<&str> = lines[1].split('\t').collect();
    assert_eq!(&fields[1..], [id, "INFO", "hi {}"], "{log}");
    assert_eq!(lines[2], format!("END RequestId: {id}"));
    assert!(lines[3].starts_with(&format!("REPORT RequestId: {id}\tDuration: ")));
    assert!(lines[3].contains("\tBilled Duration: "));
    assert!(lines[3].contains("\tMemory Size: 128 MB\tMax Memory Used: "));
    assert!(lines[3].contains("\tInit Duration: "));
    assert!(lines[3].ends_with('\t'));
}

#[test]
fn a_function_that_fails_ends_with_4_and_its_payload() {
    let project =
        Project::javascript("exports.handler = async () => { throw new RangeError('no') }");
    let output = run(&mut project.hoist(&["invoke", "First", "--local"]));
    assert_eq!(output.status.code(), Some(4));
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["errorType"], "RangeError");
    assert_eq!(error["errorMessage"], "no");
    let trace = error["trace"][1].as_str().unwrap();
    assert!(trace.contains("/var/task/index.js:1:"), "{error}");
}

#[test]
fn json_output_is_one_object() {
    let project = Project::javascript("exports.handler = async () => 'text'");
    let output = run(&mut project.hoist(&["invoke", "the-first", "--local", "--output", "json"]));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["payload"], "text");
    assert_eq!(object["functionError"], Value::Null);
    assert_eq!(
        object["functionArn"],
        "arn:aws:lambda:us-east-1:123456789012:function:the-first"
    );
    assert_eq!(object["metrics"]["memorySizeMB"], 128);
}

#[test]
fn the_context_and_the_environment_are_lambdas() {
    let code = "exports.handler = async (event, context) => ({
        name: context.functionName, version: context.functionVersion, arn: context.invokedFunctionArn,
        memory: context.memoryLimitInMB, group: context.logGroupName, stream: context.logStreamName,
        id: context.awsRequestId.length, left: context.getRemainingTimeInMillis(),
        region: process.env.AWS_REGION, colour: process.env.COLOUR, table: process.env.TABLE,
        home: process.env.HOME, path: process.env.LAMBDA_TASK_ROOT, extra: process.env.EXTRA,
        names: Object.keys(context).sort(),
    })";
    // Node 24's client has no callback members any more; 22 has all that are documented.
    let template = TEMPLATE.replace("nodejs24.x", "nodejs22.x");
    let project = Project::new(&[("template.yaml", &template), ("src/index.js", code)]);
    std::fs::write(project.0.path().join(".env"), "EXTRA='from file'\n").unwrap();
    std::fs::write(
        project.0.path().join("env.json"),
        r#"{"First": {"COLOUR": "blue", "UNDECLARED": "x"}}"#,
    )
    .unwrap();
    let mut command = project.hoist(&["invoke", "--local", "--region", "eu-central-1"]);
    command.args([
        "--env-file",
        ".env",
        "--env-vars",
        "env.json",
        "--timeout",
        "7",
    ]);
    let answer = answer(&mut command);
    assert_eq!(answer["name"], "the-first");
    assert_eq!(answer["version"], "$LATEST");
    assert_eq!(
        answer["arn"],
        "arn:aws:lambda:eu-central-1:123456789012:function:the-first"
    );
    assert_eq!(answer["memory"], "128");
    assert_eq!(answer["group"], "/aws/lambda/the-first");
    assert!(answer["stream"].as_str().unwrap().contains("/[$LATEST]"));
    assert_eq!(answer["id"], 36);
    let left = answer["left"].as_f64().unwrap();
    assert!(left > 5000.0 && left <= 7000.0, "{left}");
    assert_eq!(answer["region"], "eu-central-1");
    assert_eq!(answer["colour"], "blue");
    assert!(
        answer["table"].as_str().unwrap().contains("Table"),
        "{answer}"
    );
    assert_eq!(answer["home"], Value::Null);
    assert_eq!(answer["path"], "/var/task");
    assert_eq!(answer["extra"], "from file");
    for name in ["callbackWaitsForEmptyEventLoop", "done", "fail", "succeed"] {
        assert!(
            answer["names"].as_array().unwrap().contains(&json!(name)),
            "{name}"
        );
    }
}

#[test]
fn repeating_keeps_the_environment_and_prints_timings() {
    let project = Project::javascript("let n = 0; exports.handler = async () => ++n");
    let output = run(&mut project.hoist(&["invoke", "--local", "--repeat", "3"]));
    assert_eq!(stdout(&output), "1\n2\n3\n");
    assert!(
        stderr(&output).contains("3 invocations: first "),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output).matches("Init Duration").count(), 1);
}

#[test]
fn an_environment_that_crashed_is_replaced() {
    let project = Project::javascript(
        "let n = 0; exports.handler = async () => { if (++n == 2) process.exit(1); return n }",
    );
    let output = run(&mut project.hoist(&["invoke", "--local", "--repeat", "3"]));
    assert_eq!(output.status.code(), Some(4));
    let lines: Vec<_> = stdout(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "1");
    assert!(lines[1].contains("exit status 1"));
    assert_eq!(lines[2], "1");
}

#[test]
fn the_event_may_come_from_standard_input() {
    let project = Project::javascript("exports.handler = async (event) => event");
    let mut command = project.hoist(&["invoke", "--local", "-e", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"{\"a\": [1]}")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stdout(&output), "{\"a\":[1]}\n");
}

#[test]
fn a_mistyped_function_is_suggested_and_a_missing_name_is_listed() {
    let project = Project::javascript("");
    let output = run(&mut project.hoist(&["invoke", "Frist", "--local"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("did you mean `First`?"),
        "{}",
        stderr(&output)
    );
    let output = run(hoist()
        .args(["invoke", "--local", "-t"])
        .arg(example("http-api-js")));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("HelloFunction"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn wrong_files_and_values_are_named() {
    let project = Project::javascript("");
    let said = |arguments: &[&str]| {
        let output = run(&mut project.hoist(arguments));
        (output.status.code(), stderr(&output))
    };
    let (code, text) = said(&["invoke", "--local", "-e", "missing.json"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("missing.json"), "{text}");
    std::fs::write(project.0.path().join("bad.json"), "{\"a\":\n  nope}").unwrap();
    let (code, text) = said(&["invoke", "--local", "-e", "bad.json"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("bad.json:2:"), "{text}");
    let (code, text) = said(&["invoke", "--local", "-t", "nowhere.yaml"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("nowhere.yaml"), "{text}");
    let (code, _) = said(&["invoke", "--local", "--timeout", "0"]);
    assert_eq!(code, Some(2));
    // Without credentials the deployed one cannot be invoked.
    let (code, text) = said(&["invoke", "First"]);
    assert_eq!(code, Some(3));
    assert!(text.contains("--local"), "{text}");
    let (code, text) = said(&["invoke", "--local", "--parameter-overrides", "Nope=1"]);
    assert!(text.contains("Nope"), "{code:?} {text}");
}

#[test]
fn a_runtime_that_nothing_runs_is_named() {
    let template = TEMPLATE.replace("nodejs24.x", "cobol85");
    let project = Project::new(&[("template.yaml", template.as_str()), ("src/index.cob", "")]);
    let output = run(&mut project.hoist(&["invoke", "--local"]));
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.contains("`cobol85` does not run locally"), "{text}");
    assert!(text.contains("template.yaml:7:"), "{text}");
    assert!(text.contains("nodejs24.x"), "{text}");
}

#[test]
fn a_fault_in_another_function_does_not_stop_this_one() {
    let template = format!(
        "{TEMPLATE}  Broken:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Timeout: 9999
"
    );
    let project = Project::new(&[
        ("template.yaml", template.as_str()),
        ("src/index.js", "exports.handler = async () => 1"),
    ]);
    let output = run(&mut project.hoist(&["invoke", "First", "--local"]));
    assert_eq!(stdout(&output), "1\n", "{}", stderr(&output));
    assert!(
        stderr(&output).contains("hoist validate"),
        "{}",
        stderr(&output)
    );
    let output = run(&mut project.hoist(&["invoke", "Broken", "--local"]));
    assert_eq!(output.status.code(), Some(1));
    let output = run(&mut project.hoist(&["validate", "template.yaml"]));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_stopped_an_invocation_is_json_too() {
    let project = Project::javascript("");
    let said = |arguments: &[&str]| {
        let output = run(project.hoist(arguments).args(["--output", "json"]));
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let object = said(&["invoke", "Frist", "--local"]);
    assert!(
        object["error"].as_str().unwrap().contains("Frist"),
        "{object}"
    );
    std::fs::write(project.0.path().join("bad.json"), "[").unwrap();
    let object = said(&["invoke", "--local", "-e", "bad.json"]);
    assert_eq!(object["diagnostics"][0]["code"], "invoke/event");
}

#[test]
fn an_event_that_is_empty_or_no_file_is_explained() {
    let project = Project::javascript("");
    std::fs::write(project.0.path().join("empty.json"), " \n").unwrap();
    let output = run(&mut project.hoist(&["invoke", "--local", "-e", "empty.json"]));
    assert!(stderr(&output).contains("is empty"), "{}", stderr(&output));
    let output = run(&mut project.hoist(&["invoke", "--local", "-e", "{\"a\":1}"]));
    assert!(stderr(&output).contains("-e -"), "{}", stderr(&output));
}

#[test]
fn a_secret_default_is_never_shown() {
    let template = "\
Parameters:
  Secret:
    Type: String
    NoEcho: true
    MaxLength: 3
    Default: hunter2
Resources:
  A: {Type: AWS::SNS::Topic}
";
    let project = Project::new(&[("template.yaml", template)]);
    let output = run(&mut project.hoist(&["validate"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).contains("hunter2"), "{}", stderr(&output));
}

#[test]
fn the_sdk_that_is_not_there_is_explained() {
    let project =
        Project::javascript("require('@aws-sdk/client-s3'); require('@aws-sdk/util-dynamodb')");
    let output = run(&mut project.hoist(&["invoke", "--local"]));
    assert_eq!(output.status.code(), Some(4));
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["errorType"], "Runtime.ImportModuleError");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.contains("Cannot find module '@aws-sdk/client-s3'"),
        "{message}"
    );
    let text = stderr(&output);
    assert!(
        text.contains("hoist runtime add @aws-sdk/client-s3 @aws-sdk/util-dynamodb"),
        "{text}"
    );
}

#[test]
fn a_function_that_esbuild_would_bundle_runs_from_its_sources() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let function = |id: &str, handler: &str, point: &str| {
        format!(
            "  {id}:\n    Type: AWS::Serverless::Function\n    Metadata: {{BuildMethod: esbuild, BuildProperties: {{EntryPoints: [{point}]}}}}\n    \
             Properties: {{CodeUri: app, Handler: {handler}, Runtime: nodejs22.x}}\n"
        )
    };
    write(
        "template.yaml",
        &format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n{}{}{}",
            function("Same", "app.handler", "app.ts"),
            function("Nested", "get.handler", "./src/get.ts"),
            function("Missing", "no.handler", "src/no.ts"),
        ),
    );
    write(
        "app/app.ts",
        "export const handler = async (): Promise<number> => 1;",
    );
    write(
        "app/src/get.ts",
        "import { two } from './two'; export const handler = async () => two as number;",
    );
    write("app/src/two.ts", "export const two: number = 2;");
    let run_in = |id: &str| run(hoist().current_dir(&folder).args(["invoke", id, "--local"]));
    assert_eq!(stdout(&run_in("Same")), "1\n");
    assert_eq!(stdout(&run_in("Nested")), "2\n");
    let missing = run_in("Missing");
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        stderr(&missing).contains("EntryPoints"),
        "{}",
        stderr(&missing)
    );
}

#[test]
fn the_sdk_comes_from_the_project_or_from_the_store() {
    let code = "\
const tables = require('@aws-sdk/client-tables');
exports.handler = async () => {
  const queues = await import('@aws-sdk/client-queues');
  return [tables.from, tables.core, queues.from, require.resolve('@aws-sdk/client-tables')];
};
";
    let project = Project::new(&[
        (".git/HEAD", ""),
        (
            "node_modules/@aws-sdk/client-tables/index.js",
            "\
exports.from = 'the repository';
exports.core = require('@smithy/core').core;
",
        ),
        (
            "node_modules/@smithy/core/index.js",
            "exports.core = 'beside it'",
        ),
        ("services/orders/template.yaml", TEMPLATE),
        ("services/orders/src/index.js", code),
        ("cache/runtime/nodejs/current", "0\n"),
        (
            "cache/runtime/nodejs/0/node_modules/@aws-sdk/client-queues/package.json",
            r#"{"exports": {"import": "./index.mjs"}}"#,
        ),
        (
            "cache/runtime/nodejs/0/node_modules/@aws-sdk/client-queues/index.mjs",
            "export const from = 'the store'",
        ),
    ]);
    let cache = project.0.path().join("cache");
    // What takes long to make is shared with the other tests.
    std::fs::create_dir_all(shared_cache().join("compiled")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(shared_cache().join("compiled"), cache.join("compiled")).unwrap();
    let answer = answer(
        project
            .hoist(&["invoke", "--local", "-t", "services/orders"])
            .env("HOIST_CACHE_DIR", cache),
    );
    assert_eq!(
        answer,
        json!([
            "the repository",
            "beside it",
            "the store",
            "/var/runtime/project/node_modules/@aws-sdk/client-tables/index.js"
        ])
    );
}

#[test]
fn layers_are_seen_under_opt() {
    let template = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: |
        exports.handler = async () => [require('shared'), require('fs').readdirSync('/opt').sort()]
      Layers: [!Ref One, !Ref Two]
  One:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: one}
  Two:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: two}
";
    let project = Project::new(&[
        ("template.yaml", template),
        (
            "one/nodejs/node_modules/shared/index.js",
            "module.exports = 'one'",
        ),
        ("one/only-one.txt", ""),
        (
            "two/nodejs/node_modules/shared/index.js",
            "module.exports = 'two'",
        ),
        ("two/only-two.txt", ""),
    ]);
    let answer = answer(&mut project.hoist(&["invoke", "--local"]));
    assert_eq!(
        answer,
        json!(["two", ["nodejs", "only-one.txt", "only-two.txt"]])
    );
}

#[test]
fn validate_reports_everything_with_its_place() {
    let template = "\
Resources:
  A:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Ref Nothing
  B:
    Type: AWS::SNS::Topic
    DependsOn: C
  C:
    Type: AWS::SNS::Topic
    DependsOn: B
";
    let project = Project::new(&[("template.yaml", template)]);
    let output = run(&mut project.hoist(&["validate"]));
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.contains("template.yaml:5:"), "{text}");
    assert!(text.contains("Nothing"), "{text}");
    assert!(text.contains("cycle") || text.contains("circle"), "{text}");
    let output = run(&mut project.hoist(&["validate", "--output", "json"]));
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(all.iter().any(|one| one["line"] == 5), "{all:?}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_closed_pipe_is_no_crash() {
    let project = Project::javascript("exports.handler = async () => 'x'.repeat(1 << 20)");
    let mut child = project
        .hoist(&["invoke", "--local"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        !stderr(&output).contains("Hoist itself failed"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_json_log_is_one_object_a_line_with_the_levels_the_template_asks_for() {
    let template = TEMPLATE.replace(
        "Runtime: nodejs24.x",
        "Runtime: nodejs24.x\n      LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: WARN, LogGroup: /shop/all}",
    );
    let code = "exports.handler = async (event, context) => {
        console.info('hidden'); console.warn({ shown: 1 });
        return [context.logGroupName, process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL];
    }";
    let project = Project::new(&[("template.yaml", &template), ("src/index.js", code)]);
    let output = run(&mut project.hoist(&["invoke", "First", "--local"]));
    assert_eq!(stdout(&output), "[\"/shop/all\",\"JSON\",\"WARN\"]\n");
    let log = stderr(&output);
    let lines: Vec<Value> = log
        .lines()
        .skip_while(|line| !line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let kinds: Vec<&Value> = lines
        .iter()
        .map(|line| line.get("type").unwrap_or(&line["message"]))
        .collect();
    assert_eq!(
        kinds,
        [
            &json!("platform.start"),
            &json!({"shown": 1}),
            &json!("platform.report")
        ]
    );
    assert_eq!(lines[1]["requestId"], lines[0]["record"]["requestId"]);
    assert_eq!(lines[2]["record"]["status"], "success");
    assert_eq!(lines[2]["record"]["metrics"]["memorySizeMB"], 128);
}

#[test]
fn with_an_endpoint_the_keys_are_those_that_emulators_take() {
    let code = "exports.handler = async () => ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
        .map((name) => process.env[name] ?? null);";
    let project = Project::javascript(code);
    let mut command = project.hoist(&["invoke", "First", "--local"]);
    command.args(["--endpoint-url", "http://127.0.0.1:4566"]);
    let given = answer(&mut command);
    assert_eq!(
        given,
        json!(["http://127.0.0.1:4566", "test", "test", null])
    );
    let given = answer(&mut project.hoist(&["invoke", "First", "--local"]));
    assert_eq!(given[0], Value::Null);
    assert_eq!(given[1], "AKIAIOSFODNN7EXAMPLE");
}
