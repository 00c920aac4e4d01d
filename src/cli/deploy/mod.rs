//! `hoist deploy`: from the template to AWS.

pub(super) mod canary;
pub(super) mod earlier;
pub(super) mod elsewhere;
pub(super) mod prepare;
pub(super) mod render;
mod saved;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::project::fail;
use super::stack::{Configured, now};
use super::{Exit, Output, Stop};
use crate::config::{Environment, Setting};
use crate::deploy::apply::{self, Outcome};
use crate::deploy::pace::Paces;
use crate::deploy::plan::{self, Plan};
use crate::deploy::state::Record;
use crate::deploy::state::store::StoreError;
use crate::ui::{Align, Format, Table, Ui};

use canary::{CanaryArguments, Ended};
use prepare::{PlanArguments, Prepared};
use render::Course;

pub use saved::save;

/// Deploy the template to AWS: build, plan, and apply the plan
///
/// The plan is shown first, and asked about on a terminal. What is done is kept after every step: a deployment that was
/// interrupted goes on when the command is run again.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The stack's name, or a plan written by `hoist plan --out` [default: stack_name of samconfig.toml, the folder's name]
    #[arg(value_name = "STACK|PLAN")]
    what: Option<String>,

    #[command(flatten)]
    plan: PlanArguments,

    #[command(flatten)]
    canary: CanaryArguments,

    /// Deploy, and then again whenever a source file is saved, until Ctrl-C
    ///
    /// A change of code is deployed at once: only the functions it is about, and what publishes them. A change of the template shows
    /// its plan and asks. What the functions write to their logs is shown meanwhile.
    #[arg(long, conflicts_with_all = ["canary", "linear", "finish_canary"])]
    watch: bool,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Deploys. Ends with [`Exit::Aws`] when it came only part of the way.
pub async fn run(
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
    stop: Arc<AtomicBool>,
) -> Result<Exit, Stop> {
    let (exit, configured, prepared) = once(arguments, environment, ui, Arc::clone(&stop)).await?;
    match arguments.watch && exit == Exit::Ok {
        true => watch::run(arguments, configured, prepared, environment, ui, stop).await,
        false => Ok(exit),
    }
}

/// Deploys what there is now.
async fn once(
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
    stop: Arc<AtomicBool>,
) -> Result<(Exit, Configured, Prepared), Stop> {
    let begun = Instant::now();
    let named = arguments.what.as_deref();
    let file = named.map(PathBuf::from).filter(|path| path.is_file());
    // No stack is called so.
    if let Some(name) = named.filter(|name| file.is_none() && name.contains(['.', '/'])) {
        fail(ui, &format!("there is no plan `{name}`"))?;
        ui.help(&format!(
            "`hoist plan --out {name}` writes one; in a stack's name there are only letters, digits and hyphens"
        ))?;
        return Err(Stop::Said(Exit::Input));
    }
    let saved = match &file {
        Some(path) => Some(saved::read(path, ui)?),
        None => None,
    };
    let stack = match &saved {
        Some(plan) => Some(plan.stack.as_str()),
        None => named,
    };
    if saved.is_some() && arguments.watch {
        fail(ui, "--watch deploys from the template, not from a plan")?;
        return Err(Stop::Said(Exit::Usage));
    }
    let mut configured = arguments.plan.configure(stack, environment, ui)?;
    configured.own_files.extend(file);
    let course = arguments.canary.course(ui)?;
    let mut connected = configured.connect(environment, ui).await?;
    let mut state = connected.state(ui).await?;
    let opened = arguments
        .canary
        .settle(&mut connected, &mut state, arguments.yes, ui)
        .await?;
    if let canary::Opened::End(exit) = opened {
        return Err(Stop::Said(exit));
    }
    let mut prepared = arguments
        .plan
        .prepare_from(&configured, connected, state, environment, ui)
        .await?;
    if let Some(saved) = &saved {
        saved::check(saved, &prepared.plan, ui)?;
    }
    show_drifts(&prepared, ui)?;
    let gradual = match &course {
        Some(course) => {
            arguments
                .canary
                .hold_back(&mut prepared, course, ui)
                .await?
        }
        None => None,
    };
    if prepared.plan.is_empty()
        && prepared.state.journal.is_none()
        && !prepared.has_news()
        && gradual.is_none()
    {
        let exit = nothing_to_do(&mut prepared, ui, begun).await?;
        return Ok((exit, configured, prepared));
    }
    if saved.is_none() {
        show(&prepared, ui)?;
    }
    if let Some(gradual) = &gradual {
        gradual.announce(ui)?;
    }
    if saved.is_none() {
        let asks = configured.settings.switch(Setting::ConfirmChangeset) != Some(false);
        confirm(arguments.yes, asks, ui).await?;
    }
    let outcome = prepared.apply(ui, Arc::clone(&stop)).await?;
    let mut end = None;
    match gradual.filter(|_| outcome.is_complete()) {
        Some(gradual) => {
            prepared.keep_record(ui).await?;
            end = gradual.shift(&mut prepared, &stop, ui).await?;
            prepared.give_back(ui).await?;
        }
        None => prepared.end(&outcome, ui).await?,
    }
    let exit = said(&prepared.plan, &outcome, end.as_ref(), begun, ui)?;
    Ok((exit, configured, prepared))
}

/// Shows what is going to be done.
pub(super) fn show(prepared: &Prepared, ui: &Ui) -> Result<(), Stop> {
    ui.talk(render::plan(&prepared.plan, ui, false).as_bytes())?;
    Ok(())
}

impl Prepared {
    /// Whether the state is to be written although no resource changes: a refresh found something, or the outputs are others.
    fn has_news(&self) -> bool {
        let request = self.source.request(&self.state, &self.connected.providers);
        let outputs = plan::settled_outputs(&request);
        let mut kept = self.state.outputs.iter();
        let is_same = outputs.len() == self.state.outputs.len()
            && kept.all(|(name, value)| outputs.get(name) == Some(value));
        !self.drifts.is_empty() || !is_same
    }

    /// Takes the lock and carries the plan out.
    pub(super) async fn apply(&mut self, ui: &Ui, stop: Arc<AtomicBool>) -> Result<Outcome, Stop> {
        match self.carry_out(ui, stop).await {
            Ok(outcome) => Ok(outcome),
            Err(fault) => Err(self.connected.store_refused(ui, &fault)?),
        }
    }

    /// Takes the lock and carries the plan out. When another run changed the stack after the plan was made, nothing is done:
    /// the first thing that is kept says so.
    ///
    /// # Errors
    /// When the lock cannot be had or the state cannot be kept; then the lock has been given back.
    pub(super) async fn carry_out(
        &mut self,
        ui: &Ui,
        stop: Arc<AtomicBool>,
    ) -> Result<Outcome, StoreError> {
        self.connected.store.lock().await?;
        let steps = self.plan.work().count();
        let doing = match self.plan.is_removal() {
            true => "Deleting",
            false => "Deploying",
        };
        let mut course = Course::new(ui, &format!("{doing} {}", self.plan.stack), steps);
        let world = apply::World {
            paces: match self.connected.cloud.has_own_endpoint() {
                true => Paces::off(),
                false => Paces::default(),
            },
            stop,
            back_to: self.back_to,
            ..self
                .source
                .world(&self.connected.providers, &self.lookup, &self.tags, now())
        };
        let applied = apply::apply(
            &self.plan,
            &world,
            &mut self.state,
            self.connected.store.as_mut(),
            &mut |event| course.tell(event),
        )
        .await;
        drop(course);
        if applied.is_err() {
            // Whoever has the lock now must keep it; ours is given back.
            let _ = self.connected.store.unlock().await;
        }
        applied
    }

    /// Keeps what was deployed, so that `hoist rollback` can go back to it. The deployment is done whether that succeeds or not.
    pub(super) async fn keep_record(&mut self, ui: &Ui) -> Result<(), Stop> {
        let Some((name, record)) = self.record() else {
            return Ok(());
        };
        let kept = self.connected.store.keep(&name, record).await;
        say_not_kept(kept, ui)
    }

    /// Gives the lock back. The deployment is done whether that succeeds or not.
    pub(super) async fn give_back(&mut self, ui: &Ui) -> Result<(), Stop> {
        say_not_given_back(self.connected.store.unlock().await, ui)
    }

    /// Ends a deployment: [`Prepared::keep_record`] when it is complete, and [`Prepared::give_back`], at once.
    pub(super) async fn end(&mut self, outcome: &Outcome, ui: &Ui) -> Result<(), Stop> {
        let record = self.record().filter(|_| outcome.is_complete());
        let Some((name, record)) = record else {
            return self.give_back(ui).await;
        };
        let (kept, given_back) = self.connected.store.keep_and_unlock(&name, record).await;
        say_not_kept(kept, ui)?;
        say_not_given_back(given_back, ui)
    }

    /// What is to be kept of the deployment that is done, and under what name.
    fn record(&self) -> Option<(String, Vec<u8>)> {
        let record = self.source.record(&self.state)?;
        let text = serde_json::to_vec(&record).unwrap_or_default();
        Some((Record::name(record.number), text))
    }
}

fn say_not_kept(kept: Result<(), StoreError>, ui: &Ui) -> Result<(), Stop> {
    if let Err(fault) = kept {
        ui.warning(&format!(
            "what was deployed was not kept, so this deployment cannot be gone back to: {fault}"
        ))?;
    }
    Ok(())
}

fn say_not_given_back(given_back: Result<(), StoreError>, ui: &Ui) -> Result<(), Stop> {
    if let Err(fault) = given_back {
        ui.warning(&format!("the lock was not given back: {fault}"))?;
    }
    Ok(())
}

/// Nothing to do: the outputs are still worth saying.
async fn nothing_to_do(prepared: &mut Prepared, ui: &Ui, begun: Instant) -> Result<Exit, Stop> {
    prepared.give_back(ui).await?;
    match ui.format() {
        Format::Json => ui.data_json(&json!({
            "stack": prepared.plan.stack,
            "region": prepared.plan.region,
            "account": prepared.plan.account,
            "complete": true,
            "counts": crate::deploy::state::Counts::default(),
            "failed": [],
            "blocked": [],
            "outputs": prepared.state.outputs,
            "millis": u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }))?,
        Format::Text => ui.talk_line(&format!(
            "{} is up to date ({}).",
            prepared.plan.stack,
            render::seconds(begun.elapsed())
        ))?,
    }
    Ok(Exit::Ok)
}

pub(super) fn show_drifts(prepared: &Prepared, ui: &Ui) -> Result<(), Stop> {
    if !prepared.drifts.is_empty() {
        ui.talk(render::drifts(&prepared.drifts, ui).as_bytes())?;
    }
    Ok(())
}

/// Asks whether to go on.
pub(super) async fn confirm(yes: bool, asks: bool, ui: &Ui) -> Result<(), Stop> {
    if yes || !asks {
        return Ok(());
    }
    if !ui.can_ask() {
        fail(ui, "nobody can be asked here whether to go on")?;
        ui.help("--yes deploys without asking; `hoist plan` shows the plan and changes nothing")?;
        return Err(Stop::Said(Exit::Usage));
    }
    let items = ["no".to_owned(), "yes".to_owned()];
    match ui.choose("Do this?", &items).await {
        Ok(1) => Ok(()),
        Ok(_) => {
            ui.talk_line("Nothing was changed.")?;
            Err(Stop::Said(Exit::Ok))
        }
        Err(crate::ui::AskError::Interrupted) => Err(Stop::Said(Exit::Interrupted)),
        Err(crate::ui::AskError::Io(error)) => Err(error.into()),
    }
}

/// Says how it ended.
pub(super) fn said(
    plan: &Plan,
    outcome: &Outcome,
    canary: Option<&Ended>,
    begun: Instant,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let took = begun.elapsed();
    let counts = render::counts(outcome.counts);
    let stack = &plan.stack;
    if outcome.is_complete() {
        for (name, what) in &outcome.untold {
            ui.warning(&format!(
                "the output `{name}` has no value: it needs something of `{what}` that AWS does not tell"
            ))?;
        }
        ui.talk_line(&format!("{stack}: {counts} in {}.", render::seconds(took)))?;
    } else {
        let why = match outcome.stopped && outcome.failed.is_empty() {
            true => "was stopped".to_owned(),
            false => format!("came only part of the way, {} failed", outcome.failed.len()),
        };
        let (what, help) = match plan.is_removal() {
            true => ("deletion", "`hoist destroy` again goes on from here"),
            false => (
                "deployment",
                "`hoist deploy` again goes on from here; `hoist destroy` deletes what is there",
            ),
        };
        ui.error(&format!("the {what} of {stack} {why} ({counts})"))?;
        ui.help(help)?;
    }
    match ui.format() {
        Format::Json => {
            let mut json = render::outcome_json(plan, outcome, took.as_millis());
            if let Some(canary) = canary {
                json["canary"] = canary.json();
            }
            ui.data_json(&json)?;
        }
        Format::Text => outputs(
            outcome
                .outputs
                .iter()
                .map(|(name, value)| (name.as_str(), value)),
            ui,
        )?,
    }
    Ok(match outcome.is_complete() {
        true => canary.map_or(Exit::Ok, Ended::exit),
        false if outcome.stopped && outcome.failed.is_empty() => Exit::Interrupted,
        false => Exit::Aws,
    })
}

/// Prints the outputs.
pub(super) fn outputs<'a>(
    outputs: impl Iterator<Item = (&'a str, &'a serde_json::Value)>,
    ui: &Ui,
) -> Result<(), Stop> {
    let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
    for (name, value) in outputs {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            value if crate::deploy::value::is_secret(value) => "(secret)".to_owned(),
            other => other.to_string(),
        };
        table.row([name.to_owned(), text]);
    }
    ui.data(table.render().as_bytes())?;
    Ok(())
}
