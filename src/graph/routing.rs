//! The routes of all APIs, wherever they are written: in an API's OpenAPI definition, as methods of a REST API's tree of
//! paths, or as routes with integrations.

use std::fmt;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::App;
use super::api::Definition;
use super::resource::{Body, Resource};
use super::route::{Method, PayloadFormat, Route};
use super::setting::{Link, Setting};

/// The three kinds of APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `AWS::ApiGateway::RestApi`.
    Rest,
    /// `AWS::ApiGatewayV2::Api` that speaks HTTP.
    Http,
    /// `AWS::ApiGatewayV2::Api` that speaks WebSocket.
    WebSocket,
}

/// One route of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiRoute {
    /// Logical id of the API.
    pub api: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// `GET`, `ANY` for all; empty for `$default` and for a WebSocket API.
    pub method: String,
    /// `/orders/{id}`; `$default`, and for a WebSocket API the route key: `$connect`.
    pub path: String,
    /// `aws_proxy`, `AWS_PROXY`, `mock`, as written.
    pub integration: Option<String>,
    /// The function or state machine it starts, when it starts one of this application.
    pub target: Option<String>,
    /// The shape of the event.
    pub payload_format: PayloadFormat,
    /// The operation of the definition, or the integration, as far as it is known.
    pub details: Option<Node>,
    /// Logical id of the resource that says so: the API itself, a method, a route.
    pub by: String,
    /// Where the template says so.
    pub span: Span,
}

impl fmt::Display for ApiRoute {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.method.as_str() {
            "" => out.write_str(&self.path),
            method => write!(out, "{method} {}", self.path),
        }
    }
}

/// The methods of an OpenAPI path. Source: OpenAPI 3.0.3, "Path Item Object"; the last is API Gateway's.
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", ANY,
];
const ANY: &str = "x-amazon-apigateway-any-method";
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// How many parts a path may have; more is a circle of parents.
const MAX_PARTS: usize = 64;

impl App {
    /// The routes of every API, in the order of the resources that say them.
    pub fn routes(&self) -> Vec<ApiRoute> {
        let mut routes = Vec::new();
        for resource in self.resources.values() {
            match &resource.body {
                Body::RestApi(api) => {
                    self.defined(resource, Protocol::Rest, &api.definition, &mut routes);
                }
                Body::HttpApi(api) => {
                    let protocol = protocol(api.websocket);
                    self.defined(resource, protocol, &api.definition, &mut routes);
                    if let Some(target) = &api.target {
                        routes.push(self.quick(resource, target));
                    }
                }
                Body::Method(method) => routes.extend(self.method(resource, method)),
                Body::Route(route) => routes.extend(self.route(resource, route)),
                _ => {}
            }
        }
        routes
    }

    /// The routes in an OpenAPI document.
    fn defined(
        &self,
        resource: &Resource,
        protocol: Protocol,
        definition: &Definition,
        routes: &mut Vec<ApiRoute>,
    ) {
        let Definition::Body(body) = definition else {
            return;
        };
        let structure = resource.structure.as_ref().and_then(|all| all.get("Body"));
        let paths = body.get("paths").and_then(Node::as_map);
        for (path, item) in paths.into_iter().flat_map(Map::iter) {
            let operations = item.as_map().into_iter().flat_map(Map::entries);
            for (method, entry) in operations.filter(|(method, _)| METHODS.contains(method)) {
                let integration = entry.node.get(INTEGRATION);
                let in_place = structure
                    .and_then(|body| body.get("paths")?.get(path)?.get(method)?.get(INTEGRATION));
                let text = |key| integration.and_then(|node| node.get(key)?.scalar_text());
                let uri = integration.and_then(|node| node.get("uri"));
                let target = in_place
                    .and_then(|node| node.get("uri"))
                    .or(uri)
                    .and_then(|node| self.target_in(node, uri))
                    .or_else(|| self.started_by_service(in_place));
                let is_default =
                    protocol != Protocol::Rest && path.trim_start_matches('/') == "$default";
                routes.push(ApiRoute {
                    api: resource.id.clone(),
                    protocol,
                    method: match method {
                        _ if is_default => String::new(),
                        ANY => "ANY".into(),
                        method => method.to_uppercase(),
                    },
                    path: match is_default {
                        true => "$default".into(),
                        false => path.to_owned(),
                    },
                    integration: text("type"),
                    target: target.map(str::to_owned),
                    payload_format: match text("payloadFormatVersion").as_deref() {
                        Some("2.0") => PayloadFormat::V2,
                        _ => PayloadFormat::V1,
                    },
                    details: Some(entry.node.clone()),
                    by: resource.id.clone(),
                    span: entry.key_span,
                });
            }
        }
    }

    /// The state machine that an integration with a service starts: its ARN is somewhere in the request.
    fn started_by_service(&self, integration: Option<&Node>) -> Option<&str> {
        let found = self.target_in(integration?, None)?;
        matches!(self.resources.get(found)?.body, Body::StateMachine(_)).then_some(found)
    }

    /// The route of an API made by "quick create".
    fn quick(&self, resource: &Resource, target: &Link) -> ApiRoute {
        ApiRoute {
            api: resource.id.clone(),
            protocol: Protocol::Http,
            method: String::new(),
            path: "$default".into(),
            integration: Some("AWS_PROXY".into()),
            target: self.target_of(target).map(str::to_owned),
            payload_format: PayloadFormat::V2,
            details: None,
            by: resource.id.clone(),
            span: target.span(),
        }
    }

    fn method(&self, resource: &Resource, method: &Method) -> Option<ApiRoute> {
        let api = method.api.as_ref()?.resource.clone()?;
        let integration = method.integration.as_ref();
        let uri = integration.and_then(|integration| integration.uri.as_ref());
        let in_place = resource
            .structure
            .as_ref()
            .and_then(|all| all.get("Integration"));
        let target = uri
            .and_then(|uri| self.target_of(uri))
            .or_else(|| self.target_in(in_place?.get("Uri")?, None))
            .or_else(|| self.started_by_service(in_place));
        Some(ApiRoute {
            protocol: Protocol::Rest,
            method: shown(method.method.as_ref()).to_uppercase(),
            path: self.path(method.path.as_ref(), &api),
            integration: integration.and_then(|one| one.kind.as_ref()?.known().cloned()),
            target: target.map(str::to_owned),
            payload_format: PayloadFormat::V1,
            details: integration.and_then(|one| one.all.clone()),
            by: resource.id.clone(),
            span: resource.span,
            api,
        })
    }

    /// The path that ends in the part `last`.
    fn path(&self, last: Option<&Link>, api: &str) -> String {
        let mut parts = Vec::new();
        let mut at = last.and_then(|link| link.resource.as_deref());
        while let Some(id) = at.filter(|id| *id != api && parts.len() < MAX_PARTS) {
            let Some(Body::PathPart(part)) = self.resources.get(id).map(|one| &one.body) else {
                break;
            };
            parts.push(shown(part.part.as_ref()));
            at = part
                .parent
                .as_ref()
                .and_then(|link| link.resource.as_deref());
        }
        parts.reverse();
        format!("/{}", parts.join("/"))
    }

    fn route(&self, resource: &Resource, route: &Route) -> Option<ApiRoute> {
        let api = route.api.as_ref()?.resource.clone()?;
        let Body::HttpApi(settings) = &self.resources.get(&api)?.body else {
            return None;
        };
        let key = shown(route.key.as_ref());
        let (method, path) = match key.split_once(' ') {
            Some((method, path)) => (method.to_uppercase(), path.trim().to_owned()),
            None => (String::new(), key),
        };
        let target = route
            .target
            .as_ref()
            .and_then(|link| link.resource.as_ref());
        let integration = target.and_then(|id| self.resources.get(id));
        let called = integration.and_then(|one| match &one.body {
            Body::Integration(integration) => Some((one, integration)),
            _ => None,
        });
        let started = called.and_then(|(one, integration)| {
            let in_place = one.structure.as_ref();
            let uri = integration.uri.as_ref().and_then(|uri| self.target_of(uri));
            uri.or_else(|| self.target_in(in_place?.get("IntegrationUri")?, None))
                .or_else(|| self.started_by_service(in_place))
        });
        Some(ApiRoute {
            protocol: protocol(settings.websocket),
            method,
            path,
            integration: called.and_then(|(_, one)| one.kind.as_ref()?.known().cloned()),
            target: started.map(str::to_owned),
            payload_format: called
                .map_or_else(PayloadFormat::default, |(_, one)| one.payload_format),
            details: called.and_then(|(one, _)| one.properties.clone()),
            by: resource.id.clone(),
            span: resource.span,
            api,
        })
    }
}

fn protocol(websocket: bool) -> Protocol {
    match websocket {
        true => Protocol::WebSocket,
        false => Protocol::Http,
    }
}

/// A setting for people; one that is not known is a question mark.
fn shown(setting: Option<&Setting<String>>) -> String {
    let known = setting.and_then(Setting::known).cloned();
    known.unwrap_or_else(|| "?".into())
}
