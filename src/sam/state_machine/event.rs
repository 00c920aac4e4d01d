//! What starts a state machine: schedules, rules, and routes of REST APIs.

use crate::template::{Entry, Map, Node};

use crate::sam::api::event::{StateMachine, add_state_machine};
use crate::sam::build::{list, map};
use crate::sam::event::rule::{self, DeadLetter, target_id};
use crate::sam::event::{Event, scheduler};
use crate::sam::fault::{Fault, Result};
use crate::sam::property::{Property, Shape, optional, required};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::role::{allow, trust};
use crate::sam::value::{python_type, text};
use crate::sam::work::Work;

const SCHEDULE: [Property; 10] = [
    required("Schedule", Shape::Text),
    optional("Input", Shape::Text),
    optional("Enabled", Shape::Bool),
    optional("State", Shape::Text),
    optional("Name", Shape::Text),
    optional("Description", Shape::Text),
    optional("DeadLetterConfig", Shape::Map),
    optional("RetryPolicy", Shape::Map),
    optional("Target", Shape::Map).literal(),
    optional("RoleArn", Shape::Text).literal(),
];

const RULE: [Property; 10] = [
    optional("EventBusName", Shape::Text),
    optional("RuleName", Shape::Text),
    optional("Pattern", Shape::Map),
    optional("Input", Shape::Text),
    optional("InputPath", Shape::Text),
    optional("DeadLetterConfig", Shape::Map),
    optional("RetryPolicy", Shape::Map),
    optional("State", Shape::Text),
    optional("Target", Shape::Map).literal(),
    optional("InputTransformer", Shape::Map),
];

const API: [Property; 6] = [
    required("Path", Shape::Text),
    required("Method", Shape::Text),
    required("RestApiId", Shape::Text),
    optional("Stage", Shape::Text),
    optional("Auth", Shape::Map),
    optional("UnescapeMappingTemplate", Shape::Bool).literal(),
];

/// What events start: the state machine or its alias.
pub(crate) struct Started {
    /// `{"Ref": id}`, which is the ARN.
    pub arn: Node,
    /// The logical id of the state machine or alias.
    pub made_id: String,
    /// The attributes for everything made from the SAM resource.
    pub passed: Map,
    /// The boundary of the roles made for events.
    pub boundary: Option<Node>,
}

/// Reads and checks the events.
pub(super) fn link(work: &Work<'_>, sam: &SamResource) -> Result<Vec<Event>> {
    let events = sam.truthy("Events").and_then(Node::as_map);
    events
        .into_iter()
        .flat_map(|events| work.order.entries(events))
        .map(|(name, entry)| one(work, &sam.id, name, entry))
        .collect::<Result<Vec<Event>>>()
        .map_err(|fault| fault.owned_by(&sam.id))
}

fn one(work: &Work<'_>, owner: &str, name: &str, entry: &Entry) -> Result<Event> {
    if entry.node.as_map().is_none() {
        let message = format!(
            "'{}' object has no attribute 'get'",
            python_type(&entry.node)
        );
        return Err(Fault::event(name, message).at(entry.node.span));
    }
    let kind = entry.node.get("Type");
    let table: &[Property] = match kind.and_then(Node::as_str) {
        Some("Schedule") => &SCHEDULE,
        Some("ScheduleV2") => &scheduler::PROPERTIES,
        Some("CloudWatchEvent" | "EventBridgeRule") => &RULE,
        Some("Api") => &API,
        _ => {
            let kind = kind.map_or_else(|| "None".into(), text);
            let message = format!(
                "Resource dict has missing or invalid value for key Type. Event Type is: {kind}."
            );
            return Err(Fault::event(name, message).at(entry.key_span));
        }
    };
    let event = Event::read(owner, name, entry)?;
    event.check(table)?;
    if event.kind == "Api" {
        crate::sam::api::event::link(work, &event)?;
    }
    Ok(event)
}

/// What the events become.
pub(super) fn resources(
    work: &mut Work<'_>,
    started: &Started,
    events: Vec<Event>,
) -> Result<Vec<Resource>> {
    let mut made = Vec::new();
    for event in &events {
        made.extend(match event.kind.as_str() {
            "Schedule" => schedule(event, started)?,
            "ScheduleV2" => scheduled(event, started)?,
            "Api" => {
                let role = role(event, started, "apigateway.amazonaws.com");
                let machine = StateMachine {
                    id: &started.made_id,
                    role: role.attribute("Arn"),
                    condition: started.passed.get("Condition"),
                };
                add_state_machine(work, event, &machine)?;
                vec![role]
            }
            _ => pattern(event, started)?,
        });
    }
    Ok(made)
}

fn scheduled(event: &Event, started: &Started) -> Result<Vec<Resource>> {
    scheduler::expand(
        event,
        &scheduler::Started {
            arn: &started.arn,
            action: "states:StartExecution",
            policy: "StartExecutionPolicy",
            passed: &started.passed,
        },
    )
}

fn new_rule(event: &Event, started: &Started) -> Resource {
    Resource::new(&event.id, "AWS::Events::Rule", event.span)
        .with_attributes(started.passed.clone())
}

fn schedule(event: &Event, started: &Started) -> Result<Vec<Resource>> {
    let mut rule = new_rule(event, started)
        .with("ScheduleExpression", event.get("Schedule"))
        .with("Name", event.get("Name"))
        .with("Description", event.get("Description"));
    rule::set_state(event, &mut rule)?;
    let role = match event.get("RoleArn") {
        Some(_) => None,
        None => Some(role(event, started, "events.amazonaws.com")),
    };
    let role_arn = match &role {
        Some(role) => Some(role.attribute("Arn")),
        None => event.get("RoleArn").cloned(),
    };
    let queue = rule::dead_letter(event, &rule.attribute("Arn"), &started.passed)?;
    let target = target(event, started, role_arn, &queue);
    rule.set("Targets", list!(event.span; target));
    let mut made = vec![rule];
    made.extend(role);
    made.extend(queue.made);
    Ok(made)
}

fn pattern(event: &Event, started: &Started) -> Result<Vec<Resource>> {
    let mut rule = new_rule(event, started)
        .with("EventBusName", event.get("EventBusName"))
        .with("EventPattern", event.get("Pattern"))
        .with("Name", event.get("RuleName"))
        .with("State", event.truthy("State"));
    let role = role(event, started, "events.amazonaws.com");
    let queue = rule::dead_letter(event, &rule.attribute("Arn"), &started.passed)?;
    let target = target(event, started, Some(role.attribute("Arn")), &queue);
    rule.set("Targets", list!(event.span; target));
    let mut made = vec![rule, role];
    made.extend(queue.made);
    Ok(made)
}

fn target(event: &Event, started: &Started, role: Option<Node>, queue: &DeadLetter) -> Node {
    let span = event.span;
    let id = match event.get("Target").and_then(|target| target.get("Id")) {
        Some(id) => id.clone(),
        None => Node::string(span, target_id(&event.id, "StepFunctionsTarget")),
    };
    map!(span;
        "Arn" => &started.arn,
        "Id" => id,
        "RoleArn" => role,
        "Input" => event.get("Input"),
        "InputPath" => event.get("InputPath"),
        "DeadLetterConfig" => queue.config(),
        "RetryPolicy" => event.get("RetryPolicy"),
        "InputTransformer" => event.get("InputTransformer"))
}

/// The role in which a service starts the state machine.
fn role(event: &Event, started: &Started, service: &str) -> Resource {
    let span = event.span;
    let id = format!("{}Role", event.id);
    let policy = allow(
        span,
        &format!("{id}StartExecutionPolicy"),
        "states:StartExecution",
        started.arn.clone(),
    );
    Resource::new(id, "AWS::IAM::Role", span)
        .with_attributes(started.passed.clone())
        .with("AssumeRolePolicyDocument", trust(span, service))
        .with("Policies", list!(span; policy))
        .with("PermissionsBoundary", started.boundary.as_ref())
}
