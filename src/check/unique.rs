//! Resources of one type with one physical name.

use std::collections::HashMap;

use crate::diag::Diagnostic;
use crate::graph::facts;
use crate::schema;
use crate::template::{Resource, Template};

/// Types whose names only count within something else: an API, a bus, a group, the versions of a layer.
const MANY_OF_ONE_NAME: [&str; 5] = [
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Events::Rule",
    "AWS::Lambda::LayerVersion",
    "AWS::Scheduler::Schedule",
];

/// Two resources under conditions are left alone: the conditions may exclude each other.
pub(super) fn check(template: &Template, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(&str, String), &Resource> = HashMap::new();
    for resource in template.resources.values() {
        let kind = resource.resource_type.as_str();
        let Some((names, value)) = identity(resource) else {
            continue;
        };
        let Some(other) = first.insert((kind, value), resource) else {
            continue;
        };
        if resource.condition.is_some() || other.condition.is_some() {
            continue;
        }
        let span = |one: &Resource| {
            let node = names
                .last()
                .and_then(|name| one.properties.as_ref()?.get(name));
            node.map_or(one.id_span, |node| node.span)
        };
        found.push(
            Diagnostic::error(
                "check/duplicate-name",
                format!(
                    "two resources of the type {kind} have the same `{}`",
                    names.join("`, `")
                ),
            )
            .label(span(resource), "")
            .label(span(other), "the other one")
            .help("Each resource needs a name of its own; without one CloudFormation makes it."),
        );
    }
}

/// What identifies a resource to AWS, as far as the template says it.
fn identity(resource: &Resource) -> Option<(Vec<&'static str>, String)> {
    let properties = resource.properties.as_ref()?.as_map()?;
    let names = identifying(&resource.resource_type)?;
    let values: Option<Vec<String>> = names
        .iter()
        .map(|name| {
            let value = properties.get(name)?.to_json();
            // `Ref` of a list or of nothing says too little.
            (!value.is_null()).then(|| value.to_string())
        })
        .collect();
    Some((names, values?.join("\n")))
}

/// The properties that identify a resource of a type: its primary identifier, or where AWS gives that, its name.
fn identifying(kind: &str) -> Option<Vec<&'static str>> {
    let facts = facts::resource_type(kind)?;
    let is_given = |path: &&str| !path.contains('/') && !facts.flags(path).read_only();
    if !facts.primary_id.is_empty() && facts.primary_id.iter().all(is_given) {
        return Some(facts.primary_id);
    }
    if MANY_OF_ONE_NAME.contains(&kind) {
        return None;
    }
    schema::name_property(kind).map(|name| vec![name])
}
