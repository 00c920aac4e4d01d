//! Deleting what is no longer wanted, those first that need others.

use std::cell::RefCell;

use futures_util::stream::{FuturesUnordered, StreamExt};
use indexmap::IndexMap;
use tokio::time::Instant;

use crate::aws::Fault;
use crate::deploy::event::Event;
use crate::deploy::need::Key;
use crate::deploy::plan::Action;
use crate::deploy::provider::Provider;
use crate::deploy::state::{Recorded, State};
use crate::deploy::wait;
use crate::graph::walk::{Direction, Walk};

use super::{AT_ONCE, Apply, Done, News, held};

/// One resource to be deleted: what left the template, or what was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Doomed {
    id: String,
    /// With the generation it is a name for what was replaced, whose logical id another has now.
    generation: u32,
    is_leftover: bool,
}

impl Apply<'_> {
    /// Deletes what the plan says and what was left over.
    pub(super) async fn clear_away(&mut self, state: &RefCell<&mut State>, news: &News) {
        self.let_go(&mut state.borrow_mut());
        self.leave_shared(&mut state.borrow_mut());
        let doomed = self.doomed(&state.borrow());
        let pairs: Vec<(Doomed, Doomed)> = doomed
            .iter()
            .flat_map(|(key, recorded)| {
                doomed
                    .keys()
                    .filter(|other| recorded.needs.contains(&other.id) && other.id != key.id)
                    .map(|other| (key.clone(), other.clone()))
            })
            .collect();
        let walk = Walk::new(doomed.keys().cloned(), pairs, Direction::DependentsFirst);
        // Old and new of two templates may seem to need each other: then the order does not matter to AWS either, or it says so.
        let walk =
            walk.or_else(|_| Walk::new(doomed.keys().cloned(), [], Direction::DependentsFirst));
        let Ok(mut walk) = walk else { return };
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < AT_ONCE
                && !self.is_stopped(news)
                && let Some(key) = walk.start_next()
            {
                let recorded = &doomed[&key];
                (self.tell)(Event::Started {
                    key: Key::whole(&key.id),
                    action: Action::Delete,
                });
                match self.world.providers.of_type(&recorded.resource_type) {
                    Some((provider, _)) => {
                        let paces = &self.world.paces;
                        let turn = paces.turn(&recorded.resource_type, Action::Delete);
                        running.push(delete(key, recorded, provider, turn));
                    }
                    None => {
                        let text = format!("nobody can delete a {}", recorded.resource_type);
                        let fault = Fault::unexpected("hoist", "delete", &text);
                        let blocked = walk.fail(&key);
                        self.kept(&key, fault, blocked);
                    }
                }
            }
            let Some((key, done)) = running.next().await else {
                return;
            };
            match done.result {
                Ok(_) => {
                    self.gone(&key, &done, &mut state.borrow_mut());
                    walk.succeed(&key);
                }
                Err(fault) => {
                    let blocked = walk.fail(&key);
                    self.kept(&key, fault, blocked);
                }
            }
            news.tell();
        }
    }

    /// Forgets what stays in AWS.
    fn let_go(&mut self, state: &mut State) {
        for step in &self.plan.steps {
            if step.action == Action::Retain {
                state.resources.shift_remove(&step.key.id);
                if let Some(journal) = &mut state.journal {
                    journal.intents.shift_remove(&step.key.id);
                }
                (self.tell)(Event::Finished {
                    key: step.key.clone(),
                    action: Action::Retain,
                    took: std::time::Duration::ZERO,
                });
            }
        }
    }

    /// Forgets what is replaced by itself: its successor is the very same thing in AWS.
    fn leave_shared(&self, state: &mut State) {
        let kept: Vec<(String, String)> = state
            .resources
            .iter()
            .filter(|(id, _)| self.world.structure.resources.contains_key(*id))
            .map(|(_, kept)| (kept.resource_type.clone(), kept.reference.clone()))
            .collect();
        let is_kept = |recorded: &Recorded| {
            let kind = self.world.providers.of_type(&recorded.resource_type);
            kind.is_some_and(|(_, kind)| kind.shared)
                && kept.iter().any(|(resource_type, reference)| {
                    *resource_type == recorded.resource_type && *reference == recorded.reference
                })
        };
        state.leftovers.retain(|left| !is_kept(&left.recorded));
        let deleted = |id: &String| {
            let mut steps = self.plan.steps.iter();
            steps.any(|step| step.action == Action::Delete && step.key.id == *id)
        };
        let forgotten: Vec<String> = state
            .resources
            .iter()
            .filter(|(id, recorded)| deleted(id) && is_kept(recorded))
            .map(|(id, _)| id.clone())
            .collect();
        for id in forgotten {
            state.resources.shift_remove(&id);
            if let Some(journal) = &mut state.journal {
                journal.intents.shift_remove(&id);
            }
        }
    }

    fn doomed(&self, state: &State) -> IndexMap<Doomed, Recorded> {
        let planned = self
            .plan
            .steps
            .iter()
            .filter(|step| step.action == Action::Delete)
            .filter_map(|step| {
                let recorded = state.resources.get(&step.key.id)?;
                Some((&step.key.id, recorded, false))
            });
        let left = state
            .leftovers
            .iter()
            .map(|left| (&left.id, &left.recorded, true));
        planned
            .chain(left)
            .map(|(id, recorded, is_leftover)| {
                let key = Doomed {
                    id: id.clone(),
                    generation: recorded.generation,
                    is_leftover,
                };
                (key, recorded.clone())
            })
            .collect()
    }

    fn gone(&mut self, key: &Doomed, done: &Done, state: &mut State) {
        if key.is_leftover {
            let is_it = |left: &crate::deploy::state::Leftover| {
                left.id == key.id && left.recorded.generation == key.generation
            };
            state.leftovers.retain(|left| !is_it(left));
        } else {
            state.resources.shift_remove(&key.id);
            if let Some(journal) = &mut state.journal {
                journal.intents.shift_remove(&key.id);
            }
            self.outcome.counts.deleted += 1;
        }
        (self.tell)(Event::Finished {
            key: Key::whole(&key.id),
            action: Action::Delete,
            took: done.took,
        });
    }

    fn kept(&mut self, key: &Doomed, fault: Fault, blocked: Vec<Doomed>) {
        let blocked: Vec<Key> = blocked.iter().map(|key| Key::whole(&key.id)).collect();
        let key = Key::whole(&key.id);
        (self.tell)(Event::Failed {
            key: key.clone(),
            action: Action::Delete,
            fault: fault.clone(),
            blocked: blocked.clone(),
        });
        self.outcome.failed.push((key, fault));
        self.outcome.blocked.extend(blocked);
    }
}

async fn delete(
    key: Doomed,
    recorded: &Recorded,
    provider: &dyn Provider,
    turn: Option<Instant>,
) -> (Doomed, Done) {
    if let Some(turn) = turn {
        wait::sleep_until(turn).await;
    }
    let begun = Instant::now();
    let held = held(&key.id, recorded);
    let mut waited = Vec::new();
    let result = wait::persist(
        || provider.delete(&held),
        |fault| waited.push(fault.clone()),
    )
    .await;
    let done = Done {
        key: Key::whole(&key.id),
        took: begun.elapsed(),
        result: result.map(|()| Default::default()),
        waited,
    };
    (key, done)
}
