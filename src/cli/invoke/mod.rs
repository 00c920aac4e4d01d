//! `hoist invoke`: one function, one event, its answer.

mod compare;
mod event;
mod run;
mod sample;
mod setting;
mod variable;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use run::Run;
pub(super) use setting::endpoint;
use variable::variables;

use super::project::{Project, fail, report};
use super::remote::{Remote, RemoteArguments};
use super::stack::StackArguments;
use super::{Exit, Output, Stop};
use crate::config::{self, Environment, Given, Setting, Value};
use crate::diag::{Diagnostic, Diagnostics, Severity, Sources, did_you_mean};
use crate::graph::{App, Function};
use crate::local::library::Library;
use crate::local::prepare::{self, prepare};
use crate::local::sandbox::{Endpoint, Pattern};
use crate::logs::store::Store;
use crate::project::Loaded;
use crate::ui::Ui;

/// Invoke a function with an event and print its answer: the deployed one, or with --local the one of the template
///
/// The answer goes to standard output, Lambda's log lines to standard error. The exit code is 4 when the
/// function failed. Without --local nothing of the template is needed: FUNCTION may be any function's name or ARN.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The function, by its logical id or its FunctionName (may be left out when there is only one)
    #[arg(value_name = "FUNCTION")]
    function: Option<String>,

    /// Run it on this machine, in the sandbox
    #[arg(long)]
    local: bool,

    /// Run it on this machine and invoke the deployed one with the same event, and compare
    #[arg(long, conflicts_with_all = ["local", "asynchronous", "dry_run", "repeat"])]
    compare: bool,

    #[command(flatten)]
    remote: RemoteArguments,

    /// Run it as a process of this machine instead: not sandboxed, under the machine's own node, python3, java, …
    #[arg(long)]
    process: bool,

    /// Folders laid over the function's own layers as /opt, later ones over earlier ones
    #[arg(long, value_name = "DIR", num_args = 1.., value_delimiter = ',')]
    layers: Vec<PathBuf>,

    #[command(flatten)]
    stack: StackArguments,

    #[command(flatten)]
    event: event::EventArguments,

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

    /// What the flags say, in the words of `config`.
    pub(super) fn given(&self) -> Given {
        let mut given = Given::default();
        let path = |path: &Option<PathBuf>| path.clone().map(Value::Path);
        given.add(Setting::Function, self.function.clone().map(Value::Text));
        given.add(Setting::Event, path(&self.event.event));
        given.add(Setting::EnvVars, path(&self.env_vars));
        given.add_paths(Setting::EnvFile, &self.env_file);
        given.add(Setting::Timeout, self.timeout.map(Value::Seconds));
        let endpoint = self.endpoint_url.as_ref().map(Endpoint::to_string);
        given.add(Setting::EndpointUrl, endpoint.map(Value::Text));
        let hosts: Vec<String> = self.allow_net.iter().map(Pattern::to_string).collect();
        given.add(
            Setting::AllowNet,
            (!hosts.is_empty()).then_some(Value::Texts(hosts)),
        );
        given.add_paths(Setting::Layers, &self.layers);
        given.add(
            Setting::Process,
            self.process.then_some(Value::Switch(true)),
        );
        given.add(
            Setting::Snapshot,
            self.no_snapshot.then_some(Value::Switch(false)),
        );
        given
    }
}

/// Runs the function. Ends with [`Exit::Function`] when it failed.
pub async fn run(arguments: Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    if !arguments.local && !arguments.compare {
        return deployed(&arguments, environment, ui).await;
    }
    let Project {
        mut loaded,
        configured,
        settings,
    } = arguments.stack.template.load_for(
        config::Command::Invoke,
        None,
        arguments.given(),
        environment,
    );
    report(ui, &settings.0, &settings.1)?;
    let Some(app) = &loaded.app else {
        report(ui, &loaded.sources, &loaded.diagnostics)?;
        return Err(Stop::Said(Exit::Input));
    };
    if is_failed(&loaded, app, configured.text(Setting::Function)) {
        report(ui, &loaded.sources, &loaded.diagnostics)?;
        return Err(Stop::Said(Exit::Input));
    }
    let function = find(&loaded, app, configured.text(Setting::Function), ui)?;
    let (others, own): (Vec<_>, Vec<_>) = loaded
        .diagnostics
        .clone()
        .into_iter()
        .partition(|diagnostic| is_of_another_function(diagnostic, function, app, &loaded));
    if others.iter().any(|one| one.severity == Severity::Error) {
        ui.warning("other functions of the template have faults; `hoist validate` shows them")?;
    }
    report(ui, &loaded.sources, &own.into_iter().collect())?;
    let event = match sample::made(&arguments.event, ui)? {
        Some(event) => event,
        None => {
            let given = configured.path(Setting::Event);
            event::read(given, &loaded.base_dir, &mut loaded.sources)
                .or_else(|diagnostic| refuse(ui, &loaded.sources, &diagnostic))?
        }
    };
    let mut diagnostics = Diagnostics::new();
    let overrides = config::Overrides::read(
        configured.path(Setting::EnvVars),
        configured.paths(Setting::EnvFile),
        &mut loaded.sources,
        &mut diagnostics,
    );
    let variables = variables(app, function, &overrides, &mut diagnostics);
    report(ui, &loaded.sources, &diagnostics)?;
    let own = configured.function(&function.id, function.known_name());
    let overrides = prepare::Overrides {
        variables,
        timeout: configured
            .seconds(Setting::Timeout)
            .map(Duration::from_secs),
        region: configured.region().to_owned(),
        endpoint: setting::endpoint(&configured, ui)?,
        allowed: setting::allowed(&configured, own, ui)?,
        library: Library::of(environment),
        layers: setting::layers(&configured, ui)?,
        process: configured.process(own),
        search: environment.variable("PATH").unwrap_or_default().to_owned(),
    };
    let ready = prepare(app, function, &loaded.base_dir, &overrides)
        .or_else(|diagnostic| refuse(ui, &loaded.sources, &diagnostic))?;
    report(ui, &loaded.sources, &ready.warnings)?;
    let run = Run {
        ui,
        ready: &ready,
        event,
        kept: environment
            .cache_dir()
            .ok()
            .map(|cache| (Store::of(&cache.value, &loaded.path), function.id.clone())),
        repeat: arguments.repeat,
        snapshots: configured.switch(Setting::Snapshot) != Some(false),
    };
    if arguments.compare {
        let configured = arguments
            .stack
            .configure(None, Given::default(), environment, ui)?;
        let mut remote = Remote::find(&configured, Some(&function.id), environment, ui).await?;
        let there = remote.invoke(&arguments.remote, &run.event, ui).await?;
        let here = run.once(environment).await?;
        return compare::print(&here, &remote, &there, ui);
    }
    run.to_the_end(environment).await
}

/// Invokes the deployed function.
async fn deployed(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let command = config::Command::Invoke;
    let (settings, (mut sources, diagnostics)) =
        arguments
            .stack
            .template
            .settings(command, None, arguments.given(), environment);
    report(ui, &sources, &diagnostics)?;
    let configured = arguments
        .stack
        .configure(None, Given::default(), environment, ui)?;
    let event = match sample::made(&arguments.event, ui)? {
        Some(event) => event,
        None => {
            let template = settings.path(Setting::Template).unwrap_or(Path::new(""));
            let folder = match template.is_dir() {
                true => template,
                false => template.parent().unwrap_or(Path::new("")),
            };
            event::read(settings.path(Setting::Event), folder, &mut sources)
                .or_else(|diagnostic| refuse(ui, &sources, &diagnostic))?
        }
    };
    let function = settings.text(Setting::Function);
    let mut remote = Remote::find(&configured, function, environment, ui).await?;
    let answer = remote.invoke(&arguments.remote, &event, ui).await?;
    remote.print(&answer, ui)
}

/// Whether the function to invoke is one that SAM's transform could not make anything of.
fn is_failed(loaded: &Loaded, app: &App, name: Option<&str>) -> bool {
    let mut failed = loaded.failed_functions();
    match name {
        Some(name) => app.function_named(name).is_none() && failed.any(|id| id == name),
        None => app.functions().next().is_none() && failed.next().is_some(),
    }
}

/// Whether a diagnostic is about a function other than the one to invoke: it need not stop this one.
fn is_of_another_function(
    diagnostic: &Diagnostic,
    invoked: &Function,
    app: &App,
    loaded: &Loaded,
) -> bool {
    let Some(span) = diagnostic.span() else {
        return false;
    };
    let origin = |id: &str| Some(app.resources.get(id)?.origin.id.as_str());
    let is_inside = |id: &str| {
        let declared = loaded.declarations.get(id);
        declared.is_some_and(|declared| {
            declared.source == span.source && (declared.start..declared.end).contains(&span.start)
        })
    };
    let own = origin(&invoked.id);
    let others = app.functions().filter_map(|function| origin(&function.id));
    !own.is_some_and(is_inside) && others.chain(loaded.failed_functions()).any(is_inside)
}

/// The function that is meant; says which there are when it is not clear.
fn find<'a>(
    loaded: &Loaded,
    app: &'a App,
    name: Option<&str>,
    ui: &Ui,
) -> Result<&'a Function, Stop> {
    let template = &loaded.path;
    let functions: Vec<&Function> = app.functions().collect();
    let listing = || -> Result<(), Stop> {
        let ids: Vec<&str> = functions
            .iter()
            .map(|function| function.id.as_str())
            .chain(loaded.failed_functions())
            .collect();
        Ok(ui.help(&match ids.as_slice() {
            [] => format!("{} has no functions", template.display()),
            ids => format!("functions in {}: {}", template.display(), ids.join(", ")),
        })?)
    };
    let Some(name) = name else {
        if let [only] = functions.as_slice()
            && loaded.failed_functions().next().is_none()
        {
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
