//! Finding a project's template and reading it.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;
use crate::template::limit::MAX_BYTES;

/// What a template is called when nobody says, in the order of preference. The same names as SAM's.
pub const TEMPLATE_NAMES: [&str; 3] = ["template.yaml", "template.yml", "template.json"];

/// The template that `path` means: the file itself, or the one in the folder.
///
/// # Errors
/// A diagnostic without a place: nothing was read yet.
pub fn locate(path: &Path) -> Result<PathBuf, Box<Diagnostic>> {
    let folder = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    if !folder.is_dir() {
        return Ok(path.to_path_buf());
    }
    let found: Vec<PathBuf> = TEMPLATE_NAMES
        .iter()
        .map(|name| folder.join(name))
        .filter(|candidate| candidate.is_file())
        .collect();
    match found.first() {
        Some(first) => Ok(first.strip_prefix("./").unwrap_or(first).to_path_buf()),
        None => Err(Box::new(
            Diagnostic::error(
                "project/no-template",
                if folder == Path::new(".") {
                    "there is no template in this folder".to_owned()
                } else {
                    format!("there is no template in {}", folder.display())
                },
            )
            .help(format!("Looked for {}.", TEMPLATE_NAMES.join(", ")))
            .help("Name another with `-t FILE`."),
        )),
    }
}

/// The text of a file, which messages call `shown`.
///
/// # Errors
/// A diagnostic without a place: the file is missing, a folder, not to be read, too large, or not UTF-8.
pub(super) fn read(path: &Path, shown: impl Display) -> Result<String, Box<Diagnostic>> {
    let fail = |summary: String| Diagnostic::error("project/unreadable", summary);
    if path.is_dir() {
        return Err(Box::new(fail(format!("{shown} is a folder, not a file"))));
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells "too large" without reading what has no end.
    let result =
        File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    if let Err(error) = result {
        let diagnostic = fail(match error.kind() {
            std::io::ErrorKind::NotFound => format!("{shown} does not exist"),
            std::io::ErrorKind::PermissionDenied => format!("{shown} may not be read"),
            _ => format!("{shown} cannot be read: {error}"),
        });
        return Err(Box::new(
            diagnostic.help("Check the path, or name another file with `-t FILE`."),
        ));
    }
    if bytes.len() > MAX_BYTES {
        let limit = MAX_BYTES / 1024 / 1024;
        return Err(Box::new(
            fail(format!("{shown} is larger than {limit} MB"))
                .help("CloudFormation takes templates of 1 MB at most; is this a template?"),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        Box::new(
            fail(format!("{shown} is not UTF-8 text (line {line})"))
                .help("Save it as UTF-8 in your editor."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_is_the_current_folder() {
        // Tests run in the package's own folder, which has no template.
        let fault = locate(Path::new("")).expect_err("no template here");
        assert_eq!(fault.summary, "there is no template in this folder");
    }
}
