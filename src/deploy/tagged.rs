//! A stack's resources by their tags, for when its state was lost.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::aws::{Cloud, Fault};

use super::apply;
use super::need;
use super::plan::Request;
use super::provider::{RESOURCE_TAG, STACK_TAG};
use super::state::{Intent, Journal, Purpose, State};

/// A resource that AWS has with a stack's tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tagged {
    /// Its logical id.
    pub id: String,
    /// Counts how often it was replaced.
    pub generation: u32,
    /// Its name in AWS.
    pub arn: String,
}

/// The resources that AWS has with the stack's tag, in the order of their logical ids.
///
/// # Errors
/// When AWS refuses.
pub async fn tagged(cloud: &Cloud, stack: &str) -> Result<Vec<Tagged>, Fault> {
    let client = aws_sdk_resourcegroupstagging::Client::new(cloud.config());
    let filter = aws_sdk_resourcegroupstagging::types::TagFilter::builder()
        .key(STACK_TAG)
        .values(stack)
        .build();
    let mut pages = client
        .get_resources()
        .tag_filters(filter)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Fault::of("resourcegroupstagging", "GetResources", &error))?;
        for resource in page.resource_tag_mapping_list() {
            let tag = resource.tags().iter().find(|tag| tag.key() == RESOURCE_TAG);
            found.extend(tag.and_then(|tag| {
                let (id, generation) = tag.value().rsplit_once('/')?;
                Some(Tagged {
                    id: id.to_owned(),
                    generation: generation.parse().ok()?,
                    arn: resource.resource_arn().unwrap_or_default().to_owned(),
                })
            }));
        }
    }
    found.sort();
    Ok(found)
}

/// How many generations are looked for of what AWS tells no tags of.
const MOST_GENERATIONS: u32 = 9;

/// Writes down that everything in the template may have been made already: the recovery of a run that was killed then looks for all
/// of it. `found` gives the generations; what AWS tells no tags of has one of those that others have.
pub fn presume(state: &mut State, request: &Request<'_>, found: &[Tagged], now: u64) {
    let newest: BTreeMap<String, u32> = found
        .iter()
        .map(|one| (one.id.clone(), one.generation))
        .collect();
    let needs = need::needs(request.structure, request.providers);
    // A circle is said when the plan is made.
    let order = need::in_order(&needs).unwrap_or_default();
    let resources = order.iter().filter(|key| !key.late).filter_map(|key| {
        let resource = request.structure.resources.get(&key.id)?;
        Some((&key.id, resource))
    });
    let highest = newest.values().max().copied().unwrap_or_default();
    // Each is looked for by itself.
    let highest = highest.min(MOST_GENERATIONS);
    let needed = |id: &str| {
        let keys = needs.get(&need::Key::whole(id)).into_iter().flatten();
        keys.map(|key| key.id.clone()).collect()
    };
    let intents: IndexMap<String, Intent> = resources
        .map(|(id, resource)| {
            let intent = Intent {
                purpose: Purpose::Create,
                resource_type: resource.resource_type.clone(),
                generation: newest.get(id).copied().unwrap_or(highest),
                lowest: (!newest.contains_key(id)).then_some(0),
                deletes_first: false,
                needs: needed(id),
                retain: apply::retain(resource),
                retain_replaced: apply::retain_replaced(resource),
                name: None,
                properties: serde_json::Map::new(),
            };
            (id.clone(), intent)
        })
        .collect();
    state.journal = Some(Journal {
        deployment: state.next_deployment(),
        started: now,
        intents,
    });
}

/// What of `found` the state does not have after the recovery: what the template does not have any more or calls otherwise, and what
/// was replaced. Nothing but its tag is known of it.
pub fn left<'a>(found: &'a [Tagged], state: &State) -> Vec<&'a Tagged> {
    let is_had = |one: &&Tagged| {
        let recorded = state.resources.get(&one.id);
        recorded.is_some_and(|recorded| recorded.generation == one.generation)
    };
    found.iter().filter(|one| !is_had(one)).collect()
}
