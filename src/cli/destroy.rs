//! `hoist destroy`: deletes a stack.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::Args;

use super::deploy::prepare::Prepared;
use super::deploy::{render, said};
use super::project::{fail, report};
use super::stack::{Connected, StackArguments, refused};
use super::{Exit, Output, Stop};
use crate::config::{Environment, Given};
use crate::deploy::plan;
use crate::deploy::recover;
use crate::deploy::resolve::Lookup;
use crate::deploy::source::Source;
use crate::deploy::tagged;
use crate::ui::{AskError, Ui};

/// Delete everything of a stack
///
/// What has `DeletionPolicy: Retain` stays in AWS and is only forgotten. Buckets must be empty.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(value_name = "STACK")]
    name: Option<String>,

    #[command(flatten)]
    stack: StackArguments,

    /// Do not ask for the stack's name
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

/// Deletes the stack. Ends with [`Exit::Aws`] when something of it is left.
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
    let first = connected.state(ui).await?;
    if first.is_empty() && first.serial == 0 {
        return no_stack(&mut connected, ui).await;
    }
    connected.lock(ui).await?;
    let mut state = connected.state(ui).await?;
    let source = Source::nothing(connected.place.clone());
    let tags = BTreeMap::new();
    if state.journal.is_some() {
        let before = state.clone();
        let request = source.request(&before, &connected.providers);
        if let Err(fault) = recover::recover(&mut state, &request, &tags).await {
            let stop = refused(ui, &fault)?;
            let _ = connected.store.unlock().await;
            return Err(stop);
        }
    }
    let (plan, diagnostics) = plan::plan(&source.request(&state, &connected.providers));
    let mut prepared = Prepared {
        lookup: Lookup::new(&connected.cloud),
        connected,
        source,
        state,
        plan,
        tags,
        drifts: Vec::new(),
        targets: Vec::new(),
        back_to: None,
    };
    report(ui, &prepared.source.sources, &diagnostics)?;
    ui.talk(render::plan(&prepared.plan, ui, false).as_bytes())?;
    if let Err(stop) = confirm(arguments.yes, &prepared.plan.stack, ui).await {
        prepared.give_back(ui).await?;
        return Err(stop);
    }
    let outcome = prepared.apply(ui, stop).await?;
    // A state that still knows of something is the only memory of it.
    let is_gone = prepared.state.resources.is_empty() && prepared.state.leftovers.is_empty();
    if outcome.is_complete()
        && is_gone
        && let Err(fault) = prepared.connected.store.remove().await
    {
        let stop = prepared.connected.store_refused(ui, &fault)?;
        prepared.give_back(ui).await?;
        return Err(stop);
    }
    prepared.give_back(ui).await?;
    said(&prepared.plan, &outcome, None, begun, ui)
}

/// Says that there is nothing to delete, or why it is not known what: the state was lost.
async fn no_stack(connected: &mut Connected, ui: &Ui) -> Result<Exit, Stop> {
    let stack = &connected.place.stack.clone();
    match connected.store.bury().await {
        Ok(false) => {}
        Ok(true) => {
            ui.talk_line(&format!(
                "{stack}: the last run, which did not end, had deleted everything."
            ))?;
            return Ok(Exit::Ok);
        }
        Err(fault) => return Err(connected.store_refused(ui, &fault)?),
    }
    let place = connected.store.place();
    // Without the permission to ask, there is only the state to go by.
    let found = tagged::tagged(&connected.cloud, stack).await;
    let found = found.unwrap_or_default();
    if found.is_empty() {
        return Err(connected.no_stack(ui).await?);
    }
    let ids: Vec<String> = found.iter().map(|one| format!("`{}`", one.id)).collect();
    fail(
        ui,
        &format!(
            "the state of `{stack}` is not at {place}, but AWS has resources with its tag: {}",
            ids.join(", ")
        ),
    )?;
    ui.help(&format!(
        "have the state back; or `hoist deploy {stack}` with the template, which takes them over, and then `hoist destroy {stack}`"
    ))?;
    Err(Stop::Said(Exit::Input))
}

async fn confirm(yes: bool, stack: &str, ui: &Ui) -> Result<(), Stop> {
    if yes {
        return Ok(());
    }
    if !ui.can_ask() {
        fail(ui, "nobody can be asked here whether to delete the stack")?;
        ui.help("--yes deletes it without asking")?;
        return Err(Stop::Said(Exit::Usage));
    }
    let name = stack.to_owned();
    let check = move |typed: &str| match typed == name || typed == "no" {
        true => Ok(()),
        false => Err("type the stack's name to delete it, or `no`".to_owned()),
    };
    match ui
        .ask("Type the stack's name to delete all this", "no", check)
        .await
    {
        Ok(typed) if typed == stack => Ok(()),
        Ok(_) => {
            ui.talk_line("Nothing was deleted.")?;
            Err(Stop::Said(Exit::Ok))
        }
        Err(AskError::Interrupted) => Err(Stop::Said(Exit::Interrupted)),
        Err(AskError::Io(error)) => Err(error.into()),
    }
}
