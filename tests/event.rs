//! Sample events: against the events of AWS SAM's `local generate-event`, against shapes from typed libraries, and
//! `hoist event` from outside.

#[path = "event/command.rs"]
mod command;
#[path = "event/sam.rs"]
mod sam;
#[path = "event/shape.rs"]
mod shape;

use std::path::{Path, PathBuf};

/// A part of the corpus beside the project, or where `HOIST_CORPUS` says; none when it is not there.
fn corpus(part: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("HOIST_CORPUS") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
    };
    let folder = root.join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not here", folder.display());
    None
}
