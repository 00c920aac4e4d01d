//! Resources: the attributes around their properties.

use crate::diag::{Diagnostic, Diagnostics};

use super::document::{Name, Resource};
use super::map::{Entry, Map};
use super::section::{mapping, suggest, wrong_type};
use super::value::{Node, Value};

/// A resource's attributes, SAM's included.
/// Source: CloudFormation user guide, "Resource attribute reference"; SAM's `Connectors` and `IgnoreGlobals`.
const ATTRIBUTES: [&str; 11] = [
    "Condition",
    "Connectors",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "IgnoreGlobals",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

const DELETION: [&str; 4] = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];
const REPLACEMENT: [&str; 3] = ["Delete", "Retain", "Snapshot"];

pub(super) fn decode(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Resource> {
    let Some(map) = entry.node.as_map() else {
        diagnostics.push(wrong_type(
            &format!("the resource `{id}`"),
            "a mapping",
            &entry.node,
        ));
        return None;
    };
    if map.len() == 1 && map.get("Fn::Transform").is_some() {
        return None;
    }
    check_attributes(map, diagnostics);
    let kind = map.get("Type");
    let resource_type = match kind {
        None => {
            diagnostics.push(
                Diagnostic::error(
                    "template/missing",
                    format!("the resource `{id}` has no `Type`"),
                )
                .at(entry.key_span),
            );
            String::new()
        }
        Some(node) => node.as_str().map(str::to_owned).unwrap_or_else(|| {
            diagnostics.push(wrong_type("`Type`", "a string", node));
            String::new()
        }),
    };
    Some(Resource {
        id_span: entry.key_span,
        resource_type,
        type_span: kind.map_or(entry.key_span, |node| node.span),
        condition: condition(map, diagnostics),
        depends_on: depends_on(map, diagnostics),
        deletion_policy: policy(map, "DeletionPolicy", &DELETION, diagnostics),
        update_replace_policy: policy(map, "UpdateReplacePolicy", &REPLACEMENT, diagnostics),
        creation_policy: map.get("CreationPolicy").cloned(),
        update_policy: map.get("UpdatePolicy").cloned(),
        metadata: map.get("Metadata").cloned(),
        connectors: map.get("Connectors").cloned(),
        ignore_globals: map.get("IgnoreGlobals").cloned(),
        properties: mapping(map, "Properties", diagnostics).cloned(),
        span: entry.node.span,
    })
}

fn check_attributes(map: &Map, diagnostics: &mut Diagnostics) {
    let kind = map.get("Type").and_then(Node::as_str).unwrap_or_default();
    let is_custom = kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource";
    for (name, entry) in map.entries() {
        // An include inside a resource brings attributes along.
        let is_known = ATTRIBUTES.contains(&name)
            || name == "Fn::Transform"
            || (name == "Version" && is_custom);
        if is_known {
            continue;
        }
        let fault = if kind.starts_with("AWS::Serverless::") {
            // SAM copies the attributes it knows and drops the others.
            Diagnostic::warning(
                "template/unknown-name",
                format!("`{name}` is no attribute of a resource; SAM ignores it"),
            )
        } else {
            Diagnostic::error(
                "template/unknown-name",
                format!("`{name}` is no attribute of a resource"),
            )
        };
        diagnostics.push(suggest(fault.at(entry.key_span), name, &ATTRIBUTES));
    }
}

/// The name behind `Condition`.
pub(super) fn condition(map: &Map, diagnostics: &mut Diagnostics) -> Option<Name> {
    let node = map.get("Condition")?;
    let name = name(node);
    if name.is_none() {
        diagnostics.push(
            wrong_type("`Condition`", "the name of a condition", node)
                .help("Name the condition in the section `Conditions`."),
        );
    }
    name
}

fn depends_on(map: &Map, diagnostics: &mut Diagnostics) -> Vec<Name> {
    let Some(node) = map.get("DependsOn") else {
        return Vec::new();
    };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| {
            let name = name(item);
            if name.is_none() {
                diagnostics.push(wrong_type("`DependsOn`", "names of resources", item));
            }
            name
        })
        .collect()
}

fn name(node: &Node) -> Option<Name> {
    node.as_str().map(|text| Name {
        text: text.to_owned(),
        span: node.span,
    })
}

/// A policy's value is checked here only when it is written out; functions are answered later.
fn policy(map: &Map, key: &str, allowed: &[&str], diagnostics: &mut Diagnostics) -> Option<Node> {
    let node = map.get(key)?;
    match &node.value {
        Value::String(text) if allowed.contains(&text.as_str()) => {}
        Value::Call(_) | Value::Unknown(_) => {}
        _ => diagnostics.push(
            Diagnostic::error("template/policy", format!("this is no value of `{key}`"))
                .at(node.span)
                .help(format!("Possible are {}.", allowed.join(", "))),
        ),
    }
    Some(node.clone())
}
