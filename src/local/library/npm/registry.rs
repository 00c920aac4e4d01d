//! What the registry says about a package: its versions, and what each of them needs.
//!
//! Source: <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use nodejs_semver::{Range, Version};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::task::JoinSet;

use super::super::error::LibraryError;
use super::super::fetch::{FetchError, Web};

/// The short form, with the long one for registries that know only that.
const SHORT: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

/// Largest answer about a package, in MB: `@aws-sdk/client-ec2` is the largest here, with 30 in its long form.
const LARGEST_ANSWER_MB: u64 = 128;

/// Questions at the same time.
const AT_ONCE: usize = 16;

/// A package in all its versions.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Packument {
    #[serde(rename = "dist-tags", default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    versions: Map<String, Value>,
}

/// One version of a package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Release {
    pub(super) dependencies: BTreeMap<String, String>,
    pub(super) optional_dependencies: BTreeMap<String, String>,
    pub(super) peer_dependencies: BTreeMap<String, String>,
    peer_dependencies_meta: BTreeMap<String, PeerMeta>,
    #[serde(alias = "bundledDependencies")]
    bundle_dependencies: Value,
    os: Value,
    cpu: Value,
    pub(super) dist: Dist,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct PeerMeta {
    optional: bool,
}

/// Where a version's archive is, and what its checksums are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dist {
    pub(super) tarball: String,
    pub(super) integrity: Option<String>,
    pub(super) shasum: Option<String>,
}

impl Release {
    /// Whether it runs on some systems only: then it has native code in it.
    pub(super) fn is_native(&self) -> bool {
        let limited = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty());
        limited(&self.os) || limited(&self.cpu)
    }

    /// Whether the archive has `name` in it already.
    pub(super) fn bundles(&self, name: &str) -> bool {
        match &self.bundle_dependencies {
            Value::Bool(all) => *all,
            Value::Array(names) => names.iter().any(|bundled| bundled == name),
            _ => false,
        }
    }

    /// Whether a peer need not be there.
    pub(super) fn is_optional_peer(&self, name: &str) -> bool {
        let meta = self.peer_dependencies_meta.get(name);
        meta.is_some_and(|meta| meta.optional)
    }
}

impl Packument {
    /// Whether `version` is what `wanted` (a range or a tag) asks for.
    pub(super) fn fits(&self, version: &Version, wanted: &str) -> bool {
        match self.tags.get(wanted) {
            Some(tagged) => tagged
                .parse::<Version>()
                .is_ok_and(|tagged| tagged == *version),
            None => range(wanted).is_some_and(|range| range.satisfies(version)),
        }
    }

    /// The version that npm would choose: the tagged one; else the newest that fits, where one that is not
    /// deprecated is preferred, and the one tagged `latest` most of all.
    ///
    /// Source: npm's `npm-pick-manifest`.
    pub(super) fn choose(&self, wanted: &str) -> Option<Version> {
        if let Some(tagged) = self.tags.get(wanted) {
            return tagged
                .parse()
                .ok()
                .filter(|_| self.versions.contains_key(tagged));
        }
        let range = range(wanted)?;
        let latest = self.tags.get("latest");
        self.versions
            .iter()
            .filter_map(|(text, release)| {
                let version: Version = text.parse().ok()?;
                let usable = release
                    .get("deprecated")
                    .is_none_or(|why| matches!(why, Value::Null | Value::Bool(false)) || why == "");
                range.satisfies(&version).then_some((
                    usable,
                    usable && Some(text) == latest,
                    version,
                ))
            })
            .max()
            .map(|(_, _, version)| version)
    }

    /// What is said of one version.
    pub(super) fn release(&self, name: &str, version: &Version) -> Result<Release, LibraryError> {
        let wrong = |why: String| LibraryError::Answer {
            name: format!("{name}@{version}"),
            why,
        };
        let value = self.versions.iter().find_map(|(text, value)| {
            let same = text.parse::<Version>().is_ok_and(|found| found == *version);
            same.then_some(value)
        });
        let value = value.ok_or_else(|| wrong("the version is missing".into()))?;
        serde_json::from_value(value.clone()).map_err(|error| wrong(error.to_string()))
    }
}

/// A range of npm; nothing at all means any version.
fn range(text: &str) -> Option<Range> {
    match text.trim() {
        "" | "*" | "latest" => Some(Range::any()),
        text => Range::parse(text).ok(),
    }
}

/// A registry, and what it has said so far.
pub(super) struct Registry {
    web: Web,
    address: Url,
    known: HashMap<String, Result<Arc<Packument>, FetchError>>,
}

impl Registry {
    pub(super) fn new(web: Web, address: Url) -> Self {
        Registry {
            web,
            address,
            known: HashMap::new(),
        }
    }

    /// Asks for all of `names` that are not known yet, many at a time.
    ///
    /// # Errors
    /// An answer that is no JSON. That a package is missing is an error once it is needed.
    pub(super) async fn ask(
        &mut self,
        names: impl Iterator<Item = String>,
    ) -> Result<(), LibraryError> {
        let names: HashSet<String> = names
            .filter(|name| !self.known.contains_key(name))
            .collect();
        let mut pending = names.into_iter();
        let mut questions = JoinSet::new();
        loop {
            while questions.len() < AT_ONCE
                && let Some(name) = pending.next()
            {
                let web = self.web.clone();
                let url = self.address.join(&name.replace('/', "%2f"));
                questions.spawn(async move {
                    let answer = match url {
                        Ok(url) => web.get(&url, SHORT, LARGEST_ANSWER_MB).await,
                        Err(_) => Err(FetchError::Address(name.clone())),
                    };
                    let answer = answer.map(|body| serde_json::from_slice::<Packument>(&body));
                    (name, answer)
                });
            }
            let Some(answered) = questions.join_next().await else {
                return Ok(());
            };
            let (name, answer) = answered
                .map_err(|error| LibraryError::Endless(format!("a question broke off: {error}")))?;
            let answer = match answer {
                Ok(Ok(packument)) => Ok(Arc::new(packument)),
                Ok(Err(error)) => {
                    let why = error.to_string();
                    return Err(LibraryError::Answer { name, why });
                }
                Err(error) => Err(error),
            };
            self.known.insert(name, answer);
        }
    }

    /// What was said about a package that was asked for.
    ///
    /// # Errors
    /// When the registry does not have it, or gave no answer.
    pub(super) fn packument(&self, name: &str) -> Result<Arc<Packument>, LibraryError> {
        match self.known.get(name) {
            Some(Ok(packument)) => Ok(Arc::clone(packument)),
            Some(Err(error)) => Err(error.clone().into()),
            None => Err(LibraryError::Answer {
                name: name.to_owned(),
                why: "it was never asked for".into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn packument() -> Packument {
        serde_json::from_value(json!({
            "dist-tags": {"latest": "2.1.0", "next": "3.0.0-rc.1"},
            "versions": {
                "1.0.0": {}, "1.9.0": {}, "1.10.0": {"deprecated": "broken"},
                "2.0.0": {}, "2.1.0": {}, "2.2.0": {}, "3.0.0-rc.1": {}, "odd": {},
            },
        }))
        .unwrap()
    }

    #[test]
    fn versions_are_chosen_as_npm_chooses_them() {
        let packument = packument();
        for (wanted, version) in [
            ("latest", Some("2.1.0")),
            ("next", Some("3.0.0-rc.1")),
            ("", Some("2.1.0")),
            ("*", Some("2.1.0")),
            // The latest, not the newest, when both fit.
            ("^2.0.0", Some("2.1.0")),
            (">2.1.0", Some("2.2.0")),
            // A deprecated version only when there is no other.
            ("^1.0.0", Some("1.9.0")),
            ("1.10.x", Some("1.10.0")),
            ("~1.0.0 || 2.0.0", Some("2.0.0")),
            ("3.0.0-rc.1", Some("3.0.0-rc.1")),
            ("^3.0.0", None),
            ("beta", None),
            ("file:../x", None),
        ] {
            let chosen = packument.choose(wanted).map(|version| version.to_string());
            assert_eq!(chosen.as_deref(), version, "{wanted}");
        }
    }

    #[test]
    fn odd_members_of_other_versions_do_no_harm() {
        let packument: Packument = serde_json::from_value(json!({
            "dist-tags": {"latest": "1.0.0"},
            "versions": {
                "0.0.1": {"dependencies": ["none"], "dist": 5},
                "1.0.0": {"dependencies": {"a": "1"}, "dist": {"tarball": "t"}},
            },
        }))
        .unwrap();
        let version = packument.choose("latest").unwrap();
        let release = packument.release("x", &version).unwrap();
        assert_eq!(release.dist.tarball, "t");
        let old = "0.0.1".parse().unwrap();
        assert!(packument.release("x", &old).is_err());
    }
}
