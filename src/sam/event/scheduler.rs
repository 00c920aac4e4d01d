//! `ScheduleV2`: EventBridge Scheduler, for functions and state machines.

use crate::template::{Map, Node};

use crate::sam::build::map;
use crate::sam::fault::{Fault, Result};
use crate::sam::property::{Property, Shape, optional, required};
use crate::sam::resource::Resource;
use crate::sam::role::{allow, trust};

use super::Event;
use super::rule;

pub(crate) const PROPERTIES: [Property; 16] = [
    optional("PermissionsBoundary", Shape::Text),
    required("ScheduleExpression", Shape::Text),
    optional("FlexibleTimeWindow", Shape::Map),
    optional("Name", Shape::Text),
    optional("State", Shape::Text),
    optional("Description", Shape::Text),
    optional("StartDate", Shape::Text),
    optional("EndDate", Shape::Text),
    optional("ScheduleExpressionTimezone", Shape::Text),
    optional("GroupName", Shape::Text),
    optional("KmsKeyArn", Shape::Text),
    optional("Input", Shape::Text),
    optional("RoleArn", Shape::Text),
    optional("DeadLetterConfig", Shape::Map),
    optional("RetryPolicy", Shape::Map),
    optional("OmitName", Shape::Bool).literal(),
];

/// What a schedule starts, and what that is called in the policies of its role.
pub(crate) struct Started<'a> {
    /// The ARN of the function, alias or state machine.
    pub arn: &'a Node,
    /// `lambda:InvokeFunction` or `states:StartExecution`.
    pub action: &'a str,
    /// Ends the name of the role's policy: `LambdaPolicy`, `StartExecutionPolicy`.
    pub policy: &'a str,
    /// The attributes for everything made from the SAM resource.
    pub passed: &'a Map,
}

/// The schedule, the queue for what cannot be delivered, and the role that starts the target.
pub(crate) fn expand(event: &Event, started: &Started<'_>) -> Result<Vec<Resource>> {
    let span = event.span;
    let window = match event.truthy("FlexibleTimeWindow") {
        Some(window) => window.clone(),
        None => map!(span; "Mode" => "OFF"),
    };
    let mut schedule = Resource::new(&event.id, "AWS::Scheduler::Schedule", span)
        .with_attributes(started.passed.clone())
        .with("State", event.truthy("State"))
        .with("Name", name(event)?)
        .with("FlexibleTimeWindow", window);
    for same in [
        "ScheduleExpression",
        "Description",
        "StartDate",
        "EndDate",
        "ScheduleExpressionTimezone",
        "GroupName",
        "KmsKeyArn",
    ] {
        schedule.set(same, event.get(same));
    }
    let queue = rule::queue(event, started.passed)?;
    let role = match event.truthy("RoleArn") {
        Some(_) => None,
        None => Some(role(event, started, queue.arn.as_ref())),
    };
    let role_arn = match &role {
        Some(role) => Some(role.attribute("Arn")),
        None => event.get("RoleArn").cloned(),
    };
    schedule.set(
        "Target",
        map!(span;
            "Arn" => started.arn,
            "RoleArn" => role_arn,
            "Input" => event.get("Input"),
            "DeadLetterConfig" => queue.config(),
            "RetryPolicy" => event.get("RetryPolicy")),
    );
    let mut made = vec![schedule];
    made.extend(queue.made);
    made.extend(role);
    Ok(made)
}

fn name(event: &Event) -> Result<Option<Node>> {
    match (event.truthy("OmitName"), event.truthy("Name")) {
        (Some(_), Some(name)) => {
            let message = "Name cannot be set when OmitName is True";
            Err(Fault::event(&event.id, message).at(name.span))
        }
        (Some(_), None) => Ok(None),
        (None, Some(name)) => Ok(Some(name.clone())),
        (None, None) => Ok(Some(Node::string(event.span, &event.id))),
    }
}

fn role(event: &Event, started: &Started<'_>, queue: Option<&Node>) -> Resource {
    let span = event.span;
    let mut policies = vec![allow(
        span,
        &format!("{}{}", event.id, started.policy),
        started.action,
        started.arn.clone(),
    )];
    if let Some(queue) = queue {
        let name = format!("{}SQSPolicy", event.id);
        policies.push(allow(span, &name, "sqs:SendMessage", queue.clone()));
    }
    Resource::new(format!("{}Role", event.id), "AWS::IAM::Role", span)
        .with_attributes(started.passed.clone())
        .with(
            "AssumeRolePolicyDocument",
            trust(span, "scheduler.amazonaws.com"),
        )
        .with("Policies", policies)
        .with("PermissionsBoundary", event.truthy("PermissionsBoundary"))
}
