//! Putting values into a sample: `${name}` and `${name|filter|…}` in its strings and keys.

use serde_json::Value;

use super::filter::Filter;
use super::parameter::as_text;

/// A string's parts.
enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str, Vec<Filter>),
}

/// The sample with every placeholder replaced.
///
/// A string that is nothing but one placeholder becomes the value itself, whatever its type; inside a longer string, and in a
/// key, the value stands as text. What `value_of` does not know stays as it is written.
pub(super) fn fill<'v>(template: &Value, value_of: &impl Fn(&str) -> Option<&'v Value>) -> Value {
    match template {
        Value::String(text) => filled(text, value_of),
        Value::Array(items) => items.iter().map(|item| fill(item, value_of)).collect(),
        Value::Object(members) => {
            let filled = members.iter().map(|(key, value)| {
                let key = filled(key, value_of);
                (as_text(&key).into_owned(), fill(value, value_of))
            });
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}

/// Every placeholder of a sample: its name and its filters.
pub(super) fn placeholders(template: &Value) -> Vec<(&str, Vec<Filter>)> {
    let mut found = Vec::new();
    collect(template, &mut found);
    found
}

fn collect<'t>(template: &'t Value, found: &mut Vec<(&'t str, Vec<Filter>)>) {
    let in_text = |text: &'t str, found: &mut Vec<_>| {
        for part in parts(text) {
            if let Part::Placeholder(name, filters) = part {
                found.push((name, filters));
            }
        }
    };
    match template {
        Value::String(text) => in_text(text, found),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (key, value) in members {
                in_text(key, found);
                collect(value, found);
            }
        }
        _ => (),
    }
}

fn filled<'v>(text: &str, value_of: &impl Fn(&str) -> Option<&'v Value>) -> Value {
    let parts = parts(text);
    let filtered = |name: &str, filters: &[Filter]| {
        let value = value_of(name)?.clone();
        Some(filters.iter().fold(value, |value, one| one.apply(&value)))
    };
    if let [Part::Placeholder(name, filters)] = parts.as_slice() {
        return filtered(name, filters).unwrap_or_else(|| text.into());
    }
    let mut whole = String::with_capacity(text.len());
    for part in &parts {
        match part {
            Part::Text(text) => whole.push_str(text),
            Part::Placeholder(name, filters) => match filtered(name, filters) {
                Some(value) => whole.push_str(&as_text(&value)),
                None => whole.push_str(&format!("${{{name}}}")),
            },
        }
    }
    whole.into()
}

/// Takes a string apart. What looks like a placeholder but names an unknown filter is text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${")
        && let Some((inside, behind)) = after.split_once('}')
    {
        let mut names = inside.split('|');
        let name = names.next().unwrap_or_default();
        let filters: Option<Vec<Filter>> = names.map(Filter::named).collect();
        let Some(filters) = filters else {
            break;
        };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Placeholder(name, filters));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(values: Value, template: Value) -> Value {
        fill(&template, &|name| values.get(name))
    }

    #[test]
    fn a_lone_placeholder_keeps_the_type_of_its_value() {
        let values = json!({"n": 3, "o": {"a": [1]}, "b": true});
        let template = json!(["${n}", "${o}", "${b}", "n=${n}", "${o} ${b}"]);
        let filled = json!([3, {"a": [1]}, true, "n=3", "{\"a\":[1]} true"]);
        assert_eq!(with(values, template), filled);
    }

    #[test]
    fn values_are_put_into_keys_and_cannot_break_out_of_strings() {
        let values = json!({"x": "\"}, \"y\": {\"\n${x}"});
        let filled = with(values.clone(), json!({"k-${x}": "<${x}>"}));
        let x = values["x"].as_str().unwrap();
        let read: Value = serde_json::from_str(&filled.to_string()).unwrap();
        assert_eq!(read, json!({format!("k-{x}"): format!("<{x}>")}));
    }

    #[test]
    fn json_inside_a_string_stays_json() {
        let values = json!({"x": "a \"quoted\" \\ value\n"});
        let filled = with(values.clone(), json!("{\"inner\":\"${x|json}\"}"));
        let inner: Value = serde_json::from_str(filled.as_str().unwrap()).unwrap();
        assert_eq!(inner["inner"], values["x"]);
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        for text in [
            "$default",
            "{proxy+}",
            "${",
            "${unknown}",
            "a ${x|nonsense} b",
        ] {
            assert_eq!(with(json!({"x": 1}), json!(text)), json!(text));
        }
    }
}
