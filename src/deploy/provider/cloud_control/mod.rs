//! AWS Cloud Control API: every resource type that has no provider of its own and whose CloudFormation handlers can be called.

mod model;
mod patch;
mod progress;
mod reference;
mod shape;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use aws_sdk_cloudcontrol::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault, FaultKind, gone};
use crate::deploy::diff::Change;
use crate::graph::facts::{self, Facts};

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

/// How many pages of a type's resources are looked through for one that has no name.
const PAGES: usize = 10;

/// The provider of every other type. It has to be asked last.
pub struct CloudControl {
    client: Client,
}

impl CloudControl {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        CloudControl {
            client: Client::new(cloud.config()),
        }
    }

    async fn create_resource(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let facts = facts_of(&wanted.resource_type)?;
        let desired = Json::Object(model::desired(&facts, wanted)?);
        let event = self.begin_creation(&facts, wanted, &desired).await?;
        let Some(identifier) = event.identifier() else {
            let text = "the answer names no resource";
            return Err(Fault::unexpected("cloudcontrol", "CreateResource", text));
        };
        let live = self
            .model(&facts, identifier, event.resource_model())
            .await?;
        reference::existing(&facts, identifier, &live.unwrap_or_default())
    }

    /// By what identifies it, when the template says that; else by its tags among all of its type.
    async fn find_resource(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let facts = facts_of(&sought.resource_type)?;
        if let Some(identifier) = reference::identifier(&facts, &sought.properties) {
            let Some(live) = self.model(&facts, &identifier, None).await? else {
                return Ok(None);
            };
            let is_ours = match model::tags(&facts, &live) {
                Some(tags) => sought.owns(pairs(&tags)),
                // What has no tags is known by its parent and its name.
                None => true,
            };
            return match is_ours {
                true => reference::existing(&facts, &identifier, &live).map(Some),
                false => Ok(None),
            };
        }
        self.find_by_tags(&facts, sought).await
    }

    async fn find_by_tags(
        &self,
        facts: &Facts,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        if !facts.handlers.list() || !facts.handlers.read() || !model::has_tags(facts) {
            return Ok(None);
        }
        let mut pages = self
            .client
            .list_resources()
            .type_name(facts.name)
            .into_paginator()
            .send();
        for _ in 0..PAGES {
            let page = match pages.next().await {
                None => return Ok(None),
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    let fault = Fault::of("cloudcontrol", "ListResources", &error);
                    // Some types can only be listed below a parent: then its token is what it is known by.
                    return match fault.kind {
                        FaultKind::Invalid | FaultKind::Missing => Ok(None),
                        _ => Err(fault),
                    };
                }
            };
            for one in page.resource_descriptions() {
                let Some(identifier) = one.identifier() else {
                    continue;
                };
                let listed = one.properties().map(model::parsed).unwrap_or_default();
                let live = match model::tags(facts, &listed) {
                    Some(_) => Some(listed),
                    // A list may say less than the resource itself.
                    None => self.model(facts, identifier, None).await?,
                };
                let live = live.unwrap_or_default();
                let tags = model::tags(facts, &live).unwrap_or_default();
                if sought.owns(pairs(&tags)) {
                    let whole = self.model(facts, identifier, None).await?;
                    return reference::existing(facts, identifier, &whole.unwrap_or(live))
                        .map(Some);
                }
            }
        }
        Ok(None)
    }

    async fn read_resource(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let facts = facts_of(&held.resource_type)?;
        if !facts.handlers.read() {
            return Ok(Some(Map::new()));
        }
        let live = self.model(&facts, &identifier(held), None).await?;
        Ok(live.map(|live| model::comparable(&facts, &held.properties, live)))
    }

    async fn update_resource(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let facts = facts_of(&wanted.resource_type)?;
        let identifier = identifier(held);
        let desired = model::desired(&facts, wanted)?;
        let live = self.model(&facts, &identifier, None).await?;
        let live = live.unwrap_or_default();
        let operations = patch::operations(&facts, &held.properties, &desired, &live, changes);
        if operations.is_empty() {
            return reference::existing(&facts, &identifier, &live);
        }
        if !facts.handlers.update() {
            let paths: Vec<&str> = operations
                .iter()
                .filter_map(|one| one["path"].as_str())
                .collect();
            let text = format!(
                "a {} cannot be changed, and `{}` is different. Give the resource another logical id, so that it is made anew",
                facts.name,
                paths.join("`, `")
            );
            return Err(Fault::invalid("cloudcontrol", "UpdateResource", text));
        }
        let answer = self
            .client
            .update_resource()
            .type_name(facts.name)
            .identifier(&identifier)
            .patch_document(Json::Array(operations).to_string())
            .send()
            .await
            .map_err(|error| Fault::of("cloudcontrol", "UpdateResource", &error))?;
        let event = self
            .finished("UpdateResource", answer.progress_event)
            .await?;
        let live = self
            .model(&facts, &identifier, event.resource_model())
            .await?;
        reference::existing(&facts, &identifier, &live.unwrap_or_default())
    }

    async fn delete_resource(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_resource()
            .type_name(&held.resource_type)
            .identifier(identifier(held))
            .send()
            .await
            .map_err(|error| Fault::of("cloudcontrol", "DeleteResource", &error));
        let finished = match answer {
            Err(fault) => Err(fault),
            Ok(answer) => self.finished("DeleteResource", answer.progress_event).await,
        };
        gone(finished)
    }

    /// What the resource is. A type that cannot be read is what the call that made it said. None when it is gone.
    async fn model(
        &self,
        facts: &Facts,
        identifier: &str,
        said: Option<&str>,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        if !facts.handlers.read() {
            return Ok(Some(said.map(model::parsed).unwrap_or_default()));
        }
        let answer = self
            .client
            .get_resource()
            .type_name(facts.name)
            .identifier(identifier)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let text = answer
                    .resource_description()
                    .and_then(|description| description.properties());
                Ok(Some(text.map(model::parsed).unwrap_or_default()))
            }
            Err(error) => Fault::of("cloudcontrol", "GetResource", &error).unless_missing(),
        }
    }
}

/// What Cloud Control knows the resource by.
fn identifier(held: &Held) -> String {
    held.handle.as_str().unwrap_or(&held.reference).to_owned()
}

fn facts_of(resource_type: &str) -> Result<Facts, Fault> {
    facts::resource_type(resource_type).ok_or_else(|| {
        let text = format!("AWS publishes no type {resource_type}");
        Fault::invalid("cloudcontrol", "CreateResource", text)
    })
}

fn pairs(tags: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
}

/// What there is to know of a type. What identifies a resource is made once for each type and kept.
fn kind(resource_type: &str) -> Option<Kind> {
    static KINDS: LazyLock<Mutex<HashMap<&'static str, Kind>>> = LazyLock::new(Mutex::default);
    let mut kinds = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kind) = kinds.get(resource_type) {
        return Some(*kind);
    }
    let facts = facts::resource_type(resource_type)?;
    if !(facts.handlers.create() && facts.handlers.delete()) {
        return None;
    }
    let given: Vec<&'static str> = facts
        .primary_id
        .iter()
        .copied()
        .filter(|path| !path.contains('/') && !facts.flags(path).read_only())
        .collect();
    let kind = Kind {
        // There are as many as there are types.
        identity: Box::leak(given.into_boxed_slice()),
        ..Kind::new(facts.name)
    };
    kinds.insert(facts.name, kind);
    Some(kind)
}

impl Provider for CloudControl {
    /// There are over a thousand: each is made known when it is asked for.
    fn kinds(&self) -> &'static [Kind] {
        &[]
    }

    fn kind(&self, resource_type: &str) -> Option<Kind> {
        kind(resource_type)
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        Box::pin(self.create_resource(wanted))
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        Box::pin(self.find_resource(sought))
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        Box::pin(self.read_resource(held))
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        Box::pin(self.update_resource(held, wanted, changes))
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        Box::pin(self.delete_resource(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_handlers_are_for_nobody() {
        for name in [
            "AWS::CloudFormation::WaitConditionHandle",
            "AWS::CloudFormation::CustomResource",
            "Custom::Thing",
            "AWS::No::Such",
        ] {
            assert!(kind(name).is_none(), "{name}");
        }
        let group = kind("AWS::Logs::LogGroup").expect("it has handlers");
        assert_eq!(group.identity, ["LogGroupName"]);
        assert_eq!(
            kind("AWS::SQS::Queue").map(|kind| kind.identity.len()),
            Some(0)
        );
    }
}
