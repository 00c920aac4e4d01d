//! The definitions of APIs that come without one.
//!
//! Source: the translator's `plugins/api/default_definition_body_plugin.py` and `fix_openapi_definitions` of
//! `plugins/globals/globals.py`.

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use super::editor;
use crate::sam::build::put;
use crate::sam::check::is_listed;
use crate::sam::fault::Fault;
use crate::sam::value::{is_truthy, text, truthy};
use crate::sam::work::Work;

/// Marks an API whose definition SAM wrote: events add their routes to it. A user's own definition is left alone.
pub(crate) const MANAGED: &str = "__MANAGE_SWAGGER";

const KIND: &str = "AWS::Serverless::Api";

/// The pass: REST APIs that have neither `DefinitionBody` nor `DefinitionUri` get an empty definition.
pub(crate) fn add(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    add_to(work, KIND, editor::skeleton, false)
}

/// Gives the APIs of a type an empty definition, when they have none. `make` says whether those without any properties
/// get them.
///
/// # Errors
/// A `Condition` that is no text.
pub(crate) fn add_to(
    work: &mut Work<'_>,
    kind: &str,
    skeleton: fn(Span) -> Node,
    make: bool,
) -> Result<(), Vec<Fault>> {
    for id in work.ids(kind) {
        let Some(entry) = work.resource(&id) else {
            continue;
        };
        is_listed(&entry.node).map_err(|fault| vec![fault])?;
        let span = entry.key_span;
        if entry.node.get("Properties").is_none() && !make {
            continue;
        }
        let Some(properties) = work.properties_mut(&id) else {
            continue;
        };
        if truthy(properties.get("DefinitionBody")).is_some()
            || truthy(properties.get("DefinitionUri")).is_some()
        {
            continue;
        }
        put(properties, span, "DefinitionBody", skeleton(span));
        put(properties, span, MANAGED, true);
    }
    Ok(())
}

/// The pass: definitions that SAM wrote get the version that `OpenApiVersion` asks for. It runs after the globals,
/// which may set the version.
pub(crate) fn set_versions(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    for id in work.ids(KIND) {
        let Some(properties) = work
            .resources_mut()
            .get_mut(&id)
            .and_then(Node::as_map_mut)
            .and_then(|declaration| declaration.get_mut("Properties"))
            .and_then(Node::as_map_mut)
        else {
            continue;
        };
        set_version(properties);
    }
    Ok(())
}

fn set_version(properties: &mut Map) {
    let Some(version) = properties.get("OpenApiVersion").cloned() else {
        return;
    };
    if !properties.contains_key(MANAGED) || !editor::is_version_3(&version) {
        return;
    }
    let version = Node::new(version.span, Value::String(text(&version)));
    properties.insert("OpenApiVersion", version.span, version.clone());
    let Some(body) = properties
        .get_mut("DefinitionBody")
        .and_then(Node::as_map_mut)
    else {
        return;
    };
    body.insert("openapi", version.span, version);
    if body.get("swagger").is_some_and(is_truthy) {
        body.remove("swagger");
    }
}
