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

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{ConfigError, Environment};

/// A language whose runtimes bring packages along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Packages of npm.
    Nodejs,
    /// Packages of PyPI.
    Python,
}

impl Language {
    /// The folder's name in the store.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Language::Nodejs => "nodejs",
            Language::Python => "python",
        }
    }
}

/// The folder that holds the store. It need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

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
        Store {
            root: cache.join("runtime"),
        }
    }

    /// The generation in use, if there is one.
    #[must_use]
    pub fn current(&self, language: Language) -> Option<PathBuf> {
        let folder = self.folder(language);
        let name = fs::read_to_string(folder.join("current")).ok()?;
        let name = name.trim();
        // Only names that Hoist gives: a damaged file must not lead elsewhere.
        let sane = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let generation = folder.join(name);
        (sane && generation.is_dir()).then_some(generation)
    }

    /// The folder of a language.
    #[must_use]
    pub fn folder(&self, language: Language) -> PathBuf {
        self.root.join(language.folder())
    }
}
