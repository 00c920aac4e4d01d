//! Lambda's Python runtime in the sandbox, one folder a case under `tests/python/`.
//!
//! | file | what |
//! |---|---|
//! | `app.py`, … | the function's code; in `src/` where the case has layers |
//! | `event.json` | the event; `{}` without it |
//! | `case.json` | `runtime` (python3.13), `handler` (app.handler), `env`, `layers` (folders of the case), `client_context`, `repeat` (1, in the same environment) |
//! | `expected.json` | the last answer |
//! | `expected.txt` | the last answer to the letter |
//! | `expected-error.json` | members that the last error must have |
//! | `expected-log.txt` | what was logged, times and request ids replaced |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoist::local::sandbox::{Function, Invocation, Log, Outcome, Runtime, Sandbox};
use serde::Deserialize;
use serde_json::Value;

const ID: &str = "11111111-2222-4333-8444-555555555555";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    runtime: Option<String>,
    handler: Option<String>,
    env: BTreeMap<String, String>,
    layers: Vec<String>,
    client_context: Option<String>,
    repeat: Option<u32>,
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn json(path: &Path) -> Option<Value> {
    let text = read(path)?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn sandbox() -> Sandbox {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    Sandbox::new(&cache, |_| ()).unwrap()
}

fn function(folder: &Path, case: &Case) -> Function {
    let runtime = case.runtime.as_deref().unwrap_or("python3.13");
    let minor = runtime
        .strip_prefix("python3.")
        .and_then(|minor| minor.parse().ok())
        .unwrap_or_else(|| panic!("{runtime} is no Python runtime"));
    let handler = case.handler.clone().unwrap_or("app.handler".into());
    let defined = hoist::local::variable::defined(&hoist::local::variable::Lambda {
        name: "f",
        runtime,
        handler: &handler,
        memory_mb: 128,
        region: "us-east-1",
        log_stream: "2026/01/01/[$LATEST]0",
        log_group: None,
        logging: Default::default(),
    });
    let task = match case.layers.is_empty() {
        true => folder.to_owned(),
        false => folder.join("src"),
    };
    Function {
        name: "f".into(),
        runtime: Runtime::Python(minor),
        handler,
        task,
        layers: case.layers.iter().map(|layer| folder.join(layer)).collect(),
        runtime_packages: vec![],
        timeout: Duration::from_secs(10),
        memory_mb: 128,
        logging: Default::default(),
        tmp_mb: 512,
        network: Default::default(),
        environment: defined.into_iter().chain(case.env.clone()).collect(),
    }
}

/// Everything that does not hold for a case.
async fn faults(sandbox: &Sandbox, folder: &Path) -> Vec<String> {
    let case: Case = json(&folder.join("case.json"))
        .map(|value| serde_json::from_value(value).expect("case.json"))
        .unwrap_or_default();
    let prepared = sandbox.prepare(function(folder, &case)).await.unwrap();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
    let mut environment = prepared.environment(log).await.unwrap();
    let event = read(&folder.join("event.json")).unwrap_or("{}".into());
    let mut last = None;
    for _ in 0..case.repeat.unwrap_or(1) {
        let invocation = Invocation {
            request_id: ID.into(),
            event: event.clone(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            client_context: case.client_context.clone(),
            trace_id: None,
        };
        last = Some(environment.invoke(&invocation).await.unwrap().outcome);
    }
    let mut faults = compare(folder, &last.expect("at least one invocation"));
    if let Some(expected) = read(&folder.join("expected-log.txt")) {
        let log = redacted(&String::from_utf8_lossy(&written.lock().unwrap()));
        if log != expected {
            faults.push(format!("the log is\n{log}\ninstead of\n{expected}"));
        }
    }
    faults
}

fn compare(folder: &Path, outcome: &Outcome) -> Vec<String> {
    let answer = match outcome {
        Outcome::Answer(answer) => String::from_utf8_lossy(answer).into_owned(),
        Outcome::Failure(failure) => {
            let Some(expected) = json(&folder.join("expected-error.json")) else {
                return vec![format!("failed with {}", failure.payload)];
            };
            let payload: Value = serde_json::from_str(&failure.payload).expect("a JSON payload");
            let members = expected.as_object().expect("an object");
            return members
                .iter()
                .filter(|(name, value)| payload.get(name) != Some(value))
                .map(|(name, value)| format!("{name} is not {value} in {payload}"))
                .collect();
        }
    };
    if folder.join("expected-error.json").exists() {
        return vec![format!("answered {answer} instead of an error")];
    }
    let (expected, same) = match read(&folder.join("expected.txt")) {
        Some(expected) => {
            let same = answer == expected;
            (expected, same)
        }
        None => match json(&folder.join("expected.json")) {
            Some(expected) => {
                let same = serde_json::from_str::<Value>(&answer).ok() == Some(expected.clone());
                (expected.to_string(), same)
            }
            None => return vec![],
        },
    };
    match same {
        true => vec![],
        false => vec![format!("answered {answer} instead of {expected}")],
    }
}

/// The function's own records, times and ids replaced; Lambda's START, END and REPORT lines left out.
fn redacted(log: &str) -> String {
    let time = fancy_regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}Z)?").unwrap();
    let log = time.replace_all(log, "<time>").replace(ID, "<id>");
    log.split_inclusive('\n')
        .filter(|line| {
            !["START RequestId: ", "END RequestId: ", "REPORT RequestId: "]
                .iter()
                .any(|platform| line.starts_with(platform))
        })
        .collect()
}

#[tokio::test]
async fn every_case_behaves_as_in_lambda() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 30, "the cases were not found");
    let sandbox = sandbox();
    let mut wrong = Vec::new();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let faults = faults(&sandbox, folder).await;
        wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(
        wrong.is_empty(),
        "{} faults in {} cases:\n{}",
        wrong.len(),
        folders.len(),
        wrong.join("\n")
    );
}

/// `hoist invoke F --local` on a project of one Python function, and what it prints: status, answer, the rest.
fn command_line(runtime: &str, code: &str) -> (Option<i32>, Value, String) {
    let project = tempfile::tempdir().unwrap();
    let template = format!(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {{Runtime: {runtime}, Handler: app.handler, CodeUri: src}}
"
    );
    fs::write(project.path().join("template.yaml"), template).unwrap();
    fs::create_dir(project.path().join("src")).unwrap();
    fs::write(project.path().join("src/app.py"), code).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(["invoke", "F", "--local"])
        .current_dir(project.path())
        .env_clear()
        .env("HOME", project.path())
        .env("PATH", "/usr/bin:/bin")
        .env(
            "HOIST_CACHE_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache"),
        )
        .stdin(Stdio::null())
        .output()
        .expect("hoist starts");
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let rest = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), answer, rest)
}

#[test]
fn the_command_line_runs_a_python_function() {
    let code =
        "def handler(event, context):\n    print('hello')\n    return context.function_name\n";
    let (status, answer, rest) = command_line("python3.13", code);
    assert_eq!((status, &answer), (Some(0), &Value::from("F")), "{rest}");
    assert!(rest.contains("\nhello\n"), "{rest}");
    assert!(!rest.contains("warning"), "{rest}");
}

#[test]
fn a_template_with_a_much_older_python_is_told_so_once() {
    let code = "import imp\n";
    let (status, answer, rest) = command_line("python3.9", code);
    assert_eq!(status, Some(4), "{rest}");
    assert_eq!(answer["errorType"], "Runtime.ImportModuleError");
    let line = "asks for Python 3.9, the sandbox's is 3.14";
    assert_eq!(rest.matches(line).count(), 1, "{rest}");
    assert!(rest.contains("hoist: the module imp was taken out of Python in 3.12"));
}

#[test]
fn boto3_that_is_not_there_is_explained() {
    let (status, answer, rest) = command_line("python3.14", "import boto3\n");
    assert_eq!(status, Some(4), "{rest}");
    assert_eq!(
        answer["errorMessage"],
        "Unable to import module 'app': No module named 'boto3'"
    );
    assert!(rest.contains("`hoist runtime add boto3`"), "{rest}");
}
