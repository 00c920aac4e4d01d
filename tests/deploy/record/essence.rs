//! What a call says, without what differs from one sending to the next: moments, signatures, the order of maps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::Call;

/// Headers that say how a call is sent and not what.
const PASSING: [&str; 5] = [
    "x-amz-date",
    "x-amz-user-agent",
    "x-amz-content-sha256",
    "x-amz-security-token",
    "x-amz-target",
];

/// What was said by some calls, whatever their order. Equal when the same was said.
pub fn essence(calls: &[Call]) -> Vec<String> {
    let mut all: Vec<String> = calls.iter().map(of_call).collect();
    all.sort();
    all
}

fn of_call(call: &Call) -> String {
    let mut text = format!(
        "{} {} {} {}",
        call.service, call.region, call.operation, call.path
    );
    let mut query = call.query.clone();
    query.sort();
    for (name, value) in query {
        let _ = write!(text, "\n? {name}={value}");
    }
    let mut headers: Vec<_> = call.headers.iter().collect();
    headers.sort();
    for (name, value) in headers {
        let says = name.starts_with("x-amz-") || name.starts_with("if-");
        if says && !PASSING.contains(&name.as_str()) {
            let _ = write!(text, "\n: {name}={value}");
        }
    }
    let body = match call.header("content-type") {
        Some("application/x-www-form-urlencoded") => of_form(call.form()),
        _ => match call.json() {
            Value::Null => call.text(),
            json => of_json(&json),
        },
    };
    let _ = write!(text, "\n{}", without_ids(&body));
    text
}

/// With the members of objects in the order of their names.
fn of_json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, String> =
                map.iter().map(|(key, one)| (key, of_json(one))).collect();
            let members: Vec<String> = sorted
                .iter()
                .map(|(key, one)| format!("{key:?}:{one}"))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(of_json).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// `Tags.member.1.Key` and `Tags.member.1.Value` belong together; which number they have does not matter.
fn of_form(pairs: Vec<(String, String)>) -> String {
    let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        let parts: Vec<&str> = name.split('.').collect();
        let number = parts.iter().position(|part| part.parse::<u32>().is_ok());
        let (list, at, rest) = match number {
            Some(at) => (parts[..at].join("."), parts[at], parts[at + 1..].join(".")),
            None => (name.clone(), "", String::new()),
        };
        let group = groups.entry((list, at.to_owned())).or_default();
        group.push(format!("{rest}={value}"));
    }
    let mut lines: Vec<String> = groups
        .into_iter()
        .map(|((list, _), mut members)| {
            members.sort();
            format!("{list} {}", members.join(" "))
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// The SDK makes a new id for each call of the operations that know calls by one.
fn without_ids(text: &str) -> String {
    static ID: std::sync::LazyLock<fancy_regex::Regex> = std::sync::LazyLock::new(|| {
        fancy_regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
            .unwrap()
    });
    ID.replace_all(text, "id").into_owned()
}
