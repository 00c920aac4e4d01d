//! `hoist event`: sample events of AWS services.

mod choice;
mod generate;
mod list;
mod save;

use clap::{Args, Subcommand};

pub(super) use choice::SERVICE;

use super::project::fail;
use super::{Exit, Output, Stop};
use crate::sample::SampleError;
use crate::ui::Ui;

/// The folder of a project's saved events, beside its template.
pub(super) const EVENTS: &str = "events";

/// Make sample events of AWS services
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(generate::Arguments),
    List(list::Arguments),
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        match &self.command {
            Command::Generate(_) => Output::Text,
            Command::List(arguments) => arguments.output(),
        }
    }
}

/// Lists what there is, or makes one.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    match &arguments.command {
        Command::Generate(arguments) => generate::run(arguments, ui),
        Command::List(arguments) => list::run(arguments, ui),
    }
}

/// Says why an event cannot be made and what to write instead, and stops.
pub(super) fn refuse<T>(ui: &Ui, error: &SampleError) -> Result<T, Stop> {
    fail(ui, &error.to_string())?;
    ui.help(&next_step(error))?;
    Err(Stop::Said(Exit::Usage))
}

fn next_step(error: &SampleError) -> String {
    let near = |near: &str| format!("did you mean `{near}`?");
    match error {
        SampleError::UnknownService {
            near: Some(one), ..
        }
        | SampleError::UnknownEvent {
            near: Some(one), ..
        }
        | SampleError::UnknownParameter {
            near: Some(one), ..
        } => near(one),
        SampleError::UnknownService { .. } => "`hoist event list` shows what there is".into(),
        SampleError::UnknownEvent { events, .. } => format!("it has {}", events.join(", ")),
        SampleError::SeveralEvents { service, events } => {
            let all: Vec<String> = events
                .iter()
                .map(|one| format!("{service}/{one}"))
                .collect();
            format!("say which: {}", all.join(", "))
        }
        SampleError::UnknownParameter { parameters, .. } if parameters.is_empty() => {
            "nothing can be chosen in it".into()
        }
        SampleError::UnknownParameter { parameters, .. } => {
            format!("it has {}", parameters.join(", "))
        }
        SampleError::NoPayload { sample } => {
            let words = sample.replace('/', " ");
            format!(
                "`hoist event generate {words} --help` shows what can be chosen with --event-param"
            )
        }
        SampleError::WrongValue { .. } => {
            "quote it for your shell: `--event-param 'name={\"a\": 1}'`".into()
        }
    }
}
