//! Operations that only look.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use cap_std::fs::Metadata;
use serde_json::{Value, json};

use super::error::{Code, FileError};
use super::operation::{Answer, Arguments, nothing};
use super::walk::{Found, Kind, Place, Spot, in_dir};
use super::{LARGEST_READ, Mounts};

/// User and group of everything, as `id` prints them in Lambda: the host's are nobody's business.
const USER: u32 = 993;
const GROUP: u32 = 990;
/// Bytes in a block of `statfs` and of `stat`'s `blksize`.
const BLOCK: u64 = 4096;
/// ext4's number.
const EXT4: u64 = 0xef53;

type Done = Result<(String, Vec<u8>), Code>;

impl Mounts {
    pub(super) fn stat(&self, path: &str, follow: bool) -> Done {
        let spot = self.locate(Path::new(path), follow)?;
        let found = spot.found.as_ref().ok_or(Code::NotFound)?;
        Ok((describe(found).to_string(), Vec::new()))
    }

    pub(super) fn statfs(&self, path: &str) -> Done {
        let spot = self.locate(Path::new(path), true)?;
        spot.found.as_ref().ok_or(Code::NotFound)?;
        let (total, free) = match spot.place {
            Place::Tmp(_) => (self.quota, self.quota.saturating_sub(self.used())),
            _ => (0, 0),
        };
        let (blocks, free) = (total / BLOCK, free / BLOCK);
        let answer = json!({
            "type": EXT4, "bsize": BLOCK, "blocks": blocks, "bfree": free, "bavail": free,
            "files": self.most_entries(), "ffree": self.most_entries(),
        });
        Ok((answer.to_string(), Vec::new()))
    }

    pub(super) fn access(&self, path: &str, mode: u32) -> Done {
        let spot = self.locate(Path::new(path), true)?;
        let found = spot.found.as_ref().ok_or(Code::NotFound)?;
        let (read, write, execute) = (mode & 4 != 0, mode & 2 != 0, mode & 1 != 0);
        if write && !matches!(spot.place, Place::Tmp(_)) {
            return Err(Code::ReadOnly);
        }
        let mode = mode_of(found);
        let lacks = |bits: u32| mode & bits == 0;
        if (read && lacks(0o444)) || (write && lacks(0o222)) || (execute && lacks(0o111)) {
            return Err(Code::Access);
        }
        Ok(nothing())
    }

    pub(super) fn realpath(&self, path: &str) -> Done {
        let path = self.canonical(Path::new(path))?;
        Ok((
            json!({ "path": path.to_string_lossy() }).to_string(),
            Vec::new(),
        ))
    }

    pub(super) fn readlink(&self, path: &str) -> Done {
        let target = self.read_link(Path::new(path))?;
        Ok((
            json!({ "path": target.to_string_lossy() }).to_string(),
            Vec::new(),
        ))
    }

    pub(super) fn readdir(&self, path: &str) -> Done {
        let spot = self.locate(Path::new(path), true)?;
        match spot.kind().ok_or(Code::NotFound)? {
            Kind::Directory => {}
            _ => return Err(Code::NotDirectory),
        }
        // Sorted, as libuv sorts.
        let mut names: BTreeMap<String, &'static str> = BTreeMap::new();
        match &spot.place {
            Place::Above(mounts) => {
                names.extend(mounts.iter().map(|name| (name.clone(), "directory")));
            }
            Place::Layers(path) => {
                for layer in 0..self.layers.len() {
                    self.list(&spot.place, layer, path, &mut names)?;
                }
            }
            Place::Task(path) | Place::Runtime(_, path) | Place::Tmp(path) => {
                self.list(&spot.place, 0, path, &mut names)?;
            }
            Place::Outside => return Err(Code::NotFound),
        }
        let entries: Vec<Value> = names
            .iter()
            .map(|(name, kind)| json!({ "name": name, "kind": kind }))
            .collect();
        Ok((Value::from(entries).to_string(), Vec::new()))
    }

    /// Adds what one folder of the host holds; what is known already is covered by a later layer.
    fn list(
        &self,
        place: &Place,
        layer: usize,
        path: &Path,
        names: &mut BTreeMap<String, &'static str>,
    ) -> Result<(), Code> {
        let Some((dir, _)) = self.file(place, layer) else {
            return Ok(());
        };
        let entries = match dir.read_dir(in_dir(path)) {
            Ok(entries) => entries,
            // Another layer has this folder, this one does not.
            Err(_) if matches!(place, Place::Layers(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            let word = if kind.is_symlink() {
                Kind::Link
            } else if kind.is_dir() {
                Kind::Directory
            } else if kind.is_file() {
                Kind::File
            } else {
                Kind::Other
            };
            names.insert(
                entry.file_name().to_string_lossy().into_owned(),
                word.word(),
            );
        }
        Ok(())
    }

    /// Reads at most `length` bytes from `position` on.
    pub(super) fn read_at(&self, it: &Arguments, position: u64, length: u64) -> Answer {
        let open = |code| match code {
            // Opening a folder works, reading it does not.
            Code::IsDirectory => FileError::without_path(code, "read"),
            code => FileError::new(code, "open", &it.path),
        };
        let spot = self.locate(Path::new(&it.path), true).map_err(open)?;
        let (mut file, size) = self.open_file(&spot).map_err(open)?;
        let read = |error: std::io::Error| FileError::without_path(error.into(), "read");
        let wanted = length.min(size.saturating_sub(position));
        if wanted > LARGEST_READ || (length == LARGEST_READ && size > LARGEST_READ) {
            return Err(FileError::without_path(Code::FileTooLarge, "read"));
        }
        let mut data = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
        if position > 0 && wanted > 0 {
            file.seek(SeekFrom::Start(position)).map_err(read)?;
        }
        file.take(wanted).read_to_end(&mut data).map_err(read)?;
        Ok((json!({ "size": size }).to_string(), data))
    }

    /// What `open` answers.
    pub(super) fn opened(&self, spot: &Spot) -> Done {
        let found = spot.found.as_ref().ok_or(Code::NotFound)?;
        let size = found.metadata.as_ref().map_or(0, Metadata::len);
        let answer = json!({ "kind": found.kind.word(), "size": size });
        Ok((answer.to_string(), Vec::new()))
    }
}

/// The members of Node's `Stats`.
fn describe(found: &Found) -> Value {
    let size = match (&found.metadata, found.kind) {
        (Some(metadata), _) => metadata.len(),
        (None, _) => BLOCK,
    };
    let time = |time: Option<SystemTime>| {
        time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
            .map_or(0.0, |since| since.as_secs_f64() * 1000.0)
    };
    let metadata = found.metadata.as_ref();
    let of = |read: fn(&Metadata) -> std::io::Result<cap_std::time::SystemTime>| {
        metadata
            .and_then(|metadata| read(metadata).ok())
            .map(cap_std::time::SystemTime::into_std)
    };
    let modified = time(of(Metadata::modified));
    let (ino, nlink, changed) = numbers(metadata);
    let born = of(Metadata::created).map_or(modified, |born| time(Some(born)));
    json!({
        "kind": found.kind.word(),
        "size": size,
        "mode": mode_of(found),
        "ino": ino,
        "dev": 1,
        "nlink": nlink,
        "uid": USER,
        "gid": GROUP,
        "rdev": 0,
        "blksize": BLOCK,
        "blocks": size.div_ceil(512),
        "atimeMs": time(of(Metadata::accessed)),
        "mtimeMs": modified,
        "ctimeMs": changed.unwrap_or(modified),
        "birthtimeMs": born,
    })
}

/// Type and permission bits as Linux has them.
fn mode_of(found: &Found) -> u32 {
    let (kind, default) = match found.kind {
        Kind::File => (0o100_000, 0o644),
        Kind::Directory => (0o040_000, 0o755),
        Kind::Link => (0o120_000, 0o777),
        Kind::Other => (0o010_000, 0o644),
    };
    kind | found
        .metadata
        .as_ref()
        .map_or(default, |metadata| permissions(metadata, default))
}

#[cfg(unix)]
fn permissions(metadata: &Metadata, _: u32) -> u32 {
    use cap_std::fs::MetadataExt;
    metadata.mode() & 0o777
}

#[cfg(not(unix))]
fn permissions(metadata: &Metadata, default: u32) -> u32 {
    if metadata.permissions().readonly() {
        default & !0o222
    } else {
        default
    }
}

/// Inode, links and time of the last change in milliseconds, where the host has them.
#[cfg(unix)]
fn numbers(metadata: Option<&Metadata>) -> (u64, u64, Option<f64>) {
    use cap_std::fs::MetadataExt;
    metadata.map_or((0, 1, None), |metadata| {
        let changed = metadata.ctime() as f64 * 1000.0 + metadata.ctime_nsec() as f64 / 1e6;
        (metadata.ino(), metadata.nlink(), Some(changed))
    })
}

#[cfg(not(unix))]
fn numbers(_: Option<&Metadata>) -> (u64, u64, Option<f64>) {
    (0, 1, None)
}
