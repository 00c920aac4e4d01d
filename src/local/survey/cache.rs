//! The cache folder.

use std::fs;
use std::path::Path;

/// What a part of the cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Entries, not counting what they consist of.
    pub entries: usize,
    /// Bytes on disk, links counted once each.
    pub bytes: u64,
}

/// Compiled guests and functions, and snapshots of packages, in the cache folder `cache`. A folder that is not there
/// holds nothing.
pub fn kept(cache: &Path) -> (Kept, Kept) {
    (
        folder(&cache.join("compiled"), "cwasm"),
        folder(&cache.join("snapshot"), "json"),
    )
}

/// The files of a folder; those with the ending are its entries.
fn folder(path: &Path, ending: &str) -> Kept {
    let mut kept = Kept::default();
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        kept.bytes += metadata.len();
        let is_entry = entry
            .path()
            .extension()
            .is_some_and(|found| found == ending);
        kept.entries += usize::from(is_entry);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_that_is_not_there_holds_nothing() {
        let none = kept(Path::new("/nonexistent/cache"));
        assert_eq!(none, (Kept::default(), Kept::default()));
    }

    #[test]
    fn entries_are_counted_without_what_lies_beside_them() {
        let cache = tempfile::tempdir().unwrap();
        let compiled = cache.path().join("compiled");
        fs::create_dir(&compiled).unwrap();
        fs::write(compiled.join("a.cwasm"), [0; 10]).unwrap();
        fs::write(compiled.join("a.sum"), [0; 3]).unwrap();
        let (compiled, _) = kept(cache.path());
        assert_eq!(
            compiled,
            Kept {
                entries: 1,
                bytes: 13
            }
        );
    }
}
