//! The corpus of real templates, events and answers beside the project; its README says what is in it.

use std::path::{Path, PathBuf};

/// A part of the corpus: beside the project, or where `HOIST_CORPUS` says. None, and said aloud, when it is not there.
pub fn corpus(part: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("HOIST_CORPUS") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
    };
    let folder = root.join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not here", folder.display());
    None
}

/// Every template below a folder, in order.
pub fn templates(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(ending, Some("yaml" | "yml" | "json" | "template")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
