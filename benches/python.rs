//! How long Python functions take in the sandbox and as processes, with and without boto3.
//!
//! `VIRTUAL_ENV=… cargo bench --bench python`: boto3 is taken from the virtual environment. Figures are medians, of
//! environments that are made one after the other.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoist::config::Environment;
use hoist::local::sandbox::{Function, Invocation, Log, Outcome, PackageFolder, Runtime, Sandbox};
use hoist::local::{Execution, Invoke, library, process, variable};

const ENVIRONMENTS: usize = 100;
/// A process takes longer to start.
const PROCESSES: usize = 15;
const CALLS: usize = 2000;

/// What most functions are in the end: JSON in, JSON out.
const HELLO: &str = "
import json
import logging
import os

logger = logging.getLogger()


def handler(event, context):
    name = event.get('name', 'world')
    return {'statusCode': 200, 'body': json.dumps({'message': f'Hello, {name}!'})}
";

const CLIENT: &str = "
import json

import boto3

client = boto3.client('dynamodb')
table = boto3.resource('dynamodb').Table('notes')


def handler(event, context):
    return {'statusCode': 200, 'body': json.dumps({'region': client.meta.region_name})}
";

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("python-bench-cache");
    let _ = std::fs::remove_dir_all(&cache);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(measure("hello", HELLO, vec![], &cache));
    match library::python(&Environment::of_process(), root) {
        Some(folder) => {
            let packages = vec![PackageFolder {
                folder,
                at: PathBuf::new(),
            }];
            runtime.block_on(measure(
                "boto3 with a client and a table",
                CLIENT,
                packages,
                &cache,
            ));
        }
        None => println!("boto3: none found, set VIRTUAL_ENV to a virtual environment that has it"),
    }
}

/// Measures one function in the sandbox and as a process, one after the other.
async fn measure(name: &str, code: &str, packages: Vec<PackageFolder>, cache: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("app.py"), code).expect("a file");
    let function = function(folder.path(), packages);
    println!("{name}:");
    for what in [
        "image built the first time       ",
        "image read from the cache        ",
    ] {
        let sandbox = Sandbox::new(cache, |_| ()).expect("a sandbox");
        let started = Instant::now();
        sandbox.prepare(function.clone()).await.expect("the guest");
        println!("  {what} {}", ms(started.elapsed()));
    }
    let sandbox = Sandbox::new(cache, |_| ()).expect("a sandbox");
    let prepared = sandbox.prepare(function.clone()).await.expect("the guest");
    let sandboxed = figures(&prepared, ENVIRONMENTS).await;
    let processed = match process::prepare(as_process(&function)).await {
        Ok(prepared) => Some(figures(&prepared, PROCESSES).await),
        Err(why) => {
            println!("  as a process: no figures, {why}");
            None
        }
    };
    println!("                                    sandbox       process       sandbox / process");
    let line = |what: &str, of: fn(&Figures) -> Duration| {
        let beside = processed.as_ref().map(|figures| {
            let (one, other) = (of(&sandboxed), of(figures));
            format!(
                "{:<13} {:.2}",
                ms(other),
                one.as_secs_f64() / other.as_secs_f64()
            )
        });
        println!(
            "  {what} {:<13} {}",
            ms(of(&sandboxed)),
            beside.unwrap_or_default()
        );
    };
    line("fresh environment and first call ", |figures| figures.fresh);
    line("warm call                        ", |figures| figures.warm);
    println!(
        "  memory                            {} MB         {}",
        sandboxed.memory_mb,
        processed.map_or(String::new(), |figures| format!("{} MB", figures.memory_mb))
    );
}

/// Medians of one way to run a function.
struct Figures {
    fresh: Duration,
    warm: Duration,
    memory_mb: u32,
}

async fn figures(prepared: &dyn Invoke, environments: usize) -> Figures {
    let mut fresh = Vec::new();
    let mut memory_mb = 0;
    for _ in 0..environments {
        let started = Instant::now();
        let mut environment = prepared.environment(Log::none()).await.expect("one");
        memory_mb = call(environment.as_mut()).await;
        fresh.push(started.elapsed());
    }
    let mut environment = prepared.environment(Log::none()).await.expect("one");
    let mut warm = Vec::new();
    for _ in 0..CALLS {
        let started = Instant::now();
        call(environment.as_mut()).await;
        warm.push(started.elapsed());
    }
    Figures {
        fresh: median(&mut fresh),
        warm: median(&mut warm),
        memory_mb,
    }
}

/// Calls the function; gives the memory it has used, in MB.
async fn call(environment: &mut dyn Execution) -> u32 {
    let completion = environment.invoke(&invocation()).await.expect("a run");
    assert!(
        matches!(completion.outcome, Outcome::Answer(_)),
        "{:?}",
        completion.outcome
    );
    completion.report.max_memory_mb
}

/// The same function under the machine's own Python.
fn as_process(function: &Function) -> process::Function {
    process::Function {
        name: function.name.clone(),
        language: process::Language::Python,
        runtime: "python3.14".into(),
        handler: function.handler.clone(),
        task: function.task.clone(),
        layers: vec![],
        runtime_packages: function.runtime_packages.clone(),
        timeout: function.timeout,
        memory_mb: function.memory_mb,
        tmp_mb: function.tmp_mb,
        environment: function.environment.clone(),
        logging: function.logging,
        search: Environment::of_process()
            .variable("PATH")
            .unwrap_or_default()
            .to_owned(),
    }
}

fn invocation() -> Invocation {
    Invocation {
        request_id: "11111111-2222-4333-8444-555555555555".into(),
        event: r#"{"name": "Ada"}"#.into(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
        trace_id: None,
    }
}

fn function(task: &Path, runtime_packages: Vec<PackageFolder>) -> Function {
    let handler = "app.handler";
    let environment = variable::defined(&variable::Lambda {
        name: "f",
        runtime: "python3.14",
        handler,
        memory_mb: 256,
        region: "us-east-1",
        log_stream: "2026/01/01/[$LATEST]0",
        log_group: None,
        logging: Default::default(),
    });
    Function {
        runtime_packages,
        timeout: Duration::from_secs(30),
        memory_mb: 256,
        environment,
        ..Function::new("f", Runtime::Python(14), handler, task)
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
