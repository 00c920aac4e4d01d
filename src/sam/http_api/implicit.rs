//! The API that `HttpApi` events without one belong to.
//!
//! Source: the translator's `plugins/api/implicit_http_api_plugin.py`.

use crate::sam::api::editor::path::ANY;
use crate::sam::api::implicit::{Description, Route, add};
use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::if_only;
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::definition::skeleton;
use super::editor::{self, DEFAULT_ROUTE};

const HTTP: Description = Description {
    kind: "AWS::Serverless::HttpApi",
    event: "HttpApi",
    id_property: "ApiId",
    id: "ServerlessHttpApi",
    condition: "ServerlessHttpApiCondition",
    stage: None,
    skeleton,
    is_valid: editor::is_valid,
    default_route: Some((DEFAULT_ROUTE, ANY)),
    settings,
};

/// The pass for HTTP APIs.
pub(crate) fn http(work: &mut Work<'_>) -> std::result::Result<(), Vec<Fault>> {
    add(work, &HTTP)
}

/// An event's `RouteSettings` are those of its route in the API's stage.
fn settings(work: &mut Work<'_>, route: &Route) -> Result<()> {
    let Some(entry) = route.properties.entry("RouteSettings") else {
        return Ok(());
    };
    let span = entry.key_span;
    // The method stands before the path, unless the route takes all.
    let name = match route.method.as_str() {
        ANY => route.path.clone(),
        method => format!("{} {}", method.to_uppercase(), route.path),
    };
    if !has_properties(work, &route.api) {
        return Ok(());
    }
    let Some(api) = work.properties_mut(&route.api) else {
        return Ok(());
    };
    if !api.contains_key("RouteSettings") {
        put(api, span, "RouteSettings", Map::new());
    }
    Owner::Resource(&route.api).map(api.get("RouteSettings"), "RouteSettings")?;
    let own = match &route.condition {
        Some(condition) => if_only(span, condition, &entry.node),
        None => entry.node.clone(),
    };
    let own = Owner::Event(&route.event).map(Some(&own), "RouteSettings")?;
    let Some(all) = api.get_mut("RouteSettings").and_then(Node::as_map_mut) else {
        return Ok(());
    };
    if !all.contains_key(&name) {
        put(all, span, name.as_str(), Map::new());
    }
    let Some(there) = all.get_mut(&name) else {
        return Ok(());
    };
    let Value::Map(there) = &mut there.value else {
        let message = format!("Property 'RouteSettings.{name}' should be a map.");
        return Err(Fault::resource(&route.api, message).at(span));
    };
    for (key, entry) in own.entries() {
        there.insert(key, entry.key_span, entry.node.clone());
    }
    Ok(())
}

/// Whether an API has properties, or is one of SAM's, which get them.
fn has_properties(work: &Work<'_>, api: &str) -> bool {
    work.resource(api).is_some_and(|entry| {
        let kind = entry.node.get("Type").and_then(Node::as_str);
        kind.is_some_and(|kind| kind.starts_with("AWS::Serverless::"))
            || entry.node.get("Properties").is_some()
    })
}
