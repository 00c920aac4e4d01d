//! The packages that Lambda's runtimes bring along, from wherever this machine has them.
//!
//! In Lambda the AWS SDK is part of the runtime, so functions do not have it in their packages. Here it is
//! taken from the project around the function, else from Hoist's own store, which `hoist runtime add` fills.

mod project;
mod store;

use std::path::{Path, PathBuf};

use crate::config::Environment;
use crate::local::sandbox::PackageFolder;

pub use store::{Language, Store};

/// Where to look for the runtimes' packages.
#[derive(Debug, Clone, Default)]
pub struct Library {
    store: Option<Store>,
    home: Option<PathBuf>,
}

impl Library {
    /// The library of the user whose environment it is.
    pub fn of(environment: &Environment) -> Self {
        Library {
            store: Store::of(environment).ok(),
            home: environment.home().map(Path::to_owned),
        }
    }

    /// The folders in which a Node function finds the AWS SDK when its own folder has none: the
    /// `node_modules` of the project, nearest first, then Hoist's store.
    ///
    /// `task` is the function's folder where it is the user's own; `base` is the template's folder.
    pub fn nodejs(&self, task: Option<&Path>, base: &Path) -> Vec<PackageFolder> {
        let mut folders = project::node_modules(task, base, self.home.as_deref());
        let store = self.store.as_ref();
        let stored = store.and_then(|store| store.current(Language::Nodejs));
        folders.extend(stored.map(|folder| PackageFolder {
            folder: folder.join("node_modules"),
            at: PathBuf::from("node_modules"),
        }));
        folders
    }

    /// The folder in which a Python function finds boto3 when its own folder has none: Hoist's store.
    pub fn python(&self) -> Vec<PackageFolder> {
        let stored = self
            .store
            .as_ref()
            .and_then(|store| store.current(Language::Python));
        stored
            .map(|folder| PackageFolder {
                folder: folder.join("site-packages"),
                at: PathBuf::new(),
            })
            .into_iter()
            .collect()
    }
}
