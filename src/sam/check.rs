//! What must hold of the whole template before anything else is looked at.
//!
//! Source: the translator's `parser/parser.py`.

use crate::template::{Node, Value};

use super::expect::Owner;
use super::fault::Fault;
use super::work::Work;

/// The types that SAM's passes over the whole template look at.
pub(crate) const LISTED_TYPES: [&str; 11] = [
    "AWS::Serverless::Api",
    "AWS::Serverless::Application",
    "AWS::Serverless::CapacityProvider",
    "AWS::Serverless::Function",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::LayerVersion",
    "AWS::Serverless::MicrovmImage",
    "AWS::Serverless::NetworkConnector",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::WebSocketApi",
];

/// Whether a declaration is one of [`LISTED_TYPES`].
///
/// # Errors
/// A `Condition` that is no text, whatever the type.
pub(crate) fn is_listed(declaration: &Node) -> Result<bool, Fault> {
    let condition = declaration.get("Condition");
    if let Some(condition) = super::value::truthy(condition)
        && !matches!(condition.value, Value::String(_))
    {
        return Err(Fault::template("Every Condition member must be a string.")
            .at(condition.span)
            .ending());
    }
    let kind = declaration.get("Type").and_then(Node::as_str);
    Ok(kind.is_some_and(|kind| LISTED_TYPES.contains(&kind)))
}

/// The pass: there are resources, they are mappings, and so are the properties of SAM's.
pub(super) fn sections(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    let resources = work.source.get("Resources");
    let Some(map) = resources
        .and_then(Node::as_map)
        .filter(|map| !map.is_empty())
    else {
        let fault = Fault::template("'Resources' section is required");
        return Err(vec![match resources {
            Some(node) => fault.at(node.span),
            None => fault.at(work.start()),
        }]);
    };
    if let Some((_, node)) = map.iter().find(|(_, node)| node.as_map().is_none()) {
        return Err(vec![
            Fault::template(
                "All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.",
            )
            .at(node.span),
        ]);
    }
    for (id, node) in map.iter() {
        let is_listed = is_listed(node).map_err(|fault| vec![fault])?;
        if is_listed && let Some(properties) = node.get("Properties") {
            Owner::Attribute(id)
                .map(Some(properties), "Properties")
                .map_err(|fault| vec![fault])?;
        }
    }
    Ok(())
}
