//! Plans in files: written by `hoist plan --out`, carried out by `hoist deploy FILE` when they still hold.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cli::project::fail;
use crate::cli::{Exit, Stop};
use crate::deploy::plan::Plan;
use crate::ui::Ui;

/// The newest format of a plan's file.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Saved {
    /// [`FORMAT`].
    hoist_plan: u32,
    plan: Plan,
}

/// Writes a plan into a file. It holds no secret: they are masked in plans.
///
/// # Errors
/// When it cannot be written; that has been said.
pub fn save(plan: &Plan, path: &Path, ui: &Ui) -> Result<(), Stop> {
    let saved = Saved {
        hoist_plan: FORMAT,
        plan: plan.clone(),
    };
    let text = serde_json::to_vec_pretty(&saved).unwrap_or_default();
    if let Err(error) = fs::write(path, text) {
        fail(ui, &format!("cannot write {}: {error}", path.display()))?;
        return Err(Stop::Said(Exit::Input));
    }
    Ok(())
}

/// Reads a plan.
///
/// # Errors
/// When the file is no plan; that has been said.
pub fn read(path: &Path, ui: &Ui) -> Result<Plan, Stop> {
    #[derive(Deserialize)]
    struct Head {
        hoist_plan: u32,
    }
    let what = match fs::read(path) {
        Err(error) => error.to_string(),
        Ok(text) => match serde_json::from_slice::<Head>(&text) {
            Err(_) => "it is not a plan of `hoist plan --out`".to_owned(),
            Ok(head) if head.hoist_plan > FORMAT => {
                "a newer version of Hoist wrote it; update Hoist".to_owned()
            }
            Ok(_) => match serde_json::from_slice::<Saved>(&text) {
                Ok(saved) => return Ok(saved.plan),
                Err(error) => format!("it is damaged: {error}"),
            },
        },
    };
    fail(
        ui,
        &format!("{} cannot be carried out: {what}", path.display()),
    )?;
    Err(Stop::Said(Exit::Input))
}

/// Makes sure that what would be done now is what the file says.
///
/// # Errors
/// When it is not; what differs has been said.
pub fn check(saved: &Plan, now: &Plan, ui: &Ui) -> Result<(), Stop> {
    if saved == now {
        return Ok(());
    }
    let mut differs: Vec<String> = Vec::new();
    if (&saved.account, &saved.region) != (&now.account, &now.region) {
        differs.push(format!(
            "it is for account {} in {}, and this is {} in {}",
            saved.account, saved.region, now.account, now.region
        ));
    } else if saved.serial != now.serial {
        differs.push("the stack was deployed since".into());
    }
    for step in &now.steps {
        let before = saved.steps.iter().find(|one| one.key == step.key);
        if before != Some(step) && differs.len() < 10 {
            differs.push(format!("`{}` is different now", step.key));
        }
    }
    for step in &saved.steps {
        let is_there = now.steps.iter().any(|one| one.key == step.key);
        if !is_there && differs.len() < 10 {
            differs.push(format!("`{}` is no longer to be changed", step.key));
        }
    }
    fail(
        ui,
        &format!("the plan no longer holds: {}", differs.join("; ")),
    )?;
    ui.help("make a new one with `hoist plan --out FILE`, from the same template, parameters and settings")?;
    Err(Stop::Said(Exit::Input))
}
