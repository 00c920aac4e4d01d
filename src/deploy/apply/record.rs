//! Writing down what became of a step, and of the whole deployment.

use std::time::Duration;

use crate::aws::Fault;
use crate::deploy::event::Event;
use crate::deploy::need::Key;
use crate::deploy::plan::{self, Action, Step};
use crate::deploy::provider::Existing;
use crate::deploy::state::{Deployment, Leftover, Recorded, State};
use crate::deploy::value::{Secrets, first_unknown};

use super::{Apply, is_replacement};

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
        let says = |policy: &Option<crate::template::Node>, what: &str| {
            policy.as_ref().and_then(crate::template::Node::as_str) == Some(what)
        };
        let recorded = Recorded {
            resource_type: resource.resource_type.clone(),
            reference: existing.reference,
            handle: existing.handle,
            attributes: existing.attributes,
            properties,
            generation: step.generation,
            needs,
            // Snapshots are not made: what would be lost without one stays.
            retain: ["Retain", "RetainExceptOnCreate", "Snapshot"]
                .iter()
                .any(|policy| says(&resource.deletion_policy, policy)),
            retain_replaced: ["Retain", "Snapshot"]
                .iter()
                .any(|policy| says(&resource.update_replace_policy, policy)),
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

    /// The logical ids that a resource needs in both its steps.
    fn needs(&self, step: &Step) -> Vec<String> {
        let both = self
            .plan
            .steps
            .iter()
            .filter(|other| other.key.id == step.key.id);
        let mut ids: Vec<String> = both
            .flat_map(|other| &other.needs)
            .map(|key| key.id.clone())
            .filter(|id| *id != step.key.id)
            .collect();
        ids.sort();
        ids.dedup();
        ids
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
        self.outcome.outputs = clear
            .into_iter()
            .filter(|(_, value)| first_unknown(value).is_none())
            .collect();
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
