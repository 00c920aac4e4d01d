//! Adding packages to the store and taking them away.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::LibraryError;
use super::package::Wanted;
use super::store::{Language, Manifest, Package, Store};
use super::tool::{self, Tool};
use super::{npm, pypi, python};
use crate::config::Environment;

/// What happens while packages are added, for a person who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Another process changes the same packages.
    Waiting,
    /// npm, uv or pip is at work.
    Running(&'static str),
    /// It is found out what is needed: so many packages as yet.
    Resolving(usize),
    /// Archives are fetched and unpacked.
    Fetching {
        /// How many are done.
        done: usize,
        /// How many there are.
        total: usize,
    },
}

/// Which installer is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// npm, uv or pip where it is installed, else the registry.
    #[default]
    Any,
    /// npm, for packages of npm.
    Npm,
    /// uv, for packages of PyPI.
    Uv,
    /// pip, for packages of PyPI.
    Pip,
    /// Hoist itself, from the registry over HTTPS.
    Registry,
}

/// Where packages come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `PATH`.
    path: String,
    /// `NPM_CONFIG_REGISTRY`.
    npm_registry: Option<String>,
    /// `PIP_INDEX_URL`.
    index: Option<String>,
}

/// Who installs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Installer {
    Tool(Tool),
    Registry,
}

impl fmt::Display for Installer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Installer::Tool(tool) => tool.name(),
            Installer::Registry => "registry",
        })
    }
}

/// What the store holds after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The packages that were asked for, at any time, and who installed them.
    pub manifest: Manifest,
    /// Where they are; none when nothing is left.
    pub folder: Option<PathBuf>,
}

impl Sources {
    /// What the environment says of them.
    pub fn of(environment: &Environment) -> Self {
        let first = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| environment.variable(name));
            values.next().map(str::to_owned)
        };
        Sources {
            path: first(&["PATH"]).unwrap_or_default(),
            npm_registry: first(&["NPM_CONFIG_REGISTRY", "npm_config_registry"]),
            index: first(&["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"]),
        }
    }

    /// The installer for a language. A choice that is for the other language does not matter here.
    fn installer(&self, language: Language, choice: Choice) -> Result<Installer, LibraryError> {
        let npm = || tool::find(&self.path, &["npm"]).map(Tool::Npm);
        let uv = || tool::find(&self.path, &["uv"]).map(Tool::Uv);
        let pip = || tool::find(&self.path, &["pip", "pip3"]).map(Tool::Pip);
        let insisted = |name: &'static str, tool: Option<Tool>| {
            tool.map(Installer::Tool).ok_or(LibraryError::NoTool {
                tool: name,
                why: "it is not on the PATH".into(),
            })
        };
        let found = match (language, choice) {
            (_, Choice::Registry) => None,
            (Language::Nodejs, Choice::Npm) => return insisted("npm", npm()),
            (Language::Python, Choice::Uv) => return insisted("uv", uv()),
            (Language::Python, Choice::Pip) => return insisted("pip", pip()),
            (Language::Nodejs, _) => npm(),
            (Language::Python, _) => uv().or_else(pip),
        };
        Ok(found.map_or(Installer::Registry, Installer::Tool))
    }

    async fn install(
        &self,
        installer: &Installer,
        language: Language,
        wanted: &[Wanted],
        folder: &Path,
        notify: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), LibraryError> {
        match (installer, language) {
            (Installer::Tool(tool), _) => {
                notify(Step::Running(tool.name()));
                tool.install(wanted, folder).await
            }
            (Installer::Registry, Language::Nodejs) => {
                npm::install(wanted, folder, self.npm_registry.as_deref(), notify).await
            }
            (Installer::Registry, Language::Python) => {
                pypi::install(wanted, folder, self.index.as_deref(), notify).await
            }
        }
    }
}

/// Changes to the store of one language, made with the same sources.
pub struct Change<'a> {
    /// The store.
    pub store: &'a Store,
    /// Where packages come from.
    pub sources: &'a Sources,
    /// Which installer is to be used.
    pub choice: Choice,
    /// Told what takes time.
    pub notify: &'a (dyn Fn(Step) + Send + Sync),
}

impl Change<'_> {
    /// Adds packages to those of `language` that are there; what was asked for before is brought up to
    /// date with them, so that all of it fits together.
    ///
    /// # Errors
    /// When they cannot be had or written. The store is then as it was.
    pub async fn add(
        &self,
        language: Language,
        wanted: &[Wanted],
    ) -> Result<Changed, LibraryError> {
        self.change(language, |known| {
            known.retain(|known| wanted.iter().all(|new| new.name != known.name));
            known.extend(wanted.iter().cloned());
        })
        .await
    }

    /// Takes packages of `language` away. What the others do not need goes with them.
    ///
    /// # Errors
    /// When the others cannot be had or written. The store is then as it was.
    pub async fn remove(
        &self,
        language: Language,
        names: &[&str],
    ) -> Result<Changed, LibraryError> {
        self.change(language, |known| {
            known.retain(|known| !names.contains(&known.name.as_str()));
        })
        .await
    }

    async fn change(
        &self,
        language: Language,
        edit: impl FnOnce(&mut Vec<Wanted>),
    ) -> Result<Changed, LibraryError> {
        let changing = self
            .store
            .change(language, || (self.notify)(Step::Waiting))
            .await?;
        let known = self.store.manifest(language).packages;
        let mut wanted: Vec<Wanted> = known
            .into_iter()
            .map(|package| Wanted {
                language,
                name: package.name,
                version: package.wanted,
            })
            .collect();
        edit(&mut wanted);
        if wanted.is_empty() {
            changing.empty()?;
            return Ok(Changed {
                manifest: Manifest::default(),
                folder: None,
            });
        }
        // In Lambda there is no botocore without boto3.
        if language == Language::Python && wanted.iter().all(|one| one.name != "boto3") {
            wanted.push(Wanted {
                language,
                name: "boto3".into(),
                version: None,
            });
        }
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        let installer = self.sources.installer(language, self.choice)?;
        let generation = changing.generation()?;
        let folder = generation.path();
        self.sources
            .install(&installer, language, &wanted, folder, self.notify)
            .await?;
        let mut packages = Vec::with_capacity(wanted.len());
        for one in wanted {
            let version =
                installed(language, folder, &one.name).ok_or_else(|| LibraryError::Incomplete {
                    tool: match &installer {
                        Installer::Tool(tool) => tool.name(),
                        Installer::Registry => "the installation",
                    },
                    name: one.name.clone(),
                })?;
            packages.push(Package {
                name: one.name,
                wanted: one.version,
                version,
            });
        }
        let manifest = Manifest {
            installer: installer.to_string(),
            packages,
        };
        let folder = changing.keep(generation, &manifest)?;
        Ok(Changed {
            manifest,
            folder: Some(folder),
        })
    }
}

/// The version of a package in a generation.
fn installed(language: Language, generation: &Path, name: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct PackageJson {
        version: String,
    }
    let packages = generation.join(language.packages_folder());
    match language {
        Language::Nodejs => {
            let text = fs::read(packages.join(name).join("package.json")).ok()?;
            let package: PackageJson = serde_json::from_slice(&text).ok()?;
            Some(package.version)
        }
        Language::Python => python::installed(&packages)
            .into_iter()
            .find(|found| found.name == name)
            .map(|found| found.version.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_asked_where_there_is_no_tool() {
        let none = Sources::of(&Environment::from_pairs([("PATH", "/nonexistent")]));
        for language in Language::ALL {
            let installer = none.installer(language, Choice::Any).unwrap();
            assert_eq!(installer, Installer::Registry);
        }
        let error = none.installer(Language::Nodejs, Choice::Npm).unwrap_err();
        assert_eq!(
            error.to_string(),
            "npm cannot be used: it is not on the PATH"
        );
        // A choice for one language leaves the other alone.
        let other = none.installer(Language::Python, Choice::Npm).unwrap();
        assert_eq!(other, Installer::Registry);
    }

    #[cfg(unix)]
    #[test]
    fn uv_is_preferred_to_pip() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for name in ["npm", "pip", "uv"] {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let path = folder.path().display().to_string();
        let sources = Sources::of(&Environment::from_pairs([("PATH", path.as_str())]));
        let name = |language, choice| sources.installer(language, choice).unwrap().to_string();
        assert_eq!(name(Language::Python, Choice::Any), "uv");
        assert_eq!(name(Language::Python, Choice::Pip), "pip");
        assert_eq!(name(Language::Nodejs, Choice::Any), "npm");
        assert_eq!(name(Language::Nodejs, Choice::Registry), "registry");
    }
}
