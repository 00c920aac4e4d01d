//! Diagnostics for programs.

use serde_json::{Map, Value, json};

use crate::diag::{Diagnostic, Position, Sources, Span};

/// A diagnostic as JSON: `code`, `severity`, `summary`, `file`, `line`, `column`, `endLine`,
/// `endColumn`, `labels` and `help`.
///
/// Lines and columns start at 1, columns count characters, the end is the place after the last marked
/// character. A diagnostic without a place has no `file` and no numbers. `labels` are the other places
/// it has to do with, each with `file`, the four numbers and `message`, the first being its own.
pub fn diagnostic_json(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let mut object = Map::new();
    object.insert("code".into(), json!(diagnostic.code));
    object.insert("severity".into(), json!(diagnostic.severity.as_str()));
    object.insert("summary".into(), json!(diagnostic.summary));
    if let Some(span) = diagnostic.span() {
        object.extend(place(sources, span));
    }
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let mut object = place(sources, label.span);
            object.insert("message".into(), json!(label.message));
            Value::Object(object)
        })
        .collect();
    object.insert("labels".into(), Value::Array(labels));
    object.insert("help".into(), json!(diagnostic.help));
    Value::Object(object)
}

fn place(sources: &Sources, span: Span) -> Map<String, Value> {
    let start = sources.position(span);
    let end = end_of(sources, span);
    let mut object = Map::new();
    let path = sources.path(span).display().to_string();
    object.insert("file".into(), json!(path));
    object.insert("line".into(), json!(start.line));
    object.insert("column".into(), json!(start.column));
    object.insert("endLine".into(), json!(end.line));
    object.insert("endColumn".into(), json!(end.column));
    object
}

fn end_of(sources: &Sources, span: Span) -> Position {
    let end = span.end.max(span.start) as usize;
    sources.position(Span::new(span.source, end, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", "é: 1\nbb: 2\n");
        let diagnostic = Diagnostic::warning("template/x", "odd")
            .label(Span::new(id, 0, 2), "here")
            .label(Span::new(id, 6, 8), "and here")
            .help("change it");
        assert_eq!(
            diagnostic_json(&sources, &diagnostic),
            json!({
                "code": "template/x", "severity": "warning", "summary": "odd",
                "file": "t.yaml", "line": 1, "column": 1, "endLine": 1, "endColumn": 2,
                "labels": [
                    {"file": "t.yaml", "line": 1, "column": 1, "endLine": 1, "endColumn": 2, "message": "here"},
                    {"file": "t.yaml", "line": 2, "column": 1, "endLine": 2, "endColumn": 3, "message": "and here"},
                ],
                "help": ["change it"],
            })
        );
    }

    #[test]
    fn a_diagnostic_without_a_place_has_no_file() {
        let value = diagnostic_json(&Sources::new(), &Diagnostic::error("a/b", "no"));
        assert_eq!(
            value,
            json!({"code": "a/b", "severity": "error", "summary": "no", "labels": [], "help": []})
        );
    }
}
