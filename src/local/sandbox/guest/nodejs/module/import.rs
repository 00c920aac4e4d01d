//! `import`: ESM_RESOLVE and PACKAGE_RESOLVE of Node's documentation.

use super::error::ModuleError;
use super::format::is_typescript;
use super::package::Package;
use super::request::{Found, Request, is_relative, package_name};
use super::target::scheme;
use super::url;
use crate::local::sandbox::mount::Entry;

impl Request<'_> {
    /// What `import(specifier)` finds.
    pub(super) fn import(&self) -> Found {
        let specifier = self.specifier;
        if specifier.contains('\0') {
            return Err(self.not_found());
        }
        if specifier.starts_with('/') || is_relative(specifier) {
            let path = url::join(self.folder(), url::path_of(specifier));
            return self.written(&path);
        }
        if specifier.starts_with('#') {
            return match self.scope()? {
                Some(package) => self.internal(&package),
                None => self.internal(&Package::default()),
            };
        }
        match scheme(specifier) {
            Some("file") => self.finish(&self.file_url()?),
            Some(scheme) => Err(self.unknown_scheme(scheme)),
            None => self.bare(),
        }
    }

    fn file_url(&self) -> Found {
        let rest = self.specifier.get("file:".len()..).unwrap_or_default();
        let path = match rest.strip_prefix("//") {
            Some(rest) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                if !host.is_empty() && host != "localhost" {
                    return Err(ModuleError::new(
                        "ERR_INVALID_FILE_URL_HOST",
                        "File URL host must be \"localhost\" or empty on linux",
                    ));
                }
                path
            }
            None => rest,
        };
        Ok(url::join("/", url::path_of(path)))
    }

    /// A package by its name: PACKAGE_RESOLVE.
    pub(super) fn bare(&self) -> Found {
        let Some((name, subpath)) = package_name(self.specifier) else {
            return Err(self.invalid_specifier("is not a valid package name"));
        };
        if let Some(found) = self.own_package()? {
            return Ok(found);
        }
        let files = self.files;
        for folder in self.folders() {
            let folder = format!("{folder}/{name}");
            if !files.is_directory(&folder) {
                continue;
            }
            let package = self.package(&folder)?;
            if let Some(package) = &package
                && let Some(exports) = &package.exports
            {
                let target = self
                    .query(package, Some(self.from))
                    .exported(exports, &subpath)?;
                return self.target(package, target);
            }
            if subpath == "." {
                return self.main(&folder, package.as_deref());
            }
            return self.written(&url::join(&folder, &subpath));
        }
        let from = self.from;
        Err(ModuleError::new(
            "ERR_MODULE_NOT_FOUND",
            format!("Cannot find package '{name}' imported from {from}"),
        ))
    }

    /// The main file of a package without `exports`: the one case in which `import` tries names.
    fn main(&self, folder: &str, package: Option<&Package>) -> Found {
        let files = self.files;
        let main = package.and_then(|package| package.main.as_deref());
        let named = main.map(|main| url::join(folder, main));
        let found = named
            .as_ref()
            .and_then(|path| {
                Some(path.clone())
                    .filter(|path| files.is_file(path))
                    .or_else(|| files.with_extension(path))
                    .or_else(|| {
                        files.with_extension(&format!("{}/index", path.trim_end_matches('/')))
                    })
            })
            .or_else(|| files.with_extension(&format!("{folder}/index")));
        match found {
            Some(found) => Ok(files.real(&found)),
            None => {
                let path = named.unwrap_or_else(|| format!("{folder}/index.js"));
                let from = self.from;
                Err(ModuleError::new(
                    "ERR_MODULE_NOT_FOUND",
                    format!("Cannot find package '{path}' imported from {from}"),
                ))
            }
        }
    }

    /// `path`, percent-encoded: a file, or what a TypeScript module means by it.
    fn written(&self, path: &str) -> Found {
        let plain = url::decode(path);
        if is_typescript(self.from)
            && !self.files.is_file(&plain)
            && let Some(found) = self.files.written(&plain)
        {
            return Ok(self.files.real(&found));
        }
        self.finish(path)
    }

    /// The end of every ES resolution: `path`, percent-encoded, must be a file.
    pub(super) fn finish(&self, path: &str) -> Found {
        let from = self.from;
        if url::has_encoded_separator(path) {
            return Err(ModuleError::new(
                "ERR_INVALID_MODULE_SPECIFIER",
                format!(
                    "Invalid module \"{path}\" must not include encoded \"/\" or \"\\\" characters \
                     imported from {from}"
                ),
            ));
        }
        let path = url::decode(path);
        match self.files.entry(&path) {
            _ if path.ends_with('/') => Err(self.folder_import(&path)),
            Some(Entry::Directory) => Err(self.folder_import(&path)),
            Some(Entry::File) => Ok(self.files.real(&path)),
            _ => Err(ModuleError::new(
                "ERR_MODULE_NOT_FOUND",
                format!("Cannot find module '{path}' imported from {from}"),
            )),
        }
    }
}
