//! Reading the files that flags name.

use std::path::Path;

use crate::diag::{Diagnostic, Diagnostics};

/// More than any settings file needs; a larger one is a mistake, such as the wrong file.
const MOST_BYTES: u64 = 1024 * 1024;

/// The text of a file that Hoist looks for itself. Only a regular file is read: a pipe of that name could keep Hoist
/// waiting for ever. `asked` says on whose behalf.
pub(super) fn read_regular(
    path: &Path,
    asked: &str,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_dir() && !metadata.is_file() => {
            let summary = format!(
                "cannot read {} ({asked}): it is not a regular file",
                path.display()
            );
            diagnostics.push(Diagnostic::error("config/unreadable-file", summary));
            None
        }
        _ => read(path, asked, diagnostics),
    }
}

/// The text of a file, without the mark some editors put at the start. `flag` is who asked for it.
pub(super) fn read(path: &Path, flag: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let fault = match std::fs::metadata(path) {
        Err(error) => error.to_string(),
        Ok(metadata) if metadata.is_dir() => "it is a folder".to_owned(),
        Ok(metadata) if metadata.len() > MOST_BYTES => "it is larger than 1 MiB".to_owned(),
        Ok(_) => match std::fs::read(path).map(String::from_utf8) {
            Err(error) => error.to_string(),
            Ok(Err(_)) => "it is not UTF-8 text".to_owned(),
            Ok(Ok(text)) => {
                let text = text
                    .strip_prefix('\u{feff}')
                    .map(str::to_owned)
                    .unwrap_or(text);
                return Some(text);
            }
        },
    };
    let summary = format!("cannot read {} ({flag}): {fault}", path.display());
    diagnostics.push(Diagnostic::error("config/unreadable-file", summary));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_with_the_flag() {
        let folder = tempfile::tempdir().unwrap();
        let latin = folder.path().join("latin.env");
        std::fs::write(&latin, b"A=\xe9").unwrap();
        for (path, reason) in [
            (folder.path().join("none"), "(--env-file)"),
            (folder.path().to_owned(), "it is a folder"),
            (latin, "it is not UTF-8 text"),
        ] {
            let mut diagnostics = Diagnostics::new();
            assert_eq!(read(&path, "--env-file", &mut diagnostics), None);
            let summary = &diagnostics.iter().next().unwrap().summary;
            assert!(summary.contains(reason), "{summary}");
        }
    }
}
