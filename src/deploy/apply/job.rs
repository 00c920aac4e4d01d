//! One step of a plan: everything it needs, and doing it.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::aws::{Fault, FaultKind};
use crate::deploy::diff::Change;
use crate::deploy::need::Key;
use crate::deploy::plan::{self, Action, Plan, Step};
use crate::deploy::provider::{Existing, Held, Kind, Provider, Wanted};
use crate::deploy::state::State;
use crate::deploy::value::{self, first_unknown};
use crate::deploy::wait;
use crate::eval::Evaluator;

use super::{Apply, Done, Resolver, held, is_replacement, tags};

/// A step with everything it needs, so that it can go on while others are prepared.
pub(super) struct Job<'a> {
    provider: &'a dyn Provider,
    resolver: &'a dyn Resolver,
    action: Action,
    wanted: Wanted,
    held: Option<Held>,
    changes: Vec<Change>,
    /// When AWS lets it be done.
    turn: Option<Instant>,
}

impl<'a> Apply<'a> {
    /// Puts into the journal what is known of a resource now that it is made: a later run finds it by that.
    pub(super) fn write_down(&self, job: &Job<'_>, state: &mut State) {
        let journal = state.journal.as_mut();
        if let Some(intent) = journal.and_then(|journal| journal.intents.get_mut(&job.wanted.id)) {
            intent.properties = self.world.secrets.mask_map(job.wanted.properties.clone());
        }
    }

    /// Everything that a step needs, all values known.
    pub(super) fn job(&self, step: &Step, state: &State) -> Result<Job<'a>, Fault> {
        let id = &step.key.id;
        let missing = || Fault::unexpected("hoist", "plan", "the plan does not fit the template");
        let resource = self.world.structure.resources.get(id).ok_or_else(missing)?;
        let (provider, kind) = self
            .world
            .providers
            .of_type(&resource.resource_type)
            .ok_or_else(missing)?;
        let mut properties = self.properties(id, &kind, step, state)?;
        let recorded = state.resources.get(id);
        let held = recorded.map(|recorded| held(id, recorded));
        // None at all means: everything is sent, because it is not certain what AWS has.
        let changes = match !step.key.late && recorded.is_some_and(|recorded| recorded.uncertain) {
            true => Vec::new(),
            false => step.changes.clone(),
        };
        if !step.key.late && held.is_none() || is_replacement(step.action) {
            for late in kind.late {
                properties.remove(*late);
            }
        } else if !step.key.late {
            // As they are: their own step changes them. Those that are no longer in the template go with this one.
            for late in kind.late {
                if properties.remove(*late).is_some()
                    && let Some(sent) = held.as_ref().and_then(|held| held.properties.get(*late))
                {
                    properties.insert((*late).to_owned(), sent.clone());
                }
            }
        }
        let name = kind
            .name
            .and_then(|rule| properties.get(rule.property)?.as_str().map(str::to_owned))
            .unwrap_or_default();
        Ok(Job {
            provider,
            resolver: self.world.resolver,
            action: step.action,
            changes,
            turn: self.world.paces.turn(&resource.resource_type, step.action),
            held,
            wanted: Wanted {
                id: id.clone(),
                resource_type: resource.resource_type.clone(),
                name,
                tags: tags(self.world.tags, &self.plan.stack, id, step.generation),
                token: token(self.plan, state, step, &properties),
                properties,
                artifacts: Arc::clone(&self.world.artifacts),
            },
        })
    }

    /// The properties in clear. Late ones may still be unknown while it is not their step.
    pub(super) fn properties(
        &self,
        id: &str,
        kind: &Kind,
        step: &Step,
        state: &State,
    ) -> Result<Map<String, Json>, Fault> {
        let world = self.world;
        let resource = &world.structure.resources[id];
        let mut evaluator = Evaluator::new(world.structure, world.parameters, &self.scope);
        let node = resource
            .properties
            .as_ref()
            .and_then(|node| evaluator.value(node));
        let mut properties = match node.as_ref().map(value::to_json) {
            Some(Json::Object(map)) => map,
            _ => Map::new(),
        };
        plan::name(&mut properties, id, kind, step.generation, state);
        for (property, value) in &properties {
            let waits = !step.key.late && kind.late.contains(&property.as_str());
            if let Some(what) = first_unknown(value).filter(|_| !waits) {
                let text = match world.structure.resources.contains_key(what) {
                    true => format!(
                        "`{id}.{property}` needs something of `{what}` that AWS does not tell"
                    ),
                    false => format!("`{id}.{property}` cannot be worked out: {what}"),
                };
                return Err(Fault::invalid("hoist", "evaluate", text));
            }
        }
        Ok(properties)
    }
}

/// Does one step.
pub(super) async fn perform(key: Key, mut job: Job<'_>) -> Done {
    let begun = Instant::now();
    let mut waited = Vec::new();
    let result = async {
        let properties = std::mem::take(&mut job.wanted.properties);
        job.wanted.properties = job.resolver.resolve(properties).await?;
        let provider = job.provider;
        let wanted = &job.wanted;
        if let Some(turn) = job.turn {
            wait::sleep_until(turn).await;
        }
        match (job.action, &job.held) {
            (Action::Update | Action::Keep, Some(held)) => {
                wait::persist(
                    || provider.update(held, wanted, &job.changes),
                    |fault| {
                        waited.push(fault.clone());
                    },
                )
                .await
            }
            (Action::ReplaceDeleteFirst, Some(held)) => {
                wait::persist(|| provider.delete(held), |fault| waited.push(fault.clone())).await?;
                create(provider, wanted, &mut waited).await
            }
            _ => create(provider, wanted, &mut waited).await,
        }
    }
    .await;
    Done {
        key,
        took: begun.elapsed(),
        result,
        waited,
    }
}

/// Makes a resource. One that is there already is taken over when it is this very one: a call whose answer was lost.
async fn create(
    provider: &dyn Provider,
    wanted: &Wanted,
    waited: &mut Vec<Fault>,
) -> Result<Existing, Fault> {
    let made = wait::persist(
        || provider.create(wanted),
        |fault| waited.push(fault.clone()),
    )
    .await;
    let fault = match made {
        Err(fault) if fault.kind == FaultKind::Exists => fault,
        other => return other,
    };
    let Some(existing) = provider.find(&wanted.to_sought()).await? else {
        return Err(fault);
    };
    let held = Held {
        id: wanted.id.clone(),
        resource_type: wanted.resource_type.clone(),
        reference: existing.reference,
        handle: existing.handle,
        attributes: existing.attributes,
        properties: Map::new(),
    };
    wait::persist(
        || provider.update(&held, wanted, &[]),
        |fault| waited.push(fault.clone()),
    )
    .await
}

/// The same for the same attempt of the same deployment.
fn token(plan: &Plan, state: &State, step: &Step, properties: &Map<String, Json>) -> String {
    let attempt = state
        .journal
        .as_ref()
        .map_or((0, 0), |journal| (journal.deployment, journal.started));
    let text = format!(
        "{}/{}/{}/{}/{}/{}/{}/{}",
        plan.account,
        plan.region,
        plan.stack,
        step.key.id,
        step.generation,
        attempt.0,
        attempt.1,
        Json::Object(properties.clone()),
    );
    hex::encode(Sha256::digest(text))
}
