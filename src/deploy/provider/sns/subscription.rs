//! Subscriptions that are resources of their own.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::Region;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::{Attribute, Sns, attribute, document, is_changed, value};

/// Sources: Amazon SNS API reference, `SetSubscriptionAttributes`; the developer guide on removing a filter policy (`{}`) and a
/// dead-letter queue (no value).
const ATTRIBUTES: [Attribute; 7] = [
    document("DeliveryPolicy", Some("")),
    document("FilterPolicy", Some("{}")),
    attribute("FilterPolicyScope", "MessageAttributes"),
    attribute("RawMessageDelivery", "false"),
    document("RedrivePolicy", None),
    document("ReplayPolicy", Some("{}")),
    attribute("SubscriptionRoleArn", ""),
];

impl Sns {
    /// A second time it gives the subscription that is there.
    pub(super) async fn subscribe(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let mut request = self
            .of_region(&properties)?
            .subscribe()
            .topic_arn(properties.required("TopicArn")?)
            .protocol(properties.required("Protocol")?)
            .set_endpoint(properties.text("Endpoint")?)
            // Else one that has to be confirmed first has no ARN.
            .return_subscription_arn(true);
        for one in &ATTRIBUTES {
            if let Some(value) = value(one, &properties)? {
                request = request.attributes(one.name, value);
            }
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Fault::of("sns", "Subscribe", &error))?;
        Ok(existing(answer.subscription_arn().unwrap_or_default()))
    }

    /// A subscription has no tags: it is known by its topic, protocol and endpoint, of which there can be only one.
    pub(super) async fn find_subscription(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(topic), protocol, endpoint) = (
            properties.text("TopicArn")?,
            properties.text("Protocol")?,
            properties.text("Endpoint")?,
        ) else {
            return Ok(None);
        };
        let client = self.of_region(&properties)?;
        let live = match self.subscriptions_of(&client, &topic).await {
            Ok(live) => live,
            Err(fault) => return fault.unless_missing(),
        };
        let arn = live
            .iter()
            .filter(|one| one.protocol() == protocol.as_deref())
            .filter(|one| one.endpoint() == endpoint.as_deref())
            .filter_map(|one| one.subscription_arn())
            .find(|arn| is_arn(arn));
        Ok(arn.map(existing))
    }

    pub(super) async fn read_subscription(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .of_region(&held.properties())?
            .get_subscription_attributes()
            .subscription_arn(&held.reference)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("sns", "GetSubscriptionAttributes", &error).unless_missing();
            }
        };
        let live = answer.attributes().cloned().unwrap_or_default();
        let mut properties = Map::new();
        for name in ["TopicArn", "Protocol", "Endpoint"] {
            if let Some(text) = live.get(name) {
                properties.insert(name.to_owned(), json!(text));
            }
        }
        for one in &ATTRIBUTES {
            let Some(text) = live.get(one.name).map(String::as_str).or(one.unset) else {
                continue;
            };
            let read = match one.is_document {
                true => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
                false => json!(text),
            };
            properties.insert(one.name.to_owned(), read);
        }
        Ok(Some(properties))
    }

    pub(super) async fn update_subscription(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let (before, after) = (held.properties(), wanted.properties());
        let client = self.of_region(&after)?;
        for one in in_order(&after)? {
            if !is_changed(changes, one.name) {
                continue;
            }
            let new = match (value(one, &after)?, before.get(one.name)) {
                (Some(value), _) => Some(value),
                (None, Some(_)) => one.unset.map(str::to_owned),
                (None, None) => continue,
            };
            client
                .set_subscription_attributes()
                .subscription_arn(&held.reference)
                .attribute_name(one.name)
                .set_attribute_value(new)
                .send()
                .await
                .map_err(|error| Fault::of("sns", "SetSubscriptionAttributes", &error))?;
        }
        Ok(existing(&held.reference))
    }

    pub(super) async fn unsubscribe(&self, held: &Held) -> Result<(), Fault> {
        let client = self.of_region(&held.properties())?;
        self.leave(&client, &held.reference).await
    }

    /// Ends a subscription. One that nobody has confirmed cannot be ended: it goes by itself after two days.
    pub(super) async fn leave(&self, client: &Client, arn: &str) -> Result<(), Fault> {
        if !is_arn(arn) {
            return Ok(());
        }
        let answer = client.unsubscribe().subscription_arn(arn).send().await;
        match answer.map_err(|error| Fault::of("sns", "Unsubscribe", &error)) {
            Err(fault) if fault.message.contains("pending confirmation") => Ok(()),
            Err(fault) if fault.kind != FaultKind::Missing => Err(fault),
            _ => Ok(()),
        }
    }

    /// A client for the region of the topic, which may be another one.
    fn of_region(&self, properties: &Properties<'_>) -> Result<Client, Fault> {
        let region = match properties.text("Region")? {
            Some(region) => Some(region),
            None => {
                let topic = properties.text("TopicArn")?;
                topic.and_then(|arn| Some(arn.split(':').nth(3)?.to_owned()))
            }
        };
        match region.filter(|region| !region.is_empty() && region != self.cloud.region()) {
            None => Ok(self.client.clone()),
            Some(region) => {
                let config = aws_sdk_sns::config::Builder::from(self.cloud.config())
                    .region(Region::new(region))
                    .build();
                Ok(Client::from_conf(config))
            }
        }
    }
}

/// The attributes in the order in which they can be set: a filter on the body may be nested, which a filter on the attributes may
/// not, so that the scope comes first when it is the body, and else last.
fn in_order(wanted: &Properties<'_>) -> Result<Vec<&'static Attribute>, Fault> {
    let is_body = wanted.text("FilterPolicyScope")?.as_deref() == Some("MessageBody");
    let mut order: Vec<&Attribute> = ATTRIBUTES.iter().collect();
    order.sort_by_key(|one| match one.name {
        "FilterPolicyScope" if is_body => 0,
        "FilterPolicyScope" => 2,
        _ => 1,
    });
    Ok(order)
}

/// Whether it is an ARN and not `PendingConfirmation` or `Deleted`.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

fn existing(arn: &str) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("Arn".to_owned(), json!(arn))]),
    }
}
