//! EventBridge rules: the events `Schedule`, `CloudWatchEvent` and `EventBridgeRule`, and the parts that the events of
//! state machines share with them.

use crate::template::{Map, Node};

use crate::sam::build::{list, map};
use crate::sam::fault::{Fault, Result};
use crate::sam::property::{Property, Shape, optional, required};
use crate::sam::resource::Resource;
use crate::sam::value::is_truthy;

use super::{Event, Permission, Target, permission};

pub(super) const SCHEDULE: [Property; 9] = [
    required("Schedule", Shape::Text),
    optional("RuleName", Shape::Text),
    optional("Input", Shape::Text),
    optional("Enabled", Shape::Bool),
    optional("State", Shape::Text),
    optional("Name", Shape::Text),
    optional("Description", Shape::Text),
    optional("DeadLetterConfig", Shape::Map),
    optional("RetryPolicy", Shape::Map),
];

pub(super) const RULE: [Property; 11] = [
    optional("EventBusName", Shape::Text),
    optional("RuleName", Shape::Text),
    optional("Pattern", Shape::Map),
    optional("DeadLetterConfig", Shape::Map),
    optional("RetryPolicy", Shape::Map),
    optional("Input", Shape::Text),
    optional("InputPath", Shape::Text),
    optional("Target", Shape::Map),
    optional("Enabled", Shape::Bool),
    optional("State", Shape::Text),
    optional("InputTransformer", Shape::Map),
];

const PRINCIPAL: &str = "events.amazonaws.com";

/// The most characters that the id of a rule's target may have.
/// Source: EventBridge API reference, "Target".
const MAX_TARGET_ID: usize = 64;

/// `Schedule`: a rule with a schedule.
pub(super) fn schedule(event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let mut rule = new_rule(event, target)
        .with("ScheduleExpression", event.get("Schedule"))
        .with("Name", event.get("Name"))
        .with("Description", event.get("Description"));
    set_state(event, &mut rule)?;
    let queue = dead_letter(event, &rule.attribute("Arn"), &target.passed)?;
    let id = target_id(&event.id, "LambdaTarget");
    rule.set(
        "Targets",
        list!(event.span; target_node(event, target, Node::string(event.span, id), &queue)),
    );
    let permitted = permit(event, target, &rule);
    let mut made = vec![rule];
    made.extend(queue.made);
    made.push(permitted);
    Ok(made)
}

/// `CloudWatchEvent` and `EventBridgeRule`: a rule with a pattern.
pub(super) fn pattern(event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let mut rule = new_rule(event, target)
        .with("EventBusName", event.get("EventBusName"))
        .with("EventPattern", event.get("Pattern"))
        .with("Name", event.get("RuleName"));
    let queue = dead_letter(event, &rule.attribute("Arn"), &target.passed)?;
    set_state(event, &mut rule)?;
    let id = match event.get("Target").and_then(|target| target.get("Id")) {
        Some(id) => id.clone(),
        None => Node::string(event.span, target_id(&event.id, "LambdaTarget")),
    };
    rule.set(
        "Targets",
        list!(event.span; target_node(event, target, id, &queue)),
    );
    let permitted = permit(event, target, &rule);
    let mut made = queue.made;
    made.push(rule);
    made.push(permitted);
    Ok(made)
}

fn new_rule(event: &Event, target: &Target) -> Resource {
    Resource::new(&event.id, "AWS::Events::Rule", event.span).with_attributes(target.passed.clone())
}

fn permit(event: &Event, target: &Target, rule: &Resource) -> Resource {
    let source = Permission {
        source_arn: Some(rule.attribute("Arn")),
        ..Permission::default()
    };
    permission(event, target, PRINCIPAL, source)
}

fn target_node(event: &Event, target: &Target, id: Node, queue: &DeadLetter) -> Node {
    let span = event.span;
    map!(span;
        "Arn" => &target.arn,
        "Id" => id,
        "Input" => event.get("Input"),
        "InputPath" => event.get("InputPath"),
        "DeadLetterConfig" => queue.config(),
        "RetryPolicy" => event.get("RetryPolicy"),
        "InputTransformer" => event.get("InputTransformer"))
}

/// `State`, or the older `Enabled`, as the rule's `State`.
///
/// # Errors
/// Both of them.
pub(crate) fn set_state(event: &Event, rule: &mut Resource) -> Result<()> {
    let (state, enabled) = (event.truthy("State"), event.get("Enabled"));
    if state.is_some() && enabled.is_some() {
        return Err(event.fault("State and Enabled Properties cannot both be specified."));
    }
    rule.set("State", state);
    if let Some(enabled) = enabled {
        let state = if is_truthy(enabled) {
            "ENABLED"
        } else {
            "DISABLED"
        };
        rule.set("State", state);
    }
    Ok(())
}

/// The id of a rule's target: a logical id and a suffix, cut to what EventBridge takes.
pub(crate) fn target_id(logical_id: &str, suffix: &str) -> String {
    let kept = MAX_TARGET_ID.saturating_sub(suffix.len());
    let start: String = logical_id.chars().take(kept).collect();
    format!("{start}{suffix}")
}

/// Where events go that cannot be delivered.
#[derive(Default)]
pub(crate) struct DeadLetter {
    /// The queue's ARN; none when the event has no `DeadLetterConfig`.
    pub arn: Option<Node>,
    /// The queue and its policy, when SAM makes them.
    pub made: Vec<Resource>,
}

impl DeadLetter {
    /// `{"Arn": …}`, for a target.
    pub(crate) fn config(&self) -> Option<Node> {
        self.arn.as_ref().map(|arn| map!(arn.span; "Arn" => arn))
    }
}

/// Checks `DeadLetterConfig` and makes the queue that `Type: SQS` asks for.
///
/// # Errors
/// Both `Arn` and `Type`, neither, or another type.
pub(crate) fn queue(event: &Event, attributes: &Map) -> Result<DeadLetter> {
    let Some(config) = event.get("DeadLetterConfig") else {
        return Ok(DeadLetter::default());
    };
    let fault = |message: &str| Err(Fault::event(&event.id, message).at(config.span));
    let (arn, kind) = (config.get("Arn"), config.get("Type"));
    match (arn, kind) {
        (Some(_), Some(_)) => {
            return fault("You can either define 'Arn' or 'Type' property of DeadLetterConfig.");
        }
        (None, None) => {
            return fault("No 'Arn' or 'Type' property provided for DeadLetterConfig.");
        }
        (None, Some(kind)) if kind.as_str() != Some("SQS") => {
            return fault("The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.");
        }
        _ => {}
    }
    if let Some(arn) = arn {
        return Ok(DeadLetter {
            arn: Some(arn.clone()),
            made: Vec::new(),
        });
    }
    let id = match config.get("QueueLogicalId").map(|id| (id.as_str(), id)) {
        None | Some((Some(""), _)) => format!("{}Queue", event.id),
        Some((Some(id), _)) => id.to_owned(),
        Some((None, _)) => return fault("QueueLogicalId must be a string"),
    };
    let queue =
        Resource::new(id, "AWS::SQS::Queue", config.span).with_attributes(attributes.clone());
    Ok(DeadLetter {
        arn: Some(queue.attribute("Arn")),
        made: vec![queue],
    })
}

/// The same, with the policy that lets a rule send to the queue that SAM makes.
///
/// # Errors
/// As [`queue`].
pub(crate) fn dead_letter(event: &Event, rule_arn: &Node, attributes: &Map) -> Result<DeadLetter> {
    let mut letter = queue(event, attributes)?;
    let Some(queue) = letter.made.first() else {
        return Ok(letter);
    };
    let span = queue.span;
    let statement = map!(span;
        "Action" => "sqs:SendMessage",
        "Effect" => "Allow",
        "Principal" => map!(span; "Service" => PRINCIPAL),
        "Resource" => queue.attribute("Arn"),
        "Condition" => map!(span; "ArnEquals" => map!(span; "aws:SourceArn" => rule_arn)));
    let policy = Resource::new(
        format!("{}QueuePolicy", event.id),
        "AWS::SQS::QueuePolicy",
        span,
    )
    .with_attributes(attributes.clone())
    .with(
        "PolicyDocument",
        map!(span; "Version" => "2012-10-17", "Statement" => list!(span; statement)),
    )
    .with("Queues", list!(span; queue.reference()));
    letter.made.push(policy);
    Ok(letter)
}
