//! Images of the Node guest in which a function's packages are loaded already.
//!
//! A run leaves a record: which packages it loaded, from which files, and how long that took. When a second run
//! finds the same packages, and loading them takes long enough to be worth it, an image is made; from then on
//! environments start from it. An image is used only while nothing that it was made from has changed: the files
//! (by size and time), the lock files beside them, and the few environment variables that packages read while
//! they are loaded.

mod make;

pub use make::SnapshotJob;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cache::Key;
use super::function::{Function, Runtime};
use super::guest::nodejs::{FINGERPRINT, Packages};

/// How long loading must take for an image to pay: making one costs seconds and some ten MB on disk.
const WORTH: Duration = Duration::from_millis(20);

/// Files that say which packages are installed.
const LOCK_FILES: [&str; 6] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "node_modules/.package-lock.json",
];

/// Variables that packages may see while an image is made, by the beginnings of their names: the image is a file,
/// and no secret may get into it.
const PUBLIC: [&str; 14] = [
    "_HANDLER",
    "AWS_",
    "DEBUG",
    "FORCE_COLOR",
    "LAMBDA_",
    "LANG",
    "LD_LIBRARY_PATH",
    "LOG_LEVEL",
    "NODE_",
    "NO_COLOR",
    "OTEL_",
    "PATH",
    "POWERTOOLS_",
    "TZ",
];
/// Those of them that are secret, or different in every environment.
const PRIVATE: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

/// The folder of records.
#[derive(Debug, Clone)]
pub struct Snapshots {
    folder: PathBuf,
}

/// What earlier runs of a function have shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The guest it was seen with.
    guest: String,
    /// Runs that loaded just these packages.
    runs: u32,
    /// How long loading took without an image.
    load: Duration,
    /// What was loaded.
    packages: Packages,
    /// The files on this machine as they were then; none where there was no file.
    stamps: BTreeMap<PathBuf, Option<Stamp>>,
    image: ImageState,
}

/// A file's state, as far as it shows a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    modified_ns: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum ImageState {
    /// None was made yet.
    Absent,
    Made {
        key: Key,
        /// The variables it depends on; none where there was no such variable.
        variables: IndexMap<String, Option<String>>,
    },
    /// None can be made, for this reason.
    Refused(String),
}

/// What a run means for the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing is to be done.
    Nothing,
    /// An image would pay now.
    Make,
}

impl Snapshots {
    /// Records in `folder`, which is made when something is written.
    pub fn new(folder: PathBuf) -> Self {
        Snapshots { folder }
    }

    /// The record of a function, if nothing it was made from has changed.
    pub fn find(&self, function: &Function) -> Option<Record> {
        let text = fs::read(self.path(function)).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        let is_current =
            record.guest == guest(function) && record.stamps == stamps(function, &record.packages);
        is_current.then_some(record)
    }

    /// Writes down what a run loaded in `load`, and says what follows.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn remember(
        &self,
        function: &Function,
        packages: &Packages,
        load: Duration,
    ) -> io::Result<Next> {
        let before = self.find(function);
        if packages.files.is_empty() && before.is_none() {
            return Ok(Next::Nothing);
        }
        let record = match before.clone() {
            Some(record) => record.with(packages, function),
            None => Record::new(function, packages, load),
        };
        if before.as_ref() != Some(&record) {
            self.write(function, &record)?;
        }
        let is_due = record.image == ImageState::Absent && record.runs > 1 && record.load >= WORTH;
        Ok(if is_due { Next::Make } else { Next::Nothing })
    }

    /// Takes the right to make a function's image; none while another process has it. It ends with the file.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn claim(&self, function: &Function) -> io::Result<Option<fs::File>> {
        fs::create_dir_all(&self.folder)?;
        let lock = fs::File::create(self.path(function).with_extension("lock"))?;
        Ok(lock.try_lock().is_ok().then_some(lock))
    }

    /// Writes a record whole.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, function: &Function, record: &Record) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(serde_json::to_string(record)?.as_bytes())?;
        file.persist(self.path(function))?;
        Ok(())
    }

    fn path(&self, function: &Function) -> PathBuf {
        let task = fs::canonicalize(&function.task).unwrap_or_else(|_| function.task.clone());
        let mut digest = Sha256::new();
        for part in [
            task.as_os_str().as_encoded_bytes(),
            function.handler.as_bytes(),
        ] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let name = hex::encode(&digest.finalize()[..16]);
        self.folder.join(name).with_extension("json")
    }
}

impl Record {
    fn new(function: &Function, packages: &Packages, load: Duration) -> Self {
        Record {
            guest: guest(function),
            runs: 1,
            load,
            packages: packages.clone(),
            stamps: stamps(function, packages),
            image: ImageState::Absent,
        }
    }

    /// The record after one more run.
    fn with(mut self, packages: &Packages, function: &Function) -> Self {
        let known = self.packages.clone();
        self.packages.extend(packages);
        if self.packages != known || self.is_of_other_variables(function) {
            self.runs = 1;
            self.stamps = stamps(function, &self.packages);
            self.image = ImageState::Absent;
        } else if self.runs < 2 {
            self.runs += 1;
        }
        self
    }

    /// Whether the image depends on a variable that has another value now, and could be made with that one.
    fn is_of_other_variables(&self, function: &Function) -> bool {
        let ImageState::Made { variables, .. } = &self.image else {
            return false;
        };
        let changed = |(name, value): (&String, &Option<String>)| {
            is_public(name) && function.environment.get(name) != value.as_ref()
        };
        variables.iter().any(changed)
    }

    /// What an image is made of.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// The image that fits the function's environment.
    pub fn image(&self, function: &Function) -> Option<&Key> {
        let ImageState::Made { key, variables } = &self.image else {
            return None;
        };
        let same = |(name, value): (&String, &Option<String>)| {
            function.environment.get(name) == value.as_ref()
        };
        variables.iter().all(same).then_some(key)
    }

    /// The record once an image is there that read `variables` while it was made.
    pub fn made(mut self, key: Key, variables: IndexMap<String, Option<String>>) -> Self {
        self.image = ImageState::Made { key, variables };
        self
    }

    /// The record of packages that no image can be made of.
    pub fn refused(mut self, reason: String) -> Self {
        self.image = ImageState::Refused(reason);
        self
    }
}

/// What the guest is: an image fits no other.
fn guest(function: &Function) -> String {
    match function.runtime {
        Runtime::Nodejs(major) => format!("{FINGERPRINT} nodejs{major}"),
        _ => String::new(),
    }
}

/// The function's variables that an image may hold.
pub fn public_variables(function: &Function) -> IndexMap<String, String> {
    let all = function.environment.iter();
    all.filter(|(name, _)| is_public(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn is_public(name: &str) -> bool {
    PUBLIC.iter().any(|start| name.starts_with(start)) && !PRIVATE.contains(&name)
}

/// The bytes of all files that an image is made of, as a digest.
///
/// # Errors
/// When one of them cannot be read.
pub fn contents(function: &Function, packages: &Packages) -> io::Result<Vec<u8>> {
    let mut digest = Sha256::new();
    for guest in &packages.files {
        let bytes = match host_path(function, guest) {
            Some(path) => fs::read(path)?,
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        for part in [guest.as_bytes(), &bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    Ok(digest.finalize().to_vec())
}

fn stamps(function: &Function, packages: &Packages) -> BTreeMap<PathBuf, Option<Stamp>> {
    let runtime = function.runtime_packages.iter();
    // The lock file lies beside `node_modules`.
    let runtime = runtime.filter_map(|packages| packages.folder.parent());
    let roots = std::iter::once(function.task.as_path())
        .chain(function.layers.iter().map(PathBuf::as_path))
        .chain(runtime);
    let locks = roots.flat_map(|root| LOCK_FILES.iter().map(|name| root.join(name)));
    let files = packages
        .files
        .iter()
        .filter_map(|guest| host_path(function, guest));
    locks
        .chain(files)
        .map(|path| (path.clone(), stamp(&path)))
        .collect()
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Stamp {
        size: metadata.len(),
        modified_ns: u64::try_from(modified.as_nanos()).ok()?,
    })
}

/// Where a file of the guest lies on this machine.
fn host_path(function: &Function, guest: &str) -> Option<PathBuf> {
    if let Some(inside) = guest.strip_prefix("/var/task/") {
        return Some(function.task.join(inside));
    }
    if let Some(inside) = guest.strip_prefix("/var/runtime/") {
        let mut found = function.runtime_packages.iter().filter_map(|packages| {
            let inside = Path::new(inside).strip_prefix(&packages.at).ok()?;
            Some(packages.folder.join(inside))
        });
        return found.find(|path| path.exists());
    }
    let inside = guest.strip_prefix("/opt/")?;
    let mut layers = function.layers.iter().rev().map(|layer| layer.join(inside));
    layers.find(|path| path.exists())
}
