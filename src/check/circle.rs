//! Resources that wait for each other.

use crate::diag::{Diagnostic, Span};
use crate::graph::cycle;
use crate::graph::reference::references;
use crate::template::{Call, Function, Node, Template, Value};

/// One resource needs another.
struct Edge {
    from: usize,
    to: usize,
    span: Span,
    /// It does so only in one branch of an `Fn::If`, or exists only under a condition.
    is_conditional: bool,
}

/// Names every circle in full. One that only some conditions make is a warning: whether they can hold together is not
/// looked at.
pub(super) fn check(template: &Template, found: &mut Vec<Diagnostic>) {
    let edges = edges(template);
    let pairs: Vec<(usize, usize)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
    for circle in cycle::cycles(template.resources.len(), &pairs) {
        let circle: Vec<&Edge> = circle.iter().filter_map(|&at| edges.get(at)).collect();
        found.push(fault(template, &circle));
    }
}

fn fault(template: &Template, circle: &[&Edge]) -> Diagnostic {
    let id = |at: usize| {
        let (id, _) = template.resources.get_index(at).unzip();
        id.map_or("", String::as_str)
    };
    let mut names: Vec<String> = circle
        .iter()
        .map(|edge| format!("`{}`", id(edge.from)))
        .collect();
    let names = match circle {
        [only] => format!("`{}` needs itself", id(only.from)),
        _ => {
            names.extend(names.first().cloned());
            format!("resources need each other: {}", names.join(" → "))
        }
    };
    let mut fault = if circle.iter().any(|edge| edge.is_conditional) {
        Diagnostic::warning(
            "check/possible-cycle",
            format!("under some conditions {names}"),
        )
    } else {
        Diagnostic::error("check/cycle", names)
    };
    for edge in circle {
        let message = format!("`{}` needs `{}`", id(edge.from), id(edge.to));
        fault = fault.label(edge.span, message);
    }
    fault.help("None of them can be made first. Take one reference out, or put it into a resource of its own, such as a policy or a permission.")
}

fn edges(template: &Template) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (from, resource) in template.resources.values().enumerate() {
        for name in &resource.depends_on {
            if let Some(to) = template.resources.get_index_of(&name.text) {
                edges.push(Edge {
                    from,
                    to,
                    span: name.span,
                    is_conditional: resource.condition.is_some(),
                });
            }
        }
        let values = [&resource.properties, &resource.metadata];
        for node in values.into_iter().flatten() {
            let mut sides = Vec::new();
            collect(node, resource.condition.is_some(), &mut sides);
            for (node, is_conditional) in sides {
                for reference in references(node) {
                    if let Some(to) = template.resources.get_index_of(&reference.name) {
                        edges.push(Edge {
                            from,
                            to,
                            span: reference.span,
                            is_conditional,
                        });
                    }
                }
            }
        }
    }
    edges
}

/// The functions in a tree that are no `Fn::If`, with whether they stand inside one.
fn collect<'a>(node: &'a Node, is_conditional: bool, into: &mut Vec<(&'a Node, bool)>) {
    let call: &Call = match &node.value {
        Value::List(items) => {
            items
                .iter()
                .for_each(|item| collect(item, is_conditional, into));
            return;
        }
        Value::Map(map) => {
            map.iter()
                .for_each(|(_, item)| collect(item, is_conditional, into));
            return;
        }
        Value::Call(call) => call,
        Value::Unknown(unknown) => &unknown.call,
        _ => return,
    };
    match (&call.function, call.argument.as_list()) {
        (Function::If, Some(items)) => items
            .iter()
            .skip(1)
            .for_each(|item| collect(item, true, into)),
        // What stands in other functions' arguments is found with them; an `Fn::If` in there counts as always taken.
        _ => into.push((node, is_conditional)),
    }
}
