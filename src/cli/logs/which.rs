//! Which log groups are meant.

use super::Arguments;
use crate::cli::project::fail;
use crate::cli::stack::Connected;
use crate::cli::{Exit, Stop};
use crate::deploy::state::{Recorded, State};
use crate::diag::did_you_mean;
use crate::logs::record::Group;
use crate::ui::Ui;

/// The groups of the functions that are named, or of all of the stack, and those named by --group.
///
/// # Errors
/// When there is no such stack or function; that has been said.
pub(super) async fn groups(
    arguments: &Arguments,
    connected: &mut Connected,
    ui: &Ui,
) -> Result<Vec<Group>, Stop> {
    let mut groups = Vec::new();
    if arguments.group.is_empty() || !arguments.functions.is_empty() {
        let state = connected.state(ui).await?;
        if state.serial == 0 {
            let stop = connected.no_stack(ui).await?;
            ui.help("--local shows what ran here, --group any log group")?;
            return Err(stop);
        }
        for (id, function) in functions(&state, &arguments.functions, ui)? {
            add(&mut groups, Group::new(&group_name(function), id));
        }
    }
    for name in &arguments.group {
        add(&mut groups, Group::new(name, name));
    }
    Ok(groups)
}

/// The groups of all functions of a stack, which may have none.
pub(super) fn all(state: &State) -> Vec<Group> {
    let mut groups = Vec::new();
    for (id, resource) in &state.resources {
        if resource.resource_type == "AWS::Lambda::Function" {
            add(&mut groups, Group::new(&group_name(resource), id));
        }
    }
    groups
}

/// Functions may share a group: it then goes by its own name.
fn add(groups: &mut Vec<Group>, group: Group) {
    match groups.iter_mut().find(|other| other.name == group.name) {
        Some(other) => other.label = other.name.clone(),
        None => groups.push(group),
    }
}

/// Where a function writes. Source: Lambda developer guide, "Configuring CloudWatch log groups".
fn group_name(function: &Recorded) -> String {
    let config = function.properties.get("LoggingConfig");
    let named = config.and_then(|config| config.get("LogGroup")?.as_str());
    match named {
        Some(name) => name.to_owned(),
        None => format!("/aws/lambda/{}", function.reference),
    }
}

fn functions<'a>(
    state: &'a State,
    names: &[String],
    ui: &Ui,
) -> Result<Vec<(&'a String, &'a Recorded)>, Stop> {
    let all: Vec<(&String, &Recorded)> = state
        .resources
        .iter()
        .filter(|(_, resource)| resource.resource_type == "AWS::Lambda::Function")
        .collect();
    if names.is_empty() {
        if all.is_empty() {
            fail(ui, &format!("the stack `{}` has no functions", state.stack))?;
            ui.help("--group NAME shows any log group")?;
            return Err(Stop::Said(Exit::Input));
        }
        return Ok(all);
    }
    let mut found = Vec::new();
    for name in names {
        let own = function_of_arn(name).unwrap_or(name);
        let fits = |(id, function): &&(&String, &Recorded)| *id == own || function.reference == own;
        match all.iter().find(fits) {
            Some(function) => found.push(*function),
            None => {
                let stack = &state.stack;
                fail(
                    ui,
                    &format!("there is no function `{name}` in the stack `{stack}`"),
                )?;
                let ids = all.iter().map(|(id, _)| id.as_str());
                let help = did_you_mean(own, ids.clone()).unwrap_or_else(|| {
                    format!("its functions: {}", ids.collect::<Vec<_>>().join(", "))
                });
                ui.help(&help)?;
                return Err(Stop::Said(Exit::Input));
            }
        }
    }
    Ok(found)
}

/// The name in `arn:aws:lambda:eu-central-1:123456789012:function:NAME[:QUALIFIER]`.
fn function_of_arn(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("arn:")?.split_once(":function:")?.1;
    rest.split(':').next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ui::Format;

    fn state() -> State {
        let mut state = State::new("orders", "eu-central-1", "123456789012");
        for (id, kind, properties) in [
            ("Create", "AWS::Lambda::Function", json!({})),
            (
                "List",
                "AWS::Lambda::Function",
                json!({"LoggingConfig": {"LogGroup": "/own/group"}}),
            ),
            ("Queue", "AWS::SQS::Queue", json!({})),
        ] {
            let recorded = json!({"type": kind, "reference": format!("orders-{id}"), "properties": properties});
            let recorded = serde_json::from_value(recorded).unwrap();
            state.resources.insert(id.into(), recorded);
        }
        state
    }

    fn named(names: &[&str]) -> Result<Vec<String>, String> {
        let (ui, said) = Ui::captured(Format::Text);
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let state = state();
        match functions(&state, &names, &ui) {
            Ok(found) => Ok(found.iter().map(|(_, it)| group_name(it)).collect()),
            Err(_) => Err(said.err()),
        }
    }

    #[test]
    fn functions_go_by_id_name_and_arn() {
        let create = "/aws/lambda/orders-Create";
        assert_eq!(named(&[]).unwrap(), [create, "/own/group"]);
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders-Create:live";
        for name in ["Create", "orders-Create", arn] {
            assert_eq!(named(&[name]).unwrap(), [create], "{name}");
        }
        let said = named(&["Creat"]).unwrap_err();
        assert!(said.contains("did you mean `Create`?"), "{said}");
        assert!(named(&["Queue"]).is_err());
    }

    #[test]
    fn a_group_that_functions_share_goes_by_its_own_name() {
        let mut groups = Vec::new();
        add(&mut groups, Group::new("/own", "A"));
        add(&mut groups, Group::new("/own", "B"));
        assert_eq!(groups, [Group::new("/own", "/own")]);
    }
}
