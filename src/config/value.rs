//! The value of a setting, and reading one from a variable or a file.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::file::{Content, Item};
use super::parameter::ParameterOverrides;
use super::setting::{Definition, Kind};
use crate::diag::Diagnostic;

/// Seconds that `Timeout` may be. Source: Lambda quotas, "Function timeout".
const SECONDS: std::ops::RangeInclusive<u64> = 1..=900;

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A file or folder, from the current folder on.
    Path(PathBuf),
    /// Files or folders, from the current folder on.
    Paths(Vec<PathBuf>),
    /// Texts.
    Texts(Vec<String>),
    /// True or false.
    Switch(bool),
    /// Seconds, 1 to 900.
    Seconds(u64),
    /// Values for template parameters.
    Parameters(ParameterOverrides),
    /// Tags, by name.
    Tags(IndexMap<String, String>),
}

impl Value {
    /// The value in an environment variable. Lists are separated by commas.
    ///
    /// # Errors
    /// What is expected instead.
    pub(super) fn of_variable(text: &str, kind: Kind) -> Result<Self, &'static str> {
        let parts = || {
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
        };
        Ok(match kind {
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Path => Value::Path(PathBuf::from(text)),
            Kind::Paths => Value::Paths(parts().map(PathBuf::from).collect()),
            Kind::Texts => Value::Texts(parts().map(str::to_owned).collect()),
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "1" | "true" => Value::Switch(true),
                "0" | "false" => Value::Switch(false),
                _ => return Err("true or false"),
            },
            Kind::Seconds => text
                .trim()
                .parse()
                .ok()
                .filter(|seconds| SECONDS.contains(seconds))
                .map(Value::Seconds)
                .ok_or(SECONDS_EXPECTED)?,
            Kind::Parameters | Kind::Tags => return Err("a flag"),
        })
    }

    /// A parameter of SAM's. As there, a number is as good as its text, and a list may be one text with spaces between
    /// its elements. None when it is set to nothing.
    ///
    /// # Errors
    /// What is expected instead.
    pub(super) fn of_sam(item: &Item, kind: Kind) -> Result<Option<Self>, &'static str> {
        let text = match (&item.content, kind) {
            (Content::Null, _) => return Ok(None),
            (Content::Boolean(flag), Kind::Switch) => return Ok(Some(Value::Switch(*flag))),
            (Content::List(items), Kind::Texts) => {
                return texts(items).map(|all| Some(Value::Texts(all))).ok_or(LIST);
            }
            (Content::Text(text) | Content::Integer(text) | Content::Other(text), _) => text,
            (_, Kind::Switch) => return Err("true or false"),
            (_, Kind::Texts) => return Err(LIST),
            _ => return Err("text"),
        };
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(match kind {
            Kind::Path => Value::Path(PathBuf::from(text)),
            Kind::Texts => Value::Texts(text.split_whitespace().map(str::to_owned).collect()),
            // The words of click, the library that reads SAM's options.
            Kind::Switch => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "t" | "yes" | "y" | "on" => Value::Switch(true),
                "0" | "false" | "f" | "no" | "n" | "off" => Value::Switch(false),
                _ => return Err("true or false"),
            },
            _ => Value::Text(text.clone()),
        }))
    }

    /// A value of `hoist.toml`, whose folder is `folder`: nothing but the right type is taken.
    ///
    /// # Errors
    /// What is expected instead.
    pub(super) fn of_hoist(item: &Item, kind: Kind, folder: &Path) -> Result<Self, &'static str> {
        match (&item.content, kind) {
            (Content::Text(text), Kind::Text) if !text.is_empty() => Ok(Value::Text(text.clone())),
            (Content::Text(text), Kind::Path) if !text.is_empty() => {
                Ok(Value::Path(folder.join(text)))
            }
            (Content::Boolean(flag), Kind::Switch) => Ok(Value::Switch(*flag)),
            (Content::Integer(number), Kind::Seconds) => number
                .parse()
                .ok()
                .filter(|seconds| SECONDS.contains(seconds))
                .map(Value::Seconds)
                .ok_or(SECONDS_EXPECTED),
            (Content::List(items), Kind::Texts) => texts(items).map(Value::Texts).ok_or(LIST),
            (Content::List(items), Kind::Paths) => texts(items)
                .map(|all| Value::Paths(all.iter().map(|path| folder.join(path)).collect()))
                .ok_or(LIST),
            (_, Kind::Text | Kind::Path) => Err("text in quotes"),
            (_, Kind::Switch) => Err("true or false"),
            (_, Kind::Seconds) => Err(SECONDS_EXPECTED),
            (_, Kind::Texts | Kind::Paths | Kind::Parameters | Kind::Tags) => Err(LIST),
        }
    }
}

const SECONDS_EXPECTED: &str = "a whole number of seconds from 1 to 900";
const LIST: &str = "a list of texts: [\"one\", \"two\"]";

fn texts(items: &[Item]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match &item.content {
            Content::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// What is said of a value in a file that is of the wrong type.
pub(super) fn wrong_type(definition: &Definition, item: &Item, expected: &str) -> Diagnostic {
    let name = definition.name;
    let (summary, at) = match &item.content {
        // The type is right, the value is not.
        Content::Integer(_) if expected == SECONDS_EXPECTED => {
            (format!("`{name}` must be {expected}"), item.span)
        }
        Content::List(items) if expected == LIST => (
            format!("every element of `{name}` must be text in quotes"),
            items
                .iter()
                .find(|item| texts(std::slice::from_ref(item)).is_none())
                .map_or(item.span, |item| item.span),
        ),
        _ => (
            format!("`{name}` must be {expected}, not {}", item.kind()),
            item.span,
        ),
    };
    Diagnostic::error("config/wrong-type", summary).at(at)
}
