//! A function's events.

use crate::template::{Map, Node};

use crate::sam::event::{self, Event, Target};
use crate::sam::fault::Result;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::text;
use crate::sam::work::Work;

use super::alias::callee;

/// Reads the events, in the order they are worked on: by path, so that the route `$default` of an API comes before the
/// others, and by name where there is no path.
pub(super) fn link(work: &Work<'_>, sam: &SamResource) -> Result<Vec<Event>> {
    let Some(events) = sam.truthy("Events").and_then(Node::as_map) else {
        return Ok(Vec::new());
    };
    let mut linked = work
        .order
        .entries(events)
        .into_iter()
        .map(|(name, entry)| event::link(work, &sam.id, name, entry))
        .collect::<Result<Vec<Event>>>()
        .map_err(|fault| fault.owned_by(&sam.id))?;
    linked.sort_by_key(|event| order(event, &event.properties));
    Ok(linked)
}

fn order(event: &Event, properties: &Map) -> String {
    properties
        .get("Path")
        .map_or_else(|| event.name.clone(), text)
}

/// What the events start: the alias when there is one.
pub(super) fn target(sam: &SamResource, function: &Resource, alias: Option<&Resource>) -> Target {
    Target {
        made_id: alias.unwrap_or(function).id.clone(),
        name: callee(function, alias),
        arn: match alias {
            Some(alias) => alias.reference(),
            None => function.attribute("Arn"),
        },
        passed: sam.passed_attributes(),
        condition: sam.attribute("Condition").cloned(),
    }
}

/// What the events become.
pub(super) fn resources(
    work: &mut Work<'_>,
    sam: &SamResource,
    target: &Target,
    role: &mut Resource,
    events: Vec<Event>,
) -> Result<Vec<Resource>> {
    let mut made = Vec::new();
    for event in events {
        let resources =
            event::expand(work, &event, target, role).map_err(|fault| fault.owned_by(&sam.id))?;
        made.extend(resources);
    }
    Ok(made)
}
