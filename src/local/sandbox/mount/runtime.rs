//! `/var/runtime`: folders of packages that the runtime brings, each where its package manager would look.

use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

use super::walk::Place;
use super::{MountError, Mounts, open};
use crate::local::sandbox::PackageFolder;

/// Where Lambda's runtimes have their own files.
pub const RUNTIME: &str = "/var/runtime";

/// One folder below `/var/runtime`.
#[derive(Debug)]
pub(super) struct RuntimeMount {
    /// Where the guest sees it, from `/var/runtime` on.
    at: PathBuf,
    /// The same from `/` on, as text.
    guest: String,
    pub(super) dir: Dir,
}

impl Mounts {
    /// Mounts `folders` as well, in the order in which they are looked through.
    ///
    /// # Errors
    /// A [`MountError`] that names the folder which cannot be opened.
    pub fn with_runtime(mut self, folders: &[PackageFolder]) -> Result<Self, MountError> {
        for PackageFolder { folder, at } in folders {
            self.runtime.push(RuntimeMount {
                at: at.clone(),
                guest: format!("{RUNTIME}/{}", at.display()),
                dir: open("folder of the runtime's packages", folder)?,
            });
        }
        Ok(self)
    }

    /// The folders of the runtime's packages as the guest sees them, in the order they are looked through.
    pub fn runtime_folders(&self) -> impl Iterator<Item = &str> {
        self.runtime.iter().map(|mount| mount.guest.as_str())
    }

    /// What `path`, from `/var/runtime` on, belongs to.
    pub(super) fn runtime_place(&self, path: &Path) -> Place {
        for (index, mount) in self.runtime.iter().enumerate() {
            if let Ok(inside) = path.strip_prefix(&mount.at) {
                return Place::Runtime(index, inside.to_owned());
            }
        }
        // A folder on the way to a mount holds nothing but the way.
        let mut names: Vec<String> = self
            .runtime
            .iter()
            .filter_map(|mount| mount.at.strip_prefix(path).ok()?.components().next())
            .map(|name| name.as_os_str().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names.dedup();
        match names.as_slice() {
            [] => Place::Outside,
            _ => Place::Above(names),
        }
    }
}
