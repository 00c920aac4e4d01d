//! Groups of schedules. Only their tags can be changed.

use aws_sdk_scheduler::operation::get_schedule_group::GetScheduleGroupOutput;
use aws_sdk_scheduler::types::{ScheduleGroupState, Tag};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::deploy::provider::{Existing, Held, Sought, Wanted, tag};

use super::{Scheduler, built};

impl Scheduler {
    pub(super) async fn create_group(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        self.client
            .create_schedule_group()
            .name(&wanted.name)
            .set_tags(Some(tags(tag::merged(wanted)?)?))
            .client_token(wanted.token(64))
            .send()
            .await
            .map_err(|error| Fault::of("scheduler", "CreateScheduleGroup", &error))?;
        self.existing_group(&wanted.name).await
    }

    pub(super) async fn find_group(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(group) = self.group(&sought.name).await? else {
            return Ok(None);
        };
        let arn = group.arn().unwrap_or_default();
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_arn(arn)
            .send()
            .await
            .map_err(|error| Fault::of("scheduler", "ListTagsForResource", &error))?;
        let tags = answer.tags().iter().map(|tag| (tag.key(), tag.value()));
        Ok(sought.owns(tags).then(|| existing(&group)))
    }

    pub(super) async fn read_group(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let group = self.group(&held.reference).await?;
        Ok(group.map(|_| Map::new()))
    }

    pub(super) async fn update_group(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let existing = self.existing_group(&wanted.name).await?;
        let arn = existing.attributes.get("Arn").and_then(Json::as_str);
        let arn = arn.unwrap_or_default();
        let change = tag::change(held, wanted)?;
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("scheduler", "UntagResource", &error))?;
        }
        self.client
            .tag_resource()
            .resource_arn(arn)
            .set_tags(Some(tags(change.set)?))
            .send()
            .await
            .map_err(|error| Fault::of("scheduler", "TagResource", &error))?;
        Ok(existing)
    }

    /// Its schedules go with it, a little later.
    pub(super) async fn delete_group(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_schedule_group()
            .name(&held.reference)
            .send()
            .await;
        match answer.map_err(|error| Fault::of("scheduler", "DeleteScheduleGroup", &error)) {
            Err(fault) if fault.kind == FaultKind::Missing => Ok(()),
            // It is being deleted already.
            Err(fault) => match self.group(&held.reference).await? {
                None => Ok(()),
                Some(_) => Err(fault),
            },
            Ok(_) => Ok(()),
        }
    }

    async fn existing_group(&self, name: &str) -> Result<Existing, Fault> {
        let group = self.group(name).await?;
        let group = group.ok_or_else(|| {
            let text = "the group was just made and is not there";
            Fault::answered(
                "scheduler",
                "GetScheduleGroup",
                "ResourceNotReadyException",
                text,
            )
        })?;
        Ok(existing(&group))
    }

    /// The group. One that is being deleted counts as none.
    async fn group(&self, name: &str) -> Result<Option<GetScheduleGroupOutput>, Fault> {
        match self.client.get_schedule_group().name(name).send().await {
            Ok(group) if group.state() == Some(&ScheduleGroupState::Deleting) => Ok(None),
            Ok(group) => Ok(Some(group)),
            Err(error) => Fault::of("scheduler", "GetScheduleGroup", &error).unless_missing(),
        }
    }
}

fn tags(tags: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Tag>, Fault> {
    tags.into_iter()
        .map(|(key, value)| built(Tag::builder().key(key).value(value).build()))
        .collect()
}

fn existing(group: &GetScheduleGroupOutput) -> Existing {
    let date = |date: Option<&DateTime>| {
        let text = date.and_then(|date| date.fmt(Format::DateTime).ok());
        json!(text.unwrap_or_default())
    };
    let state = group.state().map_or("", ScheduleGroupState::as_str);
    let attributes = json!({
        "Arn": group.arn().unwrap_or_default(),
        "CreationDate": date(group.creation_date()),
        "LastModificationDate": date(group.last_modification_date()),
        "State": state,
    });
    Existing {
        reference: group.name().unwrap_or_default().to_owned(),
        handle: Json::Null,
        attributes: attributes.as_object().cloned().unwrap_or_default(),
    }
}
