//! Archives of what a bus has received.

use aws_sdk_eventbridge::operation::describe_archive::DescribeArchiveOutput;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Sought, Wanted};

use super::{EventBridge, is_same, parsed, present};

impl EventBridge {
    pub(super) async fn create_archive(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_archive()
            .archive_name(&wanted.name)
            .event_source_arn(properties.required("SourceArn")?)
            .set_description(properties.text("Description")?)
            .set_event_pattern(properties.document("EventPattern"))
            .set_retention_days(properties.integer("RetentionDays")?)
            .set_kms_key_identifier(properties.text("KmsKeyIdentifier")?)
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "CreateArchive", &error))?;
        Ok(existing(answer.archive_arn(), &wanted.name))
    }

    /// Archives have no tags: one with a name that Hoist made is ours, and one with a written name is when it is exactly what was
    /// to be made.
    pub(super) async fn find_archive(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(found) = self.describe_archive(&sought.name).await? else {
            return Ok(None);
        };
        let properties = sought.properties();
        let is_it = is_same(properties.text("SourceArn")?, found.event_source_arn());
        let pattern = properties
            .document("EventPattern")
            .map(|text| parsed(&text));
        let live = found.event_pattern().filter(|text| !text.is_empty());
        let is_alike = sought.has_made_name()
            || is_same(properties.text("Description")?, found.description())
                && properties.integer("RetentionDays")?.unwrap_or(0)
                    == found.retention_days().unwrap_or(0)
                && pattern == live.map(parsed);
        Ok((is_it && is_alike).then(|| existing(found.archive_arn(), &sought.name)))
    }

    pub(super) async fn read_archive(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(found) = self.describe_archive(&held.reference).await? else {
            return Ok(None);
        };
        Ok(Some(present([
            (
                "Description",
                Some(json!(found.description().unwrap_or_default())),
            ),
            ("EventPattern", found.event_pattern().map(parsed)),
            (
                "KmsKeyIdentifier",
                found.kms_key_identifier().map(Json::from),
            ),
            ("RetentionDays", found.retention_days().map(Json::from)),
            ("SourceArn", found.event_source_arn().map(Json::from)),
        ])))
    }

    /// What the template has no longer is emptied: what is left out stays as it is.
    pub(super) async fn update_archive(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .update_archive()
            .archive_name(&wanted.name)
            .description(properties.text("Description")?.unwrap_or_default())
            .set_event_pattern(properties.document("EventPattern"))
            .retention_days(properties.integer("RetentionDays")?.unwrap_or(0))
            .set_kms_key_identifier(properties.text("KmsKeyIdentifier")?)
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "UpdateArchive", &error))?;
        Ok(existing(answer.archive_arn(), &wanted.name))
    }

    pub(super) async fn delete_archive(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_archive()
            .archive_name(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("eventbridge", "DeleteArchive", &error)))
    }

    async fn describe_archive(&self, name: &str) -> Result<Option<DescribeArchiveOutput>, Fault> {
        let answer = self
            .client
            .describe_archive()
            .archive_name(name)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("eventbridge", "DescribeArchive", &error).unless_missing(),
        }
    }
}

fn existing(arn: Option<&str>, name: &str) -> Existing {
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("Arn".to_owned(), json!(arn.unwrap_or_default()))]),
    }
}
