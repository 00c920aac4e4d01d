//! Functions over lists: `Join`, `Select`, `Split`, `Length`.

use crate::diag::{Diagnostic, Span};
use crate::template::{Node, Reason, Value};

use super::argument::{Answered, Stop, arguments, holds_unknown, integer, list, text, wrong};

/// `Fn::Join: [delimiter, [value, …]]`.
pub(super) fn join(span: Span, argument: &Node) -> Answered {
    let [delimiter, values] = arguments(argument, "Fn::Join", 2, 2)? else {
        return Err(wrong(argument, "the argument of `Fn::Join`", "a list"));
    };
    let delimiter = text(delimiter, "the delimiter of `Fn::Join`")?;
    let values = list(values, "the second argument of `Fn::Join`")?;
    let mut parts = Vec::with_capacity(values.len());
    for value in values {
        parts.push(text(value, "what `Fn::Join` joins")?);
    }
    Ok(Some(Node::string(span, parts.join(&delimiter))))
}

/// `Fn::Split: [delimiter, text]`.
pub(super) fn split(span: Span, argument: &Node) -> Answered {
    let [delimiter, whole] = arguments(argument, "Fn::Split", 2, 2)? else {
        return Err(wrong(argument, "the argument of `Fn::Split`", "a list"));
    };
    let separator = text(delimiter, "the delimiter of `Fn::Split`")?;
    if separator.is_empty() {
        return Err(wrong(
            delimiter,
            "the delimiter of `Fn::Split`",
            "at least one character",
        ));
    }
    let whole = text(whole, "what `Fn::Split` splits")?;
    let parts = whole
        .split(separator.as_str())
        .map(|part| Node::string(span, part))
        .collect();
    Ok(Some(Node::new(span, Value::List(parts))))
}

/// `Fn::Select: [index, [value, …]]`. Other elements of the list need not be known.
pub(super) fn select(argument: &Node) -> Answered {
    let [index, values] = arguments(argument, "Fn::Select", 2, 2)? else {
        return Err(wrong(argument, "the argument of `Fn::Select`", "a list"));
    };
    let at = integer(index, "the index of `Fn::Select`")?;
    let values = list(values, "the second argument of `Fn::Select`")?;
    let chosen = usize::try_from(at).ok().and_then(|at| values.get(at));
    match chosen {
        Some(Node {
            value: Value::Null, ..
        }) => Err(wrong(index, "what `Fn::Select` chooses", "a value")),
        Some(node) => Ok(Some(node.clone())),
        None => Err(Stop::Wrong(Box::new(
            Diagnostic::error(
                "eval/select-index",
                format!("there is no element {at} in a list of {}", values.len()),
            )
            .at(index.span)
            .help("The first element is 0."),
        ))),
    }
}

/// `Fn::Length: [value, …]`.
pub(super) fn length(span: Span, argument: &Node) -> Answered {
    let items = list(argument, "the argument of `Fn::Length`")?;
    Ok(Some(Node::new(span, Value::Number(items.len().into()))))
}

/// `Fn::ToJsonString`: a mapping or list as compact JSON, keys in the order they were written.
pub(super) fn to_json_string(span: Span, argument: &Node) -> Answered {
    if !matches!(argument.value, Value::Map(_) | Value::List(_)) {
        // What is not known yet may turn out to be either.
        if holds_unknown(argument) {
            return Err(Stop::Unknown(Reason::Argument));
        }
        return Err(wrong(
            argument,
            "the argument of `Fn::ToJsonString`",
            "a mapping or a list",
        ));
    }
    if holds_unknown(argument) {
        return Err(Stop::Unknown(Reason::Argument));
    }
    Ok(Some(Node::string(span, argument.to_json().to_string())))
}

/// `Fn::Base64: text`.
pub(super) fn base64(span: Span, argument: &Node) -> Answered {
    use base64::Engine;
    let plain = text(argument, "the argument of `Fn::Base64`")?;
    let encoded = base64::engine::general_purpose::STANDARD.encode(plain);
    Ok(Some(Node::string(span, encoded)))
}
