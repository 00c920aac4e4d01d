//! Answers the functions of a template, one value at a time.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Call, Function, Map, Node, Reason, Template, Unknown, Value};

use super::argument::{Answered, Stop, wrong};
use super::condition::Truth;
use super::parameter::Parameters;
use super::scope::Scope;
use super::{list, network};

/// Values one evaluation may make: functions can repeat what they refer to, and this bounds how often.
const MAX_VALUES: usize = 2_000_000;

/// Values, functions and conditions that may be asked for inside each other. Deeper than a template may be nested, because
/// conditions refer to each other; small enough for any thread's stack.
const MAX_LEVELS: usize = 250;

/// Faults after which no more suggestions are made: nobody reads them, and each takes time.
const MAX_SUGGESTIONS: usize = 200;

/// Bytes of text one evaluation may make.
const MAX_TEXT: usize = 64 * 1024 * 1024;

/// Answers functions. What cannot be answered stays [`Value::Unknown`] with its reason, its argument answered as far as
/// possible; evaluating it again with a scope that knows more goes on from there.
pub struct Evaluator<'a> {
    pub(super) template: &'a Template,
    pub(super) parameters: &'a Parameters,
    pub(super) scope: &'a dyn Scope,
    pub(super) truths: HashMap<String, Truth>,
    /// The conditions being answered, outermost first.
    pub(super) asking: Vec<String>,
    /// Inside a condition or rule: resources do not exist there.
    pub(super) in_condition: bool,
    diagnostics: Diagnostics,
    depth: usize,
    values: usize,
    text: usize,
    exhausted: bool,
}

impl<'a> Evaluator<'a> {
    /// An evaluator of a template's values.
    pub fn new(template: &'a Template, parameters: &'a Parameters, scope: &'a dyn Scope) -> Self {
        Evaluator {
            template,
            parameters,
            scope,
            truths: HashMap::new(),
            asking: Vec::new(),
            in_condition: false,
            diagnostics: Diagnostics::new(),
            depth: 0,
            values: 0,
            text: 0,
            exhausted: false,
        }
    }

    /// The value with its functions answered. `None` when it is `AWS::NoValue`: whoever holds it leaves it out.
    pub fn value(&mut self, node: &Node) -> Option<Node> {
        self.answered(node).or_as_written(node)
    }

    fn answered(&mut self, node: &Node) -> Outcome {
        if !self.spend(node) || !self.enter(node.span) {
            self.exhaust(node.span);
            return Outcome::AsWritten;
        }
        let value = self.value_inside(node);
        self.leave();
        value
    }

    /// Goes one level deeper; `false` when that is too deep.
    pub(super) fn enter(&mut self, span: Span) -> bool {
        if self.depth >= MAX_LEVELS {
            self.exhaust(span);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from one level deeper.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// What was found wrong so far; secrets are masked.
    pub fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// Reports something, `NoEcho` values masked.
    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        let parameters = self.parameters;
        diagnostic.summary = parameters.mask(&diagnostic.summary);
        for label in &mut diagnostic.labels {
            label.message = parameters.mask(&label.message);
        }
        for help in &mut diagnostic.help {
            *help = parameters.mask(help);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether it is still worth looking for what a name may have been meant to be.
    pub(super) fn may_suggest(&self) -> bool {
        self.diagnostics.iter().len() < MAX_SUGGESTIONS
    }

    fn spend(&mut self, node: &Node) -> bool {
        self.values += 1;
        if let Value::String(text) = &node.value {
            self.text += text.len();
        }
        self.values <= MAX_VALUES && self.text <= MAX_TEXT
    }

    fn exhaust(&mut self, span: Span) {
        if !self.exhausted {
            self.exhausted = true;
            self.report(
                Diagnostic::error(
                    "eval/too-big",
                    "evaluating this template makes more values, text or levels than can be held",
                )
                .at(span),
            );
        }
    }

    fn value_inside(&mut self, node: &Node) -> Outcome {
        let value = match &node.value {
            Value::List(items) => self.list(items).map(Value::List),
            Value::Map(map) => self.map(map).map(Value::Map),
            Value::Call(call) => return self.call(node.span, call).into(),
            Value::Unknown(unknown) => return self.call(node.span, &unknown.call).into(),
            _ => None,
        };
        match value {
            Some(value) => Outcome::Value(Node::new(node.span, value)),
            None => Outcome::AsWritten,
        }
    }

    /// The items with their functions answered. None when all of them stay as they are.
    fn list(&mut self, items: &[Node]) -> Option<Vec<Node>> {
        let outcomes: Vec<Outcome> = items.iter().map(|item| self.answered(item)).collect();
        if outcomes.iter().all(Outcome::is_as_written) {
            return None;
        }
        let pairs = items.iter().zip(outcomes);
        Some(
            pairs
                .filter_map(|(item, outcome)| outcome.or_as_written(item))
                .collect(),
        )
    }

    /// The same for a mapping.
    fn map(&mut self, map: &Map) -> Option<Map> {
        let outcomes: Vec<Outcome> = map.iter().map(|(_, item)| self.answered(item)).collect();
        if outcomes.iter().all(Outcome::is_as_written) {
            return None;
        }
        let mut answered = Map::new();
        for ((key, entry), outcome) in map.entries().zip(outcomes) {
            if let Some(value) = outcome.or_as_written(&entry.node) {
                answered.insert(key, entry.key_span, value);
            }
        }
        Some(answered)
    }

    fn call(&mut self, span: Span, call: &Call) -> Option<Node> {
        let (argument, answered) = self.answer(span, call);
        let reason = match answered {
            Ok(Some(node)) => {
                if !self.spend(&node) {
                    self.exhaust(span);
                }
                return Some(node);
            }
            Ok(None) => return None,
            Err(Stop::Unknown(reason)) => reason,
            Err(Stop::Wrong(diagnostic)) => {
                self.report(*diagnostic);
                Reason::Other(format!("`{}` is used wrongly", call.function.long_name()))
            }
        };
        let call = Call {
            function: call.function.clone(),
            argument: argument.unwrap_or_else(|| call.argument.clone()),
        };
        Some(Node::new(
            span,
            Value::Unknown(Box::new(Unknown { call, reason })),
        ))
    }

    /// A function's value, and its argument as far as it was evaluated (`None` means as written).
    fn answer(&mut self, span: Span, call: &Call) -> (Option<Node>, Answered) {
        let argument = &call.argument;
        match &call.function {
            Function::If => return self.choose(argument),
            Function::FindInMap => return self.find_in_map(span, argument),
            Function::Sub => return self.substitute(span, argument),
            Function::And
            | Function::Or
            | Function::Not
            | Function::Equals
            | Function::Condition => {
                return (None, self.condition_value(span, call));
            }
            Function::Rule(name) => {
                let argument = self.value(argument);
                let answered = match &argument {
                    Some(argument) => super::rule::answer(span, name, argument),
                    None => Err(Stop::Unknown(Reason::Argument)),
                };
                return (argument, answered);
            }
            Function::Transform => return (None, Err(Stop::Unknown(transform_reason(argument)))),
            _ => {}
        }
        let Some(evaluated) = self.value(argument) else {
            let function = call.function.long_name();
            let what = format!("the argument of `{function}`");
            return (
                None,
                Err(wrong(argument, &what, "a value and not AWS::NoValue")),
            );
        };
        let answered = match &call.function {
            Function::Ref => self.reference(span, &evaluated),
            Function::GetAtt => self.attribute(span, &evaluated),
            Function::GetAZs => self.zones(span, &evaluated),
            Function::ImportValue => self.import(span, &evaluated),
            Function::Join => list::join(span, &evaluated),
            Function::Split => list::split(span, &evaluated),
            Function::Select => list::select(&evaluated),
            Function::Base64 => list::base64(span, &evaluated),
            Function::Cidr => network::cidr(span, &evaluated),
            Function::Length => {
                self.needs_extensions(span, "`Fn::Length`");
                list::length(span, &evaluated)
            }
            Function::ToJsonString => {
                self.needs_extensions(span, "`Fn::ToJsonString`");
                list::to_json_string(span, &evaluated)
            }
            other => Err(Stop::Unknown(Reason::Other(format!(
                "`{}` cannot be answered here",
                other.long_name()
            )))),
        };
        (Some(evaluated), answered)
    }

    /// `Fn::If: [condition, then, else]`: only the chosen value is evaluated.
    fn choose(&mut self, argument: &Node) -> (Option<Node>, Answered) {
        let items = match super::argument::arguments(argument, "Fn::If", 3, 3) {
            Ok(items) => items,
            Err(stop) => return (None, Err(stop)),
        };
        let [condition, then, otherwise] = items else {
            return (
                None,
                Err(wrong(argument, "the argument of `Fn::If`", "a list")),
            );
        };
        match self.truth(condition) {
            Ok(Truth::True) => (None, Ok(self.value(then))),
            Ok(Truth::False) => (None, Ok(self.value(otherwise))),
            Ok(Truth::Unknown(reason)) => {
                let parts = [then, otherwise].map(|branch| {
                    // A branch that is `AWS::NoValue` stays written as that.
                    self.value(branch).unwrap_or_else(|| branch.clone())
                });
                let [then, otherwise] = parts;
                let items = vec![condition.clone(), then, otherwise];
                let argument = Node::new(argument.span, Value::List(items));
                (Some(argument), Err(Stop::Unknown(reason)))
            }
            Err(stop) => (None, Err(stop)),
        }
    }

    /// Says that something needs the transform `AWS::LanguageExtensions`, when the template does not have it.
    pub(super) fn needs_extensions(&mut self, span: Span, what: &str) {
        if !self.template.has_transform(LANGUAGE_EXTENSIONS) {
            self.report(needs_extensions(span, what));
        }
    }
}

/// What came of a value. Most hold no function, and are shared with the template instead of being made again.
enum Outcome {
    AsWritten,
    Value(Node),
    /// `AWS::NoValue`.
    Nothing,
}

impl Outcome {
    fn is_as_written(&self) -> bool {
        matches!(self, Outcome::AsWritten)
    }

    fn or_as_written(self, written: &Node) -> Option<Node> {
        match self {
            Outcome::AsWritten => Some(written.clone()),
            Outcome::Value(node) => Some(node),
            Outcome::Nothing => None,
        }
    }
}

impl From<Option<Node>> for Outcome {
    fn from(value: Option<Node>) -> Self {
        value.map_or(Outcome::Nothing, Outcome::Value)
    }
}

/// The transform that brings loops and the newer functions.
pub(super) const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

pub(super) fn needs_extensions(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        "eval/needs-language-extensions",
        format!("{what} needs the transform `{LANGUAGE_EXTENSIONS}`"),
    )
    .at(span)
    .help(format!(
        "Add `{LANGUAGE_EXTENSIONS}` to the section `Transform`, before other transforms."
    ))
}

fn transform_reason(argument: &Node) -> Reason {
    let name = argument
        .get("Name")
        .and_then(Node::as_str)
        .unwrap_or("a macro without name");
    Reason::Transform(name.to_owned())
}
