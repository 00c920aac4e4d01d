//! An application in a folder, and a server to deploy it to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::emulator::{Emulator, Kind};
use crate::proxy::Proxy;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The application, the servers and the state.
pub struct Site {
    _emulator: Emulator,
    pub proxy: Proxy,
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Site {
    /// A function with an alias and one without. None, having said why, where ministack is not installed.
    pub async fn start() -> Option<Self> {
        let program = Kind::Ministack.program()?;
        let emulator = Emulator::start(Kind::Ministack, &program).await;
        let site = Site {
            proxy: Proxy::start(emulator.url()).await,
            _emulator: emulator,
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir_all(site.path("app/src")).unwrap();
        Some(site)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path("app").join(name), text).unwrap();
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
        command.args(words.split_whitespace());
        let runs_here = words.contains("--local") || words.contains("--compare");
        // What runs on this machine only has no state.
        if !words.contains("--local") && !words.contains("--state") {
            let state = self.path("state.json");
            command.arg(format!("--state=file:{}", state.display()));
        }
        command
            .current_dir(self.path("app"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("AWS_ENDPOINT_URL", self.proxy.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        // Making the guests anew takes half a minute.
        if let Some(cache) = std::env::var_os("HOIST_CACHE_DIR").filter(|_| runs_here) {
            command.env("HOIST_CACHE_DIR", cache);
        }
        command
    }

    /// Runs the program to its end.
    pub async fn hoist(&self, words: &str) -> Ran {
        let mut command = self.command(words);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        Ran::of(output.await.unwrap())
    }

    /// The same, and it has to succeed.
    pub async fn good(&self, words: &str) -> Ran {
        let ran = self.hoist(words).await;
        assert_eq!(ran.code, 0, "hoist {words}: {ran:?}");
        ran
    }

    /// Starts the program.
    pub fn begin(&self, words: &str) -> Begun {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Begun(Some(command.spawn().unwrap()))
    }

    /// The state as it is written down.
    pub fn state(&self) -> Value {
        let text = fs::read(self.path("state.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// What a function answers, and whether it failed.
    pub async fn invoke(&self, function: &str) -> (String, bool) {
        let url = self.proxy.url();
        let answer = reqwest::Client::new()
            .post(format!("{url}/2015-03-31/functions/{function}/invocations"))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
            )
            .body("{}")
            .send()
            .await
            .unwrap();
        let failed = answer.headers().contains_key("x-amz-function-error");
        assert!(answer.status().is_success(), "{function}: {answer:?}");
        (answer.text().await.unwrap(), failed)
    }

    /// Waits until it holds.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "{what} did not come");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn cache(&self) -> PathBuf {
        find(&self.path("home"), "artifact").expect("the cache is in the home folder")
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A run that is under way; it is killed with the value.
pub struct Begun(Option<Child>);

impl Begun {
    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Ends it as Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let child = self.0.as_ref().unwrap();
        let process = nix::unistd::Pid::from_raw(child.id() as i32);
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGINT).unwrap();
    }

    /// What it prints, and what it says.
    pub fn streams(&mut self) -> (ChildStdout, ChildStderr) {
        let child = self.0.as_mut().unwrap();
        (child.stdout.take().unwrap(), child.stderr.take().unwrap())
    }

    pub fn has_ended(&mut self) -> bool {
        let child = self.0.as_mut().unwrap();
        child.try_wait().unwrap().is_some()
    }

    pub async fn end(mut self) -> Ran {
        let child = self.0.take().unwrap();
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        Ran::of(output.await.unwrap())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    let found = folders.iter().find(|path| path.ends_with(name)).cloned();
    found.or_else(|| folders.iter().find_map(|inner| find(inner, name)))
}
