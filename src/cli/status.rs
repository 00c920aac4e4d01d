//! `hoist status`, `hoist outputs`, `hoist history`, `hoist unlock`: what is known of a stack, and its lock.

use clap::Args;
use serde_json::json;

use super::deploy::canary::describe;
use super::deploy::{outputs, render};
use super::project::fail;
use super::stack::{Connected, StackArguments, ago};
use super::{Exit, Output, Stop};
use crate::config::{Environment, Given};
use crate::deploy::state::State;
use crate::ui::{Align, Format, Table, Ui};

/// Which stack, for the commands that only look.
#[derive(Debug, Args)]
struct Looked {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(value_name = "STACK")]
    name: Option<String>,

    #[command(flatten)]
    stack: StackArguments,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

/// Show the resources of a deployed stack, and whether its last deployment came to its end
///
/// This is what Hoist knows of it; `hoist plan --refresh` asks AWS about every resource.
#[derive(Debug, Args)]
pub struct StatusArguments {
    #[command(flatten)]
    looked: Looked,
}

/// Print the outputs of a deployed stack
#[derive(Debug, Args)]
pub struct OutputsArguments {
    #[command(flatten)]
    looked: Looked,

    /// Print the value of this one alone
    #[arg(long, value_name = "OUTPUT")]
    name_of: Option<String>,
}

/// List the deployments of a stack, the newest first
#[derive(Debug, Args)]
pub struct HistoryArguments {
    #[command(flatten)]
    looked: Looked,
}

/// Take the lock of a stack away from a run that is gone
///
/// A run that was killed on this machine needs no unlocking, and any other's lock counts for nothing a minute after its end. Only
/// use this when you know that nobody is deploying the stack.
#[derive(Debug, Args)]
pub struct UnlockArguments {
    #[command(flatten)]
    looked: Looked,
}

impl StatusArguments {
    pub(super) fn output(&self) -> Output {
        self.looked.output
    }
}

impl OutputsArguments {
    pub(super) fn output(&self) -> Output {
        self.looked.output
    }
}

impl HistoryArguments {
    pub(super) fn output(&self) -> Output {
        self.looked.output
    }
}

impl UnlockArguments {
    pub(super) fn output(&self) -> Output {
        self.looked.output
    }
}

impl Looked {
    async fn connect(&self, environment: &Environment, ui: &Ui) -> Result<Connected, Stop> {
        let name = self.name.as_deref();
        let configured = self
            .stack
            .configure(name, Given::default(), environment, ui)?;
        configured.connect(environment, ui).await
    }

    /// The state of a stack that is there.
    async fn state(&self, environment: &Environment, ui: &Ui) -> Result<State, Stop> {
        let mut connected = self.connect(environment, ui).await?;
        connected.existing(ui).await
    }
}

/// Prints what there is. Ends with [`Exit::Aws`] when the last deployment did not come to its end.
pub async fn status(
    arguments: &StatusArguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let state = arguments.looked.state(environment, ui).await?;
    let last = state.deployments.last();
    if ui.format() == Format::Json {
        let resources: Vec<_> = state
            .resources
            .iter()
            .map(|(id, recorded)| {
                json!({
                    "id": id,
                    "type": recorded.resource_type,
                    "reference": recorded.reference,
                    "attributes": recorded.attributes,
                    "uncertain": recorded.uncertain,
                })
            })
            .collect();
        ui.data_json(&json!({
            "stack": state.stack,
            "region": state.region,
            "account": state.account,
            "complete": state.journal.is_none() && state.canary.is_none(),
            "canary": state.canary,
            "lastDeployment": last,
            "resources": resources,
            "leftovers": state.leftovers.iter().map(|left| json!({
                "id": left.id, "type": left.recorded.resource_type, "reference": left.recorded.reference,
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        let mut table = Table::new([
            ("RESOURCE", Align::Left),
            ("TYPE", Align::Left),
            ("NAME OR ID", Align::Left),
            ("", Align::Left),
        ]);
        for (id, recorded) in &state.resources {
            let note = match recorded.uncertain {
                true => "not certain",
                false => "",
            };
            table.row([id, &recorded.resource_type, &recorded.reference, note]);
        }
        for left in &state.leftovers {
            let recorded = &left.recorded;
            table.row([
                left.id.as_str(),
                &recorded.resource_type,
                &recorded.reference,
                "to be deleted",
            ]);
        }
        ui.data(table.render().as_bytes())?;
        let deployed = last.map_or_else(String::new, |last| {
            format!("; deployment {}, {} ago", last.number, ago(last.started))
        });
        ui.talk_line(&format!(
            "{} in {} (account {}): {} resources{deployed}",
            state.stack,
            state.region,
            state.account,
            state.resources.len()
        ))?;
    }
    if let Some(canary) = &state.canary {
        ui.warning(&describe(canary))?;
        ui.help("`hoist rollback` takes it back, `hoist deploy --finish-canary` completes it")?;
    }
    match &state.journal {
        None if state.canary.is_some() => Ok(Exit::Aws),
        None => Ok(Exit::Ok),
        Some(journal) => {
            let open: Vec<&str> = journal.intents.keys().map(String::as_str).collect();
            ui.warning(&format!(
                "the last deployment is under way or did not come to its end; open: {}",
                open.join(", ")
            ))?;
            ui.help("`hoist deploy` goes on with it")?;
            Ok(Exit::Aws)
        }
    }
}

/// Prints the outputs.
pub async fn show_outputs(
    arguments: &OutputsArguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let state = arguments.looked.state(environment, ui).await?;
    if let Some(name) = &arguments.name_of {
        let Some(value) = state.outputs.get(name) else {
            fail(ui, &format!("the stack has no output `{name}`"))?;
            let names = state.outputs.keys().map(String::as_str);
            if let Some(help) = crate::diag::did_you_mean(name, names) {
                ui.help(&help)?;
            }
            return Ok(Exit::Input);
        };
        match (ui.format(), value) {
            (Format::Text, serde_json::Value::String(text)) => ui.data_line(text)?,
            _ => ui.data_json(value)?,
        }
        return Ok(Exit::Ok);
    }
    match ui.format() {
        Format::Json => ui.data_json(&state.outputs)?,
        Format::Text => outputs(
            state
                .outputs
                .iter()
                .map(|(name, value)| (name.as_str(), value)),
            ui,
        )?,
    }
    Ok(Exit::Ok)
}

/// Prints the deployments.
pub async fn history(
    arguments: &HistoryArguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let state = arguments.looked.state(environment, ui).await?;
    if ui.format() == Format::Json {
        ui.data_json(&state.deployments)?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::new([
        ("DEPLOYMENT", Align::Right),
        ("AGO", Align::Left),
        ("TOOK", Align::Right),
        ("WHAT", Align::Left),
    ]);
    for one in state.deployments.iter().rev() {
        let mut what = render::counts(one.counts);
        if let Some(number) = one.back_to {
            what.push_str(&format!("; back to {number}"));
        }
        match (one.returned, one.complete) {
            (true, _) => what.push_str("; its new versions were taken back"),
            (false, false) => what.push_str("; did not come to its end"),
            (false, true) => {}
        }
        table.row([
            one.number.to_string(),
            ago(one.started),
            render::seconds(std::time::Duration::from_millis(one.millis)),
            what,
        ]);
    }
    ui.data(table.render().as_bytes())?;
    Ok(Exit::Ok)
}

/// Takes the lock away.
pub async fn unlock(
    arguments: &UnlockArguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let mut connected = arguments.looked.connect(environment, ui).await?;
    match connected.store.break_lock().await {
        Ok(Some(holder)) => {
            ui.talk_line(&format!(
                "The lock was taken away from {} (process {}), who had it for {}.",
                holder.who,
                holder.process,
                ago(holder.since)
            ))?;
            Ok(Exit::Ok)
        }
        Ok(None) => {
            ui.talk_line(&format!(
                "Nobody has the lock of {}.",
                connected.place.stack
            ))?;
            Ok(Exit::Ok)
        }
        Err(fault) => Err(connected.store_refused(ui, &fault)?),
    }
}
