//! What can be chosen in a sample event.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

/// One value of an event that can be chosen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is, without a full stop.
    pub about: String,
    /// What type of JSON it is in the event.
    #[serde(rename = "type", default)]
    pub kind: Kind,
    /// The value when none is given.
    pub default: Value,
    /// SAM's name for it, where that is another.
    pub alias: Option<String>,
    /// The only values AWS sends; any when empty.
    #[serde(default, rename = "values")]
    pub only: Vec<String>,
    /// The default as it would be written on the command line.
    #[serde(skip)]
    pub default_text: String,
}

/// The JSON type of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text, taken as it is.
    #[default]
    String,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A JSON object, or null.
    Object,
    /// Any JSON.
    Json,
}

impl Kind {
    /// As the files write it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::Object => "object",
            Kind::Json => "json",
        }
    }
}

impl Parameter {
    /// The value that a text of the command line stands for.
    ///
    /// # Errors
    /// What the parameter takes instead, as the end of a sentence: `takes a whole number, not …`.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let json = || serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        let value = match self.kind {
            Kind::String => Value::from(text),
            Kind::Integer => match text.parse::<i64>() {
                Ok(number) => Value::from(number),
                Err(_) => return Err(format!("takes a whole number, not `{text}`")),
            },
            Kind::Boolean => match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => return Err(format!("takes true or false, not `{text}`")),
            },
            Kind::Object => match json() {
                Ok(value) if value.is_object() || value.is_null() => value,
                Ok(_) => return Err(format!("takes a JSON object, not `{text}`")),
                Err(error) => {
                    return Err(format!(
                        "takes a JSON object such as {}: {error}",
                        self.default
                    ));
                }
            },
            Kind::Json => json().map_err(|error| format!("takes JSON: {error}"))?,
        };
        if !self.only.is_empty() && !self.only.iter().any(|one| one == text) {
            let all = self.only.join(", ");
            return Err(format!("takes one of {all}, not `{text}`"));
        }
        Ok(value)
    }
}

/// A value as text: a string is itself, everything else compact JSON.
pub(super) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}
