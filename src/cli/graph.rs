//! `hoist graph`: the application as a picture.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::project::{TemplateArguments, report};
use super::{Exit, Stop};
use crate::config::Environment;
use crate::graph::picture::{self, Extent, Picture, dot, json, mermaid, svg, tree};
use crate::ui::Ui;

/// Columns of a tree that is not on a terminal: nothing but endless names is cut.
const FILE_WIDTH: usize = 1000;

/// Draw the application: what triggers what, and what reads or writes what
///
/// Without --format and --output it is a tree of text. Who reads and writes comes from the policies of the template,
/// and a reference says only that something is used. Roles, permissions, stages and the like are part of what they
/// belong to.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The template, as with --template
    #[arg(value_name = "TEMPLATE", conflicts_with = "template")]
    file: Option<PathBuf>,

    #[command(flatten)]
    template: TemplateArguments,

    /// What to write [default: by the ending of --output, else tree]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show every resource on its own
    #[arg(long)]
    all: bool,

    /// The ground of an SVG
    #[arg(long, value_enum, default_value_t = Theme::Auto, value_name = "THEME")]
    theme: Theme,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text, for a terminal
    Tree,
    /// A picture for browsers and READMEs
    Svg,
    /// The language of Graphviz
    Dot,
    /// The language of Mermaid, which GitHub draws in Markdown
    Mermaid,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Theme {
    /// Light or dark, as the reader's system asks for
    Auto,
    /// Light
    Light,
    /// Dark
    Dark,
}

/// Draws the picture. Ends with [`Exit::Input`] when the template is wrong or the file cannot be written.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let format = match format(arguments) {
        Ok(format) => format,
        Err(message) => {
            ui.error(&message)?;
            ui.help("Name one with --format: tree, svg, dot, mermaid or json.")?;
            return Ok(Exit::Usage);
        }
    };
    let project = arguments
        .template
        .load(arguments.file.as_deref(), environment);
    report(ui, &project.settings.0, &project.settings.1)?;
    report(ui, &project.loaded.sources, &project.loaded.diagnostics)?;
    let Some(app) = &project.loaded.app else {
        return Ok(Exit::Input);
    };
    let extent = if arguments.all {
        Extent::All
    } else {
        Extent::Main
    };
    let picture = picture::build(app, &project.loaded.stack_name, extent);
    if picture.items.is_empty() {
        ui.warning("the template declares no resources")?;
    }
    let text = render(&picture, format, arguments, environment, ui);
    let Some(path) = &arguments.output else {
        ui.data(text.as_bytes())?;
        return Ok(Exit::Ok);
    };
    match std::fs::write(path, text) {
        Ok(()) => Ok(Exit::Ok),
        Err(error) => {
            ui.error(&format!("cannot write {}: {error}", path.display()))?;
            Ok(Exit::Input)
        }
    }
}

fn format(arguments: &Arguments) -> Result<Format, String> {
    match (arguments.format, &arguments.output) {
        (Some(format), _) => Ok(format),
        (None, None) => Ok(Format::Tree),
        (None, Some(path)) => by_ending(path)
            .ok_or_else(|| format!("the ending of {} says no format", path.display())),
    }
}

fn by_ending(path: &Path) -> Option<Format> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "txt" => Format::Tree,
        "svg" => Format::Svg,
        "dot" | "gv" => Format::Dot,
        "mmd" | "mermaid" => Format::Mermaid,
        "json" => Format::Json,
        _ => return None,
    })
}

fn render(
    picture: &Picture,
    format: Format,
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
) -> String {
    match format {
        Format::Tree => {
            let strokes = match environment.dumb_terminal() {
                true => tree::Strokes::Ascii,
                false => tree::Strokes::Unicode,
            };
            let width = match arguments.output.is_none() && ui.prints_to_terminal() {
                true => ui.width(),
                false => FILE_WIDTH,
            };
            tree::render(picture, width, strokes)
        }
        Format::Svg => svg::render(
            picture,
            match arguments.theme {
                Theme::Auto => svg::Theme::Auto,
                Theme::Light => svg::Theme::Light,
                Theme::Dark => svg::Theme::Dark,
            },
        ),
        Format::Dot => dot::render(picture),
        Format::Mermaid => mermaid::render(picture),
        Format::Json => format!("{:#}\n", json::render(picture)),
    }
}
