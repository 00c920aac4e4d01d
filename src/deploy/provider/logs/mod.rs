//! Amazon CloudWatch Logs: groups and streams, filters, policies and saved queries.

mod filter;
mod group;
mod policy;
mod query;
mod stream;

use aws_sdk_cloudwatchlogs::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault, FaultKind, Refused};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;
use crate::deploy::value::same;

use super::extent::Extent;
use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted, tag};

const KINDS: [Kind; 6] = [
    Kind {
        // The class stays: `CreateLogGroup`, `logGroupClass`.
        replacing: &["LogGroupClass"],
        foretold: &[
            ("Ref", "{name}"),
            (
                "Arn",
                "arn:{Partition}:logs:{Region}:{AccountId}:log-group:{name}:*",
            ),
        ],
        ..Kind::new("AWS::Logs::LogGroup").named(NameRule::new("LogGroupName", 512))
    },
    Kind {
        identity: &["LogGroupName"],
        ..Kind::new("AWS::Logs::LogStream").named(NameRule::new("LogStreamName", 512))
    },
    Kind {
        identity: &["LogGroupName"],
        ..Kind::new("AWS::Logs::MetricFilter").named(NameRule::new("FilterName", 512))
    },
    Kind {
        identity: &["LogGroupName"],
        ..Kind::new("AWS::Logs::SubscriptionFilter").named(NameRule::new("FilterName", 512))
    },
    Kind::new("AWS::Logs::ResourcePolicy").named(NameRule::new("PolicyName", 255)),
    Kind {
        identity: &["Name"],
        ..Kind::new("AWS::Logs::QueryDefinition")
    },
];

/// The provider of `AWS::Logs::*`, as far as it has one.
pub struct Logs {
    client: Client,
}

impl Logs {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Logs {
            client: Client::new(cloud.config()),
        }
    }
}

/// The answer, or what is wrong.
fn done<T, E: Refused>(
    operation: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<T, Fault> {
    answer.map_err(|error| Fault::of("logs", operation, &error))
}

/// As [`done`]; none when there is no such thing.
fn there<T, E: Refused>(
    operation: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, Fault> {
    match done(operation, answer) {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if fault.kind == FaultKind::Missing => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A resource that is known by its name alone.
fn named(name: &str) -> Existing {
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes: Map::new(),
    }
}

impl Logs {
    /// Makes what has no tags. One of the same name that says something else is not ours, and setting it would overwrite it.
    async fn create_untagged(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let operation = match wanted.resource_type.as_str() {
            "AWS::Logs::MetricFilter" => "PutMetricFilter",
            "AWS::Logs::SubscriptionFilter" => "PutSubscriptionFilter",
            _ => "PutResourcePolicy",
        };
        let live = self.live(&wanted.to_sought()).await?;
        if live.is_some_and(|live| !says_the_same(&live, &wanted.properties)) {
            let text = format!(
                "there is a {} `{}` already, which is not this stack's. Take it away, or choose another name",
                wanted.resource_type, wanted.name
            );
            return Err(Fault {
                kind: FaultKind::Exists,
                ..Fault::unexpected("logs", operation, &text)
            });
        }
        match wanted.resource_type.as_str() {
            "AWS::Logs::MetricFilter" => self.put_metric_filter(wanted).await,
            "AWS::Logs::SubscriptionFilter" => self.put_subscription_filter(wanted).await,
            _ => self.put_policy(wanted).await,
        }
    }

    /// What has no tags is the one that is looked for when it has its name and says the same.
    async fn find_untagged(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let live = self.live(sought).await?;
        let is_it = live.is_some_and(|live| says_the_same(&live, &sought.properties));
        Ok(is_it.then(|| named(&sought.name)))
    }

    /// The one of this name.
    async fn live(&self, sought: &Sought) -> Result<Option<Map<String, Json>>, Fault> {
        let held = Held {
            id: sought.id.clone(),
            resource_type: sought.resource_type.clone(),
            reference: sought.name.clone(),
            handle: Json::Null,
            attributes: Map::new(),
            properties: sought.properties.clone(),
        };
        match sought.resource_type.as_str() {
            "AWS::Logs::MetricFilter" => self.read_metric_filter(&held).await,
            "AWS::Logs::SubscriptionFilter" => self.read_subscription_filter(&held).await,
            _ => self.read_policy(&held).await,
        }
    }
}

/// Whether what is there has every property that was sent, as far as it can be read.
fn says_the_same(live: &Map<String, Json>, sent: &Map<String, Json>) -> bool {
    live.iter()
        .filter_map(|(name, live)| Some((live, sent.get(name)?)))
        .all(|(live, sent)| same(live, sent))
}

impl Provider for Logs {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Logs::LogGroup" => Box::pin(self.create_group(wanted)),
            "AWS::Logs::LogStream" => Box::pin(self.create_stream(wanted)),
            "AWS::Logs::QueryDefinition" => Box::pin(self.put_query(wanted, None)),
            _ => Box::pin(self.create_untagged(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::Logs::LogGroup" => Box::pin(self.find_group(sought)),
            "AWS::Logs::LogStream" => Box::pin(self.find_stream(sought)),
            "AWS::Logs::QueryDefinition" => Box::pin(self.find_query(sought)),
            _ => Box::pin(self.find_untagged(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::Logs::LogGroup" => Box::pin(self.read_group(held)),
            "AWS::Logs::LogStream" => Box::pin(self.read_stream(held)),
            "AWS::Logs::MetricFilter" => Box::pin(self.read_metric_filter(held)),
            "AWS::Logs::SubscriptionFilter" => Box::pin(self.read_subscription_filter(held)),
            "AWS::Logs::ResourcePolicy" => Box::pin(self.read_policy(held)),
            _ => Box::pin(self.read_query(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Logs::LogGroup" => Box::pin(self.update_group(held, wanted, changes)),
            // There is nothing of a stream that can be changed.
            "AWS::Logs::LogStream" => Box::pin(async { Ok(named(&held.reference)) }),
            "AWS::Logs::MetricFilter" => Box::pin(self.put_metric_filter(wanted)),
            "AWS::Logs::SubscriptionFilter" => Box::pin(self.put_subscription_filter(wanted)),
            "AWS::Logs::ResourcePolicy" => Box::pin(self.put_policy(wanted)),
            _ => Box::pin(self.put_query(wanted, Some(&held.reference))),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::Logs::LogGroup" => Box::pin(self.delete_group(held)),
            "AWS::Logs::LogStream" => Box::pin(self.delete_stream(held)),
            "AWS::Logs::MetricFilter" => Box::pin(self.delete_metric_filter(held)),
            "AWS::Logs::SubscriptionFilter" => Box::pin(self.delete_subscription_filter(held)),
            "AWS::Logs::ResourcePolicy" => Box::pin(self.delete_policy(held)),
            _ => Box::pin(self.delete_query(held)),
        }
    }
}
