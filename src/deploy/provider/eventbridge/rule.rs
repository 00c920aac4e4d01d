//! Rules with their targets.

use std::collections::BTreeSet;

use aws_sdk_eventbridge::operation::describe_rule::DescribeRuleOutput;
use aws_sdk_eventbridge::types::RuleState;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::target::target;
use super::{EventBridge, is_changed, parsed, present, tags};

/// How many targets one call puts or removes.
const AT_ONCE: usize = 10;

impl EventBridge {
    /// `PutRule` takes over a rule of the same name, whoever made it: that is asked first.
    pub(super) async fn create_rule(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let bus = properties.text("EventBusName")?;
        let there = self.describe_rule(&wanted.name, bus.as_deref()).await?;
        if let Some(arn) = there.as_ref().and_then(DescribeRuleOutput::arn) {
            let found = self.tags(arn).await?;
            let found = found.iter().map(|tag| (tag.key(), tag.value()));
            if !tag::are_of(&wanted.tags, found) {
                let text = format!("a rule `{}` already exists", wanted.name);
                return Err(Fault::answered(
                    "eventbridge",
                    "PutRule",
                    "ResourceAlreadyExistsException",
                    &text,
                ));
            }
        }
        let arn = self.put_rule(wanted, there.is_none()).await?;
        self.put_targets(wanted).await?;
        if there.is_some() {
            self.update_tags(&arn, None, wanted).await?;
        }
        existing(&arn, &wanted.name, &properties)
    }

    /// Everything that is not a target. What is left out is taken away.
    async fn put_rule(&self, wanted: &Wanted, is_new: bool) -> Result<String, Fault> {
        let properties = wanted.properties();
        let state = properties.text("State")?;
        let description = properties.text("Description")?;
        // What is left out is to be taken away; a description is so for certain when it is empty.
        let description = description.or((!is_new).then(String::new));
        let mut request = self
            .client
            .put_rule()
            .name(&wanted.name)
            .set_event_bus_name(properties.text("EventBusName")?)
            .set_description(description)
            .set_event_pattern(properties.document("EventPattern"))
            .set_schedule_expression(properties.text("ScheduleExpression")?)
            .set_role_arn(properties.text("RoleArn")?)
            .state(RuleState::from(state.as_deref().unwrap_or("ENABLED")));
        if is_new {
            // For a rule that is there they are ignored.
            request = request.set_tags(Some(tags(tag::merged(wanted)?)?));
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "PutRule", &error))?;
        Ok(answer.rule_arn().unwrap_or_default().to_owned())
    }

    async fn put_targets(&self, wanted: &Wanted) -> Result<(), Fault> {
        let properties = wanted.properties();
        let targets = properties.parts("Targets", target)?.unwrap_or_default();
        for group in targets.chunks(AT_ONCE) {
            let answer = self
                .client
                .put_targets()
                .rule(&wanted.name)
                .set_event_bus_name(properties.text("EventBusName")?)
                .set_targets(Some(group.to_vec()))
                .send()
                .await
                .map_err(|error| Fault::of("eventbridge", "PutTargets", &error))?;
            if let Some(failed) = answer.failed_entries().first() {
                let (code, text) = (failed.error_code(), failed.error_message());
                return Err(refused("PutTargets", failed.target_id(), code, text));
            }
        }
        Ok(())
    }

    async fn remove_targets(
        &self,
        rule: &str,
        bus: Option<&str>,
        ids: Vec<String>,
    ) -> Result<(), Fault> {
        for group in ids.chunks(AT_ONCE) {
            let answer = self
                .client
                .remove_targets()
                .rule(rule)
                .set_event_bus_name(bus.map(str::to_owned))
                .set_ids(Some(group.to_vec()))
                .send()
                .await
                .map_err(|error| Fault::of("eventbridge", "RemoveTargets", &error))?;
            let is_gone = |code: Option<&str>| code == Some("ResourceNotFoundException");
            let mut failed = answer.failed_entries().iter();
            if let Some(failed) = failed.find(|failed| !is_gone(failed.error_code())) {
                let (code, text) = (failed.error_code(), failed.error_message());
                return Err(refused("RemoveTargets", failed.target_id(), code, text));
            }
        }
        Ok(())
    }

    /// The ids of the targets that a rule has.
    async fn target_ids(&self, rule: &str, bus: Option<&str>) -> Result<Vec<String>, Fault> {
        let mut ids = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .client
                .list_targets_by_rule()
                .rule(rule)
                .set_event_bus_name(bus.map(str::to_owned))
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| Fault::of("eventbridge", "ListTargetsByRule", &error))?;
            ids.extend(answer.targets().iter().map(|one| one.id().to_owned()));
            next = answer.next_token;
            if next.is_none() {
                return Ok(ids);
            }
        }
    }

    pub(super) async fn find_rule(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = sought.properties();
        let bus = properties.text("EventBusName")?;
        let found = self.describe_rule(&sought.name, bus.as_deref()).await?;
        let Some(arn) = found.as_ref().and_then(DescribeRuleOutput::arn) else {
            return Ok(None);
        };
        let tags = self.tags(arn).await?;
        match sought.owns(tags.iter().map(|tag| (tag.key(), tag.value()))) {
            true => existing(arn, &sought.name, &properties).map(Some),
            false => Ok(None),
        }
    }

    pub(super) async fn read_rule(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let (name, bus) = place(held)?;
        let Some(rule) = self.describe_rule(&name, bus.as_deref()).await? else {
            return Ok(None);
        };
        let text = |value: Option<&str>| value.map(Json::from);
        Ok(Some(present([
            (
                "Description",
                Some(json!(rule.description().unwrap_or_default())),
            ),
            ("EventPattern", rule.event_pattern().map(parsed)),
            ("RoleArn", text(rule.role_arn())),
            ("ScheduleExpression", text(rule.schedule_expression())),
            ("State", rule.state().map(|state| json!(state.as_str()))),
        ])))
    }

    pub(super) async fn update_rule(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        const OWN: [&str; 5] = [
            "Description",
            "EventPattern",
            "RoleArn",
            "ScheduleExpression",
            "State",
        ];
        let properties = wanted.properties();
        let arn = match is_changed(changes, &OWN) || !held.attributes.contains_key("Arn") {
            true => self.put_rule(wanted, false).await?,
            false => held.attributes["Arn"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        };
        if is_changed(changes, &["Targets"]) {
            self.put_targets(wanted).await?;
            let bus = properties.text("EventBusName")?;
            let kept = ids(&properties)?;
            let mut gone = ids(&held.properties())?;
            if changes.is_empty() {
                // What the last deployment put is not certain.
                gone.extend(self.target_ids(&wanted.name, bus.as_deref()).await?);
            }
            let gone: Vec<String> = gone.difference(&kept).cloned().collect();
            self.remove_targets(&wanted.name, bus.as_deref(), gone)
                .await?;
        }
        self.update_tags(&arn, Some(held), wanted).await?;
        existing(&arn, &wanted.name, &properties)
    }

    /// A rule that has targets cannot be deleted.
    pub(super) async fn delete_rule(&self, held: &Held) -> Result<(), Fault> {
        let (name, bus) = place(held)?;
        let ids = match self.target_ids(&name, bus.as_deref()).await {
            Ok(ids) => ids,
            Err(fault) => return fault.unless_missing().map(|_: Option<()>| ()),
        };
        let removed = self.remove_targets(&name, bus.as_deref(), ids).await;
        let deleted = match removed {
            Err(fault) => Err(fault),
            Ok(()) => self
                .client
                .delete_rule()
                .name(&name)
                .set_event_bus_name(bus)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("eventbridge", "DeleteRule", &error)),
        };
        gone(deleted)
    }

    async fn describe_rule(
        &self,
        name: &str,
        bus: Option<&str>,
    ) -> Result<Option<DescribeRuleOutput>, Fault> {
        let answer = self
            .client
            .describe_rule()
            .name(name)
            .set_event_bus_name(bus.map(str::to_owned))
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("eventbridge", "DescribeRule", &error).unless_missing(),
        }
    }
}

/// A target that was refused while others were not.
fn refused(
    operation: &'static str,
    id: Option<&str>,
    code: Option<&str>,
    text: Option<&str>,
) -> Fault {
    let id = id.unwrap_or_default();
    let text = format!("target `{id}`: {}", text.unwrap_or("no reason given"));
    Fault::answered("eventbridge", operation, code.unwrap_or_default(), &text)
}

/// The ids of the targets in the properties.
fn ids(properties: &Properties<'_>) -> Result<BTreeSet<String>, Fault> {
    let targets = properties.objects("Targets")?;
    targets.iter().map(|target| target.required("Id")).collect()
}

/// The name of a rule and its bus.
fn place(held: &Held) -> Result<(String, Option<String>), Fault> {
    let properties = held.properties();
    Ok((
        properties.required("Name")?,
        properties.text("EventBusName")?,
    ))
}

/// `Ref` gives the name, with that of the bus before it when it is not the account's own.
fn existing(arn: &str, name: &str, properties: &Properties<'_>) -> Result<Existing, Fault> {
    let bus = properties.text("EventBusName")?.unwrap_or_default();
    let bus = bus.rsplit('/').next().unwrap_or_default();
    Ok(Existing {
        reference: match bus {
            "" | "default" => name.to_owned(),
            _ => format!("{bus}|{name}"),
        },
        handle: Json::Null,
        attributes: Map::from_iter([
            ("Arn".to_owned(), json!(arn)),
            ("RuleName".to_owned(), json!(name)),
        ]),
    })
}
