//! Every property that a template may set is sent to AWS, or is in the table of those that are not.
//!
//! For each leaf of each type's schema the provider is run twice against a server that writes the calls down: with two values of
//! the leaf, or with and without it where there is only one value. What was sent must differ.

#[path = "properties/action.rs"]
mod action;
#[path = "properties/leaf.rs"]
mod leaf;
#[path = "properties/probe.rs"]
mod probe;
#[path = "properties/sample.rs"]
mod sample;
#[path = "properties/table.rs"]
mod table;
#[path = "properties/text.rs"]
mod text;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_config::retry::RetryConfig;
use aws_sdk_sqs::config::{AsyncSleep, SharedAsyncSleep, Sleep};
use hoist::aws::Cloud;
use hoist::deploy::provider::{Providers, RESOURCE_TAG, STACK_TAG};
use hoist::deploy::support;
use hoist::graph::facts;
use hoist::schema;
use serde_json::{Value, json};

use crate::cloud::{REGION, cloud};
use crate::record::{Answer, Call, Recorder};
use leaf::{Path, leaves};
use probe::Probe;
use sample::{Fill, Sampler, overlay};
use table::Table;

/// Pairs of values that are tried for one leaf.
const PAIRS: usize = 4;

/// What schemas do not say: by type, `base` is in every sample, `with` is put into the samples of one leaf, `values` are a leaf's own
/// values. `empty` names the leaves that are objects without anything in them: that they are there is all they say. `making` names
/// those that are about the making of a resource, or have one value only: a change of them sends nothing.
static ADJUSTMENTS: &str = include_str!("properties/adjust.json");

/// What came of a leaf.
#[derive(Debug, PartialEq)]
enum Verdict {
    Sent,
    NotSent,
    /// The provider refused every sample.
    Refused(String),
}

/// A type with its samples.
struct Subject<'a> {
    probe: Probe<'a>,
    sampler: Sampler,
    with: Value,
    empty: Value,
    values: Value,
    making: Value,
}

/// Whether a list of paths has this one.
fn names(list: &Value, path: &Path) -> bool {
    let mut names = list.as_array().into_iter().flatten();
    names.any(|name| *name == path.to_string())
}

impl Subject<'_> {
    fn sample(&self, path: &Path, fill: Fill<'_>) -> Value {
        let mut sample = self.sampler.sample(path, fill);
        if let Some(more) = self.with.get(path.to_string()) {
            overlay(&mut sample, more);
        }
        sample
    }

    /// Pairs of samples that differ in the leaf alone.
    fn pairs(&self, path: &Path) -> Vec<(Value, Value)> {
        let values = match self.values.get(path.to_string()) {
            Some(values) => values.as_array().unwrap().clone(),
            None => self.sampler.values(path),
        };
        let mut pairs = Vec::new();
        for (at, one) in values.iter().enumerate() {
            for other in &values[at + 1..] {
                let one = self.sample(path, Fill::Value(one));
                pairs.push((one, self.sample(path, Fill::Value(other))));
            }
        }
        if let Some(first) = values.first().filter(|_| names(&self.empty, path)) {
            let one = self.sample(path, Fill::Value(first));
            pairs = vec![(one, self.sample(path, Fill::Nothing))];
        }
        if let [only] = values.as_slice() {
            let one = self.sample(path, Fill::Value(only));
            pairs.push((one.clone(), self.sample(path, Fill::Nothing)));
            // Where it must be there, a word that AWS does not know yet.
            if only.is_string() {
                let other = Value::from("MARKER");
                pairs.push((one, self.sample(path, Fill::Value(&other))));
            }
        }
        // What can only be turned on is refused one way round.
        if let Some((one, other)) = pairs.first().cloned() {
            pairs.push((other, one));
        }
        pairs.truncate(PAIRS);
        pairs
    }

    /// Whether making the resource sends the leaf.
    async fn made_with(&self, path: &Path) -> Verdict {
        let mut refused = None;
        for (one, other) in self.pairs(path) {
            let sent = (
                self.probe.creating(&one).await,
                self.probe.creating(&other).await,
            );
            match sent {
                (Ok(one), Ok(other)) if one != other => return Verdict::Sent,
                (Ok(_), Ok(_)) => refused = None,
                (Err(fault), _) | (_, Err(fault)) => refused = Some(format!("{fault}: {one}")),
            }
        }
        refused.map_or(Verdict::NotSent, Verdict::Refused)
    }

    /// Whether changing the resource sends the leaf. None when a change of it makes a new resource.
    async fn changed_with(&self, path: &Path) -> Option<Verdict> {
        let mut refused = None;
        for (one, other) in self.pairs(path) {
            if self.probe.replaces(&one, &other) {
                return None;
            }
            let made = match self.probe.made(&one).await {
                Ok(made) => made,
                Err(fault) => {
                    refused = Some(fault);
                    continue;
                }
            };
            let sent = (
                self.probe.changing(&made, &one, &other, &other).await,
                self.probe.changing(&made, &one, &one, &other).await,
            );
            match sent {
                (Ok(one), Ok(other)) if one != other => return Some(Verdict::Sent),
                (Ok(_), Ok(_)) => refused = None,
                (Err(fault), _) | (_, Err(fault)) => refused = Some(format!("{fault}: {other}")),
            }
        }
        Some(refused.map_or(Verdict::NotSent, Verdict::Refused))
    }

    /// The paths that templates may set.
    fn leaves(&self) -> Vec<Path> {
        leaves(&self.sampler.shapes, &self.sampler.facts)
    }
}

/// Sleeps for ever: what waits for a time limit of the SDK's never sees it, since the clock of these tests runs ahead.
#[derive(Debug)]
struct Endless;

impl AsyncSleep for Endless {
    fn sleep(&self, _: std::time::Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

/// A connection whose calls are made once.
fn quick(url: &str) -> Cloud {
    let config = cloud(url).config().to_builder();
    let config = config
        .sleep_impl(SharedAsyncSleep::new(Endless))
        .retry_config(RetryConfig::disabled())
        .build();
    Cloud::new(config, REGION)
}

/// A bucket that was deleted is no longer there.
fn missing_bucket(call: &Call, is_there: &AtomicBool) -> Option<Answer> {
    let is_whole = call.path.trim_matches('/').split('/').count() == 1 && call.query.is_empty();
    if call.service != "s3" || !is_whole {
        return None;
    }
    match call.method.as_str() {
        "PUT" => is_there.store(true, Ordering::Relaxed),
        "DELETE" => is_there.store(false, Ordering::Relaxed),
        _ => {}
    }
    let is_missing = call.method == "HEAD" && !is_there.load(Ordering::Relaxed);
    is_missing.then(|| Answer::empty(404))
}

/// Everything that is there is the stack's own.
fn our_tags(call: &Call) -> Value {
    let ours = [(STACK_TAG, "test"), (RESOURCE_TAG, "Sample/0")];
    match call.service.as_str() {
        "states" => {
            json!({ "tags": ours.map(|(key, value)| json!({ "key": key, "value": value })) })
        }
        "logs" => json!({ "tags": ours.into_iter().collect::<BTreeMap<_, _>>() }),
        _ => json!({ "Tags": ours.map(|(key, value)| json!({ "Key": key, "Value": value })) }),
    }
}

/// The types that have a provider of their own.
fn own_types() -> Vec<&'static str> {
    let providers = Providers::of_services(&cloud("http://127.0.0.1:1"));
    facts::type_names()
        .filter(|name| providers.of_type(name).is_some())
        .collect()
}

/// Runs a check on each type, some at once, and gathers what they find.
fn each_type(check: impl AsyncFn(&Subject<'_>) -> Vec<String> + Sync) -> Vec<String> {
    each_type_against(|_| None, check)
}

/// The same, with a server that answers so.
fn each_type_against(
    answer: impl Fn(&Call) -> Option<Answer> + Copy + Send + Sync + 'static,
    check: impl AsyncFn(&Subject<'_>) -> Vec<String> + Sync,
) -> Vec<String> {
    let types = own_types();
    let adjustments: Value = serde_json::from_str(ADJUSTMENTS).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let table = Mutex::new(Table::default());
        let bucket = AtomicBool::new(true);
        let recorder = Recorder::start(move |call| {
            let answered = answer(call).or_else(|| missing_bucket(call, &bucket));
            answered.or_else(|| match call.operation.as_str() {
                "ListTagsForResource" => Some(Answer::json(our_tags(call))),
                _ => table.lock().unwrap().respond(call),
            })
        });
        let providers = Providers::of_services(&quick(&recorder.url()));
        let mut found = Vec::new();
        while let Some(resource_type) = types.get(next.fetch_add(1, Ordering::Relaxed)) {
            let adjust = &adjustments[resource_type];
            let (provider, kind) = providers.of_type(resource_type).unwrap();
            let subject = Subject {
                probe: Probe {
                    provider,
                    kind,
                    resource_type,
                    recorder: &recorder,
                },
                sampler: Sampler {
                    shapes: schema::shapes(resource_type).unwrap(),
                    facts: facts::resource_type(resource_type).unwrap(),
                    base: adjust["base"].clone(),
                },
                with: adjust["with"].clone(),
                empty: adjust["empty"].clone(),
                values: adjust["values"].clone(),
                making: adjust["making"].clone(),
            };
            found.extend(runtime.block_on(check(&subject)));
        }
        found
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let working: Vec<_> = (0..threads.min(4)).map(|_| scope.spawn(work)).collect();
        let found = working.into_iter().flat_map(|one| one.join().unwrap());
        found.collect()
    })
}

fn expect_none(mut wrong: Vec<String>) {
    wrong.sort();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_property_is_sent_or_listed_as_unsupported() {
    expect_none(each_type(async |subject| {
        let mut wrong = Vec::new();
        let name = subject.probe.resource_type;
        let least = subject.sampler.least();
        // Whose account it is is asked once only.
        let _ = subject.probe.creating(&least).await;
        let first = subject.probe.creating(&least).await;
        let second = subject.probe.creating(&least).await;
        if let Err(fault) = &first {
            wrong.push(format!("{name}\t\tthe least is refused: {fault}: {least}"));
            return wrong;
        }
        if first != second {
            wrong.push(format!("{name}\t\tis not sent the same way twice"));
        }
        for path in subject.leaves() {
            let path_text = path.to_string();
            let listed = !support::is_sent(name, &path_text);
            let mut verdict = subject.made_with(&path).await;
            if verdict == Verdict::NotSent {
                // What says how a change is made.
                verdict = subject.changed_with(&path).await.unwrap_or(verdict);
            }
            match (verdict, listed) {
                (Verdict::Sent, true) => {
                    wrong.push(format!("{name}\t{path}\tis listed as not sent, and sent"));
                }
                (Verdict::NotSent, false) => wrong.push(format!("{name}\t{path}\tis not sent")),
                (Verdict::Refused(fault), false) => {
                    wrong.push(format!("{name}\t{path}\tis refused: {fault}"));
                }
                _ => {}
            }
        }
        wrong
    }));
}

#[test]
fn every_property_that_changes_in_place_is_sent_by_an_update() {
    expect_none(each_type(async |subject| {
        let mut wrong = Vec::new();
        let name = subject.probe.resource_type;
        if subject.probe.made(&subject.sampler.least()).await.is_err() {
            // The other test says so.
            return wrong;
        }
        for path in subject.leaves() {
            if !support::is_sent(name, &path.to_string()) || names(&subject.making, &path) {
                continue;
            }
            match subject.changed_with(&path).await {
                Some(Verdict::NotSent) => {
                    wrong.push(format!("{name}\t{path}\tis not sent by an update"));
                }
                Some(Verdict::Refused(fault)) => {
                    wrong.push(format!("{name}\t{path}\tan update is refused: {fault}"));
                }
                Some(Verdict::Sent) | None => {}
            }
        }
        wrong
    }));
}

#[test]
fn the_table_has_every_type_with_a_provider_and_only_what_its_schema_has() {
    let mut wrong = Vec::new();
    let types = own_types();
    for name in &types {
        if !support::entries().any(|entry| entry.resource_type == *name && entry.path == "*") {
            wrong.push(format!("{name}\tis not in the table"));
        }
    }
    for entry in support::entries().filter(|entry| entry.path != "*") {
        let name = entry.resource_type;
        if !types.contains(&name) {
            wrong.push(format!("{name}\thas no provider of its own"));
            continue;
        }
        let (shapes, facts) = (
            schema::shapes(name).unwrap(),
            facts::resource_type(name).unwrap(),
        );
        let lies_in = |leaf: &Path| {
            let leaf = leaf.to_string();
            leaf == entry.path || leaf.starts_with(&format!("{}/", entry.path))
        };
        if !leaves(&shapes, &facts).iter().any(lies_in) {
            wrong.push(format!("{name}\t{}\tis not in the schema", entry.path));
        }
    }
    expect_none(wrong);
}
