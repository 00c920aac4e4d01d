//! One event of a log, and what it is.

use std::sync::Arc;

use serde_json::{Map, Value};

/// A log group that is read, under the name it is shown with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Group {
    /// `/aws/lambda/orders-Create`.
    pub name: Arc<str>,
    /// What people call it: the function's logical id, or the group's name.
    pub label: Arc<str>,
}

impl Group {
    /// A group under a name of its own.
    pub fn new(name: &str, label: &str) -> Self {
        Group {
            name: name.into(),
            label: label.into(),
        }
    }
}

/// One event of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// When it was written, in milliseconds since 1970.
    pub time: i64,
    /// Where it is from.
    pub group: Group,
    /// The log stream: one execution environment of a function.
    pub stream: Arc<str>,
    /// CloudWatch's id of the event. None where it gives none (live tail) and for what ran here.
    pub id: Option<String>,
    /// As it was written, without the line end.
    pub message: String,
    /// What it is.
    pub kind: Kind,
    /// The invocation it names itself.
    pub request_id: Option<String>,
}

/// What a record is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The runtime starts: `INIT_START …`, `platform.initStart` and what belongs to them.
    Init,
    /// An invocation starts.
    Start,
    /// An invocation ended.
    End,
    /// What an invocation took.
    Report(Report),
    /// What the platform says of a failure: a timeout, an environment that ended.
    Fault(String),
    /// A line of the function.
    Text(Level),
    /// A JSON object of the function.
    Json(Level, Map<String, Value>),
}

/// How much a line matters, as far as it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Trace and debug.
    Debug,
    /// Information, and lines without a level.
    #[default]
    Info,
    /// A warning.
    Warn,
    /// An error, or something fatal.
    Error,
}

/// The figures of one invocation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Milliseconds.
    pub duration: f64,
    /// Megabytes the function may have.
    pub memory: Option<u64>,
    /// Megabytes it had at most.
    pub used: Option<u64>,
    /// Milliseconds its environment took to start, when it was new.
    pub init: Option<f64>,
    /// `timeout`, `error`; none when it went well, or nothing is said.
    pub status: Option<String>,
}

impl Record {
    /// Reads what the message is.
    pub fn new(time: i64, group: Group, stream: Arc<str>, id: Option<String>, text: &str) -> Self {
        let message = text.trim_end_matches(['\n', '\r']);
        let (kind, request_id) = read(message);
        Record {
            time,
            group,
            stream,
            id,
            message: message.to_owned(),
            kind,
            request_id,
        }
    }

    /// Whether it tells of something that went wrong.
    pub fn is_error(&self) -> bool {
        match &self.kind {
            Kind::Fault(_) | Kind::Text(Level::Error) | Kind::Json(Level::Error, _) => true,
            Kind::Report(report) => report.status.is_some(),
            _ => false,
        }
    }

    /// Whether it goes on with the record before it: an indented line, or a further cause. Runtimes that write to standard output
    /// line by line make an event of each line of a stack trace.
    pub fn is_continuation(&self) -> bool {
        matches!(self.kind, Kind::Text(_))
            && (self.message.starts_with([' ', '\t', '\u{a0}'])
                || self.message.starts_with("Caused by:"))
    }
}

fn read(message: &str) -> (Kind, Option<String>) {
    if let Some(object) = object(message) {
        return json(object);
    }
    let named = || after(message, "RequestId: ");
    if message.starts_with("INIT_START ") || message.starts_with("EXTENSION\t") {
        return (Kind::Init, None);
    }
    if message.starts_with("START RequestId: ") {
        return (Kind::Start, named());
    }
    if message.starts_with("END RequestId: ") {
        return (Kind::End, named());
    }
    if message.starts_with("REPORT RequestId: ") {
        return (Kind::Report(report(message)), named());
    }
    if message.starts_with("INIT_REPORT ") {
        let failed = message.contains("Status: error") || message.contains("Status: timeout");
        let kind = match failed {
            true => Kind::Fault(message.split('\t').collect::<Vec<_>>().join(" ")),
            false => Kind::Init,
        };
        return (kind, None);
    }
    if let Some(fault) = fault(message) {
        return fault;
    }
    text(message)
}

/// The whole message as a JSON object.
fn object(message: &str) -> Option<Map<String, Value>> {
    let text = message.trim();
    if !(text.starts_with('{') && text.ends_with('}')) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The word behind a name.
fn after(message: &str, name: &str) -> Option<String> {
    let rest = message.split_once(name)?.1;
    let word = rest.split(|c: char| c.is_whitespace()).next()?;
    (!word.is_empty()).then(|| word.to_owned())
}

/// `Duration: 3.01 ms`, between tabs.
fn report(message: &str) -> Report {
    let field = |name: &str| {
        let fields = message.split('\t').map(str::trim);
        let mut values = fields.filter_map(|field| field.strip_prefix(name));
        values.next().map(str::trim)
    };
    let number = |name: &str| field(name)?.split(' ').next()?.parse::<f64>().ok();
    Report {
        duration: number("Duration:").unwrap_or_default(),
        memory: number("Memory Size:").map(|size| size as u64),
        used: number("Max Memory Used:").map(|size| size as u64),
        init: number("Init Duration:").or_else(|| number("Restore Duration:")),
        status: field("Status:")
            .filter(|status| *status != "success")
            .map(str::to_owned),
    }
}

/// `2026-11-21T20:00:00.000Z <id> Task timed out after 3.00 seconds`, `RequestId: <id> Error: Runtime exited …`.
fn fault(message: &str) -> Option<(Kind, Option<String>)> {
    let words: Vec<&str> = message.splitn(3, ' ').collect();
    if let [time, id, text] = words.as_slice()
        && (text.starts_with("Task timed out after") || text.starts_with("Process exited before"))
        && time.contains('T')
    {
        let text = text.trim_end().to_owned();
        return Some((Kind::Fault(text), Some((*id).to_owned())));
    }
    let rest = message.strip_prefix("RequestId: ")?;
    let (id, text) = rest.split_once(' ')?;
    let text = text.strip_prefix("Error: ")?;
    Some((Kind::Fault(text.trim_end().to_owned()), Some(id.to_owned())))
}

/// A line of a function, in the form of Lambda's Node (`time TAB id TAB LEVEL TAB text`) or Python runtime
/// (`[LEVEL] TAB time TAB id TAB text`), or any other.
fn text(message: &str) -> (Kind, Option<String>) {
    let id = |word: &str| is_id(word).then(|| word.to_owned());
    let fields: Vec<&str> = message.splitn(4, '\t').collect();
    if let [_, second, third, _] = fields.as_slice() {
        if is_id(second) || *second == "undefined" {
            return (Kind::Text(level(third)), id(second));
        }
        if fields[0].starts_with('[') {
            let word = fields[0].trim_matches(['[', ']']);
            return (Kind::Text(level(word)), id(third.trim()));
        }
    }
    let first = message.split(|c: char| c.is_whitespace()).next();
    let word = first.unwrap_or_default().trim_matches(['[', ']', ':']);
    // `KeyError: 'id'`: what was raised, under a stack trace whose lines came one by one.
    let names_error = |word: &str| word.ends_with("Error:") || word.ends_with("Exception:");
    let is_trace = message.contains("Traceback (most recent call last)");
    let level = match is_trace || first.is_some_and(names_error) {
        true => Level::Error,
        false => level(word),
    };
    (Kind::Text(level), None)
}

/// Whether it has the form of an invocation's id: a UUID.
fn is_id(word: &str) -> bool {
    word.len() == 36 && uuid::Uuid::try_parse(word).is_ok()
}

fn level(word: &str) -> Level {
    match word.to_ascii_uppercase().as_str() {
        "ERROR" | "FATAL" | "CRITICAL" | "SEVERE" | "PANIC" => Level::Error,
        "WARN" | "WARNING" => Level::Warn,
        "DEBUG" | "TRACE" => Level::Debug,
        _ => Level::Info,
    }
}

/// A record of the platform in Lambda's JSON format, or one of the function.
/// Source: Lambda telemetry API, `Event` schema reference.
fn json(object: Map<String, Value>) -> (Kind, Option<String>) {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let own = object.get("record").and_then(Value::as_object);
    if let (Some(Value::String(kind)), Some(own)) = (object.get("type"), own) {
        let id = text(own.get("requestId"));
        let kind = match kind.as_str() {
            "platform.start" => Some(Kind::Start),
            "platform.runtimeDone" | "platform.end" => Some(Kind::End),
            "platform.report" => Some(Kind::Report(json_report(own))),
            "platform.initReport" if own.get("status").is_some_and(|it| it != "success") => {
                let status = text(own.get("status")).unwrap_or_default();
                let error = text(own.get("errorType")).unwrap_or_default();
                Some(Kind::Fault(
                    format!("init {status} {error}").trim().to_owned(),
                ))
            }
            kind if kind.starts_with("platform.") => Some(Kind::Init),
            _ => None,
        };
        if let Some(kind) = kind {
            return (kind, id);
        }
    }
    let id = [
        "requestId",
        "AWSRequestId",
        "request_id",
        "function_request_id",
    ]
    .into_iter()
    .find_map(|name| text(object.get(name)));
    let word = ["level", "log_level", "severity", "levelname"]
        .into_iter()
        .find_map(|name| object.get(name));
    let level = match word {
        Some(Value::String(word)) => level(word),
        // pino and bunyan count: 40 is a warning, 50 an error.
        Some(Value::Number(number)) => match number.as_u64().unwrap_or_default() {
            50.. => Level::Error,
            40.. => Level::Warn,
            30.. => Level::Info,
            _ => Level::Debug,
        },
        _ if object.contains_key("errorType") && object.contains_key("errorMessage") => {
            Level::Error
        }
        _ => Level::Info,
    };
    (Kind::Json(level, object), id)
}

fn json_report(own: &Map<String, Value>) -> Report {
    let metrics = own.get("metrics").and_then(Value::as_object);
    let metric = |name: &str| metrics?.get(name)?.as_f64();
    let status = own.get("status").and_then(Value::as_str);
    Report {
        duration: metric("durationMs").unwrap_or_default(),
        memory: metric("memorySizeMB").map(|size| size as u64),
        used: metric("maxMemoryUsedMB").map(|size| size as u64),
        init: metric("initDurationMs").or_else(|| metric("restoreDurationMs")),
        status: status
            .filter(|status| *status != "success")
            .map(str::to_owned),
    }
}
