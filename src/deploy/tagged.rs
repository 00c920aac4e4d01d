//! A stack's resources by their tags, for when its state was lost.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::aws::{Cloud, Fault};

use super::apply;
use super::need;
use super::plan::Request;
use super::provider::{RESOURCE_TAG, STACK_TAG};
use super::state::{Intent, Journal, Purpose, State};

/// The generation of every resource that AWS has with the stack's tag, by logical id.
///
/// # Errors
/// When AWS refuses.
pub async fn tagged(cloud: &Cloud, stack: &str) -> Result<BTreeMap<String, u32>, Fault> {
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
    let mut found = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Fault::of("resourcegroupstagging", "GetResources", &error))?;
        for resource in page.resource_tag_mapping_list() {
            let tag = resource.tags().iter().find(|tag| tag.key() == RESOURCE_TAG);
            let known = tag.and_then(|tag| {
                let (id, generation) = tag.value().rsplit_once('/')?;
                Some((id.to_owned(), generation.parse().ok()?))
            });
            if let Some((id, generation)) = known {
                let newest: &mut u32 = found.entry(id).or_default();
                *newest = (*newest).max(generation);
            }
        }
    }
    Ok(found)
}

/// Writes down that everything in the template may have been made already: the recovery of a run that was killed then looks for all
/// of it. `found` gives the generations; a resource without tags has the first.
pub fn presume(state: &mut State, request: &Request<'_>, found: &BTreeMap<String, u32>, now: u64) {
    let needs = need::needs(request.structure, request.providers);
    // A circle is said when the plan is made.
    let order = need::in_order(&needs).unwrap_or_default();
    let resources = order.iter().filter(|key| !key.late).filter_map(|key| {
        let resource = request.structure.resources.get(&key.id)?;
        Some((&key.id, resource))
    });
    let needed = |id: &str| {
        let keys = needs.get(&need::Key::whole(id)).into_iter().flatten();
        keys.map(|key| key.id.clone()).collect()
    };
    let intents: IndexMap<String, Intent> = resources
        .map(|(id, resource)| {
            let intent = Intent {
                purpose: Purpose::Create,
                resource_type: resource.resource_type.clone(),
                generation: found.get(id).copied().unwrap_or_default(),
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
