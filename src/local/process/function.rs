//! What running a function as a process needs to know of it, and what may hinder it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;

use super::program::{Language, Missing};
use crate::local::sandbox::{Logging, PackageFolder};

/// A function to run as a process: everything known, nothing of the template left.
#[derive(Debug, Clone)]
pub struct Function {
    /// `FunctionName`, or the logical id where the template gives none.
    pub name: String,
    /// What it is written in.
    pub language: Language,
    /// `ruby3.4`.
    pub runtime: String,
    /// `index.handler`.
    pub handler: String,
    /// The folder seen as `/var/task`.
    pub task: PathBuf,
    /// Folders seen as `/opt`, later ones over earlier ones.
    pub layers: Vec<PathBuf>,
    /// Packages that Lambda's runtime would bring, in the order they are looked through.
    pub runtime_packages: Vec<PackageFolder>,
    /// 1–900 seconds.
    pub timeout: Duration,
    /// `MemorySize`, 128–10,240 MB.
    pub memory_mb: u32,
    /// `EphemeralStorage`: the size of `/tmp`, 512–10,240 MB.
    pub tmp_mb: u32,
    /// The function's environment: its own variables and Lambda's.
    pub environment: IndexMap<String, String>,
    /// How its log is written.
    pub logging: Logging,
    /// The user's own `PATH`: where programs of this machine are found.
    pub search: String,
}

/// Something other than the function itself went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// A program or library that runs the function is not here.
    #[error("cannot run `{function}` as a process: {missing}")]
    Missing {
        /// The function's name.
        function: String,
        /// What is missing.
        missing: Missing,
    },
    /// This system is no Unix.
    #[error(
        "`{0}` would run as a process, which Hoist can do on Linux and macOS only; run Hoist in the Windows Subsystem for Linux"
    )]
    System(String),
    /// A folder cannot be made or filled.
    #[error("cannot make the folders of a process: {0}")]
    Folder(io::Error),
    /// No port, no pipe, no process.
    #[error("cannot start a process: {0}")]
    Start(io::Error),
}
