//! `AWS::Serverless::StateMachine`.

use crate::graph::api::Definition;
use crate::graph::fields::Fields;
use crate::graph::state_machine::{StateMachine, express, substitutions};

use super::{function_parts as parts, serverless_api, serverless_event};

pub(super) fn state_machine(fields: &Fields<'_>) -> StateMachine {
    let definition = match fields.node("Definition") {
        Some(body) => Definition::Body(body.clone()),
        None => parts::sam_location(fields, "DefinitionUri")
            .map_or(Definition::None, serverless_api::of_location),
    };
    if !fields.has("Definition") && !fields.has("DefinitionUri") {
        fields.missing(
            "DefinitionUri",
            "Name the file that holds the states, or write them as `Definition`.",
        );
    }
    StateMachine {
        name: fields.text("Name"),
        express: express(fields, "Type"),
        definition,
        substitutions: substitutions(fields),
        role: fields.link("Role"),
        events: serverless_event::events(fields),
    }
}
