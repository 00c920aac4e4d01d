//! Values that are written out, against the types and limits of a shape.
//!
//! CloudFormation is lenient with scalars: text that is a number stands for it, and the other way round.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::diag::nearest;
use crate::schema::{Shape, Type};
use crate::template::{Node, Value};

/// Whether a value can stand where one of `types` is wanted. No types: everything can.
pub(super) fn fits(types: &[Type], node: &Node) -> bool {
    types.is_empty() || types.iter().any(|wanted| fits_one(*wanted, &node.value))
}

fn fits_one(wanted: Type, value: &Value) -> bool {
    match (wanted, value) {
        (_, Value::Call(_) | Value::Unknown(_)) => true,
        (Type::String, Value::String(_) | Value::Number(_) | Value::Bool(_)) => true,
        (Type::Number, Value::Number(_)) => true,
        (Type::Integer, Value::Number(number)) => {
            number.as_f64().is_none_or(|number| number.fract() == 0.0)
        }
        (Type::Number, Value::String(text)) => text.trim().parse::<f64>().is_ok(),
        (Type::Integer, Value::String(text)) => text
            .trim()
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
        (Type::Boolean, Value::Bool(_)) => true,
        (Type::Boolean, Value::String(text)) => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
        (Type::Array, Value::List(_)) | (Type::Object, Value::Map(_)) => true,
        (Type::Null, Value::Null) => true,
        _ => false,
    }
}

/// `a string`, `a list or a mapping`, as messages call it.
pub(super) fn wanted(types: &[Type]) -> String {
    let mut nouns: Vec<&str> = Vec::new();
    for one in types {
        let noun = match one {
            Type::String => "a string",
            Type::Integer => "a whole number",
            Type::Number => "a number",
            Type::Boolean => "a boolean",
            Type::Array => "a list",
            Type::Object => "a mapping",
            Type::Null => "null",
        };
        if !nouns.contains(&noun) {
            nouns.push(noun);
        }
    }
    nouns.join(" or ")
}

/// What is wrong with a scalar that has the right type: what is said, and what helps.
pub(super) fn limits(shape: &Shape, node: &Node) -> Option<Broken> {
    let text = node.scalar_text()?;
    if let Some(broken) = choices(shape, &text) {
        return Some(broken);
    }
    let is_number = shape
        .types
        .iter()
        .any(|one| matches!(one, Type::Number | Type::Integer));
    if is_number && let Ok(number) = text.trim().parse::<f64>() {
        if shape.minimum.is_some_and(|least| number < least)
            || shape.maximum.is_some_and(|most| number > most)
        {
            return Some(Broken::limit(
                format!("is {text}"),
                range(shape.minimum, shape.maximum, ""),
            ));
        }
    } else if shape.types.contains(&Type::String) && matches!(node.value, Value::String(_)) {
        let length = text.chars().count() as u64;
        if shape.min_length.is_some_and(|least| length < least)
            || shape.max_length.is_some_and(|most| length > most)
        {
            let (least, most) = (
                shape.min_length.map(|one| one as f64),
                shape.max_length.map(|one| one as f64),
            );
            return Some(Broken::limit(
                format!("has {length} characters"),
                range(least, most, " characters"),
            ));
        }
    }
    None
}

/// A value that its shape does not allow.
pub(super) struct Broken {
    pub code: &'static str,
    /// Goes on from the property's name.
    pub what: String,
    pub help: String,
}

impl Broken {
    pub(super) fn limit(what: String, help: String) -> Self {
        Broken {
            code: "check/out-of-range",
            what,
            help,
        }
    }
}

fn choices(shape: &Shape, text: &str) -> Option<Broken> {
    let choices: Vec<Cow<'_, str>> = shape
        .choices
        .iter()
        .chain(shape.only.as_ref())
        .map(plain)
        .collect();
    if choices.is_empty() || choices.iter().any(|one| is_same(one, text)) {
        return None;
    }
    let names = choices.iter().map(Cow::as_ref);
    let help = match nearest(text, names.clone()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if choices.len() > MOST_CHOICES => format!(
            "There are {} values that it takes, such as {}.",
            choices.len(),
            names.take(MOST_CHOICES).collect::<Vec<_>>().join(", ")
        ),
        None => format!("Possible are {}.", names.collect::<Vec<_>>().join(", ")),
    };
    Some(Broken {
        code: "check/bad-value",
        what: format!("cannot be `{text}`"),
        help,
    })
}

/// More are not listed in a message.
const MOST_CHOICES: usize = 12;

fn plain(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Booleans are written in any case.
fn is_same(choice: &str, text: &str) -> bool {
    choice == text || (matches!(choice, "true" | "false") && choice.eq_ignore_ascii_case(text))
}

/// `It can be between 1 and 900.`
pub(super) fn range(least: Option<f64>, most: Option<f64>, unit: &str) -> String {
    match (least, most) {
        (Some(least), Some(most)) if least == most => format!("It must be {least}{unit}."),
        (Some(least), Some(most)) => format!("It can be between {least} and {most}{unit}."),
        (Some(least), None) => format!("It must be at least {least}{unit}."),
        (None, Some(most)) => format!("It can be at most {most}{unit}."),
        (None, None) => String::new(),
    }
}
