//! How long a handler with the AWS SDK takes, beside `node`, in one run: `cargo bench --bench node`.
//!
//! Needs `npm` and `node`. The SDK is installed once below the target folder. DynamoDB is a few lines of this
//! program: it answers at once, so that the figures are those of the guest.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hoist::local::sandbox::{
    Endpoint, Function, Invocation, Log, Network, Outcome, Prepared, Runtime, Sandbox,
};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

const ENVIRONMENTS: usize = 30;
const CALLS: usize = 500;
const NODES: usize = 7;

fn main() -> ExitCode {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-node");
    let project = match install(&scratch) {
        Ok(project) => project,
        Err(why) => {
            eprintln!("no figures: {why}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let endpoint = serve().await;
        println!("a handler with @aws-sdk/client-dynamodb and lib-dynamodb: one put, one scan");
        let node = node(&project, &endpoint).await;
        let sandbox =
            |scratch: &Path| Sandbox::new(&scratch.join("cache"), |_| ()).expect("a sandbox");
        let plain = sandbox(&scratch).without_snapshots();
        let without = measure(&plain, &project, &endpoint).await;
        let sandbox = sandbox(&scratch);
        snapshot(&sandbox, &project, &endpoint).await;
        let with = measure(&sandbox, &project, &endpoint).await;
        print(&node, &without, &with);
    });
    ExitCode::SUCCESS
}

/// What was measured of one way to run the handler.
struct Figures {
    /// Until the handler is loaded.
    load: Duration,
    /// Until its first answer, loading included.
    first: Duration,
    /// One more call.
    warm: Duration,
    /// Memory of one instance, in MB.
    memory: Option<f64>,
}

fn print(node: &Figures, without: &Figures, with: &Figures) {
    println!("medians             load       load + first call   warm call    memory");
    for (name, figures) in [("node", node), ("no snapshot", without), ("snapshot", with)] {
        println!(
            "  {name:<14} {:8.2} ms   {:8.2} ms ({:5.2})   {:6.2} ms ({:4.2})   {}",
            ms(figures.load),
            ms(figures.first),
            ms(figures.first) / ms(node.first),
            ms(figures.warm),
            ms(figures.warm) / ms(node.warm),
            figures
                .memory
                .map_or(String::new(), |mb| format!("{mb:.1} MB")),
        );
    }
    println!(
        "in brackets: how many times node's. node's load is without the start of its process."
    );
}

/// The handler with its packages; installs them the first time.
fn install(scratch: &Path) -> Result<PathBuf, String> {
    let project = scratch.join("project");
    std::fs::create_dir_all(&project).map_err(|error| error.to_string())?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/node");
    for name in [
        "index.mjs",
        "measure.mjs",
        "package.json",
        "package-lock.json",
    ] {
        std::fs::copy(source.join(name), project.join(name)).map_err(|error| error.to_string())?;
    }
    if !project.join("node_modules/.package-lock.json").exists() {
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&project)
            .output()
            .map_err(|error| format!("npm cannot be started: {error}"))?;
        if !npm.status.success() {
            return Err(String::from_utf8_lossy(&npm.stderr).into_owned());
        }
    }
    Ok(project)
}

/// The variables both sides see.
fn variables(endpoint: &Endpoint) -> Vec<(String, String)> {
    [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", &endpoint.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

async fn node(project: &Path, endpoint: &Endpoint) -> Figures {
    let mut runs: Vec<Value> = Vec::new();
    for _ in 0..NODES {
        let output = tokio::process::Command::new("node")
            .arg("measure.mjs")
            .arg(CALLS.to_string())
            .current_dir(project)
            .envs(variables(endpoint))
            .output()
            .await
            .expect("node runs");
        runs.push(serde_json::from_slice(&output.stdout).expect("node's figures"));
    }
    let figure = |name: &str| {
        let mut all: Vec<f64> = runs.iter().filter_map(|run| run[name].as_f64()).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let time = |name: &str| Duration::from_secs_f64(figure(name) / 1e3);
    Figures {
        load: time("load"),
        first: time("first"),
        warm: time("warm"),
        memory: Some(figure("rss") / 1_048_576.0),
    }
}

fn function(project: &Path, endpoint: &Endpoint) -> Function {
    Function {
        timeout: Duration::from_secs(30),
        memory_mb: 256,

        network: Network::new(Some(endpoint.clone()), vec![]),
        environment: variables(endpoint).into_iter().collect(),
        ..Function::new("Bench", Runtime::Nodejs(22), "index.handler", project)
    }
}

fn invocation(id: usize) -> Invocation {
    Invocation {
        request_id: "11111111-2222-4333-8444-555555555555".into(),
        event: json!({ "id": id.to_string() }).to_string(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:Bench".into(),
        client_context: None,
        trace_id: None,
    }
}

async fn call(environment: &mut hoist::local::sandbox::Environment, id: usize) {
    let completion = environment.invoke(&invocation(id)).await.expect("a run");
    match completion.outcome {
        Outcome::Answer(_) => (),
        Outcome::Failure(failure) => panic!("the handler failed: {}", failure.payload),
    }
}

/// Runs the handler until its image is made.
async fn snapshot(sandbox: &Sandbox, project: &Path, endpoint: &Endpoint) {
    for _ in 0..3 {
        let prepared = prepared(sandbox, project, endpoint).await;
        let mut environment = prepared.environment(Log::none()).await.expect("one");
        call(&mut environment, 0).await;
        if let Some(job) = environment.remember_packages().expect("a record") {
            let started = Instant::now();
            sandbox.make_snapshot(&job).expect("an image");
            println!(
                "the snapshot was made in {:.1} s",
                started.elapsed().as_secs_f64()
            );
        }
    }
}

async fn prepared(sandbox: &Sandbox, project: &Path, endpoint: &Endpoint) -> Prepared {
    let function = function(project, endpoint);
    sandbox.prepare(function).await.expect("the handler")
}

async fn measure(sandbox: &Sandbox, project: &Path, endpoint: &Endpoint) -> Figures {
    let prepared = prepared(sandbox, project, endpoint).await;
    let (mut loads, mut firsts) = (vec![], vec![]);
    for id in 0..ENVIRONMENTS {
        let started = Instant::now();
        let mut environment = prepared.environment(Log::none()).await.expect("one");
        loads.push(started.elapsed());
        call(&mut environment, id).await;
        firsts.push(started.elapsed());
    }
    let before = resident_mb();
    let mut environment = prepared.environment(Log::none()).await.expect("one");
    call(&mut environment, 0).await;
    let memory = resident_mb().zip(before).map(|(now, before)| now - before);
    let mut warm = vec![];
    for id in 0..CALLS {
        let started = Instant::now();
        call(&mut environment, id).await;
        warm.push(started.elapsed());
    }
    Figures {
        load: median(loads),
        first: median(firsts),
        warm: median(warm),
        memory,
    }
}

/// Memory of this process that is not shared with files, in MB, where the system tells.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024.0)
}

/// A table of one item, on a free port.
async fn serve() -> Endpoint {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), hyper::service::service_fn(answer)),
            );
        }
    });
    format!("http://127.0.0.1:{port}").parse().expect("a URL")
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let target = request.headers().get("x-amz-target").cloned();
    let _ = request.into_body().collect().await;
    let body = match target.as_ref().and_then(|value| value.to_str().ok()) {
        Some(target) if target.ends_with(".Scan") => json!({
            "Count": 1,
            "ScannedCount": 1,
            "Items": [{ "id": { "S": "0" }, "text": { "S": "hello" }, "tags": { "L": [{ "S": "a" }, { "S": "b" }] }, "count": { "N": "3" } }],
        }),
        _ => json!({}),
    };
    let response = Response::builder().header("content-type", "application/x-amz-json-1.0");
    Ok(response
        .body(Full::from(body.to_string()))
        .expect("an answer"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
