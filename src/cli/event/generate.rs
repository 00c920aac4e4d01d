//! `hoist event generate`: one sample event, with its parameters as flags.

use std::path::PathBuf;

use clap::Args;

use super::choice::Choice;
use super::save;
use crate::cli::project::fail;
use crate::cli::{Exit, Stop};
use crate::ui::Ui;

/// Print the event that a service sends, with values of your choice
///
/// Ids and times are fixed: the same command always prints the same event. `hoist event generate SERVICE EVENT --help`
/// shows what can be chosen. Pipe it into `hoist invoke FUNCTION --local -e -`, or save it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    choice: Choice,

    /// Write it to events/NAME.json next to the template instead of printing it [default: SERVICE-EVENT]
    #[arg(long, global = true, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    save: Option<String>,

    /// With --save: replace what is there
    #[arg(long, global = true)]
    force: bool,

    /// With --save: the template, or the folder it lies in [default: this folder]
    #[arg(short, long, global = true, value_name = "FILE")]
    template: Option<PathBuf>,
}

/// Prints or saves the event.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    let Choice { sample, values } = &arguments.choice;
    let event = sample.render(values);
    let mut text = serde_json::to_string_pretty(&event).unwrap_or_default();
    text.push('\n');
    let Some(name) = &arguments.save else {
        for (flag, given) in [
            ("--force", arguments.force),
            ("--template", arguments.template.is_some()),
        ] {
            if given {
                fail(ui, &format!("{flag} goes with --save"))?;
                return Err(Stop::Said(Exit::Usage));
            }
        }
        ui.data(text.as_bytes())?;
        return Ok(Exit::Ok);
    };
    let name = match name.as_str() {
        "" => format!("{}-{}", sample.service, sample.event),
        given => given.trim_end_matches(".json").to_owned(),
    };
    let saved = save::place(arguments.template.as_deref(), &name)
        .and_then(|path| save::write(&path, &text, arguments.force).map(|()| path));
    match saved {
        Ok(path) => {
            ui.talk_line(&format!("saved {}", path.display()))?;
            ui.help(&format!(
                "`hoist invoke FUNCTION --local -e {name}` uses it"
            ))?;
            Ok(Exit::Ok)
        }
        Err(problem) => {
            fail(ui, &problem.what)?;
            ui.help(&problem.help)?;
            Err(Stop::Said(Exit::Input))
        }
    }
}
