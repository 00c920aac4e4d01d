//! How long Python functions take in the sandbox, with and without boto3.
//!
//! `VIRTUAL_ENV=… cargo bench --bench python`: boto3 is taken from the virtual environment. Figures are medians, of
//! environments that are made one after the other.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoist::config::Environment;
use hoist::local::library;
use hoist::local::sandbox::{
    Function, Invocation, Log, Network, Outcome, PackageFolder, Prepared, Runtime, Sandbox,
};

const ENVIRONMENTS: usize = 100;
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

async fn measure(name: &str, code: &str, packages: Vec<PackageFolder>, cache: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("app.py"), code).expect("a file");
    let sandbox = Sandbox::new(cache, |_| ()).expect("a sandbox");
    let started = Instant::now();
    let prepared = sandbox
        .prepare(function(folder.path(), packages.clone()))
        .await
        .expect("the guest");
    println!("{name}:");
    println!(
        "  image built the first time        {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let sandbox = Sandbox::new(cache, |_| ()).expect("a sandbox");
    let started = Instant::now();
    let again = sandbox.prepare(function(folder.path(), packages)).await;
    again.expect("the guest");
    println!(
        "  image read from the cache         {}",
        ms(started.elapsed())
    );

    let mut fresh = Vec::new();
    for _ in 0..ENVIRONMENTS {
        let started = Instant::now();
        let mut environment = environment(&prepared).await;
        call(&mut environment).await;
        fresh.push(started.elapsed());
    }
    println!(
        "  fresh environment and first call  {}",
        ms(median(&mut fresh))
    );

    let mut environment = environment(&prepared).await;
    let mut warm = Vec::new();
    for _ in 0..CALLS {
        let started = Instant::now();
        call(&mut environment).await;
        warm.push(started.elapsed());
    }
    println!(
        "  warm call                         {}",
        ms(median(&mut warm))
    );
    let memory = environment
        .invoke(&invocation())
        .await
        .expect("a run")
        .report
        .max_memory_mb;
    println!("  memory                            {memory} MB");
}

async fn environment(prepared: &Prepared) -> hoist::local::sandbox::Environment {
    prepared
        .environment(Log::none())
        .await
        .expect("an environment")
}

async fn call(environment: &mut hoist::local::sandbox::Environment) {
    let completion = environment.invoke(&invocation()).await.expect("a run");
    assert!(
        matches!(completion.outcome, Outcome::Answer(_)),
        "{:?}",
        completion.outcome
    );
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
    let variables = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    Function {
        name: "f".into(),
        runtime: Runtime::Python(14),
        handler: "app.handler".into(),
        task: task.to_owned(),
        layers: vec![],
        runtime_packages,
        timeout: Duration::from_secs(30),
        memory_mb: 256,
        tmp_mb: 512,
        environment: variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        network: Network::default(),
        logging: Default::default(),
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
