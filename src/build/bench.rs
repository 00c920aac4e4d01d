//! Where one build takes place: its scratch folder, its tools, and whom it tells.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::UnboundedSender;

use super::fault::Fault;
use super::rule::Rules;
use super::tool::{self, Tool};
use super::walk::{Entry, Kind, walk};
use super::{Event, Target};

/// One build under way.
#[derive(Debug)]
pub struct Bench<'a> {
    /// What is built.
    pub target: &'a Target,
    /// Search path for tools.
    pub path: &'a str,
    /// A folder of its own, gone after the build.
    pub scratch: &'a Path,
    /// Where a tool may keep what it compiled for the next time.
    pub work: PathBuf,
    /// The sources without what is left out.
    pub entries: &'a [Entry],
    /// Whom to tell.
    pub tell: UnboundedSender<Event>,
}

/// What came of a build: a folder to be packed.
#[derive(Debug)]
pub struct Made {
    /// The folder.
    pub folder: PathBuf,
    /// What of it stays out of the artifact.
    pub rules: Rules,
    /// Files beyond the source folder that went into it.
    pub outside: Vec<PathBuf>,
}

impl Bench<'_> {
    /// A new folder in the scratch folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Fault> {
        let path = self.scratch.join(name);
        fs::create_dir_all(&path).map_err(|error| Fault::storage(&path, &error))?;
        Ok(path)
    }

    /// The program called one of `names`.
    ///
    /// # Errors
    /// When none is installed; `how` says how to get it.
    pub fn find(&self, names: &[&str], how: &str) -> Result<PathBuf, Fault> {
        tool::find(self.path, names).ok_or_else(|| tool::absent(names.first().unwrap_or(&""), how))
    }

    /// Runs a tool, passing on what it says.
    ///
    /// # Errors
    /// When it fails.
    pub async fn run(&self, tool: Tool) -> Result<(), Fault> {
        let id = &self.target.id;
        let _ = self.tell.send(Event::Running {
            id: id.clone(),
            what: tool.what().to_owned(),
        });
        let tell = self.tell.clone();
        let say = move |line: &str| {
            let _ = tell.send(Event::Output {
                id: id.clone(),
                line: line.to_owned(),
            });
        };
        tool.run(self.path, &say).await
    }

    /// Copies the sources to `into`, links as links.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub async fn copy_sources(&self, into: &Path) -> Result<(), Fault> {
        let (from, into) = (
            self.target.method.watched(&self.target.source).to_owned(),
            into.to_owned(),
        );
        let entries = self.entries.to_vec();
        away(move || copy(&from, &entries, &into)).await
    }

    /// The rules of the source folder, for what a tool put beside a copy of it.
    ///
    /// # Errors
    /// As [`Rules::of`].
    pub fn rules(&self) -> Result<Rules, Fault> {
        self.target.rules(&self.target.source, &[])
    }
}

/// Runs what only the disk is waited for on a thread of its own.
///
/// # Errors
/// Those of the work; a panic in it is passed on.
pub async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(Fault::new(
                "build/storage",
                format!("the build was stopped: {error}"),
            )),
        },
    }
}

/// Copies everything in a folder, whatever it is called.
///
/// # Errors
/// When a file cannot be read or written, or a link leads out.
pub fn copy_all(from: &Path, into: &Path) -> Result<(), Fault> {
    copy(from, &walk(from, &Rules::none())?, into)
}

fn copy(from: &Path, entries: &[Entry], into: &Path) -> Result<(), Fault> {
    for entry in entries {
        let source = from.join(&entry.name);
        let place = into.join(&entry.name);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|error| Fault::storage(folder, &error))?;
        }
        match &entry.kind {
            // The mode is copied with it.
            Kind::File(_) => fs::copy(&source, &place)
                .map(drop)
                .map_err(|error| Fault::unreadable(&source, &error))?,
            Kind::Link(target) => {
                link(target, &place).map_err(|error| Fault::storage(&place, &error))?
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(target: &str, place: &Path) -> io::Result<()> {
    match std::os::unix::fs::symlink(target, place) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(place)?;
            std::os::unix::fs::symlink(target, place)
        }
        result => result,
    }
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::Error::other("links are made on Unix only"))
}
