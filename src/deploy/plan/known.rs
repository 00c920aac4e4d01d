//! What is known without a plan: the properties and outputs that the resources of a state give.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::deploy::scope::StackScope;
use crate::deploy::state::State;
use crate::deploy::value::{self, Secrets, first_unknown};
use crate::eval::{Evaluator, Parameters, TemplateScope};
use crate::template::{Node, Template};

use super::{Request, name};

/// The properties of one resource as far as they are known with what is in a state, secrets masked. None when the template has no such resource.
pub fn known_properties(
    request: &Request<'_>,
    state: &State,
    id: &str,
    generation: u32,
) -> Option<Map<String, Json>> {
    let resource = request.structure.resources.get(id)?;
    let (_, kind) = request.providers.of_type(&resource.resource_type)?;
    let scope = settled(request.pseudo, state);
    let mut evaluator = Evaluator::new(request.structure, request.parameters, &scope);
    let node = resource
        .properties
        .as_ref()
        .and_then(|node| evaluator.value(node))?;
    let Json::Object(mut properties) = value::to_json(&node) else {
        return None;
    };
    name(&mut properties, id, &kind, generation, state);
    Some(request.secrets.mask_map(properties))
}

/// What the outputs are when nothing is to be done: with the resources of the state, as far as AWS told what they are. Secrets
/// are masked.
pub fn settled_outputs(request: &Request<'_>) -> BTreeMap<String, Json> {
    let scope = settled(request.pseudo, request.state);
    let Request {
        structure,
        parameters,
        secrets,
        ..
    } = request;
    let mut found = outputs(structure, parameters, &scope, secrets);
    found.retain(|_, value| first_unknown(value).is_none());
    found
}

fn settled(pseudo: &TemplateScope, state: &State) -> StackScope {
    let mut scope = StackScope::new(pseudo.clone());
    for (id, recorded) in &state.resources {
        scope.know(id, &recorded.reference, recorded.attributes.clone());
    }
    scope
}

/// What the template exports to other stacks, by the exports' names, as far as it is known; secrets are masked.
pub fn exports(
    structure: &Template,
    parameters: &Parameters,
    scope: &StackScope,
    secrets: &Secrets,
) -> BTreeMap<String, Json> {
    let values = outputs(structure, parameters, scope, secrets);
    let mut evaluator = Evaluator::new(structure, parameters, scope);
    let mut found = BTreeMap::new();
    for (id, output) in &structure.outputs {
        let export = output
            .export
            .as_ref()
            .and_then(|node| evaluator.value(node));
        let name = export
            .as_ref()
            .and_then(|node| node.get("Name")?.scalar_text());
        let value = values
            .get(id)
            .filter(|value| first_unknown(value).is_none());
        if let (Some(name), Some(value)) = (name, value) {
            found.insert(name, value.clone());
        }
    }
    found
}

/// The template's outputs, as far as they are known with these resources; secrets are masked.
pub fn outputs(
    structure: &Template,
    parameters: &Parameters,
    scope: &StackScope,
    secrets: &Secrets,
) -> BTreeMap<String, Json> {
    let mut evaluator = Evaluator::new(structure, parameters, scope);
    let mut found = BTreeMap::new();
    for (name, output) in &structure.outputs {
        let value: Option<Node> = output.value.as_ref().and_then(|node| evaluator.value(node));
        if let Some(value) = value {
            found.insert(name.clone(), secrets.mask(value::to_json(&value)));
        }
    }
    found
}
