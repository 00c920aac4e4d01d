//! `require`: LOAD_AS_FILE, LOAD_AS_DIRECTORY and LOAD_NODE_MODULES of Node's documentation.

use super::error::ModuleError;
use super::format::is_typescript;
use super::request::{Found, Request, is_relative, package_name};
use super::url;
use crate::local::sandbox::mount::Entry;

impl Request<'_> {
    /// What `require(specifier)` finds.
    pub(super) fn require(&self) -> Found {
        let specifier = self.specifier;
        if specifier.contains('\0') || specifier.is_empty() {
            return Err(self.not_found());
        }
        if specifier.starts_with('/') || is_relative(specifier) {
            let path = url::join(self.folder(), specifier);
            return self.as_path(&path)?.ok_or_else(|| self.not_found());
        }
        if specifier.starts_with('#')
            && let Some(package) = self.scope()?
            && package.imports.is_some()
        {
            return self.internal(&package);
        }
        if let Some(found) = self.own_package()? {
            return Ok(found);
        }
        for folder in self.folders() {
            if let Some(found) = self.in_folder(&folder)? {
                return Ok(found);
            }
        }
        Err(self.not_found())
    }

    /// One folder of packages: by the package's `exports`, else by path.
    fn in_folder(&self, folder: &str) -> Result<Option<String>, ModuleError> {
        if !self.files.is_directory(folder) {
            return Ok(None);
        }
        if let Some((name, subpath)) = package_name(self.specifier)
            && let Some(package) = self.package(&format!("{folder}/{name}"))?
            && let Some(exports) = &package.exports
        {
            let target = self.query(&package, None).exported(exports, &subpath)?;
            return self.target(&package, target).map(Some);
        }
        self.as_path(&url::join(folder, self.specifier))
    }

    /// A file, a file with an extension, or a folder: LOAD_AS_FILE and LOAD_AS_DIRECTORY.
    fn as_path(&self, path: &str) -> Result<Option<String>, ModuleError> {
        let files = self.files;
        let plain = path.trim_end_matches('/');
        let entry = files.entry(if plain.is_empty() { "/" } else { plain });
        if plain == path && entry == Some(Entry::File) {
            return Ok(Some(files.real(path)));
        }
        if is_typescript(self.from)
            && let Some(found) = files.written(path)
        {
            return Ok(Some(files.real(&found)));
        }
        if plain == path
            && let Some(found) = files.with_extension(path)
        {
            return Ok(Some(files.real(&found)));
        }
        if entry == Some(Entry::Directory) {
            return self.as_folder(plain);
        }
        Ok(None)
    }

    fn as_folder(&self, folder: &str) -> Result<Option<String>, ModuleError> {
        let files = self.files;
        let index = || files.with_extension(&format!("{folder}/index"));
        let package = self.package(folder)?;
        let Some(main) = package
            .and_then(|package| package.main.clone())
            .filter(|main| !main.is_empty())
        else {
            return Ok(index().map(|path| files.real(&path)));
        };
        let path = url::join(folder, &main);
        let path = path.trim_end_matches('/');
        let found = Some(path.to_owned())
            .filter(|path| files.is_file(path))
            .or_else(|| files.with_extension(path))
            .or_else(|| files.with_extension(&format!("{path}/index")))
            .or_else(index);
        match found {
            Some(found) => Ok(Some(files.real(&found))),
            None => Err(ModuleError::new(
                "MODULE_NOT_FOUND",
                format!(
                    "Cannot find module '{path}'. Please verify that the package.json has a valid \
                     \"main\" entry"
                ),
            )),
        }
    }
}
