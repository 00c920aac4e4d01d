//! `LoggingConfig`: how a function's log is written, and what of it.
//!
//! Source: AWS::Lambda::Function LoggingConfig; Lambda developer guide, "Configuring advanced logging controls".

use std::fmt;
use std::str::FromStr;

use super::setting::Link;

/// `LoggingConfig` of a function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoggingConfig {
    /// `Text` when nothing is said.
    pub format: LogFormat,
    /// What the function's own lines must reach to be kept; used with [`LogFormat::Json`] only.
    pub application: LogLevel,
    /// What Lambda's lines must reach to be kept; used with [`LogFormat::Json`] only.
    pub system: LogLevel,
    /// The CloudWatch log group, in place of `/aws/lambda/<function>`.
    pub group: Option<Link>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Fields between tabs.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much a log line matters, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum LogLevel {
    /// `TRACE`.
    Trace,
    /// `DEBUG`.
    Debug,
    /// `INFO`: what Lambda takes when nothing is said.
    #[default]
    Info,
    /// `WARN`.
    Warn,
    /// `ERROR`.
    Error,
    /// `FATAL`.
    Fatal,
}

impl LogLevel {
    /// Every level with its name.
    pub const ALL: [(&'static str, LogLevel); 6] = [
        ("TRACE", LogLevel::Trace),
        ("DEBUG", LogLevel::Debug),
        ("INFO", LogLevel::Info),
        ("WARN", LogLevel::Warn),
        ("ERROR", LogLevel::Error),
        ("FATAL", LogLevel::Fatal),
    ];
}

impl fmt::Display for LogLevel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, level)| level == self);
        out.write_str(name.map_or("INFO", |(name, _)| name))
    }
}

impl FromStr for LogLevel {
    type Err = ();

    /// In capitals or not: loggers write both.
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, level)| *level)
            .ok_or(())
    }
}
