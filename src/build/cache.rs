//! What was built before, and whether it still holds: fingerprints of sources, and the artifacts made of them.
//!
//! Two kinds of records lie in the cache. A *sight* belongs to a place (a folder with the way it is built) and keeps
//! what was seen of every file there with the hash of its content, so that only files that were touched are read
//! again. A *make* belongs to a content (those hashes and the way they are built) and names the artifact: a checkout
//! of the same sources elsewhere finds it too. A record that cannot be read counts as not there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::archive::{self, Packed};
use super::fault::Fault;
use super::walk::{Entry, Kind, Stamp};

/// Part of every key: another number makes everything be built anew.
const FORMAT: u32 = 1;

/// A file that was written so shortly before it was seen may be written again within the same tick of the file
/// system's clock: its content is hashed again next time. The coarsest clock in use, that of FAT, ticks every 2 s.
const TICK: u64 = 2_000_000_000;

/// The cache's folders.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// What was seen of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    size: u64,
    modified: u64,
    /// When it was read, nanoseconds since 1970.
    read: u64,
    hash: String,
}

/// What was seen of one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    files: BTreeMap<String, Seen>,
    /// Files beyond the folder, by their whole path.
    outside: BTreeMap<String, Seen>,
    /// When the artifact was last seen to be whole: what the system says of the file.
    artifact: Option<(String, u64)>,
}

/// What was made of one content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Make {
    /// SHA-256 of the zip file, lower-case hex.
    pub digest: String,
    /// Bytes of the zip file.
    pub size: u64,
    /// Bytes of what is in it.
    pub unzipped: u64,
    /// How many files and links are in it.
    pub files: usize,
    /// Files beyond the source folder that went into it, by their whole path, with the hash of each.
    pub outside: BTreeMap<String, String>,
}

impl Cache {
    /// The cache in a folder, which need not exist yet.
    pub fn new(root: &Path) -> Self {
        Cache {
            root: root.to_owned(),
        }
    }

    /// Where artifacts lie.
    pub fn artifacts(&self) -> PathBuf {
        self.root.join("artifact")
    }

    /// Where the artifact with this digest lies.
    pub fn artifact(&self, digest: &str) -> PathBuf {
        self.artifacts().join(format!("{digest}.zip"))
    }

    /// Where a build tool may keep what it compiled for the next time.
    pub fn work(&self, key: &str) -> PathBuf {
        self.root.join("work").join(key)
    }

    /// Makes the folders.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn prepare(&self) -> Result<(), Fault> {
        for name in ["artifact", "sight", "make"] {
            let path = self.root.join(name);
            fs::create_dir_all(&path).map_err(|error| Fault::storage(&path, &error))?;
        }
        Ok(())
    }

    /// What was seen of a place.
    pub fn sight(&self, place: &str) -> Sight {
        read(&self.record("sight", place)).unwrap_or_default()
    }

    /// Keeps what was seen. A cache that cannot be written makes the next run slower and no more.
    pub fn keep_sight(&self, place: &str, sight: &Sight) {
        let _ = write(&self.record("sight", place), sight);
    }

    /// What was made of a content, while all that went into it and the artifact itself are unchanged.
    pub fn made(&self, content: &str, sight: &mut Sight) -> Option<Make> {
        let make: Make = read(&self.record("make", content))?;
        let same = |(path, hash): (&String, &String)| {
            let seen = sight.outside.get(path);
            let now = see(Path::new(path), seen).ok()?;
            (now.hash == *hash).then(|| (path.clone(), now))
        };
        let outside: Option<BTreeMap<String, Seen>> = make.outside.iter().map(same).collect();
        sight.outside = outside?;
        self.is_whole(&make, sight).then_some(make)
    }

    /// Whether the artifact is there as it was made. It is read only when the system says that it was touched.
    fn is_whole(&self, make: &Make, sight: &mut Sight) -> bool {
        let path = self.artifact(&make.digest);
        let Ok(metadata) = fs::metadata(&path) else {
            return false;
        };
        let stamp = Stamp::of(&metadata);
        let now = (make.digest.clone(), stamp.modified);
        if stamp.size != make.size {
            return false;
        }
        if sight.artifact.as_ref() != Some(&now) {
            if archive::digest(&path)
                .ok()
                .map(|(digest, _)| digest)
                .as_ref()
                != Some(&make.digest)
            {
                return false;
            }
            sight.artifact = Some(now);
        }
        true
    }

    /// Puts a new artifact into its place and remembers what it was made of.
    ///
    /// # Errors
    /// When the cache cannot be written, or a file that went into it cannot be read.
    pub fn keep(
        &self,
        content: &str,
        sight: &mut Sight,
        packed: Packed,
        outside: &[PathBuf],
    ) -> Result<Make, Fault> {
        let mut hashes = BTreeMap::new();
        sight.outside.clear();
        for path in outside {
            let seen = see(path, None).map_err(|error| Fault::unreadable(path, &error))?;
            let name = path.to_string_lossy().into_owned();
            hashes.insert(name.clone(), seen.hash.clone());
            sight.outside.insert(name, seen);
        }
        let make = Make {
            digest: packed.digest.clone(),
            size: packed.size,
            unzipped: packed.unzipped,
            files: packed.files,
            outside: hashes,
        };
        let path = self.artifact(&make.digest);
        // The same bytes may be there already, perhaps being read by somebody.
        if !self.is_whole(&make, sight) {
            packed.settle(&path)?;
            sight.artifact = fs::metadata(&path)
                .ok()
                .map(|metadata| (make.digest.clone(), Stamp::of(&metadata).modified));
        }
        let record = self.record("make", content);
        write(&record, &make).map_err(|error| Fault::storage(&record, &error))?;
        Ok(make)
    }

    fn record(&self, kind: &str, key: &str) -> PathBuf {
        self.root.join(kind).join(format!("{key}.json"))
    }
}

/// The key of a place or way: a hash over its parts.
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(FORMAT.to_le_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

impl Sight {
    /// Looks at all entries of `folder`, reading only those files that `self` has not seen as they are.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn renew(&mut self, folder: &Path, entries: &[Entry]) -> Result<(), Fault> {
        let mut files = BTreeMap::new();
        for entry in entries {
            if let Kind::File(_) = entry.kind {
                let path = archive::place(folder, entry);
                let seen = see(&path, self.files.get(&entry.name))
                    .map_err(|error| Fault::unreadable(&path, &error))?;
                files.insert(entry.name.clone(), seen);
            }
        }
        self.files = files;
        Ok(())
    }

    /// The key of the content that was seen, built in the way `way`.
    pub fn content(&self, entries: &[Entry], way: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(way.as_bytes());
        for entry in entries {
            let (kind, text) = match &entry.kind {
                Kind::Link(target) => ("link", target.as_str()),
                Kind::File(stamp) => {
                    let kind = if stamp.executable { "program" } else { "file" };
                    (
                        kind,
                        self.files.get(&entry.name).map_or("", |seen| &seen.hash),
                    )
                }
            };
            hash.update(key(&[&entry.name, kind, text]));
        }
        hex::encode(hash.finalize())
    }
}

/// The file as it is now; its content is read unless what was seen `before` holds still.
fn see(path: &Path, before: Option<&Seen>) -> io::Result<Seen> {
    let stamp = Stamp::of(&fs::metadata(path)?);
    if let Some(before) = before {
        let is_same = before.size == stamp.size && before.modified == stamp.modified;
        if is_same && stamp.modified != 0 && stamp.modified.saturating_add(TICK) < before.read {
            return Ok(before.clone());
        }
    }
    let read = now();
    let (hash, _) = archive::digest(path)?;
    Ok(Seen {
        size: stamp.size,
        modified: stamp.modified,
        read,
        hash,
    })
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write(path: &Path, record: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(record)?)?;
    file.persist(path)?;
    Ok(())
}
