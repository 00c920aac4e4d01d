//! `hoist build`: the zip files that a deployment would upload.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::project::{TemplateArguments, fail, report};
use super::{Exit, Output, Stop};
use crate::build::{self, Artifact, Event, MAX_DIRECT, Settings, Target, megabytes};
use crate::config::{self, Environment, Given};
use crate::diag::{Diagnostics, Sources, did_you_mean};
use crate::graph::{App, Body, Resource};
use crate::ui::{Align, Format, Progress, Table, Ui, diagnostic_json};

/// Build the functions and layers of a template into the zip files that a deployment uploads
///
/// Packages are installed with npm, pip or uv, TypeScript is bundled with esbuild, as `Metadata: BuildMethod` or the
/// folder itself says; other folders are packed as they are. Your folders are never written to. What has not changed
/// since it was built is not built again.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Functions and layers to build, by their logical ids [default: all]
    #[arg(value_name = "RESOURCE")]
    resources: Vec<String>,

    #[command(flatten)]
    template: TemplateArguments,

    /// Build also what has not changed
    #[arg(long)]
    force: bool,

    /// Show what the tools say
    #[arg(short, long)]
    verbose: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Builds and prints what was built. Ends with [`Exit::Input`] when something could not be built; the rest is built
/// nevertheless.
pub async fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    // What is built is what would be deployed: with the same settings.
    let project =
        arguments
            .template
            .load_for(config::Command::Deploy, None, Given::default(), environment);
    report(ui, &project.settings.0, &project.settings.1)?;
    let loaded = &project.loaded;
    report(ui, &loaded.sources, &loaded.diagnostics)?;
    let Some(app) = &loaded.app else {
        return Ok(Exit::Input);
    };
    check_names(&arguments.resources, app, ui)?;
    let settings = settings(arguments, environment, ui)?;
    let is_wanted = |resource: &Resource| {
        arguments.resources.is_empty()
            || arguments
                .resources
                .iter()
                .any(|name| is_called(resource, name))
    };
    let (targets, mut diagnostics) = build::targets_among(app, &loaded.base_dir, &is_wanted);
    let show = Show::new(ui, &targets, arguments.verbose);
    let (artifacts, took) = {
        let mut took = HashMap::new();
        let mut tell = |event| show.event(event, &mut took);
        let (artifacts, more) = build::build(&targets, &settings, &mut tell).await;
        diagnostics.extend(more);
        (artifacts, took)
    };
    drop(show);
    print(
        ui,
        &targets,
        &artifacts,
        &took,
        (&loaded.sources, &diagnostics),
    )?;
    Ok(match diagnostics.has_errors() {
        true => Exit::Input,
        false => Exit::Ok,
    })
}

/// What building needs, from the environment.
fn settings(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Settings, Stop> {
    match build_settings(environment) {
        Ok(settings) => Ok(Settings {
            force: arguments.force,
            ..settings
        }),
        Err(error) => {
            fail(ui, &error.to_string())?;
            Err(Stop::Said(Exit::Input))
        }
    }
}

/// What building needs of the machine, for every command that builds.
///
/// # Errors
/// When there is no folder for the cache.
pub fn build_settings(environment: &Environment) -> Result<Settings, config::ConfigError> {
    Ok(Settings {
        cache: environment.cache_dir()?.value.join("build"),
        parallel: thread::available_parallelism().map_or(2, usize::from),
        path: environment.variable("PATH").unwrap_or_default().to_owned(),
        force: false,
    })
}

fn is_called(resource: &Resource, name: &str) -> bool {
    let function = resource
        .as_function()
        .and_then(|function| function.known_name());
    resource.shown_id() == name || resource.id == name || function == Some(name)
}

/// Says which of the names is none of a function or layer.
fn check_names(names: &[String], app: &App, ui: &Ui) -> Result<(), Stop> {
    let buildable = || {
        let is_one =
            |resource: &&Resource| matches!(resource.body, Body::Function(_) | Body::Layer(_));
        app.resources.values().filter(is_one)
    };
    for name in names {
        if buildable().any(|resource| is_called(resource, name)) {
            continue;
        }
        fail(
            ui,
            &format!("the template has no function or layer `{name}`"),
        )?;
        let ids = || buildable().map(Resource::shown_id);
        match did_you_mean(name, ids()) {
            Some(help) => ui.help(&help)?,
            None => ui.help(&format!("it has: {}", ids().collect::<Vec<_>>().join(", ")))?,
        }
        return Err(Stop::Said(Exit::Input));
    }
    Ok(())
}

/// Shows what happens while it does.
struct Show<'a> {
    ui: &'a Ui,
    names: HashMap<&'a str, &'a str>,
    /// On a terminal only.
    progress: Option<Progress>,
    verbose: bool,
}

impl<'a> Show<'a> {
    fn new(ui: &'a Ui, targets: &'a [Target], verbose: bool) -> Self {
        let is_shown = ui.talks_to_terminal() && !targets.is_empty();
        let total = targets.len() as u64;
        Show {
            ui,
            names: targets
                .iter()
                .map(|target| (target.id.as_str(), target.name.as_str()))
                .collect(),
            progress: is_shown.then(|| ui.progress("Building", Some(total))),
            verbose,
        }
    }

    fn name<'b>(&'b self, id: &'b str) -> &'b str {
        self.names.get(id).copied().unwrap_or(id)
    }

    fn event(&self, event: Event, took: &mut HashMap<String, Duration>) {
        match event {
            Event::Started { id, what } | Event::Running { id, what } => {
                if let Some(progress) = &self.progress {
                    progress.message(&format!("{}: {what}", self.name(&id)));
                }
            }
            Event::Output { id, line } if self.verbose => {
                let line: String = line
                    .chars()
                    .filter(|c| *c == '\t' || !c.is_control())
                    .collect();
                // A failure to show it is no reason to stop the work.
                let _ = self.ui.talk_line(&format!("{}: {line}", self.name(&id)));
            }
            Event::Output { .. } => {}
            Event::Finished { id, took: time, .. } => {
                took.insert(id, time);
                self.step();
            }
            Event::Failed { .. } => self.step(),
        }
    }

    fn step(&self) {
        if let Some(progress) = &self.progress {
            progress.step();
        }
    }
}

fn print(
    ui: &Ui,
    targets: &[Target],
    artifacts: &[Artifact],
    took: &HashMap<String, Duration>,
    (sources, diagnostics): (&Sources, &Diagnostics),
) -> Result<(), Stop> {
    let target = |artifact: &Artifact| targets.iter().find(|target| target.id == artifact.id);
    let rows: Vec<(&Target, &Artifact)> = artifacts
        .iter()
        .filter_map(|artifact| Some((target(artifact)?, artifact)))
        .collect();
    if ui.format() == Format::Json {
        let all: Vec<Value> = rows
            .iter()
            .map(|(target, artifact)| artifact_json(target, artifact))
            .collect();
        let said: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic_json(sources, diagnostic))
            .collect();
        ui.data_json(&json!({ "artifacts": all, "diagnostics": said }))?;
    } else if !rows.is_empty() {
        ui.data(table(&rows, took).as_bytes())?;
    } else if diagnostics.is_empty() {
        ui.talk_line(
            "there is nothing to build: no function or layer has its code on this machine",
        )?;
    }
    for (target, artifact) in &rows {
        if artifact.size > MAX_DIRECT {
            ui.talk_line(&format!(
                "{} is {} zipped, more than the {} that can be sent to Lambda: a deployment takes it through S3",
                target.name,
                megabytes(artifact.size),
                megabytes(MAX_DIRECT)
            ))?;
        }
    }
    if !diagnostics.is_empty() {
        ui.explain(sources, diagnostics.iter())?;
    }
    Ok(())
}

fn artifact_json(target: &Target, artifact: &Artifact) -> Value {
    json!({
        "id": artifact.id,
        "name": target.name,
        "kind": target.noun,
        "method": target.method.word(),
        "path": artifact.path,
        "digest": artifact.digest,
        "size": artifact.size,
        "unzipped": artifact.unzipped,
        "files": artifact.files,
        "reused": artifact.reused,
    })
}

fn table(rows: &[(&Target, &Artifact)], took: &HashMap<String, Duration>) -> String {
    let mut table = Table::new([
        ("NAME", Align::Left),
        ("METHOD", Align::Left),
        ("FILES", Align::Right),
        ("UNZIPPED", Align::Right),
        ("ZIPPED", Align::Right),
        ("DIGEST", Align::Left),
        ("BUILT", Align::Left),
    ]);
    for (target, artifact) in rows {
        let built = match artifact.reused {
            true => "unchanged".to_owned(),
            false => took
                .get(&artifact.id)
                .map_or(String::new(), |took| format!("{:.1} s", took.as_secs_f64())),
        };
        table.row([
            target.name.clone(),
            target.method.word().to_owned(),
            artifact.files.to_string(),
            megabytes(artifact.unzipped),
            megabytes(artifact.size),
            artifact.digest.chars().take(12).collect(),
            built,
        ]);
    }
    table.render()
}

/// Builds what a deployment needs, showing what goes on where that can be redrawn.
///
/// # Errors
/// When something could not be built; that has been said.
pub async fn artifacts(
    targets: &[Target],
    sources: &Sources,
    environment: &Environment,
    ui: &Ui,
) -> Result<Vec<Artifact>, Stop> {
    let settings = match build_settings(environment) {
        Ok(settings) => settings,
        Err(error) => {
            fail(ui, &error.to_string())?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    let show = Show::new(ui, targets, false);
    let mut took = HashMap::new();
    let mut tell = |event| show.event(event, &mut took);
    let (artifacts, diagnostics) = build::build(targets, &settings, &mut tell).await;
    drop(show);
    report(ui, sources, &diagnostics)?;
    Ok(artifacts)
}
