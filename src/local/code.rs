//! A function's code on this machine: a folder as it is, or one made from a zip file or inline code.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::diag::{Diagnostic, Span};
use crate::graph::Package;

/// A folder with code in it.
#[derive(Debug)]
pub enum CodeFolder {
    /// The user's own folder.
    Own(PathBuf),
    /// Made for this run; gone with it.
    Made(TempDir),
}

impl CodeFolder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            CodeFolder::Own(path) => path,
            CodeFolder::Made(folder) => folder.path(),
        }
    }

    /// Where it is, if it is the user's own.
    pub fn own(&self) -> Option<&Path> {
        match self {
            CodeFolder::Own(path) => Some(path),
            CodeFolder::Made(_) => None,
        }
    }
}

/// What a zip file may unpack to, in bytes. Source: Lambda quotas, "Deployment package size", 250 MB.
const MAX_UNPACKED: u64 = 250 << 20;

/// The folder that `package` stands for; `base` is the template's folder, `inline_name` what inline code is
/// called.
///
/// # Errors
/// When it is not on this machine, or cannot be read. The diagnostic marks where the template says it.
pub fn folder(
    package: &Package,
    base: &Path,
    inline_name: &str,
) -> Result<CodeFolder, Box<Diagnostic>> {
    match package {
        Package::Local { path, span } => local(&base.join(path), *span),
        Package::Inline { code, span } => {
            let write = || -> io::Result<TempDir> {
                let folder = scratch()?;
                fs::write(folder.path().join(inline_name), code)?;
                Ok(folder)
            };
            write().map(CodeFolder::Made).map_err(|error| {
                fault(*span, format!("cannot write the inline code to a temporary folder: {error}"))
            })
        }
        Package::S3(location) => Err(Box::new(
            Diagnostic::error("local/code-in-s3", "the code is in S3, not on this machine")
                .at(location.span)
                .help("point `CodeUri` to a local folder to run it here"),
        )),
        Package::Image { span, .. } => Err(Box::new(
            Diagnostic::error("local/container-image", "container images do not run in the sandbox")
                .at(*span)
                .help("use `PackageType: Zip` with a `nodejs*` runtime, or `provided.*` with a .wasm file"),
        )),
        Package::Unknown { reason, span } => {
            Err(fault(*span, format!("where the code lies is not known: {reason}")))
        }
    }
}

fn local(path: &Path, span: Span) -> Result<CodeFolder, Box<Diagnostic>> {
    let metadata = fs::metadata(path).map_err(|error| {
        let mut diagnostic = Diagnostic::error(
            "local/missing-code",
            format!("cannot read the code at {}: {}", path.display(), plain(&error)),
        )
        .at(span);
        if error.kind() == io::ErrorKind::NotFound {
            diagnostic = diagnostic.help(
                "the path is relative to the template's folder; if a build makes it, run the build first",
            );
        }
        Box::new(diagnostic)
    })?;
    if metadata.is_dir() {
        let own = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        return Ok(CodeFolder::Own(own));
    }
    let made = if path.extension().is_some_and(|ending| ending == "zip") {
        unzip(path)
    } else {
        copy_alone(path)
    };
    made.map(CodeFolder::Made).map_err(|error| {
        fault(
            span,
            format!("cannot read {}: {}", path.display(), plain(&error)),
        )
    })
}

/// A system error without the number that Rust puts behind it.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

fn fault(span: Span, summary: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("local/unreadable-code", summary).at(span))
}

fn scratch() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("hoist-code-").tempdir()
}

fn copy_alone(path: &Path) -> io::Result<TempDir> {
    let folder = scratch()?;
    if let Some(name) = path.file_name() {
        fs::copy(path, folder.path().join(name))?;
    }
    Ok(folder)
}

/// Unpacks a zip file; entries that would lie outside the folder are refused.
fn unzip(path: &Path) -> io::Result<TempDir> {
    let mut archive = zip::ZipArchive::new(File::open(path)?)?;
    let unpacked = archive.decompressed_size().unwrap_or(u128::MAX);
    if unpacked > u128::from(MAX_UNPACKED) {
        return Err(io::Error::other(
            "it unpacks to more than 250 MB, which Lambda does not take",
        ));
    }
    let folder = scratch()?;
    archive.extract(folder.path())?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;
    use std::io::Write;

    fn span() -> Span {
        Span::new(Sources::new().add("template.yaml", "x"), 0, 1)
    }

    #[test]
    fn a_zip_file_is_unpacked() {
        let base = tempfile::tempdir().unwrap();
        let mut zip = zip::ZipWriter::new(File::create(base.path().join("code.zip")).unwrap());
        zip.start_file("lib/a.js", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"exports.a = 1").unwrap();
        zip.finish().unwrap();
        let package = Package::Local {
            path: "code.zip".into(),
            span: span(),
        };
        let folder = folder(&package, base.path(), "index.js").unwrap();
        let text = fs::read_to_string(folder.path().join("lib/a.js")).unwrap();
        assert_eq!(text, "exports.a = 1");
    }

    #[test]
    fn a_damaged_zip_file_is_said() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("code.zip"), "not a zip").unwrap();
        let package = Package::Local {
            path: "code.zip".into(),
            span: span(),
        };
        let error = folder(&package, base.path(), "index.js").unwrap_err();
        assert_eq!(error.code, "local/unreadable-code");
    }

    #[test]
    fn a_missing_folder_is_said_with_a_next_step() {
        let package = Package::Local {
            path: "nowhere".into(),
            span: span(),
        };
        let error = folder(&package, Path::new("/nonexistent"), "index.js").unwrap_err();
        assert_eq!(error.code, "local/missing-code");
        assert_eq!(error.help.len(), 1);
    }
}
