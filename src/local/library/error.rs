//! What goes wrong when packages are fetched, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::fetch::FetchError;

/// Packages could not be added or removed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The store cannot be written.
    #[error("cannot write {path}: {}", plain(.source), path = .path.display())]
    Write {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// npm, uv or pip failed.
    #[error("{tool} failed ({status}){}", after_colon(.said))]
    Tool {
        /// `npm`.
        tool: &'static str,
        /// `exit status: 1`.
        status: String,
        /// The end of what it wrote to standard error.
        said: String,
    },
    /// npm, uv or pip cannot be had.
    #[error("{tool} cannot be used: {why}")]
    NoTool {
        /// `npm`.
        tool: &'static str,
        /// Why not.
        why: String,
    },
    /// npm, uv or pip ended well, but the package is not there.
    #[error("{tool} ended without an error, but {name} is not there")]
    Incomplete {
        /// `npm`.
        tool: &'static str,
        /// The package.
        name: String,
    },
    /// The registry could not be asked.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What the registry answered about a package cannot be understood.
    #[error("the registry's answer about {name} cannot be understood: {why}")]
    Answer {
        /// The package.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// No version of a package will do.
    #[error("there is no version of {name} that fits {wanted}{}", in_brackets(.because))]
    NoVersion {
        /// The package.
        name: String,
        /// All that is asked of its version.
        wanted: String,
        /// Who asks, or empty.
        because: String,
    },
    /// Two packages want a third in versions that exclude each other.
    #[error("{name} is there in version {version}, but {wanting} needs {wanted}")]
    Conflict {
        /// The third package.
        name: String,
        /// The version that was chosen for it.
        version: String,
        /// The package that cannot use it.
        wanting: String,
        /// What that package needs.
        wanted: String,
    },
    /// A dependency that is neither a version nor a tag.
    #[error("{wanting} needs {name} from `{wanted}`, which is not the registry")]
    NotInRegistry {
        /// The dependency.
        name: String,
        /// A git address, a URL, a path.
        wanted: String,
        /// The package that needs it.
        wanting: String,
    },
    /// An archive is not what the registry announced, or not one to unpack.
    #[error("the archive of {name} is refused: {why}")]
    Archive {
        /// The package and its version.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The packages need each other in a way that leads nowhere.
    #[error("the packages do not come to an end: {0}")]
    Endless(String),
    /// A package with native code, which does not run in the sandbox.
    #[error("{0} is native code, which does not run in the sandbox")]
    Native(String),
}

impl LibraryError {
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        LibraryError::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            LibraryError::Write { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space, or set HOIST_CACHE_DIR to a folder on another disk"
                }
                _ => "make the folder writable, or set HOIST_CACHE_DIR to another one",
            }
            .into(),
            LibraryError::Tool { tool, .. } => format!(
                "mend what {tool} says, or let Hoist fetch the packages itself with --installer registry"
            ),
            LibraryError::NoTool { .. } | LibraryError::Incomplete { .. } => {
                "let Hoist fetch the packages itself with --installer registry".into()
            }
            LibraryError::Fetch(error) => error.help(),
            LibraryError::Answer { .. } | LibraryError::Endless(_) => {
                "try again later, or with npm, uv or pip on the PATH".into()
            }
            LibraryError::NoVersion { .. } => "ask for another version, or for none".into(),
            LibraryError::Conflict { name, wanting, .. } => {
                format!("ask for {name} and {wanting} without versions, or for versions of the same time")
            }
            LibraryError::NotInRegistry { .. } => {
                "install npm: it fetches from other places as well".into()
            }
            LibraryError::Archive { .. } => {
                "try again; if it stays, the registry or something on the way to it is not to be trusted"
                    .into()
            }
            LibraryError::Native(_) => "ask for a version without native code".into(),
        }
    }
}

/// A system error without the number that Rust puts behind it.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::QuotaExceeded => "your disk quota is used up".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        _ => error.to_string(),
    }
}

fn after_colon(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!(":\n{text}"),
    }
}

fn in_brackets(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!(" ({text})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_one() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = LibraryError::write(Path::new("/cache/x"), full);
        assert_eq!(error.to_string(), "cannot write /cache/x: the disk is full");
        assert!(error.help().starts_with("free some space"));
    }
}
