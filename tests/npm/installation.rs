//! The installed packages: once for each lock file.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What npm says when it cannot reach a registry, or has nothing kept of it.
const UNREACHABLE: &[&str] = &[
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ENOTCACHED",
    "ERR_SOCKET_TIMEOUT",
    "network",
    "E403",
    "E5",
];

/// A folder with `node_modules`.
pub struct Installation(PathBuf);

impl Installation {
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A copy of the cases beside `node_modules`, so that Node and the guest find the packages as they would
    /// for a function's own code. Gone with the value.
    pub fn scripts(&self, cases: &Path) -> TempDir {
        let folder = tempfile::Builder::new()
            .prefix("case-")
            .tempdir_in(&self.0)
            .unwrap();
        copy(cases, folder.path());
        folder
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else if !["package.json", "package-lock.json"].contains(&&*name.to_string_lossy()) {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// The packages of `package-lock.json` in `folder`, installed. `None`, with the reason on standard output, when
/// npm or its registry is not there.
pub fn of(folder: &Path) -> Option<Installation> {
    let mut hasher = DefaultHasher::new();
    let files = ["package.json", "package-lock.json"];
    for file in files {
        fs::read(folder.join(file)).unwrap().hash(&mut hasher);
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm");
    let home = kept.join(format!("{:016x}", hasher.finish()));
    if home.is_dir() {
        return Some(Installation(home));
    }
    fs::create_dir_all(&kept).unwrap();
    let fresh = tempfile::tempdir_in(&kept).unwrap();
    for file in files {
        fs::copy(folder.join(file), fresh.path().join(file)).unwrap();
    }
    if let Err(reason) = install(fresh.path()) {
        println!("skipped: the cases of {}: {reason}", folder.display());
        return None;
    }
    // Whole or not at all; another run may have been faster.
    let fresh = fresh.keep();
    if fs::rename(&fresh, &home).is_err() {
        fs::remove_dir_all(&fresh).unwrap();
    }
    assert!(home.is_dir(), "{} cannot be made", home.display());
    Some(Installation(home))
}

/// Runs `npm ci`.
///
/// # Errors
/// Why npm cannot do it on this machine. A fault of the lock file panics.
fn install(folder: &Path) -> Result<(), String> {
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit"])
        .args(["--no-fund", "--prefer-offline", "--fetch-retries=1"])
        .args(["--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("npm cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        UNREACHABLE.iter().any(|word| said.contains(word)),
        "npm ci failed: {said}"
    );
    Err(format!("npm cannot reach its registry: {}", said.trim()))
}
