//! What the index says about a project: its wheels.
//!
//! Source: <https://docs.pypi.org/api/json/> and the wheel's file name as
//! <https://packaging.python.org/en/latest/specifications/binary-distribution-format/> has it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use pep440_rs::{Version, VersionSpecifiers};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::super::error::LibraryError;
use super::super::fetch::{FetchError, Web, base};
use super::super::tool::PYTHON_VERSION;

/// The index that pip asks when it is not told otherwise.
const INDEX: &str = "https://pypi.org/";

/// Largest answer about a project, in MB.
const LARGEST_ANSWER_MB: u64 = 64;

/// Largest description of a package, in bytes.
const LARGEST_METADATA: u64 = 4 << 20;

/// An index with PyPI's JSON interface.
pub(super) struct Index {
    web: Web,
    address: Url,
}

/// A project's wheels that run in the guest.
pub(super) struct Project {
    wheels: BTreeMap<Version, Wheel>,
}

/// A wheel of pure Python.
#[derive(Debug, Clone)]
pub(super) struct Wheel {
    pub(super) file: String,
    pub(super) url: Url,
    pub(super) sha256: String,
}

#[derive(Deserialize)]
struct Answer {
    releases: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    url: String,
    digests: Digests,
    #[serde(default)]
    requires_python: Option<String>,
    #[serde(default)]
    yanked: bool,
}

#[derive(Deserialize)]
struct Digests {
    sha256: String,
}

impl Index {
    /// The index at pip's address (`https://…/simple`), or PyPI.
    pub(super) fn new(web: Web, address: Option<&str>) -> Result<Self, FetchError> {
        let mut address = base(address.unwrap_or(INDEX))?;
        let path = address.path().strip_suffix("simple/").map(str::to_owned);
        if let Some(path) = path {
            address.set_path(&path);
        }
        Ok(Index { web, address })
    }

    /// Asks for a project.
    pub(super) async fn project(&self, name: &str) -> Result<Project, LibraryError> {
        let wrong = |why: String| LibraryError::Answer {
            name: name.to_owned(),
            why,
        };
        let url = self
            .address
            .join(&format!("pypi/{name}/json"))
            .map_err(|error| wrong(error.to_string()))?;
        let body = self
            .web
            .get(&url, "application/json", LARGEST_ANSWER_MB)
            .await?;
        Project::read(&body, &url).map_err(|error| wrong(error.to_string()))
    }
}

impl Project {
    fn read(body: &[u8], url: &Url) -> serde_json::Result<Self> {
        let answer: Answer = serde_json::from_slice(body)?;
        let python: Option<Version> = PYTHON_VERSION.parse().ok();
        let mut wheels = BTreeMap::new();
        for (version, files) in answer.releases {
            // Versions from before there was a rule for them.
            let Ok(version) = version.parse::<Version>() else {
                continue;
            };
            let files = files
                .into_iter()
                .filter_map(|file| serde_json::from_value(file).ok());
            let wheel =
                files
                    .filter(|file| usable(file, python.as_ref()))
                    .find_map(|file: File| {
                        Some(Wheel {
                            url: url.join(&file.url).ok()?,
                            file: file.filename,
                            sha256: file.digests.sha256,
                        })
                    });
            if let Some(wheel) = wheel {
                wheels.insert(version, wheel);
            }
        }
        Ok(Project { wheels })
    }

    /// The newest allowed version; a pre-release only if asked for, or if there is nothing else.
    pub(super) fn newest(
        &self,
        allowed: impl Fn(&Version) -> bool,
        prereleases: bool,
    ) -> Option<(&Version, &Wheel)> {
        let fitting = || {
            self.wheels
                .iter()
                .rev()
                .filter(|(version, _)| allowed(version))
        };
        fitting()
            .find(|(version, _)| prereleases || !version.any_prerelease())
            .or_else(|| fitting().next())
    }
}

/// Whether a file is a wheel of pure Python for the guest's version, and not withdrawn.
fn usable(file: &File, python: Option<&Version>) -> bool {
    let Some(stem) = file.filename.strip_suffix(".whl") else {
        return false;
    };
    let mut tags = stem.rsplit('-');
    let (platform, abi, interpreter) = (tags.next(), tags.next(), tags.next());
    let pure = platform == Some("any")
        && abi == Some("none")
        && interpreter.is_some_and(|tags| tags.split('.').any(|tag| tag == "py3"));
    let fits = match (&file.requires_python, python) {
        (Some(text), Some(python)) => text
            .parse::<VersionSpecifiers>()
            .map_or(true, |versions| versions.contains(python)),
        _ => true,
    };
    pure && fits && !file.yanked
}

/// The text of a wheel's `METADATA`.
pub(super) fn metadata(wheel: &[u8]) -> Result<String, String> {
    let damaged = |error: &dyn std::fmt::Display| format!("it is damaged: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(wheel)).map_err(|error| damaged(&error))?;
    let name = archive
        .file_names()
        .find(|name| name.ends_with(".dist-info/METADATA") && name.matches('/').count() == 1)
        .map(str::to_owned)
        .ok_or("it has no METADATA")?;
    let entry = archive.by_name(&name).map_err(|error| damaged(&error))?;
    let mut bytes = Vec::new();
    entry
        .take(LARGEST_METADATA)
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn project(files: &[(&str, &str, Value)]) -> Project {
        let mut releases: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (version, name, more) in files {
            let mut file = json!({
                "filename": name, "url": format!("../../files/{name}"),
                "digests": {"sha256": "00"}, "requires_python": null, "yanked": false,
            });
            for (key, value) in more.as_object().unwrap() {
                file[key] = value.clone();
            }
            releases.entry(version).or_default().push(file);
        }
        let body = json!({ "releases": releases }).to_string();
        let url: Url = "https://pypi.org/pypi/x/json".parse().unwrap();
        Project::read(body.as_bytes(), &url).unwrap()
    }

    #[test]
    fn only_wheels_that_run_in_the_guest_count() {
        let none = || json!({});
        let project = project(&[
            ("1.0", "x-1.0-py2.py3-none-any.whl", none()),
            ("1.1", "x-1.1.tar.gz", none()),
            ("1.2", "x-1.2-cp314-cp314-manylinux_2_17_x86_64.whl", none()),
            ("1.3", "x-1.3-py2-none-any.whl", none()),
            ("1.4", "x-1.4-py3-none-any.whl", json!({"yanked": true})),
            (
                "1.5",
                "x-1.5-py3-none-any.whl",
                json!({"requires_python": "<3.12"}),
            ),
            ("1.6", "x-1.6-py3-none-win_amd64.whl", none()),
            ("1.7", "x-1.7-py3-none-any.whl", json!({"digests": {}})),
            ("2004d", "x-2004d-py3-none-any.whl", none()),
        ]);
        let versions: Vec<String> = project.wheels.keys().map(Version::to_string).collect();
        assert_eq!(versions, ["1.0"]);
        let wheel = project.wheels.values().next().unwrap();
        assert_eq!(
            wheel.url.as_str(),
            "https://pypi.org/files/x-1.0-py2.py3-none-any.whl"
        );
    }

    #[test]
    fn the_newest_version_that_is_allowed_is_chosen() {
        let wheel = |version: &'static str, name: &'static str| (version, name, json!({}));
        let project = project(&[
            wheel("1.9", "x-1.9-py3-none-any.whl"),
            wheel("1.10", "x-1.10-py3-none-any.whl"),
            wheel("2.0rc1", "x-2.0rc1-py3-none-any.whl"),
        ]);
        let newest = |allowed: &str, prereleases: bool| {
            let allowed: VersionSpecifiers = allowed.parse().unwrap();
            project
                .newest(|version| allowed.contains(version), prereleases)
                .map(|(version, _)| version.to_string())
        };
        assert_eq!(newest("", false).as_deref(), Some("1.10"));
        assert_eq!(newest("<1.10", false).as_deref(), Some("1.9"));
        assert_eq!(newest(">=2.0rc1", true).as_deref(), Some("2.0rc1"));
        assert_eq!(newest(">3", false), None);
    }
}
