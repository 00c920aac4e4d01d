//! `hoist explain`: what the code of a diagnostic means, and how things are.

use clap::Args;
use serde_json::json;

use super::{Exit, Output, Stop};
use crate::diag::{Explanation, explanation, explanations, nearest_code};
use crate::ui::{Format, Ui};

/// Say what the code of an error, warning or note means and what to do about it, or explain a topic
///
/// Topics are how the sandbox, the network, JavaScript, Python, settings and the like work. Without a code all topics
/// and codes are listed.
#[derive(Debug, Args)]
pub struct Arguments {
    /// As it stands in brackets behind `error`, `warning` or `note`: check/unknown-property; or a topic: nodejs
    #[arg(value_name = "CODE")]
    code: Option<String>,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Prints the explanation, or the list. Ends with [`Exit::Input`] for a code that there is not.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    let Some(code) = &arguments.code else {
        return list(ui);
    };
    // As it is printed: `error[check/null]`.
    let inner = code
        .rsplit('[')
        .next()
        .unwrap_or(code)
        .trim_end_matches(']');
    match explanation(inner) {
        Some(known) => {
            match ui.format() {
                Format::Json => ui.data_json(&as_json(&known))?,
                Format::Text => ui.data_line(&format!(
                    "{}\n{}\n\n{}",
                    known.codes.join(", "),
                    known.title,
                    known.text
                ))?,
            }
            Ok(Exit::Ok)
        }
        None => {
            ui.error(&format!("there is no code or topic `{inner}`"))?;
            ui.help(&match nearest_code(inner) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`hoist explain` lists all topics and codes".into(),
            })?;
            Ok(Exit::Input)
        }
    }
}

fn list(ui: &Ui) -> Result<Exit, Stop> {
    if ui.format() == Format::Json {
        ui.data_json(&explanations().map(|one| as_json(&one)).collect::<Vec<_>>())?;
        return Ok(Exit::Ok);
    }
    let rows: Vec<(&str, &str)> = explanations()
        .flat_map(|one| {
            let title = one.title;
            one.codes.into_iter().map(move |code| (code, title))
        })
        .collect();
    let width = rows.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
    for (code, title) in rows {
        ui.data_line(&format!("{code:width$}  {title}"))?;
    }
    Ok(Exit::Ok)
}

fn as_json(one: &Explanation) -> serde_json::Value {
    json!({"codes": one.codes, "title": one.title, "text": one.text})
}
