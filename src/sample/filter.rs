//! How a value is written in an event: encodings and digests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::parameter::as_text;

/// One `|name` of a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// The UTF-8 bytes in base64, with padding.
    Base64,
    /// The MD5 digest in hexadecimal.
    Md5,
    /// Percent-encoded, all but letters, digits and `_.-~/`: the form of keys in S3's notifications that SAM gives.
    Url,
    /// As it stands between the quotes of a JSON string: for JSON inside a string.
    Json,
    /// The number of bytes.
    Length,
    /// `a=1&a=2` as the object `{"a": "1,2"}`: HTTP APIs' `queryStringParameters`.
    Query,
}

impl Filter {
    const ALL: [(&'static str, Filter); 6] = [
        ("base64", Filter::Base64),
        ("md5", Filter::Md5),
        ("url", Filter::Url),
        ("json", Filter::Json),
        ("length", Filter::Length),
        ("query", Filter::Query),
    ];

    /// The filter of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    }

    pub(super) fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, filter)| *filter == self);
        known.map_or("", |(name, _)| name)
    }

    pub(super) fn apply(self, value: &Value) -> Value {
        let text = as_text(value);
        match self {
            Filter::Base64 => STANDARD.encode(text.as_bytes()).into(),
            Filter::Md5 => hex::encode(Md5::digest(text.as_bytes())).into(),
            Filter::Url => percent_encoded(&text).into(),
            Filter::Json => {
                let quoted = Value::from(text.as_ref()).to_string();
                quoted[1..quoted.len() - 1].into()
            }
            Filter::Length => text.len().into(),
            Filter::Query => query(&text).into(),
        }
    }
}

/// Every byte but letters, digits and these.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~')
    .remove(b'/');

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, &ENCODED).to_string()
}

fn query(text: &str) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        match all.get_mut(name.as_ref()) {
            Some(Value::String(before)) => {
                before.push(',');
                before.push_str(&value);
            }
            _ => {
                all.insert(name.into_owned(), value.into_owned().into());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filtered(filter: Filter, text: &str) -> Value {
        filter.apply(&text.into())
    }

    #[test]
    fn encodings_are_those_of_the_services() {
        assert_eq!(filtered(Filter::Base64, "é?"), "w6k/");
        assert_eq!(
            filtered(Filter::Md5, "Hello from SQS!"),
            "7b270e59b47ff90a553787216d55d91d"
        );
        assert_eq!(filtered(Filter::Url, "a b/ü+~.txt"), "a%20b/%C3%BC%2B~.txt");
        assert_eq!(filtered(Filter::Json, "a\"\n\\"), r#"a\"\n\\"#);
        assert_eq!(filtered(Filter::Length, "é"), 2);
    }

    #[test]
    fn a_query_string_becomes_an_object_with_doubles_joined() {
        assert_eq!(
            filtered(Filter::Query, "a=1&b=x+y&a=%32"),
            json!({"a": "1,2", "b": "x y"})
        );
        assert_eq!(filtered(Filter::Query, ""), json!({}));
    }
}
