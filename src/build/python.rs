//! A Python function's packages, installed by uv or pip for Lambda's platform.

use std::fs;
use std::path::{Path, PathBuf};

use crate::graph::function::Architecture;

use super::bench::{Bench, Made, copy_all};
use super::fault::Fault;
use super::rule::Rules;
use super::tool::{self, Tool, flag};
use super::wheel;

/// How to get a program that installs packages.
const INSTALL_TOOL: &str = "install uv (https://docs.astral.sh/uv) or Python with pip";

/// Which file names the packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manifest {
    /// `requirements.txt`.
    Requirements,
    /// `dependencies` in the table `project` of `pyproject.toml`.
    Project,
    /// The same, with the versions that `uv.lock` says.
    Locked,
}

/// The file that names packages to be installed, and what is odd about it. None when there is none, or when the
/// folder has the packages already.
///
/// # Errors
/// When it cannot be read.
pub fn manifest(folder: &Path) -> Result<Option<(Manifest, Vec<Fault>)>, Fault> {
    if is_vendored(folder) {
        return Ok(None);
    }
    let requirements = folder.join("requirements.txt");
    if requirements.is_file() {
        let text = fs::read_to_string(&requirements)
            .map_err(|error| Fault::unreadable(&requirements, &error))?;
        let needs = text.lines().any(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        return Ok(needs.then_some((Manifest::Requirements, Vec::new())));
    }
    let project = folder.join("pyproject.toml");
    if !project.is_file() {
        return Ok(None);
    }
    let (dependencies, is_poetry) = dependencies(&project)?;
    if is_poetry {
        return Err(Fault::new(
            "build/manifest",
            format!("{} names its packages for Poetry", project.display()),
        )
        .help(
            "write them for pip with `poetry export -o requirements.txt` (of poetry-plugin-export)",
        ));
    }
    let manifest = match folder.join("uv.lock").is_file() {
        true => Manifest::Locked,
        false => Manifest::Project,
    };
    Ok((!dependencies.is_empty()).then_some((manifest, Vec::new())))
}

/// Whether packages were installed into the folder: each leaves a folder `*.dist-info`.
fn is_vendored(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "dist-info")
    })
}

/// `project.dependencies`, and whether the packages are Poetry's instead.
fn dependencies(project: &Path) -> Result<(Vec<String>, bool), Fault> {
    let text = fs::read_to_string(project).map_err(|error| Fault::unreadable(project, &error))?;
    let broken = |why: String| {
        Fault::new(
            "build/manifest",
            format!("{} cannot be read: {why}", project.display()),
        )
        .help("correct it, or name the packages in requirements.txt")
    };
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| broken(error.message().to_owned()))?;
    let own = table
        .get("project")
        .and_then(|project| project.get("dependencies"));
    let own: Vec<String> = match own {
        None => Vec::new(),
        Some(all) => all
            .as_array()
            .and_then(|all| {
                all.iter()
                    .map(|one| one.as_str().map(str::to_owned))
                    .collect()
            })
            .ok_or_else(|| broken("`project.dependencies` is not a list of texts".into()))?,
    };
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    let poetry = poetry
        .and_then(|poetry| poetry.get("dependencies"))
        .is_some();
    let is_poetry = own.is_empty() && poetry;
    Ok((own, is_poetry))
}

/// What the packages are installed for.
#[derive(Debug, Clone, Copy)]
struct Platform<'a> {
    /// `3.13`.
    version: &'a str,
    architecture: Architecture,
}

impl Platform<'_> {
    fn machine(&self) -> &'static str {
        match self.architecture {
            Architecture::X86_64 => "x86_64",
            Architecture::Arm64 => "aarch64",
        }
    }

    /// The minor version of the C library of Lambda's image: Amazon Linux 2 has 2.26, Amazon Linux 2023 has 2.34.
    fn libc(&self) -> u32 {
        let minor = self
            .version
            .strip_prefix("3.")
            .and_then(|minor| minor.parse().ok());
        if minor.is_some_and(|minor: u32| minor < 12) {
            26
        } else {
            34
        }
    }

    /// What wheels may be tagged with, the best first.
    fn tags(&self) -> Vec<String> {
        let machine = self.machine();
        let mut tags: Vec<String> = (17..=self.libc())
            .rev()
            .map(|minor| format!("manylinux_2_{minor}_{machine}"))
            .collect();
        tags.push(format!("manylinux2014_{machine}"));
        tags
    }

    /// The same in uv's words.
    fn of_uv(&self) -> String {
        let libc = if self.libc() < 28 {
            "manylinux2014"
        } else {
            "manylinux_2_28"
        };
        format!("{}-{libc}", self.machine())
    }
}

/// The folder with its packages; a layer's below `python/`.
///
/// # Errors
/// When no tool is there, or the packages cannot be had for Lambda's platform.
pub async fn make(
    bench: &Bench<'_>,
    manifest: Manifest,
    version: &str,
    architecture: Architecture,
    is_layer: bool,
) -> Result<Made, Fault> {
    let platform = Platform {
        version,
        architecture,
    };
    let sources = bench.folder("sources")?;
    bench.copy_sources(&sources).await?;
    let mut outside = Vec::new();
    let uv = tool::find(bench.path, &["uv"]);
    let requirements = match manifest {
        // Where it lies: other files that it names are found from there.
        Manifest::Requirements => {
            let path = bench.target.source.join("requirements.txt");
            outside = included(&path);
            path
        }
        Manifest::Locked => locked(bench, uv.as_deref(), &sources).await?,
        Manifest::Project => {
            let (all, _) = dependencies(&bench.target.source.join("pyproject.toml"))?;
            let path = bench.scratch.join("requirements.txt");
            fs::write(&path, all.join("\n")).map_err(|error| Fault::storage(&path, &error))?;
            path
        }
    };
    let folder = bench.folder("artifact")?;
    let place = match is_layer {
        true => bench.folder("artifact/python")?,
        false => folder.clone(),
    };
    match uv {
        Some(uv) => with_uv(bench, &uv, platform, &requirements, &sources, &place).await?,
        None => with_pip(bench, platform, &requirements, &sources, &place).await?,
    }
    wheel::tidy(&place)?;
    // The function's own files last: they win, as in SAM.
    super::bench::away(move || copy_all(&sources, &place)).await?;
    let rules = match is_layer {
        true => Rules::of(&folder, &folder, &[])?,
        false => bench.rules()?,
    };
    Ok(Made {
        folder,
        rules,
        outside,
    })
}

/// The packages of `uv.lock` as requirements.
async fn locked(bench: &Bench<'_>, uv: Option<&Path>, sources: &Path) -> Result<PathBuf, Fault> {
    let uv = uv.ok_or_else(|| {
        tool::absent("uv", "uv.lock says the versions, and only uv reads it: https://docs.astral.sh/uv; or export it to requirements.txt")
    })?;
    let path = bench.scratch.join("requirements.txt");
    let tool = Tool::new(uv, "uv export", sources)
        .args([
            "export",
            "--quiet",
            "--frozen",
            "--no-dev",
            "--no-emit-project",
            "--no-editable",
            "--format",
            "requirements-txt",
        ])
        .arg("--output-file")
        .arg(&path);
    bench.run(tool).await?;
    Ok(path)
}

async fn with_uv(
    bench: &Bench<'_>,
    uv: &Path,
    platform: Platform<'_>,
    requirements: &Path,
    folder: &Path,
    target: &Path,
) -> Result<(), Fault> {
    let install = |what: &str| {
        Tool::new(uv, what, folder)
            .args(["pip", "install", "--no-progress", "--link-mode=copy"])
            .args([
                flag("--python-platform", platform.of_uv()),
                flag("--python-version", platform.version),
            ])
            .args([
                flag("--target", target),
                flag("--requirement", requirements),
            ])
    };
    let Err(fault) = bench
        .run(install("uv pip install").arg("--only-binary=:all:"))
        .await
    else {
        return Ok(());
    };
    if !is_about_wheels(&fault) {
        return Err(fault);
    }
    // Some package has no wheel: uv builds it, which is of use only where nothing of it is native.
    bench.run(install("uv pip install")).await?;
    wheel::check(target, platform.machine())
}

async fn with_pip(
    bench: &Bench<'_>,
    platform: Platform<'_>,
    requirements: &Path,
    folder: &Path,
    target: &Path,
) -> Result<(), Fault> {
    let python = bench.find(&["python3", "python"], INSTALL_TOOL)?;
    let pip = |what: &str| {
        Tool::new(&python, what, folder)
            .args([
                "-m",
                "pip",
                "--no-input",
                "--disable-pip-version-check",
                "--no-color",
            ])
            .env("PYTHONDONTWRITEBYTECODE", "1")
    };
    let wheels = bench.folder("wheels")?;
    let install = || {
        pip("pip install")
            .args([
                "install",
                "--no-compile",
                "--only-binary=:all:",
                "--implementation=cp",
            ])
            .arg("--no-warn-conflicts")
            .args(
                platform
                    .tags()
                    .into_iter()
                    .map(|tag| flag("--platform", tag)),
            )
            .args([
                flag("--python-version", platform.version),
                flag("--target", target),
            ])
            .args([
                flag("--find-links", &wheels),
                flag("--requirement", requirements),
            ])
    };
    let Err(fault) = bench.run(install()).await else {
        return Ok(());
    };
    if !is_about_wheels(&fault) {
        return Err(fault);
    }
    // Some package has no wheel: pip builds those, and those of them that hold for every platform are taken.
    let build = pip("pip wheel").arg("wheel").args([
        flag("--wheel-dir", &wheels),
        flag("--requirement", requirements),
    ]);
    bench.run(build).await?;
    wheel::keep_pure(&wheels)?;
    bench.run(install()).await.map_err(|fault| {
        fault.help(format!(
            "a package with native code has no wheel for {} and Python {}; choose a version that has one, or build the function with `BuildMethod: makefile` on such a machine",
            platform.machine(),
            platform.version
        ))
    })
}

/// Whether the tool failed because a package has no fitting wheel.
fn is_about_wheels(fault: &Fault) -> bool {
    const SIGNS: [&str; 5] = [
        "No matching distribution",
        "Could not find a version",
        "no wheels",
        "no usable wheels",
        "only-binary",
    ];
    // Lines of uv's messages are wrapped.
    let said = fault
        .help
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    SIGNS.iter().any(|sign| said.contains(sign))
}

/// Files that `requirements.txt` names with `-r` or `-c` and that lie outside its folder; those that these name, too.
fn included(requirements: &Path) -> Vec<PathBuf> {
    let root = requirements.parent().unwrap_or(Path::new("")).to_owned();
    let mut found = Vec::new();
    let mut pending = vec![requirements.to_owned()];
    while let Some(path) = pending.pop() {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        for name in text.lines().filter_map(reference) {
            let Ok(named) = fs::canonicalize(folder.join(name)) else {
                continue;
            };
            if !found.contains(&named) && named != *requirements {
                found.push(named.clone());
                pending.push(named);
            }
        }
    }
    found.retain(|path| !path.starts_with(&root));
    found
}

/// The file in `-r common.txt`, `--constraint=x.txt`.
fn reference(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = ["--requirement", "--constraint", "-r", "-c"]
        .iter()
        .find_map(|flag| line.strip_prefix(flag))?;
    let name = rest.trim_start_matches(['=', ' ', '\t']);
    let name = name.split(" #").next().unwrap_or(name).trim();
    (!name.is_empty() && !name.contains("://")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_fit_the_image_of_the_runtime() {
        let platform = |version, architecture| Platform {
            version,
            architecture,
        };
        let old = platform("3.9", Architecture::X86_64);
        assert_eq!(old.tags().first().unwrap(), "manylinux_2_26_x86_64");
        assert_eq!(old.of_uv(), "x86_64-manylinux2014");
        let new = platform("3.13", Architecture::Arm64);
        assert_eq!(new.tags().first().unwrap(), "manylinux_2_34_aarch64");
        assert_eq!(new.tags().last().unwrap(), "manylinux2014_aarch64");
        assert_eq!(new.of_uv(), "aarch64-manylinux_2_28");
    }

    #[test]
    fn the_manifest_is_the_one_that_names_packages() {
        let write = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                fs::write(folder.path().join(name), text).unwrap();
            }
            folder
        };
        let of = |files: &[(&str, &str)]| {
            manifest(write(files).path()).map(|found| found.map(|(manifest, _)| manifest))
        };
        let project = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['six']\n";
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[("requirements.txt", "# none\n\n")]), Ok(None));
        assert_eq!(
            of(&[("requirements.txt", "six\n")]),
            Ok(Some(Manifest::Requirements))
        );
        assert_eq!(
            of(&[("pyproject.toml", project)]),
            Ok(Some(Manifest::Project))
        );
        assert_eq!(
            of(&[("pyproject.toml", project), ("uv.lock", "")]),
            Ok(Some(Manifest::Locked))
        );
        assert_eq!(of(&[("pyproject.toml", "[tool.ruff]\n")]), Ok(None));
        for text in [
            "not toml",
            "[project]\ndependencies = 3\n",
            "[tool.poetry.dependencies]\nsix = '*'\n",
        ] {
            assert_eq!(
                of(&[("pyproject.toml", text)]).unwrap_err().code,
                "build/manifest"
            );
        }
    }

    #[test]
    fn a_folder_with_installed_packages_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("requirements.txt"), "six\n").unwrap();
        fs::create_dir(folder.path().join("six-1.17.0.dist-info")).unwrap();
        assert_eq!(manifest(folder.path()).unwrap(), None);
    }

    #[test]
    fn files_that_requirements_name_outside_the_folder_are_known() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().canonicalize().unwrap();
        fs::create_dir(base.join("fn")).unwrap();
        fs::write(
            base.join("fn/requirements.txt"),
            "-r ../common.txt\n-r own.txt\n",
        )
        .unwrap();
        fs::write(base.join("fn/own.txt"), "six\n").unwrap();
        fs::write(
            base.join("common.txt"),
            "--constraint=limits.txt # all\n-r common.txt\n",
        )
        .unwrap();
        fs::write(base.join("limits.txt"), "six<2\n").unwrap();
        assert_eq!(
            included(&base.join("fn/requirements.txt")),
            [base.join("common.txt"), base.join("limits.txt")]
        );
    }
}
