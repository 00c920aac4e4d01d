//! `hoist schema`: what editors are told about templates.

use clap::{Args, ValueEnum};

use super::{Exit, Stop};
use crate::editor;
use crate::ui::Ui;

/// Print the JSON Schema with which an editor completes and checks a file
///
/// For an editor with the YAML language server, write it to a file and name that in the editor's settings, or in the
/// first line of the template: `# yaml-language-server: $schema=./template.schema.json`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which file it describes
    #[arg(value_enum, value_name = "FILE")]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Templates of SAM and CloudFormation
    Template,
}

/// Prints the schema.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    let text = match arguments.of {
        Of::Template => editor::text(&editor::template()),
    };
    ui.data(text.as_bytes())?;
    Ok(Exit::Ok)
}
