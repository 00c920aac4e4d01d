//! What an apply tells while it runs: rendering to lines or JSON is done elsewhere.

use std::time::Duration;

use crate::aws::Fault;

use super::need::Key;
use super::plan::Action;

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A step begins.
    Started {
        /// Which one.
        key: Key,
        /// What is done.
        action: Action,
    },
    /// A call was refused for now and is made again later.
    Waiting {
        /// The step.
        key: Key,
        /// Why.
        fault: Fault,
    },
    /// A step is done.
    Finished {
        /// Which one.
        key: Key,
        /// What was done.
        action: Action,
        /// How long it took.
        took: Duration,
    },
    /// A step failed. The rest goes on.
    Failed {
        /// Which one.
        key: Key,
        /// What was to be done.
        action: Action,
        /// Why not.
        fault: Fault,
        /// What cannot be done because of it.
        blocked: Vec<Key>,
    },
}
