//! A record as people read it: START and END folded away, REPORT as one figure, what the prefix says already left out.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::record::{Kind, Level, Record, Report};

/// How records are shown.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Everything as it was written.
    pub verbose: bool,
    /// JSON that is longer than so many characters stands on lines of its own.
    pub width: usize,
    /// Whether colours that the function wrote itself are passed on.
    pub colors: bool,
}

/// A record as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// How much it matters.
    pub tone: Tone,
    /// One line at least.
    pub lines: Vec<String>,
}

/// How much a record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What the platform says when all is well, and debugging.
    Faint,
    /// A line of the function.
    Plain,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// The record for people. None when it is folded away.
pub fn fold(record: &Record, style: Style) -> Option<Folded> {
    let tone = tone(record);
    if style.verbose {
        return Some(folded(tone, &record.message, style));
    }
    let text = match &record.kind {
        Kind::Init | Kind::Start | Kind::End => return None,
        Kind::Report(report) => figure(report),
        Kind::Fault(text) => text.clone(),
        Kind::Text(_) => plain(&record.message),
        Kind::Json(_, object) => json(object, style.width),
    };
    Some(folded(tone, &text, style))
}

fn tone(record: &Record) -> Tone {
    match &record.kind {
        _ if record.is_error() => Tone::Error,
        Kind::Text(Level::Warn) | Kind::Json(Level::Warn, _) => Tone::Warning,
        Kind::Text(Level::Debug) | Kind::Json(Level::Debug, _) => Tone::Faint,
        Kind::Text(_) | Kind::Json(..) => Tone::Plain,
        _ => Tone::Faint,
    }
}

fn folded(tone: Tone, text: &str, style: Style) -> Folded {
    // Lambda's Node runtime writes a line end inside a message as a carriage return.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text
        .trim_end_matches('\n')
        .split('\n')
        .map(|line| tame(line, style.colors).into_owned())
        .collect();
    Folded { tone, lines }
}

/// `12.3 ms, 45 of 128 MB, init 110 ms`.
pub fn figure(report: &Report) -> String {
    let mut parts = Vec::new();
    match &report.status {
        Some(status) => parts.push(format!("{status} after {}", millis(report.duration))),
        None => parts.push(millis(report.duration)),
    }
    match (report.used, report.memory) {
        (Some(used), Some(memory)) => parts.push(format!("{used} of {memory} MB")),
        (Some(used), None) => parts.push(format!("{used} MB")),
        (None, _) => (),
    }
    if let Some(init) = report.init {
        parts.push(format!("init {}", millis(init)));
    }
    parts.join(", ")
}

fn millis(millis: f64) -> String {
    if millis >= 100.0 {
        return format!("{millis:.0} ms");
    }
    let text = format!("{millis:.1}");
    format!("{} ms", text.strip_suffix(".0").unwrap_or(&text))
}

/// A line of Lambda's Node or Python runtime without its time and id, which stand elsewhere.
fn plain(message: &str) -> String {
    let fields: Vec<&str> = message.splitn(4, '\t').collect();
    if let [first, second, third, text] = fields.as_slice() {
        if first.starts_with('[') && second.contains('T') {
            return format!("{} {text}", first.trim_matches(['[', ']']));
        }
        if first.ends_with('Z') && first.contains('T') {
            return match thrown(text) {
                Some(told) => format!("{third} {told}"),
                None => format!("{third} {text}"),
            };
        }
        let _ = second;
    }
    // Lambda's Python runtime indents with spaces that do not break.
    message.replace('\u{a0}', " ")
}

/// `Invoke Error TAB {"errorType":"Error","errorMessage":"boom","stack":["Error: boom","    at …"]}` as Node itself would show it.
fn thrown(text: &str) -> Option<String> {
    let (title, object) = text.split_once('\t')?;
    let object: Map<String, Value> = serde_json::from_str(object.trim()).ok()?;
    let word = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let stack = object.get("stack").and_then(Value::as_array);
    let lines: Vec<&str> = stack
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let told = match lines.is_empty() {
        true => format!("{}: {}", word("errorType"), word("errorMessage")),
        false => lines.join("\n"),
    };
    Some(format!("{}: {told}", title.trim()))
}

/// `LEVEL message` with what else there is behind it, or under it when that is long.
fn json(object: &Map<String, Value>, width: usize) -> String {
    const SAID: [&str; 12] = [
        "timestamp",
        "time",
        "level",
        "log_level",
        "severity",
        "levelname",
        "message",
        "msg",
        "requestId",
        "AWSRequestId",
        "request_id",
        "function_request_id",
    ];
    let text = |names: &[&str]| {
        let mut values = names.iter().filter_map(|name| object.get(*name)?.as_str());
        values.next()
    };
    let Some(message) = text(&["message", "msg"]) else {
        return pretty(object, width);
    };
    let level = text(&["level", "log_level", "severity", "levelname"]);
    let mut line = match level {
        Some(level) => format!("{} {message}", level.to_uppercase()),
        None => message.to_owned(),
    };
    let mut rest = object.clone();
    rest.retain(|name, _| !SAID.contains(&name.as_str()));
    let stack = match rest.get("stackTrace").or_else(|| rest.get("stack")) {
        Some(Value::Array(lines)) if lines.iter().all(Value::is_string) => {
            let lines = lines.iter().filter_map(Value::as_str);
            lines.map(|line| line.trim_end().to_owned()).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    if !stack.is_empty() {
        rest.retain(|name, _| name != "stackTrace" && name != "stack");
    }
    if !rest.is_empty() {
        let behind = pretty(&rest, width.saturating_sub(line.chars().count() + 1));
        let gap = if behind.contains('\n') { '\n' } else { ' ' };
        line = format!("{line}{gap}{behind}");
    }
    for part in stack {
        line.push('\n');
        line.push_str(&part);
    }
    line
}

/// On one line when that is short enough.
fn pretty(object: &Map<String, Value>, width: usize) -> String {
    let short = serde_json::to_string(object).unwrap_or_default();
    match short.chars().count() <= width {
        true => short,
        false => serde_json::to_string_pretty(object).unwrap_or(short),
    }
}

/// The line without what could move the cursor or reorder what is read. Colours stay where they are wanted.
fn tame(line: &str, colors: bool) -> Cow<'_, str> {
    let is_harmful = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !line.contains(is_harmful) {
        return Cow::Borrowed(line);
    }
    let mut tamed = String::with_capacity(line.len());
    let mut is_colored = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = color(rest) {
            if colors {
                tamed.push_str(&rest[..length]);
                is_colored = true;
            }
            rest = &rest[length..];
            continue;
        }
        tamed.push(if is_harmful(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        });
        rest = &rest[c.len_utf8()..];
    }
    if is_colored {
        tamed.push_str("\u{1b}[0m");
    }
    Cow::Owned(tamed)
}

/// How long the sequence for a colour is that the text begins with: `ESC [ 3 1 m`.
fn color(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'))?;
    inside[end..].starts_with('m').then_some(2 + end + 1)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::logs::record::Group;

    const STYLE: Style = Style {
        verbose: false,
        width: 80,
        colors: false,
    };

    fn shown(text: &str, style: Style) -> Option<Folded> {
        let record = Record::new(0, Group::new("g", "G"), "s".into(), None, text);
        fold(&record, style)
    }

    /// Each folder of `tests/logs/fold` has `event`, as CloudWatch keeps it, and `shown`: its tone on the first line, then its lines.
    #[test]
    fn records_are_shown_as_the_folders_of_cases_say() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs/fold");
        // The manifest may stand beside the sources.
        let folder = match folder.is_dir() {
            true => folder,
            false => Path::new(file!())
                .ancestors()
                .nth(3)
                .unwrap()
                .join("tests/logs/fold"),
        };
        let mut count = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let case = entry.unwrap().path();
            let event = fs::read_to_string(case.join("event")).unwrap();
            let expected = fs::read_to_string(case.join("shown")).unwrap();
            let actual = match shown(&event, STYLE) {
                Some(folded) => format!("{:?}\n{}\n", folded.tone, folded.lines.join("\n")),
                None => "folded away\n".to_owned(),
            };
            assert_eq!(actual, expected, "{}", case.display());
            count += 1;
        }
        assert!(count >= 12, "{count} cases in {}", folder.display());
    }

    #[test]
    fn everything_is_shown_as_written_when_asked_for() {
        let verbose = Style {
            verbose: true,
            ..STYLE
        };
        let text = "START RequestId: 1 Version: $LATEST";
        assert_eq!(shown(text, verbose).unwrap().lines, [text]);
    }

    #[test]
    fn colours_pass_only_where_they_are_wanted_and_nothing_else_does() {
        let text = "\u{1b}[31mred\u{1b}[0m \u{1b}[2Jgone\u{7} \u{202e}turned";
        let plain = shown(text, STYLE).unwrap().lines;
        assert_eq!(plain, ["red \u{fffd}[2Jgone\u{fffd} \u{fffd}turned"]);
        let colored = Style {
            colors: true,
            ..STYLE
        };
        let lines = shown(text, colored).unwrap().lines;
        assert!(lines[0].starts_with("\u{1b}[31mred\u{1b}[0m "), "{lines:?}");
        assert!(!lines[0].contains("\u{1b}[2J"), "{lines:?}");
    }

    #[test]
    fn a_report_is_one_short_figure() {
        let report = Report {
            duration: 12.34,
            memory: Some(128),
            used: Some(45),
            init: Some(110.1),
            status: None,
        };
        assert_eq!(figure(&report), "12.3 ms, 45 of 128 MB, init 110 ms");
        let report = Report {
            duration: 3000.0,
            status: Some("timeout".into()),
            ..Report::default()
        };
        assert_eq!(figure(&report), "timeout after 3000 ms");
    }
}
