//! The packages that a function loads: what an image with them already loaded is made from.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use super::module::Kind;

/// The packages one environment has loaded so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packages {
    /// Files that the function's own code asked for, in that order, and how.
    pub entries: IndexMap<String, Kind>,
    /// All files of packages that were read.
    pub files: IndexSet<String>,
}

impl Packages {
    /// A module was found for another one; `late` when the handler was loaded already. What packages load only
    /// then, nothing else would ask for.
    pub fn resolved(&mut self, path: &str, from: &str, kind: Kind, late: bool) {
        if is_package(path) && (late || !is_package(from)) && !self.entries.contains_key(path) {
            self.entries.insert(path.to_owned(), kind);
        }
    }

    /// A module was read.
    pub fn loaded(&mut self, path: String) {
        if is_package(&path) {
            self.files.insert(path);
        }
    }

    /// Adds what another environment loaded.
    pub fn extend(&mut self, other: &Packages) {
        for (path, kind) in &other.entries {
            self.entries.entry(path.clone()).or_insert(*kind);
        }
        self.files.extend(other.files.iter().cloned());
    }
}

/// Whether a file of the guest belongs to an installed package rather than to the function.
fn is_package(path: &str) -> bool {
    path.contains("/node_modules/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_what_the_functions_own_code_asks_for() {
        let mut packages = Packages::default();
        packages.resolved(
            "/var/task/node_modules/a/index.js",
            "/var/task/index.js",
            Kind::Import,
            false,
        );
        packages.resolved(
            "/var/task/node_modules/a/index.js",
            "/var/task/b.js",
            Kind::Require,
            false,
        );
        packages.resolved(
            "/var/task/node_modules/b/index.js",
            "/var/task/node_modules/a/index.js",
            Kind::Require,
            false,
        );
        packages.resolved("/var/task/b.js", "/var/task/index.js", Kind::Import, false);
        packages.loaded("/var/task/b.js".into());
        packages.loaded("/var/task/node_modules/b/index.js".into());
        let entries: Vec<_> = packages.entries.iter().collect();
        assert_eq!(
            entries,
            [(
                &"/var/task/node_modules/a/index.js".to_owned(),
                &Kind::Import
            )]
        );
        assert_eq!(packages.files.len(), 1);
    }
}
