//! Event buses, with the policy written in them.

use aws_sdk_eventbridge::operation::describe_event_bus::DescribeEventBusOutput;
use aws_sdk_eventbridge::types::{DeadLetterConfig, IncludeDetail, Level, LogConfig};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::target::dead_letter;
use super::{EventBridge, is_changed, parsed, present, tags};

impl EventBridge {
    pub(super) async fn create_bus(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_event_bus()
            .name(&wanted.name)
            .set_event_source_name(properties.text("EventSourceName")?)
            .set_description(properties.text("Description")?)
            .set_kms_key_identifier(properties.text("KmsKeyIdentifier")?)
            .set_dead_letter_config(properties.part("DeadLetterConfig", dead_letter)?)
            .set_log_config(properties.part("LogConfig", log)?)
            .set_tags(Some(tags(tag::merged(wanted)?)?))
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "CreateEventBus", &error))?;
        if let Some(policy) = properties.document("Policy") {
            self.put_policy(&wanted.name, policy).await?;
        }
        let arn = answer.event_bus_arn().unwrap_or_default();
        Ok(existing(arn, &wanted.name, &properties))
    }

    pub(super) async fn find_bus(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let found = self.describe_bus(&sought.name).await?;
        let Some(arn) = found.as_ref().and_then(DescribeEventBusOutput::arn) else {
            return Ok(None);
        };
        let tags = self.tags(arn).await?;
        let is_ours = sought.owns(tags.iter().map(|tag| (tag.key(), tag.value())));
        Ok(is_ours.then(|| existing(arn, &sought.name, &sought.properties())))
    }

    pub(super) async fn read_bus(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(bus) = self.describe_bus(&held.reference).await? else {
            return Ok(None);
        };
        let letter = bus.dead_letter_config().and_then(DeadLetterConfig::arn);
        let log = bus.log_config().map(|log| {
            let detail = log.include_detail().map(|detail| json!(detail.as_str()));
            let level = log.level().map(|level| json!(level.as_str()));
            Json::Object(present([("IncludeDetail", detail), ("Level", level)]))
        });
        Ok(Some(present([
            (
                "Description",
                Some(json!(bus.description().unwrap_or_default())),
            ),
            ("KmsKeyIdentifier", bus.kms_key_identifier().map(Json::from)),
            ("DeadLetterConfig", letter.map(|arn| json!({ "Arn": arn }))),
            ("LogConfig", log),
            ("Policy", bus.policy().map(parsed)),
        ])))
    }

    pub(super) async fn update_bus(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        const OWN: [&str; 4] = [
            "Description",
            "KmsKeyIdentifier",
            "DeadLetterConfig",
            "LogConfig",
        ];
        let properties = wanted.properties();
        if is_changed(changes, &OWN) {
            self.set_bus(held, wanted).await?;
        }
        if is_changed(changes, &["Policy"]) {
            match properties.document("Policy") {
                Some(policy) => self.put_policy(&wanted.name, policy).await?,
                None if held.properties.contains_key("Policy") => {
                    self.clear_policy(&wanted.name).await?;
                }
                None => {}
            }
        }
        let arn = held.attributes.get("Arn").and_then(Json::as_str);
        let arn = arn.unwrap_or_default();
        self.update_tags(arn, Some(held), wanted).await?;
        Ok(existing(arn, &wanted.name, &properties))
    }

    /// What the bus had and has no longer is emptied by name: leaving it out might leave it as it is.
    async fn set_bus(&self, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let (before, after) = (held.properties(), wanted.properties());
        let text = |name: &str| -> Result<Option<String>, Fault> {
            let had = before.get(name).map(|_| String::new());
            Ok(after.text(name)?.or(had))
        };
        let no_letter = before
            .get("DeadLetterConfig")
            .map(|_| DeadLetterConfig::builder().build());
        let no_log = before.get("LogConfig").map(|_| {
            LogConfig::builder()
                .level(Level::Off)
                .include_detail(IncludeDetail::None)
                .build()
        });
        self.client
            .update_event_bus()
            .name(&wanted.name)
            .set_description(text("Description")?)
            .set_kms_key_identifier(text("KmsKeyIdentifier")?)
            .set_dead_letter_config(after.part("DeadLetterConfig", dead_letter)?.or(no_letter))
            .set_log_config(after.part("LogConfig", log)?.or(no_log))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("eventbridge", "UpdateEventBus", &error))
    }

    pub(super) async fn delete_bus(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_event_bus()
            .name(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("eventbridge", "DeleteEventBus", &error)))
    }

    pub(super) async fn put_policy(&self, bus: &str, policy: String) -> Result<(), Fault> {
        self.client
            .put_permission()
            .event_bus_name(bus)
            .policy(policy)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("eventbridge", "PutPermission", &error))
    }

    async fn clear_policy(&self, bus: &str) -> Result<(), Fault> {
        let answer = self
            .client
            .remove_permission()
            .event_bus_name(bus)
            .remove_all_permissions(true)
            .send()
            .await;
        // There may have been none.
        gone(answer.map_err(|error| Fault::of("eventbridge", "RemovePermission", &error)))
    }

    pub(super) async fn describe_bus(
        &self,
        name: &str,
    ) -> Result<Option<DescribeEventBusOutput>, Fault> {
        match self.client.describe_event_bus().name(name).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("eventbridge", "DescribeEventBus", &error).unless_missing(),
        }
    }
}

fn log(from: &Properties<'_>) -> Result<LogConfig, Fault> {
    let detail = from.text("IncludeDetail")?;
    let level = from.text("Level")?;
    Ok(LogConfig::builder()
        .set_include_detail(detail.map(|text| IncludeDetail::from(text.as_str())))
        .set_level(level.map(|text| Level::from(text.as_str())))
        .build())
}

fn existing(arn: &str, name: &str, properties: &Properties<'_>) -> Existing {
    let mut attributes = Map::from_iter([
        ("Arn".to_owned(), json!(arn)),
        ("Name".to_owned(), json!(name)),
    ]);
    if let Some(policy) = properties.document("Policy") {
        attributes.insert("Policy".to_owned(), json!(policy));
    }
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes,
    }
}
