//! Where states are kept.

use std::pin::Pin;

use crate::aws::Fault;

use super::{State, Unreadable};

/// What an asynchronous call gives back.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What came of keeping something, and of giving the lock back.
pub type KeptAndUnlocked = (Result<(), StoreError>, Result<(), StoreError>);

/// Keeps the state of one stack, and lets one run at a time change it.
pub trait StateStore: Send {
    /// The state; none when the stack does not exist.
    fn load(&mut self) -> Pending<'_, Option<State>>;

    /// Takes the lock. Until [`StateStore::unlock`] nobody else has it. Whoever has it already keeps it.
    fn lock(&mut self) -> Pending<'_, ()>;

    /// Keeps a state, as it is at this moment, in place of the one that was loaded or saved last. The call that returns has it safe.
    /// [`StoreError::Moved`] when another run has put a third one in its place; that one is left.
    fn save<'a>(&'a mut self, state: &State) -> Pending<'a, ()>;

    /// Keeps something else of the stack beside its state, under a name of letters, digits, `-`, `.` and `/`.
    fn keep<'a>(&'a mut self, name: &'a str, bytes: Vec<u8>) -> Pending<'a, ()>;

    /// What was kept under a name; none when nothing was.
    fn fetch<'a>(&'a mut self, name: &'a str) -> Pending<'a, Option<Vec<u8>>>;

    /// The states of the other stacks that are kept at the same place.
    fn others(&mut self) -> Pending<'_, Vec<State>>;

    /// Removes the state and everything kept beside it: the stack is gone.
    fn remove(&mut self) -> Pending<'_, ()>;

    /// Gives the lock back.
    fn unlock(&mut self) -> Pending<'_, ()>;

    /// [`StateStore::keep`] and [`StateStore::unlock`], at once where that is quicker.
    fn keep_and_unlock<'a>(
        &'a mut self,
        name: &'a str,
        bytes: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = KeptAndUnlocked> + Send + 'a>>;

    /// Takes a lock away whose holder is certain to have ended; says whether there was one.
    fn bury(&mut self) -> Pending<'_, bool>;

    /// Takes the lock away from whoever has it; says who that was.
    fn break_lock(&mut self) -> Pending<'_, Option<Holder>>;

    /// Whether a run that was killed leaves its lock behind.
    fn leaves_locks(&self) -> bool;

    /// Where it is, for people: a path or an `s3://` address.
    fn place(&self) -> String;
}

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// `user@host`, for people.
    pub who: String,
    /// The running system and the processes it sees: the same for two processes that can ask for each other.
    #[serde(default)]
    pub machine: String,
    /// The process there.
    pub process: u32,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

impl Holder {
    /// This process, of `user`. `now` is seconds since 1970.
    pub fn of_process(user: &str, now: u64) -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let host = match read("/proc/sys/kernel/hostname").trim() {
            "" => "this machine".to_owned(),
            host => host.to_owned(),
        };
        let boot = read("/proc/sys/kernel/random/boot_id");
        let sees = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        let machine = match boot.trim() {
            "" => String::new(),
            boot => format!("{boot} {}", sees.display()),
        };
        Holder {
            who: format!("{user}@{host}"),
            machine,
            process: std::process::id(),
            since: now,
        }
    }

    /// Somebody whose lock cannot be read.
    pub fn unknown() -> Self {
        Holder {
            who: "another run".into(),
            machine: String::new(),
            process: 0,
            since: 0,
        }
    }

    /// Whether the process is certain to have ended: it was one of those that this process sees, and it is not there.
    pub fn has_ended(&self, asker: &Holder) -> bool {
        let is_seen = !self.machine.is_empty() && self.machine == asker.machine;
        is_seen && !is_running(self.process)
    }
}

#[cfg(unix)]
fn is_running(process: u32) -> bool {
    let Ok(process) = i32::try_from(process) else {
        return false;
    };
    let asked = nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None);
    // One that belongs to somebody else may not be asked, and is there.
    asked != Err(nix::errno::Errno::ESRCH)
}

#[cfg(not(unix))]
fn is_running(_: u32) -> bool {
    true
}

/// Why a state could not be read or kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// AWS refused.
    #[error(transparent)]
    Aws(#[from] Fault),
    /// The file system refused: what, and why.
    #[error("{0}")]
    File(String),
    /// It is there and cannot be used.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Another run is changing the stack.
    #[error("{} is changing the stack (process {})", .0.who, .0.process)]
    Locked(Holder),
    /// Another run changed it since it was loaded.
    #[error("the state was changed by another run since this one read it")]
    Moved,
}
