//! `hoist deploy --canary` and `--linear`: new versions get a part of the calls, are watched, and then get all or none.

mod argument;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::prepare::Prepared;
use super::render::seconds;
use crate::aws::Cloud;
use crate::cli::project::{fail, report};
use crate::cli::stack::{Connected, ago, now, refused};
use crate::cli::{Exit, Stop};
use crate::deploy::canary::{self, Course, End, Figures, Open, Why};
use crate::deploy::plan;
use crate::deploy::state::{Canary, Move, State};
use crate::ui::{AskError, Ui};

use argument::{duration, part, percent};

/// How the functions move to their new versions.
#[derive(Debug, Args)]
pub struct CanaryArguments {
    /// Send this part of the calls to the new versions first (`10%`), and all of them when --for is over
    ///
    /// This is for functions with an alias (`AutoPublishAlias: live`). Meanwhile the errors and throttles of the new versions are
    /// watched: when too many calls fail (--max-errors), an alarm of --alarm goes off, or you press Ctrl-C, all calls go to the old
    /// versions again, and the exit code is 3 (130 after Ctrl-C). One call that fails can be too many when there were few.
    #[arg(long, value_name = "PERCENT", value_parser = part, conflicts_with = "linear")]
    canary: Option<f64>,

    /// How long --canary lasts: `90s`, `5m`, `1h`
    #[arg(long = "for", value_name = "TIME", value_parser = duration, default_value = "5m")]
    time: Duration,

    /// Send this part of the calls more to the new versions every time --every is over, until it is all; watched like --canary
    #[arg(long, value_name = "PERCENT", value_parser = part)]
    linear: Option<f64>,

    /// How long each step of --linear lasts
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "1m")]
    every: Duration,

    /// Take new versions back when more than this part of their calls fail or are throttled
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "1%")]
    max_errors: f64,

    /// Take new versions back when one of these CloudWatch alarms goes off
    #[arg(long, value_name = "NAME", num_args = 1..)]
    alarm: Vec<String>,

    /// Let a canary that did not come to its end succeed: send all calls to the new versions, and deploy nothing
    #[arg(long, conflicts_with_all = ["canary", "linear"])]
    finish_canary: bool,
}

/// What came of a canary that an earlier run left.
pub enum Opened {
    /// There is none any more: the deployment goes on.
    Go,
    /// That was all that was wanted.
    End(Exit),
}

/// New versions that are going to move bit by bit.
pub struct Gradual {
    course: Course,
    max_errors: f64,
    alarms: Vec<String>,
    held: Vec<String>,
}

impl CanaryArguments {
    /// How the new versions are to get their calls. None when it is to be all at once.
    ///
    /// # Errors
    /// When an argument is there that has no meaning; that has been said.
    pub fn course(&self, ui: &Ui) -> Result<Option<Course>, Stop> {
        let course = match (self.canary, self.linear) {
            (Some(percent), _) => Some(Course::canary(percent, self.time)),
            (None, Some(percent)) => Some(Course::linear(percent, self.every)),
            (None, None) => None,
        };
        if course.is_none() && !self.alarm.is_empty() {
            fail(ui, "--alarm has no meaning without --canary or --linear")?;
            return Err(Stop::Said(Exit::Usage));
        }
        Ok(course)
    }

    /// Ends what an earlier run left: --finish-canary completes it, --yes takes it back, and else the user is asked.
    ///
    /// # Errors
    /// When it cannot be ended; that has been said.
    pub async fn settle(
        &self,
        connected: &mut Connected,
        state: &mut State,
        yes: bool,
        ui: &Ui,
    ) -> Result<Opened, Stop> {
        if state.canary.is_some() {
            connected.lock(ui).await?;
            *state = connected.state(ui).await?;
        }
        let Some(canary) = &state.canary else {
            return match self.finish_canary {
                true => {
                    let stack = &connected.place.stack;
                    fail(ui, &format!("no canary of `{stack}` is under way"))?;
                    Err(Stop::Said(Exit::Input))
                }
                false => Ok(Opened::Go),
            };
        };
        ui.warning(&describe(canary))?;
        let onward = match (self.finish_canary, yes) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => match ask(ui).await {
                Ok(onward) => onward,
                Err(stop) => {
                    let _ = connected.store.unlock().await;
                    return Err(stop);
                }
            },
        };
        end(connected, state, onward, ui).await?;
        Ok(match self.finish_canary {
            true => Opened::End(Exit::Ok),
            false => Opened::Go,
        })
    }

    /// Takes out of the plan what would give new versions all calls at once, and makes sure that they can be watched. None when no
    /// alias moves.
    ///
    /// # Errors
    /// When something stands in the way; that has been said.
    pub async fn hold_back(
        &self,
        prepared: &mut Prepared,
        course: &Course,
        ui: &Ui,
    ) -> Result<Option<Gradual>, Stop> {
        let held = self.held(prepared, course, ui).await;
        if held.is_err() && prepared.state.journal.is_some() {
            prepared.give_back(ui).await?;
        }
        held
    }

    async fn held(
        &self,
        prepared: &mut Prepared,
        course: &Course,
        ui: &Ui,
    ) -> Result<Option<Gradual>, Stop> {
        let (held, diagnostics) = canary::hold_back(&mut prepared.plan, &prepared.state);
        report(ui, &prepared.source.sources, &diagnostics)?;
        if held.is_empty() {
            ui.talk_line(
                "No alias moves to a new version, so that nothing is deployed bit by bit.",
            )?;
            return Ok(None);
        }
        let gradual = Gradual {
            course: course.clone(),
            max_errors: self.max_errors,
            alarms: self.alarm.clone(),
            held,
        };
        let stop = AtomicBool::new(false);
        let checked = gradual
            .over(&prepared.connected.cloud, &stop)
            .check(now())
            .await;
        let (missing, went_off) = match checked {
            Ok(checked) => checked,
            Err(fault) => {
                let stop = refused(ui, &fault)?;
                ui.help(
                    "new versions cannot be watched; without --canary or --linear they need not be",
                )?;
                return Err(stop);
            }
        };
        let what = match (missing.is_empty(), went_off) {
            (true, None) => return Ok(Some(gradual)),
            (false, _) => format!("CloudWatch has no alarm {}", missing.join(", ")),
            (true, Some(name)) => format!("the alarm {name} is in ALARM already"),
        };
        fail(ui, &what)?;
        Err(Stop::Said(Exit::Input))
    }
}

impl Gradual {
    fn over<'a>(&'a self, cloud: &'a Cloud, stop: &'a AtomicBool) -> canary::Gradual<'a> {
        canary::Gradual {
            cloud,
            course: &self.course,
            max_errors: self.max_errors,
            alarms: &self.alarms,
            stop,
        }
    }

    /// Says what is going to happen after the deployment.
    pub fn announce(&self, ui: &Ui) -> Result<(), Stop> {
        ui.talk_line(&format!(
            "Then {} {} to the new version bit by bit: {}% of the calls first, all after {}.",
            self.held.join(", "),
            match self.held.len() {
                1 => "moves",
                _ => "move",
            },
            self.course.first(),
            seconds(self.course.time())
        ))?;
        Ok(())
    }

    /// Moves the aliases, now that the new versions are there. None when none of them moves after all.
    ///
    /// # Errors
    /// When AWS refuses to bring it to an end; that has been said.
    pub async fn shift(
        &self,
        prepared: &mut Prepared,
        stop: &AtomicBool,
        ui: &Ui,
    ) -> Result<Option<Ended>, Stop> {
        let (plan, _) = plan::plan(
            &prepared
                .source
                .request(&prepared.state, &prepared.connected.providers),
        );
        let moves = canary::moves(&plan, &self.held);
        if moves.is_empty() {
            return Ok(None);
        }
        let cloud = prepared.connected.cloud.clone();
        let gradual = self.over(&cloud, stop);
        let progress = ui.progress("Watching the new versions", None);
        let mut percent = None;
        let mut tell = |told: canary::Progress| {
            if percent != Some(told.percent) {
                percent = Some(told.percent);
                let names: Vec<String> = moves.iter().map(named).collect();
                // Nobody to tell is no reason to stop here.
                let _ = ui.talk_line(&format!(
                    "{}% of the calls go to {}",
                    told.percent,
                    names.join(", ")
                ));
            }
            let calls: Vec<String> = told.figures.iter().map(|one| calls(*one)).collect();
            progress.message(&format!(
                "{}% · {} · {} left",
                told.percent,
                calls.join(" · "),
                seconds(told.left)
            ));
        };
        let ended = gradual
            .shift(
                moves.clone(),
                &mut prepared.state,
                prepared.connected.store.as_mut(),
                &now,
                &mut tell,
            )
            .await;
        drop(progress);
        match ended {
            Ok(end) => {
                let ended = Ended(end, self.max_errors);
                ended.say(ui)?;
                Ok(Some(ended))
            }
            Err(open) => {
                let stop = still_open(&prepared.connected, &open, ui)?;
                prepared.give_back(ui).await?;
                Err(stop)
            }
        }
    }
}

/// How a canary ended, and how many failed calls were too many.
pub struct Ended(End, f64);

impl Ended {
    /// 0 when the new versions have all calls.
    pub fn exit(&self) -> Exit {
        match self.0.returned {
            None => Exit::Ok,
            Some(Why::Stopped) => Exit::Interrupted,
            Some(_) => Exit::Aws,
        }
    }

    /// For scripts.
    pub fn json(&self) -> serde_json::Value {
        let moves = self.0.moves.iter().zip(&self.0.figures);
        json!({
            "result": match self.0.returned { None => "shifted", Some(_) => "returned" },
            "reason": self.0.returned.as_ref().map(|why| self.reason(why)),
            "aliases": moves.map(|(one, figures)| json!({
                "alias": one.id,
                "function": one.function,
                "from": one.from,
                "to": one.to,
                "invocations": figures.invocations,
                "errors": figures.errors,
                "throttles": figures.throttles,
            })).collect::<Vec<_>>(),
        })
    }

    fn reason(&self, why: &Why) -> String {
        match why {
            Why::Failed(at, share) => {
                let figures = self.0.figures.get(*at).copied().unwrap_or_default();
                let name = self.0.moves.get(*at).map(named).unwrap_or_default();
                format!(
                    "{share:.1}% of the calls of {name} failed ({}), more than {}%",
                    calls(figures),
                    self.1
                )
            }
            Why::Alarm(name) => format!("the alarm {name} went off"),
            Why::Stopped => "you wanted an end".into(),
            Why::Refused(fault) => fault.to_string(),
        }
    }

    fn say(&self, ui: &Ui) -> Result<(), Stop> {
        let Some(why) = &self.0.returned else {
            for (one, figures) in self.0.moves.iter().zip(&self.0.figures) {
                let seen = match figures.failed() {
                    Some(_) => calls(*figures),
                    None => "nobody called it meanwhile".into(),
                };
                ui.talk_line(&format!("All calls go to {} ({seen}).", named(one)))?;
            }
            return Ok(());
        };
        ui.error(&format!(
            "all calls go to the old versions again: {}",
            self.reason(why)
        ))?;
        ui.help("the new versions stay published; `hoist deploy --canary` tries again")?;
        Ok(())
    }
}

/// `version 4 of orders`.
fn named(one: &Move) -> String {
    let function = one.function.rsplit(':').next().unwrap_or(&one.function);
    format!("version {} of {function}", one.to)
}

/// `120 calls, 3 errors, 1 throttled`.
fn calls(figures: Figures) -> String {
    let Figures {
        invocations,
        errors,
        throttles,
    } = figures;
    let mut text = format!("{invocations} calls, {errors} errors");
    if throttles > 0.0 {
        text.push_str(&format!(", {throttles} throttled"));
    }
    text
}

/// What is under way.
pub fn describe(canary: &Canary) -> String {
    let names: Vec<String> = canary.moves.iter().map(named).collect();
    format!(
        "the canary of deployment {} is under way or did not come to its end: {} got {}% of the calls first, {} ago",
        canary.deployment,
        names.join(", "),
        canary.percent,
        ago(canary.started)
    )
}

/// Ends the canary that is in the state: all calls go to the new versions when `onward`, and else to the old ones. Takes the lock
/// that is held, and gives it back.
///
/// # Errors
/// When it cannot be ended; that has been said.
pub async fn end(
    connected: &mut Connected,
    state: &mut State,
    onward: bool,
    ui: &Ui,
) -> Result<(), Stop> {
    let moves = state.canary.clone().map(|canary| canary.moves);
    let cloud = connected.cloud.clone();
    let ended = canary::settle(&cloud, state, connected.store.as_mut(), onward).await;
    let said = match ended {
        Ok(()) => {
            for one in moves.iter().flatten() {
                let version = match onward {
                    true => &one.to,
                    false => &one.from,
                };
                let function = one.function.rsplit(':').next().unwrap_or(&one.function);
                ui.talk_line(&format!("All calls go to version {version} of {function}."))?;
            }
            Ok(())
        }
        Err(open) => Err(still_open(connected, &open, ui)?),
    };
    if let Err(fault) = connected.store.unlock().await {
        ui.warning(&format!("the lock was not given back: {fault}"))?;
    }
    said
}

/// Says why it could not be ended.
fn still_open(connected: &Connected, open: &Open, ui: &Ui) -> Result<Stop, Stop> {
    let stop = match open {
        Open::Aws(fault) => refused(ui, fault)?,
        Open::Store(fault) => connected.store_refused(ui, fault)?,
    };
    ui.help("the canary is still open: `hoist rollback` takes it back, `hoist deploy --finish-canary` completes it")?;
    Ok(stop)
}

/// Whether the new versions are to get all calls.
async fn ask(ui: &Ui) -> Result<bool, Stop> {
    if !ui.can_ask() {
        fail(
            ui,
            "nobody can be asked here what is to become of the canary",
        )?;
        ui.help("--yes takes it back and deploys; `hoist deploy --finish-canary` completes it; `hoist rollback` takes it back and does no more")?;
        return Err(Stop::Said(Exit::Usage));
    }
    let items = [
        "send all calls to the old versions again".to_owned(),
        "send all calls to the new versions".to_owned(),
        "leave it as it is and stop".to_owned(),
    ];
    match ui.choose("What is to become of it?", &items).await {
        Ok(0) => Ok(false),
        Ok(1) => Ok(true),
        Ok(_) => Err(Stop::Said(Exit::Ok)),
        Err(AskError::Interrupted) => Err(Stop::Said(Exit::Interrupted)),
        Err(AskError::Io(error)) => Err(error.into()),
    }
}
