//! Which names are CloudFormation's functions, and where they are called.

use crate::diag::{Diagnostic, Diagnostics, Span, nearest};

use super::value::{Call, Entry, Function, Map, Node, Value};

/// The functions that have a short tag of their own.
const PLAIN: [Function; 20] = [
    Function::Ref,
    Function::Condition,
    Function::And,
    Function::Base64,
    Function::Cidr,
    Function::Equals,
    Function::FindInMap,
    Function::GetAtt,
    Function::GetAZs,
    Function::If,
    Function::ImportValue,
    Function::Join,
    Function::Length,
    Function::Not,
    Function::Or,
    Function::Select,
    Function::Split,
    Function::Sub,
    Function::ToJsonString,
    Function::Transform,
];

/// The functions of the section `Rules`. Source: CloudFormation user guide, "Rule-specific intrinsic functions".
const RULE: [&str; 6] = [
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "RefAll",
    "ValueOf",
    "ValueOfAll",
];

/// What a key that starts a loop begins with: `Fn::ForEach::Name`.
pub const LOOP_PREFIX: &str = "Fn::ForEach";

impl Function {
    /// The function whose short name this is: `Sub` for the tag `!Sub`.
    pub fn from_short_name(name: &str) -> Option<Function> {
        PLAIN
            .iter()
            .find(|function| function.short_name() == name)
            .cloned()
            .or_else(|| {
                RULE.iter()
                    .find(|rule| **rule == name)
                    .map(|rule| Function::Rule(rule))
            })
    }

    /// The function whose long name this is: `Ref`, `Fn::Sub`. `Condition` is left out, because that key is a call only
    /// where a condition is wanted.
    pub fn from_key(key: &str) -> Option<Function> {
        if key == "Ref" {
            return Some(Function::Ref);
        }
        let name = key.strip_prefix("Fn::")?;
        Function::from_short_name(name)
            .filter(|function| !matches!(function, Function::Ref | Function::Condition))
    }

    /// The short names of every function, for suggestions.
    pub fn short_names() -> impl Iterator<Item = &'static str> {
        PLAIN
            .iter()
            .map(Function::short_name)
            .chain(RULE.iter().copied())
    }

    /// Whether this function's arguments are conditions.
    fn wants_conditions(&self) -> bool {
        matches!(
            self,
            Function::And | Function::Or | Function::Not | Function::Equals
        )
    }
}

/// Whether a key starts a loop: `Fn::ForEach::Name`.
pub fn is_loop(key: &str) -> bool {
    key == LOOP_PREFIX || key.starts_with("Fn::ForEach::")
}

/// Turns the long forms of a tree into calls: a mapping whose only key is a function's name.
///
/// `{"Condition": "Name"}` is a call inside the sections `Conditions` and `Rules` and inside the functions that
/// want conditions; everywhere else (resource attributes, IAM statements) `Condition` is an ordinary key.
pub(super) fn recognise_document(root: Node, diagnostics: &mut Diagnostics) -> Node {
    let Value::Map(map) = root.value else {
        return recognise(root, false, diagnostics);
    };
    let mut sections = Map::new();
    for (key, entry) in map {
        let in_condition = matches!(key.as_str(), "Conditions" | "Rules");
        let node = recognise(entry.node, in_condition, diagnostics);
        sections.insert(key, entry.key_span, node);
    }
    Node::new(root.span, Value::Map(sections))
}

/// The same for a part of a template, such as an included file.
pub(super) fn recognise(node: Node, in_condition: bool, diagnostics: &mut Diagnostics) -> Node {
    let span = node.span;
    let value = match node.value {
        Value::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| recognise(item, in_condition, diagnostics))
                .collect(),
        ),
        Value::Map(map) => return recognise_map(span, map, in_condition, diagnostics),
        Value::Call(call) => {
            let argument = recognise_argument(call.function.clone(), call.argument, diagnostics);
            return call_node(span, call.function, argument);
        }
        other => other,
    };
    Node::new(span, value)
}

fn recognise_map(span: Span, map: Map, in_condition: bool, diagnostics: &mut Diagnostics) -> Node {
    if map.len() == 1 {
        return match map.into_iter().next() {
            Some((key, entry)) => recognise_single(span, key, entry, in_condition, diagnostics),
            None => Node::new(span, Value::Map(Map::new())),
        };
    }
    let mut entries = Map::new();
    for (key, entry) in map {
        let is_transform = key == "Fn::Transform";
        if !is_transform && (key != "Ref" && Function::from_key(&key).is_some()) {
            diagnostics.push(
                Diagnostic::warning(
                    "template/function-with-siblings",
                    format!("`{key}` is not called here, because other keys stand beside it"),
                )
                .at(entry.key_span)
                .help("A function is the only key of its mapping; move the other keys away."),
            );
        }
        let node = recognise(entry.node, in_condition, diagnostics);
        entries.insert(key, entry.key_span, node);
    }
    Node::new(span, Value::Map(entries))
}

fn recognise_single(
    span: Span,
    key: String,
    entry: Entry,
    in_condition: bool,
    diagnostics: &mut Diagnostics,
) -> Node {
    let function = match Function::from_key(&key) {
        Some(function) => Some(function),
        None if key == "Condition" && in_condition && entry.node.as_str().is_some() => {
            Some(Function::Condition)
        }
        None => None,
    };
    if let Some(function) = function {
        let argument = recognise_argument(function.clone(), entry.node, diagnostics);
        return call_node(span, function, argument);
    }
    if let Some(name) = key.strip_prefix("Fn::")
        && !is_loop(&key)
    {
        diagnostics.push(unknown_function(&key, name, entry.key_span));
    }
    let mut map = Map::new();
    let node = recognise(entry.node, in_condition, diagnostics);
    map.insert(key, entry.key_span, node);
    Node::new(span, Value::Map(map))
}

/// Inside `Fn::If` only the first argument is a condition.
fn recognise_argument(function: Function, argument: Node, diagnostics: &mut Diagnostics) -> Node {
    if function != Function::If {
        return recognise(argument, function.wants_conditions(), diagnostics);
    }
    let span = argument.span;
    match argument.value {
        Value::List(items) => {
            let items = items
                .into_iter()
                .enumerate()
                .map(|(at, item)| recognise(item, at == 0, diagnostics))
                .collect();
            Node::new(span, Value::List(items))
        }
        value => recognise(Node::new(span, value), false, diagnostics),
    }
}

/// A call; `GetAtt`'s dotted form becomes the list form, so that everything after knows only one.
fn call_node(span: Span, function: Function, argument: Node) -> Node {
    let argument = match (&function, &argument.value) {
        (Function::GetAtt, Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => dotted(argument.span, resource, attribute),
            None => argument,
        },
        _ => argument,
    };
    Node::new(span, Value::Call(Box::new(Call { function, argument })))
}

fn dotted(span: Span, resource: &str, attribute: &str) -> Node {
    let parts = vec![Node::string(span, resource), Node::string(span, attribute)];
    Node::new(span, Value::List(parts))
}

fn unknown_function(key: &str, name: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "template/unknown-function",
        format!("`{key}` is not a function of CloudFormation; it is kept as it stands"),
    )
    .at(span);
    match nearest(name, Function::short_names()) {
        Some(near) => diagnostic.help(format!("Did you mean `Fn::{near}`?")),
        None => diagnostic,
    }
}
