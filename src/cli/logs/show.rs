//! Records on standard output.

use std::collections::HashMap;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Arguments;
use crate::cli::Stop;
use crate::logs::choice::Choice;
use crate::logs::fold::{self, Tone, fold};
use crate::logs::record::{Group, Kind, Level, Record, Report};
use crate::ui::{Format, Ui};

/// Names longer than this are cut.
const WIDEST: usize = 28;
/// So much is written in one piece.
const PIECE: usize = 1 << 16;
const COLORS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::BrightBlack,
];

/// Shows records one after the other.
pub(super) struct Display<'a> {
    ui: &'a Ui,
    choice: Choice,
    style: fold::Style,
    zone: TimeZone,
    /// Columns of the names.
    width: usize,
    colors: HashMap<Arc<str>, AnsiColor>,
    /// The stream of the record before, and how much that mattered.
    last: Option<((Group, Arc<str>), Tone)>,
    text: String,
    count: u64,
}

impl<'a> Display<'a> {
    pub(super) fn new(ui: &'a Ui, arguments: &Arguments, groups: &[Group]) -> Self {
        let choice = Choice::new(arguments.request.clone(), arguments.errors);
        Self::of(ui, choice, arguments.verbose, groups)
    }

    /// Shows the records that are chosen.
    pub(super) fn of(ui: &'a Ui, choice: Choice, verbose: bool, groups: &[Group]) -> Self {
        let width = groups.iter().map(|group| group.label.chars().count()).max();
        let width = width.unwrap_or_default().min(WIDEST);
        let colors = groups
            .iter()
            .zip(COLORS.iter().cycle())
            .map(|(group, color)| (Arc::clone(&group.label), *color));
        Display {
            ui,
            choice,
            style: fold::Style {
                verbose,
                width: ui.width().saturating_sub(width + 15).max(40),
                colors: ui.data_has_color(),
            },
            zone: TimeZone::system(),
            width,
            colors: colors.collect(),
            last: None,
            text: String::new(),
            count: 0,
        }
    }

    /// How many records were shown.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether nobody reads any more.
    pub(super) fn is_over(&self) -> bool {
        self.ui.reader_is_gone()
    }

    /// Something about the records, for people.
    pub(super) fn say(&self, text: &str) -> Result<(), Stop> {
        Ok(self.ui.talk_line(&format!("hoist: {text}"))?)
    }

    pub(super) fn ui(&self) -> &'a Ui {
        self.ui
    }

    /// Shows records at once.
    pub(super) fn show(&mut self, records: Vec<Record>) -> Result<(), Stop> {
        for record in records {
            self.show_soon(record)?;
        }
        self.flush()
    }

    /// Shows a record when there are enough for a piece.
    pub(super) fn show_soon(&mut self, mut record: Record) -> Result<(), Stop> {
        if !self.choice.takes(&mut record) {
            return Ok(());
        }
        match self.ui.format() {
            Format::Json => {
                self.text.push_str(&object(&record).to_string());
                self.text.push('\n');
            }
            Format::Text if !self.write(&record) => return Ok(()),
            Format::Text => (),
        }
        self.count += 1;
        match self.text.len() >= PIECE {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Writes what has not been written yet.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if !self.text.is_empty() {
            self.ui.data(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    /// `20:15:03.123 Create  text`; further lines and records that go on with the one before are indented. False when the record is
    /// folded away.
    fn write(&mut self, record: &Record) -> bool {
        let Some(folded) = fold(record, self.style) else {
            return false;
        };
        let today = Timestamp::now().to_zoned(self.zone.clone()).date();
        let clock = clock(record.time, &self.zone, today);
        let label = label(&record.group.label, self.width);
        let indent = " ".repeat(clock.chars().count() + 1 + self.width + 2);
        let stream = (record.group.clone(), Arc::clone(&record.stream));
        let before = self.last.take().filter(|(last, _)| *last == stream);
        let goes_on = record.is_continuation() && before.is_some();
        let tone = match before {
            Some((_, tone)) if goes_on => tone,
            _ => folded.tone,
        };
        self.last = Some((stream, tone));
        let faint = Style::new().dimmed();
        let color = self.colors.get(&record.group.label).copied();
        let name = Style::new().fg_color(color.map(Into::into));
        let look = match tone {
            Tone::Plain => Style::new(),
            Tone::Faint => faint,
            Tone::Warning => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Error => Style::new().fg_color(Some(AnsiColor::Red.into())),
        };
        for (number, line) in folded.lines.iter().enumerate() {
            if number == 0 && !goes_on {
                self.text.push_str(&self.ui.styled_data(&clock, faint));
                self.text.push(' ');
                self.text.push_str(&self.ui.styled_data(&label, name));
                self.text.push_str("  ");
            } else {
                self.text.push_str(&indent);
            }
            match tone {
                Tone::Plain => self.text.push_str(line),
                _ => self.text.push_str(&self.ui.styled_data(line, look)),
            }
            self.text.push('\n');
        }
        true
    }
}

/// The time of day; with the date when that is not today.
fn clock(millis: i64, zone: &TimeZone, today: Date) -> String {
    let Ok(moment) = Timestamp::from_millisecond(millis) else {
        return format!("{millis} ms");
    };
    let moment = moment.to_zoned(zone.clone());
    let format = match moment.date() == today {
        true => "%H:%M:%S%.3f",
        false => "%Y-%m-%d %H:%M:%S%.3f",
    };
    moment.strftime(format).to_string()
}

/// The name in its column; the end of a long one says more than its beginning.
fn label(name: &str, width: usize) -> String {
    let length = name.chars().count();
    if length <= width {
        return format!("{name:<width$}");
    }
    let end: String = name.chars().skip(length + 1 - width.max(1)).collect();
    format!("…{end}")
}

/// A record for scripts.
fn object(record: &Record) -> Value {
    let moment = Timestamp::from_millisecond(record.time);
    let (kind, level) = match &record.kind {
        Kind::Init => ("init", None),
        Kind::Start => ("start", None),
        Kind::End => ("end", None),
        Kind::Report(_) => ("report", None),
        Kind::Fault(_) => ("fault", Some(Level::Error)),
        Kind::Text(level) => ("text", Some(*level)),
        Kind::Json(level, _) => ("json", Some(*level)),
    };
    let mut object = json!({
        "time": moment.map(|moment| format!("{moment:.3}")).ok(),
        "source": &*record.group.label,
        "group": &*record.group.name,
        "stream": &*record.stream,
        "id": record.id,
        "requestId": record.request_id,
        "kind": kind,
        "level": level.map(|level| format!("{level:?}").to_lowercase()),
        "message": record.message,
    });
    match &record.kind {
        Kind::Json(_, body) => object["body"] = Value::Object(body.clone()),
        Kind::Report(report) => object["report"] = figures(report),
        _ => (),
    }
    object
}

fn figures(report: &Report) -> Value {
    json!({
        "durationMs": report.duration,
        "memorySizeMB": report.memory,
        "maxMemoryUsedMB": report.used,
        "initDurationMs": report.init,
        "status": report.status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_stands_there_only_when_it_is_not_today() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let moment: Timestamp = "2026-11-21T23:30:00.007Z".parse().unwrap();
        let millis = moment.as_millisecond();
        let today = jiff::civil::date(2026, 11, 22);
        assert_eq!(clock(millis, &zone, today), "00:30:00.007");
        let other = jiff::civil::date(2026, 11, 21);
        assert_eq!(clock(millis, &zone, other), "2026-11-22 00:30:00.007");
        assert!(clock(i64::MAX, &zone, today).ends_with(" ms"));
    }

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(label("Create", 8), "Create  ");
        assert_eq!(label("/aws/vendedlogs/orders", 8), "…/orders");
    }
}
