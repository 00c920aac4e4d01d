//! Logical ids that change when what they stand for changes.
//!
//! Source: the translator's `translator/logical_id_generator.py`; the ids must be the same as AWS makes, because
//! CloudFormation replaces a resource whose id changes.

use serde_json::Value as Json;
use sha1::{Digest, Sha1};

use crate::template::Node;

/// Hex digits of a hash in a logical id.
const HASH_LENGTH: usize = 10;

/// The first 10 hex digits of the SHA-1 of a value: of text as it is, of anything else as compact JSON with sorted keys.
pub(crate) fn hash(value: &Node) -> String {
    match value.as_str() {
        Some(text) => hash_text(text),
        None => hash_text(&canonical_json(&value.to_json())),
    }
}

/// The first 10 hex digits of the SHA-1 of a text.
pub(crate) fn hash_text(text: &str) -> String {
    let mut digits = full_hash(text);
    digits.truncate(HASH_LENGTH);
    digits
}

/// All 40 hex digits of the SHA-1 of a text.
pub(crate) fn full_hash(text: &str) -> String {
    hex::encode(Sha1::digest(text))
}

/// A prefix with the hash of a value; just the prefix when the value is empty.
pub(crate) fn with_hash(prefix: &str, value: &Node) -> String {
    match super::value::is_truthy(value) {
        true => format!("{prefix}{}", hash(value)),
        false => prefix.to_owned(),
    }
}

/// Compact JSON with sorted keys and every character outside ASCII escaped, as Python's `json.dumps` writes it.
pub(crate) fn canonical_json(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Json, out: &mut String) {
    match value {
        Json::String(text) => escape(text, out),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort();
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                escape(key, out);
                out.push(':');
                write(&object[key], out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Writes a text as JSON, with every character outside ASCII escaped.
pub(crate) fn escape(text: &str, out: &mut String) {
    let escaped = Json::from(text).to_string();
    for letter in escaped.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_translator() {
        assert_eq!(
            canonical_json(&serde_json::json!({"b": [1, true], "a": "é"})),
            "{\"a\":\"\\u00e9\",\"b\":[1,true]}"
        );
        assert_eq!(hash_text("live"), "98aadb3708");
    }
}
