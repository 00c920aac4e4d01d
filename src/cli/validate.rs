//! `hoist validate`: everything that is wrong with a template.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::project::TemplateArguments;
use super::{Exit, Output, Stop};
use crate::config::Environment;
use crate::diag::{Diagnostic, Severity, Sources};
use crate::project::{Scrutiny, Validated};
use crate::ui::{Ui, diagnostic_github, diagnostic_json, sarif};

/// Say everything that is wrong with a template
///
/// Looks at the template itself, then at what SAM's transform says, then at every resource: types, properties, values,
/// references, circles, routes, runtimes, and whether the files of handlers are there. Nothing is asked of AWS.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The template, as with --template
    #[arg(value_name = "TEMPLATE", conflicts_with = "template")]
    file: Option<PathBuf>,

    #[command(flatten)]
    template: TemplateArguments,

    /// End with exit code 1 also when there are only warnings
    #[arg(long)]
    strict: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Report,
}

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Report {
    /// For people
    #[default]
    Text,
    /// A JSON list on standard output
    Json,
    /// SARIF 2.1.0 on standard output, for code scanning
    Sarif,
    /// Workflow commands on standard output, which GitHub shows in a pull request
    Github,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        match self.output {
            Report::Text | Report::Github => Output::Text,
            Report::Json | Report::Sarif => Output::Json,
        }
    }
}

/// Shows every diagnostic. Ends with [`Exit::Input`] when there is an error among them, or with `--strict` a warning.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let scrutiny = Scrutiny {
        code: true,
        today: today(),
    };
    let (validated, settings) =
        arguments
            .template
            .validate(arguments.file.as_deref(), environment, &scrutiny);
    let found: Vec<(&Sources, &Diagnostic)> = settings
        .1
        .iter()
        .map(|one| (&settings.0, one))
        .chain(
            validated
                .diagnostics
                .iter()
                .map(|one| (&validated.sources, one)),
        )
        .collect();
    let has = |severity| found.iter().any(|(_, one)| one.severity == severity);
    let is_wrong = has(Severity::Error) || (arguments.strict && has(Severity::Warning));
    match arguments.output {
        Report::Json => {
            let all: Vec<_> = found
                .iter()
                .map(|(sources, one)| diagnostic_json(sources, one))
                .collect();
            ui.data_json(&all)?;
        }
        Report::Sarif => ui.data_json(&sarif(found.iter().copied()))?,
        Report::Github => {
            for (sources, one) in &found {
                ui.data_line(&diagnostic_github(sources, one))?;
            }
        }
        Report::Text => {
            for (sources, some) in [
                (&settings.0, &settings.1),
                (&validated.sources, &validated.diagnostics),
            ] {
                if !some.is_empty() {
                    ui.explain(sources, some.iter())?;
                }
            }
            if !is_wrong {
                ui.talk_line(&summary(&validated))?;
            }
        }
    }
    Ok(match is_wrong {
        true => Exit::Input,
        false => Exit::Ok,
    })
}

fn summary(validated: &Validated) -> String {
    let functions = validated.functions;
    let others = validated.resources - functions;
    format!(
        "{} is valid: {}, {}",
        validated.path.display(),
        counted(functions, "function"),
        counted(others, "other resource"),
    )
}

/// `2026-11-21`, UTC.
fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%F")
        .to_string()
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
