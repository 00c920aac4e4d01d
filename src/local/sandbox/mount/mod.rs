//! The file system that a function sees: `/var/task` and `/opt` to read, `/tmp` to write.
//!
//! | path | what | |
//! |---|---|---|
//! | `/var/task` | the function's code | read-only |
//! | `/opt` | the layers laid over each other, later over earlier | read-only |
//! | `/var/runtime` | packages that the runtime brings, when there are any | read-only |
//! | `/tmp` | the environment's own folder, at most `EphemeralStorage` bytes | read-write |
//!
//! Nothing else of the machine exists in there. Relative paths start at `/var/task`, Lambda's working
//! directory. Every access goes through a folder handle of cap-std, so that no `..` and no link leads out.

mod change;
mod error;
mod inspect;
mod operation;
mod quota;
mod runtime;
#[cfg(test)]
mod tests;
mod walk;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

pub use error::{Code, FileError, MountError};
pub use runtime::RUNTIME;

use quota::Usage;
use runtime::RuntimeMount;
use walk::{Found, Kind, Spot};

/// Largest file that is read whole, in bytes: Node's own limit.
const LARGEST_READ: u64 = 2 << 30;

/// The mounts of one execution environment.
#[derive(Debug)]
pub struct Mounts {
    task: Dir,
    /// In the order of the template: the last one wins.
    layers: Vec<Dir>,
    /// In the order they are looked through.
    runtime: Vec<RuntimeMount>,
    tmp: Dir,
    quota: u64,
    usage: Mutex<Usage>,
}

impl Mounts {
    /// Opens the function's folder, its layers (later ones lie over earlier ones) and the folder that is
    /// its `/tmp`, which may hold `quota` bytes.
    ///
    /// # Errors
    /// A [`MountError`] that names the folder which is missing, is no folder or cannot be opened.
    pub fn new(
        task: &Path,
        layers: &[PathBuf],
        tmp: &Path,
        quota: u64,
    ) -> Result<Self, MountError> {
        let task = open("function's code", task)?;
        let layers = layers
            .iter()
            .map(|layer| open("layer", layer))
            .collect::<Result<_, _>>()?;
        let tmp_dir = open("folder for /tmp", tmp)?;
        let usage = Usage::of(&tmp_dir).map_err(|error| MountError {
            what: "folder for /tmp",
            path: tmp.to_owned(),
            error,
        })?;
        Ok(Self {
            task,
            layers,
            runtime: Vec::new(),
            tmp: tmp_dir,
            quota,
            usage: Mutex::new(usage),
        })
    }

    /// Bytes in use under `/tmp`.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.usage.lock().map_or(0, |usage| usage.bytes)
    }

    /// Reads a whole file of the guest.
    ///
    /// # Errors
    /// ENOENT, EISDIR, EACCES and their like; EFBIG above 2 GiB.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Code> {
        let spot = match self.locate_at_once(path, true) {
            Some(spot) => spot?,
            None => self.locate(path, true)?,
        };
        let (mut file, length) = self.open_file(&spot)?;
        if length > LARGEST_READ {
            return Err(Code::FileTooLarge);
        }
        let mut data = Vec::with_capacity(usize::try_from(length).unwrap_or(0).saturating_add(1));
        // A file that grows meanwhile is cut at the limit.
        Read::by_ref(&mut file)
            .take(LARGEST_READ)
            .read_to_end(&mut data)?;
        Ok(data)
    }

    /// Whether `path` is a file, a folder or a link (only without `follow`).
    ///
    /// # Errors
    /// ENOENT when there is nothing, and the errors of following links.
    pub fn entry(&self, path: &Path, follow: bool) -> Result<Entry, Code> {
        let spot = match self.locate_at_once(path, follow) {
            Some(spot) => spot?,
            None => self.locate(path, follow)?,
        };
        match spot.kind().ok_or(Code::NotFound)? {
            Kind::File => Ok(Entry::File),
            Kind::Directory => Ok(Entry::Directory),
            Kind::Link => Ok(Entry::Link),
            Kind::Other => Ok(Entry::Other),
        }
    }

    /// Where a link points, as it was written.
    ///
    /// # Errors
    /// EINVAL when `path` is no link; ENOENT and the like.
    pub fn read_link(&self, path: &Path) -> Result<PathBuf, Code> {
        let spot = self.locate(path, false)?;
        match spot.found.as_ref().ok_or(Code::NotFound)? {
            Found {
                kind: Kind::Link,
                layer,
                ..
            } => self.link(&spot.place, *layer),
            _ => Err(Code::Invalid),
        }
    }

    /// The path in the guest without links, `.` and `..`.
    ///
    /// # Errors
    /// ENOENT when there is nothing, and the errors of following links.
    pub fn canonical(&self, path: &Path) -> Result<PathBuf, Code> {
        let spot = self.locate(path, true)?;
        spot.found.ok_or(Code::NotFound)?;
        Ok(spot.path)
    }

    /// Opens the file at `spot` for reading and says how long it is.
    fn open_file(&self, spot: &Spot) -> Result<(cap_std::fs::File, u64), Code> {
        let found = spot.found.as_ref().ok_or(Code::NotFound)?;
        match found.kind {
            Kind::File => {}
            Kind::Directory => return Err(Code::IsDirectory),
            // A pipe in the function's folder would block the host for ever.
            Kind::Link | Kind::Other => return Err(Code::NoDevice),
        }
        let (dir, path) = self.file(&spot.place, found.layer).ok_or(Code::NotFound)?;
        let length = found.metadata.as_ref().map_or(0, |metadata| metadata.len());
        Ok((dir.open(path)?, length))
    }
}

/// What a path of the guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Link,
    /// Anything else: a device, a pipe, a socket.
    Other,
}

fn open(what: &'static str, path: &Path) -> Result<Dir, MountError> {
    Dir::open_ambient_dir(path, ambient_authority()).map_err(|error| MountError {
        what,
        path: path.to_owned(),
        error,
    })
}
