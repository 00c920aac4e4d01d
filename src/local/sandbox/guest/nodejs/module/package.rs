//! `package.json` files: read once, found from below.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::local::sandbox::mount::{Code, Mounts};

/// What module resolution wants to know from a `package.json`.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The file itself.
    pub(super) path: PathBuf,
    pub(super) name: Option<String>,
    pub(super) main: Option<String>,
    pub(super) kind: Option<PackageKind>,
    /// `exports`, unless absent or null.
    pub(super) exports: Option<Value>,
    pub(super) imports: Option<Map<String, Value>>,
}

/// The field `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackageKind {
    Module,
    CommonJs,
}

impl Package {
    /// The folder that the package is.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    fn parse(path: &Path, data: &[u8]) -> Option<Self> {
        let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
        let Value::Object(mut fields) = serde_json::from_slice(text).ok()? else {
            return None;
        };
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (name, main, kind) = (text("name"), text("main"), text("type"));
        Some(Self {
            path: path.to_owned(),
            name,
            main,
            kind: match kind.as_deref() {
                Some("module") => Some(PackageKind::Module),
                Some("commonjs") => Some(PackageKind::CommonJs),
                _ => None,
            },
            exports: fields
                .remove("exports")
                .filter(|exports| !exports.is_null()),
            imports: match fields.remove("imports") {
                Some(Value::Object(imports)) => Some(imports),
                _ => None,
            },
        })
    }
}

/// A `package.json` that cannot be read as an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidPackage(pub(super) PathBuf);

type Read = Result<Option<Arc<Package>>, InvalidPackage>;

/// The `package.json` files of one environment.
#[derive(Debug, Default)]
pub(super) struct Packages {
    known: Mutex<HashMap<PathBuf, Option<Arc<Package>>>>,
}

impl Packages {
    /// The package that `folder` is, if it has a `package.json`.
    pub(super) fn read(&self, mounts: &Mounts, folder: &Path) -> Read {
        let path = folder.join("package.json");
        // What lies under `/tmp` may change while the program runs.
        let lasting = !folder.starts_with("/tmp");
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if lasting && let Some(package) = known().get(&path) {
            return Ok(package.clone());
        }
        let package = match mounts.read(&path) {
            Ok(data) => match Package::parse(&path, &data) {
                Some(package) => Some(Arc::new(package)),
                None => return Err(InvalidPackage(path)),
            },
            Err(Code::NotFound | Code::NotDirectory | Code::IsDirectory) => None,
            Err(_) => return Err(InvalidPackage(path)),
        };
        if lasting {
            known().insert(path, package.clone());
        }
        Ok(package)
    }

    /// The package that `file` belongs to: the nearest `package.json` above it, within its own
    /// `node_modules` folder.
    pub(super) fn scope(&self, mounts: &Mounts, file: &Path) -> Read {
        for folder in file.ancestors().skip(1) {
            if folder
                .file_name()
                .is_some_and(|name| name == "node_modules")
            {
                return Ok(None);
            }
            if let Some(package) = self.read(mounts, folder)? {
                return Ok(Some(package));
            }
        }
        Ok(None)
    }
}
