//! Finding out what a deployment that was killed did before it ended, and what others changed since the last one.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::aws::{Fault, FaultKind};

use super::apply::{held, tags};
use super::diff::{self, Change};
use super::plan::{self, Request};
use super::provider::{Existing, Providers, Sought};
use super::state::{Intent, Leftover, Purpose, Recorded, State};
use super::value::{first_unknown, is_secret};
use super::wait;

/// What came of a look at what a killed deployment had begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It had been made: the state has it now.
    Made(String),
    /// It had not been made.
    NotMade(String),
    /// Whether its change went through is not known: it is sent again.
    Uncertain(String),
}

/// Settles what the journal of a killed deployment left open. The state then has everything that exists, and whatever is
/// not certain is marked so. The journal stays: the deployment is gone on with under its number.
///
/// # Errors
/// When AWS cannot be asked.
pub async fn recover(
    state: &mut State,
    request: &Request<'_>,
    stack_tags: &BTreeMap<String, String>,
) -> Result<Vec<Found>, Fault> {
    let Some(journal) = state.journal.clone() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (id, intent) in &journal.intents {
        match intent.purpose {
            // It is still in the state, and deleting it again does no harm.
            Purpose::Delete => {}
            Purpose::Update => {
                if let Some(recorded) = state.resources.get_mut(id) {
                    recorded.uncertain = true;
                    found.push(Found::Uncertain(id.clone()));
                }
            }
            Purpose::Create => found.push(
                match look_for(id, intent, state, request, stack_tags).await? {
                    Some((intent, existing)) => {
                        adopt(id, &intent, existing, state);
                        Found::Made(id.clone())
                    }
                    None => Found::NotMade(id.clone()),
                },
            ),
        }
    }
    Ok(found)
}

/// The resource and the intent with what is known of it by now. Of several generations the newest.
async fn look_for(
    id: &str,
    intent: &Intent,
    state: &State,
    request: &Request<'_>,
    stack_tags: &BTreeMap<String, String>,
) -> Result<Option<(Intent, Existing)>, Fault> {
    let Some((provider, kind)) = request.providers.of_type(&intent.resource_type) else {
        return Ok(None);
    };
    let lowest = intent.lowest.unwrap_or(intent.generation);
    for generation in (lowest..=intent.generation).rev() {
        let intent = completed(id, intent, generation, state, request);
        let name = intent.name.clone().or_else(|| {
            let property = kind.name?.property;
            intent.properties.get(property)?.as_str().map(str::to_owned)
        });
        let sought = Sought {
            id: id.to_owned(),
            resource_type: intent.resource_type.clone(),
            name: name.unwrap_or_default(),
            properties: intent.properties.clone(),
            tags: tags(stack_tags, &state.stack, id, generation),
            taken: taken(state, &intent.resource_type),
        };
        let found = wait::persist(|| provider.find(&sought), |_| ()).await?;
        if let Some(existing) = found {
            return Ok(Some((intent, existing)));
        }
    }
    Ok(None)
}

/// The intent with what was not known when it was written down: what the resource needs may have been made before it and be known
/// by now. What is known stays: the template may be another by now, and what was sent came from the one before.
fn completed(
    id: &str,
    intent: &Intent,
    generation: u32,
    state: &State,
    request: &Request<'_>,
) -> Intent {
    let mut intent = Intent {
        generation,
        ..intent.clone()
    };
    let is_known = |value: &Json| first_unknown(value).is_none();
    intent.properties.retain(|_, value| is_known(value));
    let known = plan::known_properties(request, state, id, generation);
    for (property, value) in known.into_iter().flatten() {
        if is_known(&value) {
            intent.properties.entry(property).or_insert(value);
        }
    }
    intent
}

/// What `Ref` gives of every resource of a type that the state has.
fn taken(state: &State, resource_type: &str) -> Vec<String> {
    let leftovers = state.leftovers.iter().map(|left| &left.recorded);
    let all = state.resources.values().chain(leftovers);
    all.filter(|recorded| recorded.resource_type == resource_type)
        .map(|recorded| recorded.reference.clone())
        .collect()
}

/// Takes a resource into the state. What it replaces is left over.
fn adopt(id: &str, intent: &Intent, existing: Existing, state: &mut State) {
    let old = state.resources.get(id).cloned();
    let recorded = Recorded {
        resource_type: intent.resource_type.clone(),
        reference: existing.reference,
        handle: existing.handle,
        attributes: existing.attributes,
        // Nothing of it is certain, so that everything is sent again.
        properties: intent.properties.clone(),
        generation: intent.generation,
        needs: intent.needs.clone(),
        retain: intent.retain,
        retain_replaced: intent.retain_replaced,
        uncertain: true,
    };
    state.resources.insert(id.to_owned(), recorded);
    let is_left = |old: &Recorded| {
        old.generation != intent.generation && !intent.deletes_first && !old.retain_replaced
    };
    if let Some(old) = old.filter(is_left) {
        state.leftovers.push(Leftover {
            id: id.to_owned(),
            recorded: old,
        });
    }
}

/// Whether a value was written down as it was sent: neither a secret nor looked up.
fn is_clear(sent: &Json) -> bool {
    match sent {
        Json::String(text) => !text.contains("{{resolve:"),
        Json::Array(items) => items.iter().all(is_clear),
        Json::Object(_) if is_secret(sent) => false,
        Json::Object(map) => map.values().all(is_clear),
        _ => true,
    }
}

/// What is different in AWS from what was last sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Drift {
    /// It is no longer there.
    Gone(String),
    /// These properties are different: `before` is what was sent, `after` what is there.
    Changed(String, Vec<Change>),
}

/// Compares every resource with AWS, and takes what is found into the state: the next plan undoes it.
///
/// # Errors
/// When AWS cannot be asked.
pub async fn refresh(state: &mut State, providers: &Providers) -> Result<Vec<Drift>, Fault> {
    let mut drifts = Vec::new();
    let ids: Vec<String> = state.resources.keys().cloned().collect();
    for id in ids {
        let Some(recorded) = state.resources.get(&id) else {
            continue;
        };
        let Some((provider, _)) = providers.of_type(&recorded.resource_type) else {
            continue;
        };
        let held = held(&id, recorded);
        let read = wait::persist(|| provider.read(&held), |_| ()).await;
        match read {
            Ok(Some(live)) => {
                // Only what was sent and can be read back: the rest are AWS's own defaults.
                let sent: Map<_, _> = recorded
                    .properties
                    .iter()
                    .filter(|(property, sent)| live.contains_key(*property) && is_clear(sent))
                    .map(|(property, value)| (property.clone(), value.clone()))
                    .collect();
                let live: Map<_, _> = live
                    .into_iter()
                    .filter(|(property, _)| sent.contains_key(property))
                    .collect();
                let changes = diff::changes(&sent, &live);
                if changes.is_empty() {
                    continue;
                }
                if let Some(recorded) = state.resources.get_mut(&id) {
                    recorded.properties.extend(live);
                }
                drifts.push(Drift::Changed(id, changes));
            }
            Ok(None) => {
                state.resources.shift_remove(&id);
                drifts.push(Drift::Gone(id));
            }
            Err(fault) if fault.kind == FaultKind::Missing => {
                state.resources.shift_remove(&id);
                drifts.push(Drift::Gone(id));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(drifts)
}
