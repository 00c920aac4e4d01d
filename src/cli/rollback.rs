//! `hoist rollback`: back to what an earlier deployment deployed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::Args;

use super::build::build_settings;
use super::deploy::earlier::{must_reload, settle};
use super::deploy::elsewhere::importing;
use super::deploy::prepare::Prepared;
use super::deploy::{canary, confirm, said, show};
use super::project::{fail, options, report};
use super::stack::{Configured, Connected, StackArguments, refused};
use super::{Exit, Output, Stop};
use crate::build;
use crate::config::{Environment, Given, Setting};
use crate::deploy::plan::{self, Request};
use crate::deploy::resolve::Lookup;
use crate::deploy::rollback::{self, Refusal};
use crate::deploy::source::Source;
use crate::deploy::state::{Record, State};
use crate::project;
use crate::ui::Ui;

/// Go back to what an earlier deployment deployed
///
/// Functions with an alias go back in one call: the alias points to the version of that time again. Everything else is done by a
/// plan, which is shown and asked about first. Code of functions without an alias comes from this machine's build cache. A canary
/// that is under way or did not come to its end is taken back, and no more is done unless --to says so.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(value_name = "STACK")]
    name: Option<String>,

    /// The number of the deployment to go back to, see `hoist history`
    /// [default: the newest before the current one that came to its end]
    #[arg(long, value_name = "DEPLOYMENT")]
    to: Option<u64>,

    #[command(flatten)]
    stack: StackArguments,

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

/// Goes back. Ends with [`Exit::Aws`] when it came only part of the way.
pub async fn run(
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
    stop: Arc<AtomicBool>,
) -> Result<Exit, Stop> {
    let begun = Instant::now();
    let name = arguments.name.as_deref();
    let configured = arguments
        .stack
        .configure(name, Given::default(), environment, ui)?;
    let mut connected = configured.connect(environment, ui).await?;
    let mut state = connected.existing(ui).await?;
    if state.canary.is_some() {
        connected.lock(ui).await?;
        state = connected.state(ui).await?;
        if let Some(canary) = &state.canary {
            ui.warning(&canary::describe(canary))?;
            canary::end(&mut connected, &mut state, false, ui).await?;
            if arguments.to.is_none() {
                return Ok(Exit::Ok);
            }
        } else {
            let _ = connected.store.unlock().await;
        }
    }
    let record = record(arguments.to, &mut connected, &state, ui).await?;
    let prepared = prepare(&record, &configured, connected, state, environment, ui).await?;
    let Some(mut prepared) = prepared else {
        return Ok(Exit::Ok);
    };
    show(&prepared, ui)?;
    let asks = configured.settings.switch(Setting::ConfirmChangeset) != Some(false);
    if let Err(stop) = confirm(arguments.yes, asks, ui).await {
        if prepared.state.journal.is_some() {
            prepared.give_back(ui).await?;
        }
        return Err(stop);
    }
    let outcome = prepared.apply(ui, stop).await?;
    prepared.end(&outcome, ui).await?;
    said(&prepared.plan, &outcome, None, begun, ui)
}

/// What was kept of the deployment that is gone back to.
async fn record(
    to: Option<u64>,
    connected: &mut Connected,
    state: &State,
    ui: &Ui,
) -> Result<Record, Stop> {
    let number = match rollback::target(state, to) {
        Ok(number) => number,
        Err(refusal) => return Err(nowhere(&refusal, connected, ui)?),
    };
    let text = match connected.store.fetch(&Record::name(number)).await {
        Ok(text) => text,
        Err(fault) => return Err(connected.store_refused(ui, &fault)?),
    };
    match rollback::read(number, text.as_deref()) {
        Ok(record) => Ok(record),
        Err(refusal) => Err(nowhere(&refusal, connected, ui)?),
    }
}

/// Says why there is nothing to go back to.
fn nowhere(refusal: &Refusal, connected: &Connected, ui: &Ui) -> Result<Stop, Stop> {
    let stack = &connected.place.stack;
    fail(ui, &format!("`{stack}` cannot go back: {refusal}"))?;
    ui.help(match refusal {
        Refusal::NotKept(_) | Refusal::Unreadable(..) => {
            "check the sources of that deployment out and run `hoist deploy`; --to names another deployment, see `hoist history`"
        }
        Refusal::Nothing => "`hoist history` lists the deployments; check older sources out and run `hoist deploy`",
        _ => "`hoist history` lists the deployments",
    })?;
    Ok(Stop::Said(Exit::Input))
}

/// Makes the plan. None when there is nothing to do; that has been said.
async fn prepare(
    record: &Record,
    configured: &Configured,
    mut connected: Connected,
    mut state: State,
    environment: &Environment,
    ui: &Ui,
) -> Result<Option<Prepared>, Stop> {
    let source = source(record, configured, &connected, ui)?;
    let mut source = importing(source, &mut connected, ui).await?;
    if state.journal.is_some() {
        connected.lock(ui).await?;
        if must_reload(&mut connected, &mut state, ui).await? {
            settle(&connected, &source, &mut state, &record.tags, ui).await?;
        }
    }
    let code = source.code();
    let taken = rollback::take_in(
        &mut state,
        record,
        source.structure(),
        &code,
        &connected.providers,
    );
    if let Err(fault) = taken.await {
        return Err(refused(ui, &fault)?);
    }
    let (mut plan, diagnostics) = plan::plan(&Request {
        tags: Some(&record.tags),
        ..source.request(&state, &connected.providers)
    });
    report(ui, &source.sources, &diagnostics)?;
    rollback::leave_unpublished(&mut plan, &state);
    if plan.is_empty() && state.journal.is_none() {
        let number = record.number;
        ui.talk_line(&format!(
            "{} is as deployment {number} left it.",
            plan.stack
        ))?;
        return Ok(None);
    }
    source.add_files(files(record, &plan, environment, ui)?);
    Ok(Some(Prepared {
        lookup: Lookup::new(&connected.cloud),
        connected,
        source,
        state,
        plan,
        tags: record.tags.clone(),
        drifts: Vec::new(),
        targets: Vec::new(),
        back_to: Some(record.number),
    }))
}

/// The template of the record with its parameters, those that were not kept from the settings.
fn source(
    record: &Record,
    configured: &Configured,
    connected: &Connected,
    ui: &Ui,
) -> Result<Source, Stop> {
    let settings = &configured.settings;
    let given = options(settings);
    let mut parameters = record.parameters.clone();
    for name in &record.hidden {
        if let Some(value) = given.parameters.get(name) {
            parameters.insert(name.clone(), value.clone());
        }
    }
    let options = project::Options {
        parameters,
        account: connected.place.account.clone(),
        stack_name: Some(connected.place.stack.clone()),
        for_deployment: true,
        ..given
    };
    let text = serde_json::to_string_pretty(&record.template).unwrap_or_default();
    let loaded = tempfile::Builder::new()
        .prefix("deployment-")
        .suffix(".json")
        .tempfile()
        .and_then(|file| {
            std::fs::write(file.path(), text)?;
            Ok(project::load(file.path(), &options))
        });
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            fail(ui, &format!("cannot write a temporary file: {error}"))?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    let missing: Vec<&str> = loaded.parameters.missing().collect();
    if !missing.is_empty() {
        let text = format!(
            "the values of these parameters are secret and were not kept: {}",
            missing.join(", ")
        );
        fail(ui, &text)?;
        ui.help("give them with --parameter-overrides NAME=VALUE, or in samconfig.toml")?;
        return Err(Stop::Said(Exit::Input));
    }
    report(ui, &loaded.sources, &loaded.diagnostics)?;
    let files = std::collections::HashMap::new();
    match Source::new(loaded, connected.place.clone(), files) {
        Some(source) => Ok(source),
        None => Err(Stop::Said(Exit::Input)),
    }
}

/// The files that the plan needs, from the build cache, by their SHA-256.
fn files(
    record: &Record,
    plan: &plan::Plan,
    environment: &Environment,
    ui: &Ui,
) -> Result<Vec<(String, std::path::PathBuf)>, Stop> {
    let cache = match build_settings(environment) {
        Ok(settings) => settings.cache,
        Err(error) => {
            fail(ui, &error.to_string())?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    let mut files = Vec::new();
    let mut missing = Vec::new();
    for (id, digest) in rollback::needed_files(plan) {
        match build::cached(&cache, &digest) {
            Some(path) => files.push((digest, path)),
            None => missing.push(format!(
                "`{id}` (contents {})",
                digest.get(..12).unwrap_or(&digest)
            )),
        }
    }
    if missing.is_empty() {
        return Ok(files);
    }
    fail(
        ui,
        &format!(
            "what deployment {} deployed is not in this machine's build cache: {}",
            record.number,
            missing.join(", ")
        ),
    )?;
    ui.help("check the sources of that deployment out and run `hoist deploy`. A function with `AutoPublishAlias: live` goes back without its code being at hand")?;
    Err(Stop::Said(Exit::Input))
}
