//! A function of the template made ready to run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;

use super::bundle;
use super::choice::{Choice, choose};
use super::code::{self, CodeFolder};
use super::library::Library;
use super::process;
use super::sandbox::{self, Endpoint, Logging, Network, Pattern, PatternError};
use super::variable;
use crate::diag::{Diagnostic, Diagnostics};
use crate::eval;
use crate::graph::{App, Function, LayerRef, Setting, why};
use crate::project::LOCAL_ACCOUNT;

/// What the user says beside the template.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The function's own variables, the template's and what was laid over them.
    pub variables: IndexMap<String, String>,
    /// Instead of the template's `Timeout`.
    pub timeout: Option<Duration>,
    /// `eu-central-1`.
    pub region: String,
    /// The local AWS endpoint, if there is one.
    pub endpoint: Option<Endpoint>,
    /// Hosts the user allows.
    pub allowed: Vec<Pattern>,
    /// Where the packages are that Lambda's runtimes bring.
    pub library: Library,
    /// Folders laid over the function's own layers, later ones over earlier ones.
    pub layers: Vec<PathBuf>,
    /// Run it as a process, whatever its runtime.
    pub process: bool,
    /// The user's own `PATH`: where programs that run processes are found.
    pub search: String,
}

/// A function ready to be prepared by what runs it.
#[derive(Debug, Clone)]
pub enum Work {
    /// For [`sandbox::Sandbox::prepare`].
    Sandbox(Box<sandbox::Function>),
    /// For [`process::prepare`]; not sandboxed.
    Process(Box<process::Function>),
}

/// A function ready to run, with the folders it needs.
#[derive(Debug)]
pub struct Ready {
    /// What runs it, and all that needs.
    pub function: Work,
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`.
    pub arn: String,
    /// What is worth knowing: a layer or a variable that is not there.
    pub warnings: Diagnostics,
    /// Folders that live as long as the function runs.
    _folders: Vec<CodeFolder>,
}

/// Makes `function` of `app` ready; `base` is the template's folder.
///
/// # Errors
/// When nothing runs its runtime, or its code is not on this machine.
pub fn prepare(
    app: &App,
    function: &Function,
    base: &Path,
    overrides: &Overrides,
) -> Result<Ready, Box<Diagnostic>> {
    let runtime_name = known(function.runtime.as_ref()).unwrap_or_default();
    let mut handler = known(function.handler.as_ref()).unwrap_or_default();
    let mut warnings = Diagnostics::new();
    // Source: CloudFormation's `ZipFile`, which makes a file named index.
    let inline_name = match runtime_name.starts_with("python") {
        true => "index.py",
        false => "index.js",
    };
    let task = code::folder(&function.package, base, inline_name)?;
    let choice = choose(function, &runtime_name, task.path(), overrides.process)?;
    if matches!(choice, Choice::Guest(sandbox::Runtime::Nodejs(_)))
        && bundle::is_bundled(&function.metadata)
    {
        handler = source_handler(function, &handler, task.path())?;
    }
    if let Choice::Guest(sandbox::Runtime::Python(minor)) = choice {
        warn_of_python(function, minor, &mut warnings);
    }
    let mut folders = vec![];
    let mut layers = vec![];
    for layer in &function.layers {
        if let Some(folder) = layer_folder(app, layer, base, &mut warnings)? {
            layers.push(folder.path().to_owned());
            folders.push(folder);
        }
    }
    layers.extend(overrides.layers.iter().cloned());
    for layer in &layers {
        warn_of_extensions(layer, &mut warnings);
    }
    let name = function.known_name().unwrap_or(&function.id).to_owned();
    let memory_mb = function.memory_mb;
    let logging = Logging::from(&function.logging);
    let log_group = log_group(function, &mut warnings);
    let mut environment = variable::defined(&variable::Lambda {
        name: &name,
        runtime: &runtime_name,
        handler: &handler,
        memory_mb,
        region: &overrides.region,
        log_stream: &log_stream(),
        log_group: log_group.as_deref(),
        logging,
    });
    if let Some(endpoint) = &overrides.endpoint {
        variable::point_to(&mut environment, endpoint);
    }
    environment.extend(own_variables(function, overrides, &mut warnings));
    let runtime_packages = match runtime_name.as_str() {
        name if name.starts_with("nodejs") => overrides.library.nodejs(task.own(), base),
        name if name.starts_with("python") => overrides.library.python(base, &mut warnings),
        _ => vec![],
    };
    let timeout = overrides
        .timeout
        .unwrap_or(Duration::from_secs(u64::from(function.timeout_seconds)));
    let allowed = allowed(function, overrides)?;
    let ready = match choice {
        Choice::Guest(runtime) => Work::Sandbox(Box::new(sandbox::Function {
            name: name.clone(),
            runtime,
            handler,
            task: task.path().to_owned(),
            layers,
            runtime_packages,
            timeout,
            memory_mb,
            tmp_mb: function.storage_mb,
            environment,
            network: Network::new(overrides.endpoint.clone(), allowed),
            logging,
        })),
        Choice::Process(language) => Work::Process(Box::new(process::Function {
            name: name.clone(),
            language,
            runtime: runtime_name,
            handler,
            task: task.path().to_owned(),
            layers,
            runtime_packages,
            timeout,
            memory_mb,
            tmp_mb: function.storage_mb,
            environment,
            logging,
            search: overrides.search.clone(),
        })),
    };
    folders.push(task);
    Ok(Ready {
        function: ready,
        arn: format!(
            "arn:{}:lambda:{}:{LOCAL_ACCOUNT}:function:{name}",
            eval::partition(&overrides.region),
            overrides.region
        ),
        warnings,
        _folders: folders,
    })
}

/// Versions of Python from this one on have the standard library of the sandbox's, or nearly so. Source: "What's
/// New In Python 3.12" and 3.13: what was deprecated for long was taken out.
const NEAR_PYTHON: u32 = 12;

/// Says that the sandbox's Python is much newer than the one the template names.
fn warn_of_python(function: &Function, minor: u32, warnings: &mut Diagnostics) {
    if minor >= NEAR_PYTHON {
        return;
    }
    let span = function
        .runtime
        .as_ref()
        .map_or(function.span, Setting::span);
    warnings.push(
        Diagnostic::warning(
            "local/newer-python",
            format!(
                "`{}` asks for Python 3.{minor}, the sandbox's is 3.{}",
                function.id,
                sandbox::PYTHON_MINOR
            ),
        )
        .at(span)
        .help("modules that Python has dropped since are missing; --process uses the Python of this machine"),
    );
}

fn known(setting: Option<&Setting<String>>) -> Option<String> {
    setting.and_then(Setting::known).cloned()
}

/// The log group that the template names; warns of one without a value.
fn log_group(function: &Function, warnings: &mut Diagnostics) -> Option<String> {
    match &function.logging.group.as_ref()?.value {
        Setting::Known { value, .. } => Some(value.clone()),
        Setting::Unknown { reason, span } => {
            warnings.push(
                Diagnostic::warning(
                    "local/unknown-log-group",
                    format!(
                        "`LogGroup` of `{}` is not known here, because {}; /aws/lambda/ and its name are taken",
                        function.id,
                        why(reason)
                    ),
                )
                .at(*span),
            );
            None
        }
    }
}

/// `2019/06/07/[$LATEST]<32 hex>`.
fn log_stream() -> String {
    let day = jiff::Timestamp::now().strftime("%Y/%m/%d");
    format!("{day}/[$LATEST]{}", uuid::Uuid::new_v4().simple())
}

/// The hosts that the function may reach: those the user allows, and those the template does.
fn allowed(function: &Function, overrides: &Overrides) -> Result<Vec<Pattern>, Box<Diagnostic>> {
    let mut allowed = overrides.allowed.clone();
    for host in &function.metadata.hoist.allow_net {
        let pattern = host.pattern.parse().map_err(|error: PatternError| {
            Diagnostic::error("local/allow-net", format!("`AllowNet`: {error}")).at(host.span)
        })?;
        allowed.push(pattern);
    }
    Ok(allowed)
}

/// Warns of extensions in a layer: nothing starts them.
fn warn_of_extensions(layer: &Path, warnings: &mut Diagnostics) {
    let names: Vec<String> = std::fs::read_dir(layer.join("extensions"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if !names.is_empty() {
        warnings.push(
            Diagnostic::warning(
                "local/extension",
                format!(
                    "the extensions of the layer {} are not started: {}",
                    layer.display(),
                    names.join(", ")
                ),
            )
            .help("Hoist has no Extensions API; the function runs without them"),
        );
    }
}

/// The handler of a function that esbuild would bundle, in its sources.
fn source_handler(
    function: &Function,
    handler: &str,
    task: &Path,
) -> Result<String, Box<Diagnostic>> {
    bundle::source_handler(task, handler, &function.metadata).ok_or_else(|| {
        Box::new(
            Diagnostic::error(
                "local/no-source",
                format!(
                    "`{}` is bundled with esbuild, and neither `{handler}` nor one of its `EntryPoints` is a file in its folder",
                    function.id
                ),
            )
            .at(function.package.span())
            .help("Hoist runs the sources as they are: name the file in `EntryPoints` of `Metadata: BuildProperties`, from the folder of `CodeUri` on")
            .help("or bundle it first, and run the template that the build wrote: `hoist invoke … -t .aws-sam/build/template.yaml`"),
        )
    })
}

fn layer_folder(
    app: &App,
    layer: &LayerRef,
    base: &Path,
    warnings: &mut Diagnostics,
) -> Result<Option<CodeFolder>, Box<Diagnostic>> {
    let absent = |what: String| {
        Diagnostic::warning("local/layer-not-here", what)
            .at(layer.span())
            .help("it is left out of /opt; layers of this template with a local `ContentUri` are mounted, and folders given with --layers")
    };
    match layer {
        LayerRef::Resource { id, .. } => match app.layer(id) {
            Some(resource) => code::folder(&resource.content, base, "layer").map(Some),
            None => {
                warnings.push(absent(format!(
                    "the layer `{id}` is not a layer of this template"
                )));
                Ok(None)
            }
        },
        LayerRef::Arn { arn, .. } => {
            warnings.push(absent(format!("the layer {arn} is not on this machine")));
            Ok(None)
        }
        LayerRef::Unknown { reason, .. } => {
            warnings.push(absent(format!("a layer is not known here: {reason}")));
            Ok(None)
        }
    }
}

/// The function's own variables; warns of those without a value.
fn own_variables(
    function: &Function,
    overrides: &Overrides,
    warnings: &mut Diagnostics,
) -> IndexMap<String, String> {
    let own = overrides.variables.clone();
    for variable in &function.environment {
        if let Setting::Unknown { reason, span } = &variable.value
            && !own.contains_key(&variable.name)
        {
            warnings.push(
                Diagnostic::warning(
                    "local/unknown-variable",
                    format!(
                        "the environment variable `{}` is not set, because {}",
                        variable.name,
                        why(reason)
                    ),
                )
                .at(*span)
                .help("give it a value with --env-vars, --env-file or --parameter-overrides"),
            );
        }
    }
    own
}
