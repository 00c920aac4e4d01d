//! Running the program against an endpoint on this machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// Where the tests' stacks are.
pub const REGION: &str = "eu-central-1";
/// How long one run may take at most: a test that waits for ever says nothing.
const PATIENCE: Duration = Duration::from_secs(100);

/// A user's home with a project in it.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        let home = Home {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(home.project()).unwrap();
        home
    }

    /// The folder that the program runs in.
    pub fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Writes a file of the project.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.project().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The program with `words`, everything it sends going to `endpoint`.
    pub fn command(&self, endpoint: &str, words: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_hoist")), endpoint, words)
    }

    /// Another program in the same surroundings: a shell that starts ours.
    pub fn command_of(&self, program: &Path, endpoint: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(self.project())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("USER", "ada")
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub async fn run(&self, endpoint: &str, words: &[&str]) -> Ended {
        end(self.command(endpoint, words).spawn().unwrap()).await
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// None when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// The same, when the program ended with `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Makes sure that standard error has these words.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.err.contains(words), "no {words:?} in:\n{}", self.err);
        self
    }
}

/// Waits for the end of a program that runs.
pub async fn end(child: Child) -> Ended {
    let group = child.id();
    let Ok(output) = tokio::time::timeout(PATIENCE, child.wait_with_output()).await else {
        group.inspect(|group| kill(*group));
        panic!("the program did not end within {PATIENCE:?}");
    };
    let output = output.unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Ends a program and everything it started at once, without a word: SIGKILL.
pub fn kill(group: u32) {
    let group = Pid::from_raw(i32::try_from(group).unwrap());
    // One that ended by itself is gone already.
    let _ = killpg(group, Signal::SIGKILL);
}
