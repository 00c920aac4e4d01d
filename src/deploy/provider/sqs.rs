//! Amazon SQS: queues and who may use them.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Cloud, Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted, tag};

const QUEUE: Kind = Kind {
    foretold: &[
        ("Arn", "arn:{Partition}:sqs:{Region}:{AccountId}:{name}"),
        ("QueueName", "{name}"),
    ],
    ..Kind::new("AWS::SQS::Queue")
        .named(NameRule::new("QueueName", 80).suffix(".fifo", "FifoQueue"))
};
const QUEUE_POLICY: Kind = Kind::new("AWS::SQS::QueuePolicy");
const QUEUE_INLINE_POLICY: Kind = Kind::new("AWS::SQS::QueueInlinePolicy");

/// The properties of a queue that are attributes of the same name, with what they are when they are not set.
/// Source: Amazon SQS API reference, `SetQueueAttributes`.
const ATTRIBUTES: [(&str, &str); 13] = [
    ("ContentBasedDeduplication", "false"),
    ("DeduplicationScope", "queue"),
    ("DelaySeconds", "0"),
    ("FifoThroughputLimit", "perQueue"),
    ("KmsDataKeyReusePeriodSeconds", "300"),
    ("KmsMasterKeyId", ""),
    ("MaximumMessageSize", "1048576"),
    ("MessageRetentionPeriod", "345600"),
    ("ReceiveMessageWaitTimeSeconds", "0"),
    ("RedriveAllowPolicy", ""),
    ("RedrivePolicy", ""),
    ("SqsManagedSseEnabled", "true"),
    ("VisibilityTimeout", "30"),
];

/// The provider of `AWS::SQS::*`.
pub struct Sqs {
    client: Client,
}

impl Sqs {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Sqs {
            client: Client::new(cloud.config()),
        }
    }

    async fn create_queue(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let mut request = self.client.create_queue().queue_name(&wanted.name);
        for (name, value) in attributes(&wanted.properties())? {
            request = request.attributes(name, value);
        }
        if wanted.properties().flag("FifoQueue")? == Some(true) {
            request = request.attributes(QueueAttributeName::FifoQueue, "true");
        }
        for (key, value) in tag::merged(wanted)? {
            request = request.tags(key, value);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Fault::of("sqs", "CreateQueue", &error))?;
        let url = answer.queue_url().unwrap_or_default().to_owned();
        self.existing(&url, &wanted.name).await
    }

    async fn existing(&self, url: &str, name: &str) -> Result<Existing, Fault> {
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .map_err(|error| Fault::of("sqs", "GetQueueAttributes", &error))?;
        let arn = answer
            .attributes()
            .and_then(|attributes| attributes.get(&QueueAttributeName::QueueArn));
        let arn = arn.ok_or_else(|| {
            Fault::unexpected("sqs", "GetQueueAttributes", "the answer has no QueueArn")
        })?;
        let attributes = json!({ "Arn": arn, "QueueName": name, "QueueUrl": url });
        Ok(Existing {
            reference: url.to_owned(),
            handle: Json::Null,
            attributes: attributes.as_object().cloned().unwrap_or_default(),
        })
    }

    async fn find_queue(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let answer = self
            .client
            .get_queue_url()
            .queue_name(&sought.name)
            .send()
            .await;
        let url = match answer {
            Ok(answer) => answer.queue_url().unwrap_or_default().to_owned(),
            Err(error) => return Fault::of("sqs", "GetQueueUrl", &error).unless_missing(),
        };
        let answer = self.client.list_queue_tags().queue_url(&url).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("sqs", "ListQueueTags", &error).unless_missing(),
        };
        let tags = answer.tags().into_iter().flatten();
        if !sought.owns(tags.map(|(key, value)| (key.as_str(), value.as_str()))) {
            return Ok(None);
        }
        self.existing(&url, &sought.name).await.map(Some)
    }

    async fn read_queue(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&held.reference)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("sqs", "GetQueueAttributes", &error).unless_missing(),
        };
        let mut properties = Map::new();
        for (name, value) in answer.attributes().into_iter().flatten() {
            let name = name.as_str();
            let known = name == "FifoQueue" || ATTRIBUTES.iter().any(|(known, _)| *known == name);
            if known {
                // The two policies are documents; what is no JSON is a text.
                let parsed = serde_json::from_str(value);
                properties.insert(name.to_owned(), parsed.unwrap_or_else(|_| json!(value)));
            }
        }
        Ok(Some(properties))
    }

    async fn update_queue(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let url = &held.reference;
        let mut values = attributes(&wanted.properties())?;
        if !changes.is_empty() {
            let is_changed = |name: &str| changes.iter().any(|one| one.property() == name);
            values.retain(|(name, _)| is_changed(name.as_str()));
            // What is no longer set goes back to what it is when it is not set.
            for (name, default) in ATTRIBUTES {
                if is_changed(name) && wanted.properties().get(name).is_none() {
                    values.push((QueueAttributeName::from(name), default.to_owned()));
                }
            }
        }
        if !values.is_empty() {
            self.client
                .set_queue_attributes()
                .queue_url(url)
                .set_attributes(Some(values.into_iter().collect()))
                .send()
                .await
                .map_err(|error| Fault::of("sqs", "SetQueueAttributes", &error))?;
        }
        let tags = tag::change(held, wanted)?;
        if !tags.set.is_empty() {
            self.client
                .tag_queue()
                .queue_url(url)
                .set_tags(Some(tags.set.into_iter().collect::<HashMap<_, _>>()))
                .send()
                .await
                .map_err(|error| Fault::of("sqs", "TagQueue", &error))?;
        }
        if !tags.removed.is_empty() {
            self.client
                .untag_queue()
                .queue_url(url)
                .set_tag_keys(Some(tags.removed))
                .send()
                .await
                .map_err(|error| Fault::of("sqs", "UntagQueue", &error))?;
        }
        self.existing(url, &wanted.name).await
    }

    async fn delete_queue(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_queue()
            .queue_url(&held.reference)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => Fault::of("sqs", "DeleteQueue", &error)
                .unless_missing()
                .map(|_: Option<()>| ()),
        }
    }

    /// A policy is an attribute of each queue it is for.
    async fn put_policy(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let document = properties
            .document("PolicyDocument")
            .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))?;
        for url in queues(&properties)? {
            self.set_policy(&url, &document).await?;
        }
        Ok(Existing {
            reference: wanted.id.clone(),
            handle: Json::Null,
            attributes: Map::from_iter([("Id".to_owned(), json!(wanted.id))]),
        })
    }

    /// Queues that the policy is no longer for have none afterwards.
    async fn update_policy(&self, held: &Held, wanted: &Wanted) -> Result<Existing, Fault> {
        let existing = self.put_policy(wanted).await?;
        let kept = queues(&wanted.properties())?;
        for url in queues(&held.properties())? {
            if !kept.contains(&url) {
                self.clear_policy(&url).await?;
            }
        }
        Ok(existing)
    }

    async fn delete_policy(&self, held: &Held) -> Result<(), Fault> {
        for url in queues(&held.properties())? {
            self.clear_policy(&url).await?;
        }
        Ok(())
    }

    async fn clear_policy(&self, url: &str) -> Result<(), Fault> {
        // The queue went before its policy.
        gone(self.set_policy(url, "").await)
    }

    async fn set_policy(&self, url: &str, document: &str) -> Result<(), Fault> {
        self.client
            .set_queue_attributes()
            .queue_url(url)
            .attributes(QueueAttributeName::Policy, document)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sqs", "SetQueueAttributes", &error))
    }

    async fn read_policy(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(url) = queues(&held.properties())?.into_iter().next() else {
            return Ok(None);
        };
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::Policy)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("sqs", "GetQueueAttributes", &error).unless_missing(),
        };
        let policy = answer
            .attributes()
            .and_then(|attributes| attributes.get(&QueueAttributeName::Policy))
            .filter(|policy| !policy.is_empty());
        Ok(policy.map(|policy| {
            let document = serde_json::from_str(policy).unwrap_or_else(|_| json!(policy));
            Map::from_iter([("PolicyDocument".to_owned(), document)])
        }))
    }
}

/// The attributes that a queue's properties are.
fn attributes(properties: &Properties<'_>) -> Result<Vec<(QueueAttributeName, String)>, Fault> {
    let mut values = Vec::new();
    for (name, _) in ATTRIBUTES {
        let value = match name {
            "RedrivePolicy" | "RedriveAllowPolicy" => properties.document(name),
            _ => properties.text(name)?,
        };
        values.extend(value.map(|value| (QueueAttributeName::from(name), value)));
    }
    Ok(values)
}

/// The addresses of the queues that a policy is for.
fn queues(properties: &Properties<'_>) -> Result<Vec<String>, Fault> {
    Ok(match properties.text("Queue")? {
        Some(one) => vec![one],
        None => properties.texts("Queues")?.unwrap_or_default(),
    })
}

impl Provider for Sqs {
    fn kinds(&self) -> &'static [Kind] {
        &[QUEUE, QUEUE_POLICY, QUEUE_INLINE_POLICY]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::SQS::Queue" => Box::pin(self.create_queue(wanted)),
            _ => Box::pin(self.put_policy(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::SQS::Queue" => Box::pin(self.find_queue(sought)),
            // Setting it a second time is the same as finding it.
            _ => Box::pin(async { Ok(None) }),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::SQS::Queue" => Box::pin(self.read_queue(held)),
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
            "AWS::SQS::Queue" => Box::pin(self.update_queue(held, wanted, changes)),
            _ => Box::pin(self.update_policy(held, wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::SQS::Queue" => Box::pin(self.delete_queue(held)),
            _ => Box::pin(self.delete_policy(held)),
        }
    }
}
