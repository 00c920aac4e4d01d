//! The events of functions: what starts them. One file for each service; routes of APIs are with the APIs.
//!
//! Source: the translator's `model/eventsources/push.py`, `pull.py` and `scheduler.py`.

use crate::diag::Span;
use crate::template::{Entry, Map, Node};

use super::build::{IntoNode, put};
use super::expect::Owner;
use super::fault::{Fault, Result};
use super::logical_id;
use super::property::{self, Property};
use super::resource::Resource;
use super::value::truthy;

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
    /// The logical id of the SAM resource.
    pub id: String,
    /// Where it stands.
    pub span: Span,
    /// What permissions and event source mappings name: the function's name, or the alias (whose `Ref` is an ARN).
    pub name: Node,
    /// The ARN of the function or alias.
    pub arn: Node,
    /// The attributes for everything made from the SAM resource.
    pub passed: Map,
    /// All attributes of the function itself, for conditions.
    pub condition: Option<Node>,
}

impl Event {
    /// Reads an entry of `Events`.
    ///
    /// # Errors
    /// An id that is not alphanumeric, properties that are no mapping.
    pub(crate) fn read(owner: &str, name: &str, entry: &Entry) -> Result<Self> {
        let id = format!("{owner}{name}");
        let span = entry.key_span;
        if !id.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return Err(Fault::resource(id, "Logical ids must be alphanumeric.").at(span));
        }
        let properties = match entry.node.get("Properties") {
            None => Map::new(),
            Some(node) => node.as_map().cloned().ok_or_else(|| {
                Fault::resource(&id, "Properties of a resource must be an object.").at(node.span)
            })?,
        };
        Ok(Event {
            name: name.to_owned(),
            id,
            kind: entry
                .node
                .get("Type")
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned(),
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
            .filter(|node| node.value != crate::template::Value::Null)
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
