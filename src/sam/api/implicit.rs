//! The API that events without one belong to: `ServerlessRestApi`, and in the same way `ServerlessHttpApi`.
//!
//! The pass adds the paths of all events to the definitions that SAM wrote, those of explicit APIs too, makes the
//! implicit API when an event needs it, and puts conditions around paths whose functions all have one.
//! Source: the translator's `plugins/api/implicit_api_plugin.py` and `implicit_rest_api_plugin.py`.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::combined::combined;
use super::definition::MANAGED;
use super::editor::{self, path::Paths};
use crate::sam::build::{map, put};
use crate::sam::check::is_listed;
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::reference;
use crate::sam::python_order::{self, Keys};
use crate::sam::value::{is_truthy, truthy};
use crate::sam::work::Work;

/// What is different between the kinds of APIs.
pub(crate) struct Description {
    /// The type of the API: `AWS::Serverless::Api`.
    pub kind: &'static str,
    /// The type of the events: `Api`.
    pub event: &'static str,
    /// The event's property that names its API: `RestApiId`.
    pub id_property: &'static str,
    /// The logical id of the implicit API: `ServerlessRestApi`.
    pub id: &'static str,
    /// The condition of the implicit API, when its functions have different ones.
    pub condition: &'static str,
    /// The implicit API's `StageName`.
    pub stage: Option<&'static str>,
    /// The empty definition.
    pub skeleton: fn(Span) -> Node,
    /// Whether a definition can be edited.
    pub is_valid: fn(Option<&Node>) -> bool,
    /// Path and method of an event that names neither; events without any properties are skipped when there are none.
    pub default_route: Option<(&'static str, &'static str)>,
    /// What else an event sets on its API.
    pub settings: fn(&mut Work<'_>, &Route) -> Result<()>,
}

/// An event, as far as its API is concerned.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// The event's name.
    pub event: String,
    /// Its properties.
    pub properties: Map,
    /// The logical id of the API.
    pub api: String,
    /// The path.
    pub path: String,
    /// The method, as the user wrote it.
    pub method: String,
    /// The condition of the function.
    pub condition: Option<String>,
}

const REST: Description = Description {
    kind: "AWS::Serverless::Api",
    event: "Api",
    id_property: "RestApiId",
    id: "ServerlessRestApi",
    condition: "ServerlessRestApiCondition",
    stage: Some("Prod"),
    skeleton: editor::skeleton,
    is_valid: editor::is_valid,
    default_route: None,
    settings: |_, _| Ok(()),
};

/// The pass for REST APIs.
pub(crate) fn rest(work: &mut Work<'_>) -> std::result::Result<(), Vec<Fault>> {
    add(work, &REST)
}

/// What the pass notes while it reads the events.
#[derive(Default)]
struct Found {
    /// API → path → method → condition.
    conditions: IndexMap<String, IndexMap<String, IndexMap<String, Option<String>>>>,
    deletion: BTreeSet<String>,
    replacement: BTreeSet<String>,
}

/// The pass for one kind of API.
///
/// # Errors
/// Events that are wrong, one for each function; and what is wrong with an API, which ends the pass.
pub(crate) fn add(work: &mut Work<'_>, kind: &Description) -> std::result::Result<(), Vec<Fault>> {
    let owners = owners(work, kind).map_err(|fault| vec![fault])?;
    let Some((_, span)) = owners.first() else {
        return Ok(());
    };
    let existing = work.resource(kind.id).cloned();
    let made = declaration(kind, *span);
    let span = *span;
    work.resources_mut().insert(kind.id, span, made);

    let mut found = Found::default();
    let mut faults = Vec::new();
    for (id, span) in &owners {
        if let Err(fault) = read_events(work, kind, id, &mut found) {
            if !fault.is_event() {
                return Err(vec![fault]);
            }
            faults.push(fault.owned_by(id).at(*span));
        }
    }
    set_attributes(work, kind, &found, span);
    set_path_conditions(work, kind, &found, span);
    let is_used = work
        .resource(kind.id)
        .and_then(|entry| {
            entry
                .node
                .get("Properties")?
                .get("DefinitionBody")?
                .get("paths")
        })
        .is_some_and(is_truthy);
    if !is_used {
        match existing {
            Some(entry) => work
                .resources_mut()
                .insert(kind.id, entry.key_span, entry.node),
            None => work.resources_mut().remove(kind.id),
        };
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults),
    }
}

fn declaration(kind: &Description, span: Span) -> Node {
    let properties = map!(span;
        "StageName" => kind.stage,
        "DefinitionBody" => (kind.skeleton)(span),
        MANAGED => true,
    );
    map!(span; "Type" => kind.kind, "Properties" => properties)
}

/// The functions and state machines that have events of the kind.
fn owners(work: &Work<'_>, kind: &Description) -> Result<Vec<(String, Span)>> {
    let mut owners = Vec::new();
    for id in python_order::resources(work) {
        let Some(entry) = work.resource(&id) else {
            continue;
        };
        if !is_listed(&entry.node)? {
            continue;
        }
        let of = entry.node.get("Type").and_then(Node::as_str);
        if matches!(
            of,
            Some("AWS::Serverless::Function" | "AWS::Serverless::StateMachine")
        ) && !event_names(work, kind, &id).is_empty()
        {
            owners.push((id, entry.key_span));
        }
    }
    Ok(owners)
}

/// The events of the kind, in the order the translator reads them: it copies them from one mapping to another.
fn event_names(work: &Work<'_>, kind: &Description, id: &str) -> Vec<String> {
    let events = work
        .resource(id)
        .and_then(|entry| entry.node.get("Properties")?.get("Events")?.as_map());
    let Some(events) = events else {
        return Vec::new();
    };
    let read = work.order.entries(events).into_iter();
    let ours = read
        .filter(|(_, entry)| entry.node.get("Type").and_then(Node::as_str) == Some(kind.event))
        .map(|(name, _)| name);
    Keys::new(ours).ordered()
}

fn read_events(work: &mut Work<'_>, kind: &Description, id: &str, found: &mut Found) -> Result<()> {
    let attribute = |work: &Work<'_>, name: &str| {
        let entry = work.resource(id)?;
        truthy(entry.node.get(name))?.as_str().map(str::to_owned)
    };
    let condition = attribute(work, "Condition");
    let deletion = attribute(work, "DeletionPolicy");
    let replacement = attribute(work, "UpdateReplacePolicy");
    for name in event_names(work, kind, id) {
        let Some(mut route) = read_event(work, kind, id, &name)? else {
            continue;
        };
        route.condition.clone_from(&condition);
        found
            .conditions
            .entry(route.api.clone())
            .or_default()
            .entry(route.path.clone())
            .or_default()
            .insert(route.method.clone(), condition.clone());
        if route.api == kind.id {
            found.deletion.extend(deletion.clone());
            found.replacement.extend(replacement.clone());
        }
        add_path(work, kind, &route)?;
        (kind.settings)(work, &route)?;
    }
    Ok(())
}

/// Reads an event and writes what it leaves away: the implicit API's id, the default route.
fn read_event(
    work: &mut Work<'_>,
    kind: &Description,
    id: &str,
    name: &str,
) -> Result<Option<Route>> {
    let owner = Owner::Event(name);
    let Some((mut properties, span)) = event_properties(work, id, name, kind)? else {
        return Ok(None);
    };
    if !properties.contains_key(kind.id_property) {
        copy_tags(work, kind, id);
        put(
            &mut properties,
            span,
            kind.id_property,
            reference(span, kind.id),
        );
    }
    if let Some((path, method)) = kind.default_route
        && truthy(properties.get("Path")).is_none()
        && truthy(properties.get("Method")).is_none()
    {
        put(&mut properties, span, "Path", path);
        put(&mut properties, span, "Method", method);
    }
    write_properties(work, id, name, span, &properties);

    let api = properties.get(kind.id_property).map(api_id);
    let path = owner.present(properties.get("Path"), "Path")?;
    let method = owner.present(properties.get("Method"), "Method")?;
    let api = owner.text(api, kind.id_property)?;
    let path = owner.text(Some(path), "Path")?;
    let method = owner.text(Some(method), "Method")?;
    Ok(Some(Route {
        event: name.to_owned(),
        api: api.to_owned(),
        path: path.to_owned(),
        method: method.to_owned(),
        condition: None,
        properties,
    }))
}

/// The API's id behind a value: itself, or what `Ref` names.
pub(crate) fn api_id(value: &Node) -> &Node {
    value.get("Ref").unwrap_or(value)
}

fn event_properties(
    work: &Work<'_>,
    id: &str,
    name: &str,
    kind: &Description,
) -> Result<Option<(Map, Span)>> {
    let event = work.resource(id).and_then(|entry| {
        entry
            .node
            .get("Properties")?
            .get("Events")?
            .as_map()?
            .entry(name)
    });
    let Some(event) = event else {
        return Ok(None);
    };
    let properties = event.node.get("Properties");
    if truthy(properties).is_none() && kind.default_route.is_none() {
        return Ok(None);
    }
    match properties {
        None => Ok(Some((Map::new(), event.key_span))),
        Some(node) => {
            let map = Owner::Event(name).map_or(Some(node), "Properties should be a map.")?;
            Ok(Some((map.clone(), event.key_span)))
        }
    }
}

fn write_properties(work: &mut Work<'_>, id: &str, name: &str, span: Span, properties: &Map) {
    let event = work
        .properties_mut(id)
        .and_then(|properties| properties.get_mut("Events")?.as_map_mut()?.get_mut(name))
        .and_then(Node::as_map_mut);
    if let Some(event) = event {
        put(event, span, "Properties", properties);
    }
}

/// The implicit API takes the tags of the functions that propagate theirs.
fn copy_tags(work: &mut Work<'_>, kind: &Description, id: &str) {
    let Some(owner) = work.resource(id).map(|entry| &entry.node) else {
        return;
    };
    let section = owner
        .get("Type")
        .and_then(Node::as_str)
        .and_then(|kind| kind.strip_prefix("AWS::Serverless::"))
        .unwrap_or_default();
    let globals = work
        .source
        .get("Globals")
        .and_then(|globals| globals.get(section));
    let property = |name: &str| {
        let own = owner.get("Properties").and_then(|own| own.get(name));
        truthy(own).or_else(|| truthy(globals?.get(name)))
    };
    let tags = property("Tags").and_then(Node::as_map).cloned();
    let (Some(tags), true) = (tags, property("PropagateTags").is_some()) else {
        return;
    };
    let Some(api) = work.properties_mut(kind.id) else {
        return;
    };
    for (key, entry) in tags.entries() {
        if !api.contains_key("Tags") {
            put(api, entry.key_span, "Tags", Map::new());
        }
        if let Some(all) = api.get_mut("Tags").and_then(Node::as_map_mut) {
            all.insert(key, entry.key_span, entry.node.clone());
        }
        put(api, entry.key_span, "PropagateTags", true);
    }
}

/// Adds the event's path and method to the definition of its API, when SAM wrote that.
fn add_path(work: &mut Work<'_>, kind: &Description, route: &Route) -> Result<()> {
    let api = work.resource(&route.api);
    let of = api
        .and_then(|entry| entry.node.get("Type"))
        .and_then(Node::as_str);
    let is_other = of == Some("AWS::Serverless::HttpApi") && of != Some(kind.kind);
    let Some(entry) = api.filter(|_| !is_other) else {
        return Err(Fault::event(
            &route.event,
            format!(
                "{} must be a valid reference to an '{}' resource in same template.",
                kind.id_property, kind.kind
            ),
        ));
    };
    let span = entry.key_span;
    let properties = entry.node.get("Properties");
    let body = properties.and_then(|properties| properties.get("DefinitionBody"));
    let is_managed = properties
        .and_then(|properties| properties.get(MANAGED))
        .is_some_and(is_truthy);
    if !is_managed || !(kind.is_valid)(body) {
        return Ok(());
    }
    let paths = work
        .properties_mut(&route.api)
        .and_then(|properties| properties.get_mut("DefinitionBody")?.as_map_mut())
        .and_then(|body| body.get_mut("paths")?.as_map_mut());
    match paths {
        Some(paths) => Paths(paths).add(&route.path, &route.method, span),
        None => Ok(()),
    }
}

fn set_attributes(work: &mut Work<'_>, kind: &Description, found: &Found, span: Span) {
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
fn set_path_conditions(work: &mut Work<'_>, kind: &Description, found: &Found, span: Span) {
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
