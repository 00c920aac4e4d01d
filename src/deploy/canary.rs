//! Moving to new versions bit by bit: their aliases send them a part of the calls, they are watched, and then get all calls or none.
//!
//! ```text
//! plan ── hold_back ──► apply (publishes) ──► moves ──► Gradual::shift ─┬─► all calls go to the new versions
//!                                                                       └─► all calls go to the old ones again
//! ```
//!
//! What is under way is in the state before the first call is made, so that a run that was killed is seen by the next one, which
//! ends it either way with [`settle`].

mod hold;
mod metric;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use serde_json::json;
use tokio::time::Instant;

use crate::aws::{Cloud, Fault, FaultKind};

use super::state::store::{StateStore, StoreError};
use super::state::{Canary, Move, Record, State};
use super::wait;

pub use hold::{hold_back, moves};
pub use metric::Figures;

/// How often AWS is asked how the new versions do: Lambda's metrics come once a minute.
const LONGEST_POLL: Duration = Duration::from_secs(15);
const SHORTEST_POLL: Duration = Duration::from_secs(1);

/// What part of the calls the new versions get, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    stages: Vec<(f64, Duration)>,
}

impl Course {
    /// `percent` of the calls for `time`, then all.
    pub fn canary(percent: f64, time: Duration) -> Self {
        Course {
            stages: vec![(percent, time)],
        }
    }

    /// `percent` of the calls more every `time`, until it is all.
    pub fn linear(percent: f64, time: Duration) -> Self {
        let shares = (1..).map(|step| percent * f64::from(step));
        Course {
            stages: shares
                .take_while(|share| *share < 100.0)
                .map(|share| (share, time))
                .collect(),
        }
    }

    /// How long it takes when nothing fails.
    pub fn time(&self) -> Duration {
        self.stages.iter().map(|(_, time)| *time).sum()
    }

    /// The part of the calls that the new versions get first, in percent.
    pub fn first(&self) -> f64 {
        self.stages.first().map_or(100.0, |(percent, _)| *percent)
    }
}

/// What is told while it goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The part of the calls that the new versions get, in percent.
    pub percent: f64,
    /// How long until the end when nothing fails.
    pub left: Duration,
    /// What each new version did so far, in the order of the moves.
    pub figures: Vec<Figures>,
}

/// How it ended.
#[derive(Debug)]
pub struct End {
    /// Why all calls go to the old versions again; none when they go to the new ones.
    pub returned: Option<Why>,
    /// The aliases.
    pub moves: Vec<Move>,
    /// What each new version did, in the order of the moves.
    pub figures: Vec<Figures>,
}

/// Why new versions get no calls any more.
#[derive(Debug)]
pub enum Why {
    /// Too many calls of this one failed: which of the moves, and the part of its calls in percent.
    Failed(usize, f64),
    /// This alarm went off.
    Alarm(String),
    /// The user wants an end.
    Stopped,
    /// AWS refused a call; how the versions do is not known.
    Refused(Fault),
}

/// Why it could not be ended: the state says what is open.
#[derive(Debug, thiserror::Error)]
pub enum Open {
    /// AWS refused.
    #[error(transparent)]
    Aws(#[from] Fault),
    /// The state could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A move to new versions.
pub struct Gradual<'a> {
    /// The connection.
    pub cloud: &'a Cloud,
    /// What part of the calls, for how long.
    pub course: &'a Course,
    /// Beyond this part of failed calls, in percent, they are taken back.
    pub max_errors: f64,
    /// The alarms that are looked at.
    pub alarms: &'a [String],
    /// Turns true when the user wants an end.
    pub stop: &'a AtomicBool,
}

impl Gradual<'_> {
    /// Makes sure, before anything is deployed, that what is to be watched can be. Gives the alarms that there are not, and one that
    /// is in alarm already.
    ///
    /// # Errors
    /// When AWS refuses to be asked.
    pub async fn check(&self, now: u64) -> Result<(Vec<String>, Option<String>), Fault> {
        let metrics = metric::Metrics::new(self.cloud);
        let probe = Move {
            id: String::new(),
            function: "hoist".into(),
            alias: "live".into(),
            from: "1".into(),
            to: "2".into(),
        };
        metrics.figures(&[probe], now, now).await?;
        let (went_off, missing) = metrics.alarms(self.alarms).await?;
        Ok((missing, went_off))
    }

    /// Moves, and sees to the end of it. `now` gives seconds since 1970.
    ///
    /// # Errors
    /// When the aliases could be brought neither to the one nor to the other end.
    pub async fn shift(
        &self,
        moves: Vec<Move>,
        state: &mut State,
        store: &mut dyn StateStore,
        now: &dyn Fn() -> u64,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<End, Open> {
        let since = now();
        state.canary = Some(Canary {
            deployment: state.deployments.last().map_or(0, |last| last.number),
            started: since,
            percent: self.course.first(),
            moves: moves.clone(),
        });
        save(state, store).await?;
        let mut figures = vec![Figures::default(); moves.len()];
        let returned = self.stages(&moves, since, now, &mut figures, tell).await;
        settle(self.cloud, state, store, returned.is_none()).await?;
        Ok(End {
            returned,
            moves,
            figures,
        })
    }

    /// Goes through the stages. Some when the versions are to be taken back.
    async fn stages(
        &self,
        moves: &[Move],
        since: u64,
        now: &dyn Fn() -> u64,
        figures: &mut Vec<Figures>,
        tell: &mut dyn FnMut(Progress),
    ) -> Option<Why> {
        let client = Client::new(self.cloud.config());
        let metrics = metric::Metrics::new(self.cloud);
        let mut left = self.course.time();
        for (percent, time) in &self.course.stages {
            for one in moves {
                let weights = HashMap::from([(one.to.clone(), percent / 100.0)]);
                if let Err(fault) = point(&client, one, &one.from, weights).await {
                    return Some(Why::Refused(fault));
                }
            }
            let begun = Instant::now();
            let poll = (*time / 20).clamp(SHORTEST_POLL, LONGEST_POLL);
            loop {
                if self.stop.load(Ordering::Relaxed) {
                    return Some(Why::Stopped);
                }
                match self.look(&metrics, moves, since, now()).await {
                    Ok((found, why)) => {
                        *figures = found;
                        let passed = begun.elapsed().min(*time);
                        tell(Progress {
                            percent: *percent,
                            left: left.saturating_sub(passed),
                            figures: figures.clone(),
                        });
                        if why.is_some() {
                            return why;
                        }
                    }
                    Err(fault) => return Some(Why::Refused(fault)),
                }
                let rest = time.saturating_sub(begun.elapsed());
                if rest.is_zero() {
                    break;
                }
                wait::pause(poll.min(rest), self.stop).await;
            }
            left = left.saturating_sub(*time);
        }
        None
    }

    async fn look(
        &self,
        metrics: &metric::Metrics,
        moves: &[Move],
        since: u64,
        now: u64,
    ) -> Result<(Vec<Figures>, Option<Why>), Fault> {
        let figures = metrics.figures(moves, since, now).await?;
        let failed = figures.iter().enumerate().find_map(|(at, figures)| {
            let share = figures.failed().filter(|share| *share > self.max_errors)?;
            Some(Why::Failed(at, share))
        });
        if failed.is_some() {
            return Ok((figures, failed));
        }
        let (went_off, _) = metrics.alarms(self.alarms).await?;
        Ok((figures, went_off.map(Why::Alarm)))
    }
}

/// Ends a move that is under way: all calls go to the new versions when `onward`, and else to the old ones. Then the state no longer
/// has it, and what was kept of its deployment is what there is.
///
/// # Errors
/// When AWS refuses or the state cannot be kept: it stays open then.
pub async fn settle(
    cloud: &Cloud,
    state: &mut State,
    store: &mut dyn StateStore,
    onward: bool,
) -> Result<(), Open> {
    let Some(canary) = state.canary.clone() else {
        return Ok(());
    };
    let client = Client::new(cloud.config());
    for one in &canary.moves {
        let version = match onward {
            true => &one.to,
            false => &one.from,
        };
        match point(&client, one, version, HashMap::new()).await {
            Err(fault) if fault.kind != FaultKind::Missing => return Err(fault.into()),
            _ => {}
        }
        if let Some(alias) = state.resources.get_mut(&one.id) {
            alias
                .properties
                .insert("FunctionVersion".into(), json!(version));
        }
    }
    let deployment = state
        .deployments
        .iter_mut()
        .find(|deployment| deployment.number == canary.deployment);
    if let Some(deployment) = deployment.filter(|_| !onward) {
        deployment.complete = false;
        deployment.returned = true;
    }
    if onward {
        keep_moved(&canary, state, store).await?;
    }
    state.canary = None;
    save(state, store).await?;
    Ok(())
}

/// What was kept of the deployment has the aliases as they were before they moved.
async fn keep_moved(
    canary: &Canary,
    state: &State,
    store: &mut dyn StateStore,
) -> Result<(), StoreError> {
    let name = Record::name(canary.deployment);
    let Some(text) = store.fetch(&name).await? else {
        return Ok(());
    };
    let Ok(mut record) = serde_json::from_slice::<Record>(&text) else {
        return Ok(());
    };
    for one in &canary.moves {
        if let Some(alias) = state.resources.get(&one.id) {
            record.resources.insert(one.id.clone(), alias.clone());
        }
    }
    let text = serde_json::to_vec(&record).unwrap_or_default();
    store.keep(&name, text).await
}

async fn save(state: &mut State, store: &mut dyn StateStore) -> Result<(), StoreError> {
    state.serial += 1;
    store.save(state).await
}

/// Sends the calls of an alias to `version`, but for those that `weights` gives to others.
async fn point(
    client: &Client,
    one: &Move,
    version: &str,
    weights: HashMap<String, f64>,
) -> Result<(), Fault> {
    // Without weights, what was set before goes.
    let routing = AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some(weights))
        .build();
    let call = || async {
        client
            .update_alias()
            .function_name(&one.function)
            .name(&one.alias)
            .function_version(version)
            .routing_config(routing.clone())
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "UpdateAlias", &error))
    };
    wait::persist(call, |_| ()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_course_grows_until_all_is_moved() {
        let minute = Duration::from_secs(60);
        let linear = Course::linear(30.0, minute);
        let shares: Vec<f64> = linear.stages.iter().map(|(share, _)| *share).collect();
        assert_eq!(shares, [30.0, 60.0, 90.0]);
        assert_eq!(linear.time(), 3 * minute);
        assert_eq!(Course::linear(50.0, minute).stages.len(), 1);
        let canary = Course::canary(10.0, 5 * minute);
        assert_eq!((canary.first(), canary.time()), (10.0, 5 * minute));
    }
}
