//! Putting entries into mappings while reading: keys written twice, merge keys.

use crate::diag::{Diagnostic, Diagnostics, Span};

use super::map::Map;
use super::value::{Node, Value};

/// Puts an entry in; one that is there already is replaced and both places are told.
pub(super) fn insert(
    entries: &mut Map,
    name: String,
    key_span: Span,
    node: Node,
    diagnostics: &mut Diagnostics,
) {
    let first = entries.entry(&name).map(|entry| entry.key_span);
    if let Some(first) = first {
        diagnostics.push(
            Diagnostic::warning(
                "template/duplicate-key",
                format!("`{name}` is written twice; only this one counts"),
            )
            .label(key_span, "this one counts")
            .label(first, "this one is ignored")
            .help("Remove or rename one of them."),
        );
    }
    entries.insert(name, key_span, node);
}

/// Puts merged mappings (`<<: *base`) under the mapping's own entries. As PyYAML does: own entries win, then the
/// earlier of several merged ones. CloudFormation itself refuses merge keys, but SAM's tools resolve them first.
pub(super) fn merge(own: Map, merged: Vec<Node>) -> Map {
    if merged.is_empty() {
        return own;
    }
    let mut result = Map::new();
    for node in merged {
        let sources = match node.value {
            Value::Map(map) => vec![map],
            Value::List(items) => items
                .into_iter()
                .filter_map(|item| match item.value {
                    Value::Map(map) => Some(map),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        for (key, entry) in sources.into_iter().flatten() {
            if result.get(&key).is_none() {
                result.insert(key, entry.key_span, entry.node);
            }
        }
    }
    for (key, entry) in own {
        result.insert(key, entry.key_span, entry.node);
    }
    result
}
