//! Routes that two resources claim. Those of SAM's events are the transform's to refuse.

use std::collections::HashMap;

use crate::diag::Diagnostic;
use crate::template::{Resource, Template};

/// Types of routes, with what makes two of them the same.
const ROUTES: [(&str, &[&str]); 3] = [
    ("AWS::ApiGatewayV2::Route", &["ApiId", "RouteKey"]),
    (
        "AWS::ApiGateway::Method",
        &["RestApiId", "ResourceId", "HttpMethod"],
    ),
    (
        "AWS::ApiGateway::Resource",
        &["RestApiId", "ParentId", "PathPart"],
    ),
];

pub(super) fn check(template: &Template, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(&str, String), &Resource> = HashMap::new();
    for resource in template.resources.values() {
        let kind = resource.resource_type.as_str();
        let Some((_, names)) = ROUTES.iter().find(|(name, _)| *name == kind) else {
            continue;
        };
        let values: Option<Vec<String>> = names
            .iter()
            .map(|name| {
                let node = resource.properties.as_ref()?.get(name)?;
                Some(node.to_json().to_string())
            })
            .collect();
        let Some(values) = values else {
            continue;
        };
        let Some(other) = first.insert((kind, values.join("\n")), resource) else {
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
        let last = names.last().copied().unwrap_or_default();
        found.push(
            Diagnostic::error(
                "check/duplicate-route",
                format!("the API has this `{last}` twice"),
            )
            .label(span(resource), "")
            .label(span(other), "the first one")
            .help("An API has each route once; remove one of them."),
        );
    }
}
