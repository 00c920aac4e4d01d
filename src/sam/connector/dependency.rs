//! What must be made before or after what a connector becomes.

use crate::sam::build::put;
use crate::sam::intrinsic::logical_id;
use crate::sam::value::is_text;
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::profile::Profile;
use super::reference::Reference;

/// What needs the policy to work is made after it.
pub(super) fn depend(
    work: &mut Work<'_>,
    profile: &Profile,
    source: &Reference,
    destination: &Reference,
    policy: &str,
) {
    let Some(source) = &source.logical_id else {
        return;
    };
    match (profile.dependent, &destination.logical_id) {
        ("mapping", Some(function)) => {
            let mappings: Vec<String> = event_source_mappings(work, source, function);
            // A function can have only one from the same source.
            if let [only] = mappings.as_slice() {
                add_dependency(work, only, policy);
            }
        }
        ("source", _) => add_dependency(work, source, policy),
        _ => {}
    }
}

fn event_source_mappings(work: &Work<'_>, source: &str, function: &str) -> Vec<String> {
    let is_between = |node: &Node| {
        let names = |property: &str| {
            node.get("Properties")
                .and_then(|properties| properties.get(property))
                .and_then(logical_id)
        };
        is_text(node.get("Type"), "AWS::Lambda::EventSourceMapping")
            && names("FunctionName") == Some(function)
            && names("EventSourceArn") == Some(source)
    };
    work.made()
        .into_iter()
        .flat_map(Map::iter)
        .filter(|(_, node)| is_between(node))
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// `DependsOn` as a list.
fn dependencies(declaration: &Map) -> Vec<Node> {
    match declaration.get("DependsOn").map(|node| &node.value) {
        Some(Value::List(items)) => items.clone(),
        Some(_) => declaration.get("DependsOn").cloned().into_iter().collect(),
        None => Vec::new(),
    }
}

fn add_dependency(work: &mut Work<'_>, id: &str, on: &str) {
    let Some(node) = work.made_mut().get_mut(id) else {
        return;
    };
    let span = node.span;
    if let Some(declaration) = node.as_map_mut() {
        let mut names = dependencies(declaration);
        if !names.iter().any(|name| name.as_str() == Some(on)) {
            names.push(Node::string(span, on));
        }
        put(declaration, span, "DependsOn", names);
    }
}

/// Who depends on the connector depends on what it became.
pub(super) fn replace(work: &mut Work<'_>, connector: &str, made: &[String]) {
    let ids: Vec<String> = work
        .made()
        .into_iter()
        .flat_map(Map::keys)
        .map(str::to_owned)
        .collect();
    for id in ids {
        let Some(node) = work.made_mut().get_mut(&id) else {
            continue;
        };
        let span = node.span;
        let Some(declaration) = node.as_map_mut() else {
            continue;
        };
        let mut names = dependencies(declaration);
        let before = names.len();
        names.retain(|name| name.as_str() != Some(connector));
        if names.len() == before {
            continue;
        }
        for id in made {
            if !names.iter().any(|name| name.as_str() == Some(id)) {
                names.push(Node::string(span, id));
            }
        }
        put(declaration, span, "DependsOn", names);
    }
}
