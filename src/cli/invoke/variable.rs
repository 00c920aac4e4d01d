//! The environment variables of the function to invoke: the template's with the user's laid over them.

use indexmap::IndexMap;

use crate::config::{self, Declared};
use crate::diag::Diagnostics;
use crate::graph::{App, Function};

/// What a function's template says of its variables, in the words of `config`.
struct OwnVariables<'a> {
    id: &'a str,
    name: Option<&'a str>,
    variables: IndexMap<String, Option<String>>,
}

impl<'a> OwnVariables<'a> {
    fn of(function: &'a Function) -> Self {
        let variables = function.environment.iter();
        OwnVariables {
            id: &function.id,
            name: function.known_name(),
            variables: variables
                .map(|variable| (variable.name.clone(), variable.value.known().cloned()))
                .collect(),
        }
    }

    fn declared(&self) -> Declared<'_> {
        Declared {
            logical_id: self.id,
            function_name: self.name,
            variables: &self.variables,
        }
    }
}

/// The function's own variables with the user's laid over them; warns of what has no effect.
pub(super) fn variables(
    app: &App,
    function: &Function,
    overrides: &config::Overrides,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, String> {
    let own: Vec<OwnVariables<'_>> = app.functions().map(OwnVariables::of).collect();
    let declared: Vec<Declared<'_>> = own.iter().map(OwnVariables::declared).collect();
    diagnostics.extend(overrides.check(&declared));
    declared
        .iter()
        .find(|declared| declared.logical_id == function.id)
        .map(|declared| overrides.apply(declared))
        .unwrap_or_default()
        .variables
        .into_iter()
        .map(|(name, sourced)| (name, sourced.value))
        .collect()
}
