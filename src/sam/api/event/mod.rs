//! Routes of REST APIs: the `Api` events of functions, and what those of state machines share with them.
//!
//! Source: the translator's `model/eventsources/push.py`, class `Api`.

mod auth;
mod merge;
mod request;
mod state_machine;

use crate::sam::event::{Event, Permission, Target, permission};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{shorthand, sub};
use crate::sam::property::{Property, Shape, optional, required};
use crate::sam::resource::Resource;
use crate::sam::value::{is_text, is_truthy, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::definition::MANAGED;
use super::editor::policy::without_names;
use super::editor::{self, Editor, LambdaProxy};
use super::implicit::api_id;

pub(crate) use state_machine::{StateMachine, add_state_machine};

/// The properties of a function's `Api` event.
pub(crate) const PROPERTIES: [Property; 9] = [
    required("Path", Shape::Text),
    required("Method", Shape::Text),
    required("RestApiId", Shape::Text),
    optional("Stage", Shape::Text),
    optional("Auth", Shape::Map),
    optional("RequestModel", Shape::Map),
    optional("RequestParameters", Shape::List),
    optional("TimeoutInMillis", Shape::Integer),
    optional("ResponseTransferMode", Shape::Text),
];

/// The API an event belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// Its logical id.
    pub api: String,
    /// Its stage's name; `Stage` when that is a function.
    pub stage: String,
}

/// Finds the API of an event, of a function or of a state machine.
///
/// # Errors
/// An API that is not in the template or is malformed.
pub(crate) fn link(work: &Work<'_>, event: &Event) -> Result<Link> {
    let id = event
        .owner()
        .text(event.get("RestApiId").map(api_id), "RestApiId")?;
    let declaration = event.owner().map_or(
        work.resource(id).map(|entry| &entry.node),
        "RestApiId property of Api event must reference a valid resource in the same template.",
    )?;
    let stage = match declaration.get("Properties") {
        None => None,
        properties => Owner::Attribute(id)
            .map(properties, "Properties")?
            .get("StageName"),
    };
    let stage = match stage.map(|stage| (stage, stage.as_str())) {
        Some((stage, Some(""))) => {
            return Err(Fault::resource(id, "StageName cannot be empty.").at(stage.span));
        }
        Some((_, Some(name))) => name,
        _ => "Stage",
    };
    Ok(Link {
        api: id.to_owned(),
        stage: stage.to_owned(),
    })
}

/// A route: where an event's path and method are, and what is said of them.
struct Route<'a> {
    event: &'a Event,
    path: &'a str,
    /// In small letters, as the messages have it.
    method: String,
    link: Link,
    /// The stage's name, as the resource policy has it.
    stage: Option<Node>,
}

impl<'a> Route<'a> {
    fn read(work: &Work<'_>, event: &'a Event) -> Result<Self> {
        let link = link(work, event)?;
        let owner = event.owner();
        Ok(Route {
            event,
            path: owner.text(event.get("Path"), "Path")?,
            method: owner.text(event.get("Method"), "Method")?.to_lowercase(),
            stage: None,
            link,
        })
    }

    fn api<'w>(&self, work: &'w Work<'_>) -> Option<&'w Map> {
        work.resource(&self.link.api)?
            .node
            .get("Properties")?
            .as_map()
    }

    /// A fault of the event.
    fn fault(&self, message: impl Into<String>) -> Fault {
        self.event.fault(message)
    }
}

/// What a function's event becomes: the permission to call the function. The route goes into the API's definition, when
/// SAM wrote that or merges into it.
///
/// # Errors
/// What the event says does not fit the API.
pub(crate) fn expand(work: &mut Work<'_>, event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let mut route = Route::read(work, event)?;
    route.stage = Some(Node::string(event.span, &route.link.stage));
    let permission = function_permission(work, &route, target);
    let Some(api) = route.api(work) else {
        return Ok(vec![permission]);
    };
    let is_merged = truthy(api.get("MergeDefinitions")).is_some();
    if (is_merged || truthy(api.get(MANAGED)).is_some())
        && let Some(part) = integrate(work, &route, api, target, is_merged)?
    {
        put_back(work, &route.link.api, part);
    }
    if let Some(body) = override_auth(work, &route)? {
        set_body(work, &route.link.api, body);
    }
    Ok(vec![permission])
}

fn set_body(work: &mut Work<'_>, api: &str, body: Node) {
    if let Some(properties) = work.properties_mut(api) {
        properties.insert("DefinitionBody", body.span, body);
    }
}

/// Puts the part of a definition that a route is in into the whole.
fn put_back(work: &mut Work<'_>, api: &str, part: Map) {
    let body = work
        .properties_mut(api)
        .and_then(|properties| properties.get_mut("DefinitionBody")?.as_map_mut());
    if let Some(body) = body {
        editor::path::put_back(part, body);
    }
}

fn function_permission(work: &Work<'_>, route: &Route<'_>, target: &Target) -> Resource {
    let event = route.event;
    let partition = crate::eval::partition(work.context.region);
    // API Gateway takes a slash at the end away.
    let path = match route.path.strip_suffix('/') {
        Some("") | None => route.path,
        Some(path) => path,
    };
    let path = without_names(path);
    let method = match route.method.as_str() {
        "any" => "*".to_owned(),
        method => method.to_uppercase(),
    };
    let mut variables = Map::new();
    let api = event.get("RestApiId").cloned();
    let api = api.unwrap_or(Node::new(event.span, Value::Null));
    variables.insert("__ApiId__", event.span, api);
    variables.insert("__Stage__", event.span, Node::string(event.span, "*"));
    let source = format!(
        "arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{method}{path}"
    );
    permission(
        event,
        target,
        "apigateway.amazonaws.com",
        Permission {
            source_arn: Some(sub(event.span, source, Some(variables))),
            suffix: route.link.stage.clone(),
            ..Permission::default()
        },
    )
}

/// The part of the API's definition that the event's route is in.
fn integrate(
    work: &Work<'_>,
    route: &Route<'_>,
    api: &Map,
    target: &Target,
    is_merged: bool,
) -> Result<Option<Map>> {
    let Some(body) = api
        .get("DefinitionBody")
        .filter(|body| body.value != Value::Null)
    else {
        return Ok(None);
    };
    let event = route.event;
    let mut editor = match is_merged {
        // What is generated must not depend on what the user wrote.
        true => Editor::new(Some(&editor::skeleton(event.span)))?,
        false => Editor::of_path(body, route.path)?,
    };
    refuse_second(&mut editor, route)?;
    let nothing = Map::new();
    let method_auth = match event.truthy("Auth") {
        None => &nothing,
        auth => event.owner().map(auth, "Auth")?,
    };
    let api_auth = match truthy(api.get("Auth")) {
        None => &nothing,
        auth => Owner::Resource(&route.link.api).map(auth, "Auth")?,
    };
    let streams = is_text(event.get("ResponseTransferMode"), "RESPONSE_STREAM");
    let partition = crate::eval::partition(work.context.region);
    let lambda = LambdaProxy {
        uri: address(event, target, partition, streams),
        credentials: credentials(event, method_auth, api_auth, partition),
        condition: target.condition.as_ref(),
        streams,
    };
    editor.add_lambda_integration(route.path, &route.method, &lambda)?;
    if !method_auth.is_empty() {
        auth::add(work, route, api, method_auth, &mut editor)?;
    }
    if let Some(timeout) = event.truthy("TimeoutInMillis") {
        editor.add_timeout(route.path, &route.method, timeout)?;
    }
    request::add(route, api, &mut editor)?;
    match is_merged {
        true => merge::merged(&route.link.api, route.path, &route.method, body, editor).map(Some),
        false => Ok(Some(editor.into_map())),
    }
}

fn refuse_second(editor: &mut Editor, route: &Route<'_>) -> Result<()> {
    if editor.paths()?.has_integration(route.path, &route.method)? {
        return Err(route.fault(format!(
            "API method \"{}\" defined multiple times for path \"{}\".",
            route.method, route.path
        )));
    }
    Ok(())
}

/// Where API Gateway calls the function.
fn address(event: &Event, target: &Target, partition: &str, streams: bool) -> Node {
    let (version, last) = match streams {
        true => ("2021-11-15", "response-streaming-invocations"),
        false => ("2015-03-31", "invocations"),
    };
    let function = shorthand(&target.arn).unwrap_or_default();
    sub(
        event.span,
        format!(
            "arn:{partition}:apigateway:${{AWS::Region}}:lambda:path/{version}/functions/{function}/{last}"
        ),
        None,
    )
}

/// With IAM the caller's own rights call the function, unless a role is named.
fn credentials(event: &Event, method: &Map, api: &Map, partition: &str) -> Option<Node> {
    let uses_iam = is_text(method.get("Authorizer"), "AWS_IAM")
        || (is_text(api.get("DefaultAuthorizer"), "AWS_IAM") && method.is_empty());
    if !uses_iam {
        return None;
    }
    let none = Node::string(event.span, "NONE");
    let role = |auth: &Map| {
        let role = auth.get("InvokeRole")?;
        Some(truthy(Some(role)).unwrap_or(&none).clone())
    };
    let role = role(method).or_else(|| role(api));
    match role {
        Some(role) if is_text(Some(&role), "NONE") => None,
        Some(role) if !is_text(Some(&role), "CALLER_CREDENTIALS") => Some(role),
        _ => Some(Node::string(
            event.span,
            format!("arn:{partition}:iam::*:user/*"),
        )),
    }
}

/// `OverrideApiAuth`: what the event says of authorization counts in a definition of the user's own too.
fn override_auth(work: &Work<'_>, route: &Route<'_>) -> Result<Option<Node>> {
    let Some(api) = route.api(work) else {
        return Ok(None);
    };
    let auth = route.event.truthy("Auth").and_then(Node::as_map);
    let Some(auth) = auth.filter(|auth| truthy(auth.get("OverrideApiAuth")).is_some()) else {
        return Ok(None);
    };
    let Some(body) = truthy(api.get("DefinitionBody")) else {
        return Ok(None);
    };
    let says_something = ["Authorizer", "ApiKeyRequired", "ResourcePolicy"]
        .iter()
        .any(|name| auth.get(name).is_some_and(is_truthy));
    if !says_something {
        return Err(route.fault(
            "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.",
        ));
    }
    let mut editor = Editor::new(Some(body))?;
    auth::add(work, route, api, auth, &mut editor)?;
    Ok(Some(editor.into_node()))
}
