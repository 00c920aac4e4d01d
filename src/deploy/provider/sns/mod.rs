//! Amazon SNS: topics, who subscribes to them and who may use them.

mod policy;
mod subscription;
mod topic;

use aws_sdk_sns::Client;
use serde_json::{Map, Value as Json};

use crate::aws::Cloud;
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted};

const TOPIC: Kind = Kind {
    foretold: &[
        ("Ref", "arn:{Partition}:sns:{Region}:{AccountId}:{name}"),
        (
            "TopicArn",
            "arn:{Partition}:sns:{Region}:{AccountId}:{name}",
        ),
        ("TopicName", "{name}"),
    ],
    ..Kind::new("AWS::SNS::Topic")
        .named(NameRule::new("TopicName", 256).suffix(".fifo", "FifoTopic"))
};
const SUBSCRIPTION: Kind = Kind {
    identity: &["TopicArn", "Protocol", "Endpoint"],
    ..Kind::new("AWS::SNS::Subscription")
};
const TOPIC_POLICY: Kind = Kind::new("AWS::SNS::TopicPolicy");
const TOPIC_INLINE_POLICY: Kind = Kind {
    identity: &["TopicArn"],
    ..Kind::new("AWS::SNS::TopicInlinePolicy")
};

/// The provider of `AWS::SNS::*`.
pub struct Sns {
    client: Client,
    cloud: Cloud,
}

impl Sns {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Sns {
            client: Client::new(cloud.config()),
            cloud: cloud.clone(),
        }
    }
}

/// A property that is an attribute of the same name.
struct Attribute {
    name: &'static str,
    /// What it is set to when the template has it no longer; none when SNS wants no value at all then.
    unset: Option<&'static str>,
    /// The value is a JSON document.
    is_document: bool,
}

const fn attribute(name: &'static str, unset: &'static str) -> Attribute {
    Attribute {
        name,
        unset: Some(unset),
        is_document: false,
    }
}

const fn document(name: &'static str, unset: Option<&'static str>) -> Attribute {
    Attribute {
        name,
        unset,
        is_document: true,
    }
}

/// The attribute's value as the properties have it.
fn value(
    attribute: &Attribute,
    properties: &Properties<'_>,
) -> Result<Option<String>, crate::aws::Fault> {
    match attribute.is_document {
        true => Ok(properties.document(attribute.name)),
        false => properties.text(attribute.name),
    }
}

/// Whether a property is among the changes; when there are none, everything is sent again.
fn is_changed(changes: &[Change], property: &str) -> bool {
    changes.is_empty() || changes.iter().any(|change| change.property() == property)
}

impl Provider for Sns {
    fn kinds(&self) -> &'static [Kind] {
        &[TOPIC, SUBSCRIPTION, TOPIC_POLICY, TOPIC_INLINE_POLICY]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::SNS::Topic" => Box::pin(self.create_topic(wanted)),
            "AWS::SNS::Subscription" => Box::pin(self.subscribe(wanted)),
            _ => Box::pin(self.put_policy(None, wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::SNS::Topic" => Box::pin(self.find_topic(sought)),
            "AWS::SNS::Subscription" => Box::pin(self.find_subscription(sought)),
            // Setting it a second time is the same as finding it.
            _ => Box::pin(async { Ok(None) }),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::SNS::Topic" => Box::pin(self.read_topic(held)),
            "AWS::SNS::Subscription" => Box::pin(self.read_subscription(held)),
            _ => Box::pin(self.read_policy(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::SNS::Topic" => Box::pin(self.update_topic(held, wanted, changes)),
            "AWS::SNS::Subscription" => Box::pin(self.update_subscription(held, wanted, changes)),
            _ => Box::pin(self.put_policy(Some(held), wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::SNS::Topic" => Box::pin(self.delete_topic(held)),
            "AWS::SNS::Subscription" => Box::pin(self.unsubscribe(held)),
            _ => Box::pin(self.delete_policy(held)),
        }
    }
}
