//! The cases under `tests/node/`, whatever runs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hoist::graph::{LogFormat, LogLevel};
use hoist::local::Invoke;
use hoist::local::sandbox::{Invocation, Log, Logging, Outcome};
use serde::Deserialize;
use serde_json::Value;

const ID: &str = "11111111-2222-4333-8444-555555555555";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Case {
    pub runtime: Option<String>,
    pub handler: Option<String>,
    pub env: BTreeMap<String, String>,
    pub repeat: Option<u32>,
    /// The log in JSON.
    pub json_log: Option<Levels>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Levels {
    pub application: Option<String>,
    pub system: Option<String>,
}

/// How the case's log is written.
pub fn logging(case: &Case) -> Logging {
    let Some(levels) = &case.json_log else {
        return Logging::default();
    };
    let level = |name: &Option<String>| {
        let name = name.as_deref().unwrap_or("INFO");
        name.parse::<LogLevel>().expect("a level")
    };
    Logging {
        format: LogFormat::Json,
        application: level(&levels.application),
        system: level(&levels.system),
    }
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn json(path: &Path) -> Option<Value> {
    let text = read(path)?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The folders of all cases.
pub fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 60, "the cases were not found");
    folders
}

impl Case {
    /// What `case.json` says.
    pub fn of(folder: &Path) -> Self {
        json(&folder.join("case.json"))
            .map(|value| serde_json::from_value(value).expect("case.json"))
            .unwrap_or_default()
    }

    pub fn runtime(&self) -> &str {
        self.runtime.as_deref().unwrap_or("nodejs24.x")
    }

    pub fn handler(&self) -> &str {
        self.handler.as_deref().unwrap_or("index.handler")
    }

    /// Lambda's variables with the case's own over them.
    pub fn environment(&self) -> indexmap::IndexMap<String, String> {
        let defined = hoist::local::variable::defined(&hoist::local::variable::Lambda {
            name: "f",
            runtime: self.runtime(),
            handler: self.handler(),
            memory_mb: 128,
            region: "us-east-1",
            log_stream: "2026/01/01/[$LATEST]0",
            log_group: None,
            logging: logging(self),
        });
        defined.into_iter().chain(self.env.clone()).collect()
    }
}

/// Everything that does not hold for a case.
pub async fn faults(function: &dyn Invoke, folder: &Path, case: &Case) -> Vec<String> {
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
    let mut environment = function.environment(log).await.unwrap();
    let event = read(&folder.join("event.json")).unwrap_or("{}".into());
    let mut last = None;
    for _ in 0..case.repeat.unwrap_or(1) {
        let invocation = Invocation {
            request_id: ID.into(),
            event: event.clone(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            client_context: None,
            trace_id: None,
        };
        last = Some(environment.invoke(&invocation).await.unwrap().outcome);
    }
    let mut faults = compare_outcome(folder, &last.expect("at least one invocation"));
    if let Some(expected) = read(&folder.join("expected-log.txt")) {
        let log = String::from_utf8_lossy(&written.lock().unwrap()).into_owned();
        let log = redacted(&log);
        if log.trim_end() != expected.trim_end() {
            faults.push(format!("the log is\n{log}\ninstead of\n{expected}"));
        }
    }
    faults
}

fn compare_outcome(folder: &Path, outcome: &Outcome) -> Vec<String> {
    if let (Outcome::Answer(answer), Some(expected)) = (outcome, read(&folder.join("expected.txt")))
    {
        let answer = String::from_utf8_lossy(answer);
        return if answer == expected {
            vec![]
        } else {
            vec![format!("answered {answer} instead of {expected}")]
        };
    }
    let expected = json(&folder.join("expected.json"));
    let expected_error = json(&folder.join("expected-error.json"));
    match (outcome, expected, expected_error) {
        (Outcome::Answer(answer), Some(expected), None) => {
            let answer: Value = serde_json::from_slice(answer).expect("the answer is JSON");
            differences("", &expected, &answer)
        }
        (Outcome::Failure(failure), None, Some(expected)) => {
            let payload: Value = serde_json::from_str(&failure.payload).expect("a JSON payload");
            let members = expected.as_object().expect("an object");
            members
                .iter()
                .filter(|(name, value)| payload.get(name) != Some(value))
                .map(|(name, value)| format!("{name} is not {value} in {payload}"))
                .collect()
        }
        (outcome, expected, _) => {
            let expected = if expected.is_some() {
                "an answer"
            } else {
                "an error"
            };
            vec![format!("expected {expected}, got {}", shown(outcome))]
        }
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answer(answer) => String::from_utf8_lossy(answer).into_owned(),
        Outcome::Failure(failure) => failure.payload.clone(),
    }
}

/// Where two values differ, by path.
fn differences(path: &str, expected: &Value, found: &Value) -> Vec<String> {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => a
            .keys()
            .chain(b.keys().filter(|key| !a.contains_key(*key)))
            .flat_map(|key| {
                let null = Value::String("<nothing>".into());
                differences(
                    &format!("{path}.{key}"),
                    a.get(key).unwrap_or(&null),
                    b.get(key).unwrap_or(&null),
                )
            })
            .collect(),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .flat_map(|(index, (a, b))| differences(&format!("{path}[{index}]"), a, b))
            .collect(),
        (a, b) if a == b => vec![],
        (a, b) => vec![format!("{path} is {b} instead of {a}")],
    }
}

/// The function's own records, times and ids replaced; Lambda's START, END and REPORT lines left out.
fn redacted(log: &str) -> String {
    let time = fancy_regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z").unwrap();
    let log = time.replace_all(log, "<time>").replace(ID, "<id>");
    let figure =
        fancy_regex::Regex::new(r#"("(?:\w*[dD]urationMs|maxMemoryUsedMB)"):\d+(?:\.\d+)?"#)
            .unwrap();
    let log = figure.replace_all(&log, "$1:0");
    log.lines()
        .filter(|line| {
            !["START RequestId: ", "END RequestId: ", "REPORT RequestId: "]
                .iter()
                .any(|platform| line.starts_with(platform))
        })
        .map(|line| format!("{line}\n"))
        .collect()
}
