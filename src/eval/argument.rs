//! Reading the arguments of functions once they are evaluated.

use crate::diag::Diagnostic;
use crate::template::{Node, Reason, Value};

/// Why a function has no value.
#[derive(Debug)]
pub(super) enum Stop {
    /// It cannot be answered now.
    Unknown(Reason),
    /// It is used wrongly.
    Wrong(Box<Diagnostic>),
}

/// A function's value; `None` is `AWS::NoValue`.
pub(super) type Answered = Result<Option<Node>, Stop>;

/// A wrong use: `what` must be `wanted`.
pub(super) fn wrong(node: &Node, what: &str, wanted: &str) -> Stop {
    Stop::Wrong(Box::new(
        Diagnostic::error(
            "eval/argument",
            format!("{what} must be {wanted}, and this is {}", node.kind()),
        )
        .at(node.span),
    ))
}

fn is_unknown(node: &Node) -> bool {
    matches!(node.value, Value::Unknown(_) | Value::Call(_))
}

/// The text here; numbers and booleans count as the text they are written with.
pub(super) fn text(node: &Node, what: &str) -> Result<String, Stop> {
    if is_unknown(node) {
        return Err(Stop::Unknown(Reason::Argument));
    }
    node.scalar_text()
        .ok_or_else(|| wrong(node, what, "a string"))
}

/// The list here.
pub(super) fn list<'n>(node: &'n Node, what: &str) -> Result<&'n [Node], Stop> {
    if is_unknown(node) {
        return Err(Stop::Unknown(Reason::Argument));
    }
    node.as_list().ok_or_else(|| wrong(node, what, "a list"))
}

/// A list with a number of elements between `least` and `most`: a function's arguments.
pub(super) fn arguments<'n>(
    node: &'n Node,
    function: &str,
    least: usize,
    most: usize,
) -> Result<&'n [Node], Stop> {
    let items = list(node, &format!("the argument of `{function}`"))?;
    if (least..=most).contains(&items.len()) {
        return Ok(items);
    }
    let wanted = if least == most {
        format!("{least}")
    } else {
        format!("{least} to {most}")
    };
    Err(Stop::Wrong(Box::new(
        Diagnostic::error(
            "eval/argument-count",
            format!(
                "`{function}` takes {wanted} arguments, and here are {}",
                items.len()
            ),
        )
        .at(node.span),
    )))
}

/// A whole number, written as a number or as text.
pub(super) fn integer(node: &Node, what: &str) -> Result<i64, Stop> {
    let written = text(node, what)?;
    written
        .trim()
        .parse()
        .map_err(|_| wrong(node, what, "a whole number"))
}

/// Whether anything in here is not known, and so the whole cannot be turned into text.
pub(super) fn holds_unknown(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(holds_unknown),
        Value::Map(map) => map.iter().any(|(_, item)| holds_unknown(item)),
        _ => is_unknown(node),
    }
}

/// The resource whose existence this value waits for, if it is one.
pub(super) fn awaited_resource(node: &Node) -> Option<&str> {
    awaited(node, &|reason| match reason {
        Reason::Resource(id) => Some(id),
        _ => None,
    })
}

/// The parameter without a value that this value waits for, if it is one.
pub(super) fn awaited_parameter(node: &Node) -> Option<&str> {
    awaited(node, &|reason| match reason {
        Reason::Parameter(name) => Some(name),
        _ => None,
    })
}

fn awaited<'n>(
    node: &'n Node,
    pick: &impl Fn(&'n Reason) -> Option<&'n String>,
) -> Option<&'n str> {
    match &node.value {
        Value::Unknown(unknown) => match (&unknown.reason, pick(&unknown.reason)) {
            (_, Some(name)) => Some(name),
            (Reason::Argument, None) => awaited(&unknown.call.argument, pick),
            _ => None,
        },
        Value::List(items) => items.iter().find_map(|item| awaited(item, pick)),
        Value::Map(map) => map.iter().find_map(|(_, item)| awaited(item, pick)),
        _ => None,
    }
}
