//! Where states are kept.

use std::pin::Pin;

use crate::aws::Fault;

use super::{State, Unreadable};

/// What an asynchronous call gives back.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps the state of one stack, and lets one run at a time change it.
pub trait StateStore: Send {
    /// The state; none when the stack does not exist.
    fn load(&mut self) -> Pending<'_, Option<State>>;

    /// Takes the lock. Until [`StateStore::unlock`] nobody else has it.
    fn lock(&mut self) -> Pending<'_, ()>;

    /// Keeps a state in place of the one that was loaded or saved last. The call that returns has it safe.
    fn save<'a>(&'a mut self, state: &'a State) -> Pending<'a, ()>;

    /// Removes the state: the stack is gone.
    fn remove(&mut self) -> Pending<'_, ()>;

    /// Gives the lock back.
    fn unlock(&mut self) -> Pending<'_, ()>;

    /// Takes the lock away from whoever has it; says who that was.
    fn break_lock(&mut self) -> Pending<'_, Option<Holder>>;

    /// Where it is, for people: a path or an `s3://` address.
    fn place(&self) -> String;
}

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// `user@host`.
    pub who: String,
    /// The process there.
    pub process: u32,
    /// Since when, in seconds since 1970.
    pub since: u64,
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
