//! An emulated AWS endpoint for one test: a server of its own on a free port, gone with the value.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end by itself.
const END: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(50);
/// Between choosing a free port and the server's taking it, somebody else may.
const TRIES: usize = 5;

/// The servers that stand in for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Runs functions too.
    Ministack,
    /// Strict about most inputs.
    Moto,
}

impl Kind {
    /// Its program in the folder that the variable `HOIST_TEST_TOOLS` names, as `.ci/run` makes it. None, with the
    /// reason on standard output, when it is not there.
    pub fn program(self) -> Option<PathBuf> {
        let Some(tools) = std::env::var_os("HOIST_TEST_TOOLS") else {
            println!("skipped: HOIST_TEST_TOOLS names no folder with {self:?}; .ci/run makes one");
            return None;
        };
        let program = Path::new(&tools).join(match self {
            Kind::Ministack => "ministack/bin/ministack",
            Kind::Moto => "moto/bin/moto_server",
        });
        if !program.is_file() {
            println!("skipped: {} is not there", program.display());
            return None;
        }
        Some(program)
    }

    fn health(self) -> &'static str {
        match self {
            Kind::Ministack => "/_ministack/health",
            Kind::Moto => "/moto-api/data.json",
        }
    }

    fn reset(self) -> &'static str {
        match self {
            Kind::Ministack => "/_ministack/reset",
            Kind::Moto => "/moto-api/reset",
        }
    }

    fn command(self, program: &Path, port: u16) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        match self {
            Kind::Ministack => {
                command.env("GATEWAY_PORT", port.to_string());
                command.env("BIND_HOST", "127.0.0.1");
                command.env("MINISTACK_HOST", "127.0.0.1");
            }
            Kind::Moto => {
                command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            }
        }
        command
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A running server.
pub struct Emulator {
    kind: Kind,
    server: Child,
    port: u16,
    /// Where it may write.
    _folder: tempfile::TempDir,
}

impl Emulator {
    /// Starts the server and waits until it answers.
    pub async fn start(kind: Kind, program: &Path) -> Self {
        for _ in 0..TRIES {
            if let Some(emulator) = Self::try_start(kind, program).await {
                return emulator;
            }
        }
        panic!("{} did not start", program.display());
    }

    async fn try_start(kind: Kind, program: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = File::create(folder.path().join("server.log")).unwrap();
        let mut command = kind.command(program, port);
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        // Its functions are processes too: they end with the group.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut emulator = Emulator {
            kind,
            server: command.spawn().unwrap(),
            port,
            _folder: folder,
        };
        let started = Instant::now();
        while started.elapsed() < START {
            if emulator.server.try_wait().unwrap().is_some() {
                return None;
            }
            let health = reqwest::get(format!("{}{}", emulator.url(), kind.health())).await;
            if health.is_ok_and(|answer| answer.status().is_success()) {
                return Some(emulator);
            }
            tokio::time::sleep(TICK).await;
        }
        None
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Forgets everything that was made.
    pub async fn reset(&self) {
        let client = reqwest::Client::new();
        let reset = client.post(format!("{}{}", self.url(), self.kind.reset()));
        let answer = reset.send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        signal(&self.server, false);
        let asked = Instant::now();
        while asked.elapsed() < END && matches!(self.server.try_wait(), Ok(None)) {
            std::thread::sleep(TICK);
        }
        signal(&self.server, true);
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Ends the server's whole group of processes.
#[cfg(unix)]
fn signal(server: &Child, hard: bool) {
    use nix::sys::signal::{Signal, killpg};
    let group = nix::unistd::Pid::from_raw(server.id() as i32);
    let signal = if hard {
        Signal::SIGKILL
    } else {
        Signal::SIGTERM
    };
    let _ = killpg(group, signal);
}

#[cfg(not(unix))]
fn signal(_: &Child, _: bool) {}
