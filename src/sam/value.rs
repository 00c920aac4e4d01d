//! What SAM's translator asks of values: whether something is "there", whether two are the same, how they print.
//!
//! The translator is written in Python, and its behaviour shows Python's rules: empty values count as absent, and
//! messages embed values the way Python prints them.

use crate::template::{Map, Node, Value};

/// Whether Python takes the value as true: not null, false, zero or empty.
pub(crate) fn is_truthy(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Call(_) | Value::Unknown(_) => true,
    }
}

/// The value when it counts as there: see [`is_truthy`].
pub(crate) fn truthy(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| is_truthy(node))
}

/// Whether the value is absent or null.
pub(crate) fn is_none(node: Option<&Node>) -> bool {
    node.is_none_or(|node| node.value == Value::Null)
}

/// Whether two values are equal, wherever they were written. The order of a mapping's keys does not count.
pub(crate) fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Map(a), Value::Map(b)) => same_map(a, b),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Call(_) | Value::Unknown(_), _) | (_, Value::Call(_) | Value::Unknown(_)) => {
            a.to_json() == b.to_json()
        }
        (a, b) => a == b,
    }
}

fn same_map(a: &Map, b: &Map) -> bool {
    a.len() == b.len()
        && a.iter()
            .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
}

/// Whether the value is this text.
pub(crate) fn is_text(node: Option<&Node>, text: &str) -> bool {
    node.and_then(Node::as_str) == Some(text)
}

/// Whether the value is the boolean `true`.
pub(crate) fn is_true(node: Option<&Node>) -> bool {
    matches!(node.map(|node| &node.value), Some(Value::Bool(true)))
}

/// Whether the value is the boolean `false`.
pub(crate) fn is_false(node: Option<&Node>) -> bool {
    matches!(node.map(|node| &node.value), Some(Value::Bool(false)))
}

/// The value as Python's `str()` prints it: text as it is, everything else as [`repr`].
pub(crate) fn text(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.clone(),
        _ => repr(node),
    }
}

/// The value as Python's `repr()` prints it: `{'Ref': 'X'}`, `['a', 1, True, None]`.
pub(crate) fn repr(node: &Node) -> String {
    match &node.value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), repr(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Call(_) | Value::Unknown(_) => node.to_json().to_string(),
    }
}

/// What Python calls the value's type.
pub(crate) fn python_type(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::List(_) => "list",
        Value::Map(_) | Value::Call(_) | Value::Unknown(_) => "dict",
    }
}

/// A list of texts as Python prints it: `['a', 'b']`.
pub(crate) fn repr_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

/// Text in Python's quotes: single ones, unless there are single and no double ones inside.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            _ if letter == quote => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out.push(quote);
    out
}
