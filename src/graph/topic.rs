//! Topics.

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

/// One subscriber of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// `lambda`, `sqs`, `email`.
    pub protocol: Setting<String>,
    /// An ARN, an address, as the protocol wants it.
    pub endpoint: Link,
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
                Some(Subscription {
                    protocol: item.text("Protocol")?,
                    endpoint: item.link("Endpoint")?,
                })
            })
            .collect(),
    }
}
