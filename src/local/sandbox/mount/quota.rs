//! How much of `/tmp` is in use.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

use super::walk::in_dir;

/// What the files under `/tmp` add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Lengths of all files.
    pub(super) bytes: u64,
    /// Files, folders and links.
    pub(super) entries: u64,
}

impl Usage {
    /// Counts everything in `dir`.
    pub(super) fn of(dir: &Dir) -> io::Result<Self> {
        Ok(Tree::read(dir, Path::new(""))?.usage)
    }
}

/// Everything under a folder, read without recursion: how deep it goes is up to the guest.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) usage: Usage,
    /// All but folders.
    pub(super) files: Vec<PathBuf>,
    /// Folders, each before what it holds; the one that was asked for is not among them.
    pub(super) folders: Vec<PathBuf>,
    /// Names on the longest way down.
    pub(super) depth: usize,
    /// Bytes of the longest path from the folder down.
    pub(super) length: usize,
}

impl Tree {
    /// Reads what is under `path` in `dir`; links are not followed.
    pub(super) fn read(dir: &Dir, path: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        let base = (path.components().count(), path.as_os_str().len());
        let mut pending = vec![path.to_owned()];
        while let Some(folder) = pending.pop() {
            for entry in dir.read_dir(in_dir(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                tree.usage.entries += 1;
                tree.depth = tree
                    .depth
                    .max(path.components().count().saturating_sub(base.0));
                tree.length = tree
                    .length
                    .max(path.as_os_str().len().saturating_sub(base.1));
                let metadata = entry.metadata()?;
                if metadata.is_dir() {
                    pending.push(path.clone());
                    tree.folders.push(path);
                } else {
                    if metadata.is_file() {
                        tree.usage.bytes += metadata.len();
                    }
                    tree.files.push(path);
                }
            }
        }
        Ok(tree)
    }
}
