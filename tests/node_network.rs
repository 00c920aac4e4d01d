//! `node:http` and `fetch` in the sandbox against a server of this test, and the same scripts under real Node.
//!
//! `tests/node_network/<case>/index.mjs` exports a handler; its event holds `base` (the server's URL), `port`, and
//! `refused` (a port where nobody listens). `expected.json` is what it gives in both places. `case.json` may say
//! `sandboxOnly` (why Node is not asked), `endpoint` (the server is the local AWS endpoint instead of an allowed
//! host), `repeat`, `runtime` and `log` (the lines of Hoist's own that must be logged).

#[path = "node_network/server.rs"]
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoist::local::sandbox::{
    Function, Invocation, Log, Network, Outcome, Pattern, Runtime, Sandbox,
};
use serde::Deserialize;
use serde_json::{Value, json};

use server::Server;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    sandbox_only: Option<String>,
    endpoint: bool,
    repeat: Option<u32>,
    runtime: Option<u32>,
    log: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_network")
}

fn json_file(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn network(case: &Case, server: &Server) -> Network {
    if case.endpoint {
        return Network::new(Some(server.base().parse().unwrap()), vec![]);
    }
    let mut allowed: Vec<Pattern> = vec!["127.0.0.1".parse().unwrap()];
    if case.log.is_empty() {
        allowed.push(format!("localhost:{}", server.port()).parse().unwrap());
    }
    Network::new(None, allowed)
}

fn function(folder: &Path, case: &Case, server: &Server) -> Function {
    let runtime = Runtime::Nodejs(case.runtime.unwrap_or(24));
    Function {
        timeout: Duration::from_secs(60),
        memory_mb: 512,
        network: network(case, server),
        logging: Default::default(),
        environment: [("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "f".to_owned())]
            .into_iter()
            .collect(),
        ..Function::new("f", runtime, "index.handler", folder)
    }
}

/// What the case gives in the sandbox, and Hoist's own lines of its log.
async fn sandboxed(
    sandbox: &Sandbox,
    function: Function,
    event: &Value,
    repeat: u32,
) -> (Result<Value, String>, Vec<String>) {
    let prepared = sandbox.prepare(function).await.unwrap();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
    let mut environment = prepared.environment(log).await.unwrap();
    let mut last = Err("not invoked".to_owned());
    for _ in 0..repeat {
        let invocation = Invocation {
            request_id: "11111111-2222-4333-8444-555555555555".into(),
            event: event.to_string(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            client_context: None,
            trace_id: None,
        };
        last = match environment.invoke(&invocation).await.unwrap().outcome {
            Outcome::Answer(answer) => Ok(serde_json::from_slice(&answer).unwrap()),
            Outcome::Failure(failure) => Err(failure.payload),
        };
    }
    let log = String::from_utf8_lossy(&written.lock().unwrap()).into_owned();
    let own = log
        .lines()
        .filter(|line| line.starts_with("hoist: "))
        .map(str::to_owned)
        .collect();
    (last, own)
}

/// What the case gives under the installed Node; none when there is none.
async fn under_node(name: &str, event: &Value) -> Option<Result<Value, String>> {
    let output = tokio::process::Command::new("node")
        .arg(root().join("run.mjs"))
        .arg(name)
        .arg(event.to_string())
        .env("NODE_NO_WARNINGS", "1")
        .output()
        .await
        .ok()?;
    Some(
        serde_json::from_slice(&output.stdout)
            .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned()),
    )
}

/// Whether the installed Node is one whose answers are the expected ones.
async fn comparable_node() -> bool {
    let version = tokio::process::Command::new("node")
        .arg("--version")
        .output()
        .await
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match version {
        Ok(version)
            if ["v20.", "v22.", "v24."]
                .iter()
                .any(|one| version.starts_with(one)) =>
        {
            true
        }
        Ok(version) => {
            println!("skipped: the cases under node {version}: they were made with v20 to v24");
            false
        }
        Err(_) => {
            println!("skipped: the cases under a real node: it is not installed");
            false
        }
    }
}

/// Where `found` is not what was expected, by path.
fn differences(path: &str, expected: &Value, found: &Value, faults: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let one = a.get(key).unwrap_or(&Value::Null);
                let other = b.get(key).unwrap_or(&Value::Null);
                differences(&format!("{path}.{key}"), one, other, faults);
            }
        }
        (a, b) if a == b => {}
        (a, b) => faults.push(format!("{path} is {b} instead of {a}")),
    }
}

fn compare(place: &str, expected: &Value, found: &Result<Value, String>, faults: &mut Vec<String>) {
    match found {
        Ok(found) => differences(place, expected, found, faults),
        Err(payload) => faults.push(format!("{place} failed: {payload}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_give_what_they_give_under_node() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 15, "the cases were not found");
    let only = std::env::var("CASE").ok();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let with_node = comparable_node().await;
    let mut wrong = Vec::new();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let case: Case = json_file(&folder.join("case.json"))
            .map(|value| serde_json::from_value(value).expect("case.json"))
            .unwrap_or_default();
        let server = Server::start().await;
        let refused = server::unused_port().await;
        let event = json!({"base": server.base(), "port": server.port(), "refused": refused});
        let expected = json_file(&folder.join("expected.json")).unwrap_or_default();
        let function = function(folder, &case, &server);
        let (found, log) = sandboxed(&sandbox, function, &event, case.repeat.unwrap_or(1)).await;
        let mut faults = Vec::new();
        compare("sandbox", &expected, &found, &mut faults);
        for line in case.log.iter().filter(|line| !log.contains(line)) {
            faults.push(format!("not logged: {line}"));
        }
        for line in &log {
            if log.iter().filter(|other| *other == line).count() > 1 {
                faults.push(format!("logged more than once: {line}"));
            }
        }
        if case.sandbox_only.is_none() && with_node {
            let server = Server::start().await;
            let event = json!({"base": server.base(), "port": server.port(), "refused": refused});
            if let Some(found) = under_node(&name, &event).await {
                compare("node", &expected, &found, &mut faults);
            }
        }
        wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
