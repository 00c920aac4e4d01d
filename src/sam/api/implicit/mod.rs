//! The API that events without one belong to: `ServerlessRestApi`, and in the same way `ServerlessHttpApi`.
//!
//! The pass adds the paths of all events to the definitions that SAM wrote, those of explicit APIs too, makes the
//! implicit API when an event needs it, and puts conditions around paths whose functions all have one.
//! Source: the translator's `plugins/api/implicit_api_plugin.py` and `implicit_rest_api_plugin.py`.

mod condition;
mod event;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::definition::MANAGED;
use super::editor;
use crate::sam::build::map;
use crate::sam::check::is_listed;
use crate::sam::fault::{Fault, Result};
use crate::sam::python_order::{self, Keys};
use crate::sam::value::is_truthy;
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
        if let Err(fault) = event::read_events(work, kind, id, &mut found) {
            if !fault.is_event() {
                return Err(vec![fault]);
            }
            faults.push(fault.owned_by(id).at(*span));
        }
    }
    condition::set_attributes(work, kind, &found, span);
    condition::set_path_conditions(work, kind, &found, span);
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

/// The API's id behind a value: itself, or what `Ref` names.
pub(crate) fn api_id(value: &Node) -> &Node {
    value.get("Ref").unwrap_or(value)
}
