//! Which aliases of a plan move bit by bit, and what stands in the way of it.

use serde_json::Value as Json;

use crate::deploy::plan::{Action, Plan, Step};
use crate::deploy::state::{Move, Recorded, State};
use crate::diag::{Diagnostic, Diagnostics};

const FUNCTION: &str = "AWS::Lambda::Function";
const VERSION: &str = "AWS::Lambda::Version";
const ALIAS: &str = "AWS::Lambda::Alias";

/// Takes the steps out of the plan that would give new versions all calls at once. Gives the logical ids of their aliases, and says
/// which functions cannot move bit by bit.
pub fn hold_back(plan: &mut Plan, state: &State) -> (Vec<String>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut held = Vec::new();
    for step in plan.work() {
        let Some(recorded) = state.resources.get(&step.key.id) else {
            continue;
        };
        match step.resource_type.as_str() {
            ALIAS if moves_version(step) => {
                diagnostics.extend(fault_of_alias(step));
                held.push(step.key.id.clone());
            }
            FUNCTION => diagnostics.extend(fault_of_function(step, recorded, plan)),
            _ => {}
        }
    }
    for step in &mut plan.steps {
        let is_needed = step.resource_type == VERSION
            && step.action == Action::Delete
            && is_called(&step.key.id, &held, state);
        if held.contains(&step.key.id) || is_needed {
            step.action = Action::Keep;
            step.changes.clear();
        }
    }
    (held, diagnostics)
}

fn moves_version(step: &Step) -> bool {
    let mut changes = step.changes.iter();
    step.action == Action::Update && changes.any(|change| change.path == "FunctionVersion")
}

fn fault_of_alias(step: &Step) -> Option<Diagnostic> {
    let mut changes = step.changes.iter();
    let other = changes.find(|change| change.path != "FunctionVersion")?;
    let id = &step.key.id;
    Some(
        Diagnostic::error(
            "deploy/canary-alias",
            format!(
                "the alias `{id}` cannot move bit by bit: its `{}` changes too",
                other.property()
            ),
        )
        .help("Deploy that change first, without --canary or --linear."),
    )
}

fn fault_of_function(step: &Step, recorded: &Recorded, plan: &Plan) -> Option<Diagnostic> {
    let id = &step.key.id;
    if matches!(step.action, Action::Delete | Action::Retain) || changes_tags_only(step) {
        return None;
    }
    if step.action != Action::Update {
        return Some(
            Diagnostic::error(
                "deploy/canary-replaced",
                format!("`{id}` cannot move bit by bit: it is made anew"),
            )
            .help("Deploy without --canary or --linear."),
        );
    }
    let is_its = |step: &&Step| {
        step.resource_type == ALIAS
            && matches!(step.action, Action::Update | Action::Keep)
            && step.properties.get("FunctionName").and_then(Json::as_str)
                == Some(recorded.reference.as_str())
    };
    if plan.steps.iter().any(|step| is_its(&step)) {
        return None;
    }
    Some(
        Diagnostic::error(
            "deploy/canary-without-alias",
            format!("`{id}` cannot move bit by bit: it changes, and no alias of it is deployed"),
        )
        .help(format!(
            "Give `{id}` the property `AutoPublishAlias: live` and deploy once without --canary or --linear."
        )),
    )
}

/// Whether what runs stays the same.
fn changes_tags_only(step: &Step) -> bool {
    step.changes
        .iter()
        .all(|change| change.property() == "Tags")
}

/// Whether one of the aliases still sends calls to this version.
fn is_called(version: &str, aliases: &[String], state: &State) -> bool {
    let Some(version) = state.resources.get(version) else {
        return false;
    };
    let number = version.attributes.get("Version");
    let function = version.properties.get("FunctionName");
    aliases.iter().any(|id| {
        state.resources.get(id).is_some_and(|alias| {
            alias.properties.get("FunctionName") == function
                && alias.properties.get("FunctionVersion") == number
        })
    })
}

/// From which version to which the aliases move, by the plan that was made once the new versions were there.
pub fn moves(plan: &Plan, held: &[String]) -> Vec<Move> {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let steps = plan
        .work()
        .filter(|step| held.contains(&step.key.id) && moves_version(step));
    steps
        .filter_map(|step| {
            let mut changes = step.changes.iter();
            let change = changes.find(|change| change.path == "FunctionVersion")?;
            Some(Move {
                id: step.key.id.clone(),
                function: text(step.properties.get("FunctionName"))?,
                alias: text(step.properties.get("Name"))?,
                from: text(change.before.as_ref())?,
                to: text(change.after.as_ref())?,
            })
        })
        .collect()
}
