//! `hoist make-snapshot`: what `hoist invoke` starts in the background. Not for people.

use std::io::Write;
use std::process::{Command, Stdio};

use clap::Args;

use super::project::fail;
use super::{Exit, Stop};
use crate::config::Environment;
use crate::local::sandbox::{Sandbox, SnapshotJob};
use crate::ui::Ui;

/// Make the image with a function's packages that a job on standard input asks for
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Arguments {}

/// Makes the image, quietly.
pub fn run(environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let make = || -> Result<(), String> {
        let job: SnapshotJob =
            serde_json::from_reader(std::io::stdin()).map_err(|error| error.to_string())?;
        let cache = environment.cache_dir().map_err(|error| error.to_string())?;
        let sandbox = Sandbox::new(&cache.value, |_| ()).map_err(|error| error.to_string())?;
        sandbox
            .make_snapshot(&job)
            .map_err(|error| error.to_string())
    };
    match make() {
        Ok(()) => Ok(Exit::Ok),
        Err(error) => {
            fail(ui, &format!("cannot make the snapshot: {error}"))?;
            Ok(Exit::Input)
        }
    }
}

/// Starts this command in a process of its own, which lives on when this one ends; false when it cannot be
/// started: the next run tries again.
pub fn start(job: &SnapshotJob, environment: &Environment) -> bool {
    let Some(program) = environment.program() else {
        return false;
    };
    let mut command = Command::new(program);
    command
        .arg("make-snapshot")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C in the terminal is not meant for it.
        command.process_group(0);
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    let text = serde_json::to_vec(job).unwrap_or_default();
    child
        .stdin
        .take()
        .is_some_and(|mut input| input.write_all(&text).is_ok())
}
