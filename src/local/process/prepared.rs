//! A function made ready to run as a process: its program found, its folders laid out.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::child::{Child, Exit, Launch};
use super::client;
use super::function::{Function, ProcessError};
use super::layout::Layout;
use super::program::{self, Program, Wanted};
use crate::local::sandbox::{self, Opt};

/// A function ready to run.
#[derive(Clone)]
pub struct Prepared {
    pub(super) function: Arc<Function>,
    pub(super) program: Arc<Program>,
    pub(super) layout: Arc<Layout>,
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
pub(super) fn environment_folder() -> Result<TempDir, ProcessError> {
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
        Exit::Status(0) => Ok(()),
        exit => Err(io::Error::other(format!("a shell ended with {exit:?}"))),
    }
}

impl Prepared {
    /// The function it runs.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// What runs it, for people: `node v20.20.2`.
    pub fn program(&self) -> &str {
        &self.program.name
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
