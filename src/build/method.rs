//! How a function or layer is built: what its template and its folder say.

use std::fs;
use std::path::{Path, PathBuf};

use crate::graph::Setting;
use crate::graph::function::Architecture;

use super::bundle::Bundle;
use super::fault::Fault;
use super::python;
use super::target::Subject;

/// How a function or layer is built, with everything but the sources that the artifact depends on.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// The source is a zip file and taken as it is.
    Zip,
    /// A single file, alone in the zip file, as `aws cloudformation package` does it.
    File,
    /// The folder as it is.
    Folder,
    /// The folder with what npm installs for production.
    Npm {
        /// Whether a lock file says the versions.
        locked: bool,
        /// The processor that native packages are for.
        architecture: Architecture,
        /// A layer's packages go into `nodejs/`.
        is_layer: bool,
    },
    /// The folder with what pip or uv installs.
    Python {
        /// Which file names the packages.
        manifest: python::Manifest,
        /// `3.13`.
        version: String,
        /// The processor that native packages are for.
        architecture: Architecture,
        /// A layer's packages go into `python/`.
        is_layer: bool,
    },
    /// What esbuild makes of the entry points.
    Esbuild(Bundle),
    /// What `make build-<LogicalId>` puts into `ARTIFACTS_DIR`.
    Make {
        /// The logical id in the template.
        name: String,
        /// Where the Makefile lies, from the source folder on (`ContextPath`).
        makefile: PathBuf,
        /// Where make is started, from the source folder on (`WorkingDirectory`).
        folder: PathBuf,
    },
    /// A program that Go compiles.
    Go {
        /// The file's name: `bootstrap`, or the handler's for `go1.x`.
        output: String,
        /// The processor.
        architecture: Architecture,
        /// The folder of the module, where changes are looked for.
        module: PathBuf,
    },
    /// A program that cargo-lambda compiles.
    Cargo {
        /// The program to take, when the package has several (`BuildProperties: Binary`).
        binary: Option<String>,
        /// More arguments (`BuildProperties: Flags`).
        flags: Vec<String>,
        /// The processor.
        architecture: Architecture,
        /// The folder of the workspace, where changes are looked for.
        workspace: PathBuf,
    },
}

impl Method {
    /// What it is called, for people.
    pub fn word(&self) -> &'static str {
        match self {
            Method::Zip => "zip file",
            Method::File => "file",
            Method::Folder => "folder",
            Method::Npm { .. } => "npm",
            Method::Python { .. } => "python",
            Method::Esbuild(_) => "esbuild",
            Method::Make { .. } => "make",
            Method::Go { .. } => "go",
            Method::Cargo { .. } => "cargo lambda",
        }
    }

    /// Whether a program is run to build it.
    pub fn needs_tool(&self) -> bool {
        !matches!(self, Method::Zip | Method::File | Method::Folder)
    }

    /// Where changes are looked for: the source folder, but for programs that are compiled from all of a module.
    pub fn watched<'a>(&'a self, source: &'a Path) -> &'a Path {
        match self {
            Method::Go { module, .. } => module,
            Method::Cargo { workspace, .. } => workspace,
            _ => source,
        }
    }

    /// What of the sources the method itself makes, so that it is no source.
    pub fn made_in_place(&self) -> &'static [&'static str] {
        match self {
            Method::Npm { .. } | Method::Esbuild(_) => &["node_modules"],
            Method::Python { .. } => &[".venv", "venv"],
            Method::Cargo { .. } => &["target"],
            _ => &[],
        }
    }
}

/// Chooses the method, and says what is odd about the choice.
///
/// # Errors
/// When the template asks for a method that there is not, or the folder lacks what the method needs.
pub fn choose(subject: &Subject<'_>) -> Result<(Method, Vec<Fault>), Fault> {
    if subject.source.is_file() {
        let ending = subject
            .source
            .extension()
            .and_then(|ending| ending.to_str());
        let is_zip = matches!(ending, Some("zip" | "jar"));
        return Ok((if is_zip { Method::Zip } else { Method::File }, Vec::new()));
    }
    // What `sam build` has built is finished, whatever its metadata says.
    if subject.source.iter().any(|part| part == ".aws-sam") {
        return Ok((Method::Folder, Vec::new()));
    }
    let asked = match &subject.metadata.build_method {
        Some(Setting::Unknown { .. }) => {
            return Err(Fault::new(
                "build/method",
                "its `BuildMethod` is not known here",
            ));
        }
        Some(Setting::Known { value, .. }) => Some(value.as_str()),
        None => None,
    };
    let skip = subject
        .metadata
        .all
        .as_ref()
        .and_then(|all| all.get("SkipBuild"));
    if skip
        .and_then(|node| node.scalar_text())
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    {
        return Ok((Method::Folder, Vec::new()));
    }
    match asked {
        Some(method) => asked_for(method, subject),
        // A layer is built only when its metadata says how, as in SAM.
        None if subject.is_layer => Ok((Method::Folder, Vec::new())),
        None => by_runtime(subject),
    }
}

/// The method that `Metadata` names. Source: AWS SAM developer guide, "Building Lambda functions" and "Building layers".
fn asked_for(method: &str, subject: &Subject<'_>) -> Result<(Method, Vec<Fault>), Fault> {
    match method {
        "esbuild" => Ok((Method::Esbuild(Bundle::of(subject)?), Vec::new())),
        "makefile" => Ok((make(subject)?, Vec::new())),
        "rust-cargolambda" => Ok((cargo(subject), Vec::new())),
        "go1.x" => Ok((go(subject)?, Vec::new())),
        _ if method.starts_with("nodejs") => {
            Ok(node_packages(subject)?.unwrap_or((Method::Folder, Vec::new())))
        }
        "python-uv" => python(subject, None),
        _ => match method.strip_prefix("python") {
            Some(version) => python(subject, Some(version)),
            None => Err(no_method(method)),
        },
    }
}

fn no_method(method: &str) -> Fault {
    let fault = Fault::new(
        "build/method",
        format!("Hoist has no build method `{method}`"),
    );
    if method.starts_with("dotnet") {
        return fault.help("build it with `dotnet lambda package` and point `CodeUri` to the zip file that it makes");
    }
    if method.starts_with("java") || matches!(method, "gradle" | "maven") {
        return fault.help("build it with Gradle or Maven (`mvn package`) and point `CodeUri` to the .jar or .zip file that it makes");
    }
    if method.starts_with("ruby") {
        return fault.help("install its gems with `bundle config set --local path vendor/bundle && bundle install`, and leave `BuildMethod` out");
    }
    fault.help("the methods are: esbuild, makefile, rust-cargolambda, go1.x, nodejs*, python*; or build it yourself, point `CodeUri` to what was made, and leave `BuildMethod` out")
}

fn by_runtime(subject: &Subject<'_>) -> Result<(Method, Vec<Fault>), Fault> {
    let plain = Ok((Method::Folder, Vec::new()));
    let Some(runtime) = subject.runtime else {
        return plain;
    };
    let has = |name: &str| subject.source.join(name).is_file();
    if runtime.starts_with("nodejs") {
        if Bundle::is_typescript(subject) {
            return Ok((Method::Esbuild(Bundle::of(subject)?), Vec::new()));
        }
        return match node_packages(subject)? {
            Some(method) => Ok(method),
            None => plain,
        };
    }
    if let Some(version) = runtime.strip_prefix("python") {
        return python(subject, Some(version));
    }
    if runtime == "go1.x" || (runtime.starts_with("provided") && has("go.mod") && !has("bootstrap"))
    {
        return match has("go.mod") {
            true => Ok((go(subject)?, Vec::new())),
            false => plain,
        };
    }
    if runtime.starts_with("provided")
        && has("Cargo.toml")
        && !has("bootstrap")
        && !is_wasm(subject)
    {
        return Ok((cargo(subject), Vec::new()));
    }
    if runtime.starts_with("dotnet") && holds(subject.source, &["csproj", "fsproj"]) {
        return Err(no_method(runtime));
    }
    if runtime.starts_with("java")
        && (has("pom.xml") || has("build.gradle") || has("build.gradle.kts"))
    {
        return Err(no_method(runtime));
    }
    if runtime.starts_with("ruby") && has("Gemfile") && !subject.source.join("vendor").is_dir() {
        return Err(no_method(runtime));
    }
    plain
}

/// Whether the handler is a `.wasm` file that is there.
fn is_wasm(subject: &Subject<'_>) -> bool {
    let is_there = |name: &str| name.ends_with(".wasm") && subject.source.join(name).is_file();
    subject.handler.is_some_and(is_there) || holds(subject.source, &["wasm"])
}

/// Whether a file with one of these endings lies in the folder itself.
fn holds(folder: &Path, endings: &[&str]) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        path.extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| endings.contains(&ending))
    })
}

/// npm, when the folder has packages to be installed.
fn node_packages(subject: &Subject<'_>) -> Result<Option<(Method, Vec<Fault>)>, Fault> {
    let manifest = subject.source.join("package.json");
    let text = match fs::read_to_string(&manifest) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::unreadable(&manifest, &error)),
    };
    let package: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        Fault::new(
            "build/manifest",
            format!("{} is not JSON: {error}", manifest.display()),
        )
        .help("correct it, or remove it when the function needs no packages")
    })?;
    let needs = ["dependencies", "optionalDependencies"].iter().any(|key| {
        package
            .get(key)
            .and_then(|all| all.as_object())
            .is_some_and(|all| !all.is_empty())
    });
    let has = |name: &str| subject.source.join(name).is_file();
    let locked = has("package-lock.json") || has("npm-shrinkwrap.json");
    let installed = subject.source.join("node_modules").is_dir();
    if !needs || (installed && !locked) {
        return match subject.is_layer && needs {
            // Its packages are there already, but not where Lambda looks for those of a layer.
            true => Err(Fault::new("build/layer", "its node_modules is there, and no lock file says what it was made of")
                .help("make one with `npm install --package-lock-only`, or move the folder to nodejs/node_modules and leave `BuildMethod` out")),
            false => Ok(None),
        };
    }
    let mut warnings = Vec::new();
    if let Some(lock) = ["pnpm-lock.yaml", "yarn.lock", "bun.lock"]
        .into_iter()
        .find(|lock| !locked && has(lock))
    {
        warnings.push(
            Fault::new("build/other-lock", format!("npm does not keep to {lock}"))
                .help("install into the function's folder yourself, and Hoist takes its node_modules as it is; or keep a package-lock.json"),
        );
    } else if !locked {
        warnings.push(
            Fault::new(
                "build/no-lock",
                "no lock file says which versions npm is to install, so two builds may differ",
            )
            .help("make one with `npm install --package-lock-only`"),
        );
    }
    let method = Method::Npm {
        locked,
        architecture: subject.architecture,
        is_layer: subject.is_layer,
    };
    Ok(Some((method, warnings)))
}

/// pip or uv, when the folder names packages and does not hold them already.
fn python(subject: &Subject<'_>, version: Option<&str>) -> Result<(Method, Vec<Fault>), Fault> {
    let from_runtime = || {
        subject
            .runtime
            .and_then(|runtime| runtime.strip_prefix("python"))
    };
    let Some(version) = version.or_else(from_runtime) else {
        return Err(Fault::new("build/method", "which Python it is for is not said")
            .help("give the layer `CompatibleRuntimes`, the first of them being `python3.13` for example"));
    };
    let Some((manifest, warnings)) = python::manifest(subject.source)? else {
        return match subject.is_layer {
            true => Err(Fault::new("build/manifest", format!("there is no requirements.txt in {}", subject.source.display()))
                .help("name the layer's packages there, or leave `BuildMethod` out when they are in python/ already")),
            false => Ok((Method::Folder, Vec::new())),
        };
    };
    let method = Method::Python {
        manifest,
        version: version.to_owned(),
        architecture: subject.architecture,
        is_layer: subject.is_layer,
    };
    Ok((method, warnings))
}

fn make(subject: &Subject<'_>) -> Result<Method, Fault> {
    let metadata = |key: &str| {
        let node = subject.metadata.all.as_ref().and_then(|all| all.get(key));
        node.and_then(|node| node.scalar_text())
    };
    if metadata("ProjectRootDirectory").is_some() {
        return Err(Fault::new("build/method", "`ProjectRootDirectory` is not supported")
            .help("let `CodeUri` point to that folder, and `WorkingDirectory` from there to the function's"));
    }
    let below = |key: &str| {
        let path = PathBuf::from(metadata(key).unwrap_or_default());
        super::rule::inside(&path).ok_or_else(|| {
            Fault::new(
                "build/method",
                format!(
                    "`{key}` leads out of the function's folder: {}",
                    path.display()
                ),
            )
        })
    };
    let makefile = below("ContextPath")?.join("Makefile");
    if !subject.source.join(&makefile).is_file() {
        return Err(Fault::new(
            "build/manifest",
            format!(
                "there is no {} in {}",
                makefile.display(),
                subject.source.display()
            ),
        )
        .help(format!(
            "it needs the target `build-{}`, which puts files into $(ARTIFACTS_DIR)",
            subject.name
        )));
    }
    Ok(Method::Make {
        name: subject.name.to_owned(),
        makefile,
        folder: below("WorkingDirectory")?,
    })
}

fn go(subject: &Subject<'_>) -> Result<Method, Fault> {
    let module = above(subject.source, subject.base, "go.mod").ok_or_else(|| {
        Fault::new(
            "build/manifest",
            format!(
                "there is no go.mod in {} or above it",
                subject.source.display()
            ),
        )
        .help("make one with `go mod init`")
    })?;
    let output = match (subject.runtime, subject.handler) {
        (Some("go1.x"), Some(handler)) => handler.to_owned(),
        _ => "bootstrap".into(),
    };
    Ok(Method::Go {
        output,
        architecture: subject.architecture,
        module,
    })
}

fn cargo(subject: &Subject<'_>) -> Method {
    let property = |key: &str| {
        subject
            .metadata
            .build_properties
            .as_ref()
            .and_then(|all| all.get(key))
    };
    let flags = property("Flags")
        .and_then(|node| node.as_list())
        .unwrap_or_default();
    // A package in a workspace is compiled with its siblings and the workspace's lock file.
    let workspace = above(subject.source, subject.base, "Cargo.lock");
    Method::Cargo {
        binary: property("Binary").and_then(|node| node.scalar_text()),
        flags: flags.iter().filter_map(|flag| flag.scalar_text()).collect(),
        architecture: subject.architecture,
        workspace: workspace.unwrap_or_else(|| subject.source.to_owned()),
    }
}

/// The nearest folder with a file of this name: `folder` itself, or one above it up to `base`.
pub(super) fn above(folder: &Path, base: &Path, name: &str) -> Option<PathBuf> {
    let has = |folder: &&Path| folder.join(name).is_file();
    if has(&folder) {
        return Some(folder.to_owned());
    }
    folder
        .ancestors()
        .skip(1)
        .take_while(|ancestor| ancestor.starts_with(base))
        .find(has)
        .map(Path::to_owned)
}
