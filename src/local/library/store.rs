//! Hoist's own copies of the runtimes' packages: `<cache>/runtime/{nodejs,python}`.
//!
//! ```text
//! nodejs/current      the name of the generation in use: one line
//! nodejs/<id>/        a generation: packages.json, node_modules/ (site-packages/ for Python)
//! nodejs/lock         held by whoever changes the store
//! ```
//!
//! A generation is written whole before `current` names it, and never changed afterwards: a process that is
//! killed leaves the old one in use, and a function that runs keeps the files it started with.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::error::LibraryError;
use super::venv::EXPOSED;
use crate::config::{ConfigError, Environment};

/// A language whose runtimes bring packages along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Packages of npm.
    Nodejs,
    /// Packages of PyPI.
    Python,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::Nodejs, Language::Python];

    /// The folder's name in the store.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Language::Nodejs => "nodejs",
            Language::Python => "python",
        }
    }

    /// The folder of a generation in which the language looks for packages.
    #[must_use]
    pub fn packages_folder(self) -> &'static str {
        match self {
            Language::Nodejs => "node_modules",
            Language::Python => "site-packages",
        }
    }
}

/// A package that was asked for and is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Which versions were asked for; none for the newest.
    pub wanted: Option<String>,
    /// The version that is there.
    pub version: String,
}

/// What a generation holds: its `packages.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What put it there: `npm`, `registry`.
    pub installer: String,
    /// What was asked for, by name. What those packages need is there as well.
    pub packages: Vec<Package>,
}

/// The folder that holds the store. It need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

/// How often the lock is tried again.
const LOCK_RETRY: Duration = Duration::from_millis(100);

/// What the names of unfinished generations begin with.
const UNFINISHED: &str = ".new-";

impl Store {
    /// The store of the user whose environment it is.
    ///
    /// # Errors
    /// When there is no cache folder.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Store::below(&environment.cache_dir()?.value))
    }

    /// The store in a cache folder.
    #[must_use]
    pub fn below(cache: &Path) -> Self {
        // npm and pip run elsewhere, so the path must not depend on where Hoist was started.
        let root = cache.join("runtime");
        Store {
            root: std::path::absolute(&root).unwrap_or(root),
        }
    }

    /// The folder of a language.
    #[must_use]
    pub fn folder(&self, language: Language) -> PathBuf {
        self.root.join(language.folder())
    }

    /// The generation in use, if there is one.
    #[must_use]
    pub fn current(&self, language: Language) -> Option<PathBuf> {
        let folder = self.folder(language);
        let generation = folder.join(self.current_name(language)?);
        generation
            .join(language.packages_folder())
            .is_dir()
            .then_some(generation)
    }

    fn current_name(&self, language: Language) -> Option<String> {
        let text = fs::read_to_string(self.folder(language).join("current")).ok()?;
        let name = text.trim();
        // Only names that Hoist gives: a damaged file must not lead elsewhere.
        let sane = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        sane.then(|| name.to_owned())
    }

    /// What the generation in use holds; nothing when there is none or its list is damaged.
    #[must_use]
    pub fn manifest(&self, language: Language) -> Manifest {
        self.current(language)
            .and_then(|folder| fs::read(folder.join("packages.json")).ok())
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Waits until no other process changes the packages of `language`; `busy` is told when it has to.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn change(
        &self,
        language: Language,
        busy: impl FnOnce(),
    ) -> Result<Changing<'_>, LibraryError> {
        let folder = self.folder(language);
        let fault = |source| LibraryError::write(&folder, source);
        fs::create_dir_all(&folder).map_err(fault)?;
        let lock = File::create(folder.join("lock")).map_err(fault)?;
        let mut busy = Some(busy);
        // Tried again and again instead of waited for: a waiting thread could not be interrupted.
        while let Err(error) = lock.try_lock() {
            if let TryLockError::Error(error) = error {
                return Err(fault(error));
            }
            if let Some(busy) = busy.take() {
                busy();
            }
            tokio::time::sleep(LOCK_RETRY).await;
        }
        let changing = Changing {
            store: self,
            language,
            _lock: lock,
        };
        changing.clear(|name| name.starts_with(UNFINISHED));
        Ok(changing)
    }
}

/// The right to change the packages of one language; the system takes it back when the process dies.
#[derive(Debug)]
pub struct Changing<'s> {
    store: &'s Store,
    language: Language,
    _lock: File,
}

impl Changing<'_> {
    /// An empty folder for a new generation. It is gone when it is dropped before [`Changing::keep`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn generation(&self) -> Result<TempDir, LibraryError> {
        let folder = self.store.folder(self.language);
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(&folder)
            .map_err(|source| LibraryError::write(&folder, source))
    }

    /// Puts a finished generation in the place of the current one, which stays for those who use it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep(&self, generation: TempDir, manifest: &Manifest) -> Result<PathBuf, LibraryError> {
        let folder = self.store.folder(self.language);
        let name = uuid::Uuid::new_v4().simple().to_string();
        let place = folder.join(&name);
        let write = || -> io::Result<()> {
            let text = serde_json::to_vec_pretty(manifest)?;
            fs::write(generation.path().join("packages.json"), text)?;
            fs::rename(generation.path(), &place)?;
            let mut current = tempfile::NamedTempFile::new_in(&folder)?;
            writeln!(current, "{name}")?;
            current.as_file().sync_all()?;
            current.persist(folder.join("current"))?;
            Ok(())
        };
        let previous = self.store.current_name(self.language);
        write().map_err(|source| LibraryError::write(&folder, source))?;
        // Renamed: there is nothing left to delete under the old name.
        let _ = generation.keep();
        self.clear(|other| {
            is_generation(other) && *other != name && Some(other) != previous.as_deref()
        });
        Ok(place)
    }

    /// Removes all packages of the language.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn empty(&self) -> Result<(), LibraryError> {
        let folder = self.store.folder(self.language);
        match fs::remove_file(folder.join("current")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(LibraryError::write(&folder, error));
            }
            _ => self.clear(|name| is_generation(name) || name.starts_with(EXPOSED)),
        }
        Ok(())
    }

    /// Deletes folders by name. What cannot be deleted now is deleted at the next change.
    fn clear(&self, old: impl Fn(&str) -> bool) {
        let folder = self.store.folder(self.language);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(&old) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Whether a name is one that [`Changing::keep`] gives.
fn is_generation(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
