//! Amazon EventBridge: rules with their targets, buses, archives, connections and the API destinations behind them.

mod archive;
mod authorization;
mod bus;
mod connection;
mod destination;
mod permission;
mod rule;
mod target;

use std::fmt::Display;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::Tag;
use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted, tag};

const RULE: Kind = Kind {
    // The facts call it create-only under conditions; a rule cannot move to another bus under any.
    replacing: &["EventBusName"],
    identity: &["EventBusName"],
    ..Kind::new("AWS::Events::Rule").named(NameRule::new("Name", 64))
};
const BUS: Kind = Kind {
    // Of a partner's bus: there is no call that changes it.
    replacing: &["EventSourceName"],
    foretold: &[
        ("Ref", "{name}"),
        ("Name", "{name}"),
        (
            "Arn",
            "arn:{Partition}:events:{Region}:{AccountId}:event-bus/{name}",
        ),
    ],
    ..Kind::new("AWS::Events::EventBus").named(NameRule::new("Name", 256))
};
const BUS_POLICY: Kind = Kind {
    identity: &["EventBusName", "StatementId"],
    ..Kind::new("AWS::Events::EventBusPolicy")
};
const ARCHIVE: Kind = Kind::new("AWS::Events::Archive").named(NameRule::new("ArchiveName", 48));
const CONNECTION: Kind = Kind::new("AWS::Events::Connection").named(NameRule::new("Name", 64));
const DESTINATION: Kind = Kind::new("AWS::Events::ApiDestination").named(NameRule::new("Name", 64));

/// The provider of `AWS::Events::*`.
pub struct EventBridge {
    client: Client,
    /// Held while the policy of a bus is read, changed and written: several statements of one bus are made at once.
    policies: Mutex<()>,
}

impl EventBridge {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        EventBridge {
            client: Client::new(cloud.config()),
            policies: Mutex::new(()),
        }
    }

    /// The tags of a rule or a bus.
    async fn tags(&self, arn: &str) -> Result<Vec<Tag>, Fault> {
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_arn(arn)
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "ListTagsForResource", &error))?;
        Ok(answer.tags.unwrap_or_default())
    }

    async fn update_tags(
        &self,
        arn: &str,
        held: Option<&Held>,
        wanted: &Wanted,
    ) -> Result<(), Fault> {
        let change = match held {
            Some(held) => tag::change(held, wanted)?,
            None => tag::TagChange {
                set: tag::merged(wanted)?,
                removed: Vec::new(),
            },
        };
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("eventbridge", "UntagResource", &error))?;
        }
        if !change.set.is_empty() {
            self.client
                .tag_resource()
                .resource_arn(arn)
                .set_tags(Some(tags(change.set)?))
                .send()
                .await
                .map_err(|error| Fault::of("eventbridge", "TagResource", &error))?;
        }
        Ok(())
    }
}

/// Tags as EventBridge takes them.
fn tags(tags: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Tag>, Fault> {
    tags.into_iter()
        .map(|(key, value)| built(Tag::builder().key(key).value(value).build()))
        .collect()
}

/// What the SDK makes of the parts it was given, which it refuses when a necessary one is missing.
fn built<T, E: Display>(part: Result<T, E>) -> Result<T, Fault> {
    part.map_err(|error| Fault::invalid("eventbridge", "property", error.to_string()))
}

/// Whether a property is among the changes; when there are none, everything is sent again.
fn is_changed(changes: &[Change], properties: &[&str]) -> bool {
    changes.is_empty()
        || changes
            .iter()
            .any(|change| properties.contains(&change.property()))
}

/// A document that AWS gave as text.
fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::from(text))
}

/// Whether a text is what AWS has: nothing and an empty text are the same.
fn is_same(wanted: Option<String>, live: Option<&str>) -> bool {
    wanted.unwrap_or_default() == live.unwrap_or_default()
}

/// The properties that have a value.
fn present<const N: usize>(values: [(&str, Option<Json>); N]) -> Map<String, Json> {
    values
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// An ARN without the number behind the name, as policies name connections and API destinations.
fn for_policy(arn: &str) -> &str {
    match arn.matches('/').count() {
        0 | 1 => arn,
        _ => arn.rsplit_once('/').map_or(arn, |(stem, _)| stem),
    }
}

impl Provider for EventBridge {
    fn kinds(&self) -> &'static [Kind] {
        &[RULE, BUS, BUS_POLICY, ARCHIVE, CONNECTION, DESTINATION]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Events::Rule" => Box::pin(self.create_rule(wanted)),
            "AWS::Events::EventBus" => Box::pin(self.create_bus(wanted)),
            "AWS::Events::EventBusPolicy" => Box::pin(self.put_statement(wanted)),
            "AWS::Events::Archive" => Box::pin(self.create_archive(wanted)),
            "AWS::Events::Connection" => Box::pin(self.create_connection(wanted)),
            _ => Box::pin(self.create_destination(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::Events::Rule" => Box::pin(self.find_rule(sought)),
            "AWS::Events::EventBus" => Box::pin(self.find_bus(sought)),
            // Putting a statement a second time is the same as finding it.
            "AWS::Events::EventBusPolicy" => Box::pin(async { Ok(None) }),
            "AWS::Events::Archive" => Box::pin(self.find_archive(sought)),
            "AWS::Events::Connection" => Box::pin(self.find_connection(sought)),
            _ => Box::pin(self.find_destination(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::Events::Rule" => Box::pin(self.read_rule(held)),
            "AWS::Events::EventBus" => Box::pin(self.read_bus(held)),
            "AWS::Events::EventBusPolicy" => Box::pin(self.read_statement(held)),
            "AWS::Events::Archive" => Box::pin(self.read_archive(held)),
            "AWS::Events::Connection" => Box::pin(self.read_connection(held)),
            _ => Box::pin(self.read_destination(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Events::Rule" => Box::pin(self.update_rule(held, wanted, changes)),
            "AWS::Events::EventBus" => Box::pin(self.update_bus(held, wanted, changes)),
            "AWS::Events::EventBusPolicy" => Box::pin(self.put_statement(wanted)),
            "AWS::Events::Archive" => Box::pin(self.update_archive(wanted)),
            "AWS::Events::Connection" => Box::pin(self.update_connection(wanted)),
            _ => Box::pin(self.update_destination(wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::Events::Rule" => Box::pin(self.delete_rule(held)),
            "AWS::Events::EventBus" => Box::pin(self.delete_bus(held)),
            "AWS::Events::EventBusPolicy" => Box::pin(self.delete_statement(held)),
            "AWS::Events::Archive" => Box::pin(self.delete_archive(held)),
            "AWS::Events::Connection" => Box::pin(self.delete_connection(held)),
            _ => Box::pin(self.delete_destination(held)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_name_a_connection_without_its_number() {
        let arn = "arn:aws:events:eu-central-1:123456789012:connection/mine/0f1e";
        let short = "arn:aws:events:eu-central-1:123456789012:connection/mine";
        assert_eq!(for_policy(arn), short);
        assert_eq!(for_policy(short), short);
    }
}
