//! Folders with files for a test.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::super::error::ModuleError;
use super::super::load::Loaded;
use super::super::{Kind, Resolver, Rules};
use crate::local::sandbox::PackageFolder;
use crate::local::sandbox::mount::Mounts;

/// An environment's folders.
pub(super) struct Layout {
    pub(super) task: TempDir,
    pub(super) layer: TempDir,
    pub(super) tmp: TempDir,
    /// What the runtime brings: folders below `/var/runtime`, in order.
    pub(super) runtime: Vec<(TempDir, &'static str)>,
}

impl Layout {
    /// `/var/task` with `files`: path and text.
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        let layout = Self {
            task: folder(),
            layer: folder(),
            tmp: folder(),
            runtime: Vec::new(),
        };
        write(layout.task.path(), files);
        layout
    }

    /// The same with files in `/opt`.
    pub(super) fn with_layer(self, files: &[(&str, &str)]) -> Self {
        write(self.layer.path(), files);
        self
    }

    /// The same with one more folder of the runtime's packages, seen at `/var/runtime/<at>`.
    pub(super) fn with_runtime(mut self, at: &'static str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), files);
        self.runtime.push((folder, at));
        self
    }

    pub(super) fn resolver(&self, rules: Rules) -> Resolver {
        let layers = [self.layer.path().to_owned()];
        let runtime: Vec<PackageFolder> = self
            .runtime
            .iter()
            .map(|(folder, at)| PackageFolder {
                folder: folder.path().to_owned(),
                at: at.into(),
            })
            .collect();
        let mounts = Mounts::new(self.task.path(), &layers, self.tmp.path(), 1 << 20)
            .and_then(|mounts| mounts.with_runtime(&runtime));
        Resolver::with_rules(Arc::new(mounts.expect("mounts")), rules)
    }

    /// What `require(specifier)` in `/var/task/index.js` finds.
    pub(super) fn require(&self, specifier: &str) -> Result<String, String> {
        self.resolve(specifier, "/var/task/index.js", Kind::Require)
    }

    /// What `import(specifier)` in `/var/task/index.mjs` finds.
    pub(super) fn import(&self, specifier: &str) -> Result<String, String> {
        self.resolve(specifier, "/var/task/index.mjs", Kind::Import)
    }

    pub(super) fn resolve(
        &self,
        specifier: &str,
        from: &str,
        kind: Kind,
    ) -> Result<String, String> {
        self.resolver(Rules::default())
            .resolve(specifier, from, kind)
            .map_err(|error| match error {
                ModuleError::Coded { code, message } => format!("{code}: {message}"),
                error @ ModuleError::Syntax { .. } => error.to_string(),
            })
    }

    pub(super) fn load(&self, path: &str, kind: Kind) -> Result<Loaded, ModuleError> {
        self.resolver(Rules::default()).load(path, kind)
    }
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
}
