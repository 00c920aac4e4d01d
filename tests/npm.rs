//! npm packages, unchanged, in the sandbox and under real Node, side by side.
//!
//! | file below `tests/npm/` | what |
//! |---|---|
//! | `package.json`, `package-lock.json` | the packages, every version pinned |
//! | `<case>/index.mjs` or `index.js` | a handler that does the main job of a package and answers `{ check: text }` |
//! | `<case>/event.json` | the event; `{}` without it |
//! | `<case>/case.json` | `env`: variables; `node` false: there is no such thing under Node to compare with |
//! | `<case>/expected.json` | what the handler answers under Node |
//! | `<case>/expected-log.txt` | what it logs there, times replaced |
//! | `differences.json` | `case/check` that differs in the sandbox, and why; `case/log` is the log |
//!
//! `HOIST_NPM_RECORD=1 cargo test --test npm` records what Node gives anew. `HOIST_NPM_ONLY=zod,ajv` runs some cases.
//! The packages are installed once, into cargo's folder for test data. Without npm or a registry the test says so
//! and passes.

#[path = "npm/comparison.rs"]
mod comparison;
#[path = "npm/installation.rs"]
mod installation;
#[path = "npm/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use comparison::{Given, answer_of, redacted};
use hoist::local::sandbox::{
    Environment, Function, Invocation, Log, Network, Outcome, Runtime, Sandbox, SandboxError,
};
use serde::Deserialize;

const ID: &str = "11111111-2222-4333-8444-555555555555";
const MEMORY_MB: u32 = 512;
const RUNTIME: &str = "nodejs24.x";

/// The major version of the Node that the expected files were recorded with.
const RECORDED: &str = "v20.";

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    env: BTreeMap<String, String>,
    node: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            env: BTreeMap::new(),
            node: true,
        }
    }
}

/// One folder of `tests/npm`.
struct Case {
    name: String,
    /// In the clone: what is expected.
    folder: PathBuf,
    /// `index.mjs` or `index.js`.
    script: &'static str,
    settings: Settings,
}

impl Case {
    fn read(folder: PathBuf) -> Option<Self> {
        let script = ["index.mjs", "index.js", "index.ts"]
            .into_iter()
            .find(|name| folder.join(name).is_file())?;
        let settings = fs::read_to_string(folder.join("case.json"))
            .map(|text| serde_json::from_str(&text).expect("case.json"))
            .unwrap_or_default();
        Some(Case {
            name: folder.file_name()?.to_string_lossy().into_owned(),
            folder,
            script,
            settings,
        })
    }

    fn event(&self) -> String {
        fs::read_to_string(self.folder.join("event.json")).unwrap_or("{}".into())
    }

    /// Lambda's variables, the URL of the server (also as AWS's endpoint), and those of the case.
    fn environment(&self, server: SocketAddr) -> BTreeMap<String, String> {
        let url = format!("http://{server}");
        let own = [
            ("SERVER_URL", url.as_str()),
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        hoist::local::variable::defined(&hoist::local::variable::Lambda {
            name: "f",
            runtime: RUNTIME,
            handler: "index.handler",
            memory_mb: MEMORY_MB,
            region: "us-east-1",
            log_stream: "2026/01/01/[$LATEST]0",
            log_group: None,
            logging: Default::default(),
        })
        .into_iter()
        .chain(own.map(|(name, value)| (name.to_owned(), value.to_owned())))
        .chain(self.settings.env.clone())
        .collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm")
}

fn cases() -> Vec<Case> {
    let only = std::env::var("HOIST_NPM_ONLY").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let mut cases: Vec<Case> = fs::read_dir(root())
        .unwrap()
        .filter_map(|entry| Case::read(entry.unwrap().path()))
        .filter(|case| only.is_empty() || only.contains(&case.name.as_str()))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(
        cases.len() >= 12 || !only.is_empty(),
        "the cases were not found"
    );
    cases
}

/// What the handler gives in the sandbox.
async fn sandboxed(
    sandbox: &Sandbox,
    task: &Path,
    at: &str,
    case: &Case,
    server: SocketAddr,
) -> Given {
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&written);
    let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
    let started = environment(sandbox, task, at, case, server, log).await;
    let mut environment = started.unwrap();
    let invocation = Invocation {
        request_id: ID.into(),
        event: case.event(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
        trace_id: None,
    };
    let answer = match environment.invoke(&invocation).await.unwrap().outcome {
        Outcome::Answer(answer) => answer_of(&answer),
        Outcome::Failure(failure) => Err(failure.payload),
    };
    let log = String::from_utf8_lossy(&written.lock().unwrap()).into_owned();
    Given {
        answer,
        log: redacted(&log),
    }
}

/// The case's function, loaded.
async fn environment(
    sandbox: &Sandbox,
    task: &Path,
    at: &str,
    case: &Case,
    server: SocketAddr,
    log: Log,
) -> Result<Environment, SandboxError> {
    let function = Function {
        timeout: Duration::from_secs(60),
        memory_mb: MEMORY_MB,
        network: Network::new(None, vec![server.to_string().parse().unwrap()]),
        environment: case.environment(server).into_iter().collect(),
        ..Function::new(
            "f",
            Runtime::Nodejs(24),
            &format!("{at}/{}/index.handler", case.name),
            task,
        )
    };
    sandbox.prepare(function).await?.environment(log).await
}

/// What the handler gives under the installed Node.
fn under_node(scripts: &Path, case: &Case, server: SocketAddr) -> Given {
    let event = scripts.join(format!("{}-event.json", case.name));
    let answer = scripts.join(format!("{}-answer.json", case.name));
    fs::write(&event, case.event()).unwrap();
    // One file for both streams: their lines stay in order, as in Lambda's log.
    let log = tempfile::tempfile().unwrap();
    let status = Command::new("node")
        .args(["--no-warnings", "runner.mjs"])
        .arg(format!("{}/{}", case.name, case.script))
        .args([&event, &answer])
        .current_dir(scripts)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(case.environment(server))
        .stdout(log.try_clone().unwrap())
        .stderr(log.try_clone().unwrap())
        .status()
        .unwrap();
    let log = text_of(log);
    Given {
        answer: match fs::read(&answer) {
            Ok(answer) if status.success() => answer_of(&answer),
            _ => Err(log.clone()),
        },
        log: redacted(&log),
    }
}

fn text_of(mut file: fs::File) -> String {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a Node of the recorded version is installed.
fn has_recorded_node() -> bool {
    let version = Command::new("node").arg("--version").output();
    let version = version.map_or("none".into(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    });
    if !version.starts_with(RECORDED) {
        println!(
            "skipped: the record against node {version}: it was made with {RECORDED}x by this test"
        );
    }
    version.starts_with(RECORDED)
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_give_what_they_give_under_node() {
    let Some(installed) = installation::of(&root()) else {
        return;
    };
    let scripts = installed.scripts(&root());
    let at = scripts.path().file_name().unwrap().to_string_lossy();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let server = server::start().await;
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let recording = std::env::var_os("HOIST_NPM_RECORD").is_some();
    let node = has_recorded_node();
    assert!(node || !recording, "a record needs node {RECORDED}x");
    let mut known = comparison::Known::read(&root().join("differences.json"));
    let mut faults = Vec::new();
    let cases = cases();
    for case in &cases {
        if node && case.settings.node {
            let given = under_node(scripts.path(), case, server).without(server);
            if recording {
                if let Err(reason) = given.record(&case.folder) {
                    faults.push(format!("{} fails under node: {reason}", case.name));
                    continue;
                }
            } else {
                faults.extend(given.faults_of_record(&case.name, &case.folder));
            }
        }
        let given = sandboxed(&sandbox, installed.path(), &at, case, server).await;
        let given = given.without(server);
        faults.extend(known.faults(&case.name, &case.folder, &given));
    }
    faults.extend(known.stale(cases.iter().map(|case| case.name.as_str())));
    println!("{} cases", cases.len());
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
