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

mod api;
mod child;
mod client;
mod environment;
mod layout;
mod memory;
mod output;
mod program;
mod root;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tempfile::TempDir;

use super::sandbox::{self, Logging, Opt, PackageFolder};
use child::{Child, Launch};
use layout::Layout;
use program::{Program, Wanted};

pub use api::{Answer, Event, Server};
pub use environment::Environment;
pub use program::{Language, Missing};

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
    /// A folder cannot be made or filled.
    #[error("cannot make the folders of a process: {0}")]
    Folder(io::Error),
    /// No port, no pipe, no process.
    #[error("cannot start a process: {0}")]
    Start(io::Error),
}

/// A function ready to run.
#[derive(Clone)]
pub struct Prepared {
    function: Arc<Function>,
    program: Arc<Program>,
    layout: Arc<Layout>,
    /// Why processes have no view of the file system of their own.
    hindrance: Option<String>,
    _folders: Arc<Folders>,
}

/// Folders that live as long as the function runs.
struct Folders {
    _runtime: TempDir,
    _opt: Option<Opt>,
}

/// Finds what runs the function, and lays out its folders.
///
/// # Errors
/// When a program is missing, with the next step; or a folder cannot be made.
pub async fn prepare(function: Function) -> Result<Prepared, ProcessError> {
    let wanted = Wanted {
        runtime: &function.runtime,
        handler: &function.handler,
        task: &function.task,
        layers: &function.layers,
        memory_mb: function.memory_mb,
        search: &function.search,
    };
    let program =
        program::find(function.language, &wanted).map_err(|missing| ProcessError::Missing {
            function: function.name.clone(),
            missing,
        })?;
    let runtime = folder("hoist-runtime-")?;
    if let Some(language) = program.client {
        let packages = function.runtime_packages.as_slice();
        client::write(language, packages, runtime.path()).map_err(ProcessError::Folder)?;
    }
    let opt = sandbox::merge_layers(&function.layers).map_err(ProcessError::Folder)?;
    let mut layout = Layout {
        task: function.task.clone(),
        opt: opt.as_ref().map(|opt| opt.path().to_owned()),
        runtime: runtime.path().to_owned(),
        rooted: true,
    };
    let hindrance = match probe(&layout, &program.executable).await {
        Ok(()) => None,
        Err(error) => {
            layout.rooted = false;
            Some(error.to_string())
        }
    };
    Ok(Prepared {
        function: Arc::new(function),
        program: Arc::new(program),
        layout: Arc::new(layout),
        hindrance,
        _folders: Arc::new(Folders {
            _runtime: runtime,
            _opt: opt,
        }),
    })
}

/// A temporary folder that others may not read.
fn folder(prefix: &str) -> Result<TempDir, ProcessError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir()
        .map_err(ProcessError::Folder)
}

/// The folder of one environment: `tmp`, and where its view of the file system is built.
fn environment_folder() -> Result<TempDir, ProcessError> {
    let folder = folder("hoist-tmp-")?;
    for name in ["tmp", "root"] {
        std::fs::create_dir(folder.path().join(name)).map_err(ProcessError::Folder)?;
    }
    Ok(folder)
}

/// Tries whether this system lets a process have its own view of the file system: with exactly the folders that it
/// will have, because that may depend on them.
async fn probe(layout: &Layout, program: &Path) -> io::Result<()> {
    let folder = environment_folder().map_err(|error| io::Error::other(error.to_string()))?;
    let launch = Launch {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), "exit 0".into()],
        environment: Vec::new(),
        folder: "/".into(),
        root: layout.root(program, folder.path())?,
        frames: None,
    };
    let (child, _) = Child::start(launch, folder.path().display().to_string()).await?;
    match child.exited().await {
        child::Exit::Status(0) => Ok(()),
        exit => Err(io::Error::other(format!("a shell ended with {exit:?}"))),
    }
}

impl Prepared {
    /// The function it runs.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Where the process finds one of Lambda's paths: `/var/task/index.py`.
    pub fn place(&self, path: &str) -> String {
        self.layout.place(path)
    }

    /// One line for the user: what runs the function, and what is not kept from it.
    pub fn limits(&self) -> String {
        let mut text = format!(
            "`{}` runs as a process of this machine ({}): this machine's files and the network are open to it",
            self.function.name, self.program.name
        );
        if let Some(hindrance) = &self.hindrance {
            text.push_str(&format!(
                "; folders stand in for /tmp, /var/task and /opt ({hindrance})"
            ));
        }
        if cfg!(not(target_os = "linux")) {
            text.push_str("; its memory is not limited");
        }
        text
    }
}
