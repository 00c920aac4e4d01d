//! The same event here and in AWS, side by side.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::Answer;
use crate::cli::remote::{Remote, payload};
use crate::cli::{Exit, Stop};
use crate::local::sandbox::{Completion, Outcome, milliseconds};
use crate::ui::{Align, Format, Table, Ui};

/// Prints both answers, or that they are the same, and what each took. Ends with [`Exit::Function`] when they differ.
///
/// # Errors
/// When an output cannot be written.
pub(super) fn print(
    here: &(Completion, Duration),
    remote: &Remote,
    there: &Answer,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let (completion, took) = here;
    let (own, failed) = match &completion.outcome {
        Outcome::Answer(answer) => (payload(answer), false),
        Outcome::Failure(failure) => (payload(failure.payload.as_bytes()), true),
    };
    let other = payload(&there.payload);
    let is_same = own == other && failed == there.error.is_some();
    match ui.format() {
        Format::Json => ui.data_json(&json!({
            "same": is_same,
            "here": {
                "functionError": failed.then_some("Unhandled"),
                "payload": own,
                "metrics": {
                    "durationMs": milliseconds(completion.report.duration),
                    "maxMemoryUsedMB": completion.report.max_memory_mb,
                    "initDurationMs": completion.report.init.map(milliseconds),
                    "roundTripMs": milliseconds(*took),
                },
            },
            "there": remote.json(there),
        }))?,
        Format::Text => {
            match is_same {
                true => ui.data_line(&format!("same answer: {own}"))?,
                false => {
                    ui.data_line(&format!("here:     {}", shown(&own, failed)))?;
                    ui.data_line(&format!(
                        "deployed: {}",
                        shown(&other, there.error.is_some())
                    ))?;
                }
            }
            ui.data(figures(completion, *took, there).as_bytes())?;
        }
    }
    Ok(match is_same {
        true => Exit::Ok,
        false => Exit::Function,
    })
}

fn shown(answer: &Value, failed: bool) -> String {
    match failed {
        true => format!("failed: {answer}"),
        false => answer.to_string(),
    }
}

fn figures(completion: &Completion, took: Duration, there: &Answer) -> String {
    let mut table = Table::new([
        ("", Align::Left),
        ("HERE", Align::Right),
        ("DEPLOYED", Align::Right),
    ]);
    let report = &completion.report;
    let ms = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2} ms"));
    let mb = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0} MB"));
    table.row([
        "duration".to_owned(),
        ms(Some(milliseconds(report.duration))),
        ms(there.figure("Duration")),
    ]);
    table.row([
        "init".to_owned(),
        ms(report.init.map(milliseconds)),
        ms(there.figure("Init Duration")),
    ]);
    table.row([
        "memory".to_owned(),
        mb(Some(f64::from(report.max_memory_mb))),
        mb(there.figure("Max Memory Used")),
    ]);
    table.row([
        "altogether".to_owned(),
        ms(Some(milliseconds(took))),
        ms(Some(milliseconds(there.took))),
    ]);
    table.render()
}
