//! The property `Policies` of functions and state machines: names and ARNs of managed policies, policy documents, and
//! SAM's policy templates.
//!
//! Source: the translator's `model/resource_policies.py`.

use crate::template::{Map, Node, Value};

use super::fault::{Fault, Result};
use super::intrinsic;
use super::policy_template;

/// What an entry of `Policies` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The name or ARN of a managed policy, or a function that gives one.
    Managed,
    /// A policy document.
    Statement,
    /// One of SAM's policy templates.
    Template,
    /// None of these.
    Unknown,
}

/// The entries of `Policies`; a single one counts as a list of one.
pub(crate) fn entries(policies: Option<&Node>) -> Vec<Node> {
    let Some(policies) = super::value::truthy(policies) else {
        return Vec::new();
    };
    match &policies.value {
        Value::List(items) => items.clone(),
        _ => vec![policies.clone()],
    }
}

/// What an entry is.
///
/// # Errors
/// A malformed `Fn::If`, or one whose branches are of different kinds.
pub(crate) fn kind(policy: &Node) -> Result<Kind> {
    if policy.as_str().is_some() {
        return Ok(Kind::Managed);
    }
    if let Some(argument) = intrinsic::if_argument(policy) {
        return kind_of_if(argument).map_err(|fault| fault.at(policy.span));
    }
    if intrinsic::is_intrinsic(policy) {
        return Ok(Kind::Managed);
    }
    if policy.get("Statement").is_some() {
        return Ok(Kind::Statement);
    }
    match intrinsic::single(policy) {
        Some((name, _)) if policy_template::exists(name) => Ok(Kind::Template),
        _ => Ok(Kind::Unknown),
    }
}

fn kind_of_if(argument: &Node) -> Result<Kind> {
    let [_, then, otherwise] = intrinsic::if_parts(argument).map_err(Fault::template)?;
    let (first, second) = (kind(then)?, kind(otherwise)?);
    if first == second || intrinsic::is_no_value(otherwise) {
        return Ok(first);
    }
    if intrinsic::is_no_value(then) {
        return Ok(second);
    }
    Err(Fault::template(
        "Different policy types within the same Fn::If statement is unsupported. Separate different policy types into \
         different Fn::If statements",
    ))
}

/// Puts the documents that policy templates stand for in their place, in the property `Policies` of a resource.
///
/// # Errors
/// Parameters that are missing or no mapping.
pub(crate) fn expand_templates(id: &str, properties: &mut Map) -> Result<()> {
    let policies = entries(properties.get("Policies"));
    if policies.is_empty() {
        return Ok(());
    }
    let mut expanded = Vec::new();
    for policy in policies {
        if kind(&policy)? != Kind::Template {
            expanded.push(policy);
            continue;
        }
        let document = match intrinsic::if_argument(&policy) {
            Some(argument) => {
                let [condition, then, otherwise] =
                    intrinsic::if_parts(argument).map_err(Fault::template)?;
                let branch = |node: &Node| match intrinsic::is_no_value(node) {
                    true => Ok(node.clone()),
                    false => policy_template::expand(id, node),
                };
                intrinsic::if_else(policy.span, condition, branch(then)?, branch(otherwise)?)
            }
            None => policy_template::expand(id, &policy)?,
        };
        expanded.push(document);
    }
    if let Some(entry) = properties.entry("Policies") {
        let (key_span, span) = (entry.key_span, entry.node.span);
        properties.insert("Policies", key_span, Node::new(span, Value::List(expanded)));
    }
    Ok(())
}
