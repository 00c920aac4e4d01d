//! `hoist plan`: what a deployment would do.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::deploy::prepare::PlanArguments;
use super::deploy::{render, save, show_drifts};
use super::{Exit, Output, Stop};
use crate::config::Environment;
use crate::ui::{Format, Ui};

/// Show what `hoist deploy` would do, and change nothing
///
/// Every resource that would be made, changed, replaced or deleted, property by property. Secrets are not shown. Code is built,
/// because what a deployment would do depends on it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(value_name = "STACK")]
    stack: Option<String>,

    #[command(flatten)]
    plan: PlanArguments,

    /// Write the plan into a file, for `hoist deploy FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Prints the plan.
pub async fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let stack = arguments.stack.as_deref();
    let mut configured = arguments.plan.configure(stack, environment, ui)?;
    configured.own_files.extend(arguments.out.clone());
    let mut prepared = arguments.plan.prepare(&configured, environment, ui).await?;
    prepared.give_back(ui).await?;
    if let Some(path) = &arguments.out {
        save(&prepared.plan, path, ui)?;
        let path = path.display();
        ui.talk_line(&format!(
            "The plan is in {path}; `hoist deploy {path}` carries it out."
        ))?;
    }
    match ui.format() {
        Format::Json => ui.data_json(&json!({
            "plan": prepared.plan,
            "drift": render::drifts_json(&prepared.drifts),
        }))?,
        Format::Text => {
            show_drifts(&prepared, ui)?;
            ui.data(render::plan(&prepared.plan, ui, true).as_bytes())?;
        }
    }
    Ok(Exit::Ok)
}
