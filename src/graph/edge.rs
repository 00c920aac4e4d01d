//! What depends on what, and why.

use std::fmt;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{self, Node};

use super::api::Definition;
use super::cycle;
use super::event::{Event, EventKind};
use super::generated::{self, IMPLICIT_HTTP_API, IMPLICIT_REST_API};
use super::reference::{self, How, Reference};
use super::resource::{Body, Resource};
use super::setting::Link;

/// One resource has to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Logical id of the one that needs the other; for an event, the source.
    pub from: String,
    /// Logical id of the one that is needed; for an event, the function or state machine that it starts. It may be
    /// one of SAM's implicit APIs, which the template does not declare.
    pub to: String,
    /// What makes the two belong together.
    pub why: Why,
    /// Where the template says so.
    pub span: Span,
    /// `to` must exist before `from` is made. Most events are not like this: a mapping made later joins the two.
    pub ordered: bool,
}

/// Why there is an edge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Why {
    /// `Ref`.
    Ref,
    /// `Fn::GetAtt`.
    GetAtt,
    /// A variable of `Fn::Sub`.
    Sub,
    /// The attribute `DependsOn`.
    DependsOn,
    /// SAM's event of this name.
    Event(String),
    /// A SAM connector.
    Connector,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Ref => out.write_str("Ref"),
            Why::GetAtt => out.write_str("GetAtt"),
            Why::Sub => out.write_str("Sub"),
            Why::DependsOn => out.write_str("DependsOn"),
            Why::Event(name) => write!(out, "event {name}"),
            Why::Connector => out.write_str("connector"),
        }
    }
}

impl From<How> for Why {
    fn from(how: How) -> Self {
        match how {
            How::Ref => Why::Ref,
            How::GetAtt => Why::GetAtt,
            How::Sub => Why::Sub,
        }
    }
}

/// Whether a property of one of SAM's resources becomes a resource of its own, so that the resource itself does not
/// wait for what the property refers to.
fn is_apart(resource: &Resource, property: &str) -> bool {
    match resource.resource_type.as_str() {
        "AWS::Serverless::Function" => {
            matches!(property, "Events" | "DeploymentPreference" | "FunctionUrlConfig")
                // Without a role of its own, destinations go into the role that SAM makes.
                || (property == "EventInvokeConfig" && has_role(resource))
        }
        "AWS::Serverless::StateMachine" => matches!(property, "Events" | "DeploymentPreference"),
        "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" => property == "Domain",
        "AWS::Serverless::WebSocketApi" => matches!(property, "Domain" | "Routes" | "Auth"),
        "AWS::Serverless::GraphQLApi" => matches!(
            property,
            "ApiKeys" | "Cache" | "DataSources" | "DomainName" | "Functions" | "Resolvers"
        ),
        _ => false,
    }
}

fn has_role(resource: &Resource) -> bool {
    resource
        .properties
        .as_ref()
        .is_some_and(|properties| properties.get("Role").is_some())
}

/// What SAM takes of `EndpointConfiguration`; it drops the rest, and references in it with it.
const ENDPOINT_KEYS: [&str; 4] = ["IpAddressType", "Type", "VPCEndpointIds", "VpcEndpointIds"];

/// All edges between the resources of an application.
pub(super) fn edges(
    resources: &IndexMap<String, Resource>,
    structure: &template::Template,
) -> Vec<Edge> {
    let mut collector = Collector {
        resources,
        structure,
        edges: Vec::new(),
    };
    for (id, resource) in resources {
        collector.references(id, resource);
        if let Some(declared) = structure.resources.get(id) {
            collector.depends_on(id, declared);
            collector.embedded_connectors(id, declared);
        }
        match &resource.body {
            Body::Function(function) => collector.events(id, &function.events),
            Body::StateMachine(machine) => collector.events(id, &machine.events),
            _ => {}
        }
        if resource.resource_type == "AWS::Serverless::Connector" {
            collector.connector(id, resource);
        }
    }
    collector.edges
}

struct Collector<'a> {
    resources: &'a IndexMap<String, Resource>,
    structure: &'a template::Template,
    edges: Vec<Edge>,
}

impl Collector<'_> {
    fn push(&mut self, edge: Edge) {
        let same = |other: &Edge| {
            other.from == edge.from
                && other.to == edge.to
                && other.why == edge.why
                && other.span == edge.span
        };
        if !self.edges.iter().rev().take(64).any(same) {
            self.edges.push(edge);
        }
    }

    /// The resource that a name stands for: itself, or the owner of what SAM makes.
    fn target(&self, name: &str) -> Option<String> {
        if let Some((id, _)) = self.resources.get_key_value(name) {
            return Some(id.clone());
        }
        generated::owner(name, &self.structure.resources).map(str::to_owned)
    }

    fn references(&mut self, id: &str, resource: &Resource) {
        let top = resource.structure.as_ref().and_then(Node::as_map);
        for (property, node) in top.into_iter().flat_map(|map| map.iter()) {
            let is_endpoint = property == "EndpointConfiguration"
                && resource.resource_type == "AWS::Serverless::Api";
            match node.as_map() {
                Some(map) if is_endpoint => map
                    .iter()
                    .filter(|(key, _)| ENDPOINT_KEYS.contains(key))
                    .for_each(|(_, node)| self.references_of(id, node, true)),
                _ => self.references_of(id, node, !is_apart(resource, property)),
            }
        }
        if let (None, Some(whole)) = (top, &resource.structure) {
            self.references_of(id, whole, true);
        }
        if let Some(metadata) = &resource.metadata {
            self.references_of(id, metadata, true);
        }
    }

    fn references_of(&mut self, id: &str, node: &Node, ordered: bool) {
        for Reference {
            name, how, span, ..
        } in reference::references(node)
        {
            let Some(to) = self.target(&name) else {
                continue;
            };
            // What SAM makes for a resource may be named inside it: `!Ref Function.Version`.
            if to == id && to != name {
                continue;
            }
            self.push(Edge {
                from: id.to_owned(),
                to,
                why: how.into(),
                span,
                ordered,
            });
        }
    }

    fn depends_on(&mut self, id: &str, declared: &template::Resource) {
        for name in &declared.depends_on {
            if let Some(to) = self.target(&name.text) {
                if to == id && to != name.text {
                    continue;
                }
                self.push(Edge {
                    from: id.to_owned(),
                    to,
                    why: Why::DependsOn,
                    span: name.span,
                    ordered: true,
                });
            }
        }
    }

    fn events(&mut self, id: &str, events: &[Event]) {
        for event in events {
            let Some(source) = self.source(event) else {
                continue;
            };
            self.push(Edge {
                from: source.id,
                to: id.to_owned(),
                why: Why::Event(event.name.clone()),
                span: source.span,
                ordered: source.waits,
            });
        }
    }

    /// The resource that an event comes from.
    fn source(&self, event: &Event) -> Option<Source> {
        match &event.kind {
            EventKind::Api(api) => self.api_source(event, api.api.as_ref(), IMPLICIT_REST_API),
            EventKind::HttpApi(api) => self.api_source(event, api.api.as_ref(), IMPLICIT_HTTP_API),
            EventKind::Poll(poll) => linked(poll.source.as_ref(), false),
            EventKind::Topic(topic) => linked(topic.topic.as_ref(), false),
            // SAM writes the function into the bucket and into the user pool.
            EventKind::Bucket(bucket) => linked(bucket.bucket.as_ref(), true),
            EventKind::Cognito(cognito) => linked(cognito.pool.as_ref(), true),
            EventKind::Rule(rule) => linked(rule.bus.as_ref(), false),
            EventKind::Logs(logs) => linked(logs.group.as_ref(), false),
            _ => None,
        }
    }

    /// An API waits for its functions when SAM writes its definition.
    fn api_source(&self, event: &Event, api: Option<&Link>, implicit: &str) -> Option<Source> {
        let Some(link) = api else {
            return Some(Source {
                id: implicit.to_owned(),
                span: event.span,
                waits: true,
            });
        };
        let mut source = linked(Some(link), false)?;
        source.waits = match &self.resources.get(&source.id)?.body {
            Body::RestApi(api) => api.definition == Definition::None,
            Body::HttpApi(api) => api.definition == Definition::None,
            _ => false,
        };
        Some(source)
    }

    /// `AWS::Serverless::Connector`: an edge from its source to each destination.
    fn connector(&mut self, id: &str, resource: &Resource) {
        let Some(properties) = &resource.structure else {
            return;
        };
        let source = properties.get("Source").and_then(|end| end.get("Id"));
        let Some(source) = source.and_then(Node::as_str) else {
            return;
        };
        self.connect(source, properties);
        self.connect_end(id, source, properties.span);
    }

    /// The connector itself refers to its ends.
    fn connect_end(&mut self, id: &str, end: &str, span: Span) {
        if let Some(to) = self.target(end) {
            self.push(Edge {
                from: id.to_owned(),
                to,
                why: Why::Connector,
                span,
                ordered: true,
            });
        }
    }

    fn embedded_connectors(&mut self, id: &str, declared: &template::Resource) {
        let connectors = declared.connectors.as_ref().and_then(Node::as_map);
        for (_, connector) in connectors.into_iter().flat_map(|map| map.iter()) {
            if let Some(properties) = connector.get("Properties") {
                self.connect(id, properties);
            }
        }
    }

    fn connect(&mut self, source: &str, properties: &Node) {
        let Some(destination) = properties.get("Destination") else {
            return;
        };
        let ends = match destination.as_list() {
            Some(ends) => ends,
            None => std::slice::from_ref(destination),
        };
        for end in ends {
            let Some(node) = end.get("Id") else { continue };
            if let Some(to) = node.as_str().and_then(|name| self.target(name)) {
                self.push(Edge {
                    from: source.to_owned(),
                    to,
                    why: Why::Connector,
                    span: node.span,
                    // SAM makes a policy that joins the two.
                    ordered: false,
                });
            }
        }
    }
}

/// Where an event comes from.
struct Source {
    id: String,
    span: Span,
    /// The source is made after what it starts.
    waits: bool,
}

fn linked(link: Option<&Link>, waits: bool) -> Option<Source> {
    let link = link?;
    Some(Source {
        id: link.resource.clone()?,
        span: link.span(),
        waits,
    })
}

/// Reports every cycle of ordered edges, named in full.
pub(super) fn report_cycles(edges: &[Edge], diagnostics: &mut Diagnostics) {
    let ordered: Vec<&Edge> = edges.iter().filter(|edge| edge.ordered).collect();
    let mut places: IndexMap<&str, ()> = IndexMap::new();
    let mut pairs = Vec::with_capacity(ordered.len());
    for edge in &ordered {
        let from = places.insert_full(&edge.from, ()).0;
        let to = places.insert_full(&edge.to, ()).0;
        pairs.push((from, to));
    }
    for circle in cycle::cycles(places.len(), &pairs) {
        let steps: Vec<&Edge> = circle
            .iter()
            .filter_map(|&step| ordered.get(step).copied())
            .collect();
        diagnostics.push(cycle_diagnostic(&steps));
    }
}

fn cycle_diagnostic(steps: &[&Edge]) -> Diagnostic {
    let mut names: Vec<&str> = steps.iter().map(|edge| edge.from.as_str()).collect();
    names.extend(names.first().copied());
    let summary = match steps {
        [edge] => format!("`{}` needs itself", edge.from),
        _ => format!(
            "resources need each other in a circle: {}",
            names.join(" → ")
        ),
    };
    let mut diagnostic = Diagnostic::error("graph/cycle", summary);
    for edge in steps {
        let message = match &edge.why {
            Why::Event(name) => {
                format!("`{}` starts `{}` by the event `{name}`", edge.from, edge.to)
            }
            why => format!("`{}` needs `{}` ({why})", edge.from, edge.to),
        };
        diagnostic = diagnostic.label(edge.span, message);
    }
    diagnostic.help(
        "CloudFormation cannot choose which to make first; take one of these references away.",
    )
}
