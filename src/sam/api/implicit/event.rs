//! The events of one function or state machine, and what they add to their APIs.

use crate::diag::Span;
use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::reference;
use crate::sam::value::{is_truthy, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node};

use super::super::definition::MANAGED;
use super::super::editor::path::Paths;
use super::{Description, Found, Route, api_id, event_names};

/// Reads the events of a function or state machine, and adds their paths to their APIs.
///
/// # Errors
/// The first event that is wrong, or an API.
pub(super) fn read_events(
    work: &mut Work<'_>,
    kind: &Description,
    id: &str,
    found: &mut Found,
) -> Result<()> {
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
    let here = |fault: Fault| fault.at(span);
    let path = owner
        .present(properties.get("Path"), "Path")
        .map_err(here)?;
    let method = owner
        .present(properties.get("Method"), "Method")
        .map_err(here)?;
    let api = owner.text(api, kind.id_property).map_err(here)?;
    let path = owner.text(Some(path), "Path").map_err(here)?;
    let method = owner.text(Some(method), "Method").map_err(here)?;
    Ok(Some(Route {
        event: name.to_owned(),
        api: api.to_owned(),
        path: path.to_owned(),
        method: method.to_owned(),
        condition: None,
        properties,
    }))
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
