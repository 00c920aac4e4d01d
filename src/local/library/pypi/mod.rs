//! Packages of PyPI straight from the index, where neither uv nor pip is installed.

mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use sha2::{Digest, Sha256};

use super::error::LibraryError;
use super::fetch::Web;
use super::package::Wanted;
use super::python::{self, Dependency};
use super::{Step, unpack};
use index::{Index, Project, Wheel};

/// Largest wheel, in MB: botocore has 14.
const LARGEST_WHEEL_MB: u64 = 128;

/// How often the versions may be chosen anew before they are said not to fit.
const MOST_ROUNDS: usize = 50;

/// Installs packages and what they need into `folder`/`site-packages`.
///
/// `index` is the address of another index than PyPI, as pip has it.
///
/// # Errors
/// When the index cannot be asked, no versions fit together, or a wheel is refused.
pub async fn install(
    wanted: &[Wanted],
    folder: &Path,
    index: Option<&str>,
    notify: &(dyn Fn(Step) + Send + Sync),
) -> Result<(), LibraryError> {
    let web = Web::new()?;
    let mut resolution = Resolution {
        index: Index::new(web.clone(), index)?,
        web,
        projects: BTreeMap::new(),
        wheels: BTreeMap::new(),
    };
    let chosen = resolution.resolve(wanted, notify).await?;
    let total = chosen.len();
    let target = folder.join("site-packages");
    for (done, (name, version)) in chosen.into_iter().enumerate() {
        notify(Step::Fetching { done, total });
        if let Some(wheel) = resolution.wheels.remove(&(name.clone(), version.clone())) {
            let target = target.clone();
            let title = format!("{name} {version}");
            tokio::task::spawn_blocking(move || unpack::wheel(&wheel.bytes, &target, &title))
                .await
                .unwrap_or_else(|error| {
                    Err(LibraryError::Endless(format!(
                        "unpacking broke off: {error}"
                    )))
                })?;
        }
    }
    Ok(())
}

/// A wheel that was fetched.
struct Fetched {
    bytes: Vec<u8>,
    dependencies: Vec<Dependency>,
}

/// What is asked of a package's version, and by whom.
#[derive(Default)]
struct Demands(Vec<(VersionSpecifiers, String)>);

impl Demands {
    fn allow(&self, version: &Version) -> bool {
        self.0
            .iter()
            .all(|(versions, _)| versions.contains(version))
    }

    fn text(&self) -> String {
        let mut texts: Vec<String> = self
            .0
            .iter()
            .map(|(versions, _)| versions.to_string())
            .collect();
        texts.retain(|text| !text.is_empty());
        texts.join(", ")
    }

    fn because(&self) -> String {
        let who: BTreeSet<&str> = self
            .0
            .iter()
            .filter(|(versions, who)| !versions.is_empty() && !who.is_empty())
            .map(|(_, who)| who.as_str())
            .collect();
        let who: Vec<&str> = who.into_iter().collect();
        match who.as_slice() {
            [] => String::new(),
            who => format!("for {}", who.join(" and ")),
        }
    }
}

struct Resolution {
    web: Web,
    index: Index,
    projects: BTreeMap<String, Project>,
    wheels: BTreeMap<(String, Version), Fetched>,
}

impl Resolution {
    /// The version of every package that is needed. Each is the newest that all others allow; when a choice
    /// turns out not to be allowed, all are made again with what is known by then.
    ///
    /// Unlike pip's, this never goes back to an older version of a package because of what a newer one
    /// needs: AWS's packages name each other's versions, so that the newest fit together.
    async fn resolve(
        &mut self,
        wanted: &[Wanted],
        notify: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<BTreeMap<String, Version>, LibraryError> {
        let mut chosen: BTreeMap<String, Version> = BTreeMap::new();
        for _ in 0..MOST_ROUNDS {
            let demands = self.demands(wanted, &chosen)?;
            let mut next = BTreeMap::new();
            for (name, demands) in &demands {
                let version = self.choose(name, demands).await?;
                next.insert(name.clone(), version);
            }
            notify(Step::Resolving(next.len()));
            if next == chosen {
                return Ok(chosen);
            }
            chosen = next;
        }
        let names: Vec<String> = chosen.into_keys().collect();
        Err(LibraryError::Endless(names.join(", ")))
    }

    /// What the user and the chosen versions ask for.
    fn demands(
        &self,
        wanted: &[Wanted],
        chosen: &BTreeMap<String, Version>,
    ) -> Result<BTreeMap<String, Demands>, LibraryError> {
        let mut demands: BTreeMap<String, Demands> = BTreeMap::new();
        let mut pending = Vec::new();
        for one in wanted {
            let text = one.version.as_deref().unwrap_or_default();
            let versions =
                VersionSpecifiers::from_str(text).map_err(|error| LibraryError::Answer {
                    name: one.name.clone(),
                    why: error.to_string(),
                })?;
            let demand = (versions, String::new());
            demands.entry(one.name.clone()).or_default().0.push(demand);
            pending.push(one.name.clone());
        }
        let mut seen = BTreeSet::new();
        while let Some(name) = pending.pop() {
            let Some(version) = chosen.get(&name).filter(|_| seen.insert(name.clone())) else {
                continue;
            };
            let Some(wheel) = self.wheels.get(&(name.clone(), version.clone())) else {
                continue;
            };
            for dependency in &wheel.dependencies {
                let demand = (dependency.versions.clone(), format!("{name} {version}"));
                let of_it = demands.entry(dependency.name.clone()).or_default();
                of_it.0.push(demand);
                pending.push(dependency.name.clone());
            }
        }
        Ok(demands)
    }

    /// The newest version that is allowed; its wheel is fetched.
    async fn choose(&mut self, name: &str, demands: &Demands) -> Result<Version, LibraryError> {
        if !self.projects.contains_key(name) {
            let project = self.index.project(name).await?;
            self.projects.insert(name.to_owned(), project);
        }
        let found = self.projects.get(name).and_then(|project| {
            project.newest(
                |version| demands.allow(version),
                demands_prerelease(demands),
            )
        });
        let (version, wheel) = found.ok_or_else(|| LibraryError::NoVersion {
            name: name.to_owned(),
            wanted: match demands.text() {
                text if text.is_empty() => {
                    format!("Python {} as a pure wheel", super::tool::PYTHON_VERSION)
                }
                text => text,
            },
            because: demands.because(),
        })?;
        let key = (name.to_owned(), version.clone());
        if !self.wheels.contains_key(&key) {
            let fetched = fetch(&self.web, name, wheel).await?;
            self.wheels.insert(key, fetched);
        }
        Ok(version.clone())
    }
}

/// Whether somebody names a pre-release: only then one may be chosen (PEP 440).
fn demands_prerelease(demands: &Demands) -> bool {
    let mut specifiers = demands.0.iter().flat_map(|(versions, _)| versions.iter());
    specifiers.any(pep440_rs::VersionSpecifier::any_prerelease)
}

/// Gets a wheel and compares it with the sum that the index gives.
async fn fetch(web: &Web, name: &str, wheel: &Wheel) -> Result<Fetched, LibraryError> {
    let refused = |why: String| LibraryError::Archive {
        name: wheel.file.clone(),
        why,
    };
    let bytes = web.get(&wheel.url, "*/*", LARGEST_WHEEL_MB).await?;
    let own = hex::encode(Sha256::digest(&bytes));
    if !own.eq_ignore_ascii_case(&wheel.sha256) {
        return Err(refused(
            "its checksum is not the one that the index gives".into(),
        ));
    }
    let metadata = index::metadata(&bytes).map_err(refused)?;
    let dependencies = python::dependencies(&metadata).map_err(|why| LibraryError::Answer {
        name: name.to_owned(),
        why,
    })?;
    Ok(Fetched {
        bytes,
        dependencies,
    })
}
