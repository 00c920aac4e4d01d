//! CloudFormation's functions in the plain form: making them and recognising them.

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use super::build::{IntoNode, list, map};

/// `{"Ref": id}`.
pub(crate) fn reference(span: Span, id: impl Into<String>) -> Node {
    map!(span; "Ref" => id.into())
}

/// `{"Ref": "AWS::NoValue"}`.
pub(crate) fn no_value(span: Span) -> Node {
    reference(span, "AWS::NoValue")
}

/// `{"Fn::GetAtt": [id, attribute]}`.
pub(crate) fn attribute(span: Span, id: &str, attribute: &str) -> Node {
    map!(span; "Fn::GetAtt" => list!(span; id, attribute))
}

/// `{"Fn::Join": [delimiter, parts]}`.
pub(crate) fn join(span: Span, delimiter: &str, parts: Vec<Node>) -> Node {
    map!(span; "Fn::Join" => list!(span; delimiter, parts))
}

/// `{"Fn::Sub": text}`, or `{"Fn::Sub": [text, variables]}` when there are variables.
pub(crate) fn sub(span: Span, text: impl Into<String>, variables: Option<Map>) -> Node {
    let text = text.into();
    match variables.filter(|variables| !variables.is_empty()) {
        Some(variables) => map!(span; "Fn::Sub" => list!(span; text, variables)),
        None => map!(span; "Fn::Sub" => text),
    }
}

/// `{"Fn::If": [condition, then, otherwise]}`.
pub(crate) fn if_else(
    span: Span,
    condition: impl IntoNode,
    then: impl IntoNode,
    otherwise: impl IntoNode,
) -> Node {
    map!(span; "Fn::If" => list!(span; condition, then, otherwise))
}

/// The value under a condition, or nothing: `{"Fn::If": [condition, then, NoValue]}`.
pub(crate) fn if_only(span: Span, condition: impl IntoNode, then: impl IntoNode) -> Node {
    if_else(span, condition, then, no_value(span))
}

/// `{"Condition": name}`.
pub(crate) fn condition(span: Span, name: &str) -> Node {
    map!(span; "Condition" => name)
}

/// The only entry of a mapping that has just one.
pub(crate) fn single(node: &Node) -> Option<(&str, &Node)> {
    let map = node.as_map()?;
    if map.len() == 1 {
        map.iter().next()
    } else {
        None
    }
}

/// Whether the value is a function: a mapping whose only key is `Ref`, `Condition` or starts with `Fn::`.
pub(crate) fn is_intrinsic(node: &Node) -> bool {
    single(node)
        .is_some_and(|(key, _)| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
}

/// The argument of `Fn::If`, when the value is one.
pub(crate) fn if_argument(node: &Node) -> Option<&Node> {
    argument(node, "Fn::If")
}

/// The argument of the function `name`, when the value calls it.
pub(crate) fn argument<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    single(node)
        .filter(|(key, _)| *key == name)
        .map(|(_, argument)| argument)
}

/// The three parts of `Fn::If`.
///
/// # Errors
/// The translator's words when there are not three.
pub(crate) fn if_parts(argument: &Node) -> Result<[&Node; 3], String> {
    match argument.as_list() {
        Some([condition, then, otherwise]) => Ok([condition, then, otherwise]),
        _ => Err("Fn::If requires 3 arguments".into()),
    }
}

/// Whether the value is `{"Ref": "AWS::NoValue"}`.
pub(crate) fn is_no_value(node: &Node) -> bool {
    argument(node, "Ref").and_then(Node::as_str) == Some("AWS::NoValue")
}

/// The logical id that a `Ref` or a `Fn::GetAtt` names.
pub(crate) fn logical_id(node: &Node) -> Option<&str> {
    let (key, argument) = single(node)?;
    match (key, &argument.value) {
        ("Ref", Value::String(id)) => Some(id),
        ("Fn::GetAtt", Value::List(items)) if items.len() == 2 => items[0].as_str(),
        ("Fn::GetAtt", Value::String(text)) => {
            let mut parts = text.split('.');
            match (parts.next(), parts.next(), parts.next()) {
                (Some(id), Some(_), None) => Some(id),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A `Ref` or `Fn::GetAtt` as `Fn::Sub` writes it: `${X}`, `${X.Arn}`. None for every other value.
pub(crate) fn shorthand(node: &Node) -> Option<String> {
    let map = node.as_map()?;
    if let Some(id) = map.get("Ref") {
        return Some(format!("${{{}}}", super::value::text(id)));
    }
    let argument = map.get("Fn::GetAtt")?;
    let parts: Vec<String> = match &argument.value {
        Value::List(items) => items.iter().map(super::value::text).collect(),
        _ => return argument.as_str().map(|text| format!("${{{text}}}")),
    };
    Some(format!("${{{}}}", parts.join(".")))
}
