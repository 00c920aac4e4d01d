//! What small programs give in the sandbox and under real Node, side by side.
//!
//! `tests/node_table/*.js` hold the scripts by theme, `runner.js` runs them in both places. `expected.json` is
//! what Node gives (`cd tests/node_table && TZ=UTC node runner.js > expected.json` records it anew);
//! `differences.json` names each script that gives something else in the sandbox, and why. Where a `node` of the
//! recorded version is installed the record itself is checked too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hoist::local::sandbox::{
    Environment, Function, Invocation, Log, Outcome, Prepared, Runtime, Sandbox,
};

/// The major version of the Node that `expected.json` was recorded with.
const RECORDED: &str = "v20.";

type Results = BTreeMap<String, String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_table")
}

fn read(name: &str) -> Results {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn function() -> Function {
    Function {
        timeout: Duration::from_secs(20),
        memory_mb: 256,

        environment: hoist::local::variable::defined(&hoist::local::variable::Lambda {
            name: "f",
            runtime: "nodejs24.x",
            handler: "runner.handler",
            memory_mb: 256,
            region: "us-east-1",
            log_stream: "2026/01/01/[$LATEST]0",
            log_group: None,
            logging: Default::default(),
        })
        .into_iter()
        .collect(),
        ..Function::new("f", Runtime::Nodejs(24), "runner.handler", &folder())
    }
}

async fn environment(prepared: &Prepared) -> Environment {
    prepared.environment(Log::none()).await.unwrap()
}

/// The answer to `event` as text, or the failure's payload as `Err`.
async fn invoke(
    environment: &mut Environment,
    event: &serde_json::Value,
) -> Result<String, String> {
    let invocation = Invocation {
        request_id: "11111111-2222-4333-8444-555555555555".into(),
        event: event.to_string(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
        trace_id: None,
    };
    match environment.invoke(&invocation).await.unwrap().outcome {
        Outcome::Answer(answer) => Ok(String::from_utf8_lossy(&answer).into_owned()),
        Outcome::Failure(failure) => Err(failure.payload),
    }
}

/// What every script gives in the sandbox. A file has an environment; a script that ends it gets the next a new one.
async fn sandboxed() -> Results {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let prepared = sandbox.prepare(function()).await.unwrap();
    let mut running = environment(&prepared).await;
    let list = invoke(&mut running, &serde_json::json!({ "list": true }))
        .await
        .unwrap();
    let list: Vec<BTreeMap<String, String>> = serde_json::from_str(&list).unwrap();
    let mut results = Results::new();
    let mut current = String::new();
    for script in list {
        let file = &script["file"];
        if *file != current {
            running = environment(&prepared).await;
            current.clone_from(file);
        }
        let theme = file.trim_end_matches(".js");
        let text = match invoke(&mut running, &serde_json::json!(script)).await {
            Ok(text) => serde_json::from_str(&text).unwrap(),
            Err(payload) => {
                running = environment(&prepared).await;
                format!("FAILURE {payload}")
            }
        };
        results.insert(format!("{theme}/{}", script["script"]), text);
    }
    results
}

/// What the installed Node gives, if it is of the recorded version.
fn installed() -> Option<Results> {
    let version = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(RECORDED) {
        println!(
            "skipped: expected.json against node {}: it was recorded with {RECORDED}x",
            version.trim()
        );
        return None;
    }
    let output = Command::new("node")
        .arg("runner.js")
        .current_dir(folder())
        .env("TZ", "UTC")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_record_is_what_node_gives() {
    let Some(found) = installed() else {
        println!("skipped: expected.json was not checked against a real node");
        return;
    };
    let expected = read("expected.json");
    let names = expected
        .keys()
        .chain(found.keys().filter(|name| !expected.contains_key(*name)));
    let wrong: Vec<_> = names
        .filter(|name| expected.get(*name) != found.get(*name))
        .collect();
    assert!(
        wrong.is_empty(),
        "expected.json must be recorded anew: {wrong:?}"
    );
}

#[tokio::test]
async fn scripts_give_what_they_give_under_node() {
    let expected = read("expected.json");
    let known = read("differences.json");
    assert!(expected.len() >= 400, "the scripts were not found");
    let found = sandboxed().await;
    let mut faults = Vec::new();
    for name in known.keys().filter(|name| !expected.contains_key(*name)) {
        faults.push(format!("differences.json names {name}, which is no script"));
    }
    for name in found.keys().filter(|name| !expected.contains_key(*name)) {
        faults.push(format!("{name} is not in expected.json: record it anew"));
    }
    for (name, expected) in &expected {
        let Some(found) = found.get(name) else {
            faults.push(format!("{name} did not run"));
            continue;
        };
        match (expected == found, known.get(name)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(reason)) => {
                faults.push(format!("{name} is equal now; listed as: {reason}"))
            }
            (false, None) => faults.push(format!("{name}: expected\n{expected}\nfound\n{found}\n")),
        }
    }
    println!(
        "{} scripts, {} known differences",
        expected.len(),
        known.len()
    );
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
