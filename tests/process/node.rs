//! The cases of `tests/node/` under the machine's own node: they test our client, and the sandbox by it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hoist::local::process::{self, Function, Language};

use crate::node_case::{self, Case, faults};

/// Cases that are about the sandbox alone, and why Node answers otherwise.
const OTHERWISE: [(&str, &str); 8] = [
    (
        "builtins-that-cannot-work",
        "they do work under Node; some would reach the network",
    ),
    ("fs-is-confined", "a process sees the machine's files"),
    (
        "http2-client",
        "Node speaks HTTP/2 with a server; nobody listens in this case",
    ),
    (
        "hostile-globals",
        "what a handler does to its globals it does to our client, too",
    ),
    (
        "log-of-failure",
        "the stack has Node's columns, and the frames of our client",
    ),
    (
        "thrown-error",
        "the stack has Node's columns, and the frames of our client",
    ),
    (
        "throws-while-loading",
        "the stack has the frames of Node's module loader",
    ),
    (
        "timers-order",
        "Node looks at the clock between two timers: on a busy machine those of 1 and 2 ms change places",
    ),
];

/// Cases that need a version of Node at least: what they test is not there before.
const SINCE: [(&str, u32); 7] = [
    ("builtin-of-later", 24),
    ("typescript", 24),
    ("typescript-commonjs", 24),
    ("typescript-decorator", 24),
    ("typescript-older-runtime", 24),
    ("typescript-stack", 24),
    ("web-globals", 22),
];

fn function(folder: &Path, case: &Case) -> Function {
    Function {
        name: "f".into(),
        language: Language::Nodejs,
        runtime: case.runtime().into(),
        handler: case.handler().into(),
        task: folder.to_owned(),
        layers: vec![],
        runtime_packages: vec![],
        timeout: Duration::from_secs(10),
        memory_mb: 128,
        tmp_mb: 512,
        environment: case.environment(),
        logging: node_case::logging(case),
        search: super::search(),
    }
}

/// The major version of the machine's node.
fn version() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[tokio::test]
async fn every_case_of_the_sandbox_holds_under_node() {
    let Some(version) = version() else {
        eprintln!("skipped: there is no node on this machine");
        return;
    };
    eprintln!("node {version}");
    let mut wrong = Vec::new();
    let folders = node_case::folders();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if OTHERWISE.iter().any(|(other, _)| *other == name) {
            continue;
        }
        if let Some((_, since)) = SINCE.iter().find(|(one, _)| *one == name)
            && version < *since
        {
            eprintln!("skipped: {name} needs node {since}, and this is {version}");
            continue;
        }
        let case = Case::of(folder);
        let prepared = process::prepare(function(folder, &case)).await.unwrap();
        let faults = faults(&prepared, folder, &case).await;
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
