//! Which names are CloudFormation's functions, and where they are called.

use crate::diag::{Diagnostic, Diagnostics, Span, nearest};

use super::map::Map;
use super::value::{Call, Function, Node, Value};

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
pub(super) fn recognise_document(mut root: Node, diagnostics: &mut Diagnostics) -> Node {
    match &mut root.value {
        Value::Map(sections) => {
            for (key, entry) in sections.entries_mut() {
                let in_condition = matches!(key, "Conditions" | "Rules");
                recognise(&mut entry.node, in_condition, diagnostics);
            }
        }
        _ => recognise(&mut root, false, diagnostics),
    }
    root
}

/// Works in the tree itself: most of a template is no call and stays where it is.
fn recognise(node: &mut Node, in_condition: bool, diagnostics: &mut Diagnostics) {
    match &mut node.value {
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| recognise(item, in_condition, diagnostics)),
        Value::Map(map) => match called(map, in_condition) {
            Some(function) => become_call(node, function, diagnostics),
            None => recognise_entries(map, in_condition, diagnostics),
        },
        Value::Call(call) => recognise_argument(call, diagnostics),
        _ => {}
    }
}

/// The function that a mapping calls: its only key is the function's name.
fn called(map: &Map, in_condition: bool) -> Option<Function> {
    let (key, entry) = map.entries().next().filter(|_| map.len() == 1)?;
    match Function::from_key(key) {
        None if key == "Condition" && in_condition && entry.node.as_str().is_some() => {
            Some(Function::Condition)
        }
        function => function,
    }
}

fn become_call(node: &mut Node, function: Function, diagnostics: &mut Diagnostics) {
    let value = std::mem::replace(&mut node.value, Value::Null);
    if let Value::Map(map) = value
        && let Some((_, entry)) = map.into_iter().next()
    {
        let argument = entry.node;
        let mut call = Call { function, argument };
        recognise_argument(&mut call, diagnostics);
        node.value = Value::Call(Box::new(call));
    }
}

fn recognise_entries(map: &mut Map, in_condition: bool, diagnostics: &mut Diagnostics) {
    let is_single = map.len() == 1;
    for (key, entry) in map.entries_mut() {
        let found = match is_single {
            true => unknown_function(key, entry.key_span),
            false => function_with_siblings(key, entry.key_span),
        };
        diagnostics.extend(found);
        recognise(&mut entry.node, in_condition, diagnostics);
    }
}

fn function_with_siblings(key: &str, span: Span) -> Option<Diagnostic> {
    let is_call = !matches!(key, "Ref" | "Fn::Transform") && Function::from_key(key).is_some();
    is_call.then(|| {
        Diagnostic::warning(
            "template/function-with-siblings",
            format!("`{key}` is not called here, because other keys stand beside it"),
        )
        .at(span)
        .help("A function is the only key of its mapping; move the other keys away.")
    })
}

/// Inside `Fn::If` only the first argument is a condition. `GetAtt`'s dotted form becomes the list form, so that
/// everything after knows only one.
fn recognise_argument(call: &mut Call, diagnostics: &mut Diagnostics) {
    let Call { function, argument } = call;
    match &mut argument.value {
        Value::List(items) if *function == Function::If => {
            for (at, item) in items.iter_mut().enumerate() {
                recognise(item, at == 0, diagnostics);
            }
        }
        _ => recognise(argument, function.wants_conditions(), diagnostics),
    }
    if *function == Function::GetAtt
        && let Some((resource, attribute)) = argument.as_str().and_then(|text| text.split_once('.'))
    {
        *argument = dotted(argument.span, resource, attribute);
    }
}

fn dotted(span: Span, resource: &str, attribute: &str) -> Node {
    let parts = vec![Node::string(span, resource), Node::string(span, attribute)];
    Node::new(span, Value::List(parts))
}

fn unknown_function(key: &str, span: Span) -> Option<Diagnostic> {
    let name = key.strip_prefix("Fn::").filter(|_| !is_loop(key))?;
    let diagnostic = Diagnostic::warning(
        "template/unknown-function",
        format!("`{key}` is not a function of CloudFormation; it is kept as it stands"),
    )
    .at(span);
    Some(match nearest(name, Function::short_names()) {
        Some(near) => diagnostic.help(format!("Did you mean `Fn::{near}`?")),
        None => diagnostic,
    })
}
