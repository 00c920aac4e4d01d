//! From saving a file to the first invocation that answers with the new code: `hoist deploy --watch` beside `sam sync --watch`, on the
//! same emulated AWS, in one run.
//!
//! `HOIST_TEST_TOOLS=… cargo bench --bench watch`: the folder that `.ci/run` makes, with the emulator and `sam`.

#[path = "../tests/sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "../tests/stack/program.rs"]
#[allow(dead_code)]
mod program;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use emulator::{Emulator, Kind};
use program::Home;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;

const STACK: &str = "shop";
const ROUNDS: usize = 10;
/// How long a change may take. One that `sam` saw before it was watching never comes.
const PATIENCE: Duration = Duration::from_secs(30);
const START: Duration = Duration::from_secs(120);
/// Between two invocations; part of the figure, half of it on average.
const TICK: Duration = Duration::from_millis(5);

#[tokio::main]
async fn main() {
    let Some(server) = Kind::Ministack.program() else {
        return;
    };
    let emulator = Emulator::start(Kind::Ministack, &server).await;
    let url = emulator.url();
    println!("saved file → new answer on emulated AWS, {ROUNDS} rounds");
    let words = ["deploy", STACK, "--yes", "--watch"];
    let hoist = PathBuf::from(env!("CARGO_BIN_EXE_hoist"));
    let ours = rounds(&hoist, &words, "Watching the files", &url).await;
    show("hoist deploy --watch", &ours);
    emulator.reset().await;
    let sam = server
        .ancestors()
        .nth(3)
        .map(|tools| tools.join("sam/bin/sam"));
    let Some(sam) = sam.filter(|program| program.is_file()) else {
        println!("  sam: no figures, there is no sam/bin/sam in HOIST_TEST_TOOLS");
        return;
    };
    let words = [
        "sync",
        "--watch",
        "--stack-name",
        STACK,
        "--no-dependency-layer",
        "--capabilities",
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
    ];
    let theirs = rounds(&sam, &words, "Infra sync completed", &url).await;
    show("sam sync --watch", &theirs);
    println!(
        "  {:.1} times faster",
        median(&theirs).as_secs_f64() / median(&ours).as_secs_f64()
    );
}

/// The times of all rounds.
async fn rounds(program: &Path, words: &[&str], ready: &str, url: &str) -> Vec<Duration> {
    let home = Home::new();
    home.write("template.yaml", &template());
    home.write("src/app.py", &handler("first"));
    let log = home.project().with_file_name("watch.log");
    let file = std::fs::File::create(&log).unwrap();
    let mut command = home.command_of(program, url, words);
    command
        .env("AWS_DEFAULT_REGION", program::REGION)
        .env("SAM_CLI_TELEMETRY", "0")
        // sam is written in Python and would hold its words back.
        .env("PYTHONUNBUFFERED", "1")
        .stdin(Stdio::piped())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .kill_on_drop(true);
    let mut watching = command.spawn().unwrap();
    // sam asks whether this is a stack for development.
    let mut input = watching.stdin.take().unwrap();
    let _ = input.write_all(b"y\n").await;
    let begun = Instant::now();
    while !std::fs::read_to_string(&log).unwrap().contains(ready) {
        let said = || std::fs::read_to_string(&log).unwrap();
        assert!(watching.try_wait().unwrap().is_none(), "{}", said());
        assert!(begun.elapsed() < START, "{}", said());
        tokio::time::sleep(TICK).await;
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let function = function(&client, url).await;
    // Until it really watches, a change may be lost; the first one is not measured.
    let begun = Instant::now();
    let mut number = 0;
    while saved(&home, &client, url, &function, number)
        .await
        .is_none()
    {
        number += 1;
        assert!(begun.elapsed() < START, "no change came");
    }
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let took = saved(&home, &client, url, &function, 1000 + round).await;
        times.push(took.unwrap_or_else(|| {
            panic!("round {round}: {}", std::fs::read_to_string(&log).unwrap())
        }));
    }
    end(watching).await;
    times
}

/// Saves another answer, and waits until it is given. None when patience is over.
async fn saved(
    home: &Home,
    client: &reqwest::Client,
    url: &str,
    function: &str,
    number: usize,
) -> Option<Duration> {
    let answer = format!("answer-{number}");
    let before = code(client, url, function).await;
    let begun = Instant::now();
    home.write("src/app.py", &handler(&answer));
    // An invocation that runs while the code changes can leave the emulator with the old one for good.
    while begun.elapsed() < PATIENCE && code(client, url, function).await == before {
        tokio::time::sleep(TICK).await;
    }
    while begun.elapsed() < PATIENCE {
        if invoke(client, url, function).await.contains(&answer) {
            return Some(begun.elapsed());
        }
        tokio::time::sleep(TICK).await;
    }
    None
}

async fn end(mut watching: Child) {
    watching.start_kill().unwrap();
    watching.wait().await.unwrap();
}

const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0";

/// The name of the only function that there is.
async fn function(client: &reqwest::Client, url: &str) -> String {
    let answer = client
        .get(format!("{url}/2015-03-31/functions/"))
        .header("authorization", SIGNED)
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let functions = answer["Functions"].as_array().unwrap();
    assert_eq!(functions.len(), 1, "{answer}");
    functions[0]["FunctionName"].as_str().unwrap().to_owned()
}

/// The hash of the function's code.
async fn code(client: &reqwest::Client, url: &str, function: &str) -> Value {
    let answer = client
        .get(format!(
            "{url}/2015-03-31/functions/{function}/configuration"
        ))
        .header("authorization", SIGNED)
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert!(answer["CodeSha256"].is_string(), "{answer}");
    answer["CodeSha256"].clone()
}

async fn invoke(client: &reqwest::Client, url: &str, function: &str) -> String {
    let answer = client
        .post(format!("{url}/2015-03-31/functions/{function}/invocations"))
        .header("authorization", SIGNED)
        .body("{}")
        .send()
        .await
        .unwrap();
    answer.text().await.unwrap()
}

/// `sam` wants the very Python of the runtime on the search path.
fn template() -> String {
    let output = std::process::Command::new("python3")
        .arg("--version")
        .output();
    let text = output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let version = text.trim().trim_start_matches("Python ").rsplit_once('.');
    let version = version.map_or("3.12", |(version, _)| version);
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties: {{Runtime: python{version}, Handler: app.handler, CodeUri: src}}
"
    )
}

fn handler(answer: &str) -> String {
    format!("def handler(event, context):\n    return '{answer}'\n")
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

fn show(what: &str, times: &[Duration]) {
    let least = times.iter().min().copied().unwrap_or_default();
    let most = times.iter().max().copied().unwrap_or_default();
    println!(
        "  {what:<22} median {:5.2} s ({:.2} to {:.2} s)",
        median(times).as_secs_f64(),
        least.as_secs_f64(),
        most.as_secs_f64()
    );
}
