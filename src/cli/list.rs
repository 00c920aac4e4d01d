//! `hoist list`: the functions of a template, what starts them and what would run them here.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::project::{TemplateArguments, report};
use super::{Exit, Output, Stop};
use crate::config::Environment;
use crate::graph::{App, Function, Link, Package, Setting, Trigger, TriggerKind};
use crate::local::choice::{Choice, Runner, foresee};
use crate::local::sandbox::Runtime;
use crate::ui::{Align, Format, Table, Ui};

/// List the functions of a template: runtime, handler, what runs them on this machine, what starts them
///
/// A function with several triggers has a line for each.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The template, as with --template
    #[arg(value_name = "TEMPLATE", conflicts_with = "template")]
    file: Option<PathBuf>,

    #[command(flatten)]
    template: TemplateArguments,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Prints the list. Ends with [`Exit::Input`] when the template is wrong.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let project = arguments
        .template
        .load(arguments.file.as_deref(), environment);
    report(ui, &project.settings.0, &project.settings.1)?;
    let loaded = &project.loaded;
    report(ui, &loaded.sources, &loaded.diagnostics)?;
    let Some(app) = &loaded.app else {
        return Ok(Exit::Input);
    };
    let triggers = app.triggers();
    let rows: Vec<Row<'_>> = app
        .functions()
        .map(|function| Row::of(function, &triggers, &loaded.base_dir))
        .collect();
    if ui.format() == Format::Json {
        let all: Vec<Value> = rows.iter().map(|row| row.json(app)).collect();
        ui.data_json(&all)?;
    } else if rows.is_empty() {
        ui.talk_line(&format!("{} has no functions", loaded.path.display()))?;
    } else {
        ui.data(table(&rows).as_bytes())?;
    }
    Ok(Exit::Ok)
}

/// A function with what there is to say about it.
struct Row<'a> {
    function: &'a Function,
    runner: Runner,
    triggers: Vec<&'a Trigger>,
}

impl<'a> Row<'a> {
    fn of(function: &'a Function, triggers: &'a [Trigger], base: &Path) -> Self {
        Row {
            function,
            runner: foresee(function, base),
            triggers: triggers
                .iter()
                .filter(|trigger| trigger.target == function.id)
                .collect(),
        }
    }

    /// What runs it, for people.
    fn place(&self) -> &'static str {
        match &self.runner {
            Runner::Choice(Choice::Guest(Runtime::Nodejs(_))) => "JavaScript sandbox",
            Runner::Choice(Choice::Guest(Runtime::Python(_))) => "Python sandbox",
            Runner::Choice(Choice::Guest(Runtime::Wasm)) => "WebAssembly sandbox",
            Runner::Choice(Choice::Process(_)) => "process",
            Runner::None(_) => "nothing here",
        }
    }

    fn runtime(&self) -> &str {
        match (
            &self.function.package,
            known(self.function.runtime.as_ref()),
        ) {
            (Package::Image { .. }, None) => "image",
            (_, runtime) => runtime.unwrap_or("?"),
        }
    }

    fn handler(&self) -> &str {
        match (
            &self.function.package,
            known(self.function.handler.as_ref()),
        ) {
            (Package::Image { .. }, None) => "-",
            (_, handler) => handler.unwrap_or("?"),
        }
    }

    fn json(&self, app: &App) -> Value {
        let (runs_in, guest) = match &self.runner {
            Runner::Choice(Choice::Guest(runtime)) => (
                Some("sandbox"),
                Some(match runtime {
                    Runtime::Nodejs(_) => "javascript",
                    Runtime::Python(_) => "python",
                    Runtime::Wasm => "wasm",
                }),
            ),
            Runner::Choice(Choice::Process(_)) => (Some("process"), None),
            Runner::None(_) => (None, None),
        };
        let reason = match &self.runner {
            Runner::None(diagnostic) => Some(diagnostic.summary.as_str()),
            Runner::Choice(_) => None,
        };
        let triggers: Vec<Value> = self
            .triggers
            .iter()
            .map(|trigger| trigger_json(trigger, app))
            .collect();
        json!({
            "id": self.function.id,
            "name": self.function.known_name(),
            "runtime": known(self.function.runtime.as_ref()),
            "handler": known(self.function.handler.as_ref()),
            "runsIn": runs_in,
            "guest": guest,
            "reason": reason,
            "triggers": triggers,
        })
    }
}

fn table(rows: &[Row<'_>]) -> String {
    let headings = ["FUNCTION", "RUNTIME", "HANDLER", "RUNS IN", "TRIGGERS"];
    let mut table = Table::new(headings.map(|heading| (heading, Align::Left)));
    for row in rows {
        let mut triggers = row.triggers.iter().map(|trigger| trigger.kind.to_string());
        let first = triggers.next().unwrap_or_else(|| "-".into());
        table.row([
            row.function.id.as_str(),
            row.runtime(),
            row.handler(),
            row.place(),
            &first,
        ]);
        for trigger in triggers {
            table.row(["", "", "", "", &trigger]);
        }
    }
    table.render()
}

fn trigger_json(trigger: &Trigger, app: &App) -> Value {
    let origin = app.resources.get(&trigger.by).map(|one| &one.origin.id);
    let mut all = json!({
        "kind": trigger.kind.word(),
        "text": trigger.kind.to_string(),
        "by": trigger.by,
        "origin": origin,
    });
    let details = match &trigger.kind {
        TriggerKind::Route {
            api, method, path, ..
        } => json!({ "api": api, "method": method, "path": path }),
        TriggerKind::Authorizer { api } => json!({ "api": api }),
        TriggerKind::Poll { service, source } => json!({
            "service": service.map(|service| service.as_str()),
            "source": source.as_ref().map(link),
        }),
        TriggerKind::Topic { topic } => json!({ "source": link(topic) }),
        TriggerKind::Bucket { event } => json!({ "event": event.known() }),
        TriggerKind::Schedule {
            expression,
            enabled,
        } => json!({ "expression": known(expression.as_ref()), "enabled": enabled }),
        _ => return all,
    };
    if let (Some(all), Value::Object(details)) = (all.as_object_mut(), details) {
        all.extend(details);
    }
    all
}

/// The logical id in this template, or the value.
fn link(link: &Link) -> Value {
    match &link.resource {
        Some(id) => json!(id),
        None => json!(link.value.known()),
    }
}

fn known(setting: Option<&Setting<String>>) -> Option<&str> {
    setting.and_then(Setting::known).map(String::as_str)
}
