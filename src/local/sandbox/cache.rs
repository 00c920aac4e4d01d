//! Compiled code on disk: written whole, checked before use, built again when damaged.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use wasmtime::{Engine, Module};

/// Code that Wasmtime compiles and reads back: a core module or a component.
pub trait Compiled: Sized {
    /// Compiles Wasm.
    ///
    /// # Errors
    /// When it is not valid.
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>>;

    /// Reads a file of compiled code, mapped into memory.
    ///
    /// # Safety
    /// The file holds what [`Compiled::compile`] gave, and does not change.
    unsafe fn open(engine: &Engine, path: &Path) -> wasmtime::Result<Self>;

    /// Reads compiled code.
    ///
    /// # Safety
    /// The bytes are what [`Compiled::compile`] gave.
    unsafe fn read(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self>;
}

impl Compiled for Component {
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_component(wasm)
    }
    unsafe fn open(engine: &Engine, path: &Path) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Component::deserialize_file(engine, path) }
    }
    unsafe fn read(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Component::deserialize(engine, compiled) }
    }
}

impl Compiled for Module {
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_module(wasm)
    }
    unsafe fn open(engine: &Engine, path: &Path) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Module::deserialize_file(engine, path) }
    }
    unsafe fn read(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Module::deserialize(engine, compiled) }
    }
}

/// What compiled code depends on, as a name for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key(String);

impl Key {
    /// The key of what is made from `parts` by this Hoist with this engine on this machine.
    ///
    /// The engine's own compatibility hash covers Wasmtime's version, its settings and the CPU's features.
    pub fn new(engine: &Engine, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        let mut hasher = StableHasher(Sha256::new());
        std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hasher);
        digest.update(hasher.0.finalize());
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Key(hex::encode(&digest.finalize()[..16]))
    }
}

/// Feeds what implements `Hash` into SHA-256: the standard hashers promise no stable result.
struct StableHasher(Sha256);

impl std::hash::Hasher for StableHasher {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// The folder of compiled code.
#[derive(Debug, Clone)]
pub struct CodeCache {
    folder: PathBuf,
}

/// What does not stop the cache, but should be known.
#[derive(Debug)]
pub enum Hindrance {
    /// Another process is building the same; this one waits for it.
    Busy,
    /// The code cannot be kept.
    Unwritable(CacheError),
}

/// Compiled code could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The folder cannot be used.
    #[error("cannot write the cache folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It could not be built.
    #[error(transparent)]
    Build(#[from] anyhow::Error),
}

impl CodeCache {
    /// A cache in `folder`, which is made when something is written.
    pub fn new(folder: PathBuf) -> Self {
        CodeCache { folder }
    }

    /// The compiled code for `key`: from the folder, or by `build` (which gives the Wasm) and then kept.
    /// Processes that need the same one at once build it once.
    ///
    /// # Errors
    /// When building fails. A folder that cannot be written is no error: the code is then used without
    /// being kept, and `hindrance` is told.
    pub fn compiled<C: Compiled>(
        &self,
        engine: &Engine,
        key: &Key,
        build: impl FnOnce() -> anyhow::Result<Vec<u8>>,
        hindrance: impl Fn(&Hindrance),
    ) -> Result<C, CacheError> {
        if let Some(code) = self.kept(engine, key) {
            return Ok(code);
        }
        let lock = match self.lock(key, || hindrance(&Hindrance::Busy)) {
            Ok(lock) => Some(lock),
            Err(error) => {
                hindrance(&Hindrance::Unwritable(error));
                None
            }
        };
        // Another process may have built it while this one waited for the lock.
        if lock.is_some()
            && let Some(code) = self.kept(engine, key)
        {
            return Ok(code);
        }
        let compiled = C::compile(engine, &build()?).map_err(anyhow::Error::from)?;
        if lock.is_some() {
            if let Err(error) = self.write(key, &compiled) {
                hindrance(&Hindrance::Unwritable(error));
            } else if let Some(code) = self.kept(engine, key) {
                return Ok(code);
            }
        }
        // SAFETY: these bytes were made by this engine a moment ago and have not left this process.
        unsafe { C::read(engine, &compiled) }.map_err(|error| CacheError::Build(error.into()))
    }

    /// Compiles and keeps code that is there already.
    ///
    /// # Errors
    /// When it does not compile, or the folder cannot be written.
    pub fn keep<C: Compiled>(
        &self,
        engine: &Engine,
        key: &Key,
        wasm: &[u8],
    ) -> Result<(), CacheError> {
        let compiled = C::compile(engine, wasm).map_err(anyhow::Error::from)?;
        let _lock = self.lock(key, || ())?;
        self.write(key, &compiled)
    }

    /// Whether something is kept for a key, without reading it.
    pub fn holds(&self, key: &Key) -> bool {
        ["sum", "cwasm"]
            .into_iter()
            .all(|ending| self.path(key, ending).is_file())
    }

    fn path(&self, key: &Key, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", key.0))
    }

    /// What is kept for a key, or none when it is missing, damaged or of another engine.
    pub fn kept<C: Compiled>(&self, engine: &Engine, key: &Key) -> Option<C> {
        let path = self.path(key, "cwasm");
        let expected = fs::read_to_string(self.path(key, "sum")).ok()?;
        let file = File::open(&path).ok()?;
        if checksum(&file).ok()? != expected.trim() {
            return None;
        }
        // SAFETY: the checksum shows that the file is what was written, and only Hoist writes here:
        // the folder is the user's own.
        unsafe { C::open(engine, &path) }.ok()
    }

    fn write(&self, key: &Key, compiled: &[u8]) -> Result<(), CacheError> {
        let sum = format!("{:08x}-{}", crc32fast::hash(compiled), compiled.len());
        self.place(&self.path(key, "sum"), sum.as_bytes())?;
        self.place(&self.path(key, "cwasm"), compiled)
    }

    /// Writes a file whole under another name and then renames it, so that no reader sees half of it.
    fn place(&self, path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(bytes)?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(|source| self.folder_error(source))
    }

    /// Held while something is built; released by the system if the process dies.
    fn lock(&self, key: &Key, busy: impl Fn()) -> Result<File, CacheError> {
        let open = || -> io::Result<File> {
            fs::create_dir_all(&self.folder)?;
            let file = File::create(self.path(key, "lock"))?;
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                busy();
                file.lock()?;
            }
            Ok(file)
        };
        open().map_err(|source| self.folder_error(source))
    }

    fn folder_error(&self, source: io::Error) -> CacheError {
        CacheError::Folder {
            folder: self.folder.clone(),
            source,
        }
    }
}

/// A CRC is enough: it is to find damage (a full disk, a bad copy), not an attacker, who could as well
/// replace Hoist itself.
fn checksum(file: &File) -> io::Result<String> {
    let mut hasher = crc32fast::Hasher::new();
    let mut length = 0u64;
    let mut buffer = vec![0; 1 << 18];
    let mut reader = file;
    loop {
        let count = io::Read::read(&mut reader, &mut buffer)?;
        if count == 0 {
            return Ok(format!("{:08x}-{length}", hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
        length += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "(component)";

    fn build_count(cache: &CodeCache, engine: &Engine, key: &Key) -> usize {
        let mut built = 0;
        cache
            .compiled::<Component>(
                engine,
                key,
                || {
                    built += 1;
                    Ok(EMPTY.into())
                },
                |_| (),
            )
            .unwrap();
        built
    }

    #[test]
    fn code_is_built_once_and_again_when_its_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let cache = CodeCache::new(folder.path().join("components"));
        let key = Key::new(&engine, &[b"x"]);
        assert_eq!(build_count(&cache, &engine, &key), 1);
        assert_eq!(build_count(&cache, &engine, &key), 0);

        let path = cache.path(&key, "cwasm");
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(build_count(&cache, &engine, &key), 1);

        fs::write(&path, &bytes[..middle]).unwrap();
        assert_eq!(build_count(&cache, &engine, &key), 1);
        assert_eq!(build_count(&cache, &engine, &key), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_and_does_not_stop_the_build() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a-file");
        fs::write(&file, "").unwrap();
        let engine = Engine::default();
        let cache = CodeCache::new(file.join("below"));
        let said = std::cell::Cell::new(0);
        cache
            .compiled::<Component>(
                &engine,
                &Key::new(&engine, &[]),
                || Ok(EMPTY.into()),
                |_| said.set(said.get() + 1),
            )
            .unwrap();
        assert_eq!(said.get(), 1);
    }

    #[test]
    fn keys_differ_by_every_part() {
        let engine = Engine::default();
        let key = |parts: &[&[u8]]| Key::new(&engine, parts);
        assert_ne!(key(&[b"ab", b"c"]), key(&[b"a", b"bc"]));
        assert_eq!(key(&[b"ab"]), key(&[b"ab"]));
    }
}
