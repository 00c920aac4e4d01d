//! Conditions and policies of APIs and their paths, which follow from those of the functions behind them.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diag::Span;
use crate::sam::build::put;
use crate::sam::value::is_truthy;
use crate::sam::work::Work;
use crate::template::{Map, Node};

use super::super::combined::combined;
use super::super::definition::MANAGED;
use super::super::editor::path::Paths;
use super::{Description, Found};

/// The implicit API's condition and policies: what its functions have in common.
pub(super) fn set_attributes(work: &mut Work<'_>, kind: &Description, found: &Found, span: Span) {
    let Some(paths) = found.conditions.get(kind.id) else {
        return;
    };
    let methods = paths.values().flat_map(IndexMap::values);
    let condition = needed_condition(methods).map(|names| match names.as_slice() {
        [only] => only.clone(),
        names => {
            add_conditions(work, span, names, kind.condition);
            kind.condition.to_owned()
        }
    });
    let strongest = |policies: &BTreeSet<String>, order: &[&'static str]| {
        order.iter().copied().find(|name| policies.contains(*name))
    };
    let deletion = strongest(&found.deletion, &["Retain", "Delete"]);
    let replacement = strongest(&found.replacement, &["Retain", "Snapshot", "Delete"]);
    let api = work.resources_mut().get_mut(kind.id);
    if let Some(api) = api.and_then(Node::as_map_mut) {
        put(api, span, "Condition", condition);
        put(api, span, "DeletionPolicy", deletion);
        put(api, span, "UpdateReplacePolicy", replacement);
    }
}

/// The conditions of which one must hold, when all methods have one.
fn needed_condition<'a>(methods: impl Iterator<Item = &'a Option<String>>) -> Option<Vec<String>> {
    let names: Option<BTreeSet<String>> = methods.cloned().collect();
    names
        .filter(|names| !names.is_empty())
        .map(|names| names.into_iter().collect())
}

fn add_conditions(work: &mut Work<'_>, span: Span, names: &[String], name: &str) {
    let made = combined(span, names, name);
    if work
        .source
        .get("Conditions")
        .and_then(Node::as_map)
        .is_none()
    {
        put(&mut work.source, span, "Conditions", Map::new());
    }
    let conditions = work.source.get_mut("Conditions").and_then(Node::as_map_mut);
    if let Some(conditions) = conditions {
        for (name, expression) in made {
            conditions.insert(name, span, expression);
        }
    }
}

/// Puts conditions around the paths of definitions that SAM wrote, when all functions behind a path have one.
pub(super) fn set_path_conditions(
    work: &mut Work<'_>,
    kind: &Description,
    found: &Found,
    span: Span,
) {
    for id in work.ids(kind.kind) {
        let Some(paths) = found.conditions.get(&id) else {
            continue;
        };
        for (path, methods) in paths {
            let Some(names) = needed_condition(methods.values()) else {
                continue;
            };
            if !manages(work, &id, path) {
                continue;
            }
            let name = match names.as_slice() {
                [only] => only.clone(),
                names => {
                    let name = path_condition(&id, path);
                    add_conditions(work, span, names, &name);
                    name
                }
            };
            if let Some(paths) = paths_mut(work, &id) {
                Paths(paths).make_conditional(path, &name);
            }
        }
    }
}

fn manages(work: &Work<'_>, id: &str, path: &str) -> bool {
    let properties = work
        .resource(id)
        .and_then(|entry| entry.node.get("Properties"));
    let is_managed = properties.and_then(|properties| properties.get(MANAGED));
    let paths = properties.and_then(|properties| properties.get("DefinitionBody")?.get("paths"));
    is_managed.is_some_and(is_truthy) && paths.is_some_and(|paths| paths.get(path).is_some())
}

fn paths_mut<'w>(work: &'w mut Work<'_>, id: &str) -> Option<&'w mut Map> {
    let body = work.properties_mut(id)?.get_mut("DefinitionBody")?;
    body.as_map_mut()?.get_mut("paths")?.as_map_mut()
}

/// `ApiSLASHuserSLASHOBidCBPathCondition`: an id may only have letters and digits.
fn path_condition(api: &str, path: &str) -> String {
    let path = path
        .replace('/', "SLASH")
        .replace('{', "OB")
        .replace('}', "CB");
    format!("{api}{path}PathCondition")
}
