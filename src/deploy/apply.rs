//! Carries a plan out: everything that is ready at once, the state kept after every step.
//!
//! What is made and changed comes first, what is no longer wanted goes at the end, when nothing refers to it any more. A failed step
//! stops what depends on it and nothing else.

mod job;
mod record;
mod removal;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::aws::Fault;
use crate::eval::{Parameters, TemplateScope};
use crate::graph::walk::{Direction, Walk};
use crate::template::Template;

use super::event::Event;
use super::need::Key;
use super::pace::Paces;
use super::plan::{Action, Plan, Step};
use super::provider::{Existing, Held, Providers, RESOURCE_TAG, STACK_TAG};
use super::scope::StackScope;
use super::state::store::{StateStore, StoreError};
use super::state::{Counts, Intent, Journal, Purpose, Recorded, State};
use super::value::Secrets;

use job::perform;

/// How many steps are under way at most. Beyond this AWS's own limits, a few calls a second for a service, rule.
const AT_ONCE: usize = 24;

/// What a plan is carried out with.
pub struct World<'a> {
    /// Who can make what.
    pub providers: &'a Providers,
    /// The template, as it was planned from.
    pub structure: &'a Template,
    /// The values of its parameters.
    pub parameters: &'a Parameters,
    /// The region, the account and the stack.
    pub pseudo: &'a TemplateScope,
    /// What must not be written down.
    pub secrets: &'a Secrets,
    /// Puts the values of dynamic references in.
    pub resolver: &'a dyn Resolver,
    /// The tags that every resource gets.
    pub tags: &'a BTreeMap<String, String>,
    /// Files built from the user's sources, by their SHA-256.
    pub artifacts: Arc<HashMap<String, PathBuf>>,
    /// The SHA-256 of each function's code, for the history.
    pub code: BTreeMap<String, String>,
    /// Seconds since 1970.
    pub now: u64,
    /// What is kept beside the state for going back to this deployment: a template and its parameters.
    pub record: Option<Vec<u8>>,
    /// How often AWS lets things be done.
    pub paces: Paces,
    /// Turns true when no further step is to be begun: the user wants an end.
    pub stop: Arc<AtomicBool>,
}

/// Looks up `{{resolve:…}}`: in AWS, or in a test.
pub trait Resolver: Send + Sync {
    /// The properties with every dynamic reference answered.
    fn resolve(
        &self,
        properties: Map<String, Json>,
    ) -> Pin<Box<dyn Future<Output = Result<Map<String, Json>, Fault>> + Send + '_>>;
}

/// How an apply ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was done.
    pub counts: Counts,
    /// The steps that failed, with why.
    pub failed: Vec<(Key, Fault)>,
    /// The steps that could not be done because of those.
    pub blocked: Vec<Key>,
    /// The template's outputs. In clear: secrets among them are not in the state.
    pub outputs: IndexMap<String, Json>,
    /// Whether the user wanted an end before everything was done.
    pub stopped: bool,
}

impl Outcome {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.blocked.is_empty() && !self.stopped
    }
}

/// Carries out `plan`. `state` is what it was made from, and afterwards what there is.
///
/// The journal is kept before anything is begun, and the state after every step, while others go on.
///
/// # Errors
/// When the state cannot be kept: then nothing more is begun, and what was under way is seen to its end.
pub async fn apply(
    plan: &Plan,
    world: &World<'_>,
    state: &mut State,
    store: &mut dyn StateStore,
    tell: &mut dyn FnMut(Event),
) -> Result<Outcome, StoreError> {
    let begun = Instant::now();
    begin(plan, world, state);
    let mut apply = Apply {
        plan,
        world,
        scope: known_scope(plan, world, state),
        outcome: Outcome::default(),
        tell,
    };
    state.serial += 1;
    store.save(state).await?;
    let shared = RefCell::new(state);
    let news = News::default();
    let work = async {
        apply.build_up(&shared, &news).await;
        if apply.outcome.is_complete() {
            apply.clear_away(&shared, &news).await;
        }
        let mut state = shared.borrow_mut();
        apply.outputs(&mut state);
        apply.remember(begun.elapsed(), &mut state);
        news.end();
    };
    let (kept, ()) = tokio::join!(keep(store, &shared, &news, world), work);
    kept?;
    Ok(apply.outcome)
}

/// What is known of the resources that are not made anew.
fn known_scope(plan: &Plan, world: &World<'_>, state: &State) -> StackScope {
    let mut scope = StackScope::new(world.pseudo.clone());
    for step in &plan.steps {
        let stays = matches!(step.action, Action::Keep | Action::Update);
        if let Some(recorded) = state.resources.get(&step.key.id).filter(|_| stays) {
            let attributes = recorded.attributes.clone();
            scope.know(&step.key.id, &recorded.reference, attributes);
        }
    }
    scope
}

/// What whoever keeps the state has to know. The steps never wait for it.
#[derive(Default)]
struct News {
    /// There is something to be kept.
    some: Cell<bool>,
    /// There will be no more.
    ended: Cell<bool>,
    /// It cannot be kept: nothing more is to be begun.
    lost: Cell<bool>,
    bell: Notify,
}

impl News {
    /// The state is another.
    fn tell(&self) {
        self.some.set(true);
        self.bell.notify_one();
    }

    fn end(&self) {
        self.ended.set(true);
        self.tell();
    }
}

/// Keeps the state each time it is another: several changes during one call are kept with the next.
async fn keep(
    store: &mut dyn StateStore,
    state: &RefCell<&mut State>,
    news: &News,
    world: &World<'_>,
) -> Result<(), StoreError> {
    let kept = async {
        if let (Some(record), Some(name)) = (&world.record, record_name(&state.borrow())) {
            store.keep(&name, record.clone()).await?;
        }
        loop {
            while !news.some.take() {
                if news.ended.get() {
                    return Ok(());
                }
                news.bell.notified().await;
            }
            let saved = {
                let mut state = state.borrow_mut();
                state.serial += 1;
                store.save(&state)
            };
            saved.await?;
        }
    }
    .await;
    news.lost.set(kept.is_err());
    kept
}

/// Under what name the deployment's record is kept.
fn record_name(state: &State) -> Option<String> {
    let number = state.journal.as_ref()?.deployment;
    Some(format!("deployment/{number}.json"))
}

/// Writes down what is going to be done. A run that was killed is gone on with under its number, so that the services which
/// know calls by a token recognise those it made.
fn begin(plan: &Plan, world: &World<'_>, state: &mut State) {
    let (deployment, started) = match &state.journal {
        Some(journal) => (journal.deployment, journal.started),
        None => (state.next_deployment(), world.now),
    };
    let intents = plan.work().filter(|step| !step.key.late).map(|step| {
        let purpose = match step.action {
            Action::Update | Action::Keep => Purpose::Update,
            Action::Delete | Action::Retain => Purpose::Delete,
            _ => Purpose::Create,
        };
        let intent = Intent {
            purpose,
            resource_type: step.resource_type.clone(),
            generation: step.generation,
            deletes_first: step.action == Action::ReplaceDeleteFirst,
            name: step.name.clone(),
            properties: step.properties.clone(),
        };
        (step.key.id.clone(), intent)
    });
    state.journal = Some(Journal {
        deployment,
        started,
        intents: intents.collect(),
    });
}

struct Apply<'a> {
    plan: &'a Plan,
    world: &'a World<'a>,
    scope: StackScope,
    outcome: Outcome,
    tell: &'a mut dyn FnMut(Event),
}

/// What came of a step.
struct Done {
    key: Key,
    took: Duration,
    result: Result<Existing, Fault>,
    waited: Vec<Fault>,
}

impl<'a> Apply<'a> {
    /// Makes and changes what is wanted.
    async fn build_up(&mut self, state: &RefCell<&mut State>, news: &News) {
        let steps: IndexMap<&Key, &'a Step> = self
            .plan
            .steps
            .iter()
            .filter(|step| !matches!(step.action, Action::Delete | Action::Retain))
            .map(|step| (&step.key, step))
            .collect();
        let pairs = steps.values().flat_map(|step| {
            let key = &step.key;
            step.needs.iter().map(move |needed| (key, needed))
        });
        let Ok(mut walk) = Walk::new(steps.keys().copied(), pairs, Direction::DependenciesFirst)
        else {
            // A plan is made in an order, which a circle does not have.
            return;
        };
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < AT_ONCE
                && !self.is_stopped(news)
                && let Some(key) = walk.start_next()
            {
                let step = steps[key];
                if step.action == Action::Keep {
                    walk.succeed(&key);
                    continue;
                }
                (self.tell)(Event::Started {
                    key: key.clone(),
                    action: step.action,
                });
                let mut state = state.borrow_mut();
                match self.job(step, &state) {
                    Ok(job) => {
                        self.write_down(&job, &mut state);
                        running.push(perform(key.clone(), job));
                    }
                    Err(fault) => self.failed(step, fault, walk.fail(&key), &mut state),
                }
                news.tell();
            }
            let Some(done) = running.next().await else {
                break;
            };
            let step = steps[&done.key];
            for fault in done.waited {
                (self.tell)(Event::Waiting {
                    key: step.key.clone(),
                    fault,
                });
            }
            let mut state = state.borrow_mut();
            match done.result {
                Ok(existing) => {
                    self.succeeded(step, existing, done.took, &mut state);
                    walk.succeed(&&step.key);
                }
                Err(fault) => self.failed(step, fault, walk.fail(&&step.key), &mut state),
            }
            news.tell();
        }
    }

<<<<<<< HEAD
    /// Whether no further step is to be begun.
    fn is_stopped(&mut self, news: &News) -> bool {
        self.outcome.stopped |= self.world.stop.load(Ordering::Relaxed) || news.lost.get();
        self.outcome.stopped
=======
    /// Everything that a step needs, all values known.
    fn job(&self, step: &Step, state: &State) -> Result<Job<'a>, Fault> {
        let id = &step.key.id;
        let missing = || Fault::unexpected("hoist", "plan", "the plan does not fit the template");
        let resource = self.world.structure.resources.get(id).ok_or_else(missing)?;
        let (provider, kind) = self
            .world
            .providers
            .of_type(&resource.resource_type)
            .ok_or_else(missing)?;
        let mut properties = self.properties(id, &kind, step, state)?;
        let held = state.resources.get(id).map(|recorded| held(id, recorded));
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
<<<<<<< HEAD
        // What differs from the state is not all that may differ from AWS: everything is sent.
        let recorded = state.resources.get(id);
        let is_uncertain = !step.key.late && recorded.is_some_and(|recorded| recorded.uncertain);
=======
        let is_uncertain = !step.key.late
            && state
                .resources
                .get(id)
                .is_some_and(|recorded| recorded.uncertain);
>>>>>>> w-data
        let name = kind
            .name
            .and_then(|rule| properties.get(rule.property)?.as_str().map(str::to_owned))
            .unwrap_or_default();
        Ok(Job {
            provider,
            resolver: self.world.resolver,
            action: step.action,
<<<<<<< HEAD
=======
            // What a killed deployment sent is not all known: the changes are not all there is to send.
>>>>>>> w-data
            changes: match is_uncertain {
                true => Vec::new(),
                false => step.changes.clone(),
            },
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
>>>>>>> w-lambda
    }
<<<<<<< HEAD
=======

    /// The properties in clear. Late ones may still be unknown while it is not their step.
    fn properties(
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
                let text = format!("`{id}.{property}` is not known: it waits for {what}");
                return Err(Fault::invalid("hoist", "evaluate", text));
            }
        }
        Ok(properties)
    }

    fn succeeded(&mut self, step: &Step, existing: Existing, took: Duration, state: &mut State) {
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
            retain: says(&resource.deletion_policy, "Retain")
                || says(&resource.deletion_policy, "RetainExceptOnCreate"),
            retain_replaced: says(&resource.update_replace_policy, "Retain"),
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

    fn failed(&mut self, step: &Step, fault: Fault, blocked: Vec<&Key>, state: &mut State) {
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

    fn outputs(&mut self, state: &mut State) {
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
    }
}

/// Does one step.
async fn perform(key: Key, mut job: Job<'_>) -> Done {
    let begun = Instant::now();
    let mut waited = Vec::new();
    let result = async {
        let properties = std::mem::take(&mut job.wanted.properties);
        job.wanted.properties = job.resolver.resolve(properties).await?;
        let provider = job.provider;
        let wanted = &job.wanted;
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
    let sought = super::provider::Sought {
        id: wanted.id.clone(),
        resource_type: wanted.resource_type.clone(),
        name: wanted.name.clone(),
        properties: wanted.properties.clone(),
        tags: wanted.tags.clone(),
    };
    let Some(existing) = provider.find(&sought).await? else {
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
>>>>>>> w-data
}

fn is_replacement(action: Action) -> bool {
    matches!(action, Action::Replace | Action::ReplaceDeleteFirst)
}

/// A resource of the state, as its provider wants it.
pub fn held(id: &str, recorded: &Recorded) -> Held {
    Held {
        id: id.to_owned(),
        resource_type: recorded.resource_type.clone(),
        reference: recorded.reference.clone(),
        handle: recorded.handle.clone(),
        attributes: recorded.attributes.clone(),
        properties: recorded.properties.clone(),
    }
}

/// The stack's tags with those by which Hoist knows its own.
pub fn tags(
    tags: &BTreeMap<String, String>,
    stack: &str,
    id: &str,
    generation: u32,
) -> BTreeMap<String, String> {
    let mut all = tags.clone();
    all.insert(STACK_TAG.to_owned(), stack.to_owned());
    all.insert(RESOURCE_TAG.to_owned(), format!("{id}/{generation}"));
    all
}
