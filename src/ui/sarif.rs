//! Diagnostics in SARIF 2.1.0, the format of code scanning.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use indexmap::IndexSet;
use serde_json::{Value, json};

use crate::diag::{Diagnostic, Severity, Sources, Span, explanation};

/// One run of Hoist as a SARIF log. Every group has its own sources.
///
/// The rules are the codes that were found, with what `hoist explain` says about them.
pub fn sarif<'a>(groups: impl IntoIterator<Item = (&'a Sources, &'a Diagnostic)>) -> Value {
    let mut codes: IndexSet<&'static str> = IndexSet::new();
    let results: Vec<Value> = groups
        .into_iter()
        .map(|(sources, diagnostic)| {
            let (index, _) = codes.insert_full(diagnostic.code);
            result(sources, diagnostic, index)
        })
        .collect();
    let rules: Vec<Value> = codes.into_iter().map(rule).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Hoist",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Value {
    match explanation(code) {
        Some(known) => json!({
            "id": code,
            "shortDescription": {"text": known.title},
            "fullDescription": {"text": known.text},
            "help": {"text": known.text, "markdown": known.text},
        }),
        None => json!({"id": code}),
    }
}

fn result(sources: &Sources, diagnostic: &Diagnostic, index: usize) -> Value {
    let mut text = diagnostic.summary.clone();
    for help in &diagnostic.help {
        text.push('\n');
        text.push_str(help);
    }
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": {"text": text},
    });
    let mut labels = diagnostic.labels.iter();
    if let Some(first) = labels.next() {
        result["locations"] = json!([location(sources, first.span)]);
    }
    let related: Vec<Value> = labels
        .enumerate()
        .map(|(at, label)| {
            let mut location = location(sources, label.span);
            location["id"] = json!(at + 1);
            if !label.message.is_empty() {
                location["message"] = json!({"text": label.message});
            }
            location
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn location(sources: &Sources, span: Span) -> Value {
    let start = sources.position(span);
    let end = sources.position(Span::new(span.source, span.end as usize, span.end as usize));
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&sources.path(span).to_string_lossy())},
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    }})
}

/// A path as a URI reference: relative to the current folder, or with `file://`.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let plain = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::from(if plain.starts_with('/') {
        "file://"
    } else {
        ""
    });
    for byte in plain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_the_parts_that_code_scanning_reads() {
        let mut sources = Sources::new();
        let id = sources.add("./my app/t.yaml", "é: 1\nB: 2\n");
        let diagnostic = Diagnostic::error("check/null", "`B` has no value")
            .at(Span::new(id, 6, 7))
            .label(Span::new(id, 0, 2), "beside this")
            .help("Remove it.");
        let nowhere = Diagnostic::note("check/null", "again");
        let log = sarif([(&sources, &diagnostic), (&sources, &nowhere)]);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0]["id"], "check/null");
        assert!(
            rules[0]["fullDescription"]["text"]
                .as_str()
                .is_some_and(|text| text.len() > 20)
        );
        let first = &run["results"][0];
        assert_eq!(first["ruleId"], "check/null");
        assert_eq!(first["ruleIndex"], 0);
        assert_eq!(first["level"], "error");
        assert_eq!(first["message"]["text"], "`B` has no value\nRemove it.");
        assert_eq!(
            first["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": {"uri": "my%20app/t.yaml"},
                "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2},
            })
        );
        assert_eq!(
            first["relatedLocations"][0]["message"]["text"],
            "beside this"
        );
        assert!(run["results"][1].get("locations").is_none());
    }
}
