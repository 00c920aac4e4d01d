//! The events of functions: what starts them. One file for each service; routes of APIs are with the APIs.
//!
//! Source: the translator's `model/eventsources/push.py`, `pull.py` and `scheduler.py`.

mod bucket;
mod poll;
mod registry;
pub(crate) mod rule;
pub(crate) mod scheduler;
mod secret;
mod simple;
mod topic;
mod user_pool;

use crate::diag::{Span, nearest};
use crate::template::{Entry, Map, Node, Value};

use super::build::{IntoNode, put};
use super::expect::Owner;
use super::fault::{Fault, Result};
use super::logical_id;
use super::property::{self, Property};
use super::resource::{Resource, SamResource};
use super::value::{python_type, text, truthy};
use super::work::Work;
use super::{api, http_api};

/// One entry of `Events`.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its name in the template; faults name it.
    pub name: String,
    /// The id of what it becomes: the owner's id and the name.
    pub id: String,
    /// `SQS`, `Api`, …
    pub kind: String,
    /// Where the name stands.
    pub span: Span,
    /// Its properties.
    pub properties: Map,
}

/// What events start: a function, or the alias that stands for it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The logical id of the function or alias that is started.
    pub made_id: String,
    /// What permissions and event source mappings name: the function's name, or the alias (whose `Ref` is an ARN).
    pub name: Node,
    /// The ARN of the function or alias.
    pub arn: Node,
    /// The attributes for everything made from the SAM resource.
    pub passed: Map,
    /// The function's own `Condition`.
    pub condition: Option<Node>,
}

impl Event {
    /// Reads an entry of `Events`.
    ///
    /// # Errors
    /// An id that is not alphanumeric, properties that are no mapping.
    pub(crate) fn read(owner: &str, name: &str, entry: &Entry) -> Result<Self> {
        let id = format!("{owner}{name}");
        let SamResource {
            id,
            span,
            kind,
            properties,
            ..
        } = SamResource::read(&id, entry)?;
        Ok(Event {
            name: name.to_owned(),
            id,
            kind,
            span,
            properties,
        })
    }

    /// Checks the properties against the table of the event's type.
    ///
    /// # Errors
    /// The first fault; it names the id of what the event becomes.
    pub(crate) fn check(&self, table: &[Property]) -> Result<()> {
        property::check(&self.id, &self.kind, &self.properties, table)
            .map_err(|fault| fault.at(self.span))
    }

    /// The property `name`, unless it is absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.properties
            .get(name)
            .filter(|node| node.value != Value::Null)
    }

    /// The property `name`, unless it is absent, null, false, zero or empty.
    pub(crate) fn truthy(&self, name: &str) -> Option<&Node> {
        truthy(self.properties.get(name))
    }

    /// A fault of this event.
    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::event(&self.name, message).at(self.span)
    }

    /// For values that must have a type.
    pub(crate) fn owner(&self) -> Owner<'_> {
        Owner::Event(&self.name)
    }
}

/// The types of events, for advice.
const TYPES: [&str; 19] = [
    "AlexaSkill",
    "Api",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
];

/// Reads and checks an event, and what it says of other resources of the template.
///
/// # Errors
/// A type that is not known, and whatever the type refuses.
pub(crate) fn link(work: &Work<'_>, owner: &str, name: &str, entry: &Entry) -> Result<Event> {
    if entry.node.as_map().is_none() {
        // The translator's words are Python's.
        let message = format!(
            "'{}' object has no attribute 'get'",
            python_type(&entry.node)
        );
        return Err(Fault::event(name, message).at(entry.node.span));
    }
    let kind = entry.node.get("Type");
    let table = match kind.and_then(Node::as_str) {
        Some("Schedule") => rule::SCHEDULE.to_vec(),
        Some("CloudWatchEvent" | "EventBridgeRule") => rule::RULE.to_vec(),
        Some("ScheduleV2") => scheduler::PROPERTIES.to_vec(),
        Some("Api") => api::event::PROPERTIES.to_vec(),
        Some("HttpApi") => http_api::event::PROPERTIES.to_vec(),
        Some("S3") => bucket::PROPERTIES.to_vec(),
        Some("SNS") => topic::PROPERTIES.to_vec(),
        Some("AlexaSkill") => simple::SKILL.to_vec(),
        Some("IoTRule") => simple::IOT.to_vec(),
        Some("CloudWatchLogs") => simple::LOGS.to_vec(),
        Some("Cognito") => user_pool::PROPERTIES.to_vec(),
        Some(polled) if poll::properties(polled).is_some() => {
            poll::properties(polled).unwrap_or_default()
        }
        _ => {
            let kind = kind.map_or_else(|| "None".into(), text);
            let message = format!(
                "Resource dict has missing or invalid value for key Type. Event Type is: {kind}."
            );
            let advice = match nearest(&kind, TYPES) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("SAM knows {}.", TYPES.join(", ")),
            };
            return Err(Fault::event(name, message)
                .at(entry.key_span)
                .advise(Some(advice)));
        }
    };
    let event = Event::read(owner, name, entry)?;
    event.check(&table)?;
    match event.kind.as_str() {
        "Api" => api::event::link(work, &event).map(|_| ())?,
        "HttpApi" => http_api::event::link(work, &event).map(|_| ())?,
        "S3" => bucket::bucket_id(work, &event).map(|_| ())?,
        "Cognito" => user_pool::pool_id(work, &event).map(|_| ())?,
        _ => {}
    }
    Ok(event)
}

/// What an event becomes. The role is the one made for the function: it gets what the event needs.
///
/// # Errors
/// Whatever the event's type refuses.
pub(crate) fn expand(
    work: &mut Work<'_>,
    event: &Event,
    target: &Target,
    role: &mut Resource,
) -> Result<Vec<Resource>> {
    let partition = crate::eval::partition(work.context.region);
    match event.kind.as_str() {
        "Schedule" => rule::schedule(event, target),
        "CloudWatchEvent" | "EventBridgeRule" => rule::pattern(event, target),
        "ScheduleV2" => scheduler::expand(
            event,
            &scheduler::Started {
                arn: &target.arn,
                action: "lambda:InvokeFunction",
                policy: "LambdaPolicy",
                passed: &target.passed,
            },
        ),
        "Api" => api::event::expand(work, event, target),
        "HttpApi" => http_api::event::expand(work, event, target),
        "S3" => bucket::expand(work, event, target),
        "SNS" => topic::expand(work, event, target, role),
        "AlexaSkill" => Ok(simple::skill(event, target)),
        "IoTRule" => Ok(simple::iot(event, target, partition)),
        "CloudWatchLogs" => Ok(simple::logs(event, target, partition)),
        "Cognito" => user_pool::expand(work, event, target),
        _ => poll::expand(work, event, target, role),
    }
}

/// What a permission says beside whom it is for.
#[derive(Default)]
pub(crate) struct Permission {
    /// `SourceArn`.
    pub source_arn: Option<Node>,
    /// `SourceAccount`.
    pub source_account: Option<Node>,
    /// `EventSourceToken`.
    pub token: Option<Node>,
    /// Ends the logical id; its hash does when it is not alphanumeric.
    pub suffix: String,
    /// Starts the logical id instead of the event's.
    pub prefix: Option<String>,
}

/// The permission that lets a service (`events.amazonaws.com`) invoke the target of an event.
pub(crate) fn permission(
    event: &Event,
    target: &Target,
    principal: impl IntoNode,
    permission: Permission,
) -> Resource {
    let prefix = permission.prefix.as_deref().unwrap_or(&event.id);
    let suffix = match permission.suffix.as_str() {
        "" => String::new(),
        text if text.chars().all(char::is_alphanumeric) => text.to_owned(),
        text => logical_id::hash_text(text),
    };
    let id = format!("{prefix}Permission{suffix}");
    let mut resource = Resource::new(id, "AWS::Lambda::Permission", event.span)
        .with_attributes(target.passed.clone())
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", &target.name)
        .with("SourceArn", permission.source_arn)
        .with("SourceAccount", permission.source_account)
        .with("EventSourceToken", permission.token);
    put(&mut resource.properties, event.span, "Principal", principal);
    resource
}
