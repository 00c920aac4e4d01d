//! Going back to what an earlier deployment deployed.
//!
//! It is a plan like any other, made from the template that was kept. Two things are different. What stayed in AWS when it left the
//! template, a function's versions above all, is taken into the state again instead of being made a second time. And a function
//! that is called by an alias is left as it is, because nobody calls what is not published: its alias goes back to the old
//! version, and nothing is uploaded.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::template::Template;

use super::apply::held;
use super::plan::{Action, Plan, Step};
use super::provider::{Providers, artifact};
use super::state::{Deployment, RECORD_FORMAT, Record, Recorded, State};
use super::value::first_unknown;
use super::wait;

const FUNCTION: &str = "AWS::Lambda::Function";
const VERSION: &str = "AWS::Lambda::Version";
const ALIAS: &str = "AWS::Lambda::Alias";

/// Why there is nothing to go back to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No earlier deployment came to its end.
    #[error("there is no earlier deployment that came to its end")]
    Nothing,
    /// The history has no such deployment.
    #[error("there is no deployment {0} in the history")]
    Unknown(u64),
    /// It is not known what it would have led to.
    #[error("deployment {0} did not come to its end")]
    Incomplete(u64),
    /// The stack is as it left it.
    #[error("deployment {0} is the one that is deployed")]
    Current(u64),
    /// What it deployed is not there.
    #[error("what deployment {0} deployed was not kept")]
    NotKept(u64),
    /// What it deployed cannot be read.
    #[error("what deployment {0} deployed cannot be read: {1}")]
    Unreadable(u64, String),
}

/// The number of the deployment that is gone back to: `to`, or the newest one before the current that came to its end. After a
/// rollback that is the one before the deployment it went back to.
///
/// # Errors
/// When there is none.
pub fn target(state: &State, to: Option<u64>) -> Result<u64, Refusal> {
    let current = state.deployments.last().ok_or(Refusal::Nothing)?;
    let is_settled = current.complete && state.journal.is_none();
    if let Some(to) = to {
        let found = state.deployments.iter().find(|one| one.number == to);
        return match found {
            None => Err(Refusal::Unknown(to)),
            Some(one) if !one.complete => Err(Refusal::Incomplete(to)),
            Some(one) if one.number == current.number && is_settled => Err(Refusal::Current(to)),
            Some(_) => Ok(to),
        };
    }
    let before = match is_settled {
        true => origin(&state.deployments, current),
        false => current.number,
    };
    let mut earlier = state.deployments.iter().rev();
    earlier
        .find(|one| one.number < before && one.complete)
        .map(|one| one.number)
        .ok_or(Refusal::Nothing)
}

/// The number of the deployment that first deployed what `one` did.
fn origin(deployments: &[Deployment], one: &Deployment) -> u64 {
    let mut number = one.number;
    let mut back_to = one.back_to;
    // Every rollback goes back to a smaller number.
    while let Some(earlier) = back_to.filter(|earlier| *earlier < number) {
        number = earlier;
        let found = deployments.iter().find(|other| other.number == earlier);
        back_to = found.and_then(|found| found.back_to);
    }
    number
}

/// Reads what was kept of the deployment `number`.
///
/// # Errors
/// When it is not there, damaged, or of a newer version.
pub fn read(number: u64, text: Option<&[u8]>) -> Result<Record, Refusal> {
    let text = text.ok_or(Refusal::NotKept(number))?;
    let unreadable = |what: String| Refusal::Unreadable(number, what);
    let head: Json = serde_json::from_slice(text).map_err(|error| unreadable(error.to_string()))?;
    if head["format"].as_u64() > Some(RECORD_FORMAT.into()) {
        return Err(unreadable("a newer version of Hoist wrote it".into()));
    }
    serde_json::from_value(head).map_err(|error| unreadable(error.to_string()))
}

/// Takes what stayed in AWS when it left the template into the state again, as the record has it. `structure` is the template that
/// is gone back to, and `code` its functions' contents. Gives the logical ids.
///
/// # Errors
/// When AWS cannot be asked.
pub async fn take_in(
    state: &mut State,
    record: &Record,
    structure: &Template,
    code: &BTreeMap<String, String>,
    providers: &Providers,
) -> Result<Vec<String>, Fault> {
    let mut taken = Vec::new();
    for (id, recorded) in &record.resources {
        let is_wanted = recorded.retain
            && structure.resources.contains_key(id)
            && !state.resources.contains_key(id);
        if !is_wanted || !is_of_same(recorded, record, state) {
            continue;
        }
        if is_there(id, recorded, code, providers).await? {
            let mut recorded = recorded.clone();
            recorded.uncertain = false;
            state.resources.insert(id.clone(), recorded);
            taken.push(id.clone());
        }
    }
    Ok(taken)
}

/// Whether what it needs is still the very same: a version of a function that was replaced is another's.
fn is_of_same(recorded: &Recorded, record: &Record, state: &State) -> bool {
    recorded.resource_type != VERSION
        || recorded.needs.iter().all(|needed| {
            let then = record.resources.get(needed);
            let now = state.resources.get(needed);
            then.zip(now).is_some_and(|(then, now)| {
                then.resource_type != FUNCTION
                    || (then.generation, &then.reference) == (now.generation, &now.reference)
            })
        })
}

/// Whether AWS still has it, and a version with the code that it was published with.
async fn is_there(
    id: &str,
    recorded: &Recorded,
    code: &BTreeMap<String, String>,
    providers: &Providers,
) -> Result<bool, Fault> {
    let Some((provider, _)) = providers.of_type(&recorded.resource_type) else {
        return Ok(false);
    };
    let mut held = held(id, recorded);
    let mut contents = None;
    if recorded.resource_type == VERSION {
        let digest = recorded.needs.iter().find_map(|needed| code.get(needed));
        contents = digest.and_then(|digest| lambda_digest(digest));
        if let Some(contents) = &contents {
            held.properties
                .insert("CodeSha256".into(), json!(contents.as_str()));
        }
    }
    match wait::persist(|| provider.read(&held), |_| ()).await {
        Ok(Some(live)) => Ok(contents.is_none_or(|contents| {
            live.get("CodeSha256").and_then(Json::as_str) == Some(contents.as_str())
        })),
        Ok(None) => Ok(false),
        Err(fault) if fault.kind == FaultKind::Missing => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// A SHA-256 in hex as Lambda writes it: in base64.
fn lambda_digest(digits: &str) -> Option<String> {
    Some(STANDARD.encode(hex::decode(digits).ok()?))
}

/// Leaves the functions as they are that are called by an alias whose old version is there: what is not published is called by
/// nobody. Gives their logical ids.
pub fn leave_unpublished(plan: &mut Plan, state: &State) -> Vec<String> {
    let served: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| step.resource_type == FUNCTION && step.action == Action::Update)
        .filter(|step| is_served(step, plan, state))
        .map(|step| step.key.id.clone())
        .collect();
    for step in &mut plan.steps {
        if served.contains(&step.key.id)
            && let Some(recorded) = state.resources.get(&step.key.id)
        {
            step.action = Action::Keep;
            step.changes.clear();
            step.reason = None;
            step.properties = recorded.properties.clone();
        }
    }
    served
}

/// Whether the function is called by an alias that goes to, or stays at, a version that is there.
fn is_served(function: &Step, plan: &Plan, state: &State) -> bool {
    let Some(recorded) = state.resources.get(&function.key.id) else {
        return false;
    };
    let is_of_function = |step: &Step| {
        let name = step.properties.get("FunctionName").and_then(Json::as_str);
        name == Some(recorded.reference.as_str())
    };
    let mut aliases = plan
        .steps
        .iter()
        .filter(|step| step.resource_type == ALIAS && is_of_function(step))
        .peekable();
    aliases.peek().is_some()
        && aliases.all(|alias| {
            let version = alias.properties.get("FunctionVersion");
            matches!(alias.action, Action::Update | Action::Keep)
                && version.is_some_and(|version| {
                    first_unknown(version).is_none() && version.as_str() != Some("$LATEST")
                })
        })
}

/// The files that carrying the plan out needs: the logical id of a resource, and the SHA-256 of its file.
pub fn needed_files(plan: &Plan) -> Vec<(String, String)> {
    let makes = |action| {
        matches!(
            action,
            Action::Create | Action::Replace | Action::ReplaceDeleteFirst
        )
    };
    let mut needed = Vec::new();
    for step in &plan.steps {
        for (property, value) in &step.properties {
            let Some(digest) = value.as_object().and_then(artifact::digest) else {
                continue;
            };
            let changes = step.changes.iter();
            let is_sent = makes(step.action)
                || step.action == Action::Update
                    && (step.changes.is_empty()
                        || changes
                            .into_iter()
                            .any(|change| change.property() == property));
            if is_sent {
                needed.push((step.key.id.clone(), digest.to_owned()));
            }
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(deployments: &[(u64, bool, Option<u64>)]) -> State {
        let mut state = State::new("orders", "eu-central-1", "123456789012");
        for (number, complete, back_to) in deployments {
            state.remember(Deployment {
                number: *number,
                started: 0,
                millis: 0,
                complete: *complete,
                counts: Default::default(),
                code: Default::default(),
                back_to: *back_to,
                returned: false,
            });
        }
        state
    }

    #[test]
    fn the_newest_complete_deployment_before_the_current_one_is_gone_back_to() {
        let three = state(&[(1, true, None), (2, false, None), (3, true, None)]);
        assert_eq!(target(&three, None), Ok(1));
        assert_eq!(target(&three, Some(2)), Err(Refusal::Incomplete(2)));
        assert_eq!(target(&three, Some(3)), Err(Refusal::Current(3)));
        assert_eq!(target(&three, Some(9)), Err(Refusal::Unknown(9)));
        let failed = state(&[(1, true, None), (2, true, None), (3, false, None)]);
        assert_eq!(target(&failed, None), Ok(2));
        assert_eq!(
            target(&state(&[(1, true, None)]), None),
            Err(Refusal::Nothing)
        );
        assert_eq!(target(&state(&[]), None), Err(Refusal::Nothing));
    }

    #[test]
    fn a_second_rollback_goes_further_back_instead_of_forward_again() {
        let back = state(&[
            (1, true, None),
            (2, true, None),
            (3, true, None),
            (4, true, Some(2)),
        ]);
        assert_eq!(target(&back, None), Ok(1));
        let twice = state(&[
            (1, true, None),
            (2, true, None),
            (3, true, Some(1)),
            (4, true, Some(3)),
        ]);
        assert_eq!(target(&twice, None), Err(Refusal::Nothing));
    }

    #[test]
    fn a_record_that_is_missing_damaged_or_newer_is_said() {
        assert_eq!(read(2, None).unwrap_err(), Refusal::NotKept(2));
        let damaged = read(2, Some(b"{\"format\": 1, \"numb")).unwrap_err();
        assert!(matches!(damaged, Refusal::Unreadable(2, _)), "{damaged}");
        let newer = read(2, Some(b"{\"format\": 9}")).unwrap_err();
        assert!(newer.to_string().contains("newer"), "{newer}");
    }

    #[test]
    fn a_digest_is_written_as_lambda_writes_it() {
        // Source: Lambda's documentation of GetFunction shows such values; this one is of no bytes at all.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            lambda_digest(empty).unwrap(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(lambda_digest("xy"), None);
    }
}
