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
use super::foretell::{Foretold, foretell};
use super::need::Key;
use super::pace::Paces;
use super::plan::{Action, Plan, Step};
use super::provider::{Existing, Held, Providers, RESOURCE_TAG, STACK_TAG};
use super::scope::StackScope;
use super::state::store::{StateStore, StoreError};
use super::state::{Counts, Intent, Journal, Purpose, Recorded, State};
use super::value::Secrets;

use job::perform;
pub(super) use record::{retain, retain_replaced};

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
    /// The deployment that is gone back to, when this is a rollback.
    pub back_to: Option<u64>,
    /// Seconds since 1970.
    pub now: u64,
    /// How often AWS lets things be done.
    pub paces: Paces,
    /// Turns true when no further step is to be begun: the user wants an end.
    pub stop: Arc<AtomicBool>,
}

/// Properties to come, or why they do not.
pub type Resolved<'a> = Pin<Box<dyn Future<Output = Result<Map<String, Json>, Fault>> + Send + 'a>>;

/// Looks up `{{resolve:…}}`: in AWS, or in a test.
pub trait Resolver: Send + Sync {
    /// The properties with every dynamic reference answered.
    fn resolve(&self, properties: Map<String, Json>) -> Resolved<'_>;
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
    /// The outputs that have no value, with what they wait for.
    pub untold: Vec<(String, String)>,
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
        apply.scope.forget_foretold();
        apply.outputs(&mut state);
        apply.remember(begun.elapsed(), &mut state);
        news.end();
    };
    let (kept, ()) = tokio::join!(keep(store, &shared, &news), work);
    kept?;
    Ok(apply.outcome)
}

/// What can be told of a resource that is going to be made, as the plan had it.
fn foretold(step: &Step, world: &World<'_>) -> Option<Foretold> {
    let (_, kind) = world.providers.of_type(&step.resource_type)?;
    foretell(&kind, step.name.as_ref()?, world.pseudo)
}

/// What is known of the resources that are not made anew, and what can be told of the others.
fn known_scope(plan: &Plan, world: &World<'_>, state: &State) -> StackScope {
    let mut scope = StackScope::new(world.pseudo.clone());
    for step in &plan.steps {
        if step.action == Action::Create
            && let Some(told) = foretold(step, world)
        {
            scope.foretell(&step.key.id, told);
        }
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
) -> Result<(), StoreError> {
    let kept = async {
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
        let resource = world.structure.resources.get(&step.key.id);
        let intent = Intent {
            purpose,
            needs: record::needed(step),
            retain: resource.is_some_and(retain),
            retain_replaced: resource.is_some_and(retain_replaced),
            resource_type: step.resource_type.clone(),
            generation: step.generation,
            lowest: None,
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

    /// Whether no further step is to be begun.
    fn is_stopped(&mut self, news: &News) -> bool {
        self.outcome.stopped |= self.world.stop.load(Ordering::Relaxed) || news.lost.get();
        self.outcome.stopped
    }
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
