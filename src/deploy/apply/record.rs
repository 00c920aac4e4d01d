//! Writing down what became of a step, and of the whole deployment.

use std::time::Duration;

use crate::aws::Fault;
use crate::deploy::event::Event;
use crate::deploy::need::Key;
use crate::deploy::plan::{self, Action, Step};
use crate::deploy::provider::Existing;
use crate::deploy::state::{Deployment, Leftover, Recorded, State};
use crate::deploy::value::{Secrets, first_unknown};
use crate::template::{Node, Resource};

use super::{Apply, is_replacement};

/// Whether a resource stays when it is no longer wanted. Snapshots are not made: what would be lost without one stays.
pub(in crate::deploy) fn retain(resource: &Resource) -> bool {
    let kept = ["Retain", "RetainExceptOnCreate", "Snapshot"];
    says(resource.deletion_policy.as_ref(), &kept)
}

/// Whether a resource stays when another takes its place.
pub(in crate::deploy) fn retain_replaced(resource: &Resource) -> bool {
    says(
        resource.update_replace_policy.as_ref(),
        &["Retain", "Snapshot"],
    )
}

fn says(policy: Option<&Node>, words: &[&str]) -> bool {
    let policy = policy.and_then(Node::as_str);
    policy.is_some_and(|policy| words.contains(&policy))
}

/// The logical ids of what a step needs.
pub(super) fn needed(step: &Step) -> Vec<String> {
    let others = step.needs.iter().filter(|key| key.id != step.key.id);
    let mut ids: Vec<String> = others.map(|key| key.id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

impl Apply<'_> {
    pub(super) fn succeeded(
        &mut self,
        step: &Step,
        existing: Existing,
        took: Duration,
        state: &mut State,
    ) {
        let id = &step.key.id;
        let Some(resource) = self.world.structure.resources.get(id) else {
            return;
        };
        self.scope
            .know(id, &existing.reference, existing.attributes.clone());
        let kind = self.world.providers.of_type(&resource.resource_type);
        let late = kind.map_or(&[][..], |(_, kind)| kind.late);
        // Written down with the references of that moment, so that a change of what they refer to is seen.
        let mut properties = kind
            .and_then(|(_, kind)| self.properties(id, &kind, step, state).ok())
            .map(|properties| self.world.secrets.mask_map(properties))
            .unwrap_or_default();
        let before = state.resources.get(id);
        if !step.key.late {
            for property in late {
                let is_wanted = properties.remove(*property).is_some();
                let kept = before.filter(|_| is_wanted && step.action == Action::Update);
                if let Some(value) = kept.and_then(|before| before.properties.get(*property)) {
                    properties.insert((*property).to_owned(), value.clone());
                }
            }
        }
        let needs = self.needs(step);
        let recorded = Recorded {
            resource_type: resource.resource_type.clone(),
            reference: existing.reference,
            handle: existing.handle,
            attributes: existing.attributes,
            properties,
            generation: step.generation,
            needs,
            retain: retain(resource),
            retain_replaced: retain_replaced(resource),
            uncertain: false,
        };
        match step.action {
            Action::Create => self.outcome.counts.created += 1,
            Action::Replace | Action::ReplaceDeleteFirst => self.outcome.counts.replaced += 1,
            _ if !step.key.late => self.outcome.counts.updated += 1,
            _ => {}
        }
        let old = state.resources.insert(id.clone(), recorded);
        if let Some(old) = old.filter(|old| step.action == Action::Replace && !old.retain_replaced)
        {
            state.leftovers.push(Leftover {
                id: id.clone(),
                recorded: old,
            });
        }
        if let Some(journal) = &mut state.journal {
            journal.intents.shift_remove(id);
        }
        (self.tell)(Event::Finished {
            key: step.key.clone(),
            action: step.action,
            took,
        });
    }

    /// The logical ids that a resource needs to be made. What only its second step needs may itself need the resource: a circle
    /// that would leave no order for deleting.
    fn needs(&self, step: &Step) -> Vec<String> {
        let whole = Key::whole(&step.key.id);
        let mut steps = self.plan.steps.iter();
        let step = steps.find(|other| other.key == whole);
        step.map(needed).unwrap_or_default()
    }

    pub(super) fn failed(
        &mut self,
        step: &Step,
        fault: Fault,
        blocked: Vec<&Key>,
        state: &mut State,
    ) {
        if let Some(recorded) = state.resources.get_mut(&step.key.id)
            && !is_replacement(step.action)
        {
            recorded.uncertain = true;
        }
        let blocked: Vec<Key> = blocked.into_iter().cloned().collect();
        (self.tell)(Event::Failed {
            key: step.key.clone(),
            action: step.action,
            fault: fault.clone(),
            blocked: blocked.clone(),
        });
        self.outcome.failed.push((step.key.clone(), fault));
        self.outcome.blocked.extend(blocked);
    }

    /// Puts the deployment into the history. One that is not complete is gone on with under its number.
    pub(super) fn remember(&self, took: Duration, state: &mut State) {
        let Some(journal) = &state.journal else {
            return;
        };
        let (number, started) = (journal.deployment, journal.started);
        let before = state.deployments.iter().find(|one| one.number == number);
        let mut counts = before.map(|before| before.counts).unwrap_or_default();
        counts.add(self.outcome.counts);
        let millis = before.map_or(0, |before| before.millis)
            + u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let complete = self.outcome.is_complete();
        state.deployments.retain(|one| one.number != number);
        state.remember(Deployment {
            number,
            started,
            millis,
            complete,
            counts,
            code: self.world.code.clone().into_iter().collect(),
            back_to: self.world.back_to,
            returned: false,
        });
        if complete {
            state.tags = self.world.tags.clone().into_iter().collect();
            state.journal = None;
        }
    }

    pub(super) fn outputs(&mut self, state: &mut State) {
        let world = self.world;
        let clear = plan::outputs(
            world.structure,
            world.parameters,
            &self.scope,
            &Secrets::default(),
        );
        for (name, value) in clear {
            match first_unknown(&value).map(str::to_owned) {
                None => drop(self.outcome.outputs.insert(name, value)),
                Some(what) => self.outcome.untold.push((name, what)),
            }
        }
        state.outputs = self
            .outcome
            .outputs
            .iter()
            .map(|(name, value)| (name.clone(), world.secrets.mask(value.clone())))
            .collect();
        let exports = plan::exports(
            world.structure,
            world.parameters,
            &self.scope,
            world.secrets,
        );
        state.exports = exports.into_iter().collect();
    }
}
