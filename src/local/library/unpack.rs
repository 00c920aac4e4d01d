//! Unpacking what strangers packed: tarballs of npm and wheels of Python.
//!
//! Nothing is written outside the folder, nothing but folders and files is made, and no more than the limits
//! below. An archive that tries anything else is refused whole.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Component, Path, PathBuf};

use tar::EntryType;

use super::error::LibraryError;

/// What one archive may unpack to: AWS's own largest (aws-sdk, version 2) takes less than half.
const MOST_BYTES: u64 = 250 << 20;
const MOST_ENTRIES: usize = 50_000;

/// Longest path in an archive, in bytes.
const LONGEST_PATH: usize = 1024;

/// Endings of native code.
const NATIVE: [&str; 4] = ["so", "pyd", "dylib", "dll"];

/// Unpacks an npm tarball: gzip, tar, and one folder around everything, whatever its name.
///
/// # Errors
/// When the archive is damaged, hostile or too large, or the folder cannot be written.
pub fn tarball(bytes: &[u8], into: &Path, name: &str) -> Result<(), LibraryError> {
    let mut target = Target::new(into, name);
    let limit = MOST_BYTES + (MOST_ENTRIES as u64 * 1024);
    let plain = flate2::read::MultiGzDecoder::new(bytes).take(limit);
    let mut archive = tar::Archive::new(plain);
    let entries = archive.entries().map_err(|error| target.damaged(&error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| target.damaged(&error))?;
        let path = entry.path().map_err(|error| target.damaged(&error))?;
        let path = path.into_owned();
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                if let Some(inside) = target.inside(&path)?.strip_first() {
                    target.write(&inside, &mut entry)?;
                }
            }
            // Folders are made when something is in them.
            EntryType::Directory => drop(target.inside(&path)?),
            EntryType::XGlobalHeader => {}
            EntryType::Symlink | EntryType::Link => {
                return Err(target.refused(format!("{} is a link", path.display())));
            }
            _ => return Err(target.refused(format!("{} is no file", path.display()))),
        }
    }
    if target.entries == 0 {
        return Err(target.refused("it is empty".into()));
    }
    Ok(())
}

/// Unpacks a pure-Python wheel. Scripts and data for elsewhere in the system are left out.
///
/// Source: <https://packaging.python.org/en/latest/specifications/binary-distribution-format/>.
///
/// # Errors
/// When the archive is damaged, hostile or too large, holds native code, or the folder cannot be written.
pub fn wheel(bytes: &[u8], into: &Path, name: &str) -> Result<(), LibraryError> {
    let mut target = Target::new(into, name);
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| target.damaged(&error))?;
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|error| target.damaged(&error))?;
        let path = PathBuf::from(entry.name());
        if entry.is_symlink() {
            return Err(target.refused(format!("{} is a link", path.display())));
        }
        let inside = target.inside(&path)?;
        if entry.is_dir() {
            continue;
        }
        if is_native(&path) {
            return Err(LibraryError::Native(format!(
                "{} in {name}",
                path.display()
            )));
        }
        if let Some(inside) = importable(inside.0) {
            target.write(&inside, &mut entry)?;
        }
    }
    if target.entries == 0 {
        return Err(target.refused("it is empty".into()));
    }
    Ok(())
}

/// Whether a file is native code by its name.
pub fn is_native(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| NATIVE.contains(&ending))
}

/// Where a file of a wheel goes: into `site-packages`, or nowhere.
fn importable(path: PathBuf) -> Option<PathBuf> {
    let mut components = path.components();
    let first = components.next()?.as_os_str().to_string_lossy();
    if !first.ends_with(".data") {
        return Some(path);
    }
    match components.next()?.as_os_str().to_str()? {
        "purelib" | "platlib" => Some(components.as_path().to_owned()),
        _ => None,
    }
}

/// A path inside the folder: relative, without `..`.
struct Inside(PathBuf);

impl Inside {
    /// The path below its first folder; none when there is nothing below it.
    fn strip_first(&self) -> Option<PathBuf> {
        let mut components = self.0.components();
        components.next()?;
        let rest = components.as_path();
        (!rest.as_os_str().is_empty()).then(|| rest.to_owned())
    }
}

/// The folder that is written, with what may still come.
struct Target<'a> {
    folder: &'a Path,
    name: &'a str,
    bytes: u64,
    entries: usize,
}

impl<'a> Target<'a> {
    fn new(folder: &'a Path, name: &'a str) -> Self {
        Target {
            folder,
            name,
            bytes: 0,
            entries: 0,
        }
    }

    fn refused(&self, why: String) -> LibraryError {
        LibraryError::Archive {
            name: self.name.to_owned(),
            why,
        }
    }

    fn damaged(&self, error: &dyn std::fmt::Display) -> LibraryError {
        self.refused(format!("it is damaged: {error}"))
    }

    fn inside(&mut self, path: &Path) -> Result<Inside, LibraryError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(self.refused(format!("it holds more than {MOST_ENTRIES} files")));
        }
        let text = path.as_os_str().as_encoded_bytes();
        let mut clean = PathBuf::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => clean.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(self.refused(format!("{} leads out of it", path.display())));
                }
            }
        }
        // A backslash is a separator elsewhere: nothing honest has one.
        if text.contains(&b'\\') || text.contains(&0) || text.len() > LONGEST_PATH {
            return Err(self.refused(format!("{} is no plain path", path.display())));
        }
        Ok(Inside(clean))
    }

    fn write(&mut self, path: &Path, content: &mut impl Read) -> Result<(), LibraryError> {
        let path = self.folder.join(path);
        let fault = |error| LibraryError::write(&path, error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fault)?;
        }
        let mut file = File::create(&path).map_err(fault)?;
        let mut limited = content.take(MOST_BYTES - self.bytes + 1);
        let mut buffer = vec![0; 1 << 16];
        loop {
            // Reading and writing fail for different reasons: a damaged archive, a full disk.
            let count = match limited.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.damaged(&error)),
            };
            self.bytes += count as u64;
            if self.bytes > MOST_BYTES {
                return Err(
                    self.refused(format!("it unpacks to more than {} MB", MOST_BYTES >> 20))
                );
            }
            let part = buffer.get(..count).unwrap_or_default();
            io::Write::write_all(&mut file, part).map_err(fault)?;
        }
    }
}

#[cfg(test)]
mod tests;
