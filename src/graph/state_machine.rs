//! State machines.

use crate::diag::Span;

use super::api::Definition;
use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::StepFunctions::StateMachine`.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    /// `StateMachineName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// `EXPRESS` instead of `STANDARD`.
    pub express: bool,
    /// Its states.
    pub definition: Definition,
    /// What replaces `${Name}` in the definition, in the order written.
    pub substitutions: Vec<Substitution>,
    /// The role it runs as.
    pub role: Option<Link>,
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
        (None, None) => Definition::elsewhere(fields, "DefinitionS3Location"),
    };
    if definition == Definition::None && !fields.has("DefinitionS3Location") {
        fields.missing(
            "DefinitionString",
            "Give it, or `Definition` or `DefinitionS3Location`.",
        );
    }
    StateMachine {
        name: fields.text("StateMachineName"),
        express: express(fields),
        definition,
        substitutions: substitutions(fields),
        role: fields.link("RoleArn"),
    }
}

fn express(fields: &Fields<'_>) -> bool {
    let words = [("STANDARD", false), ("EXPRESS", true)];
    fields.word("StateMachineType", &words).unwrap_or(false)
}

fn substitutions(fields: &Fields<'_>) -> Vec<Substitution> {
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
