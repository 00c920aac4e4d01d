//! Functions that misbehave end as they would in Lambda, and what comes after them is unharmed.

#[path = "sandbox/bench.rs"]
mod bench;

use std::path::Path;
use std::time::Duration;

use hoist::graph::{LogFormat, LogLevel};
use hoist::local::sandbox::{Environment, Function, Logging, Outcome, Runtime};
use serde_json::{Value, json};

use bench::{Bench, ID, answer, failure, invoke, next_is_unharmed};

/// A function of one file.
async fn javascript(code: &str) -> Bench {
    javascript_with(code, |_| ()).await
}

async fn javascript_with(code: &str, change: impl FnOnce(&mut Function)) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.js"), code).unwrap();
    let mut function = function(folder.path(), Runtime::Nodejs(24));
    change(&mut function);
    Bench::prepare(folder, function).await
}

async fn wasm(wat: &str) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bootstrap.wat"), wat).unwrap();
    let function = function(folder.path(), Runtime::Wasm);
    Bench::prepare(folder, function).await
}

fn function(task: &Path, runtime: Runtime) -> Function {
    Function {
        timeout: Duration::from_secs(20),
        environment: [("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "f".to_owned())]
            .into_iter()
            .collect(),
        ..Function::new("f", runtime, "index.handler", task)
    }
}

/// The handler of most tests: does what the event asks for.
const HANDLER: &str = r#"
const fs = require("fs");
let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  const run = new Function("fs", "require", "return (async () => {" + (event.code || "") + "})()");
  const value = await run(fs, require);
  return { calls, value };
};
"#;

async fn run(code: &str) -> (Outcome, Bench, Environment) {
    let bench = javascript(HANDLER).await;
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, json!({ "code": code })).await;
    (outcome, bench, environment)
}

#[tokio::test]
async fn a_throw_is_the_functions_error() {
    let (outcome, bench, environment) = run("throw new TypeError('boom')").await;
    let error = failure(&outcome);
    assert_eq!(error["errorType"], "TypeError");
    assert_eq!(error["errorMessage"], "boom");
    assert_eq!(error["trace"][0], "TypeError: boom");
    assert!(
        bench.log().contains("\tERROR\tInvoke Error \t{"),
        "{}",
        bench.log()
    );
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn a_handler_that_never_answers_times_out_at_its_limit() {
    let bench = javascript_with(HANDLER, |f| f.timeout = Duration::from_secs(1)).await;
    let mut environment = bench.environment().await;
    let code = "await new Promise((done) => setTimeout(done, 60000))";
    let outcome = invoke(&mut environment, json!({ "code": code })).await;
    assert_eq!(
        failure(&outcome),
        json!({
            "errorType": "Sandbox.Timedout",
            "errorMessage": format!("RequestId: {ID} Error: Task timed out after 1.00 seconds"),
        })
    );
    assert!(bench.log().contains("Task timed out after 1.00 seconds"));
    assert!(
        bench.log().contains("Duration: 1000.00 ms"),
        "{}",
        bench.log()
    );
    next_is_unharmed(&bench, environment, false).await;
}

#[tokio::test]
async fn a_promise_that_nothing_settles_ends_as_an_exit() {
    let (outcome, bench, environment) = run("await new Promise(() => {})").await;
    assert_eq!(failure(&outcome)["errorType"], "Runtime.NodeJsExit");
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn an_endless_loop_times_out() {
    let bench = javascript_with(HANDLER, |f| f.timeout = Duration::from_secs(1)).await;
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, json!({ "code": "for (;;);" })).await;
    assert_eq!(failure(&outcome)["errorType"], "Sandbox.Timedout");
    next_is_unharmed(&bench, environment, false).await;
}

#[tokio::test]
async fn endless_allocation_is_killed_at_memory_size() {
    let code = "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));";
    let (outcome, bench, environment) = run(code).await;
    let error = failure(&outcome);
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert_eq!(
        error["errorMessage"],
        format!("RequestId: {ID} Error: Runtime exited with error: signal: killed")
    );
    assert!(
        bench
            .log()
            .contains("Memory Size: 128 MB\tMax Memory Used: 1")
    );
    next_is_unharmed(&bench, environment, false).await;
}

#[tokio::test]
async fn endless_recursion_ends_as_a_range_error() {
    let (outcome, bench, environment) = run("const f = () => 1 + f(); return f();").await;
    assert_eq!(failure(&outcome)["errorType"], "RangeError");
    let survives = environment.is_usable();
    next_is_unharmed(&bench, environment, survives).await;
}

#[tokio::test]
async fn a_megabyte_of_output_arrives_whole() {
    let code = "for (let i = 0; i < 1024; i++) console.log('x'.repeat(1000));";
    let (outcome, bench, environment) = run(code).await;
    assert_eq!(answer(&outcome)["calls"], 1);
    let log = bench.log();
    assert_eq!(log.matches(&"x".repeat(1000)).count(), 1024);
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn an_answer_of_seven_megabytes_is_refused() {
    let (outcome, bench, environment) = run("return 'x'.repeat(7 << 20)").await;
    assert_eq!(
        failure(&outcome),
        json!({
            "errorType": "Function.ResponseSizeTooLarge",
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        })
    );
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn files_of_this_machine_are_not_there() {
    for path in [
        "/etc/passwd",
        "/var/task/../../etc/passwd",
        "/proc/self/environ",
    ] {
        let code = format!("return fs.readFileSync({path:?}, 'utf8')");
        let (outcome, bench, environment) = run(&code).await;
        let error = failure(&outcome);
        assert_eq!(error["errorType"], "Error");
        let message = error["errorMessage"].as_str().unwrap();
        assert!(
            message.starts_with("ENOENT: no such file or directory, open"),
            "{message}"
        );
        next_is_unharmed(&bench, environment, true).await;
    }
}

#[tokio::test]
async fn a_link_out_of_the_functions_folder_leads_nowhere() {
    let bench = javascript(HANDLER).await;
    let task = bench.prepared.function().task.clone();
    std::os::unix::fs::symlink("/etc", task.join("etc")).unwrap();
    let mut environment = bench.environment().await;
    let code = "return fs.readFileSync('/var/task/etc/passwd', 'utf8')";
    let outcome = invoke(&mut environment, json!({ "code": code })).await;
    failure(&outcome);
}

#[tokio::test]
async fn writing_outside_tmp_is_refused() {
    for path in ["/var/task/index.js", "/var/task/new.txt", "/opt/x", "/x"] {
        let code = format!("fs.writeFileSync({path:?}, 'changed')");
        let (outcome, bench, environment) = run(&code).await;
        let error = failure(&outcome);
        let message = error["errorMessage"].as_str().unwrap();
        assert!(
            message.starts_with("EROFS: read-only file system, open"),
            "{path}: {message}"
        );
        next_is_unharmed(&bench, environment, true).await;
    }
}

#[tokio::test]
async fn tmp_is_kept_for_the_environment_and_bounded() {
    let bench = javascript_with(HANDLER, |f| f.tmp_mb = 1).await;
    let mut environment = bench.environment().await;
    let run = |code: &str| json!({ "code": code });
    answer(&invoke(&mut environment, run("fs.writeFileSync('/tmp/a', 'kept')")).await);
    let kept = invoke(
        &mut environment,
        run("return fs.readFileSync('/tmp/a', 'utf8')"),
    )
    .await;
    assert_eq!(answer(&kept)["value"], "kept");
    let full = invoke(
        &mut environment,
        run("fs.writeFileSync('/tmp/b', 'x'.repeat(2 << 20))"),
    )
    .await;
    let message = failure(&full)["errorMessage"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("ENOSPC: no space left on device"),
        "{message}"
    );
    let mut fresh = bench.environment().await;
    let gone = invoke(&mut fresh, run("return fs.existsSync('/tmp/a')")).await;
    assert_eq!(answer(&gone)["value"], false);
}

#[tokio::test]
async fn exiting_ends_the_environment() {
    let (outcome, bench, environment) = run("process.exit(3)").await;
    assert_eq!(
        failure(&outcome),
        json!({
            "errorType": "Runtime.ExitError",
            "errorMessage": format!("RequestId: {ID} Error: Runtime exited with error: exit status 3"),
        })
    );
    next_is_unharmed(&bench, environment, false).await;
}

#[tokio::test]
async fn a_handler_that_breaks_its_globals_hurts_only_its_own_environment() {
    let code = "JSON.stringify = null; Promise.prototype.then = null; globalThis.setTimeout = 1; return 1;";
    let (_, bench, _) = run(code).await;
    let mut fresh = bench.environment().await;
    assert_eq!(answer(&invoke(&mut fresh, json!({})).await)["calls"], 1);
}

#[tokio::test]
async fn code_that_fails_while_loading_is_reported_by_the_first_invocation() {
    let bench = javascript("throw new Error('at load')").await;
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, json!({})).await);
    assert_eq!(error["errorMessage"], "at load");
    assert!(
        bench.log().contains("Uncaught Exception"),
        "{}",
        bench.log()
    );

    let bench = javascript("exports.handler = (").await;
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, json!({})).await);
    assert_eq!(error["errorType"], "Runtime.UserCodeSyntaxError");

    let bench = javascript("exports.other = 1").await;
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, json!({})).await);
    assert_eq!(error["errorType"], "Runtime.HandlerNotFound");

    let bench = javascript("require('left-pad')").await;
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, json!({})).await);
    assert_eq!(error["errorType"], "Runtime.ImportModuleError");
}

#[tokio::test]
async fn random_numbers_differ_between_environments() {
    let bench =
        javascript("exports.handler = async () => [Math.random(), require('crypto').randomUUID()]")
            .await;
    let first = answer(&invoke(&mut bench.environment().await, json!({})).await);
    let second = answer(&invoke(&mut bench.environment().await, json!({})).await);
    assert_ne!(first[0], second[0]);
    assert_ne!(first[1], second[1]);
}

/// A command that answers with what `body` writes, in WebAssembly text.
fn command(body: &str) -> String {
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "{{\22ok\22:true}}")
  (func $answer
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 11))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") {body}))"#
    )
}

#[tokio::test]
async fn a_wasm_command_answers_on_standard_output() {
    let bench = wasm(&command("(call $answer)")).await;
    let mut environment = bench.environment().await;
    for _ in 0..2 {
        let outcome = invoke(&mut environment, json!({})).await;
        assert_eq!(answer(&outcome), json!({ "ok": true }));
    }
}

#[tokio::test]
async fn a_wasm_command_that_exits_or_traps_fails() {
    let bench = wasm(&command("(call $exit (i32.const 7))")).await;
    let error = failure(&invoke(&mut bench.environment().await, json!({})).await);
    assert_eq!(
        error["errorMessage"],
        format!("RequestId: {ID} Error: Runtime exited with error: exit status 7")
    );
    let bench = wasm(&command("unreachable")).await;
    let error = failure(&invoke(&mut bench.environment().await, json!({})).await);
    assert_eq!(error["errorType"], "Runtime.ExitError");
    let bench = wasm(&command("(drop (memory.grow (i32.const 4000)))")).await;
    let error = failure(&invoke(&mut bench.environment().await, json!({})).await);
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("signal: killed")
    );
}

#[tokio::test]
async fn a_wasm_command_that_never_ends_times_out() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f.wat"), command("(loop (br 0))")).unwrap();
    let mut function = function(folder.path(), Runtime::Wasm);
    function.timeout = Duration::from_secs(1);
    let bench = Bench::prepare(folder, function).await;
    let error = failure(&invoke(&mut bench.environment().await, json!({})).await);
    assert_eq!(error["errorType"], "Sandbox.Timedout");
}

#[tokio::test]
async fn a_preview_2_command_answers_on_standard_output() {
    let module = wat::parse_str(command("(call $answer)")).unwrap();
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER;
    let component = wit_component::ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.adapter("wasi_snapshot_preview1", adapter))
        .and_then(|mut encoder| encoder.encode())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("command.wasm"), component).unwrap();
    let function = function(folder.path(), Runtime::Wasm);
    let bench = Bench::prepare(folder, function).await;
    let outcome = invoke(&mut bench.environment().await, json!({})).await;
    assert_eq!(answer(&outcome), json!({ "ok": true }));
}

#[tokio::test]
async fn a_wasm_command_with_a_json_log_has_lambdas_lines_in_json_and_its_own_filtered() {
    let lines = "{\"level\":\"debug\"}\n{\"level\":\"error\"}\nwords\n";
    let body = format!(
        r#"(i32.store (i32.const 0) (i32.const 128))
           (i32.store (i32.const 4) (i32.const {}))
           (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
           (call $answer)"#,
        lines.len()
    );
    let data = format!(
        "(data (i32.const 128) \"{}\")",
        lines.escape_default().to_string().replace("\\n", "\\0a")
    );
    let folder = tempfile::tempdir().unwrap();
    let module = command(&body).replace("(func $answer", &format!("{data}\n  (func $answer"));
    std::fs::write(folder.path().join("f.wat"), module).unwrap();
    let mut function = function(folder.path(), Runtime::Wasm);
    function.logging = Logging {
        format: LogFormat::Json,
        application: LogLevel::Info,
        system: LogLevel::Info,
    };
    let bench = Bench::prepare(folder, function).await;
    let outcome = invoke(&mut bench.environment().await, json!({})).await;
    assert_eq!(answer(&outcome), json!({ "ok": true }));
    let log = bench.log();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[1..3], ["{\"level\":\"error\"}", "words"], "{log}");
    for (line, kind) in [(lines[0], "platform.start"), (lines[3], "platform.report")] {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["type"], &line["record"]["requestId"]),
            (&json!(kind), &json!(ID))
        );
    }
    assert_eq!(lines.len(), 4, "{log}");
}

/// A `wasi:http` component made from text: see `tests/sandbox/http.wat`.
fn http_component() -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve
        .push_str("http.wit", include_str!("sandbox/http.wit"))
        .unwrap();
    let world = resolve.select_world(&[package], Some("http")).unwrap();
    let mut module = wat::parse_str(include_str!("sandbox/http.wat")).unwrap();
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
    let mut encoder = wit_component::ComponentEncoder::default()
        .module(&module)
        .unwrap();
    encoder.encode().unwrap()
}

#[tokio::test]
async fn a_wasi_http_component_answers_http_events_and_keeps_its_globals() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("api.wasm"), http_component()).unwrap();
    let function = function(folder.path(), Runtime::Wasm);
    let bench = Bench::prepare(folder, function).await;
    let mut environment = bench.environment().await;
    let event = json!({
        "version": "2.0", "rawPath": "/", "rawQueryString": "",
        "requestContext": {"http": {"method": "GET", "path": "/"}},
    });
    for count in ["1", "2"] {
        let answer = answer(&invoke(&mut environment, event.clone()).await);
        assert_eq!(answer["statusCode"], 201);
        assert_eq!(answer["body"], count);
    }
    let error = failure(&invoke(&mut environment, json!({"Records": []})).await);
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("not an HTTP request"), "{message}");
}
