//! `hoist doctor`: what is there, and what is missing for the project in this folder.

mod arguments;
mod look;

use anstyle::{AnsiColor, Style};
use serde_json::json;

pub use arguments::Arguments;

use super::{Exit, Stop};
use crate::config::Environment;
use crate::local::survey::{Finding, State};
use crate::ui::{Align, Format, Table, Ui};

/// Findings about one subject.
struct Section {
    name: &'static str,
    findings: Vec<Finding>,
}

/// Looks, and shows what was found. Ends with [`Exit::Input`] when the project lacks something.
pub async fn run(arguments: Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let sections = look::sections(&arguments, environment, ui).await?;
    let count = |state| {
        let all = sections.iter().flat_map(|section| &section.findings);
        all.filter(|finding| finding.state == state).count()
    };
    let (missing, warnings) = (count(State::Missing), count(State::Warning));
    if ui.format() == Format::Json {
        ui.data_json(&as_json(&sections, missing, warnings))?;
    } else {
        show(ui, &sections)?;
        ui.talk_line("")?;
        let what = |number: usize, noun: &str| match number {
            1 => format!("1 {noun}"),
            _ => format!("{number} {noun}s"),
        };
        match (missing, warnings) {
            (0, 0) => ui.talk_line("all is well")?,
            (0, _) => ui.talk_line(&format!(
                "nothing is missing; {}",
                what(warnings, "warning")
            ))?,
            _ => ui.error(&format!(
                "{} missing for this project, {}",
                what(missing, "thing"),
                what(warnings, "warning")
            ))?,
        }
    }
    Ok(match missing {
        0 => Exit::Ok,
        _ => Exit::Input,
    })
}

/// One table for all sections, so that their columns line up; next steps stand below what they are about.
fn show(ui: &Ui, sections: &[Section]) -> Result<(), Stop> {
    let mut table = Table::new([("", Align::Left); 3]);
    for section in sections {
        table.row([section.name]);
        for finding in &section.findings {
            let mark = word(finding.state);
            table.row([
                format!("  {mark}").as_str(),
                finding.about.as_str(),
                finding.text.as_str(),
            ]);
            for help in &finding.help {
                table.row(["", "", &format!("→ {help}")]);
            }
        }
    }
    let text = table.render();
    for line in text.lines() {
        ui.data_line(&colored(ui, line))?;
    }
    Ok(())
}

/// The line with its mark in colour, where standard output shows colours.
fn colored(ui: &Ui, line: &str) -> String {
    for (state, color) in [
        (State::Ok, AnsiColor::Green),
        (State::Warning, AnsiColor::Yellow),
        (State::Missing, AnsiColor::BrightRed),
    ] {
        let mark = word(state);
        if let Some(rest) = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_prefix(mark))
            && rest.starts_with(' ')
        {
            let style = Style::new().fg_color(Some(color.into()));
            return format!("  {}{rest}", ui.styled_data(mark, style));
        }
    }
    line.to_owned()
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Note => "note",
        State::Warning => "warn",
        State::Missing => "missing",
    }
}

fn as_json(sections: &[Section], missing: usize, warnings: usize) -> serde_json::Value {
    let sections: serde_json::Map<String, serde_json::Value> = sections
        .iter()
        .map(|section| {
            let findings: Vec<_> = section
                .findings
                .iter()
                .map(|finding| {
                    json!({
                        "state": word(finding.state),
                        "about": finding.about,
                        "text": finding.text,
                        "help": finding.help,
                    })
                })
                .collect();
            (section.name.to_lowercase(), json!(findings))
        })
        .collect();
    json!({"missing": missing, "warnings": warnings, "sections": sections})
}
