//! `hoist invoke`: one function, one event, its answer.

mod event;
mod run;
mod variable;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use run::Run;
use variable::variables;

use super::project::{Project, TemplateArguments, fail, report};
use super::{Exit, Output, Stop};
use crate::config::{self, Environment};
use crate::diag::{Diagnostic, Diagnostics, Severity, Sources, did_you_mean};
use crate::graph::{App, Function};
use crate::local::library::Library;
use crate::local::prepare::{self, prepare};
use crate::local::sandbox::{Endpoint, Pattern};
use crate::ui::Ui;

/// Run a function with an event and print its answer
///
/// The answer goes to standard output, Lambda's log lines to standard error. The exit code is 4 when the
/// function failed.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The function, by its logical id or its FunctionName (may be left out when there is only one)
    #[arg(value_name = "FUNCTION")]
    function: Option<String>,

    /// Run it on this machine, in the sandbox
    #[arg(long)]
    local: bool,

    /// Run it as a process of this machine instead: not sandboxed, under the machine's own node, python3, java, …
    #[arg(long)]
    process: bool,

    /// Folders laid over the function's own layers as /opt, later ones over earlier ones
    #[arg(long, value_name = "DIR", num_args = 1.., value_delimiter = ',')]
    layers: Vec<PathBuf>,

    #[command(flatten)]
    template: TemplateArguments,

    /// The event: a JSON file, or - for standard input [default: {}]
    #[arg(short, long, value_name = "FILE")]
    event: Option<PathBuf>,

    /// Values for environment variables by function, as SAM's JSON file
    #[arg(long, value_name = "FILE")]
    env_vars: Option<PathBuf>,

    /// Environment variables as lines of NAME=value; may be given several times
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,

    /// Seconds the function may run, instead of the template's Timeout
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=900))]
    timeout: Option<u64>,

    /// The local AWS endpoint the function talks to: http://127.0.0.1:4566 [default: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Endpoint>,

    /// Hosts the function may reach beside the AWS endpoint: example.com, example.com:8080, *.example.com, *
    #[arg(long, value_name = "HOST[:PORT]", value_delimiter = ',')]
    allow_net: Vec<Pattern>,

    /// Invoke it so often in the same execution environment, and print timings
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    repeat: u32,

    /// Load the function's packages anew instead of from a snapshot of them
    #[arg(long)]
    no_snapshot: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Runs the function. Ends with [`Exit::Function`] when it failed.
pub async fn run(arguments: Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    if !arguments.local {
        ui.error("invoking a deployed function is not there yet")?;
        ui.help("add --local to run the function of your template on this machine")?;
        return Err(Stop::Said(Exit::Usage));
    }
    let Project {
        mut loaded,
        region,
        settings,
    } = arguments.template.load(None, environment);
    report(ui, &settings.0, &settings.1)?;
    let Some(app) = &loaded.app else {
        report(ui, &loaded.sources, &loaded.diagnostics)?;
        return Err(Stop::Said(Exit::Input));
    };
    let function = find(app, arguments.function.as_deref(), &loaded.path, ui)?;
    let (others, own): (Vec<_>, Vec<_>) = std::mem::take(&mut loaded.diagnostics)
        .into_iter()
        .partition(|diagnostic| is_of_another_function(diagnostic, function, app));
    if others.iter().any(|one| one.severity == Severity::Error) {
        ui.warning("other functions of the template have faults; `hoist validate` shows them")?;
    }
    report(ui, &loaded.sources, &own.into_iter().collect())?;
    let event = event::read(arguments.event.as_deref(), &mut loaded.sources)
        .or_else(|diagnostic| refuse(ui, &loaded.sources, &diagnostic))?;
    let mut diagnostics = Diagnostics::new();
    let overrides = config::Overrides::read(
        arguments.env_vars.as_deref(),
        &arguments.env_file,
        &mut loaded.sources,
        &mut diagnostics,
    );
    let variables = variables(app, function, &overrides, &mut diagnostics);
    report(ui, &loaded.sources, &diagnostics)?;
    let overrides = prepare::Overrides {
        variables,
        timeout: arguments.timeout.map(Duration::from_secs),
        region,
        endpoint: endpoint(arguments.endpoint_url, environment, ui)?,
        allowed: arguments.allow_net,
        library: Library::of(environment),
        layers: layers(&arguments.layers, ui)?,
        process: arguments.process,
        search: environment.variable("PATH").unwrap_or_default().to_owned(),
    };
    let ready = prepare(app, function, &loaded.base_dir, &overrides)
        .or_else(|diagnostic| refuse(ui, &loaded.sources, &diagnostic))?;
    report(ui, &loaded.sources, &ready.warnings)?;
    let run = Run {
        ui,
        ready: &ready,
        event,
        repeat: arguments.repeat,
        snapshots: !arguments.no_snapshot,
    };
    run.to_the_end(environment).await
}

/// The folders of `--layers`, as they are found from everywhere.
fn layers(given: &[PathBuf], ui: &Ui) -> Result<Vec<PathBuf>, Stop> {
    let mut layers = Vec::with_capacity(given.len());
    for layer in given {
        let found = layer.canonicalize().and_then(|path| match path.is_dir() {
            true => Ok(path),
            false => Err(std::io::ErrorKind::NotADirectory.into()),
        });
        match found {
            Ok(path) => layers.push(path),
            Err(error) => {
                fail(
                    ui,
                    &format!("cannot read the layer {}: {error}", layer.display()),
                )?;
                ui.help("--layers takes folders whose content is to be seen as /opt, as a layer's zip file has it")?;
                return Err(Stop::Said(Exit::Input));
            }
        }
    }
    Ok(layers)
}

/// The local AWS endpoint: the flag, else the variable the SDKs read too.
pub(in crate::cli) fn endpoint(
    flag: Option<Endpoint>,
    environment: &Environment,
    ui: &Ui,
) -> Result<Option<Endpoint>, Stop> {
    let (None, Some(text)) = (&flag, environment.variable("AWS_ENDPOINT_URL")) else {
        return Ok(flag);
    };
    match text.parse() {
        Ok(endpoint) => Ok(Some(endpoint)),
        Err(error) => {
            fail(ui, &format!("AWS_ENDPOINT_URL: {error}"))?;
            Err(Stop::Said(Exit::Input))
        }
    }
}

/// Whether a diagnostic is about a function other than the one to invoke: it need not stop this one.
fn is_of_another_function(diagnostic: &Diagnostic, invoked: &Function, app: &App) -> bool {
    let Some(span) = diagnostic.span() else {
        return false;
    };
    app.functions()
        .filter(|function| function.id != invoked.id)
        .filter_map(|function| app.resources.get(&function.id))
        .any(|resource| {
            let end = resource
                .properties
                .as_ref()
                .map_or(resource.span.end, |node| node.span.end);
            span.source == resource.span.source && (resource.span.start..end).contains(&span.start)
        })
}

/// The function that is meant; says which there are when it is not clear.
fn find<'a>(
    app: &'a App,
    name: Option<&str>,
    template: &Path,
    ui: &Ui,
) -> Result<&'a Function, Stop> {
    let functions: Vec<&Function> = app.functions().collect();
    let listing = || -> Result<(), Stop> {
        let ids: Vec<&str> = functions
            .iter()
            .map(|function| function.id.as_str())
            .collect();
        Ok(ui.help(&match ids.as_slice() {
            [] => format!("{} has no functions", template.display()),
            ids => format!("functions in {}: {}", template.display(), ids.join(", ")),
        })?)
    };
    let Some(name) = name else {
        if let [only] = functions.as_slice() {
            return Ok(only);
        }
        fail(ui, "say which function to invoke")?;
        listing()?;
        return Err(Stop::Said(if functions.is_empty() {
            Exit::Input
        } else {
            Exit::Usage
        }));
    };
    if let Some(function) = app.function_named(name) {
        return Ok(function);
    }
    let names = functions
        .iter()
        .flat_map(|function| std::iter::once(function.id.as_str()).chain(function.known_name()));
    fail(
        ui,
        &format!("there is no function `{name}` in {}", template.display()),
    )?;
    match did_you_mean(name, names) {
        Some(near) => ui.help(&near)?,
        None => listing()?,
    }
    Err(Stop::Said(Exit::Input))
}

/// Shows one diagnostic and stops.
fn refuse<T>(ui: &Ui, sources: &Sources, diagnostic: &Diagnostic) -> Result<T, Stop> {
    report(ui, sources, &[diagnostic.clone()].into_iter().collect())?;
    Err(Stop::Said(Exit::Input))
}
