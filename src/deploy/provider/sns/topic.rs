//! Topics, with the subscriptions written in them.

use std::collections::BTreeMap;

use aws_sdk_sns::types::{Subscription, Tag};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::{Attribute, Sns, attribute, document, is_changed, value};

/// Source: Amazon SNS API reference, `SetTopicAttributes`; CloudFormation template reference, `AWS::SNS::Topic`.
const ATTRIBUTES: [Attribute; 8] = [
    document("ArchivePolicy", Some("{}")),
    attribute("ContentBasedDeduplication", "false"),
    attribute("DisplayName", ""),
    attribute("FifoThroughputScope", "Topic"),
    attribute("KmsMasterKeyId", ""),
    attribute("MaximumMessageSize", "262144"),
    attribute("SignatureVersion", "1"),
    attribute("TracingConfig", "PassThrough"),
];

/// The protocols whose deliveries can be logged: as `DeliveryStatusLogging` calls them, and as the attributes' names begin.
const LOGGED: [(&str, &str); 5] = [
    ("application", "Application"),
    ("firehose", "Firehose"),
    ("http/s", "HTTP"),
    ("lambda", "Lambda"),
    ("sqs", "SQS"),
];
const LOG_SETTINGS: [&str; 3] = [
    "SuccessFeedbackRoleArn",
    "SuccessFeedbackSampleRate",
    "FailureFeedbackRoleArn",
];

impl Sns {
    pub(super) async fn create_topic(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let mut request = self
            .client
            .create_topic()
            .name(&wanted.name)
            .set_tags(Some(tags(tag::merged(wanted)?)?))
            .set_data_protection_policy(properties.document("DataProtectionPolicy"));
        for one in &ATTRIBUTES {
            if let Some(value) = value(one, &properties)? {
                request = request.attributes(one.name, value);
            }
        }
        if properties.flag("FifoTopic")? == Some(true) {
            request = request.attributes("FifoTopic", "true");
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Fault::of("sns", "CreateTopic", &error))?;
        let arn = answer.topic_arn().unwrap_or_default();
        for (name, value) in logging(&properties)? {
            self.set_topic(arn, &name, Some(value)).await?;
        }
        for (protocol, endpoint) in subscriptions(&properties)? {
            self.join(arn, &protocol, &endpoint).await?;
        }
        Ok(existing(arn, &wanted.name))
    }

    pub(super) async fn find_topic(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let arn = self.cloud.arn("sns", &sought.name).await?;
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_arn(&arn)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("sns", "ListTagsForResource", &error).unless_missing();
            }
        };
        let tags = answer.tags().iter().map(|tag| (tag.key(), tag.value()));
        Ok(sought.owns(tags).then(|| existing(&arn, &sought.name)))
    }

    pub(super) async fn read_topic(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .get_topic_attributes()
            .topic_arn(&held.reference)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("sns", "GetTopicAttributes", &error).unless_missing(),
        };
        let live: BTreeMap<&str, &str> = answer
            .attributes()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut properties = Map::new();
        for one in &ATTRIBUTES {
            // Some are given only when they were set.
            let Some(text) = live.get(one.name).copied().or(one.unset) else {
                continue;
            };
            let read = match one.is_document {
                true => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
                false => json!(text),
            };
            properties.insert(one.name.to_owned(), read);
        }
        if let Some(fifo) = live.get("FifoTopic") {
            properties.insert("FifoTopic".to_owned(), json!(fifo));
        }
        let logged = read_logging(&held.properties(), &live)?;
        properties.extend(logged.map(|list| ("DeliveryStatusLogging".to_owned(), list)));
        if held.properties.contains_key("DataProtectionPolicy") {
            let policy = self.data_protection_policy(&held.reference).await?;
            properties.insert("DataProtectionPolicy".to_owned(), policy);
        }
        Ok(Some(properties))
    }

    async fn data_protection_policy(&self, arn: &str) -> Result<Json, Fault> {
        let answer = self
            .client
            .get_data_protection_policy()
            .resource_arn(arn)
            .send()
            .await
            .map_err(|error| Fault::of("sns", "GetDataProtectionPolicy", &error))?;
        let text = answer.data_protection_policy().unwrap_or_default();
        Ok(serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
    }

    pub(super) async fn update_topic(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let arn = &held.reference;
        let (before, after) = (held.properties(), wanted.properties());
        for one in &ATTRIBUTES {
            if !is_changed(changes, one.name) {
                continue;
            }
            match (value(one, &after)?, before.get(one.name)) {
                (Some(value), _) => self.set_topic(arn, one.name, Some(value)).await?,
                (None, Some(_)) => {
                    let unset = one.unset.map(str::to_owned);
                    self.set_topic(arn, one.name, unset).await?;
                }
                (None, None) => {}
            }
        }
        if is_changed(changes, "DeliveryStatusLogging") {
            let set = logging(&after)?;
            for name in logging(&before)?.into_keys() {
                if !set.contains_key(&name) {
                    self.set_topic(arn, &name, Some(String::new())).await?;
                }
            }
            for (name, value) in set {
                self.set_topic(arn, &name, Some(value)).await?;
            }
        }
        if is_changed(changes, "DataProtectionPolicy") {
            let policy = after.document("DataProtectionPolicy");
            if policy.is_some() || before.get("DataProtectionPolicy").is_some() {
                self.client
                    .put_data_protection_policy()
                    .resource_arn(arn)
                    .data_protection_policy(policy.unwrap_or_default())
                    .send()
                    .await
                    .map_err(|error| Fault::of("sns", "PutDataProtectionPolicy", &error))?;
            }
        }
        if is_changed(changes, "Subscription") {
            self.update_subscriptions(arn, &before, &after).await?;
        }
        self.update_tags(arn, held, wanted).await?;
        Ok(existing(arn, &wanted.name))
    }

    async fn set_topic(&self, arn: &str, name: &str, value: Option<String>) -> Result<(), Fault> {
        self.client
            .set_topic_attributes()
            .topic_arn(arn)
            .attribute_name(name)
            .set_attribute_value(value)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sns", "SetTopicAttributes", &error))
    }

    async fn update_tags(&self, arn: &str, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let change = tag::change(held, wanted)?;
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("sns", "UntagResource", &error))?;
        }
        if !change.set.is_empty() {
            self.client
                .tag_resource()
                .resource_arn(arn)
                .set_tags(Some(tags(change.set)?))
                .send()
                .await
                .map_err(|error| Fault::of("sns", "TagResource", &error))?;
        }
        Ok(())
    }

    /// The subscriptions written in the topic: new ones are made, those that went are ended.
    async fn update_subscriptions(
        &self,
        arn: &str,
        before: &Properties<'_>,
        after: &Properties<'_>,
    ) -> Result<(), Fault> {
        let wanted = subscriptions(after)?;
        for (protocol, endpoint) in &wanted {
            self.join(arn, protocol, endpoint).await?;
        }
        let gone: Vec<_> = subscriptions(before)?
            .into_iter()
            .filter(|one| !wanted.contains(one))
            .collect();
        if gone.is_empty() {
            return Ok(());
        }
        for live in self.subscriptions_of(&self.client, arn).await? {
            let key = (live.protocol(), live.endpoint());
            let is_gone = gone
                .iter()
                .any(|(protocol, endpoint)| key == (Some(protocol), Some(endpoint)));
            if is_gone && let Some(subscription) = live.subscription_arn() {
                self.leave(&self.client, subscription).await?;
            }
        }
        Ok(())
    }

    /// Subscribes with nothing but the endpoint. One that is there with attributes of its own is left as it is.
    async fn join(&self, arn: &str, protocol: &str, endpoint: &str) -> Result<(), Fault> {
        let answer = self
            .client
            .subscribe()
            .topic_arn(arn)
            .protocol(protocol)
            .endpoint(endpoint)
            .send()
            .await;
        match answer.map_err(|error| Fault::of("sns", "Subscribe", &error)) {
            Err(fault) if fault.kind != FaultKind::Exists => Err(fault),
            _ => Ok(()),
        }
    }

    /// Deleting a topic ends its subscriptions.
    pub(super) async fn delete_topic(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_topic()
            .topic_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("sns", "DeleteTopic", &error)))
    }

    /// All subscriptions of a topic; pending ones among them, without an ARN of their own.
    pub(super) async fn subscriptions_of(
        &self,
        client: &aws_sdk_sns::Client,
        arn: &str,
    ) -> Result<Vec<Subscription>, Fault> {
        let mut found = Vec::new();
        let mut pages = client
            .list_subscriptions_by_topic()
            .topic_arn(arn)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| Fault::of("sns", "ListSubscriptionsByTopic", &error))?;
            found.extend(page.subscriptions().iter().cloned());
        }
        Ok(found)
    }
}

fn existing(arn: &str, name: &str) -> Existing {
    let attributes = json!({ "TopicArn": arn, "TopicName": name });
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: attributes.as_object().cloned().unwrap_or_default(),
    }
}

fn tags(tags: BTreeMap<String, String>) -> Result<Vec<Tag>, Fault> {
    let each = tags
        .into_iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build());
    each.collect::<Result<_, _>>()
        .map_err(|error| Fault::invalid("sns", "TagResource", error.to_string()))
}

/// Protocol and endpoint of each subscription written in the topic.
fn subscriptions(properties: &Properties<'_>) -> Result<Vec<(String, String)>, Fault> {
    let each = properties.objects("Subscription")?;
    each.iter()
        .map(|one| Ok((one.required("Protocol")?, one.required("Endpoint")?)))
        .collect()
}

/// The attributes that `DeliveryStatusLogging` stands for.
fn logging(properties: &Properties<'_>) -> Result<BTreeMap<String, String>, Fault> {
    let mut attributes = BTreeMap::new();
    for one in properties.objects("DeliveryStatusLogging")? {
        let protocol = one.required("Protocol")?.to_lowercase();
        let protocol = match protocol.as_str() {
            "http" | "https" => "http/s",
            other => other,
        };
        let Some((_, prefix)) = LOGGED.iter().find(|(known, _)| *known == protocol) else {
            let text = "must be http/s, sqs, lambda, firehose or application";
            return Err(one.fault("Protocol", text));
        };
        for setting in LOG_SETTINGS {
            if let Some(value) = one.text(setting)? {
                attributes.insert(format!("{prefix}{setting}"), value);
            }
        }
    }
    Ok(attributes)
}

/// `DeliveryStatusLogging` as it is, in the order and with the settings of what was sent. None when it was not sent.
fn read_logging(sent: &Properties<'_>, live: &BTreeMap<&str, &str>) -> Result<Option<Json>, Fault> {
    if sent.get("DeliveryStatusLogging").is_none() {
        return Ok(None);
    }
    let mut list = Vec::new();
    for one in sent.objects("DeliveryStatusLogging")? {
        let protocol = one.required("Protocol")?;
        let known = LOGGED.iter().find(|(known, _)| {
            known.eq_ignore_ascii_case(&protocol)
                || *known == "http/s" && protocol.to_lowercase().starts_with("http")
        });
        let mut entry = Map::from_iter([("Protocol".to_owned(), json!(protocol))]);
        for setting in LOG_SETTINGS {
            let value =
                known.and_then(|(_, prefix)| live.get(format!("{prefix}{setting}").as_str()));
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                entry.insert(setting.to_owned(), json!(value));
            }
        }
        list.push(Json::Object(entry));
    }
    Ok(Some(Json::Array(list)))
}
