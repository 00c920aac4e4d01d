//! A folder as the zip file that Lambda takes, the same on every machine for the same content.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::fault::Fault;
use super::walk::{Entry, Kind, Stamp};

/// What a function and its layers may be unzipped, in bytes. Source: Lambda quotas, "Deployment package size"; the
/// error of the service names 262144000.
pub const MAX_UNZIPPED: u64 = 262_144_000;

/// What a zip file may be to be sent with the call itself, in bytes; larger ones go through S3. Source: the same.
pub const MAX_DIRECT: u64 = 52_428_800;

/// How hard deflate tries. Another number makes other bytes, and with them another digest.
const LEVEL: i64 = 6;

/// Bytes that are read at once.
const BLOCK: usize = 64 << 10;

/// A zip file that is not yet in its place.
#[derive(Debug)]
pub struct Packed {
    /// The file.
    pub file: NamedTempFile,
    /// SHA-256 of the file, lower-case hex.
    pub digest: String,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes of what is in it.
    pub unzipped: u64,
    /// How many files and links are in it.
    pub files: usize,
}

/// Packs the entries of `folder` (or the one file that it is) into a zip file made in `into`.
///
/// # Errors
/// When there is nothing to pack, more than Lambda takes, or something cannot be read or changes meanwhile.
pub fn pack(folder: &Path, entries: &[Entry], into: &Path) -> Result<Packed, Fault> {
    let unzipped = check(folder, entries)?;
    let storage = |error: io::Error| Fault::storage(into, &error);
    let mut file = NamedTempFile::new_in(into).map_err(storage)?;
    let mut zip = ZipWriter::new(BufWriter::with_capacity(BLOCK, file.as_file_mut()));
    for entry in entries {
        add(&mut zip, folder, entry, into)?;
    }
    zip.finish()
        .map_err(io::Error::from)
        .and_then(|mut buffer| buffer.flush())
        .map_err(storage)?;
    let (digest, size) = digest(file.path()).map_err(storage)?;
    Ok(Packed {
        file,
        digest,
        size,
        unzipped,
        files: entries.len(),
    })
}

fn add<W: Write + io::Seek>(
    zip: &mut ZipWriter<W>,
    folder: &Path,
    entry: &Entry,
    into: &Path,
) -> Result<(), Fault> {
    let storage = |error: io::Error| Fault::storage(into, &error);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default());
    let stamp = match &entry.kind {
        Kind::Link(target) => {
            return zip
                .add_symlink(&entry.name, target, options.unix_permissions(0o777))
                .map_err(|error| storage(error.into()));
        }
        Kind::File(stamp) => stamp,
    };
    let mode = if stamp.executable { 0o755 } else { 0o644 };
    zip.start_file(&entry.name, options.unix_permissions(mode))
        .map_err(|error| storage(error.into()))?;
    let path = place(folder, entry);
    let unreadable = |error: io::Error| Fault::unreadable(&path, &error);
    let mut source = File::open(&path).map_err(unreadable)?;
    // Not more than was announced, so that a file that grows without end does not fill the disk.
    let mut source_part = (&mut source).take(stamp.size);
    let mut block = vec![0; BLOCK];
    loop {
        let count = fill(&mut source_part, &mut block).map_err(unreadable)?;
        if count == 0 {
            break;
        }
        zip.write_all(&block[..count]).map_err(storage)?;
    }
    let now = source.metadata().map_err(unreadable)?;
    if Stamp::of(&now) != *stamp {
        return Err(changed(&path));
    }
    Ok(())
}

/// Where an entry lies.
pub fn place(folder: &Path, entry: &Entry) -> PathBuf {
    match folder.is_file() {
        true => folder.to_owned(),
        false => folder.join(&entry.name),
    }
}

/// Reads until the block is full or the end is reached: how a file is cut in blocks does not depend on the system.
fn fill(source: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < block.len() {
        match source.read(&mut block[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// A file that is being written while it is built from.
pub fn changed(path: &Path) -> Fault {
    Fault::new("build/changed", format!("{} changed while it was being read", path.display()))
        .help("wait for the program that writes it, then build again; if it is a log, list it in .hoistignore")
}

/// Looks at names and sizes only. Returns the bytes of all files.
///
/// # Errors
/// When there is nothing to pack, or more than Lambda takes.
pub fn check(folder: &Path, entries: &[Entry]) -> Result<u64, Fault> {
    if entries.is_empty() {
        return Err(Fault::new(
            "build/empty",
            format!("there are no files in {}", folder.display()),
        )
        .help("Lambda does not take an empty package; see what .hoistignore leaves out"));
    }
    let size = |entry: &Entry| match &entry.kind {
        Kind::File(stamp) => stamp.size,
        Kind::Link(target) => target.len() as u64,
    };
    let unzipped: u64 = entries.iter().map(size).fold(0, u64::saturating_add);
    if unzipped > MAX_UNZIPPED {
        let mut largest: Vec<&Entry> = entries.iter().collect();
        largest.sort_by_key(|entry| std::cmp::Reverse(size(entry)));
        let largest: Vec<String> = largest
            .iter()
            .take(3)
            .map(|entry| format!("{} ({})", entry.name, megabytes(size(entry))))
            .collect();
        return Err(too_large(
            unzipped,
            &format!("the largest files are {}", largest.join(", ")),
        ));
    }
    Ok(unzipped)
}

/// More than Lambda takes; `most` says what it is made of.
pub fn too_large(unzipped: u64, most: &str) -> Fault {
    Fault::new(
        "build/too-large",
        format!(
            "it is {} unzipped, and Lambda takes {}",
            megabytes(unzipped),
            megabytes(MAX_UNZIPPED)
        ),
    )
    .help(format!("{most}; list what is not needed in .hoistignore"))
}

/// `12.3 MB`, of 1 048 576 bytes each, as Lambda counts them.
pub fn megabytes(bytes: u64) -> String {
    if bytes < 1 << 20 {
        return format!("{:.1} kB", bytes as f64 / f64::from(1 << 10));
    }
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// Takes a zip file of the user's as it is: a copy of it in `into`.
///
/// # Errors
/// When it is not a zip file, cannot be read, or unzips to more than Lambda takes.
pub fn adopt(path: &Path, into: &Path) -> Result<Packed, Fault> {
    let unreadable = |error: io::Error| Fault::unreadable(path, &error);
    let storage = |error: io::Error| Fault::storage(into, &error);
    let mut source = File::open(path).map_err(unreadable)?;
    let stamp = Stamp::of(&source.metadata().map_err(unreadable)?);
    let mut file = NamedTempFile::new_in(into).map_err(storage)?;
    io::copy(&mut (&mut source).take(stamp.size), file.as_file_mut()).map_err(unreadable)?;
    if Stamp::of(&source.metadata().map_err(unreadable)?) != stamp {
        return Err(changed(path));
    }
    let (digest, size) = digest(file.path()).map_err(storage)?;
    let broken = |error: zip::result::ZipError| {
        Fault::new(
            "build/zip",
            format!(
                "{} is not a zip file that can be read: {error}",
                path.display()
            ),
        )
        .help("make it anew, or point to the folder and let Hoist make it")
    };
    let mut archive = ZipArchive::new(file.reopen().map_err(storage)?).map_err(broken)?;
    let mut unzipped: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(broken)?;
        unzipped = unzipped.saturating_add(entry.size());
    }
    if archive.is_empty() {
        return Err(Fault::new(
            "build/empty",
            format!("there are no files in {}", path.display()),
        )
        .help("Lambda does not take an empty package"));
    }
    if unzipped > MAX_UNZIPPED {
        return Err(too_large(unzipped, "the zip file is taken as it is"));
    }
    Ok(Packed {
        digest,
        size,
        unzipped,
        files: archive.len(),
        file,
    })
}

/// SHA-256 of a file in lower-case hex, and its length in bytes.
///
/// # Errors
/// When it cannot be read.
pub fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let size = io::copy(&mut file, &mut hash)?;
    Ok((hex::encode(hash.finalize()), size))
}

impl Packed {
    /// Puts the file into its place, whole or not at all.
    ///
    /// # Errors
    /// When the place cannot be written.
    pub fn settle(self, place: &Path) -> Result<(), Fault> {
        let storage = |error: io::Error| Fault::storage(place, &error);
        readable_by_all(self.file.path()).map_err(storage)?;
        self.file
            .persist(place)
            .map_err(|error| storage(error.error))?;
        Ok(())
    }
}

/// Temporary files are their owner's alone; what is in the cache is like any other file.
fn readable_by_all(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    fs::metadata(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::rule::Rules;
    use crate::build::walk::walk;

    fn packed(folder: &Path) -> Result<Packed, Fault> {
        let rules = Rules::of(folder, folder, &[]).unwrap();
        pack(folder, &walk(folder, &rules)?, &std::env::temp_dir())
    }

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// So that nothing about the format changes unseen: every function would be deployed anew.
    #[test]
    fn the_digest_of_known_content_is_known() {
        let folder = tempfile::tempdir().unwrap();
        write(
            folder.path(),
            "index.js",
            "exports.handler = async () => 'hello'\n",
        );
        write(folder.path(), "lib/a.js", &"abcdefgh".repeat(100_000));
        let packed = packed(folder.path()).unwrap();
        assert_eq!((packed.files, packed.unzipped), (2, 800_038));
        assert_eq!(
            packed.digest,
            "2a96c3aefdbb9e525402c68cb075dcdc84d049afc46a13252e856088f60f5bc7"
        );
    }

    #[test]
    fn the_same_content_has_the_same_digest_wherever_and_whenever_it_was_written() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let names = ["a.js", "b/c.js", "b.js"];
        for name in names {
            write(one.path(), name, name);
        }
        for name in names.into_iter().rev() {
            write(other.path(), name, name);
            let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(9);
            File::options()
                .append(true)
                .open(other.path().join(name))
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }
        let digest = packed(one.path()).unwrap().digest;
        assert_eq!(digest, packed(other.path()).unwrap().digest);
        write(other.path(), "a.js", "other");
        assert_ne!(digest, packed(other.path()).unwrap().digest);
    }

    #[cfg(unix)]
    #[test]
    fn modes_and_links_come_back_as_they_were() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "bin/run", "#!/bin/sh\n");
        write(folder.path(), "plain", "x");
        let mode = |mode| fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path().join("bin/run"), mode(0o710)).unwrap();
        fs::set_permissions(folder.path().join("plain"), mode(0o600)).unwrap();
        symlink("bin/run", folder.path().join("link")).unwrap();
        let packed = packed(folder.path()).unwrap();
        let mut zip = ZipArchive::new(packed.file.reopen().unwrap()).unwrap();
        let mut all = Vec::new();
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(file.last_modified().unwrap().year(), 1980);
            all.push((file.name().to_owned(), file.unix_mode().unwrap(), text));
        }
        let entry = |name: &str, mode, text: &str| (name.to_owned(), mode, text.to_owned());
        assert_eq!(
            all,
            [
                entry("bin/run", 0o100_755, "#!/bin/sh\n"),
                entry("link", 0o120_777, "bin/run"),
                entry("plain", 0o100_644, "x"),
            ]
        );
    }

    #[test]
    fn an_empty_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        assert_eq!(packed(folder.path()).unwrap_err().code, "build/empty");
    }

    #[test]
    fn more_than_lambda_takes_is_refused_before_anything_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let huge = File::create(folder.path().join("model.bin")).unwrap();
        // Sparse: it takes no room on the disk.
        huge.set_len(MAX_UNZIPPED + 1).unwrap();
        let fault = packed(folder.path()).unwrap_err();
        assert_eq!(fault.code, "build/too-large");
        assert!(fault.help[0].contains("model.bin (250.0 MB)"), "{fault:?}");
    }

    #[test]
    fn a_file_that_changes_meanwhile_is_named() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "log", "one");
        let entries = walk(folder.path(), &Rules::none()).unwrap();
        for text in ["one, two", ""] {
            write(folder.path(), "log", text);
            let fault = pack(folder.path(), &entries, folder.path()).unwrap_err();
            assert_eq!(fault.code, "build/changed");
            assert!(fault.summary.contains("log"), "{fault:?}");
        }
    }

    #[test]
    fn a_zip_file_is_taken_as_it_is_and_anything_else_is_not() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "src/a.js", "x");
        let made = packed(&folder.path().join("src")).unwrap();
        let path = folder.path().join("code.zip");
        let digest = made.digest.clone();
        made.settle(&path).unwrap();
        let adopted = adopt(&path, folder.path()).unwrap();
        assert_eq!(
            (adopted.digest, adopted.files, adopted.unzipped),
            (digest, 1, 1)
        );
        fs::write(&path, "not a zip").unwrap();
        assert_eq!(adopt(&path, folder.path()).unwrap_err().code, "build/zip");
    }

    #[test]
    fn sizes_are_counted_as_lambda_counts() {
        assert_eq!(megabytes(MAX_UNZIPPED), "250.0 MB");
        assert_eq!(megabytes(MAX_DIRECT), "50.0 MB");
        assert_eq!(megabytes(1536), "1.5 kB");
    }
}
