//! Who may use topics: a policy is an attribute of each topic it is for.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::Sns;

impl Sns {
    /// Topics that the policy is no longer for have the usual one afterwards.
    pub(super) async fn put_policy(
        &self,
        held: Option<&Held>,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let document = properties
            .document("PolicyDocument")
            .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))?;
        let topics = topics(&properties)?;
        for arn in &topics {
            self.set_policy(arn, &document).await?;
        }
        if let Some(held) = held {
            for arn in self::topics(&held.properties())? {
                if !topics.contains(&arn) {
                    self.clear_policy(&arn).await?;
                }
            }
        }
        let inline = properties.text("TopicArn")?;
        Ok(Existing {
            attributes: match &inline {
                Some(_) => Map::new(),
                None => Map::from_iter([("Id".to_owned(), json!(wanted.id))]),
            },
            reference: inline.unwrap_or_else(|| wanted.id.clone()),
            handle: Json::Null,
        })
    }

    pub(super) async fn delete_policy(&self, held: &Held) -> Result<(), Fault> {
        for arn in topics(&held.properties())? {
            self.clear_policy(&arn).await?;
        }
        Ok(())
    }

    pub(super) async fn read_policy(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(arn) = topics(&held.properties())?.into_iter().next() else {
            return Ok(None);
        };
        let answer = self
            .client
            .get_topic_attributes()
            .topic_arn(&arn)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("sns", "GetTopicAttributes", &error).unless_missing(),
        };
        let policy = answer.attributes().and_then(|all| all.get("Policy"));
        let document: Option<Json> = policy.and_then(|text| serde_json::from_str(text).ok());
        let is_usual = |document: &Json| document["Id"] == usual_policy(&arn)["Id"];
        Ok(document
            .filter(|document| !is_usual(document))
            .map(|document| Map::from_iter([("PolicyDocument".to_owned(), document)])))
    }

    async fn clear_policy(&self, arn: &str) -> Result<(), Fault> {
        // The topic went before its policy.
        gone(self.set_policy(arn, &usual_policy(arn).to_string()).await)
    }

    async fn set_policy(&self, arn: &str, document: &str) -> Result<(), Fault> {
        self.client
            .set_topic_attributes()
            .topic_arn(arn)
            .attribute_name("Policy")
            .attribute_value(document)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sns", "SetTopicAttributes", &error))
    }
}

/// The ARNs of the topics that a policy is for.
fn topics(properties: &Properties<'_>) -> Result<Vec<String>, Fault> {
    Ok(match properties.text("TopicArn")? {
        Some(one) => vec![one],
        None => properties.texts("Topics")?.unwrap_or_default(),
    })
}

/// The policy that a topic has when nobody gave it one: it cannot be without.
/// Source: Amazon SNS developer guide, what `GetTopicAttributes` gives for a new topic.
fn usual_policy(arn: &str) -> Json {
    let owner = arn.split(':').nth(4).unwrap_or_default();
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"
            ],
            "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": owner}}
        }]
    })
}
