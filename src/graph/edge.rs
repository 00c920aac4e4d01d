//! What depends on what, and why.

use std::fmt;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{self, Node};

use super::reference::{self, How, Reference};
use super::resource::Resource;
use super::{cycle, module};

/// One resource needs another, which must exist before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Logical id of the one that needs the other.
    pub from: String,
    /// Logical id of the one that is needed.
    pub to: String,
    /// What makes the two belong together.
    pub why: Why,
    /// Where the template says so.
    pub span: Span,
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
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Ref => out.write_str("Ref"),
            Why::GetAtt => out.write_str("GetAtt"),
            Why::Sub => out.write_str("Sub"),
            Why::DependsOn => out.write_str("DependsOn"),
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
        let nodes = [&resource.structure, &resource.metadata];
        for node in nodes.into_iter().flatten() {
            collector.references(id, node);
        }
        if let Some(declared) = structure.resources.get(id) {
            collector.depends_on(id, declared);
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
        if !self.edges.iter().rev().take(64).any(|other| *other == edge) {
            self.edges.push(edge);
        }
    }

    /// The resource that a name stands for: itself, or the module that it is in.
    fn target(&self, name: &str) -> Option<String> {
        if let Some((id, _)) = self.resources.get_key_value(name) {
            return Some(id.clone());
        }
        module::owner(name, &self.structure.resources).map(str::to_owned)
    }

    fn references(&mut self, id: &str, node: &Node) {
        for Reference {
            name, how, span, ..
        } in reference::references(node)
        {
            if let Some(to) = self.target(&name) {
                self.push(Edge {
                    from: id.to_owned(),
                    to,
                    why: how.into(),
                    span,
                });
            }
        }
    }

    fn depends_on(&mut self, id: &str, declared: &template::Resource) {
        for name in &declared.depends_on {
            if let Some(to) = self.target(&name.text) {
                self.push(Edge {
                    from: id.to_owned(),
                    to,
                    why: Why::DependsOn,
                    span: name.span,
                });
            }
        }
    }
}

/// Reports every cycle, named in full. One that a deployment in two steps breaks is a warning: only CloudFormation refuses it.
pub(super) fn report_cycles(
    edges: &[Edge],
    resources: &IndexMap<String, Resource>,
    diagnostics: &mut Diagnostics,
) {
    let firm: Vec<Edge> = edges
        .iter()
        .filter(|edge| !can_wait(edge, resources))
        .cloned()
        .collect();
    let mut found = false;
    for_each_cycle(&firm, |steps| {
        found = true;
        diagnostics.push(cycle_diagnostic(steps));
    });
    if !found {
        for_each_cycle(edges, |steps| {
            diagnostics.push(loose_cycle_diagnostic(steps))
        });
    }
}

/// Whether what the edge is for can be set after everything else exists: a bucket's notifications, and the permissions that
/// those need.
fn can_wait(edge: &Edge, resources: &IndexMap<String, Resource>) -> bool {
    let kind = |id: &str| resources.get(id).map(|one| one.resource_type.as_str());
    if kind(&edge.from) != Some("AWS::S3::Bucket") {
        return false;
    }
    let notifications = resources
        .get(&edge.from)
        .and_then(|bucket| bucket.structure.as_ref()?.get("NotificationConfiguration"));
    match edge.why {
        Why::DependsOn => {
            notifications.is_some() && kind(&edge.to) == Some("AWS::Lambda::Permission")
        }
        _ => notifications.is_some_and(|node| {
            reference::references(node)
                .iter()
                .any(|one| one.span == edge.span)
        }),
    }
}

fn for_each_cycle(edges: &[Edge], mut found: impl FnMut(&[&Edge])) {
    let mut places: IndexMap<&str, ()> = IndexMap::new();
    let mut pairs = Vec::with_capacity(edges.len());
    for edge in edges {
        let from = places.insert_full(&edge.from, ()).0;
        let to = places.insert_full(&edge.to, ()).0;
        pairs.push((from, to));
    }
    for circle in cycle::cycles(places.len(), &pairs) {
        let steps: Vec<&Edge> = circle.iter().filter_map(|&step| edges.get(step)).collect();
        found(&steps);
    }
}

fn loose_cycle_diagnostic(steps: &[&Edge]) -> Diagnostic {
    let firm = cycle_diagnostic(steps);
    let mut diagnostic = Diagnostic::warning("graph/loose-cycle", firm.summary);
    diagnostic.labels = firm.labels;
    diagnostic.help(
        "Hoist sets the bucket's notifications in a second step and can deploy this. CloudFormation and SAM refuse it.",
    )
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
        let message = format!("`{}` needs `{}` ({})", edge.from, edge.to, edge.why);
        diagnostic = diagnostic.label(edge.span, message);
    }
    diagnostic.help(
        "CloudFormation cannot choose which to make first; take one of these references away.",
    )
}
