//! The packages Lambda's Python runtimes bring along: boto3 and what it needs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::local::sandbox::function::PackageFolder;

/// Folders of Python packages, in the order they are looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packages(Vec<PackageFolder>);

impl Packages {
    /// The packages in `folders`.
    pub fn new(folders: &[PackageFolder]) -> Self {
        Packages(folders.to_vec())
    }

    /// The folders as the guest sees them.
    pub fn guest_folders(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|package| at(&package.at))
    }

    /// The folders on this machine, each with its place in the guest.
    pub fn mounts(&self) -> impl Iterator<Item = (&Path, String)> {
        self.0
            .iter()
            .map(|package| (package.folder.as_path(), at(&package.at)))
    }

    /// Whether boto3 is among them.
    pub fn have_sdk(&self) -> bool {
        self.file("boto3/__init__.py").is_some() && self.file("botocore/__init__.py").is_some()
    }

    /// What an image with these packages depends on: where they lie in the guest, what is installed there,
    /// and the SDK's own idea of its version.
    pub fn fingerprint(&self) -> String {
        let mut text = String::new();
        for (folder, at) in self.mounts() {
            text.push_str(&at);
            let mut names: Vec<String> = fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok())
                .filter(|name| name.ends_with(".dist-info"))
                .collect();
            names.sort();
            text.push_str(&names.join("\n"));
        }
        for file in ["boto3/__init__.py", "botocore/__init__.py"] {
            let source = self
                .file(file)
                .and_then(|path| fs::read_to_string(path).ok());
            text.push_str(&source.unwrap_or_default());
        }
        text
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        self.0
            .iter()
            .map(|package| package.folder.join(name))
            .find(|path| path.is_file())
    }
}

fn at(inside: &Path) -> String {
    match inside.as_os_str().is_empty() {
        true => "/var/runtime".to_owned(),
        false => format!("/var/runtime/{}", inside.display()),
    }
}
