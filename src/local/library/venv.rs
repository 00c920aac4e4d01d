//! boto3 of a virtual environment, alone: what else is installed there, Lambda does not have.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::python::{self, Distribution};

/// What the names of folders with a virtual environment's packages begin with.
pub(super) const EXPOSED: &str = "venv-";

/// The package that is looked for.
const SDK: &str = "boto3";

/// The `site-packages` of a virtual environment that has boto3 in it.
pub(super) fn with_boto3(environment: &Path) -> Option<PathBuf> {
    let unix = fs::read_dir(environment.join("lib")).into_iter().flatten();
    let mut folders: Vec<PathBuf> = unix
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
        .map(|entry| entry.path().join("site-packages"))
        .collect();
    folders.sort();
    // Windows has one for all versions.
    folders.push(environment.join("Lib").join("site-packages"));
    folders
        .into_iter()
        .find(|packages| packages.join(SDK).join("__init__.py").is_file())
}

/// A folder below `store` that holds boto3 of `packages` with all it needs and nothing else, with boto3's
/// version. It is made the first time, of links where the disk allows it, and kept.
///
/// # Errors
/// In words: what is missing in `packages`, or why the folder cannot be written.
pub(super) fn expose(packages: &Path, store: &Path) -> Result<(PathBuf, String), String> {
    let all = python::installed(packages);
    let needed = python::closure(&all, SDK)?;
    let version = needed
        .get(SDK)
        .map(|found| found.version.to_string())
        .unwrap_or_default();
    let mut records = BTreeMap::new();
    let mut digest = Sha256::new();
    for (name, found) in &needed {
        let record = fs::read_to_string(found.info.join("RECORD"))
            .map_err(|_| format!("{name} has no list of its files (RECORD)"))?;
        digest.update((record.len() as u64).to_le_bytes());
        digest.update(&record);
        records.insert(*name, record);
    }
    let key = hex::encode(&digest.finalize()[..16]);
    let place = store.join(format!("{EXPOSED}{key}"));
    if !place.is_dir() {
        write(packages, store, &place, &needed, &records)
            .map_err(|error| format!("cannot write {}: {error}", place.display()))?;
    }
    Ok((place.join("site-packages"), version))
}

fn write(
    packages: &Path,
    store: &Path,
    place: &Path,
    needed: &BTreeMap<&str, &Distribution>,
    records: &BTreeMap<&str, String>,
) -> io::Result<()> {
    fs::create_dir_all(store)?;
    let new = tempfile::Builder::new().prefix(EXPOSED).tempdir_in(store)?;
    let target = new.path().join("site-packages");
    for name in needed.keys() {
        for file in files(records.get(name).map_or("", String::as_str)) {
            let to = target.join(&file);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            link(&packages.join(&file), &to)?;
        }
    }
    match fs::rename(new.path(), place) {
        Ok(()) => {
            let _ = new.keep();
            Ok(())
        }
        // Another process was faster, with the same.
        Err(_) if place.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// The same file under another name, or a copy of it where that cannot be.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    // A link of a symbolic link would lead to where that leads from here.
    let plain = fs::symlink_metadata(from).is_ok_and(|it| it.is_file());
    if plain && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    match fs::copy(from, to) {
        // Named in the list and deleted since: Python would not find it either.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        ended => ended.map(drop),
    }
}

/// The files inside `site-packages` that a `RECORD` lists, without compiled ones.
///
/// Source: <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>: lines of
/// CSV, the path first.
fn files(record: &str) -> impl Iterator<Item = PathBuf> {
    record.lines().filter_map(|line| {
        let path = match line.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\",")?.0.replace("\"\"", "\""),
            None => line.split(',').next()?.to_owned(),
        };
        let path = PathBuf::from(path);
        let inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(name) if name != "__pycache__"));
        (inside && !path.as_os_str().is_empty()).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A virtual environment with these packages: name, version, what it needs.
    fn environment(packages: &[(&str, &str, &[&str])]) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let site = root.path().join("lib/python3.12/site-packages");
        for (name, version, needs) in packages {
            let info = format!("{name}-{version}.dist-info");
            fs::create_dir_all(site.join(name)).unwrap();
            fs::create_dir_all(site.join(&info)).unwrap();
            let needs: String = needs
                .iter()
                .map(|need| format!("Requires-Dist: {need}\n"))
                .collect();
            fs::write(
                site.join(&info).join("METADATA"),
                format!("Name: {name}\n{needs}"),
            )
            .unwrap();
            fs::write(site.join(name).join("__init__.py"), format!("# {version}")).unwrap();
            let record = format!(
                "../../../bin/{name},,\n{name}/__init__.py,sha256=x,9\n{name}/gone.py,,\n\
                 {name}/__pycache__/__init__.cpython-312.pyc,,\n\"{info}/METADATA\",,\n/etc/passwd,,\n"
            );
            fs::write(site.join(&info).join("RECORD"), record).unwrap();
        }
        (root, site)
    }

    const SDK_AND_MORE: &[(&str, &str, &[&str])] = &[
        (
            "boto3",
            "1.40.1",
            &["botocore<1.41,>=1.40.1", "botocore[crt]; extra == 'crt'"],
        ),
        (
            "botocore",
            "1.40.3",
            &[
                "Python_DateUtil>=2",
                "urllib3<1.27; python_version < '3.10'",
            ],
        ),
        ("python_dateutil", "2.9.0", &[]),
        ("django", "5.0", &["boto3"]),
    ];

    #[test]
    fn boto3_is_exposed_with_what_it_needs_and_nothing_else() {
        let (root, site) = environment(SDK_AND_MORE);
        assert_eq!(with_boto3(root.path()), Some(site.clone()));
        let store = tempfile::tempdir().unwrap();
        let store = store.path().join("python");
        let (folder, version) = expose(&site, &store).unwrap();
        assert_eq!(version, "1.40.1");
        let names = |folder: &Path| {
            let entries = fs::read_dir(folder).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            names(&folder),
            [
                "boto3",
                "boto3-1.40.1.dist-info",
                "botocore",
                "botocore-1.40.3.dist-info",
                "python_dateutil",
                "python_dateutil-2.9.0.dist-info"
            ]
        );
        assert_eq!(names(&folder.join("boto3")), ["__init__.py"]);
        // The same again is the same folder, and nothing half done lies beside it.
        assert_eq!(expose(&site, &store).unwrap().0, folder);
        assert_eq!(names(&store).len(), 1);
    }

    #[test]
    fn another_version_is_another_folder() {
        let (_old, old) = environment(SDK_AND_MORE);
        let newer: Vec<_> = SDK_AND_MORE
            .iter()
            .map(|(name, version, needs)| match *name {
                "botocore" => (*name, "1.40.9", *needs),
                _ => (*name, *version, *needs),
            })
            .collect();
        let (_new, new) = environment(&newer);
        let store = tempfile::tempdir().unwrap();
        let folder = |site: &Path| expose(site, store.path()).unwrap().0;
        assert_ne!(folder(&old), folder(&new));
        let text = fs::read_to_string(folder(&new).join("botocore/__init__.py")).unwrap();
        assert_eq!(text, "# 1.40.9");
    }

    #[test]
    fn what_is_missing_is_said() {
        let (_root, site) = environment(&SDK_AND_MORE[..2]);
        let store = tempfile::tempdir().unwrap();
        let said = expose(&site, store.path()).unwrap_err();
        assert_eq!(said, "python-dateutil is missing, which botocore needs");
        let (_root, site) = environment(SDK_AND_MORE);
        fs::remove_file(site.join("boto3-1.40.1.dist-info/RECORD")).unwrap();
        let said = expose(&site, store.path()).unwrap_err();
        assert!(said.starts_with("boto3 has no list"), "{said}");
    }

    #[test]
    fn an_environment_without_boto3_is_none() {
        let (root, _) = environment(&SDK_AND_MORE[3..]);
        assert_eq!(with_boto3(root.path()), None);
        assert_eq!(with_boto3(Path::new("/nonexistent")), None);
    }
}
