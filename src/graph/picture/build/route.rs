//! The routes of APIs and what they lead to.

use std::collections::HashMap;

use crate::template::Node;

use super::super::{Flow, Route};
use super::{Builder, Part, names, under};

/// Methods of an OpenAPI path, and API Gateway's own for all of them.
const METHODS: [&str; 8] = [
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "x-amazon-apigateway-any-method",
];
const ANY: &str = "x-amazon-apigateway-any-method";

impl Builder<'_> {
    /// A route of an API, with what it leads to. One that is there already gets the new ends as well.
    pub(super) fn route(&mut self, api: &str, method: &str, path: &str, ends: &[String]) {
        let route = Route {
            method: method.to_uppercase(),
            path: path.to_owned(),
        };
        for item in self.items_of(api) {
            let routes = &mut self.items[item].routes;
            let place = routes
                .iter()
                .position(|other| *other == route)
                .unwrap_or_else(|| {
                    routes.push(route.clone());
                    routes.len() - 1
                });
            for end in ends
                .iter()
                .flat_map(|name| self.items_of(name))
                .collect::<Vec<_>>()
            {
                if end != item {
                    self.arrow(item, Some(place), end, Flow::Triggers, "");
                }
            }
        }
    }

    /// The routes in an OpenAPI document.
    pub(super) fn document_routes(&mut self, part: &Part<'_>) {
        let paths = part.node(&["Body", "paths"]).and_then(Node::as_map);
        for (path, operations) in paths.into_iter().flat_map(|map| map.iter()) {
            for (method, operation) in operations.as_map().into_iter().flat_map(|map| map.iter()) {
                let integration = operation.get("x-amazon-apigateway-integration");
                let kind = integration
                    .and_then(|node| node.get("type"))
                    .and_then(Node::as_str);
                if !METHODS.contains(&method)
                    || kind.is_some_and(|kind| kind.eq_ignore_ascii_case("mock"))
                {
                    continue;
                }
                let method = if method == ANY { "ANY" } else { method };
                let ends = integration.map(called).unwrap_or_default();
                self.route(part.id, method, path, &ends);
            }
        }
        self.document_authorizers(part);
    }

    fn document_authorizers(&mut self, part: &Part<'_>) {
        let Some(body) = part.node(&["Body"]) else {
            return;
        };
        let mut found = Vec::new();
        under(body, "authorizerUri", &mut found);
        let ends: Vec<String> = found.into_iter().flat_map(names).collect();
        if !ends.is_empty() {
            self.arrows_between(part.id, &ends, Flow::Triggers, "authorizer");
        }
    }

    /// A route of an HTTP or WebSocket API.
    pub(super) fn route_resource(&mut self, part: &Part<'_>) {
        let key = part
            .text(&["RouteKey"])
            .unwrap_or_else(|| part.id.to_owned());
        let (method, path) = key.split_once(' ').unwrap_or(("", &key));
        let integrations = part.names(&["Target"]);
        let ends: Vec<String> = self
            .parts
            .iter()
            .filter(|other| integrations.iter().any(|name| name == other.id))
            .filter_map(|other| Some(called(other.structure?)))
            .flatten()
            .collect();
        for api in part.names(&["ApiId"]) {
            self.route(&api, method, path, &ends);
        }
    }

    /// A method of a REST API.
    pub(super) fn method_resource(&mut self, part: &Part<'_>, paths: &HashMap<&str, String>) {
        let kind = part.text(&["Integration", "Type"]);
        if kind.is_some_and(|kind| kind == "MOCK") {
            return;
        }
        let method = part.text(&["HttpMethod"]).unwrap_or_else(|| "ANY".into());
        let place = part.names(&["ResourceId"]);
        let path = place.iter().find_map(|name| paths.get(name.as_str()));
        let path = path.map_or("/", String::as_str);
        let ends = part.node(&["Integration"]).map(called).unwrap_or_default();
        for api in part.names(&["RestApiId"]) {
            self.route(&api, &method, path, &ends);
        }
    }
}

/// The paths of the resources of REST APIs, by logical id.
pub(super) fn paths<'a>(parts: &'a [Part<'a>]) -> HashMap<&'a str, String> {
    let resources: HashMap<&str, &Part<'_>> = parts
        .iter()
        .filter(|part| part.resource_type == "AWS::ApiGateway::Resource")
        .map(|part| (part.id, part))
        .collect();
    resources
        .keys()
        .map(|&id| (id, path(id, &resources)))
        .collect()
}

fn path(id: &str, resources: &HashMap<&str, &Part<'_>>) -> String {
    let mut path = String::new();
    let mut at = resources.get(id);
    // A circle of parents ends as well.
    for _ in 0..resources.len() {
        let Some(part) = at else { break };
        path.insert_str(
            0,
            &part
                .text(&["PathPart"])
                .unwrap_or_else(|| part.id.to_owned()),
        );
        path.insert(0, '/');
        at = part
            .names(&["ParentId"])
            .iter()
            .find_map(|name| resources.get(name.as_str()));
    }
    path
}

/// What an integration calls: it stands in its address, or, for AWS's own services, in what is sent to them.
fn called(integration: &Node) -> Vec<String> {
    const ADDRESSES: [&str; 3] = ["uri", "Uri", "IntegrationUri"];
    const CONTENTS: [&str; 4] = [
        "requestParameters",
        "RequestParameters",
        "requestTemplates",
        "RequestTemplates",
    ];
    let of = |keys: &[&str]| -> Vec<String> {
        keys.iter()
            .filter_map(|key| integration.get(key))
            .flat_map(names)
            .collect()
    };
    let mut called = of(&ADDRESSES);
    called.extend(of(&CONTENTS));
    called
}
