//! What `require` and `import` have in common: packages, their maps, and the words of errors.

use std::path::Path;
use std::sync::Arc;

use super::error::ModuleError;
use super::package::{InvalidPackage, Package};
use super::resolve::{Kind, Resolver};
use super::target::{Query, Target};
use super::url;
use crate::local::provided::Sdk;
use crate::local::sandbox::mount::RUNTIME;

/// One specifier in one module.
pub(super) struct Request<'r> {
    pub(super) files: &'r Resolver,
    pub(super) specifier: &'r str,
    pub(super) from: &'r str,
    pub(super) kind: Kind,
}

pub(super) type Found = Result<String, ModuleError>;

impl Request<'_> {
    /// The folder of the module that asks.
    pub(super) fn folder(&self) -> &str {
        match self.from.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((folder, _)) => folder,
            None => "/var/task",
        }
    }

    /// The folders of packages that the specifier may be found in, nearest first: those of the module that
    /// asks, then `NODE_PATH`.
    ///
    /// Lambda's Node looks into `NODE_PATH` for ES modules as well, or layers would be lost to them:
    /// <https://aws.amazon.com/blogs/compute/node-js-18-x-runtime-now-available-in-aws-lambda/>. What the
    /// runtime brings is found there by its own names only: the folders it is taken from hold more here than
    /// in Lambda.
    pub(super) fn folders(&self) -> impl Iterator<Item = String> {
        let files = self.files;
        let brought = package_name(self.specifier)
            .is_some_and(|(name, _)| Sdk::of(name) == Some(Sdk::of_node(files.rules.major)));
        let node_path = files.rules.node_path.iter().flat_map(move |folder| {
            let of_runtime = folder.strip_prefix(RUNTIME);
            let runtime = match of_runtime {
                Some("/node_modules") if brought => Some(files.mounts.runtime_folders()),
                _ => None,
            };
            let own = of_runtime.is_none().then(|| folder.clone());
            own.into_iter()
                .chain(runtime.into_iter().flatten().map(str::to_owned))
        });
        node_modules(self.folder()).chain(node_path)
    }

    /// `#name`: the package's own `imports`.
    pub(super) fn internal(&self, package: &Package) -> Found {
        let specifier = self.specifier;
        if specifier == "#" || specifier.starts_with("#/") || specifier.ends_with('/') {
            return Err(self.invalid_specifier("is not a valid internal imports specifier name"));
        }
        let query = Query {
            internal: true,
            ..self.query(package, Some(self.from))
        };
        let target = match &package.imports {
            Some(imports) => query.imported(imports, specifier)?,
            None => None,
        };
        match target {
            Some(Target::Package(name)) if super::rules::is_builtin(&name) => Ok(name),
            Some(Target::Package(name)) => {
                let base = package.path.display().to_string();
                Request {
                    specifier: &name,
                    from: &base,
                    ..*self
                }
                .bare()
                .map_err(|error| {
                    let missing = matches!(
                        error,
                        ModuleError::Coded {
                            code: "ERR_MODULE_NOT_FOUND",
                            ..
                        }
                    );
                    if missing && self.kind == Kind::Require {
                        self.not_found()
                    } else {
                        error
                    }
                })
            }
            Some(target) => self.target(package, target),
            None => {
                let from = self.from;
                let path = match package.path.as_os_str().is_empty() {
                    true => String::new(),
                    false => format!(" in package {}", package.path.display()),
                };
                Err(ModuleError::new(
                    "ERR_PACKAGE_IMPORT_NOT_DEFINED",
                    format!(
                        "Package import specifier \"{specifier}\" is not defined{path} imported from \
                         {from}"
                    ),
                ))
            }
        }
    }

    /// A package that imports itself by name: only through its `exports`.
    pub(super) fn own_package(&self) -> Result<Option<String>, ModuleError> {
        let Some((name, subpath)) = package_name(self.specifier) else {
            return Ok(None);
        };
        let Some(package) = self.scope()? else {
            return Ok(None);
        };
        let Some(exports) = &package.exports else {
            return Ok(None);
        };
        if package.name.as_deref() != Some(name) {
            return Ok(None);
        }
        let target = self
            .query(&package, Some(self.from))
            .exported(exports, &subpath)?;
        self.target(&package, target).map(Some)
    }

    /// A target of a map must be a file, exactly.
    pub(super) fn target(&self, package: &Package, target: Target) -> Found {
        let (Target::File(path) | Target::Package(path)) = target;
        let path = url::join(&package.folder().to_string_lossy(), url::path_of(&path));
        if self.kind == Kind::Import {
            return self.finish(&path);
        }
        if url::has_encoded_separator(&path) {
            return Err(ModuleError::new(
                "ERR_INVALID_MODULE_SPECIFIER",
                format!(
                    "Invalid module \"file://{path}\" must not include encoded \"/\" or \"\\\" \
                     characters"
                ),
            ));
        }
        let path = url::decode(&path);
        if self.files.is_file(&path) && !path.ends_with('/') {
            return Ok(self.files.real(&path));
        }
        Err(ModuleError::new(
            "MODULE_NOT_FOUND",
            format!("Cannot find module '{path}'"),
        ))
    }

    pub(super) fn query<'q>(&'q self, package: &'q Package, base: Option<&'q str>) -> Query<'q> {
        let conditions = self.files.rules.conditions(self.kind);
        Query {
            package,
            conditions,
            base,
            internal: false,
        }
    }

    pub(super) fn scope(&self) -> Result<Option<Arc<Package>>, ModuleError> {
        let files = self.files;
        files
            .packages
            .scope(&files.mounts, Path::new(self.from))
            .map_err(|error| self.invalid_package(&error))
    }

    pub(super) fn package(&self, folder: &str) -> Result<Option<Arc<Package>>, ModuleError> {
        let files = self.files;
        files
            .packages
            .read(&files.mounts, Path::new(folder))
            .map_err(|error| self.invalid_package(&error))
    }

    pub(super) fn invalid_package(&self, InvalidPackage(path): &InvalidPackage) -> ModuleError {
        let path = path.display();
        let (specifier, from) = (self.specifier, self.from);
        let message = match self.kind {
            Kind::Require => format!("Invalid package config {path}."),
            Kind::Import => {
                format!(
                    "Invalid package config {path} while importing \"{specifier}\" from {from}."
                )
            }
        };
        ModuleError::new("ERR_INVALID_PACKAGE_CONFIG", message)
    }

    pub(super) fn not_found(&self) -> ModuleError {
        let (specifier, from) = (self.specifier, self.from);
        match self.kind {
            Kind::Require => ModuleError::new(
                "MODULE_NOT_FOUND",
                format!("Cannot find module '{specifier}'"),
            ),
            Kind::Import => ModuleError::new(
                "ERR_MODULE_NOT_FOUND",
                format!("Cannot find module '{specifier}' imported from {from}"),
            ),
        }
    }

    pub(super) fn folder_import(&self, path: &str) -> ModuleError {
        let from = self.from;
        ModuleError::new(
            "ERR_UNSUPPORTED_DIR_IMPORT",
            format!(
                "Directory import '{path}' is not supported resolving ES modules imported from {from}"
            ),
        )
    }

    pub(super) fn invalid_specifier(&self, why: &str) -> ModuleError {
        let (specifier, from) = (self.specifier, self.from);
        ModuleError::new(
            "ERR_INVALID_MODULE_SPECIFIER",
            format!("Invalid module \"{specifier}\" {why} imported from {from}"),
        )
    }

    pub(super) fn unknown_scheme(&self, scheme: &str) -> ModuleError {
        let message = match scheme {
            "data" => "data: URLs cannot be imported in Hoist's sandbox yet".to_owned(),
            "node" => format!("No such built-in module: {}", self.specifier),
            scheme => format!(
                "Only URLs with a scheme in: file, data, and node are supported by the default ESM \
                 loader. Received protocol '{scheme}:'"
            ),
        };
        let code = match scheme {
            "node" => "ERR_UNKNOWN_BUILTIN_MODULE",
            _ => "ERR_UNSUPPORTED_ESM_URL_SCHEME",
        };
        ModuleError::new(code, message)
    }
}

/// Whether `specifier` is a path from the module that asks.
pub(super) fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}

/// The folders `node_modules` from `folder` up.
pub(super) fn node_modules(folder: &str) -> impl Iterator<Item = String> {
    Path::new(folder)
        .ancestors()
        .filter(|folder| folder.file_name().is_none_or(|name| name != "node_modules"))
        .map(|folder| folder.join("node_modules").to_string_lossy().into_owned())
}

/// Parts a bare specifier into the package's name and the subpath (`.` or `./…`).
pub(super) fn package_name(specifier: &str) -> Option<(&str, String)> {
    let mut slashes = specifier.match_indices('/').map(|(index, _)| index);
    if specifier.starts_with('@') {
        // The scope's own slash, without which it is no name.
        slashes.next()?;
    }
    let end = slashes.next();
    let (name, rest) = specifier.split_at(end.unwrap_or(specifier.len()));
    if name.is_empty() || name.starts_with('.') || name.contains(['\\', '%']) {
        return None;
    }
    Some((name, format!(".{rest}")))
}
