//! From source folders to what Lambda takes: a zip file for each function and layer, the same for the same content.
//!
//! [`targets`] says what is to be built and how, [`build`] builds it, [`fresh`] gives what was built before and still
//! holds. Nothing is ever written among the user's files: tools work in a copy, or write into a folder of Hoist's.

mod archive;
mod bench;
mod bundle;
mod cache;
mod compile;
mod esbuild;
mod fault;
mod method;
mod npm;
mod python;
mod rule;
mod target;
mod tool;
mod walk;
mod wheel;
mod work;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use archive::{MAX_DIRECT, MAX_UNZIPPED, megabytes};
pub use bundle::Bundle;
pub use method::Method;
pub use python::Manifest;
pub use rule::IGNORE_FILE;
pub use target::{Target, targets, targets_among};
pub use work::{build, fresh};

/// Whether `path`, absolute and without links on the way, is one of a target's source files: what its artifact is made from, unless
/// `.hoistignore` or the default rules leave it out.
pub fn is_source(target: &Target, path: &Path) -> bool {
    if path == target.source {
        return true;
    }
    let Ok(inner) = path.strip_prefix(&target.source) else {
        return false;
    };
    if inner.ends_with(IGNORE_FILE) {
        return true;
    }
    // Rules that cannot be read are said by the build.
    let Ok(rules) = target.rules(&target.source, &[]) else {
        return true;
    };
    let above = inner.ancestors().filter(|part| *part != Path::new(""));
    !above
        .into_iter()
        .any(|part| rules.leave_out(part, part != inner || path.is_dir()))
}

/// The artifact with this SHA-256, when the cache still has it as it was made.
pub fn cached(cache: &Path, digest: &str) -> Option<PathBuf> {
    if !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let path = cache::Cache::new(cache).artifact(digest);
    let (found, _) = archive::digest(&path).ok()?;
    (found == digest).then_some(path)
}

/// What building needs of the machine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder for artifacts and for what is remembered of sources; it need not exist yet.
    pub cache: PathBuf,
    /// How many builds run side by side, at least 1.
    pub parallel: usize,
    /// Search path for tools, as in the variable `PATH`.
    pub path: String,
    /// Build also what has not changed.
    pub force: bool,
}

/// A zip file as Lambda takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Logical id in the application of the function or layer.
    pub id: String,
    /// SHA-256 of the zip file, lower-case hex.
    pub digest: String,
    /// The zip file in the cache.
    pub path: PathBuf,
    /// Bytes of the zip file; above [`MAX_DIRECT`] it has to go through S3.
    pub size: u64,
    /// Bytes of what is in it, at most [`MAX_UNZIPPED`].
    pub unzipped: u64,
    /// How many files and links are in it.
    pub files: usize,
    /// Whether it was built before and still holds.
    pub reused: bool,
}

/// What happens while building, as it happens. A build that several targets share is told of its first target, but
/// for its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A build has begun.
    Started {
        /// Logical id in the application.
        id: String,
        /// How it is built, a word or two.
        what: String,
    },
    /// A tool has been started.
    Running {
        /// Logical id in the application.
        id: String,
        /// `npm ci`.
        what: String,
    },
    /// A tool said something.
    Output {
        /// Logical id in the application.
        id: String,
        /// One line without its end.
        line: String,
    },
    /// The artifact is there.
    Finished {
        /// Logical id in the application.
        id: String,
        /// What was built, or found to hold still.
        artifact: Artifact,
        /// How long it took.
        took: Duration,
    },
    /// It could not be built; the diagnostic says why.
    Failed {
        /// Logical id in the application.
        id: String,
    },
}
