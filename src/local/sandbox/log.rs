//! Where a function's output goes while it runs.

use std::sync::{Arc, Mutex};

use crate::graph::LogLevel;

type Write = dyn Fn(&[u8]) + Send + Sync;

/// Takes log records as they are written. Cheap to copy; one record is one call.
#[derive(Clone)]
pub struct Log {
    write: Arc<Write>,
    single_line: bool,
    from: Option<LogLevel>,
}

impl Log {
    /// A log that hands each record to `write`.
    pub fn new(write: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Log {
            write: Arc::new(write),
            single_line: false,
            from: None,
        }
    }

    /// A log that forgets everything.
    pub fn none() -> Self {
        Log::new(|_| ())
    }

    /// A log that is read once, when something went wrong.
    pub fn kept() -> (Self, impl FnOnce() -> String) {
        let said: Arc<Mutex<Vec<u8>>> = Arc::default();
        let sink = Arc::clone(&said);
        let log = Log::new(move |bytes| {
            if let Ok(mut said) = sink.lock() {
                said.extend_from_slice(bytes);
            }
        });
        let read = move || {
            let said = said.lock().map(|said| said.clone()).unwrap_or_default();
            String::from_utf8_lossy(&said).trim().to_owned()
        };
        (log, read)
    }

    /// The same log with each record of `console` on one line: a line end inside it becomes `\r`, as
    /// Lambda's Node runtime writes to a plain standard output.
    pub fn single_line(mut self) -> Self {
        self.single_line = true;
        self
    }

    /// The same log with only those [`Log::output`] lines that have this level at least.
    pub fn from_level(mut self, level: Option<LogLevel>) -> Self {
        self.from = level;
        self
    }

    /// Hands over a line of a function whose runtime does not filter by level itself. Lambda reads the level out of
    /// lines that are JSON objects, and takes INFO for one that names none; other lines are kept.
    /// Source: Lambda developer guide, "Log-level filtering".
    pub fn output(&self, line: &[u8]) {
        if self
            .from
            .is_none_or(|from| level(line).is_none_or(|level| level >= from))
        {
            self.record(line);
        }
    }

    /// Hands bytes over as they were written.
    pub fn record(&self, bytes: &[u8]) {
        (self.write)(bytes);
    }

    /// Hands over one record of `console`, which ends with a line end.
    pub fn console(&self, bytes: &[u8]) {
        let inside = bytes.len().saturating_sub(1);
        if !self.single_line || !bytes[..inside].contains(&b'\n') {
            return self.record(bytes);
        }
        let mut bytes = bytes.to_vec();
        for byte in &mut bytes[..inside] {
            if *byte == b'\n' {
                *byte = b'\r';
            }
        }
        self.record(&bytes);
    }

    /// Hands one line over.
    pub fn line(&self, text: &str) {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(b'\n');
        self.record(&bytes);
    }
}

/// The level of a line that is a JSON object.
fn level(line: &[u8]) -> Option<LogLevel> {
    if !line.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let line: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).ok()?;
    let level = line
        .get("level")
        .and_then(|level| level.as_str()?.parse().ok());
    Some(level.unwrap_or_default())
}

impl std::fmt::Debug for Log {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_record_is_one_line_where_that_is_wanted() {
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let sink = Arc::clone(&written);
        let log = Log::new(move |bytes| sink.lock().unwrap().extend_from_slice(bytes));
        log.console(b"a\nb\n");
        log.clone().single_line().console(b"c\nd\n");
        log.single_line().record(b"e\nf\n");
        assert_eq!(&*written.lock().unwrap(), b"a\nb\nc\rd\ne\nf\n");
    }

    #[test]
    fn lines_below_the_wanted_level_are_left_out() {
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let sink = Arc::clone(&written);
        let log = Log::new(move |bytes| sink.lock().unwrap().extend_from_slice(bytes))
            .from_level(Some(LogLevel::Warn));
        for line in [
            r#"{"level":"debug"}"#,
            r#"{"level":"error"}"#,
            r#" {"level":"WARN"}"#,
            r#"{"level":"loud"}"#,
            r#"{"other":1}"#,
            "{not JSON",
            "words",
        ] {
            log.output(format!("{line}\n").as_bytes());
        }
        assert_eq!(
            String::from_utf8_lossy(&written.lock().unwrap()),
            "{\"level\":\"error\"}\n {\"level\":\"WARN\"}\n{not JSON\nwords\n"
        );
        let log = log.from_level(None);
        log.output(b"{\"level\":\"trace\"}\n");
        assert!(written.lock().unwrap().ends_with(b"\"trace\"}\n"));
    }
}
