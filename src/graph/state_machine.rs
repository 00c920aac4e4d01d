//! State machines.

use crate::diag::Span;

use super::api::Definition;
use super::event::Event;
use super::fields::Fields;
use super::function::S3Location;
use super::setting::{Link, Setting};

/// `AWS::StepFunctions::StateMachine` and `AWS::Serverless::StateMachine`.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    /// `StateMachineName`, SAM's `Name`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// `EXPRESS` instead of `STANDARD`.
    pub express: bool,
    /// Its states.
    pub definition: Definition,
    /// What replaces `${Name}` in the definition, in the order written.
    pub substitutions: Vec<Substitution>,
    /// The role it runs as; SAM makes one when there is none.
    pub role: Option<Link>,
    /// SAM's `Events`.
    pub events: Vec<Event>,
}

/// One entry of `DefinitionSubstitutions`.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitution {
    /// As written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What is put in.
    pub value: Setting<String>,
}

pub(super) fn state_machine(fields: &Fields<'_>) -> StateMachine {
    let definition = match (fields.node("Definition"), fields.node("DefinitionString")) {
        (Some(node), _) | (None, Some(node)) => Definition::Body(node.clone()),
        (None, None) => s3_definition(fields),
    };
    if definition == Definition::None {
        fields.missing(
            "DefinitionString",
            "Give it, or `Definition` or `DefinitionS3Location`.",
        );
    }
    StateMachine {
        name: fields.text("StateMachineName"),
        express: express(fields, "StateMachineType"),
        definition,
        substitutions: substitutions(fields),
        role: fields.link("RoleArn"),
        events: Vec::new(),
    }
}

fn s3_definition(fields: &Fields<'_>) -> Definition {
    let location = fields.fields("DefinitionS3Location").and_then(|place| {
        Some(S3Location {
            bucket: place.text("Bucket")?,
            key: place.text("Key")?,
            version: place.text("Version"),
            span: place.span,
        })
    });
    location.map_or(Definition::None, Definition::S3)
}

pub(super) fn express(fields: &Fields<'_>, property: &str) -> bool {
    let words = [("STANDARD", false), ("EXPRESS", true)];
    fields.word(property, &words).unwrap_or(false)
}

pub(super) fn substitutions(fields: &Fields<'_>) -> Vec<Substitution> {
    let Some(map) = fields.fields("DefinitionSubstitutions") else {
        return Vec::new();
    };
    map.entries()
        .filter_map(|(name, name_span, spot)| {
            Some(Substitution {
                name: name.to_owned(),
                name_span,
                value: map.text_of(name, spot.value)?,
            })
        })
        .collect()
}
