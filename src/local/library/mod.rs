//! The packages that Lambda's runtimes bring along, from wherever this machine has them.
//!
//! In Lambda the AWS SDK is part of the runtime, so functions do not have it in their packages. Here it is
//! taken from the project around the function, else from Hoist's own store, which `hoist runtime add` fills.

mod error;
mod fetch;
mod install;
mod npm;
mod package;
mod project;
mod pypi;
mod python;
mod store;
mod tool;
mod unpack;
mod venv;

use std::path::{Path, PathBuf};

use crate::config::Environment;
use crate::diag::{Diagnostic, Diagnostics};
use crate::local::sandbox::PackageFolder;

pub use error::LibraryError;
pub use fetch::FetchError;
pub use install::{Change, Changed, Choice, Sources, Step};
pub use package::{Wanted, WantedError};
pub use store::{Language, Manifest, Package, Store};

/// Where to look for the runtimes' packages.
#[derive(Debug, Clone, Default)]
pub struct Library {
    store: Option<Store>,
    home: Option<PathBuf>,
    /// `VIRTUAL_ENV`: the virtual environment that is active.
    virtual_environment: Option<PathBuf>,
}

/// A virtual environment with boto3 in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualEnvironment {
    /// Where it is.
    pub folder: PathBuf,
    /// The version of its boto3.
    pub boto3: String,
    /// The folder that holds its boto3 and nothing that Lambda does not have.
    packages: PathBuf,
}

/// Names of virtual environments that are looked for beside the template when none is active.
const VIRTUAL_ENVIRONMENTS: [&str; 2] = [".venv", "venv"];

impl Library {
    /// The library of the user whose environment it is.
    pub fn of(environment: &Environment) -> Self {
        Library {
            store: Store::of(environment).ok(),
            home: environment.home().map(Path::to_owned),
            virtual_environment: environment.variable("VIRTUAL_ENV").map(PathBuf::from),
        }
    }

    /// The folders in which a Node function finds the AWS SDK when its own folder has none: the
    /// `node_modules` of the project, nearest first, then Hoist's store.
    ///
    /// `task` is the function's folder where it is the user's own; `base` is the template's folder.
    pub fn nodejs(&self, task: Option<&Path>, base: &Path) -> Vec<PackageFolder> {
        let mut folders = project::node_modules(task, base, self.home.as_deref());
        folders.extend(self.stored(Language::Nodejs).map(|folder| PackageFolder {
            folder: folder.join("node_modules"),
            at: PathBuf::from("node_modules"),
        }));
        folders
    }

    /// The folder in which a Python function finds boto3 when its own folder has none, if there is one: made
    /// from the active virtual environment or one beside the template, else Hoist's store. It holds what
    /// Lambda's runtime has and no more.
    ///
    /// `base` is the template's folder. Warns of a virtual environment whose boto3 cannot be used.
    pub fn python(&self, base: &Path, warnings: &mut Diagnostics) -> Vec<PackageFolder> {
        let folder = self
            .environment(base, warnings)
            .map(|environment| environment.packages)
            .or_else(|| Some(self.stored(Language::Python)?.join("site-packages")));
        let seen = folder.map(|folder| PackageFolder {
            folder,
            at: PathBuf::new(),
        });
        seen.into_iter().collect()
    }

    /// The virtual environment whose boto3 Python functions get, if there is one. See [`Library::python`].
    pub fn environment(
        &self,
        base: &Path,
        warnings: &mut Diagnostics,
    ) -> Option<VirtualEnvironment> {
        let store = self.store.as_ref()?.folder(Language::Python);
        let beside = VIRTUAL_ENVIRONMENTS
            .iter()
            .map(|name| project::without_build_folder(base).join(name));
        let active = self.virtual_environment.iter().cloned();
        active.chain(beside).find_map(|environment| {
            let packages = venv::with_boto3(&environment)?;
            match venv::expose(&packages, &store) {
                Ok((packages, boto3)) => Some(VirtualEnvironment {
                    folder: environment,
                    boto3,
                    packages,
                }),
                Err(why) => {
                    let summary = format!(
                        "boto3 of the virtual environment {} cannot be used: {why}",
                        environment.display()
                    );
                    warnings.push(
                        Diagnostic::warning("local/virtual-environment", summary).help(
                            "install it again there (pip install --force-reinstall boto3), or get a copy \
                             for Hoist with `hoist runtime add boto3`",
                        ),
                    );
                    None
                }
            }
        })
    }

    fn stored(&self, language: Language) -> Option<PathBuf> {
        self.store.as_ref()?.current(language)
    }
}

/// The folder that holds boto3 with all it needs, and nothing else; none when this machine has no boto3
/// where Hoist looks. See [`Library::python`].
#[must_use]
pub fn python(environment: &Environment, base: &Path) -> Option<PathBuf> {
    let found = Library::of(environment).python(base, &mut Diagnostics::new());
    found.into_iter().next().map(|seen| seen.folder)
}

#[cfg(test)]
mod tests;
