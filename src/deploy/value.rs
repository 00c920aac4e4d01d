//! Property values as JSON, with marks where a value is not known yet or is a secret.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::eval::Parameters;
use crate::template::{Node, Reason, Value};

/// The key of the object that stands for a value known only after something else was made.
const UNKNOWN: &str = "Hoist::Unknown";
/// The key of the object that stands for a secret.
const SECRET: &str = "Hoist::Secret";
/// The key of the object that stands for code or a document built from the user's files.
pub const ARTIFACT: &str = "Hoist::Artifact";

/// A value as JSON. What is not known is marked with what it waits for.
pub fn to_json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Number(number) => Json::Number(number.clone()),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(map) => map
            .iter()
            .map(|(key, item)| (key.to_owned(), to_json(item)))
            .collect(),
        Value::Call(call) => json!({ UNKNOWN: call.function.long_name() }),
        Value::Unknown(_) => json!({ UNKNOWN: node.cause().map(waits_for).unwrap_or_default() }),
    }
}

/// What has to happen before a value is known, for people.
fn waits_for(reason: &Reason) -> String {
    match reason {
        Reason::Resource(id) => id.clone(),
        Reason::Parameter(name) => format!("parameter {name}"),
        Reason::Pseudo(name) => name.clone(),
        Reason::Import => "an export of another stack".into(),
        Reason::Transform(name) => format!("the transform {name}"),
        Reason::Other(text) => text.clone(),
        Reason::Argument => "another value".into(),
    }
}

/// What a value waits for, when it is not known.
pub fn unknown(value: &Json) -> Option<&str> {
    marked(value, UNKNOWN)
}

/// Whether a value stands for a secret.
pub fn is_secret(value: &Json) -> bool {
    marked(value, SECRET).is_some()
}

/// The first thing that anything in the value waits for.
pub fn first_unknown(value: &Json) -> Option<&str> {
    unknown(value).or_else(|| match value {
        Json::Array(items) => items.iter().find_map(first_unknown),
        Json::Object(map) => map.values().find_map(first_unknown),
        _ => None,
    })
}

fn marked<'a>(value: &'a Json, mark: &str) -> Option<&'a str> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get(mark)?.as_str()
}

/// The values that must not be written down: those of `NoEcho` parameters.
#[derive(Clone, Default)]
pub struct Secrets {
    values: Vec<String>,
    salt: String,
}

impl Secrets {
    /// The secrets of a template. `salt` keeps equal secrets of two stacks from looking equal.
    pub fn new(parameters: &Parameters, salt: &str) -> Self {
        Secrets {
            values: parameters.secrets().map(str::to_owned).collect(),
            salt: salt.to_owned(),
        }
    }

    /// The value with every text that holds a secret turned into a mark, which differs where the text differs.
    pub fn mask(&self, value: Json) -> Json {
        match value {
            Json::String(text) => match self.is_in(&text) {
                true => json!({ SECRET: self.digest(&text) }),
                false => Json::String(text),
            },
            Json::Array(items) => items.into_iter().map(|item| self.mask(item)).collect(),
            Json::Object(map) => Json::Object(self.mask_map(map)),
            // A number may be a secret too: a PIN in a parameter of type Number.
            Json::Number(number) if self.is_in(&number.to_string()) => {
                json!({ SECRET: self.digest(&number.to_string()) })
            }
            other => other,
        }
    }

    /// [`Secrets::mask`] for properties.
    pub fn mask_map(&self, map: Map<String, Json>) -> Map<String, Json> {
        map.into_iter()
            .map(|(key, item)| (key, self.mask(item)))
            .collect()
    }

    /// Whether a text holds a secret. Very short ones count only when they are the whole text: they are in many words.
    fn is_in(&self, text: &str) -> bool {
        const SHORT: usize = 4;
        self.values
            .iter()
            .any(|secret| text == secret || secret.len() >= SHORT && text.contains(secret))
    }

    fn digest(&self, text: &str) -> String {
        hex::encode(Sha256::digest(format!("{}\0{text}", self.salt)))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Secrets({})", self.values.len())
    }
}

/// Whether two values mean the same to CloudFormation, which takes `"3"` for `3` and `"true"` for `true`.
pub fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => match (scalar(one), scalar(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        },
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
