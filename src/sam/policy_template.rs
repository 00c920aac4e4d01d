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
    let statements = Node::from_json(policy.span, &template.statements);
    let statements = filled(statements, &template.parameters, values);
    Ok(map!(policy.span; "Statement" => statements))
}

/// The statements with the values in place of `{"Ref": parameter}`.
fn filled(node: Node, parameters: &[&str], values: &Map) -> Node {
    if let Some(("Ref", name)) = single(&node)
        && let Some(name) = name.as_str()
        && parameters.contains(&name)
        && let Some(value) = values.get(name)
    {
        return value.clone();
    }
    let value = match node.value {
        Value::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| filled(item, parameters, values))
                .collect(),
        ),
        Value::Map(map) => {
            let mut entries = Map::new();
            for (key, entry) in map {
                entries.insert(key, entry.key_span, filled(entry.node, parameters, values));
            }
            Value::Map(entries)
        }
        other => other,
    };
    Node::new(node.span, value)
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
