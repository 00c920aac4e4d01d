//! Topics.

use crate::template::Node;

use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::SNS::Topic`.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// `TopicName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// Messages keep their order within a group.
    pub fifo: bool,
    /// The body's hash is the deduplication id.
    pub content_based_deduplication: bool,
    /// The subscriptions written into the topic.
    pub subscriptions: Vec<Subscription>,
}

/// One subscriber of a topic: `AWS::SNS::Subscription`, or written into the topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// The topic's ARN; none where it is written into the topic.
    pub topic: Option<Link>,
    /// `lambda`, `sqs`, `email`.
    pub protocol: Option<Setting<String>>,
    /// An ARN, an address, as the protocol wants it.
    pub endpoint: Option<Link>,
    /// As written.
    pub filter_policy: Option<Node>,
    /// The filter is for the message's body (`MessageBody`) instead of its attributes.
    pub filter_body: bool,
    /// The message is delivered without SNS's envelope.
    pub raw: bool,
    /// As written.
    pub redrive_policy: Option<Node>,
}

pub(super) fn topic(fields: &Fields<'_>) -> Topic {
    Topic {
        name: fields.text("TopicName"),
        fifo: fields.flag("FifoTopic").unwrap_or(false),
        content_based_deduplication: fields.flag("ContentBasedDeduplication").unwrap_or(false),
        subscriptions: fields
            .items("Subscription")
            .into_iter()
            .filter_map(|item| {
                let item = fields.fields_of("Subscription", item)?;
                Some(subscriber(&item))
            })
            .collect(),
    }
}

pub(super) fn subscription(fields: &Fields<'_>) -> Subscription {
    for (property, help) in [
        ("TopicArn", "It is the ARN of the topic."),
        ("Protocol", "For example `lambda` or `sqs`."),
    ] {
        if !fields.has(property) {
            fields.missing(property, help);
        }
    }
    subscriber(fields)
}

fn subscriber(fields: &Fields<'_>) -> Subscription {
    let scopes = [("MessageAttributes", false), ("MessageBody", true)];
    Subscription {
        topic: fields.link("TopicArn"),
        protocol: fields.text("Protocol"),
        endpoint: fields.link("Endpoint"),
        filter_policy: fields.node("FilterPolicy").cloned(),
        filter_body: fields.word("FilterPolicyScope", &scopes).unwrap_or(false),
        raw: fields.flag("RawMessageDelivery").unwrap_or(false),
        redrive_policy: fields.node("RedrivePolicy").cloned(),
    }
}
