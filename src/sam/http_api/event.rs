//! Routes of HTTP APIs: the `HttpApi` events of functions.
//!
//! Source: the translator's `model/eventsources/push.py`, class `HttpApi`.

use crate::sam::api::definition::MANAGED;
use crate::sam::api::editor::path::ANY;
use crate::sam::api::editor::policy::{is_variable, with_stars};
use crate::sam::api::implicit::api_id;
use crate::sam::event::{Event, Permission, Target, permission};
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{shorthand, sub};
use crate::sam::property::{Property, Shape, optional};
use crate::sam::resource::Resource;
use crate::sam::value::truthy;
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::editor::{DEFAULT_ROUTE, Editor, LambdaProxy};
use super::event_auth;

/// The properties of an `HttpApi` event.
pub(crate) const PROPERTIES: [Property; 8] = [
    optional("Path", Shape::Text),
    optional("Method", Shape::Text),
    optional("ApiId", Shape::Text),
    optional("Stage", Shape::Text),
    optional("Auth", Shape::Map),
    optional("TimeoutInMillis", Shape::Integer),
    optional("RouteSettings", Shape::Map),
    optional("PayloadFormatVersion", Shape::Text),
];

/// Finds the API of an event.
///
/// # Errors
/// An API that is not in the template.
pub(crate) fn link<'e>(work: &Work<'_>, event: &'e Event) -> Result<&'e str> {
    let id = event
        .owner()
        .text(event.get("ApiId").map(api_id), "ApiId")?;
    match work.resource(id) {
        Some(_) => Ok(id),
        None => Err(event.fault(
            "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in same template.",
        )),
    }
}

/// What an event becomes: the permission to call the function, unless the route `$default` of the API has one for it.
/// The route goes into the API's definition.
///
/// # Errors
/// What the event says does not fit the API.
pub(crate) fn expand(work: &mut Work<'_>, event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let api = link(work, event)?;
    let owner = event.owner();
    let path = owner.text(event.get("Path"), "Path")?;
    let method = owner.text(event.get("Method"), "Method")?.to_lowercase();
    let nothing = Map::new();
    let properties = work
        .resource(api)
        .and_then(|entry| entry.node.get("Properties")?.as_map())
        .unwrap_or(&nothing);
    let body = properties
        .get("DefinitionBody")
        .filter(|body| body.value != Value::Null);

    let mut made = Vec::new();
    if !is_permitted(api, truthy(body), path, target)? {
        made.push(function_permission(event, path, &method, target));
    }
    if let Some(body) = body {
        let route = Route {
            event,
            path,
            method: &method,
        };
        let editor = integrate(&route, (api, properties), body, target)?;
        let body = work
            .properties_mut(api)
            .and_then(|properties| properties.get_mut("DefinitionBody")?.as_map_mut());
        if let Some(body) = body {
            editor.put_back(body);
        }
    }
    Ok(made)
}

struct Route<'a> {
    event: &'a Event,
    path: &'a str,
    /// In small letters.
    method: &'a str,
}

/// The path as API Gateway keeps it: without a slash at the end.
fn trimmed(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some("") | None => path,
        Some(path) => path,
    }
}

/// Whether the API's route `$default` calls the function: its permission is one for every route.
fn is_permitted(api: &str, body: Option<&Node>, path: &str, target: &Target) -> Result<bool> {
    let Some(body) = body else {
        return Ok(false);
    };
    let mut editor = Editor::of_path(body, DEFAULT_ROUTE)
        .map_err(|fault| Fault::resource(api, fault.to_string()))?;
    match trimmed(path) {
        DEFAULT_ROUTE => Ok(false),
        _ => editor.calls(DEFAULT_ROUTE, ANY, &target.made_id),
    }
}

fn function_permission(event: &Event, path: &str, method: &str, target: &Target) -> Resource {
    let path = match trimmed(path) {
        DEFAULT_ROUTE => String::new(),
        path => with_stars(path, |name| name == "proxy+" || is_variable(name)),
    };
    let route = match method {
        // One star would be too many: https://github.com/aws/serverless-application-model/issues/1860
        "any" if path == "/$default" => path,
        "any" | ANY => format!("/*{path}"),
        method => format!("/{}{path}", method.to_uppercase()),
    };
    let span = event.span;
    let api = event.get("ApiId").cloned();
    let mut variables = Map::new();
    variables.insert(
        "__ApiId__",
        span,
        api.unwrap_or(Node::new(span, Value::Null)),
    );
    variables.insert("__Stage__", span, Node::string(span, "*"));
    let source = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}{route}"
    );
    permission(
        event,
        target,
        "apigateway.amazonaws.com",
        Permission {
            source_arn: Some(sub(span, source, Some(variables))),
            ..Permission::default()
        },
    )
}

/// The part of the API's definition that the event's route is in.
fn integrate(route: &Route<'_>, api: (&str, &Map), body: &Node, target: &Target) -> Result<Editor> {
    let Route {
        event,
        path,
        method,
    } = *route;
    let mut editor = Editor::of_path(body, path)?;
    let is_managed = truthy(api.1.get(MANAGED)).is_some();
    if is_managed && editor.paths()?.has_integration(path, method)? {
        return Err(event.fault(format!(
            "API method '{method}' defined multiple times for path '{path}'."
        )));
    }
    let function = shorthand(&target.arn).unwrap_or_default();
    let address = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{function}/invocations"
    );
    let lambda = LambdaProxy {
        uri: sub(event.span, address, None),
        condition: target.condition.as_ref(),
    };
    editor.add_lambda_integration(path, method, &lambda)?;
    if event.truthy("Auth").is_some() {
        event_auth::add(event, path, method, api, &mut editor)?;
    }
    if let Some(timeout) = event.truthy("TimeoutInMillis") {
        editor.add_timeout(path, method, timeout)?;
    }
    let names = variables(path);
    if !names.is_empty() {
        editor.add_path_parameters(path, method, &names)?;
    }
    if let Some(version) = event.truthy("PayloadFormatVersion") {
        editor.add_payload_version(path, method, version)?;
    }
    Ok(editor)
}

/// The names of a path's variables: `id` and `rest+` of `/pets/{id}/{rest+}`.
fn variables(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        names.push(name.to_owned());
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_variables() {
        assert_eq!(variables("/pets/{id}/{rest+}"), ["id", "rest+"]);
        assert!(variables("/pets/{id").is_empty());
    }

    #[test]
    fn api_gateway_keeps_no_slash_at_the_end() {
        assert_eq!((trimmed("/pets/"), trimmed("/")), ("/pets", "/"));
    }
}
