//! Types of resources, and their properties.

use std::collections::HashSet;

use crate::diag::{Diagnostic, Severity, Span};
use crate::graph::facts;
use crate::schema;
use crate::template::{Map, Node, Resource, Value};

use super::Input;
use super::scope::Scope;
use super::shape::Walk;

/// What is published about custom resources holds for every `Custom::` type.
const CUSTOM: &str = "AWS::CloudFormation::CustomResource";

/// Properties of SAM's resources that the transform drops without a word.
///
/// What it refuses it has said; what it passes on is looked at in the resources that it makes.
pub(super) fn serverless(input: &Input<'_>, scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let mut passed_on = HashSet::new();
    spans(&input.expanded.root, &mut passed_on);
    for (id, resource) in &input.unrolled.resources {
        if input.failed.contains_key(id) {
            continue;
        }
        let name = resource.resource_type.as_str();
        let shapes = name
            .starts_with("AWS::Serverless::")
            .then(|| schema::shapes(name))
            .flatten();
        if let (Some(shapes), Some(properties)) = (shapes, &resource.properties) {
            let walk = Walk::new(&shapes, scope, name);
            for fault in walk.run(properties, resource.id_span) {
                let is_dropped = |fault: &Diagnostic| {
                    fault
                        .labels
                        .get(1)
                        .is_some_and(|value| !passed_on.contains(&value.span))
                };
                if fault.code == "check/unknown-property"
                    && is_dropped(&fault)
                    && !is_read_by_sam(&fault)
                {
                    found.push(ignored(fault));
                }
            }
        }
    }
}

/// Whether SAM reads the property, passes nothing of it on, and its own schema does not have it: the type of a destination decides which policy
/// the role gets.
/// Source: aws/serverless-application-model, `samtranslator/model/eventsources/pull.py`.
fn is_read_by_sam(fault: &Diagnostic) -> bool {
    [".OnFailure.Type`", ".OnSuccess.Type`"]
        .iter()
        .any(|path| fault.summary.contains(path))
}

fn ignored(fault: Diagnostic) -> Diagnostic {
    let mut fault = Diagnostic {
        code: "check/ignored-property",
        severity: Severity::Warning,
        summary: format!("{}; SAM ignores it", fault.summary),
        ..fault
    };
    fault.labels.truncate(1);
    fault
}

/// The places of every value in a tree.
fn spans(node: &Node, into: &mut HashSet<Span>) {
    into.insert(node.span);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| spans(item, into)),
        Value::Map(map) => map.iter().for_each(|(_, item)| spans(item, into)),
        Value::Call(call) => spans(&call.argument, into),
        Value::Unknown(unknown) => spans(&unknown.call.argument, into),
        _ => {}
    }
}

/// One resource: its type, then its properties.
pub(super) fn check(id: &str, resource: &Resource, scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let name = resource.resource_type.as_str();
    if name.is_empty() {
        return;
    }
    if !is_possible(name) {
        found.push(unknown_type(name, resource.type_span));
        return;
    }
    if name.starts_with("AWS::Serverless::") {
        // The transform does not know it, and has said so.
        return;
    }
    let published = if name.starts_with("Custom::") {
        CUSTOM
    } else {
        name
    };
    let Some(shapes) = schema::shapes(published) else {
        return;
    };
    let none = Node::new(resource.id_span, Value::Map(Map::new()));
    let properties = resource.properties.as_ref().unwrap_or(&none);
    found.extend(Walk::new(&shapes, scope, name).run(properties, resource.id_span));
    if let Some(map) = properties.as_map() {
        read_only(name, map, found);
        if name == "AWS::Lambda::Function" {
            function(id, map, resource.id_span, found);
        }
    }
}

/// Whether a type exists, or can only be known to an account: modules and other vendors' types are registered there.
fn is_possible(name: &str) -> bool {
    if name.starts_with("Custom::") || name.ends_with("::MODULE") || facts::is_known(name) {
        return true;
    }
    let is_vendor = name.matches("::").count() == 2 && !name.starts_with("AWS::");
    is_vendor && facts::nearest_type(name).is_none()
}

fn unknown_type(name: &str, span: Span) -> Diagnostic {
    let fault = Diagnostic::error(
        "check/unknown-type",
        format!("there is no resource type `{name}`"),
    )
    .at(span);
    match facts::nearest_type(name) {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => fault.help(
            "Types are written `AWS::Service::Thing`, with capitals as in AWS's documentation; your own start with `Custom::`.",
        ),
    }
}

/// Properties that are published as set by AWS, and documented as properties to give.
/// Source: CloudFormation template reference, `AWS::AppSync::ApiKey`.
const GIVEN_ALL_THE_SAME: [(&str, &str); 1] = [("AWS::AppSync::ApiKey", "ApiKeyId")];

/// Properties that AWS sets.
fn read_only(name: &str, properties: &Map, found: &mut Vec<Diagnostic>) {
    let Some(facts) = facts::resource_type(name) else {
        return;
    };
    for (property, entry) in properties.entries() {
        let is_given = GIVEN_ALL_THE_SAME.contains(&(name, property));
        if facts.flags(property).read_only() && !is_given {
            found.push(
                Diagnostic::error(
                    "check/read-only",
                    format!("`{property}` is set by AWS and cannot be given"),
                )
                .at(entry.key_span)
                .help(format!(
                    "Remove it; others read it with `Fn::GetAtt` of `{property}`."
                )),
            );
        }
    }
}

/// Lambda itself asks for these unless the code is an image.
fn function(id: &str, properties: &Map, owner: Span, found: &mut Vec<Diagnostic>) {
    let is_given = |name: &str| properties.contains_key(name);
    let package = properties.get("PackageType");
    let is_image = package.is_some_and(|package| package.as_str() != Some("Zip"))
        || properties.get("Code").is_some_and(|code| {
            code.as_map()
                .is_none_or(|code| code.contains_key("ImageUri"))
                && code.as_str().is_none()
        });
    if is_image {
        return;
    }
    for name in ["Handler", "Runtime"] {
        if !is_given(name) && !properties.keys().any(|key| key.starts_with("Fn::")) {
            found.push(
                Diagnostic::error(
                    "check/missing-property",
                    format!("AWS::Lambda::Function needs `{name}`, and `{id}` has none"),
                )
                .at(owner)
                .help("Only functions that are container images (`PackageType: Image`) have none."),
            );
        }
    }
}
