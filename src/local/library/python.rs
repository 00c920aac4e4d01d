//! Python packages that are installed in a `site-packages` folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::LazyLock;

use pep440_rs::Version;
use pep508_rs::{
    MarkerEnvironment, MarkerEnvironmentBuilder, PackageName, Requirement, VerbatimUrl,
    VersionOrUrl,
};

use super::tool::PYTHON_VERSION;

/// A package with its own description of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Its name, normalized.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// `boto3-1.40.1.dist-info`.
    pub info: PathBuf,
}

/// What another package needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name, normalized.
    pub name: String,
    /// Which versions will do.
    pub versions: pep440_rs::VersionSpecifiers,
}

/// The guest, as markers see it: what holds in Lambda, but for the processor.
static GUEST: LazyLock<Option<MarkerEnvironment>> = LazyLock::new(|| {
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.14.0",
        os_name: "posix",
        platform_machine: "wasm32",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.14.0",
        python_version: PYTHON_VERSION,
        sys_platform: "linux",
    })
    .ok()
});

/// All packages in a `site-packages` folder that describe themselves.
#[must_use]
pub fn installed(packages: &Path) -> Vec<Distribution> {
    let entries = fs::read_dir(packages).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let file = entry.file_name();
            let (name, version) = file.to_str()?.strip_suffix(".dist-info")?.split_once('-')?;
            Some(Distribution {
                name: PackageName::new(name.to_owned()).ok()?.to_string(),
                version: version.parse().ok()?,
                info: entry.path(),
            })
        })
        .collect()
}

/// What the text of a `METADATA` file says that the package needs in the guest.
///
/// # Errors
/// The line that is no requirement, and why.
pub fn dependencies(metadata: &str) -> Result<Vec<Dependency>, String> {
    // The description follows the first empty line.
    let header = metadata.lines().take_while(|line| !line.is_empty());
    let mut found = Vec::new();
    for line in header {
        let Some(text) = line.strip_prefix("Requires-Dist:") else {
            continue;
        };
        let requirement = Requirement::<VerbatimUrl>::from_str(text.trim())
            .map_err(|error| format!("`{}`: {}", text.trim(), error.message))?;
        let holds = GUEST
            .as_ref()
            .is_none_or(|guest| requirement.evaluate_markers(guest, &[]));
        if !holds {
            continue;
        }
        found.push(Dependency {
            name: requirement.name.to_string(),
            versions: match requirement.version_or_url {
                None => pep440_rs::VersionSpecifiers::empty(),
                Some(VersionOrUrl::VersionSpecifier(versions)) => versions,
                Some(VersionOrUrl::Url(url)) => {
                    return Err(format!(
                        "`{}`: it comes from {url}, not from an index",
                        text.trim()
                    ));
                }
            },
        });
    }
    Ok(found)
}

/// A package and all it needs among `all`, by name.
///
/// # Errors
/// The name of the first that is missing, and who needs it.
pub fn closure<'d>(
    all: &'d [Distribution],
    name: &str,
) -> Result<BTreeMap<&'d str, &'d Distribution>, String> {
    let find = |name: &str| all.iter().find(|found| found.name == name);
    let mut found = BTreeMap::new();
    let mut pending = vec![(name.to_owned(), String::new())];
    while let Some((name, wanting)) = pending.pop() {
        if found.contains_key(name.as_str()) {
            continue;
        }
        let one = find(&name).ok_or(format!("{name} is missing{wanting}"))?;
        let metadata = fs::read_to_string(one.info.join("METADATA")).unwrap_or_default();
        found.insert(one.name.as_str(), one);
        for dependency in dependencies(&metadata)? {
            pending.push((dependency.name, format!(", which {name} needs")));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_hold_by_the_guests_markers() {
        let metadata = "\
Metadata-Version: 2.1
Name: botocore
Requires-Dist: jmespath (<2.0.0,>=0.7.1)
Requires-Dist: urllib3 (<1.27,>=1.25.4) ; python_version < \"3.10\"
Requires-Dist: urllib3 (!=2.2.0,<3,>=1.25.4) ; python_version >= \"3.10\"
Requires-Dist: awscrt (==0.27.6) ; extra == 'crt'
Requires-Dist: colorama ; sys_platform == \"win32\"

Requires-Dist: not-a-header
";
        let found: Vec<String> = dependencies(metadata)
            .unwrap()
            .iter()
            .map(|one| format!("{} {}", one.name, one.versions))
            .collect();
        assert_eq!(
            found,
            ["jmespath >=0.7.1, <2.0.0", "urllib3 >=1.25.4, !=2.2.0, <3"]
        );
    }

    #[test]
    fn a_requirement_that_is_none_is_quoted() {
        let said = dependencies("Requires-Dist: ???").unwrap_err();
        assert!(said.starts_with("`???`"), "{said}");
        let said = dependencies("Requires-Dist: a @ https://example.com/a.whl").unwrap_err();
        assert!(said.contains("not from an index"), "{said}");
    }
}
