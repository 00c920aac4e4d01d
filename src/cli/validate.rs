//! `hoist validate`: everything that is wrong with a template.

use std::path::PathBuf;

use clap::Args;

use super::project::TemplateArguments;
use super::{Exit, Output, Stop};
use crate::config::Environment;
use crate::ui::{Format, Ui, diagnostic_json};

/// Check a template: reading it, its parameters and functions, and how its resources refer to each other
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

/// Shows every diagnostic. Ends with [`Exit::Input`] when there is an error among them.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let project = arguments
        .template
        .load(arguments.file.as_deref(), environment);
    let found = [
        (&project.settings.0, &project.settings.1),
        (&project.loaded.sources, &project.loaded.diagnostics),
    ];
    if ui.format() == Format::Json {
        let all: Vec<_> = found
            .iter()
            .flat_map(|(sources, some)| some.iter().map(|one| diagnostic_json(sources, one)))
            .collect();
        ui.data_json(&all)?;
    } else {
        for (sources, some) in found {
            if !some.is_empty() {
                ui.explain(sources, some.iter())?;
            }
        }
    }
    if found.iter().any(|(_, some)| some.has_errors()) {
        return Ok(Exit::Input);
    }
    if let (Format::Text, Some(app)) = (ui.format(), &project.loaded.app) {
        let functions = app.functions().count();
        let others = app.resources.len() - functions;
        ui.talk_line(&format!(
            "{} is valid: {}, {}",
            project.loaded.path.display(),
            counted(functions, "function"),
            counted(others, "other resource"),
        ))?;
    }
    Ok(Exit::Ok)
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
