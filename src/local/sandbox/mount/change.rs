//! Operations that change `/tmp`, each under the lock of its accounting.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use cap_std::fs::{File, OpenOptions};
use serde_json::json;

use super::Mounts;
use super::error::{Code, FileError};
use super::operation::{Access, Answer, Arguments, Flag, nothing};
use super::quota::{Tree, Usage};
use super::walk::{Kind, Place, Spot, in_dir};

/// Folders below each other that a program may make. It keeps the host able to clean up.
const DEEPEST: usize = 256;
/// Longest path from `/tmp` on, in bytes.
const LONGEST: usize = 4000;
/// Bytes for which `/tmp` has room for one more name, and how many it has at least.
const BYTES_PER_ENTRY: u64 = 4096;
const FEWEST_ENTRIES: u64 = 1024;
/// The bits that Lambda's umask takes from new files and folders.
const UMASK: u32 = 0o022;

type Done = Result<(String, Vec<u8>), Code>;

impl Mounts {
    /// Names that `/tmp` can hold, however small the files: the host's inodes are bounded as well.
    pub(super) fn most_entries(&self) -> u64 {
        (self.quota / BYTES_PER_ENTRY).max(FEWEST_ENTRIES)
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts anew: after operations that may have stopped half-way.
    fn recount(&self, usage: &mut Usage) -> Result<(), Code> {
        *usage = Usage::of(&self.tmp)?;
        Ok(())
    }

    /// Room for one more name, and not too deep.
    fn admit(&self, usage: &Usage, path: &Path) -> Result<(), Code> {
        if usage.entries >= self.most_entries() {
            return Err(Code::NoSpace);
        }
        if path.components().count() > DEEPEST || path.as_os_str().len() > LONGEST {
            return Err(Code::NameTooLong);
        }
        Ok(())
    }

    /// Opens `path` as `access` says: makes it, empties it. Answers the file and its length.
    fn open_to_write(
        &self,
        path: &str,
        access: Access,
        mode: u32,
        usage: &mut Usage,
    ) -> Result<(File, u64), Code> {
        let follow = !(access.create && access.exclusive);
        let spot = self.locate(Path::new(path), follow)?;
        match spot.kind() {
            Some(_) if access.create && access.exclusive => return Err(Code::Exists),
            Some(Kind::Directory) => return Err(Code::IsDirectory),
            Some(Kind::Other) => return Err(Code::NoDevice),
            Some(Kind::File | Kind::Link) => {}
            None if !access.create => return Err(Code::NotFound),
            None if path.ends_with('/') => return Err(Code::IsDirectory),
            None => {}
        }
        let inside = writable(&spot)?;
        let mut options = OpenOptions::new();
        options.write(true);
        let length = match &spot.found {
            Some(found) => found.metadata.as_ref().map_or(0, |metadata| metadata.len()),
            None => {
                self.admit(usage, inside)?;
                options.create_new(true);
                set_mode(&mut options, mode & 0o777 & !UMASK);
                0
            }
        };
        let file = self.tmp.open_with(inside, &options)?;
        if spot.found.is_none() {
            usage.entries += 1;
        }
        if access.truncate && length > 0 {
            file.set_len(0)?;
            usage.bytes = usage.bytes.saturating_sub(length);
            return Ok((file, 0));
        }
        Ok((file, length))
    }

    pub(super) fn open_with(&self, it: &Arguments) -> Answer {
        let fail = |code| FileError::new(code, "open", &it.path);
        let access = access_of(it, "r").map_err(fail)?;
        if access.write || access.create || access.truncate {
            let mode = it.mode.unwrap_or(0o666);
            self.open_to_write(&it.path, access, mode, &mut self.usage())
                .map_err(fail)?;
        }
        let spot = self.locate(Path::new(&it.path), true).map_err(fail)?;
        self.opened(&spot).map_err(fail)
    }

    pub(super) fn write(&self, it: &Arguments, data: &[u8]) -> Answer {
        let open = |code| FileError::new(code, "open", &it.path);
        let access = access_of(it, "w").map_err(open)?;
        if !access.write {
            return Err(FileError::without_path(Code::Invalid, "write"));
        }
        let mut usage = self.usage();
        let mode = it.mode.unwrap_or(0o666);
        let (mut file, length) = self
            .open_to_write(&it.path, access, mode, &mut usage)
            .map_err(open)?;
        let start = if access.append {
            length
        } else {
            it.position.unwrap_or(0)
        };
        // The longest that the file can become.
        let most = length.saturating_add(self.quota.saturating_sub(usage.bytes));
        let room = usize::try_from(most.saturating_sub(start)).unwrap_or(usize::MAX);
        let fits = data.get(..room.min(data.len())).unwrap_or(data);
        let written = (|| {
            if !fits.is_empty() {
                file.seek(SeekFrom::Start(start))?;
                file.write_all(fits)?;
            }
            file.metadata().map(|metadata| metadata.len())
        })();
        let fail = |code| FileError::without_path(code, "write");
        let size = match written {
            Ok(size) => size,
            Err(error) => {
                self.recount(&mut usage).map_err(fail)?;
                return Err(fail(error.into()));
            }
        };
        usage.bytes = usage.bytes.saturating_sub(length).saturating_add(size);
        if fits.len() < data.len() {
            return Err(fail(Code::NoSpace));
        }
        Ok((
            json!({ "written": fits.len(), "size": size }).to_string(),
            Vec::new(),
        ))
    }

    pub(super) fn truncate(&self, path: &str, length: u64) -> Done {
        let mut usage = self.usage();
        let access = Access {
            write: true,
            ..Access::default()
        };
        let (file, before) = self.open_to_write(path, access, 0, &mut usage)?;
        let after = usage.bytes.saturating_sub(before).saturating_add(length);
        if length > before && after > self.quota {
            return Err(Code::NoSpace);
        }
        file.set_len(length)?;
        usage.bytes = after;
        Ok(nothing())
    }

    pub(super) fn copy(&self, it: &Arguments) -> Done {
        let source = self.locate(Path::new(&it.path), true)?;
        let (from, length) = self.open_file(&source)?;
        let mut usage = self.usage();
        let dest = self.locate(Path::new(&it.dest), true)?;
        if dest.found.is_some() && dest.path == source.path && !it.exclusive {
            return Ok(nothing());
        }
        let access = Access {
            write: true,
            create: true,
            exclusive: it.exclusive,
            ..Access::default()
        };
        let mode = source
            .found
            .as_ref()
            .and_then(|found| found.metadata.as_ref());
        let mode = mode.map_or(0o666, permissions_of);
        let (mut to, before) = self.open_to_write(&it.dest, access, mode, &mut usage)?;
        let room = self
            .quota
            .saturating_sub(usage.bytes.saturating_sub(before));
        if length > room {
            return Err(Code::NoSpace);
        }
        let copied = to
            .set_len(0)
            .and_then(|()| std::io::copy(&mut from.take(length.min(room)), &mut to));
        match copied {
            Ok(size) => {
                usage.bytes = usage.bytes.saturating_sub(before).saturating_add(size);
                Ok(nothing())
            }
            Err(error) => {
                self.recount(&mut usage)?;
                Err(error.into())
            }
        }
    }

    pub(super) fn rename(&self, it: &Arguments) -> Done {
        let mut usage = self.usage();
        let from = self.locate(Path::new(&it.path), false)?;
        let kind = from.kind().ok_or(Code::NotFound)?;
        let to = self.locate(Path::new(&it.dest), false)?;
        let (old, new) = match (&from.place, &to.place) {
            (Place::Tmp(old), Place::Tmp(new)) => (old, new),
            (Place::Task(_), Place::Task(_))
            | (Place::Layers(_), Place::Layers(_))
            | (Place::Runtime(..), Place::Runtime(..)) => {
                return Err(Code::ReadOnly);
            }
            _ => return Err(Code::CrossDevice),
        };
        if old.as_os_str().is_empty() || new.as_os_str().is_empty() {
            return Err(Code::Busy);
        }
        if old == new {
            return Ok(nothing());
        }
        if kind == Kind::Directory {
            // A folder takes what it holds along: it must not end up too deep for the host to clean.
            let tree = Tree::read(&self.tmp, old)?;
            if new.components().count() + tree.depth > DEEPEST
                || new.as_os_str().len() + tree.length > LONGEST
            {
                return Err(Code::NameTooLong);
            }
        } else if it.dest.ends_with('/') {
            return Err(Code::NotDirectory);
        }
        self.tmp.rename(old, &self.tmp, new)?;
        if let Some(replaced) = &to.found {
            usage.entries = usage.entries.saturating_sub(1);
            if replaced.kind == Kind::File {
                let length = replaced
                    .metadata
                    .as_ref()
                    .map_or(0, |metadata| metadata.len());
                usage.bytes = usage.bytes.saturating_sub(length);
            }
        }
        Ok(nothing())
    }

    pub(super) fn symlink(&self, target: &str, path: &str) -> Done {
        if target.is_empty() {
            return Err(Code::NotFound);
        }
        if target.contains('\0') {
            return Err(Code::Invalid);
        }
        if target.len() > LONGEST {
            return Err(Code::NameTooLong);
        }
        let mut usage = self.usage();
        let spot = self.locate(Path::new(path), false)?;
        if spot.found.is_some() {
            return Err(Code::Exists);
        }
        let inside = writable(&spot)?;
        self.admit(&usage, inside)?;
        #[cfg(unix)]
        self.tmp.symlink_contents(target, inside)?;
        // Windows has links only for those who may make them.
        #[cfg(not(unix))]
        return Err(Code::NotPermitted);
        usage.entries += 1;
        Ok(nothing())
    }

    pub(super) fn unlink(&self, path: &str) -> Done {
        let mut usage = self.usage();
        let spot = self.locate(Path::new(path), false)?;
        match spot.kind().ok_or(Code::NotFound)? {
            Kind::Directory => Err(Code::IsDirectory),
            _ => self.remove_file(&spot, &mut usage),
        }
    }

    fn remove_file(&self, spot: &Spot, usage: &mut Usage) -> Done {
        self.tmp.remove_file(writable(spot)?)?;
        usage.entries = usage.entries.saturating_sub(1);
        if let Some(found) = &spot.found
            && found.kind == Kind::File
        {
            let length = found.metadata.as_ref().map_or(0, |metadata| metadata.len());
            usage.bytes = usage.bytes.saturating_sub(length);
        }
        Ok(nothing())
    }

    pub(super) fn rmdir(&self, path: &str) -> Done {
        let mut usage = self.usage();
        let spot = self.locate(Path::new(path), false)?;
        if spot.kind().ok_or(Code::NotFound)? != Kind::Directory {
            return Err(Code::NotDirectory);
        }
        let inside = writable(&spot)?;
        if inside.as_os_str().is_empty() {
            return Err(Code::Busy);
        }
        self.tmp.remove_dir(inside)?;
        usage.entries = usage.entries.saturating_sub(1);
        Ok(nothing())
    }

    pub(super) fn rm(&self, it: &Arguments) -> Done {
        let mut usage = self.usage();
        let spot = match self.locate(Path::new(&it.path), false) {
            Err(Code::NotFound) if it.force => return Ok(nothing()),
            spot => spot?,
        };
        match spot.kind() {
            None if it.force => Ok(nothing()),
            None => Err(Code::NotFound),
            Some(Kind::Directory) if !it.recursive => Err(Code::IsDirectory),
            Some(Kind::Directory) => {
                let removed = self.remove_tree(writable(&spot)?);
                self.recount(&mut usage)?;
                removed.map(|()| nothing())
            }
            Some(_) => self.remove_file(&spot, &mut usage),
        }
    }

    fn remove_tree(&self, inside: &Path) -> Result<(), Code> {
        let tree = Tree::read(&self.tmp, inside)?;
        for file in &tree.files {
            self.tmp.remove_file(file)?;
        }
        for folder in tree.folders.iter().rev() {
            self.tmp.remove_dir(folder)?;
        }
        if inside.as_os_str().is_empty() {
            return Err(Code::Busy);
        }
        Ok(self.tmp.remove_dir(inside)?)
    }

    pub(super) fn mkdir(&self, it: &Arguments) -> Done {
        let mut usage = self.usage();
        let mode = it.mode.unwrap_or(0o777);
        if !it.recursive {
            self.make_folder(Path::new(&it.path), mode, &mut usage)?;
            return Ok((json!({ "path": it.path }).to_string(), Vec::new()));
        }
        let mut first = None;
        let mut path = PathBuf::new();
        for component in Path::new(&it.path).components() {
            path.push(component);
            match self.locate(&path, true)?.kind() {
                Some(Kind::Directory) => {}
                Some(_) if path == Path::new(&it.path) => return Err(Code::Exists),
                Some(_) => return Err(Code::NotDirectory),
                None => {
                    self.make_folder(&path, mode, &mut usage)?;
                    first.get_or_insert_with(|| path.to_string_lossy().into_owned());
                }
            }
        }
        if it.path.is_empty() {
            return Err(Code::NotFound);
        }
        Ok((json!({ "path": first }).to_string(), Vec::new()))
    }

    fn make_folder(&self, path: &Path, mode: u32, usage: &mut Usage) -> Result<(), Code> {
        let spot = self.locate(path, false)?;
        if spot.found.is_some() {
            return Err(Code::Exists);
        }
        let inside = writable(&spot)?;
        self.admit(usage, inside)?;
        self.tmp.create_dir(inside)?;
        usage.entries += 1;
        self.set_permissions(inside, folder_mode(mode & !UMASK))
    }

    pub(super) fn mkdtemp(&self, prefix: &str) -> Done {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        const TRIES: usize = 100;
        let mut usage = self.usage();
        for _ in 0..TRIES {
            // Seeded by the system for each; this is about names that are free, not about secrets.
            let mut random = RandomState::new().build_hasher().finish();
            let name: String = (0..6)
                .map(|_| {
                    let letter = LETTERS[(random % 62) as usize];
                    random /= 62;
                    char::from(letter)
                })
                .collect();
            let path = format!("{prefix}{name}");
            match self.make_folder(Path::new(&path), 0o700, &mut usage) {
                Err(Code::Exists) => {}
                made => {
                    made?;
                    return Ok((json!({ "path": path }).to_string(), Vec::new()));
                }
            }
        }
        Err(Code::Exists)
    }

    pub(super) fn chmod(&self, path: &str, mode: u32) -> Done {
        let _usage = self.usage();
        let spot = self.locate(Path::new(path), true)?;
        let mode = match spot.kind().ok_or(Code::NotFound)? {
            Kind::Directory => folder_mode(mode),
            _ => mode & 0o777,
        };
        self.set_permissions(writable(&spot)?, mode)?;
        Ok(nothing())
    }

    fn set_permissions(&self, inside: &Path, mode: u32) -> Result<(), Code> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let permissions = std::fs::Permissions::from_mode(mode);
            let permissions = cap_std::fs::Permissions::from_std(permissions);
            self.tmp.set_permissions(in_dir(inside), permissions)?;
        }
        #[cfg(not(unix))]
        let _ = (inside, mode);
        Ok(())
    }

    pub(super) fn utimes(&self, path: &str, atime: f64, mtime: f64) -> Done {
        let _usage = self.usage();
        let spot = self.locate(Path::new(path), true)?;
        spot.found.as_ref().ok_or(Code::NotFound)?;
        let inside = writable(&spot)?;
        let times = std::fs::FileTimes::new()
            .set_accessed(time(atime).ok_or(Code::Invalid)?)
            .set_modified(time(mtime).ok_or(Code::Invalid)?);
        match spot.kind() {
            Some(Kind::File | Kind::Directory) => {}
            _ => return Err(Code::NotPermitted),
        }
        self.tmp.open(in_dir(inside))?.into_std().set_times(times)?;
        Ok(nothing())
    }
}

/// The path inside `/tmp`, or EROFS: everything else is read-only.
fn writable(spot: &Spot) -> Result<&Path, Code> {
    match &spot.place {
        Place::Tmp(path) => Ok(path),
        _ => Err(Code::ReadOnly),
    }
}

fn access_of(it: &Arguments, default: &str) -> Result<Access, Code> {
    let default = Flag::Text(default.to_owned());
    Access::of(it.flag.as_ref().unwrap_or(&default)).ok_or(Code::Invalid)
}

/// A folder stays open to the host whatever the program says: it must be able to clean up.
fn folder_mode(mode: u32) -> u32 {
    (mode & 0o777) | 0o700
}

fn time(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds.max(0.0)).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, mode: u32) {
    use cap_std::fs::OpenOptionsExt;
    options.mode(mode);
}

#[cfg(not(unix))]
fn set_mode(_: &mut OpenOptions, _: u32) {}

#[cfg(unix)]
fn permissions_of(metadata: &cap_std::fs::Metadata) -> u32 {
    use cap_std::fs::MetadataExt;
    metadata.mode() & 0o777
}

#[cfg(not(unix))]
fn permissions_of(_: &cap_std::fs::Metadata) -> u32 {
    0o666
}
