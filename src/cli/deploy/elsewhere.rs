//! What a template takes from elsewhere: exports of other stacks, parameters that stand in Systems Manager.

use std::collections::BTreeMap;

use crate::cli::Stop;
use crate::cli::stack::{Connected, refused};
use crate::deploy::resolve::Lookup;
use crate::deploy::source::Source;
use crate::project::{self, Loaded};
use crate::template::ParameterType;
use crate::ui::Ui;

/// The template with what it imports from the stacks that are kept at the same place.
///
/// # Errors
/// When their states cannot be read; that has been said.
pub async fn importing(source: Source, connected: &mut Connected, ui: &Ui) -> Result<Source, Stop> {
    if !source.imports() {
        return Ok(source);
    }
    match connected.store.others().await {
        Ok(others) => {
            let exports = others.into_iter().flat_map(|other| other.exports);
            Ok(source.importing(exports))
        }
        Err(fault) => Err(connected.store_refused(ui, &fault)?),
    }
}

/// The values of parameters that stand in Systems Manager; none when the template has no such parameter.
pub(super) async fn remote_parameters(
    loaded: &Loaded,
    options: &project::Options,
    lookup: &Lookup,
    ui: &Ui,
) -> Result<Option<BTreeMap<String, String>>, Stop> {
    let Some(template) = &loaded.structure else {
        return Ok(None);
    };
    let mut values = BTreeMap::new();
    for (name, parameter) in &template.parameters {
        if !matches!(parameter.kind, ParameterType::Ssm(_)) {
            continue;
        }
        let default = parameter
            .default
            .as_ref()
            .and_then(|node| node.scalar_text());
        let Some(key) = options.parameters.get(name).cloned().or(default) else {
            continue;
        };
        match lookup.parameter(&key).await {
            Ok(value) => drop(values.insert(name.clone(), value)),
            Err(fault) => return Err(refused(ui, &fault)?),
        }
    }
    Ok((!values.is_empty()).then_some(values))
}
