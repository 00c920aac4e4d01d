//! `AWS::Lambda::EventSourceMapping`: a queue, a stream or a cluster that Lambda reads for a function.

mod kafka;
mod read;
mod setting;

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::word::word;
use super::{Lambda, live, touches};
use setting::{SETTINGS, Settings};

impl Lambda {
    /// Makes a mapping. It begins to read some seconds later, which nothing of the stack waits for.
    pub(super) async fn create_mapping(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let settings = Settings::of(&properties)?;
        let answer = self
            .once
            .create_event_source_mapping()
            .function_name(properties.required("FunctionName")?)
            .set_event_source_arn(properties.text("EventSourceArn")?)
            .set_queues(properties.texts("Queues")?)
            .set_self_managed_event_source(kafka::own_cluster(&properties)?)
            .set_starting_position(word(&properties, "StartingPosition")?)
            .set_starting_position_timestamp(setting::timestamp(&properties)?)
            .set_topics(properties.texts("Topics")?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .set_amazon_managed_kafka_event_source_config(settings.managed_kafka)
            .set_batch_size(settings.batch_size)
            .set_bisect_batch_on_function_error(settings.bisect)
            .set_destination_config(settings.destinations)
            .set_document_db_event_source_config(settings.document_db)
            .set_enabled(settings.enabled)
            .set_filter_criteria(settings.filters)
            .set_function_response_types(settings.response_types)
            .set_kms_key_arn(settings.kms_key)
            .set_logging_config(settings.logging)
            .set_maximum_batching_window_in_seconds(settings.window)
            .set_maximum_record_age_in_seconds(settings.record_age)
            .set_maximum_retry_attempts(settings.retries)
            .set_metrics_config(settings.metrics)
            .set_parallelization_factor(settings.parallelization)
            .set_provisioned_poller_config(settings.pollers)
            .set_scaling_config(settings.scaling)
            .set_self_managed_kafka_event_source_config(settings.own_kafka)
            .set_source_access_configurations(settings.access)
            .set_tumbling_window_in_seconds(settings.tumbling)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let uuid = answer.uuid().unwrap_or_default();
                let arn = answer.event_source_mapping_arn().map(str::to_owned);
                let arn = arn.or_else(|| arn_of(answer.function_arn()?, uuid));
                Ok(existing(uuid, &arn.unwrap_or_default()))
            }
            Err(error) => {
                let fault = Fault::of("lambda", "CreateEventSourceMapping", &error);
                Err(self.unless_it_goes(fault, &properties).await?)
            }
        }
    }

    /// A mapping of the same source and function that is being deleted is in the way for some seconds more.
    async fn unless_it_goes(
        &self,
        mut fault: Fault,
        properties: &Properties<'_>,
    ) -> Result<Fault, Fault> {
        if fault.kind == FaultKind::Exists {
            let there = self.mappings(properties).await?;
            let goes = there.iter().any(|one| one.state() == Some("Deleting"));
            if goes {
                fault.kind = FaultKind::NotYet;
            }
        }
        Ok(fault)
    }

    pub(super) async fn find_mapping(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        if properties.get("FunctionName").is_none() {
            return Ok(None);
        }
        for mapping in self.mappings(&properties).await? {
            let uuid = mapping.uuid().unwrap_or_default();
            let arn = mapping.event_source_mapping_arn().map(str::to_owned);
            let arn = arn.or_else(|| arn_of(mapping.function_arn()?, uuid));
            let Some(arn) = arn.filter(|_| mapping.state() != Some("Deleting")) else {
                continue;
            };
            let tags = self.tags(&arn).await?;
            if sought.owns(
                tags.iter()
                    .map(|(key, value)| (key.as_str(), value.as_str())),
            ) {
                return Ok(Some(existing(uuid, &arn)));
            }
        }
        Ok(None)
    }

    /// All mappings of the same source and function.
    async fn mappings(
        &self,
        properties: &Properties<'_>,
    ) -> Result<Vec<EventSourceMappingConfiguration>, Fault> {
        let mut pages = self
            .client
            .list_event_source_mappings()
            .function_name(properties.required("FunctionName")?)
            .set_event_source_arn(properties.text("EventSourceArn")?)
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(mapping) = pages.next().await {
            match mapping {
                Ok(mapping) => found.push(mapping),
                Err(error) => {
                    let fault = Fault::of("lambda", "ListEventSourceMappings", &error);
                    gone::<()>(Err(fault))?;
                    break;
                }
            }
        }
        Ok(found)
    }

    pub(super) async fn update_mapping(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        if touches(changes, &SETTINGS) {
            self.change_mapping(held, wanted, changes).await?;
        }
        if touches(changes, &["Tags"]) {
            let arn = held.attributes.get("EventSourceMappingArn");
            let arn = arn.and_then(Json::as_str).unwrap_or_default();
            self.change_tags(arn, held, wanted).await?;
        }
        Ok(live::unchanged(held))
    }

    async fn change_mapping(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<(), Fault> {
        let properties = wanted.properties();
        let before = held.properties();
        let is_gone = |name: &str| before.get(name).is_some() && properties.get(name).is_none();
        let defaults = Settings::defaults(&properties, is_gone)?;
        let settings = Settings::of(&properties)?;
        let change = settings.or(defaults, |property| touches(changes, &[property]));
        let function = match touches(changes, &["FunctionName"]) {
            true => properties.text("FunctionName")?,
            false => None,
        };
        self.client
            .update_event_source_mapping()
            .uuid(&held.reference)
            .set_function_name(function)
            .set_amazon_managed_kafka_event_source_config(change.managed_kafka)
            .set_batch_size(change.batch_size)
            .set_bisect_batch_on_function_error(change.bisect)
            .set_destination_config(change.destinations)
            .set_document_db_event_source_config(change.document_db)
            .set_enabled(change.enabled)
            .set_filter_criteria(change.filters)
            .set_function_response_types(change.response_types)
            .set_kms_key_arn(change.kms_key)
            .set_logging_config(change.logging)
            .set_maximum_batching_window_in_seconds(change.window)
            .set_maximum_record_age_in_seconds(change.record_age)
            .set_maximum_retry_attempts(change.retries)
            .set_metrics_config(change.metrics)
            .set_parallelization_factor(change.parallelization)
            .set_provisioned_poller_config(change.pollers)
            .set_scaling_config(change.scaling)
            .set_self_managed_kafka_event_source_config(change.own_kafka)
            .set_source_access_configurations(change.access)
            .set_tumbling_window_in_seconds(change.tumbling)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "UpdateEventSourceMapping", &error))
    }

    /// Deletes a mapping. It reads no more some seconds later, which nothing of the stack waits for.
    pub(super) async fn delete_mapping(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_event_source_mapping()
            .uuid(&held.reference)
            .send()
            .await;
        let fault = match answer {
            Ok(_) => return Ok(()),
            Err(error) => Fault::of("lambda", "DeleteEventSourceMapping", &error),
        };
        if fault.kind == FaultKind::NotYet && self.state(held).await?.as_deref() == Some("Deleting")
        {
            return Ok(());
        }
        gone::<()>(Err(fault))
    }

    async fn state(&self, held: &Held) -> Result<Option<String>, Fault> {
        let answer = self
            .client
            .get_event_source_mapping()
            .uuid(&held.reference)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(answer.state().map(str::to_owned)),
            Err(error) => Fault::of("lambda", "GetEventSourceMapping", &error).unless_missing(),
        }
    }
}

/// The ARN of a mapping, from that of its function.
fn arn_of(function: &str, uuid: &str) -> Option<String> {
    let (front, _) = function.split_once(":function:")?;
    Some(format!("{front}:event-source-mapping:{uuid}"))
}

fn existing(uuid: &str, arn: &str) -> Existing {
    let attributes = [
        ("EventSourceMappingArn".to_owned(), json!(arn)),
        ("Id".to_owned(), json!(uuid)),
    ];
    Existing {
        reference: uuid.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter(attributes),
    }
}
