//! What earlier runs left: a state that was lost, a run that was killed.

use std::collections::BTreeMap;

use crate::cli::Stop;
use crate::cli::stack::{Connected, now, refused};
use crate::deploy::recover::{self, Found};
use crate::deploy::source::Source;
use crate::deploy::state::State;
use crate::deploy::tagged::{self, Tagged};
use crate::ui::Ui;

/// Without a state there may still be resources of the stack: it was lost. They are looked for by their tags.
pub(super) async fn take_over(
    connected: &Connected,
    source: &Source,
    state: &mut State,
    ui: &Ui,
) -> Result<Vec<Tagged>, Stop> {
    let found = match tagged::tagged(&connected.cloud, &state.stack).await {
        Ok(found) => found,
        Err(fault) => {
            ui.warning(&format!(
                "whether there are resources of this stack from before was not found out: {fault}"
            ))?;
            return Ok(Vec::new());
        }
    };
    if !found.is_empty() {
        ui.warning(&format!(
            "there is no state of `{}`, but AWS has {} resources with its tag: they are taken over",
            state.stack,
            found.len()
        ))?;
        let before = state.clone();
        let request = source.request(&before, &connected.providers);
        tagged::presume(state, &request, &found, now());
    }
    Ok(found)
}

/// Reads the state again now that nobody else changes it. Whether there still is something to settle.
///
/// # Errors
/// When it cannot be read; that has been said.
pub async fn must_reload(
    connected: &mut Connected,
    state: &mut State,
    ui: &Ui,
) -> Result<bool, Stop> {
    if state.serial > 0 {
        *state = connected.state(ui).await?;
    }
    Ok(state.journal.is_some())
}

/// Finds out what the run that was killed did.
///
/// # Errors
/// When AWS cannot be asked; that has been said.
pub async fn settle(
    connected: &Connected,
    source: &Source,
    state: &mut State,
    tags: &BTreeMap<String, String>,
    ui: &Ui,
) -> Result<(), Stop> {
    let progress = ui.progress("Looking at what the last run left", None);
    let before = state.clone();
    let request = source.request(&before, &connected.providers);
    let found = match recover::recover(state, &request, tags).await {
        Ok(found) => found,
        Err(fault) => return Err(refused(ui, &fault)?),
    };
    drop(progress);
    let made = found
        .iter()
        .filter(|one| matches!(one, Found::Made(_)))
        .count();
    let open = found
        .iter()
        .filter(|one| matches!(one, Found::Uncertain(_)))
        .count();
    if !found.is_empty() {
        ui.talk_line(&format!(
            "The last run did not end: {made} resources found that it had made, {open} to be sent again."
        ))?;
    }
    Ok(())
}
