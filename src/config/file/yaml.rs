//! YAML → tree, by the reader of templates.
//!
//! That one reads YAML 1.1 as CloudFormation does; SAM reads its configuration as YAML 1.2, where `yes` and `on` are
//! text and `012` is twelve. What is told apart by that is read again from the text.

use std::path::Path;

use super::number;
use super::{Content, Item, Member};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};
use crate::template::{self, Node, Value};

/// Reads a text.
pub(super) fn read(
    path: &Path,
    text: String,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (SourceId, Option<Item>) {
    let empty = text
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    if empty {
        let source = sources.add(path, text);
        let span = Span::new(source, 0, 0);
        let content = Content::Null;
        return (source, Some(Item { span, content }));
    }
    let (root, found) = template::read(sources, path, text);
    // The reader has just added the file, also when it could make nothing of it.
    let source = sources.last().expect("the file was added");
    // `012` is an octal number only in a template.
    diagnostics.extend(
        found
            .into_iter()
            .filter(|one| one.code != "template/octal-number"),
    );
    let item = root.map(|root| item(root, sources, diagnostics));
    (source, item)
}

/// The reader bounds how deep values lie in each other, so recursion is safe.
fn item(node: Node, sources: &Sources, diagnostics: &mut Diagnostics) -> Item {
    let span = node.span;
    let content = match node.value {
        Value::Null => Content::Null,
        Value::Bool(flag) => {
            let written = sources.text(span);
            match written.to_ascii_lowercase().as_str() {
                "true" | "false" => Content::Boolean(flag),
                _ => Content::Text(written.to_owned()),
            }
        }
        Value::Number(_) => {
            let written = sources.text(span);
            match number::yaml(written) {
                Some(text) if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
                    Content::Integer(text)
                }
                Some(text) => Content::Other(text),
                None => Content::Text(written.to_owned()),
            }
        }
        // Longer than a template's numbers can be, or with an exponent: the template's reader leaves it text.
        Value::String(text) => match sources.text(span) == text {
            true if looks_like_number(&text) => Content::Other(number::yaml(&text).unwrap_or(text)),
            _ => Content::Text(text),
        },
        Value::List(items) => Content::List(
            items
                .into_iter()
                .map(|one| item(one, sources, diagnostics))
                .collect(),
        ),
        Value::Map(map) => Content::Table(
            map.into_iter()
                .map(|(key, entry)| {
                    let member = Member {
                        key: entry.key_span,
                        item: item(entry.node, sources, diagnostics),
                    };
                    (String::from(key), member)
                })
                .collect(),
        ),
        Value::Call(call) => {
            function(call.function.long_name(), span, diagnostics);
            Content::Null
        }
        Value::Unknown(unknown) => {
            function(unknown.call.function.long_name(), span, diagnostics);
            Content::Null
        }
    };
    Item { span, content }
}

fn looks_like_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    digits.starts_with("0o") && digits[2..].bytes().all(|b| (b'0'..=b'7').contains(&b))
        || digits.starts_with(|c: char| c.is_ascii_digit())
            && digits
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'e' | b'E' | b'+' | b'-' | b'.'))
            && digits.parse::<f64>().is_ok()
}

fn function(name: String, span: Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::error(
            "config/function",
            format!("a settings file has no functions, and this is `{name}`"),
        )
        .at(span)
        .help("write the value itself, in quotes when it is text"),
    );
}
