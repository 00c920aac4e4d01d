//! How long a large template takes from its text to its application: read, expanded, evaluated, its graph built; beside
//! AWS's own translator, which reads and expands, in one run.
//!
//! `SAM_PYTHON=…/bin/python cargo bench --bench expand`: a Python that has `aws-sam-translator`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hoist::diag::Sources;
use hoist::sam::{self, Context, LocalCode};
use hoist::{project, template};
use serde_json::Value;

const FUNCTIONS: usize = 500;
const RUNS: usize = 21;
/// The translator takes seconds.
const PEER_RUNS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("template.yaml");
    let text = generated();
    std::fs::write(&path, &text).expect("a file");
    println!(
        "{FUNCTIONS} functions with APIs and queues, {} KB",
        text.len() / 1024
    );
    let mut resources = 0;
    let expand = median(|| {
        let read = template::parse(&mut Sources::new(), &path, text.as_str()).0;
        let context = Context {
            region: "us-east-1",
            parameters: &BTreeMap::new(),
            local_code: LocalCode::Refuse,
            now: 0,
        };
        let expanded = sam::expand(read.expect("a template"), &context);
        assert!(expanded.faults.is_empty(), "the template has faults");
        resources = expanded.template.resources.len();
    });
    let options = project::Options::default();
    let all = median(|| {
        let loaded = project::load(&path, &options);
        assert!(loaded.app.is_some(), "the template has faults");
    });
    println!(
        "  hoist: read and expand                    {}   {resources} resources",
        ms(expand)
    );
    println!("  hoist: read, expand and build the graph   {}", ms(all));
    match peer(&path) {
        Ok((time, resources)) => println!(
            "  aws-sam-translator: read and expand       {}   {resources} resources; hoist expands {:.0} times faster, and \
             {:.0} times with the graph",
            ms(time),
            time.as_secs_f64() / expand.as_secs_f64(),
            time.as_secs_f64() / all.as_secs_f64()
        ),
        Err(why) => println!("  aws-sam-translator: read and expand       no figures: {why}"),
    }
}

/// Functions in turns: one behind a REST API, one behind an HTTP API, one at a queue. A template may have 500
/// resources, so the queues are named by their ARNs.
fn generated() -> String {
    let mut text = String::from(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Runtime: python3.13\n    Handler: app.handler\n    \
         CodeUri: s3://bucket/code.zip\n    Environment:\n      Variables:\n        STAGE: prod\nResources:\n",
    );
    for number in 0..FUNCTIONS {
        let event = match number % 3 {
            0 => format!(
                "Type: Api\n          Properties:\n            Path: /items{number}/{{id}}\n            Method: get"
            ),
            1 => format!(
                "Type: HttpApi\n          Properties:\n            Path: /things{number}\n            Method: POST"
            ),
            _ => format!(
                "Type: SQS\n          Properties:\n            Queue: !Sub arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:queue{number}\n            BatchSize: 10"
            ),
        };
        let _ = write!(
            text,
            "  Function{number}:\n    Type: AWS::Serverless::Function\n    Properties:\n      MemorySize: 256\n      Policies:\n        \
             - DynamoDBReadPolicy:\n            TableName: table{number}\n      Events:\n        Call:\n          {event}\n"
        );
    }
    text
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn peer(template: &Path) -> Result<(Duration, u64), String> {
    let python = std::env::var_os("SAM_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/expand/translate.py");
    let output = Command::new(python)
        .arg(script)
        .arg(template)
        .arg(PEER_RUNS.to_string())
        .output()
        .map_err(|error| error.to_string())?;
    let figures: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("it said nothing");
        last.chars().take(200).collect::<String>()
    })?;
    let time = figures["ms"].as_f64().ok_or("no time")?;
    let resources = figures["resources"].as_u64().ok_or("no count")?;
    Ok((Duration::from_secs_f64(time / 1e3), resources))
}

fn ms(time: Duration) -> String {
    format!("{:9.2} ms", time.as_secs_f64() * 1e3)
}
