//! `hoist invoke`: one function, one event, its answer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::event;
use super::project::{Project, TemplateArguments, fail, report};
use super::{Exit, Output, Stop, snapshot};
use crate::config::{self, Declared, Environment};
use crate::diag::{Diagnostic, Diagnostics, Severity, Sources, did_you_mean};
use crate::graph::{App, Function};
use crate::local::library::Library;
use crate::local::prepare::{self, Ready, Work, prepare};
use crate::local::process::{self, ProcessError};
use crate::local::sandbox::{
    Completion, Endpoint, Invocation, Log, Notice, Outcome, Pattern, Sandbox, SnapshotJob,
    milliseconds,
};
use crate::local::{Invoke, InvokeError};
use crate::ui::{Format, Progress, Ui};

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
fn endpoint(
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

/// What a function's template says of its variables, in the words of `config`.
struct OwnVariables<'a> {
    id: &'a str,
    name: Option<&'a str>,
    variables: IndexMap<String, Option<String>>,
}

impl<'a> OwnVariables<'a> {
    fn of(function: &'a Function) -> Self {
        let variables = function.environment.iter();
        OwnVariables {
            id: &function.id,
            name: function.known_name(),
            variables: variables
                .map(|variable| (variable.name.clone(), variable.value.known().cloned()))
                .collect(),
        }
    }

    fn declared(&self) -> Declared<'_> {
        Declared {
            logical_id: self.id,
            function_name: self.name,
            variables: &self.variables,
        }
    }
}

/// The function's own variables with the user's laid over them; warns of what has no effect.
fn variables(
    app: &App,
    function: &Function,
    overrides: &config::Overrides,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, String> {
    let own: Vec<OwnVariables<'_>> = app.functions().map(OwnVariables::of).collect();
    let declared: Vec<Declared<'_>> = own.iter().map(OwnVariables::declared).collect();
    diagnostics.extend(overrides.check(&declared));
    declared
        .iter()
        .find(|declared| declared.logical_id == function.id)
        .map(|declared| overrides.apply(declared))
        .unwrap_or_default()
        .variables
        .into_iter()
        .map(|(name, sourced)| (name, sourced.value))
        .collect()
}

/// One function invoked once or several times.
struct Run<'a> {
    ui: &'a Ui,
    ready: &'a Ready,
    event: String,
    repeat: u32,
    snapshots: bool,
}

impl Run<'_> {
    async fn to_the_end(&self, settings: &Environment) -> Result<Exit, Stop> {
        let prepared = self.prepared(settings).await?;
        let mut exit = Exit::Ok;
        let mut times = Vec::with_capacity(self.repeat as usize);
        let mut current = None;
        for _ in 0..self.repeat {
            let invocation = Invocation {
                request_id: uuid::Uuid::new_v4().to_string(),
                event: self.event.clone(),
                function_arn: self.ready.arn.clone(),
                client_context: None,
                trace_id: None,
            };
            let started = Instant::now();
            let mut environment = match current.take() {
                Some(environment) => environment,
                None => self.said(prepared.environment(log(self.ui)).await)?,
            };
            let completion = self.said(environment.invoke(&invocation).await)?;
            times.push(started.elapsed());
            // As in Lambda, an environment that crashed or timed out is not used again.
            current = environment.is_usable().then_some(environment);
            if matches!(completion.outcome, Outcome::Failure(_)) {
                exit = Exit::Function;
            }
            self.answer(&invocation, &completion)?;
        }
        if let Some(job) = current.and_then(|environment| environment.remember_packages()) {
            self.make_snapshot(&job, settings)?;
        }
        if self.repeat > 1 {
            self.ui.talk_line(&timings(&times))?;
        }
        Ok(exit)
    }

    /// Lets what runs the function get ready.
    async fn prepared(&self, environment: &Environment) -> Result<Box<dyn Invoke>, Stop> {
        let function = match &self.ready.function {
            Work::Sandbox(function) => function.as_ref().clone(),
            Work::Process(function) => {
                let prepared = process::prepare(function.as_ref().clone()).await;
                let missing = match &prepared {
                    Err(ProcessError::Missing { missing, .. }) => Some(missing.help.clone()),
                    _ => None,
                };
                let prepared = self.said(prepared);
                if let Some(help) = missing {
                    self.ui.help(&help)?;
                }
                let prepared = prepared?;
                let line = format!("hoist: not sandboxed: {}", prepared.limits());
                self.ui.talk_line(&line)?;
                return Ok(Box::new(prepared));
            }
        };
        let cache = match environment.cache_dir() {
            Ok(cache) => cache.value,
            Err(error) => {
                fail(self.ui, &error.to_string())?;
                return Err(Stop::Said(Exit::Input));
            }
        };
        let mut sandbox = self.said(Sandbox::new(&cache, notices(self.ui.clone())))?;
        if !self.snapshots {
            sandbox = sandbox.without_snapshots();
        }
        Ok(Box::new(self.said(sandbox.prepare(function).await)?))
    }

    /// Starts making an image with the function's packages.
    fn make_snapshot(&self, job: &SnapshotJob, settings: &Environment) -> Result<(), Stop> {
        if snapshot::start(job, settings) {
            self.ui.talk_line(
                "hoist: a snapshot of the function's packages is being made in the background: later runs load faster",
            )?;
        }
        Ok(())
    }

    /// The answer alone, or everything about it as one line of JSON.
    fn answer(&self, invocation: &Invocation, completion: &Completion) -> Result<(), Stop> {
        let (payload, failed) = match &completion.outcome {
            Outcome::Answer(answer) => (answer.as_slice(), false),
            Outcome::Failure(failure) => (failure.payload.as_bytes(), true),
        };
        if self.ui.format() == Format::Text {
            self.ui.data(payload)?;
            if !payload.ends_with(b"\n") {
                self.ui.data(b"\n")?;
            }
            return Ok(());
        }
        let payload = serde_json::from_slice(payload)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(payload).into_owned()));
        let report = &completion.report;
        self.ui.data_json(&json!({
            "requestId": invocation.request_id,
            "functionArn": invocation.function_arn,
            "functionError": failed.then_some("Unhandled"),
            "payload": payload,
            "metrics": {
                "durationMs": milliseconds(report.duration),
                "billedDurationMs": report.billed_ms(),
                "memorySizeMB": report.memory_mb,
                "maxMemoryUsedMB": report.max_memory_mb,
                "initDurationMs": report.init.map(milliseconds),
            },
        }))?;
        Ok(())
    }

    /// Says what stopped it.
    fn said<T>(&self, result: Result<T, impl Into<InvokeError>>) -> Result<T, Stop> {
        result.or_else(|error| {
            let error = error.into();
            fail(self.ui, &error.to_string())?;
            Err(Stop::Said(Exit::Input))
        })
    }
}

/// Lambda's log lines on standard error.
fn log(ui: &Ui) -> Log {
    let writer = ui.clone();
    let log = Log::new(move |record| {
        // A reader of the log that went away must not end the function.
        let _ = writer.talk(record);
    });
    // On a terminal a carriage return would write over what is there.
    if ui.talks_to_terminal() {
        log
    } else {
        log.single_line()
    }
}

/// What the sandbox tells, as a spinner and warnings.
fn notices(ui: Ui) -> impl Fn(Notice) + Send + Sync + 'static {
    let shown: Arc<Mutex<Option<Progress>>> = Arc::default();
    move |notice| {
        let mut shown = shown
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match notice {
            Notice::Building(what) => *shown = Some(ui.progress(&format!("Building {what}"), None)),
            Notice::Built => *shown = None,
            Notice::Warning(text) => {
                let _ = ui.warning(&text);
            }
        }
    }
}

/// `10 invocations: first 1.93 ms; then median 0.05 ms, fastest 0.04 ms, slowest 0.21 ms`.
fn timings(times: &[Duration]) -> String {
    let Some((first, rest)) = times.split_first() else {
        return String::new();
    };
    let mut rest = rest.to_vec();
    rest.sort();
    let ms = |time: &Duration| format!("{:.2} ms", milliseconds(*time));
    let mut line = format!("{} invocations: first {}", times.len(), ms(first));
    if let (Some(fastest), Some(slowest)) = (rest.first(), rest.last()) {
        line.push_str(&format!(
            "; then median {}, fastest {}, slowest {}",
            ms(&rest[rest.len() / 2]),
            ms(fastest),
            ms(slowest)
        ));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_tell_the_first_from_the_rest() {
        let times = [5000, 40, 60, 50].map(Duration::from_micros);
        assert_eq!(
            timings(&times),
            "4 invocations: first 5.00 ms; then median 0.05 ms, fastest 0.04 ms, slowest 0.06 ms"
        );
    }
}
