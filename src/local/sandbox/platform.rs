//! Lambda's own lines in a function's log, as text or as JSON.
//!
//! Every kind of function gets its lines here: the sandbox's guests, and processes that speak the Runtime API.
//!
//! Sources: `aws-behaviour.md` §1 (text); the Telemetry API's event schema (JSON records), of which only members that
//! are known here are written; Lambda developer guide, "System log level event mapping" (levels). `functionArn` in
//! `platform.start` and the order of the members follow logs recorded from Lambda.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::log::Log;
use super::outcome::{Failure, Outcome, Report, milliseconds};
use crate::graph::{LogFormat, LogLevel, LoggingConfig};

/// How a function's log is written, and what of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Logging {
    /// As text or as JSON.
    pub format: LogFormat,
    /// Of the function's own lines those from this level on; with JSON only.
    pub application: LogLevel,
    /// Of Lambda's lines those from this level on; with JSON only.
    pub system: LogLevel,
}

impl From<&LoggingConfig> for Logging {
    fn from(config: &LoggingConfig) -> Self {
        Logging {
            format: config.format,
            application: config.application,
            system: config.system,
        }
    }
}

impl Logging {
    /// The level from which the host keeps lines that the function writes itself; none when it keeps all.
    pub fn kept(&self) -> Option<LogLevel> {
        (self.format == LogFormat::Json).then_some(self.application)
    }
}

/// How a phase or an invocation ended, in the Telemetry API's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// `success`.
    Success,
    /// `error`, with the error's type where it has one.
    Error(Option<String>),
    /// `timeout`.
    Timeout,
}

impl Status {
    fn name(&self) -> &'static str {
        match self {
            Status::Success => "success",
            Status::Error(_) => "error",
            Status::Timeout => "timeout",
        }
    }

    /// `level` for a success; everything else is a warning.
    fn level(&self, level: LogLevel) -> LogLevel {
        match self {
            Status::Success => level,
            Status::Error(_) | Status::Timeout => LogLevel::Warn,
        }
    }

    fn write_into(&self, record: &mut Map<String, Value>) {
        record.insert("status".into(), self.name().into());
        if let Status::Error(Some(error_type)) = self {
            record.insert("errorType".into(), error_type.as_str().into());
        }
    }
}

impl From<&Failure> for Status {
    fn from(failure: &Failure) -> Self {
        if failure.is_timeout() {
            Status::Timeout
        } else {
            Status::Error(failure.error_type())
        }
    }
}

impl From<&Outcome> for Status {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Answer(_) => Status::Success,
            Outcome::Failure(failure) => failure.into(),
        }
    }
}

/// Writes Lambda's lines about one environment into its log.
#[derive(Debug, Clone)]
pub struct Platform {
    log: Log,
    logging: Logging,
    function: String,
}

impl Platform {
    /// For an environment of the function of this name.
    pub fn new(log: Log, logging: Logging, function: &str) -> Self {
        Platform {
            log,
            logging,
            function: function.to_owned(),
        }
    }

    /// The init phase begins. Text has no line for it: `INIT_START` names the runtime's build, which is not known.
    pub fn init_started(&self) {
        // A line without `runtimeVersion` is for DEBUG.
        self.event(LogLevel::Debug, "initStart", || {
            json!({
                "initializationType": "on-demand",
                "phase": "init",
                "functionName": self.function,
                "functionVersion": "$LATEST",
            })
        });
    }

    /// The init phase is over.
    pub fn init_ended(&self, status: &Status, duration: Duration) {
        if self.logging.format == LogFormat::Text {
            if *status == Status::Timeout {
                self.log.line(&format!(
                    "INIT_REPORT Init Duration: {:.2} ms\tPhase: init\tStatus: timeout",
                    milliseconds(duration)
                ));
            }
            return;
        }
        let record = || {
            let mut record = Map::new();
            record.insert("initializationType".into(), "on-demand".into());
            record.insert("phase".into(), "init".into());
            status.write_into(&mut record);
            record
        };
        let level = status.level(LogLevel::Debug);
        self.event(level, "initRuntimeDone", || record().into());
        self.event(level, "initReport", || {
            let mut record = record();
            record.insert(
                "metrics".into(),
                json!({"durationMs": thousandths(duration)}),
            );
            record.into()
        });
    }

    /// An invocation begins: `START`.
    pub fn started(&self, request_id: &str, function_arn: &str) {
        if self.logging.format == LogFormat::Text {
            self.log
                .line(&format!("START RequestId: {request_id} Version: $LATEST"));
            return;
        }
        self.event(
            LogLevel::Info,
            "start",
            || json!({"requestId": request_id, "functionArn": function_arn, "version": "$LATEST"}),
        );
    }

    /// What Lambda itself has to say about a failed invocation: a timeout, the end of the runtime's process.
    /// With JSON it is an object like the function's own errors, so that every line stays one.
    pub fn said(&self, request_id: &str, text: &str) {
        match self.logging.format {
            LogFormat::Text => self.log.line(&format!("{} {request_id} {text}", now())),
            LogFormat::Json => self.log.line(
                &json!({
                    "timestamp": now(),
                    "level": "ERROR",
                    "requestId": request_id,
                    "message": text,
                })
                .to_string(),
            ),
        }
    }

    /// An invocation is over: `END` and `REPORT`.
    pub fn ended(&self, request_id: &str, outcome: &Outcome, report: &Report) {
        if self.logging.format == LogFormat::Text {
            self.log.line(&format!("END RequestId: {request_id}"));
            self.log.line(&report.line(request_id));
            return;
        }
        let status = Status::from(outcome);
        self.event(status.level(LogLevel::Debug), "runtimeDone", || {
            done(request_id, outcome, &status, report.duration)
        });
        self.event(status.level(LogLevel::Info), "report", || {
            let mut record = Map::new();
            record.insert("requestId".into(), request_id.into());
            record.insert("metrics".into(), metrics(report));
            status.write_into(&mut record);
            record.into()
        });
    }

    /// A line of JSON, if the format is JSON and the level is wanted.
    fn event(&self, level: LogLevel, kind: &str, record: impl FnOnce() -> Value) {
        if self.logging.format == LogFormat::Json && level >= self.logging.system {
            let line =
                json!({"time": now(), "type": format!("platform.{kind}"), "record": record()});
            self.log.line(&line.to_string());
        }
    }
}

fn done(request_id: &str, outcome: &Outcome, status: &Status, duration: Duration) -> Value {
    let mut record = Map::new();
    record.insert("requestId".into(), request_id.into());
    status.write_into(&mut record);
    let mut metrics = Map::new();
    metrics.insert("durationMs".into(), thousandths(duration).into());
    if let Outcome::Answer(answer) = outcome {
        metrics.insert("producedBytes".into(), answer.len().into());
    }
    record.insert("metrics".into(), metrics.into());
    record.into()
}

fn metrics(report: &Report) -> Value {
    let mut metrics = json!({
        "durationMs": thousandths(report.duration),
        "billedDurationMs": report.billed_ms(),
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.max_memory_mb,
    });
    if let Some(init) = report.init {
        metrics["initDurationMs"] = thousandths(init).into();
    }
    metrics
}

/// Milliseconds with three decimals at most.
fn thousandths(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

/// The time as Lambda's lines carry it.
fn now() -> String {
    time(SystemTime::now())
}

fn time(time: SystemTime) -> String {
    // A clock outside of the years 1 to 9999 is nobody's.
    jiff::Timestamp::try_from(time)
        .unwrap_or_default()
        .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
        .to_string()
}

#[cfg(test)]
#[path = "platform/tests.rs"]
mod tests;
