//! Which versions are installed, and where: the cases in `npm/` and `pypi/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::command::{Ended, Machine};
use super::registry::Server;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    registry: Map<String, Value>,
    #[serde(default)]
    index: Map<String, Value>,
    add: Vec<Vec<String>>,
    tree: Option<BTreeMap<String, String>>,
    installed: Option<BTreeMap<String, String>>,
    #[serde(default)]
    error: Vec<String>,
}

/// What is wrong with a case.
fn faults(case: &Case) -> Vec<String> {
    let server = Server::new();
    server.npm(&case.registry);
    server.pypi(&case.index);
    let machine = Machine::new()
        .with("NPM_CONFIG_REGISTRY", &server.address)
        .with("PIP_INDEX_URL", &format!("{}simple", server.address));
    let mut last: Option<Ended> = None;
    for packages in &case.add {
        let mut arguments = vec!["add"];
        arguments.extend(packages.iter().map(String::as_str));
        last = Some(machine.run(&arguments));
    }
    let last = last.expect("at least one command");
    let mut faults = Vec::new();
    if !case.error.is_empty() {
        if last.code != Some(1) {
            faults.push(format!("ended with {:?}: {}", last.code, last.err));
        }
        let missing = case.error.iter().filter(|text| !last.err.contains(*text));
        faults.extend(missing.map(|text| format!("`{text}` is not in {}", last.err)));
    } else if last.code != Some(0) {
        return vec![last.err];
    }
    if let Some(expected) = &case.tree {
        let found = machine.packages("nodejs").map(|folder| npm_tree(&folder));
        if found.as_ref() != Some(expected) {
            faults.push(format!("installed {found:#?} instead of {expected:#?}"));
        }
    }
    if let Some(expected) = &case.installed {
        let found = machine
            .packages("python")
            .map(|folder| python_packages(&folder));
        if found.as_ref() != Some(expected) {
            faults.push(format!("installed {found:#?} instead of {expected:#?}"));
        }
    }
    faults
}

/// Every package below a folder, with its version.
pub fn npm_tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            if !entry.file_type().unwrap().is_dir() {
                continue;
            }
            let path = entry.path();
            let parent = |path: &Path| {
                path.parent()
                    .and_then(Path::file_name)
                    .map(ToOwned::to_owned)
            };
            let scoped = parent(&path).is_some_and(|name| name.to_string_lossy().starts_with('@'));
            let holder = if scoped {
                path.parent().unwrap()
            } else {
                &path
            };
            if parent(holder).is_some_and(|name| name == "node_modules")
                && let Ok(text) = std::fs::read(path.join("package.json"))
            {
                let package: Value = serde_json::from_slice(&text).unwrap();
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, package["version"].as_str().unwrap().to_owned());
            }
            pending.push(path);
        }
    }
    found
}

/// Every package in `site-packages`, with its version.
pub fn python_packages(folder: &Path) -> BTreeMap<String, String> {
    super::command::names(&folder.join("site-packages"))
        .iter()
        .filter_map(|name| name.strip_suffix(".dist-info")?.split_once('-'))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

fn cases(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/runtime")
        .join(kind);
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

fn check(kind: &str, at_least: usize) {
    let cases = cases(kind);
    assert!(cases.len() >= at_least, "the cases were not found");
    let mut wrong = Vec::new();
    for path in cases {
        let text = std::fs::read_to_string(&path).unwrap();
        let case: Case = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            case.tree.is_some() || case.installed.is_some() || !case.error.is_empty(),
            "{} expects nothing",
            path.display()
        );
        let faults = faults(&case);
        wrong.extend(
            faults
                .iter()
                .map(|fault| format!("{}: {fault}", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn npms_packages_are_laid_out_as_npm_would() {
    check("npm", 12);
}

#[test]
fn pythons_packages_are_chosen_for_the_guest() {
    check("pypi", 7);
}
