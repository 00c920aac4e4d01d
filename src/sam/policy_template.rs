//! SAM's policy templates: `{SQSPollerPolicy: {QueueName: …}}` → a policy document.
//!
//! The templates are data: `schema/policy-templates.tsv`.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::template::{Map, Node, Value};

use super::build::map;
use super::fault::{Fault, Result};
use super::intrinsic::single;
use super::value::repr_texts;

static TABLE: &str = include_str!("../../schema/policy-templates.tsv");

struct Template {
    parameters: Vec<&'static str>,
    statements: Json,
}

static TEMPLATES: LazyLock<IndexMap<&'static str, Template>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut fields = line.split('\t');
        let (name, parameters, statements) = (fields.next()?, fields.next()?, fields.next()?);
        let parameters = match parameters {
            "-" => Vec::new(),
            names => names.split(',').collect(),
        };
        let statements = serde_json::from_str(statements).ok()?;
        Some((
            name,
            Template {
                parameters,
                statements,
            },
        ))
    };
    TABLE.lines().filter_map(line).collect()
});

/// Whether there is a template with this name.
pub(crate) fn exists(name: &str) -> bool {
    TEMPLATES.contains_key(name)
}

/// The policy document that `{name: parameters}` stands for.
///
/// # Errors
/// Parameters that are no mapping, or of which some are missing.
pub(crate) fn expand(id: &str, policy: &Node) -> Result<Node> {
    let Some((name, parameters)) = single(policy) else {
        return Ok(policy.clone());
    };
    let Some(template) = TEMPLATES.get(name) else {
        return Err(Fault::resource(
            id,
            format!("There is no policy template '{name}'"),
        ));
    };
    let Some(values) = parameters.as_map() else {
        let message = format!("Must specify valid parameter values for policy template '{name}'");
        return Err(Fault::resource(id, message).at(policy.span));
    };
    let missing: Vec<&str> = template
        .parameters
        .iter()
        .copied()
        .filter(|parameter| !values.contains_key(parameter))
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "Following required parameters of template '{name}' don't have values: {}",
            repr_texts(missing)
        );
        return Err(Fault::resource(id, message).at(policy.span));
    }
    let mut statements = Node::from_json(policy.span, &template.statements);
    fill(&mut statements, &template.parameters, values);
    Ok(map!(policy.span; "Statement" => statements))
}

/// Puts the values in place of `{"Ref": parameter}`.
fn fill(node: &mut Node, parameters: &[&str], values: &Map) {
    let value = single(node)
        .filter(|(key, _)| *key == "Ref")
        .and_then(|(_, name)| name.as_str())
        .filter(|name| parameters.contains(name))
        .and_then(|name| values.get(name));
    if let Some(value) = value {
        *node = value.clone();
        return;
    }
    match &mut node.value {
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| fill(item, parameters, values)),
        Value::Map(map) => map
            .entries_mut()
            .for_each(|(_, entry)| fill(&mut entry.node, parameters, values)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_template() {
        assert_eq!(TEMPLATES.len(), TABLE.lines().count());
        assert_eq!(TEMPLATES.len(), 81);
    }
}
