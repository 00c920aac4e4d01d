//! The AWS SDKs for JavaScript, versions 3 and 2, in the sandbox and under the machine's Node, both against an
//! emulated AWS endpoint: what the handlers answer and log is the same.
//!
//! | file below `tests/sdk/` | what |
//! |---|---|
//! | `package.json`, `package-lock.json` | the SDKs, every version pinned |
//! | `<case>/index.mjs` or `index.js` | a handler that runs checks and answers `{ check: text }` |
//! | `differences.json` | `case/check` that differs in the sandbox, and why |
//!
//! The emulator is in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it, without Node or
//! without a registry for the packages the test says so and passes. `HOIST_SDK_ONLY=s3,sqs` runs some cases.

#[path = "sdk/emulator.rs"]
mod emulator;
#[path = "sdk/example.rs"]
mod example;
#[path = "sdk/given.rs"]
mod given;
#[path = "npm/installation.rs"]
mod installation;
#[path = "sdk/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use emulator::{Emulator, Kind};
use given::Given;
use hoist::local::sandbox::{
    Environment, Function, Invocation, Log, Network, Outcome, Runtime, Sandbox,
};
use hoist::local::variable;

const ID: &str = "11111111-2222-4333-8444-555555555555";
const RUNTIME: &str = "nodejs22.x";
const MEMORY_MB: u32 = 1024;
/// For one case, under Node or in the sandbox.
const LIMIT: Duration = Duration::from_secs(120);

/// One folder of `tests/sdk`.
struct Case {
    name: String,
    /// `index.mjs` or `index.js`.
    script: &'static str,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk")
}

fn cases() -> Vec<Case> {
    let only = std::env::var("HOIST_SDK_ONLY").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let mut cases = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let scripts = ["index.mjs", "index.js"];
        let script = scripts.into_iter().find(|one| folder.join(one).is_file());
        if let Some(script) = script
            && (only.is_empty() || only.contains(&name.as_str()))
        {
            cases.push(Case { name, script });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(
        cases.len() >= 20 || !only.is_empty(),
        "the cases were not found"
    );
    cases
}

/// What both worlds see: Lambda's variables and the endpoint.
fn variables(url: &str, dead_port: u16) -> BTreeMap<String, String> {
    let lambda = variable::Lambda {
        name: "f",
        runtime: RUNTIME,
        handler: "index.handler",
        memory_mb: MEMORY_MB,
        region: "us-east-1",
        log_stream: "2026/01/01/[$LATEST]0",
        log_group: None,
        logging: Default::default(),
    };
    let mut variables = variable::defined(&lambda);
    variable::point_to(&mut variables, &url.parse().unwrap());
    for (name, value) in [
        ("DEAD_PORT", dead_port.to_string().as_str()),
        // The machine's Node may be one that the SDK warns of.
        ("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    variables.into_iter().collect()
}

/// What a case gives under the installed Node.
async fn under_node(scripts: &Path, case: &Case, variables: &BTreeMap<String, String>) -> Given {
    let answer = scripts.join(format!("{}-answer.json", case.name));
    let log = scripts.join(format!("{}-log.txt", case.name));
    // One file for both streams keeps their order.
    let output = File::create(&log).unwrap();
    let mut node = tokio::process::Command::new("node")
        .arg("runner.mjs")
        .arg(format!("{}/{}", case.name, case.script))
        .arg(&answer)
        .current_dir(scripts)
        .env_clear()
        .envs(variables)
        .env("SDK2_ENDPOINT", &variables["AWS_ENDPOINT_URL"])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = tokio::time::timeout(LIMIT, node.wait()).await;
    let log = fs::read_to_string(log).unwrap();
    match fs::read_to_string(answer) {
        Ok(answer) => given::of(&answer, &log),
        Err(_) => panic!("{} under node: {ended:?}\n{log}", case.name),
    }
}

/// A function of the case, in an environment of its own.
async fn environment(
    sandbox: &Sandbox,
    task: &Path,
    handler: String,
    variables: &BTreeMap<String, String>,
    log: Log,
) -> Environment {
    let endpoint = variables["AWS_ENDPOINT_URL"].parse().unwrap();
    let dead = format!("127.0.0.1:{}", variables["DEAD_PORT"]);
    let function = Function {
        name: "f".into(),
        runtime: Runtime::Nodejs(22),
        handler,
        task: task.to_owned(),
        layers: vec![],
        runtime_packages: vec![],
        timeout: LIMIT,
        memory_mb: MEMORY_MB,
        tmp_mb: 512,
        environment: variables.clone().into_iter().collect(),
        network: Network::new(Some(endpoint), vec![dead.parse().unwrap()]),
        logging: Default::default(),
    };
    let prepared = sandbox.prepare(function).await.unwrap();
    prepared.environment(log).await.unwrap()
}

async fn invoke(environment: &mut Environment) -> String {
    let invocation = Invocation {
        request_id: ID.into(),
        event: "{}".into(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:f".into(),
        client_context: None,
        trace_id: None,
    };
    match environment.invoke(&invocation).await.unwrap().outcome {
        Outcome::Answer(answer) => String::from_utf8(answer).unwrap(),
        Outcome::Failure(failure) => failure.payload,
    }
}

/// What a case gives in the sandbox.
async fn sandboxed(
    sandbox: &Sandbox,
    task: &Path,
    handler: String,
    variables: &BTreeMap<String, String>,
) -> Given {
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
    let mut environment = environment(sandbox, task, handler, variables, log).await;
    let answer = invoke(&mut environment).await;
    let log = String::from_utf8_lossy(&written.lock().unwrap()).into_owned();
    given::of(&answer, &log)
}

/// What is known to differ, with the reason; each is named once it is met.
struct Known(BTreeMap<String, String>);

impl Known {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("differences.json")).unwrap();
        Known(serde_json::from_str(&text).expect("differences.json"))
    }

    /// What differs without being known, and what is known without differing.
    fn faults(&mut self, case: &str, node: &Given, sandbox: &Given) -> Vec<String> {
        let mut differences = given::differences(node, sandbox);
        let mut faults = Vec::new();
        self.0.retain(|name, reason| {
            let Some((_, check)) = name.split_once('/').filter(|(of, _)| *of == case) else {
                return true;
            };
            if differences.remove(check).is_none() {
                faults.push(format!("{name} is equal now; it is listed as: {reason}"));
            }
            false
        });
        let unknown = differences
            .into_iter()
            .map(|(check, text)| format!("{case}/{check}: {text}"));
        faults.extend(unknown);
        faults
    }
}

/// Whether there is a Node that runs the SDK.
fn has_node() -> bool {
    let version = std::process::Command::new("node").arg("--version").output();
    let version = version.map_or("none".into(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    });
    let major = version
        .strip_prefix('v')
        .and_then(|rest| rest.split('.').next());
    let is_good = major.and_then(|major| major.parse().ok()) >= Some(20);
    if !is_good {
        println!("skipped: the SDK needs Node 20 or newer to compare with, and here is {version}");
    }
    is_good
}

/// Runs every case that `wanted` names under Node and in the sandbox.
async fn compare(kind: Kind, wanted: impl Fn(&str) -> bool) {
    let Some(program) = kind.program() else {
        return;
    };
    if !has_node() {
        return;
    }
    let Some(installed) = installation::of(&root()) else {
        return;
    };
    let scripts = installed.scripts(&root());
    let at = scripts.path().file_name().unwrap().to_string_lossy();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let emulator = Emulator::start(kind, &program).await;
    let variables = variables(&emulator.url(), emulator::free_port());
    let mut known = Known::read();
    let mut faults = Vec::new();
    for case in cases().iter().filter(|case| wanted(&case.name)) {
        emulator.reset().await;
        let started = Instant::now();
        let node = under_node(scripts.path(), case, &variables).await;
        let by_node = started.elapsed();
        emulator.reset().await;
        let started = Instant::now();
        let handler = format!("{at}/{}/index.handler", case.name);
        let given = sandboxed(&sandbox, installed.path(), handler, &variables).await;
        println!(
            "{kind:?}, {}: {} checks, node {by_node:.1?}, sandbox {:.1?}",
            case.name,
            node.len() - 1,
            started.elapsed()
        );
        faults.extend(known.faults(&case.name, &node, &given));
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[tokio::test]
async fn the_aws_sdks_give_what_they_give_under_node() {
    compare(Kind::Ministack, |_| true).await;
}

/// The same handlers against other answers: other headers, other errors.
#[tokio::test]
async fn another_server_makes_no_difference() {
    // Those in which a server's way of answering shows. (Moto also runs functions in containers only, and speaks no
    // HTTP/2, which Kinesis's client does under Node.)
    const WITH: [&str; 9] = [
        "dynamodb-client",
        "errors-printed",
        "s3",
        "s3-presign",
        "s3-stream",
        "sns",
        "sqs",
        "v2-dynamodb",
        "v2-s3",
    ];
    compare(Kind::Moto, |case| WITH.contains(&case)).await;
}
