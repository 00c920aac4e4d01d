//! A function of the template made ready for the sandbox.

use std::path::Path;
use std::time::Duration;

use indexmap::IndexMap;

use super::code::{self, CodeFolder};
use super::sandbox::{self, Endpoint, Logging, Network, Pattern};
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
}

/// A function ready for the sandbox, with the folders it needs.
#[derive(Debug)]
pub struct Ready {
    /// For [`sandbox::Sandbox::prepare`].
    pub function: sandbox::Function,
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
/// When there is no guest for its runtime yet, or its code is not on this machine.
pub fn prepare(
    app: &App,
    function: &Function,
    base: &Path,
    overrides: &Overrides,
) -> Result<Ready, Box<Diagnostic>> {
    let runtime_name = known(function.runtime.as_ref()).unwrap_or_default();
    let handler = known(function.handler.as_ref()).unwrap_or_default();
    let mut warnings = Diagnostics::new();
    let task = code::folder(&function.package, base, "index.js")?;
    let runtime = runtime(function, &runtime_name, task.path())?;
    let mut folders = vec![];
    let mut layers = vec![];
    for layer in &function.layers {
        if let Some(folder) = layer_folder(app, layer, base, &mut warnings)? {
            layers.push(folder.path().to_owned());
            folders.push(folder);
        }
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
    let ready = sandbox::Function {
        name: name.clone(),
        runtime,
        handler,
        task: task.path().to_owned(),
        layers,
        timeout: overrides
            .timeout
            .unwrap_or(Duration::from_secs(u64::from(function.timeout_seconds))),
        memory_mb,
        tmp_mb: function.storage_mb,
        environment,
        network: Network::new(overrides.endpoint.clone(), overrides.allowed.clone()),
        logging,
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

/// The guest for a runtime.
fn runtime(
    function: &Function,
    name: &str,
    task: &Path,
) -> Result<sandbox::Runtime, Box<Diagnostic>> {
    let span = function
        .runtime
        .as_ref()
        .map_or(function.span, Setting::span);
    let major = name
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"));
    if let Some(major) = major.and_then(|major| major.parse().ok()) {
        if let Some(method) = known(function.metadata.build_method.as_ref())
            && method == "esbuild"
        {
            return Err(Box::new(
                Diagnostic::error(
                    "local/needs-build",
                    format!("`{}` is bundled with esbuild, and Hoist does not build yet", function.id),
                )
                .at(function.package.span())
                .help("build it first, and run the template the build wrote: `hoist invoke … -t .aws-sam/build/template.yaml`"),
            ));
        }
        return Ok(sandbox::Runtime::Nodejs(major));
    }
    if name.starts_with("provided") {
        return match sandbox::has_wasm(task) {
            true => Ok(sandbox::Runtime::Wasm),
            false => Err(Box::new(
                Diagnostic::error(
                    "local/native-bootstrap",
                    format!("`{}` holds no .wasm file: native programs do not run in the sandbox", function.id),
                )
                .at(function.package.span())
                .help("compile it for wasm32-wasip1 or wasm32-wasip2 and put the .wasm file into the function's folder")
                .help("native programs as child processes are planned"),
            )),
        };
    }
    Err(Box::new(
        Diagnostic::error(
            "local/no-guest",
            format!("the runtime `{name}` does not run locally yet"),
        )
        .at(span)
        .help("what runs today: `nodejs24.x`, `nodejs22.x` and earlier ones of that form (JavaScript), and `provided.*` with a .wasm file")
        .help("planned next: `python3*` in the sandbox; java, dotnet, ruby, go as child processes"),
    ))
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
            .help("it is left out of /opt; only layers of this template with a local `ContentUri` are mounted")
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
