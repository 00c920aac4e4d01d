//! `hoist metrics`: what the functions of a deployed stack did, and what that cost about.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::project::fail;
use super::stack::{StackArguments, refused};
use super::{Exit, Output, Stop};
use crate::config::{Environment, Given};
use crate::deploy::state::State;
use crate::diag::did_you_mean;
use crate::logs::time;
use crate::metrics::ask::ask;
use crate::metrics::chart::fitted;
use crate::metrics::cost::{self, Size};
use crate::metrics::{Metric, Series, Span, Summary};
use crate::ui::{Align, Format, Table, Ui};

/// How far back is looked when the user does not say, in seconds.
const SINCE: i64 = 24 * 3600;
/// How wide a chart is at most.
const CHART: usize = 60;

/// Show invocations, errors, throttles, durations and a cost estimate of a stack's functions
///
/// From CloudWatch, which has them a minute or two later. P50 is the mean of the periods' medians, each counted by its
/// invocations; P99 is the highest of any period. The cost is an estimate from the list prices of us-east-1.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Functions by logical id or name [default: all of the stack]
    #[arg(value_name = "FUNCTION")]
    functions: Vec<String>,

    /// From when on: 1h, 7d, 2026-11-21, 2026-11-21T20:15:00Z [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<i64>,

    /// Until when [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<i64>,

    #[command(flatten)]
    stack: StackArguments,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

/// Seconds since 1970.
fn moment(text: &str) -> Result<i64, String> {
    time::parse(text, Timestamp::now(), &TimeZone::system()).map(|millis| millis.div_euclid(1000))
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// A function and what it did.
struct Measured {
    id: String,
    name: String,
    size: Size,
    series: Series,
    summary: Summary,
}

impl Measured {
    fn dollars(&self) -> f64 {
        cost::dollars(self.size, self.summary.invocations, self.summary.duration)
    }
}

/// Prints the figures.
pub async fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let now = Timestamp::now().as_second();
    let until = arguments.until.unwrap_or(now).min(now);
    let from = arguments.since.unwrap_or(until - SINCE);
    if from >= until {
        fail(
            ui,
            "--since is not before --until: nothing can be between them",
        )?;
        return Err(Stop::Said(Exit::Usage));
    }
    let span = Span::between(from, until);
    let configured = arguments
        .stack
        .configure(None, Given::default(), environment, ui)?;
    let mut connected = configured.connect(environment, ui).await?;
    let state = connected.existing(ui).await?;
    let chosen = chosen(&state, &arguments.functions, ui)?;
    let names: Vec<String> = chosen.iter().map(|(_, name, _)| name.clone()).collect();
    let answered = ask(&connected.cloud, &names, span).await;
    let answered = match answered {
        Ok(answered) => answered,
        Err(fault) => return Err(refused(ui, &fault)?),
    };
    let all: Vec<Measured> = chosen
        .into_iter()
        .zip(answered)
        .map(|((id, name, size), series)| Measured {
            summary: series.summary(),
            id,
            name,
            size,
            series,
        })
        .collect();
    match ui.format() {
        Format::Json => ui.data_json(&as_json(&state.stack, &all, span))?,
        Format::Text => {
            if ui.prints_to_terminal() {
                ui.data(charts(&all, ui.width()).as_bytes())?;
            } else {
                ui.data(table(&all).as_bytes())?;
            }
            said(&all, span, until - from, ui)?;
        }
    }
    Ok(Exit::Ok)
}

/// The functions that are meant: id, name, size.
fn chosen(state: &State, wanted: &[String], ui: &Ui) -> Result<Vec<(String, String, Size)>, Stop> {
    let functions: Vec<(String, String, Size)> = state
        .resources
        .iter()
        .filter(|(_, one)| one.resource_type == "AWS::Lambda::Function")
        .map(|(id, one)| (id.clone(), one.reference.clone(), size(&one.properties)))
        .collect();
    if functions.is_empty() {
        fail(ui, &format!("the stack `{}` has no functions", state.stack))?;
        return Err(Stop::Said(Exit::Input));
    }
    if wanted.is_empty() {
        return Ok(functions);
    }
    let mut found = Vec::new();
    for name in wanted {
        let fitting = functions
            .iter()
            .find(|(id, real, _)| id == name || real == name);
        let Some(one) = fitting else {
            fail(
                ui,
                &format!("the stack `{}` has no function `{name}`", state.stack),
            )?;
            let ids = functions.iter().map(|(id, ..)| id.as_str());
            if let Some(help) = did_you_mean(name, ids) {
                ui.help(&help)?;
            }
            return Err(Stop::Said(Exit::Input));
        };
        if !found.contains(one) {
            found.push(one.clone());
        }
    }
    Ok(found)
}

/// Lambda's defaults are 128 MB and x86_64.
fn size(properties: &serde_json::Map<String, Value>) -> Size {
    let memory = properties.get("MemorySize").and_then(|value| match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    Size {
        memory: memory
            .and_then(|memory| u32::try_from(memory).ok())
            .unwrap_or(128),
        arm: properties
            .get("Architectures")
            .and_then(|all| all.get(0))
            .is_some_and(|one| one == "arm64"),
    }
}

fn table(all: &[Measured]) -> String {
    let mut table = Table::new([
        ("FUNCTION", Align::Left),
        ("INVOCATIONS", Align::Right),
        ("ERRORS", Align::Right),
        ("THROTTLES", Align::Right),
        ("P50", Align::Right),
        ("P99", Align::Right),
        ("CONCURRENT", Align::Right),
        ("COST", Align::Right),
    ]);
    for one in all {
        let Summary {
            invocations,
            errors,
            throttles,
            p50,
            p99,
            concurrent,
            ..
        } = one.summary;
        table.row([
            one.id.clone(),
            count(invocations),
            count(errors),
            count(throttles),
            millis(p50),
            millis(p99),
            count(concurrent),
            money(one.dollars()),
        ]);
    }
    table.render()
}

/// A block of charts for each function.
fn charts(all: &[Measured], width: usize) -> String {
    let mut text = String::new();
    for one in all {
        let summary = one.summary;
        let lines = [
            (
                "invocations",
                count(summary.invocations),
                Metric::Invocations,
            ),
            ("errors", count(summary.errors), Metric::Errors),
            ("throttles", count(summary.throttles), Metric::Throttles),
            ("p50", millis(summary.p50), Metric::P50),
            ("p99", millis(summary.p99), Metric::P99),
            ("concurrent", count(summary.concurrent), Metric::Concurrent),
        ];
        let figure = lines
            .iter()
            .map(|(_, figure, _)| figure.len())
            .max()
            .unwrap_or(0);
        let room = width.saturating_sub(figure + 17).clamp(1, CHART);
        text.push_str(&format!("{}  {}\n", one.id, one.name));
        for (name, value, metric) in lines {
            let chart = fitted(one.series.of(metric), room);
            let line = format!("  {name:<11}  {value:>figure$}  {chart}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

fn said(all: &[Measured], span: Span, seconds: i64, ui: &Ui) -> Result<(), Stop> {
    let dollars: f64 = all.iter().map(Measured::dollars).sum();
    let month = dollars / seconds_of(seconds) * 30.0 * 86_400.0;
    ui.talk_line(&format!(
        "{} since {}, in periods of {}: about {}, or {} a month at this rate.",
        match all.len() {
            1 => "1 function".to_owned(),
            many => format!("{many} functions"),
        },
        Timestamp::from_second(span.from).map_or_else(|_| "?".into(), |moment| moment.to_string()),
        length(span.period),
        money(dollars),
        money(month)
    ))?;
    ui.talk_line(&format!(
        "Estimate from Lambda's list prices in {} of {}: requests and duration, without free tier, discounts and other services.",
        cost::REGION,
        cost::DATE
    ))?;
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn seconds_of(seconds: i64) -> f64 {
    seconds.max(1) as f64
}

fn as_json(stack: &str, all: &[Measured], span: Span) -> Value {
    let functions: Vec<Value> = all
        .iter()
        .map(|one| {
            let of = |metric| one.series.of(metric);
            json!({
                "id": one.id,
                "name": one.name,
                "memoryMb": one.size.memory,
                "architecture": if one.size.arm { "arm64" } else { "x86_64" },
                "invocations": one.summary.invocations,
                "errors": one.summary.errors,
                "throttles": one.summary.throttles,
                "durationMs": { "p50": one.summary.p50, "p99": one.summary.p99, "sum": one.summary.duration },
                "concurrentExecutions": one.summary.concurrent,
                "estimatedUsd": one.dollars(),
                "series": {
                    "invocations": of(Metric::Invocations),
                    "errors": of(Metric::Errors),
                    "throttles": of(Metric::Throttles),
                    "p50Ms": of(Metric::P50),
                    "p99Ms": of(Metric::P99),
                    "concurrentExecutions": of(Metric::Concurrent),
                },
            })
        })
        .collect();
    json!({
        "stack": stack,
        "from": span.from,
        "until": span.until(),
        "periodSeconds": span.period,
        "functions": functions,
        "estimate": {
            "usd": all.iter().map(Measured::dollars).sum::<f64>(),
            "prices": format!("AWS Lambda list prices, {}, {}", cost::REGION, cost::DATE),
        },
    })
}

fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn millis(value: Option<f64>) -> String {
    match value {
        None => "-".into(),
        Some(value) if value >= 10_000.0 => format!("{:.1} s", value / 1000.0),
        Some(value) if value >= 10.0 => format!("{value:.0} ms"),
        Some(value) => format!("{value:.1} ms"),
    }
}

fn money(dollars: f64) -> String {
    match dollars {
        0.0 => "$0".into(),
        few if few < 0.01 => format!("${few:.6}"),
        some => format!("${some:.2}"),
    }
}

fn length(seconds: i64) -> String {
    match seconds {
        60 => "a minute".into(),
        3600 => "an hour".into(),
        86_400 => "a day".into(),
        few if few < 3600 => format!("{} minutes", few / 60),
        some if some < 86_400 => format!("{} hours", some / 3600),
        many => format!("{} days", many / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(count(1_234_567.0), "1,234,567");
        assert_eq!(count(12.0), "12");
        assert_eq!(millis(Some(3.21)), "3.2 ms");
        assert_eq!(millis(Some(12_340.0)), "12.3 s");
        assert_eq!(millis(None), "-");
        assert_eq!(money(0.000_2), "$0.000200");
        assert_eq!(money(12.0), "$12.00");
        assert_eq!(length(10_800), "3 hours");
    }
}
