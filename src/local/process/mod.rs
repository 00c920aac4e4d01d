//! Functions as child processes of this machine that speak the Lambda Runtime API: for runtimes that have no guest in
//! the sandbox, and on request.
//!
//! ```text
//! Function ──prepare──► Prepared ──environment──► Environment ──invoke──► Completion
//! ```
//!
//! This is no sandbox. A process has a `/tmp` of its own, only its own environment variables, and where the system
//! allows it `/var/task` and `/opt` in Lambda's places; but it may read and write this machine's files as the user may,
//! and reach the whole network. Whoever prepares a function says so, with [`Prepared::limits`].

mod function;
mod program;

#[cfg(unix)]
mod api;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod client;
#[cfg(any(test, not(unix)))]
mod elsewhere;
#[cfg(unix)]
mod environment;
#[cfg(unix)]
mod image;
#[cfg(unix)]
mod layout;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod prepared;
#[cfg(unix)]
mod root;
#[cfg(unix)]
mod straggler;

pub use function::{Function, ProcessError};
pub use program::{Language, Missing};

#[cfg(unix)]
pub use api::{Answer, Event, Server};
#[cfg(unix)]
pub use environment::Environment;
#[cfg(unix)]
pub use prepared::{Prepared, prepare};

#[cfg(not(unix))]
pub use elsewhere::{Environment, Prepared, prepare};
