//! A child process in a process group of its own: started, frozen, killed with everything it started.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::{oneshot, watch};

use super::image::Image;
use super::root::Root;
use super::straggler;

/// Open files of one process. Source: Lambda quotas, "File descriptors".
const MAX_FILES: u64 = 1024;

/// How long the end of a killed process is waited for before its folders are removed.
const GRACE: Duration = Duration::from_secs(2);

/// What is started.
#[derive(Debug)]
pub struct Launch {
    /// An absolute path, as seen from within `root`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment.
    pub environment: Vec<(String, OsString)>,
    /// Where it starts; within `root` that is where `root` says.
    pub folder: PathBuf,
    /// Its own view of the file system.
    pub root: Option<Root>,
    /// A variable of the environment that says which descriptor takes framed log records.
    pub frames: Option<&'static str>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Exit::Status(code),
            (None, signal) => Exit::Signal(signal.unwrap_or_default()),
        }
    }
}

/// A running process. Dropped, it is killed with its whole group.
pub struct Child {
    group: Pid,
    exit: watch::Receiver<Option<Exit>>,
    /// Told when it is reaped; in a lock only so that a reference may be sent to another thread.
    gone: Mutex<mpsc::Receiver<()>>,
}

impl Child {
    /// Starts a process and gives what it writes: standard output, standard error and framed log records, in one pipe,
    /// which keeps their order. `mark` is a variable with a value that no other process on this machine has in its
    /// environment: descendants that left the group are found by it.
    ///
    /// # Errors
    /// When the system refuses: no such file, not executable, no program of this machine.
    pub async fn start(launch: Launch, mark: String) -> io::Result<(Child, OwnedFd)> {
        let (started, start) = oneshot::channel();
        let (set_exit, exit) = watch::channel(None);
        let (set_gone, gone) = mpsc::channel();
        // A thread of its own waits for the process. It has to be the one that starts it, too: on Linux the process
        // is killed when this thread ends, and that is not before the process or Hoist itself ends.
        std::thread::Builder::new()
            .name("hoist-process".into())
            .spawn(move || {
                let (mut child, output) = match spawn(launch) {
                    Ok(spawned) => spawned,
                    Err(error) => {
                        let _ = started.send(Err(error));
                        return;
                    }
                };
                let group = Pid::from_raw(child.id() as i32);
                if started.send(Ok((group, output))).is_err() {
                    kill(group);
                }
                wait_unreaped(group);
                // As long as the process is not reaped, its group's number is not given to another one.
                kill(group);
                let exit = child.wait().map_or(Exit::Signal(9), Exit::from);
                straggler::kill(&mark);
                let _ = set_exit.send(Some(exit));
                let _ = set_gone.send(());
            })?;
        let (group, output) = start
            .await
            .map_err(|_| io::Error::other("the thread of the process ended"))??;
        let gone = Mutex::new(gone);
        Ok((Child { group, exit, gone }, output))
    }

    /// The process's number; its group has the same.
    pub fn id(&self) -> i32 {
        self.group.as_raw()
    }

    /// Waits for its end. By then everything it started has been killed, too.
    pub async fn exited(&self) -> Exit {
        let mut exit = self.exit.clone();
        match exit.wait_for(Option::is_some).await {
            Ok(exit) => exit.unwrap_or(Exit::Signal(9)),
            Err(_) => Exit::Signal(9),
        }
    }

    /// Whether it still runs.
    pub fn is_running(&self) -> bool {
        self.exit.borrow().is_none()
    }

    /// Stops the whole group until [`Child::thaw`]: between invocations Lambda freezes an environment.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets the group go on.
    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        if self.is_running() {
            let _ = killpg(self.group, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
        // Its folders are removed next; what is killed but not gone yet could still write into them.
        if let Ok(gone) = self.gone.get_mut() {
            let _ = gone.recv_timeout(GRACE);
        }
    }
}

fn kill(group: Pid) {
    let _ = killpg(group, Signal::SIGKILL);
}

/// Waits for the end of a process and leaves its number taken, where the system can do that.
fn wait_unreaped(_process: Pid) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::errno::Errno;
        use nix::sys::wait::{Id, WaitPidFlag, waitid};
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        while let Err(Errno::EINTR) = waitid(Id::Pid(_process), flags) {}
    }
}

fn spawn(launch: Launch) -> io::Result<(std::process::Child, OwnedFd)> {
    let (output, to_output) = io::pipe()?;
    let mut command = Command::new(&launch.program);
    command
        .stdin(Stdio::from(File::open("/dev/null")?))
        .stdout(to_output.try_clone()?)
        .stderr(to_output.try_clone()?)
        .process_group(0);
    if launch.root.is_none() {
        command.current_dir(&launch.folder);
    }
    let mut environment = launch.environment;
    let frames = match launch.frames {
        Some(variable) => {
            let frames = OwnedFd::from(to_output.try_clone()?);
            let descriptor = frames.as_raw_fd().to_string();
            environment.push((variable.to_owned(), descriptor.into()));
            Some(frames)
        }
        None => None,
    };
    let image = Image::new(&launch.program, &launch.arguments, environment)?;
    let limits = limits();
    let mut root = launch.root;
    let enter = move || -> io::Result<()> {
        if let Some(frames) = &frames {
            fcntl(frames.as_fd(), FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        for (resource, soft, hard) in limits {
            setrlimit(resource, soft, hard)?;
        }
        if let Some(root) = &mut root {
            root.enter()?;
        }
        // After the change of user namespace, which would take it back.
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
        Err(image.start())
    };
    // SAFETY: between fork and exec, `enter` makes system calls on values prepared before; it neither allocates
    // nor takes a lock.
    unsafe { command.pre_exec(enter) };
    let child = command.spawn()?;
    Ok((child, output.into()))
}

/// What Lambda limits and this system does, too. No core files: they would lie in the function's folder.
fn limits() -> [(Resource, u64, u64); 2] {
    let hard = getrlimit(Resource::RLIMIT_NOFILE).map_or(MAX_FILES, |(_, hard)| hard);
    let files = MAX_FILES.min(hard);
    [
        (Resource::RLIMIT_NOFILE, files, files),
        (Resource::RLIMIT_CORE, 0, 0),
    ]
}

/// A signal as Go writes it, in whose words Lambda tells of it.
pub fn signal_name(signal: i32) -> String {
    let name = match Signal::try_from(signal) {
        Ok(Signal::SIGHUP) => "hangup",
        Ok(Signal::SIGINT) => "interrupt",
        Ok(Signal::SIGQUIT) => "quit",
        Ok(Signal::SIGILL) => "illegal instruction",
        Ok(Signal::SIGTRAP) => "trace/breakpoint trap",
        Ok(Signal::SIGABRT) => "aborted",
        Ok(Signal::SIGBUS) => "bus error",
        Ok(Signal::SIGFPE) => "floating point exception",
        Ok(Signal::SIGKILL) => "killed",
        Ok(Signal::SIGUSR1) => "user defined signal 1",
        Ok(Signal::SIGSEGV) => "segmentation fault",
        Ok(Signal::SIGUSR2) => "user defined signal 2",
        Ok(Signal::SIGPIPE) => "broken pipe",
        Ok(Signal::SIGALRM) => "alarm clock",
        Ok(Signal::SIGTERM) => "terminated",
        _ => return format!("signal {signal}"),
    };
    name.to_owned()
}
