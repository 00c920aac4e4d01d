//! How long an invocation takes, beside `node` and beside the bare engine, in one run.
//!
//! `cargo bench --bench invoke`. Figures are medians; ratios are against the line they name.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hoist::local::sandbox::{Function, Invocation, Log, Outcome, Prepared, Runtime, Sandbox};

const PROCESSES: usize = 40;
const ENVIRONMENTS: usize = 200;
const CALLS: usize = 5000;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-cache");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    println!("first run ever (builds the guest image):");
    let _ = std::fs::remove_dir_all(&cache);
    let first = process(root, &cache);
    println!("  hoist invoke                    {}", ms(first));

    println!("whole process, {PROCESSES} runs each, interleaved:");
    let mut hoist = Vec::new();
    let mut node = Vec::new();
    for _ in 0..PROCESSES {
        hoist.push(process(root, &cache));
        node.extend(node_process());
    }
    let hoist = median(&mut hoist);
    println!("  hoist invoke (http-api-js)      {}", ms(hoist));
    if node.is_empty() {
        println!("  node -e 0                       node is not installed: no comparison");
    } else {
        let node = median(&mut node);
        println!(
            "  node -e 0                       {}   hoist / node = {:.2}",
            ms(node),
            ratio(hoist, node)
        );
    }

    runtime.block_on(in_process(root, &cache));
}

async fn in_process(root: &Path, cache: &Path) {
    let sandbox = Sandbox::new(cache, |_| ()).expect("a sandbox");
    let prepared = sandbox.prepare(function(root)).await.expect("the example");
    let event = std::fs::read_to_string(root.join("examples/http-api-js/events/get.json"))
        .expect("the event");
    let invocation = invocation(&event);

    println!("fresh environment (instance + load handler + first call), {ENVIRONMENTS} runs:");
    let mut fresh = Vec::new();
    let mut bare_fresh = Vec::new();
    for _ in 0..ENVIRONMENTS {
        let started = Instant::now();
        let mut environment = prepared
            .environment(Log::none())
            .await
            .expect("an environment");
        let completion = environment.invoke(&invocation).await.expect("a run");
        fresh.push(started.elapsed());
        assert!(
            matches!(completion.outcome, Outcome::Answer(_)),
            "{:?}",
            completion.outcome
        );
        bare_fresh.push(bare_first(&prepared, &invocation).await);
    }
    let (fresh, bare) = (median(&mut fresh), median(&mut bare_fresh));
    println!("  bare engine, same component     {}", ms(bare));
    println!(
        "  hoist                           {}   hoist / bare = {:.2}",
        ms(fresh),
        ratio(fresh, bare)
    );

    println!("warm call, {CALLS} runs:");
    let mut environment = prepared
        .environment(Log::none())
        .await
        .expect("an environment");
    let mut guest = prepared
        .bare()
        .await
        .expect("a Node function")
        .expect("a guest");
    let (mut warm, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let started = Instant::now();
        environment.invoke(&invocation).await.expect("a run");
        warm.push(started.elapsed());
        let started = Instant::now();
        guest.call(&invocation).await.expect("a call");
        bare.push(started.elapsed());
    }
    let (warm, bare) = (median(&mut warm), median(&mut bare));
    println!("  bare engine, same component     {}", us(bare));
    println!(
        "  hoist                           {}   over bare: {}",
        us(warm),
        us(warm.saturating_sub(bare))
    );
}

async fn bare_first(prepared: &Prepared, invocation: &Invocation) -> Duration {
    let started = Instant::now();
    let mut guest = prepared
        .bare()
        .await
        .expect("a Node function")
        .expect("a guest");
    guest.call(invocation).await.expect("a call");
    started.elapsed()
}

fn function(root: &Path) -> Function {
    Function {
        timeout: Duration::from_secs(10),

        environment: [("GREETING".to_owned(), "Hello".to_owned())]
            .into_iter()
            .collect(),
        ..Function::new(
            "HelloFunction",
            Runtime::Nodejs(24),
            HANDLER,
            &root.join("examples/http-api-js").join(CODE),
        )
    }
}

const HANDLER: &str = "hello.handler";
const CODE: &str = "src";

fn invocation(event: &str) -> Invocation {
    Invocation {
        request_id: "11111111-2222-4333-8444-555555555555".into(),
        event: event.into(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:HelloFunction".into(),
        client_context: None,
        trace_id: None,
    }
}

fn process(root: &Path, cache: &Path) -> Duration {
    let example = root.join("examples/http-api-js");
    timed(
        Command::new(env!("CARGO_BIN_EXE_hoist"))
            .args(["invoke", "HelloFunction", "--local", "-t"])
            .arg(example.join("template.yaml"))
            .arg("-e")
            .arg(example.join("events/get.json"))
            .env("HOIST_CACHE_DIR", cache),
    )
    .expect("hoist runs")
}

fn node_process() -> Option<Duration> {
    timed(Command::new("node").args(["-e", "0"]))
}

/// The command's wall time, or none when it cannot be started.
fn timed(command: &mut Command) -> Option<Duration> {
    let started = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    assert!(status.success(), "{command:?} failed");
    Some(started.elapsed())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn ms(time: Duration) -> String {
    format!("{:8.2} ms", time.as_secs_f64() * 1e3)
}

fn us(time: Duration) -> String {
    format!("{:8.1} µs", time.as_secs_f64() * 1e6)
}
