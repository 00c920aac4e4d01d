//! Node's module resolution over the mounts: `require` by the rules of CommonJS, `import` by those of ES
//! modules. Builtins are not known here: the guest looks for them first.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::error::ModuleError;
use super::hint::Said;
use super::package::Packages;
use super::request::Request;
use super::rules::Rules;
use crate::local::sandbox::mount::{Entry, Mounts};

/// How a module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `require(…)`.
    Require,
    /// `import … from …` and `import(…)`.
    Import,
}

impl Kind {
    /// Reads the word of `world.wit`: everything but `import` is a `require`.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == "import" {
            Self::Import
        } else {
            Self::Require
        }
    }
}

/// Finds the modules of one execution environment.
#[derive(Debug)]
pub struct Resolver {
    pub(super) mounts: Arc<Mounts>,
    pub(super) rules: Rules,
    pub(super) packages: Packages,
    pub(super) said: Said,
    /// Folders of the read-only mounts, and where they really are.
    folders: Mutex<HashMap<String, String>>,
}

/// The extensions that `require` tries, in Node's order.
const EXTENSIONS: [&str; 3] = [".js", ".json", ".node"];

/// The extensions that a TypeScript module may leave out, as with esbuild; those of JavaScript last.
const WRITTEN: [&str; 5] = [".ts", ".mts", ".cts", ".js", ".json"];
const WRITTEN_INSTALLED: [&str; 2] = [".js", ".json"];

/// What tsc wants a TypeScript module to write for the name of another one.
const COMPILED: [(&str, &str); 3] = [(".js", ".ts"), (".mjs", ".mts"), (".cjs", ".cts")];

impl Resolver {
    /// A resolver over `mounts` with the rules of one runtime.
    #[must_use]
    pub fn with_rules(mounts: Arc<Mounts>, rules: Rules) -> Self {
        Self {
            mounts,
            rules,
            packages: Packages::default(),
            said: Said::default(),
            folders: Mutex::default(),
        }
    }

    /// Finds the file that `specifier` names in the module `from` (an absolute path in the guest).
    /// Answers its path without links. A builtin that a package's `imports` name is answered by its
    /// name, without a slash at its start.
    ///
    /// # Errors
    /// Node's code and words. To "Cannot find module" of `require` the guest adds the require stack.
    pub fn resolve(&self, specifier: &str, from: &str, kind: Kind) -> Result<String, ModuleError> {
        let request = Request {
            files: self,
            specifier,
            from,
            kind,
        };
        match kind {
            Kind::Require => request.require(),
            Kind::Import => request.import(),
        }
    }

    pub(super) fn entry(&self, path: &str) -> Option<Entry> {
        self.mounts.entry(Path::new(path), true).ok()
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        self.entry(path) == Some(Entry::File)
    }

    pub(super) fn is_directory(&self, path: &str) -> bool {
        self.entry(path) == Some(Entry::Directory)
    }

    /// The path without links.
    pub(super) fn real(&self, path: &str) -> String {
        let canonical = |path: &Path| self.mounts.canonical(path).ok();
        let whole = || {
            canonical(Path::new(path)).map_or_else(
                || path.to_owned(),
                |path| path.to_string_lossy().into_owned(),
            )
        };
        let Some((folder, name)) = path.rsplit_once('/') else {
            return whole();
        };
        if name.is_empty() || folder.starts_with("/tmp") {
            return whole();
        }
        // Most files of a folder are asked for one after the other, and few are links.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let real = match folders.get(folder) {
            Some(real) => real.clone(),
            None => {
                let Some(real) = canonical(Path::new(folder)) else {
                    return whole();
                };
                let real = real.to_string_lossy().into_owned();
                folders.insert(folder.to_owned(), real.clone());
                real
            }
        };
        let found = format!("{}/{name}", real.trim_end_matches('/'));
        match self.mounts.entry(Path::new(&found), false) {
            Ok(Entry::File | Entry::Directory) => found,
            _ => whole(),
        }
    }

    pub(super) fn with_extension(&self, path: &str) -> Option<String> {
        EXTENSIONS
            .iter()
            .map(|extension| format!("{path}{extension}"))
            .find(|path| self.is_file(path))
    }

    /// The file that a TypeScript module means by `path`, which is no file: `./x` and `./x.js` are
    /// `x.ts`, `./folder` is `folder/index.ts`. Packages that are installed are JavaScript.
    pub(super) fn written(&self, path: &str) -> Option<String> {
        let installed = path.split('/').any(|name| name == "node_modules");
        let extensions: &[&str] = if installed {
            &WRITTEN_INSTALLED
        } else {
            &WRITTEN
        };
        let compiled = COMPILED.iter().filter(|_| !installed);
        let swapped =
            compiled.filter_map(|(js, ts)| path.strip_suffix(js).map(|stem| format!("{stem}{ts}")));
        let folder = path.trim_end_matches('/');
        let extended = extensions
            .iter()
            .filter(|_| folder == path)
            .map(|extension| format!("{path}{extension}"));
        let index = extensions
            .iter()
            .map(|extension| format!("{folder}/index{extension}"));
        swapped
            .chain(extended)
            .chain(index)
            .find(|path| self.is_file(path))
    }
}
