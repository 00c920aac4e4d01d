//! The plain form of a template: functions as the mappings they are in JSON (`{"Ref": "X"}`).
//!
//! The passes work on this form, because SAM's rules are about it: a mapping with one key counts as a function
//! whatever that key is, and an OpenAPI document must not be read as calls.

use crate::template::{Map, Node, Value};

/// The same tree without calls.
pub(super) fn plain(node: &Node) -> Node {
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(plain).collect()),
        Value::Map(map) => Value::Map(plain_map(map)),
        Value::Call(call) => return call_map(node, &call.function.long_name(), &call.argument),
        Value::Unknown(unknown) => {
            let call = &unknown.call;
            return call_map(node, &call.function.long_name(), &call.argument);
        }
        other => other.clone(),
    };
    Node::new(node.span, value)
}

fn plain_map(map: &Map) -> Map {
    let mut entries = Map::new();
    for (key, entry) in map.entries() {
        entries.insert(key, entry.key_span, plain(&entry.node));
    }
    entries
}

fn call_map(node: &Node, name: &str, argument: &Node) -> Node {
    let mut map = Map::new();
    map.insert(name, node.span, plain(argument));
    Node::new(node.span, Value::Map(map))
}
