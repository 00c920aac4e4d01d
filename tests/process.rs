//! Functions as processes of this machine: the Runtime API on the wire, a native runtime that misbehaves in every way,
//! the machine's own node and python3, and the command line.
//!
//! A test that needs a program which is not on this machine says so and passes.
#![cfg(unix)]

#[path = "process/cli.rs"]
mod cli;
#[path = "process/native.rs"]
mod native;
#[path = "process/node.rs"]
mod node;
#[path = "node_case/mod.rs"]
mod node_case;
#[path = "process/python.rs"]
mod python;
#[path = "process/wire.rs"]
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoist::local::process::{self, Environment, Function, Language, Prepared};
use hoist::local::sandbox::{Completion, Invocation, Log, Outcome};
use serde_json::Value;

const ID: &str = "11111111-2222-4333-8444-555555555555";

/// The user's own `PATH`, as Hoist gets it.
fn search() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// Whether `program` runs on this machine; says so when it does not.
fn is_here(program: &str) -> bool {
    let found = std::process::Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: there is no {program} on this machine");
    }
    found
}

fn function(runtime: &str, task: &Path) -> Function {
    let variables = hoist::local::variable::defined(&hoist::local::variable::Lambda {
        name: "f",
        runtime,
        handler: "index.handler",
        memory_mb: 128,
        region: "us-east-1",
        log_stream: "2026/01/01/[$LATEST]0",
        log_group: None,
        logging: Default::default(),
    });
    Function {
        name: "f".into(),
        language: Language::of(runtime).unwrap(),
        runtime: runtime.into(),
        handler: "index.handler".into(),
        task: task.to_owned(),
        layers: vec![],
        runtime_packages: vec![],
        timeout: Duration::from_secs(20),
        memory_mb: 256,
        tmp_mb: 512,
        environment: variables,
        logging: Default::default(),
        search: search(),
    }
}

/// A function ready to run, and what it logs.
struct Bench {
    prepared: Prepared,
    log: Log,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Bench {
    async fn new(function: Function) -> Self {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        Bench {
            prepared: process::prepare(function).await.unwrap(),
            log: Log::new(move |record| sink.lock().unwrap().extend_from_slice(record)),
            written,
        }
    }

    async fn environment(&self) -> Environment {
        self.prepared.environment(self.log.clone()).await.unwrap()
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}

async fn complete(environment: &mut Environment, event: &str) -> Completion {
    let invocation = Invocation {
        request_id: ID.into(),
        event: event.into(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
        trace_id: None,
    };
    environment.invoke(&invocation).await.unwrap()
}

async fn invoke(environment: &mut Environment, event: &str) -> Outcome {
    complete(environment, event).await.outcome
}

fn answer(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(answer) => serde_json::from_slice(answer).unwrap(),
        Outcome::Failure(failure) => panic!("expected an answer, got {}", failure.payload),
    }
}

fn failure(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Failure(failure) => serde_json::from_str(&failure.payload).unwrap(),
        Outcome::Answer(answer) => panic!(
            "expected a failure, got {}",
            String::from_utf8_lossy(&answer[..answer.len().min(200)])
        ),
    }
}

/// Whether a process that was killed is gone. The system may take a moment to end it.
#[cfg(target_os = "linux")]
fn dies(process: u64) -> bool {
    let asked = std::time::Instant::now();
    while !is_dead(process) && asked.elapsed() < std::time::Duration::from_secs(5) {
        std::thread::yield_now();
    }
    is_dead(process)
}

/// Whether a process is gone, or dead and only not collected yet by whoever inherited it.
#[cfg(target_os = "linux")]
fn is_dead(process: u64) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
    status.map_or(true, |text| {
        let state = text
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        matches!(state, Some('Z' | 'X'))
    })
}
