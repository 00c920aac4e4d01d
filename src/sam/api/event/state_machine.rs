//! The routes of state machines: a method that starts an execution.
//!
//! Source: the translator's `model/stepfunctions/events.py`, class `Api`.

use crate::sam::build::map;
use crate::sam::event::Event;
use crate::sam::fault::Result;
use crate::sam::intrinsic::sub;
use crate::sam::value::{is_true, truthy};
use crate::sam::work::Work;
use crate::template::{Node, Value};

use super::super::definition::MANAGED;
use super::super::editor::{Editor, StartExecution};
use super::{Route, auth, put_back, refuse_second};

/// What a route starts.
pub(crate) struct StateMachine<'a> {
    /// The state machine's logical id.
    pub id: &'a str,
    /// The ARN of the role that may start it.
    pub role: Node,
    /// The state machine's own `Condition`.
    pub condition: Option<&'a Node>,
}

/// Adds the route of a state machine's `Api` event to the definition of its API, when SAM wrote that.
///
/// # Errors
/// What the event says does not fit the API.
pub(crate) fn add_state_machine(
    work: &mut Work<'_>,
    event: &Event,
    machine: &StateMachine<'_>,
) -> Result<()> {
    let mut route = Route::read(work, event)?;
    route.stage = event.get("Stage").cloned();
    let Some(api) = route.api(work) else {
        return Ok(());
    };
    let body = api
        .get("DefinitionBody")
        .filter(|body| body.value != Value::Null);
    let (Some(body), Some(_)) = (body, truthy(api.get(MANAGED))) else {
        return Ok(());
    };
    let mut editor = Editor::of_path(body, route.path)?;
    refuse_second(&mut editor, &route)?;
    let span = event.span;
    let integration = StartExecution {
        uri: sub(
            span,
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution",
            None,
        ),
        credentials: machine.role.clone(),
        request_templates: map!(span; "application/json" => sub(span, template(event, machine.id), None)),
        condition: machine.condition,
    };
    editor.add_state_machine_integration(route.path, &route.method, &integration)?;
    if let Some(auth) = event.truthy("Auth") {
        let auth = event.owner().map(Some(auth), "Auth")?;
        auth::add(work, &route, api, auth, &mut editor)?;
    }
    put_back(work, &route.link.api, editor.into_map());
    Ok(())
}

/// The template of the request's body. With `UnescapeMappingTemplate` it gives JSON for input with single quotes too.
fn template(event: &Event, id: &str) -> String {
    let unescaped = match is_true(event.get("UnescapeMappingTemplate")) {
        true => ".replaceAll(\"\\\\'\",\"'\")",
        false => "",
    };
    format!(
        "{{\"input\": \"$util.escapeJavaScript($input.json('$')){unescaped}\", \"stateMachineArn\": \"${{{id}}}\"}}"
    )
}
