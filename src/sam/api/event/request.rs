//! What an event says of requests: the body's model and the parameters.

use crate::sam::fault::Result;
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::value::{is_truthy, text, truthy};
use crate::template::{Map, Node, Value};

use super::super::editor::Editor;
use super::super::editor::method::Parameter;
use super::Route;

/// Adds `RequestModel` and `RequestParameters` to the event's method. `api` are the properties of the API.
///
/// # Errors
/// A model the API does not have, malformed parameters.
pub(super) fn add(route: &Route<'_>, api: &Map, editor: &mut Editor) -> Result<()> {
    let model = route.event.truthy("RequestModel");
    if model.is_some() {
        let model = route.event.owner().map(model, "RequestModel")?;
        if let Some(name) = truthy(model.get("Model")) {
            add_model(route, api, model, name, editor)?;
        }
    }
    if let Some(parameters) = route.event.truthy("RequestParameters") {
        let parameters = route
            .event
            .owner()
            .list(Some(parameters), "RequestParameters")?;
        let parameters = parameters
            .iter()
            .map(|parameter| read_parameter(route, parameter))
            .collect::<Result<Vec<_>>>()?;
        editor.add_request_parameters(route.path, &route.method, &parameters)?;
    }
    Ok(())
}

fn add_model(
    route: &Route<'_>,
    api: &Map,
    model: &Map,
    name: &Node,
    editor: &mut Editor,
) -> Result<()> {
    let unable = |why: &str| {
        route
            .fault(format!(
                "Unable to set RequestModel [{}] on API method [{}] for path [{}] {why}",
                text(name),
                route.method,
                route.path
            ))
            .at(name.span)
    };
    let Some(models) = truthy(api.get("Models")) else {
        return Err(unable(
            "because the related API does not define any Models.",
        ));
    };
    if !is_intrinsic(models) && models.as_map().is_none() {
        return Err(unable(
            "because the related API Models defined is of invalid type.",
        ));
    }
    let Some(model_name) = name.as_str() else {
        return Err(unable(
            "because the related API does not contain valid Models.",
        ));
    };
    if truthy(models.get(model_name)).is_none() {
        return Err(unable("because it wasn't defined in the API's Models."));
    }
    let present = |name: &str| model.get(name).filter(|node| node.value != Value::Null);
    editor.add_request_model(route.path, &route.method, model_name, present("Required"))?;
    let (body, parameters) = (present("ValidateBody"), present("ValidateParameters"));
    if body.is_none() && parameters.is_none() {
        return Ok(());
    }
    let flag = |node: Option<&Node>| match node.map(|node| &node.value) {
        None => Some(false),
        Some(Value::Bool(flag)) => Some(*flag),
        Some(_) => None,
    };
    let (Some(body), Some(parameters)) = (flag(body), flag(parameters)) else {
        return Err(route.fault(format!(
            "Unable to set Validator to RequestModel [{model_name}] on API method [{}] for path [{}] ValidateBody and \
             ValidateParameters must be a boolean type, strings or intrinsics are not supported.",
            route.method, route.path
        )));
    };
    editor.add_request_validator(route.path, &route.method, body, parameters)
}

fn read_parameter(route: &Route<'_>, parameter: &Node) -> Result<Parameter> {
    let wrong = |why: &str| {
        route
            .fault(format!(
                "Invalid value for 'RequestParameters' property. {why}"
            ))
            .at(parameter.span)
    };
    let (name, settings) = match &parameter.value {
        Value::String(name) => (name.as_str(), None),
        Value::Map(map) => match map.iter().next() {
            Some((name, settings)) => (name, Some(settings)),
            None => ("", None),
        },
        _ => {
            return Err(wrong("Property must be either a string or an object"));
        }
    };
    let is_known = ["querystring.", "path.", "header."].iter().any(|place| {
        name.strip_prefix("method.request.")
            .is_some_and(|rest| rest.starts_with(place))
    });
    if !is_known {
        return Err(wrong(
            "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g \
             'method.request.header.Authorization'.",
        ));
    }
    let settings = match settings {
        None => None,
        Some(settings) => Some(
            settings
                .as_map()
                .filter(|map| map.keys().all(|key| matches!(key, "Required" | "Caching")))
                .ok_or_else(|| {
                    wrong("Values must be an object, e.g { Required: true, Caching: false }")
                })?,
        ),
    };
    let setting = |name: &str| settings.and_then(|settings| settings.get(name));
    Ok(Parameter {
        name: Node::string(parameter.span, name),
        required: setting("Required")
            .cloned()
            .unwrap_or(Node::new(parameter.span, Value::Bool(false))),
        is_cached: setting("Caching").is_some_and(is_truthy),
    })
}
