//! Programs that build: finding them, running them without a shell, keeping what they say, ending them with the run.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::fault::Fault;

/// Lines of a tool's output that are shown when it fails.
const LINES_SHOWN: usize = 25;

/// Bytes of one line that are kept.
const LINE_LENGTH: usize = 2000;

/// How long what a tool left running may hold its output open after it has ended itself.
const LINGER: Duration = Duration::from_secs(2);

/// A program to be run.
#[derive(Debug, Clone)]
pub struct Tool {
    program: PathBuf,
    /// As people call it: `npm ci`.
    what: String,
    arguments: Vec<OsString>,
    folder: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

impl Tool {
    /// The program at a path, called `what`, started in `folder`.
    pub fn new(program: &Path, what: &str, folder: &Path) -> Self {
        Tool {
            program: program.to_owned(),
            what: what.to_owned(),
            arguments: Vec::new(),
            folder: folder.to_owned(),
            variables: Vec::new(),
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of its environment, which is else that of Hoist.
    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// What it is called.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Runs it to its end with the search path `path`; each line that it says is given to `say` as it comes.
    /// Dropping the future ends the program and all that it started.
    ///
    /// # Errors
    /// When it cannot be started or fails; the end of what it said is in the fault's help.
    pub async fn run(&self, path: &str, say: &(dyn Fn(&str) + Sync)) -> Result<(), Fault> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env("PATH", path)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let (mut child, output) = spawn(command).map_err(|error| self.unusable(&error))?;
        let group = Group::of(&child);
        let tail = Mutex::new(VecDeque::new());
        let reading = async {
            futures_util::future::join_all(output.into_iter().map(|from| lines(from, &tail, say)))
                .await
        };
        tokio::pin!(reading);
        let mut is_read = false;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                _ = &mut reading, if !is_read => is_read = true,
            }
        };
        drop(group);
        if !is_read {
            let _ = tokio::time::timeout(LINGER, &mut reading).await;
        }
        let status = status.map_err(|error| self.unusable(&error))?;
        match status.success() {
            true => Ok(()),
            false => Err(self.failed(&status.to_string(), &tail)),
        }
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        Fault::new(
            "build/tool",
            format!(
                "`{}` cannot be run ({}): {error}",
                self.what,
                self.program.display()
            ),
        )
    }

    fn failed(&self, status: &str, tail: &Mutex<VecDeque<String>>) -> Fault {
        let fault = Fault::new("build/tool", format!("`{}` failed ({status})", self.what));
        let tail = tail
            .lock()
            .map(|tail| Vec::from(tail.clone()))
            .unwrap_or_default();
        if tail.is_empty() {
            return fault
                .help("it said nothing; run it yourself in the function's folder to see more");
        }
        fault.help(format!("it said at the end:\n{}", tail.join("\n")))
    }
}

/// What a tool says.
type Output = Box<dyn AsyncRead + Send + Unpin>;

/// Starts a program with both its outputs in one pipe, so that the order of what it says is kept.
#[cfg(unix)]
fn spawn(mut command: Command) -> io::Result<(Child, Vec<Output>)> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn()?;
    // With the command goes Hoist's own end of the pipe, which would hold it open.
    drop(command);
    let output = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into())?;
    Ok((child, vec![Box::new(output)]))
}

#[cfg(not(unix))]
fn spawn(mut command: Command) -> io::Result<(Child, Vec<Output>)> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut outputs: Vec<Output> = Vec::new();
    if let Some(out) = child.stdout.take() {
        outputs.push(Box::new(out));
    }
    if let Some(err) = child.stderr.take() {
        outputs.push(Box::new(err));
    }
    Ok((child, outputs))
}

/// The child's process group: ended when this is dropped.
struct Group {
    #[cfg(unix)]
    leader: Option<nix::unistd::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group {
            leader: id.map(nix::unistd::Pid::from_raw),
        }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Group {}
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            // It is gone already, most of the time.
            let _ = nix::sys::signal::killpg(leader, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Reads lines to the end; the last ones are kept.
async fn lines(mut from: Output, tail: &Mutex<VecDeque<String>>, say: &(dyn Fn(&str) + Sync)) {
    let mut block = vec![0; 8 << 10];
    let mut line = Vec::new();
    loop {
        let count = from.read(&mut block).await.unwrap_or(0);
        for &byte in &block[..count] {
            match byte {
                b'\n' => end_line(&mut line, tail, say),
                _ if line.len() < LINE_LENGTH => line.push(byte),
                _ => {}
            }
        }
        if count == 0 {
            break;
        }
    }
    end_line(&mut line, tail, say);
}

fn end_line(line: &mut Vec<u8>, tail: &Mutex<VecDeque<String>>, say: &(dyn Fn(&str) + Sync)) {
    let text = String::from_utf8_lossy(line).trim_end().to_owned();
    line.clear();
    if text.is_empty() {
        return;
    }
    say(&text);
    if let Ok(mut tail) = tail.lock() {
        if tail.len() == LINES_SHOWN {
            tail.pop_front();
        }
        tail.push_back(text);
    }
}

/// The first program called one of `names` in the folders of the search path `path`.
pub fn find(path: &str, names: &[&str]) -> Option<PathBuf> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    let folders: Vec<&Path> = path.split(separator).map(Path::new).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .filter(|folder| folder.is_absolute())
            .find_map(|folder| in_folder(folder, name))
    })
}

/// The program called `name` in a folder.
pub fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd"]
    } else {
        &[""]
    };
    let program = endings
        .iter()
        .map(|ending| folder.join(format!("{name}{ending}")));
    program.into_iter().find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A tool that is not installed.
pub fn absent(name: &str, how: &str) -> Fault {
    Fault::new(
        "build/no-tool",
        format!("`{name}` is not installed (it is not in any folder of PATH)"),
    )
    .help(how)
}

/// A flag with its value: `--target=x`.
pub fn flag(name: &str, value: impl AsRef<OsStr>) -> OsString {
    let mut flag = OsString::from(name);
    flag.push("=");
    flag.push(value);
    flag
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn script(text: &str) -> (tempfile::TempDir, Tool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        // Started through the shell: a file that was just written may be busy.
        let tool = Tool::new(Path::new("/bin/sh"), "the script", folder.path()).arg(&path);
        (folder, tool)
    }

    const PATH: &str = "/usr/bin:/bin";

    #[tokio::test]
    async fn the_end_of_what_a_failing_tool_said_is_in_the_help() {
        let (_folder, tool) =
            script("for n in $(seq 1 100); do echo line $n; done; echo bad >&2; exit 3");
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let say = move |_: &str| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let fault = tool.run(PATH, &say).await.unwrap_err();
        assert_eq!(count.load(Ordering::Relaxed), 101);
        assert_eq!(fault.summary, "`the script` failed (exit status: 3)");
        let help = &fault.help[0];
        assert!(
            help.contains("line 100") && help.contains("bad") && !help.contains("line 9\n"),
            "{help}"
        );
    }

    #[tokio::test]
    async fn a_line_without_an_end_does_not_fill_the_memory() {
        let (_folder, tool) = script("head -c 5000000 /dev/zero | tr '\\0' x; exit 1");
        let fault = tool.run(PATH, &|_| ()).await.unwrap_err();
        assert!(fault.help[0].len() < LINE_LENGTH + 100);
    }

    #[tokio::test]
    async fn what_a_tool_leaves_running_ends_with_it() {
        let (folder, tool) = script("sleep 1000 & echo $! > pid; exit 0");
        tool.run(PATH, &|_| ()).await.unwrap();
        let pid: i32 = std::fs::read_to_string(folder.path().join("pid"))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let mut state = String::new();
        for _ in 0..1000 {
            state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z") {
                return;
            }
            tokio::task::yield_now().await;
            std::thread::yield_now();
        }
        if cfg!(target_os = "linux") {
            panic!("still running: {state}");
        }
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_started_is_named() {
        let tool = Tool::new(Path::new("/nonexistent/npm"), "npm ci", Path::new("/"));
        let fault = tool.run(PATH, &|_| ()).await.unwrap_err();
        assert!(
            fault
                .summary
                .contains("`npm ci` cannot be run (/nonexistent/npm)"),
            "{fault:?}"
        );
    }

    #[test]
    fn programs_are_found_in_whole_folders_of_the_path_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("npm");
        std::fs::write(&path, "").unwrap();
        let search = format!("relative:/nonexistent:{}", folder.path().display());
        assert_eq!(find(&search, &["npm"]), None, "it is not executable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find(&search, &["pnpm", "npm"]), Some(path));
        assert_eq!(find("", &["npm"]), None);
    }
}
