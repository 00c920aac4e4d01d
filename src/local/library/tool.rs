//! npm, uv and pip as child processes, where they are installed: they know the user's registries, proxies and
//! credentials.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::error::LibraryError;
use super::package::Wanted;
use super::unpack;

/// The guest's Python: packages are chosen for it, not for the one that runs pip.
pub const PYTHON_VERSION: &str = "3.14";

/// Lines of a tool's standard error that are shown when it fails.
const LINES_SHOWN: usize = 12;

/// A program that installs packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tool {
    /// Of Node.
    Npm(PathBuf),
    /// Of Python.
    Uv(PathBuf),
    /// Of Python.
    Pip(PathBuf),
}

impl Tool {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Tool::Npm(_) => "npm",
            Tool::Uv(_) => "uv",
            Tool::Pip(_) => "pip",
        }
    }

    /// Installs packages and what they need into a new folder.
    ///
    /// # Errors
    /// When it cannot be started or fails, or installs native code.
    pub async fn install(&self, wanted: &[Wanted], folder: &Path) -> Result<(), LibraryError> {
        let mut command = match self {
            Tool::Npm(path) => {
                let manifest = folder.join("package.json");
                fs::write(&manifest, package_json(wanted).to_string())
                    .map_err(|source| LibraryError::write(&manifest, source))?;
                npm(path, folder)
            }
            Tool::Uv(path) => uv(path, wanted, &folder.join("site-packages")),
            Tool::Pip(path) => pip(path, wanted, &folder.join("site-packages")),
        };
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // An interrupted Hoist leaves no npm behind.
            .kill_on_drop(true);
        let unusable = |error: std::io::Error| LibraryError::NoTool {
            tool: self.name(),
            why: error.to_string(),
        };
        let child = command.spawn().map_err(unusable)?;
        let output = child.wait_with_output().await.map_err(unusable)?;
        if !output.status.success() {
            return Err(LibraryError::Tool {
                tool: self.name(),
                status: output.status.to_string(),
                said: last_lines(&output.stderr),
            });
        }
        match self {
            Tool::Npm(_) => Ok(()),
            Tool::Uv(_) | Tool::Pip(_) => tidy(&folder.join("site-packages")),
        }
    }
}

/// What npm installs from.
fn package_json(wanted: &[Wanted]) -> Value {
    let dependencies: Map<String, Value> = wanted
        .iter()
        .map(|wanted| {
            let version = wanted.version.as_deref().unwrap_or("latest");
            (wanted.name.clone(), version.into())
        })
        .collect();
    json!({ "name": "hoist-runtime", "private": true, "dependencies": dependencies })
}

fn npm(path: &Path, folder: &Path) -> Command {
    let mut command = Command::new(path);
    command.arg("install").arg("--prefix").arg(folder).args([
        // The code of strangers runs in the sandbox only.
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--omit=dev",
        "--no-update-notifier",
        "--loglevel=error",
    ]);
    command
}

fn uv(path: &Path, wanted: &[Wanted], target: &Path) -> Command {
    let mut command = Command::new(path);
    command
        .args([
            "pip",
            "install",
            "--quiet",
            "--no-progress",
            "--only-binary",
            ":all:",
        ])
        .args([
            "--python-version",
            PYTHON_VERSION,
            "--python-platform",
            "linux",
        ])
        .arg("--target")
        .arg(target)
        .args(wanted.iter().map(Wanted::to_string));
    command
}

fn pip(path: &Path, wanted: &[Wanted], target: &Path) -> Command {
    let mut command = Command::new(path);
    command
        .args(["install", "--quiet", "--no-input", "--no-compile"])
        .args(["--disable-pip-version-check", "--only-binary=:all:"])
        // Only wheels tagged `none-any`: pure Python.
        .args([
            "--platform",
            "any",
            "--implementation",
            "py",
            "--abi",
            "none",
        ])
        .args(["--python-version", PYTHON_VERSION])
        .arg("--target")
        .arg(target)
        .args(wanted.iter().map(Wanted::to_string));
    command
}

/// Removes what cannot be imported, and refuses native code.
fn tidy(packages: &Path) -> Result<(), LibraryError> {
    let _ = fs::remove_dir_all(packages.join("bin"));
    let mut pending = vec![packages.to_owned()];
    while let Some(folder) = pending.pop() {
        let fault = |source| LibraryError::write(&folder, source);
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let path = entry.path();
            if !entry.file_type().map_err(fault)?.is_dir() {
                if unpack::is_native(&path) {
                    let inside = path.strip_prefix(packages).unwrap_or(&path);
                    return Err(LibraryError::Native(inside.display().to_string()));
                }
            } else if entry.file_name() == OsStr::new("__pycache__") {
                let _ = fs::remove_dir_all(&path);
            } else {
                pending.push(path);
            }
        }
    }
    Ok(())
}

/// The end of what a tool wrote.
fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let from = lines.len().saturating_sub(LINES_SHOWN);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// The first program called one of `names` in the folders of `PATH`.
#[must_use]
pub fn find(path: &str, names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = split(path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .filter(|folder| folder.is_absolute())
            .flat_map(|folder| ENDINGS.map(|ending| folder.join(format!("{name}{ending}"))))
            .find(|program| is_program(program))
    })
}

#[cfg(windows)]
const ENDINGS: [&str; 2] = [".exe", ".cmd"];
#[cfg(not(windows))]
const ENDINGS: [&str; 1] = [""];

fn split(path: &str) -> impl Iterator<Item = PathBuf> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    path.split(separator).map(PathBuf::from)
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_complaint_is_shown() {
        let text: String = (0..100).map(|n| format!("line {n}\n\n")).collect();
        let shown = last_lines(text.as_bytes());
        assert!(
            shown.starts_with("line 88\n") && shown.ends_with("line 99"),
            "{shown}"
        );
        assert_eq!(last_lines(b""), "");
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_on_the_path_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [("npm", 0o755), ("pip3", 0o755), ("uv", 0o644)] {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::create_dir(folder.path().join("pip")).unwrap();
        let path = format!("relative:/nonexistent:{}", folder.path().display());
        assert_eq!(find(&path, &["npm"]), Some(folder.path().join("npm")));
        assert_eq!(
            find(&path, &["pip", "pip3"]),
            Some(folder.path().join("pip3"))
        );
        assert_eq!(find(&path, &["uv"]), None, "it is not executable");
        assert_eq!(find("", &["npm"]), None);
    }

    #[test]
    fn npm_is_given_ranges_and_tags_as_they_were_asked_for() {
        let wanted = ["@aws-sdk/a@^3", "@aws-sdk/b"].map(|text| text.parse().unwrap());
        assert_eq!(
            package_json(&wanted)["dependencies"],
            json!({"@aws-sdk/a": "^3", "@aws-sdk/b": "latest"})
        );
    }

    #[test]
    fn native_code_is_refused_and_what_cannot_be_imported_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["bin/jp.py", "a/__pycache__/a.pyc", "a/a.py"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        tidy(folder.path()).unwrap();
        assert!(!folder.path().join("bin").exists());
        assert!(!folder.path().join("a/__pycache__").exists());
        assert!(folder.path().join("a/a.py").exists());
        fs::write(folder.path().join("a/fast.so"), "").unwrap();
        let error = tidy(folder.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a/fast.so is native code, which does not run in the sandbox"
        );
    }
}
