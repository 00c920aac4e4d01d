//! `LoggingConfig` of functions of both types.

use crate::diag::{Diagnostic, nearest};
use crate::graph::fields::Fields;
use crate::graph::logging::{LogFormat, LogLevel, LoggingConfig};
use crate::graph::setting::Link;

const KEYS: [&str; 4] = [
    "LogFormat",
    "ApplicationLogLevel",
    "SystemLogLevel",
    "LogGroup",
];

/// Lambda's own lines know three levels.
const SYSTEM_LEVELS: [(&str, LogLevel); 3] = [
    ("DEBUG", LogLevel::Debug),
    ("INFO", LogLevel::Info),
    ("WARN", LogLevel::Warn),
];

/// The longest name of a log group. Source: AWS::Lambda::Function LoggingConfig.
const MAX_GROUP: usize = 512;

pub(super) fn logging(fields: &Fields<'_>) -> LoggingConfig {
    let Some(config) = fields.fields("LoggingConfig") else {
        return LoggingConfig::default();
    };
    check_keys(&config);
    let formats = [("Text", LogFormat::Text), ("JSON", LogFormat::Json)];
    let format = config.word("LogFormat", &formats);
    let application = config.word("ApplicationLogLevel", &LogLevel::ALL);
    let system = config.word("SystemLogLevel", &SYSTEM_LEVELS);
    let is_text = match format {
        Some(format) => format == LogFormat::Text,
        // Not known, or reported already.
        None => !config.has("LogFormat") && !config.is_partial(),
    };
    if is_text {
        warn_of_levels(&config);
    }
    LoggingConfig {
        format: format.unwrap_or_default(),
        application: application.unwrap_or_default(),
        system: system.unwrap_or_default(),
        group: group(&config),
    }
}

fn check_keys(config: &Fields<'_>) {
    for (key, span, _) in config.entries() {
        if KEYS.contains(&key) || key == "Fn::Transform" {
            continue;
        }
        let diagnostic = Diagnostic::error(
            "graph/unknown-property",
            format!("`LoggingConfig` of {} has no `{key}`", config.owner),
        )
        .at(span);
        config.report(match nearest(key, KEYS) {
            Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
            None => diagnostic.help(format!("AWS takes {}.", KEYS.join(", "))),
        });
    }
}

fn warn_of_levels(config: &Fields<'_>) {
    for key in ["ApplicationLogLevel", "SystemLogLevel"] {
        if let Some(span) = config.key_span(key) {
            config.report(
                Diagnostic::warning(
                    "graph/log-level-of-text",
                    format!(
                        "`{key}` of {} filters nothing: its log is text",
                        config.owner
                    ),
                )
                .at(span)
                .help("Lambda filters by level only with `LogFormat: JSON`."),
            );
        }
    }
}

fn group(config: &Fields<'_>) -> Option<Link> {
    let group = config.link("LogGroup")?;
    if let Some(name) = group.value.known()
        && !is_group_name(name)
    {
        config.report(
            Diagnostic::error(
                "graph/log-group",
                format!("`LogGroup` of {} cannot be `{name}`", config.owner),
            )
            .at(group.span())
            .help("It is the name of a log group, 1 to 512 letters, digits and `. - _ / #`; an ARN is not taken."),
        );
    }
    Some(group)
}

/// `[\.\-_/#A-Za-z0-9]+`. Source: AWS::Lambda::Function LoggingConfig.
fn is_group_name(name: &str) -> bool {
    (1..=MAX_GROUP).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-/#".contains(c))
}
