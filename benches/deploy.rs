//! How long a deployment takes: the first one, one with nothing to do, one with another code of one function. Beside `sam deploy`
//! of the same template on the same emulated AWS, in one run; and against a proxy that answers as slowly as AWS does, beside
//! the longest chain of steps that wait for each other.
//!
//! `HOIST_TEST_TOOLS=… cargo bench --bench deploy`: the folder that `.ci/run` makes, with the emulator and `sam`.

#[path = "deploy/call.rs"]
mod call;
#[path = "deploy/chain.rs"]
mod chain;
#[path = "../tests/sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "deploy/latency.rs"]
mod latency;
#[path = "../tests/stack/program.rs"]
#[allow(dead_code)]
mod program;
#[path = "deploy/proxy.rs"]
mod proxy;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use emulator::{Emulator, Kind};
use program::Home;
use proxy::Proxy;
use serde_json::Value;

const STACK: &str = "orders";
const EXAMPLE: &str = "examples/orders-python";
const RUNS: usize = 5;
/// It takes half a minute for all three.
const PEER_RUNS: usize = 3;
const ROUNDS: [Round; 3] = [Round::First, Round::Nothing, Round::Code];

/// What is deployed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Round {
    /// Everything.
    First,
    /// What is there already.
    Nothing,
    /// One function has another line.
    Code,
}

impl Round {
    fn name(self) -> &'static str {
        match self {
            Round::First => "first deployment",
            Round::Nothing => "nothing changed",
            Round::Code => "code of one function",
        }
    }

    /// How many times faster than the peer it is to be.
    fn aim(self) -> f64 {
        match self {
            Round::First | Round::Code => 5.0,
            Round::Nothing => 20.0,
        }
    }
}

/// Who deploys.
enum Program {
    Hoist,
    Sam(PathBuf),
}

#[tokio::main]
async fn main() {
    let Some(server) = Kind::Ministack.program() else {
        return;
    };
    let emulator = Emulator::start(Kind::Ministack, &server).await;
    side_by_side(&emulator, &server).await;
    as_slow_as_aws(&emulator).await;
}

async fn side_by_side(emulator: &Emulator, server: &Path) {
    println!("{EXAMPLE} on emulated AWS, median");
    let mut hoist = Vec::new();
    for _ in 0..RUNS {
        emulator.reset().await;
        hoist.push(rounds(&Program::Hoist, &emulator.url()).await);
    }
    let sam = server
        .ancestors()
        .nth(3)
        .map(|tools| tools.join("sam/bin/sam"));
    let mut peer = Vec::new();
    match sam.filter(|program| program.is_file()) {
        Some(program) => {
            let sam = Program::Sam(program);
            for _ in 0..PEER_RUNS {
                emulator.reset().await;
                peer.push(rounds(&sam, &emulator.url()).await);
            }
        }
        None => println!("  sam: no figures, there is no sam/bin/sam in HOIST_TEST_TOOLS"),
    }
    for (place, round) in ROUNDS.into_iter().enumerate() {
        let ours = median(&hoist, place);
        let beside = match peer.is_empty() {
            true => String::new(),
            false => {
                let theirs = median(&peer, place);
                format!(
                    "   sam {}   {:5.1} times faster (aim: {})",
                    seconds(theirs),
                    theirs.as_secs_f64() / ours.as_secs_f64(),
                    round.aim()
                )
            }
        };
        println!("  {:<22} hoist {}{beside}", round.name(), seconds(ours));
    }
}

/// Against AWS's latencies only Hoist is measured: what CloudFormation does behind its one call is not in the emulator.
async fn as_slow_as_aws(emulator: &Emulator) {
    println!("{EXAMPLE} with the latencies of AWS");
    emulator.reset().await;
    let url = emulator.url();
    let proxy = Proxy::start(&url).await;
    let home = project();
    for round in ROUNDS {
        change(&home, round);
        let plan = home.run(&url, &["plan", STACK, "--output", "json"]);
        let plan: Value = serde_json::from_str(&plan.await.expect(0).out).unwrap();
        proxy.forget();
        let wall = run(&Program::Hoist, &home, &proxy.url()).await;
        let calls = proxy.calls();
        let status = home.run(&url, &["status", STACK, "--output", "json"]);
        let status: Value = serde_json::from_str(&status.await.expect(0).out).unwrap();
        let uploads = calls.iter().filter(|call| call.is_upload()).count();
        print!(
            "  {:<22} hoist {}   {} calls, {uploads} uploads of code",
            round.name(),
            seconds(wall),
            calls.len(),
        );
        match chain::longest(&plan["plan"], &status, &calls) {
            Some(chain) => println!(
                ", longest chain {}, wall / chain {:.2} (aim: 1.3)\n    {}",
                seconds(chain.took),
                wall.as_secs_f64() / chain.took.as_secs_f64(),
                chain.shown()
            ),
            None => println!(),
        }
        println!("    {}", chain::outside(&calls, &status));
    }
}

/// The times of all rounds in a project of its own.
async fn rounds(program: &Program, url: &str) -> Vec<Duration> {
    let home = project();
    let mut times = Vec::new();
    for round in ROUNDS {
        change(&home, round);
        times.push(run(program, &home, url).await);
    }
    times
}

async fn run(program: &Program, home: &Home, url: &str) -> Duration {
    let begun = Instant::now();
    let ended = match program {
        Program::Hoist => home.run(url, &["deploy", STACK, "--yes"]).await,
        Program::Sam(sam) => {
            let words = [
                "deploy",
                "--stack-name",
                STACK,
                "--resolve-s3",
                "--capabilities",
                "CAPABILITY_IAM",
                "--no-confirm-changeset",
                "--no-progressbar",
                "--no-fail-on-empty-changeset",
            ];
            let mut command = home.command_of(sam, url, &words);
            command
                .env("AWS_DEFAULT_REGION", program::REGION)
                .env("SAM_CLI_TELEMETRY", "0");
            program::end(command.spawn().unwrap()).await
        }
    };
    let took = begun.elapsed();
    ended.expect(0);
    took
}

fn project() -> Home {
    let home = Home::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE);
    for path in ["template.yaml", "receive/app.py", "store/app.py"] {
        home.write(path, &std::fs::read_to_string(example.join(path)).unwrap());
    }
    home
}

fn change(home: &Home, round: Round) {
    if round == Round::Code {
        let file = home.project().join("receive/app.py");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}\n# changed\n")).unwrap();
    }
}

fn median(runs: &[Vec<Duration>], place: usize) -> Duration {
    let mut times: Vec<Duration> = runs.iter().map(|run| run[place]).collect();
    times.sort();
    times[times.len() / 2]
}

fn seconds(time: Duration) -> String {
    format!("{:6.2} s", time.as_secs_f64())
}
