//! The tags of tables and streams.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;
use crate::deploy::provider::tag::TagChange;
use crate::deploy::provider::{RESOURCE_TAG, STACK_TAG};

use super::DynamoDb;

impl DynamoDb {
    /// The tags of a table or a stream; empty when it is not there.
    pub(super) async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        let mut tags = BTreeMap::new();
        let mut next = None;
        loop {
            let answer = self
                .client
                .list_tags_of_resource()
                .resource_arn(arn)
                .set_next_token(next)
                .send()
                .await;
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    let fault = Fault::of("dynamodb", "ListTagsOfResource", &error);
                    return fault.unless_missing().map(|_: Option<()>| tags);
                }
            };
            let each = answer.tags().iter();
            tags.extend(each.map(|tag| (tag.key().to_owned(), tag.value().to_owned())));
            match answer.next_token {
                Some(token) => next = Some(token),
                None => return Ok(tags),
            }
        }
    }

    /// Whether the table of this name has our tags.
    pub(super) async fn is_ours(
        &self,
        name: &str,
        wanted: &BTreeMap<String, String>,
    ) -> Result<bool, Fault> {
        let Some(table) = self.describe(name).await? else {
            return Ok(false);
        };
        let tags = self.tags(table.table_arn().unwrap_or_default()).await?;
        Ok([STACK_TAG, RESOURCE_TAG]
            .iter()
            .all(|tag| tags.get(*tag) == wanted.get(*tag)))
    }

    pub(super) async fn set_tags(&self, arn: &str, change: TagChange) -> Result<(), Fault> {
        if !change.set.is_empty() {
            let mut tags = Vec::new();
            for (key, value) in change.set {
                tags.push(sdk::Tag::builder().key(key).value(value).build()?);
            }
            self.client
                .tag_resource()
                .resource_arn(arn)
                .set_tags(Some(tags))
                .send()
                .await
                .map_err(|error| Fault::of("dynamodb", "TagResource", &error))?;
        }
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("dynamodb", "UntagResource", &error))?;
        }
        Ok(())
    }
}
