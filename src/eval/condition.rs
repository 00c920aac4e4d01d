//! Conditions: answered when somebody asks, each once, cycles named in full.

use crate::diag::{Diagnostic, Span, nearest};
use crate::template::{Call, Function, Node, Reason, Value};

use super::argument::{Answered, Stop, arguments, text, wrong};
use super::evaluator::Evaluator;

/// A condition's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It depends on something that is not known.
    Unknown(Reason),
}

impl Truth {
    fn of(flag: bool) -> Truth {
        if flag { Truth::True } else { Truth::False }
    }

    /// The answer, when there is one.
    pub fn known(&self) -> Option<bool> {
        match self {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown(_) => None,
        }
    }
}

impl Evaluator<'_> {
    /// The answer to the condition `name`; `used` is where it is named.
    pub fn condition(&mut self, name: &str, used: Span) -> Truth {
        if let Some(truth) = self.truths.get(name) {
            return truth.clone();
        }
        let Some(condition) = self.template.conditions.get(name) else {
            let fault = self.unknown_condition(name, used);
            self.report(fault);
            return unusable(name);
        };
        if let Some(at) = self.asking.iter().position(|asked| asked == name) {
            let fault = self.cycle(at, used);
            self.report(fault);
            // Everybody in the circle waits for the others, so none has an answer.
            for asked in self.asking.iter().skip(at) {
                self.truths.insert(asked.clone(), unusable(asked));
            }
            return unusable(name);
        }
        self.asking.push(name.to_owned());
        let outside = std::mem::replace(&mut self.in_condition, true);
        let truth = match self.truth(&condition.expression) {
            Ok(truth) => truth,
            Err(stop) => self.stopped(stop, name),
        };
        self.in_condition = outside;
        self.asking.pop();
        // A circle found meanwhile has put its own answer there.
        self.truths.entry(name.to_owned()).or_insert(truth).clone()
    }

    fn stopped(&mut self, stop: Stop, name: &str) -> Truth {
        match stop {
            Stop::Unknown(reason) => Truth::Unknown(reason),
            Stop::Wrong(fault) => {
                self.report(*fault);
                unusable(name)
            }
        }
    }

    fn unknown_condition(&self, name: &str, used: Span) -> Diagnostic {
        let fault = Diagnostic::error(
            "eval/unknown-condition",
            format!("there is no condition `{name}`"),
        )
        .at(used);
        let names = self.template.conditions.keys().map(String::as_str);
        match nearest(name, names) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None => fault.help("Declare it in the section `Conditions`."),
        }
    }

    fn cycle(&self, at: usize, used: Span) -> Diagnostic {
        let circle = self.asking.get(at..).unwrap_or_default();
        let mut names: Vec<&str> = circle.iter().map(String::as_str).collect();
        names.extend(circle.first().map(String::as_str));
        let fault = Diagnostic::error(
            "eval/condition-cycle",
            format!(
                "these conditions depend on themselves: {}",
                names.join(" → ")
            ),
        )
        .at(used);
        circle.iter().fold(fault, |fault, name| {
            match self.template.conditions.get(name) {
                Some(condition) => {
                    fault.label(condition.id_span, format!("`{name}` is declared here"))
                }
                None => fault,
            }
        })
    }

    /// The truth of an expression: a condition's name, a condition function, or a value that is `true` or `false`.
    pub(super) fn truth(&mut self, node: &Node) -> Result<Truth, Stop> {
        if !self.enter(node.span) {
            let reason = Reason::Other("conditions stand too deep inside each other".into());
            return Ok(Truth::Unknown(reason));
        }
        let truth = self.truth_inside(node);
        self.leave();
        truth
    }

    fn truth_inside(&mut self, node: &Node) -> Result<Truth, Stop> {
        let call = match &node.value {
            Value::Bool(flag) => return Ok(Truth::of(*flag)),
            Value::String(name) if !self.is_flag(name) => {
                return Ok(self.condition(name, node.span));
            }
            Value::Call(call) => call.as_ref(),
            Value::Unknown(unknown) => &unknown.call,
            Value::String(_) => return flag(node),
            _ => {
                return Err(wrong(
                    node,
                    "a condition",
                    "a function or the name of a condition",
                ));
            }
        };
        match call.function {
            Function::And => self.all(call, true),
            Function::Or => self.all(call, false),
            Function::Not => self.not(call),
            Function::Equals => self.equals(call),
            Function::Condition => {
                let name = text(&call.argument, "the argument of `Condition`")?;
                Ok(self.condition(&name, call.argument.span))
            }
            _ => match self.value(node) {
                Some(value) => flag(&value),
                None => Err(wrong(node, "a condition", "a value and not AWS::NoValue")),
            },
        }
    }

    fn is_flag(&self, text: &str) -> bool {
        matches!(text, "true" | "false") && !self.template.conditions.contains_key(text)
    }

    /// A condition function's value where a value is wanted.
    pub(super) fn condition_value(&mut self, span: Span, call: &Call) -> Answered {
        if !self.in_condition {
            return Err(Stop::Wrong(Box::new(
                Diagnostic::error(
                    "eval/misplaced-condition",
                    format!(
                        "`{}` is possible only in conditions and rules",
                        call.function.long_name()
                    ),
                )
                .at(span)
                .help("Declare a condition in the section `Conditions` and use it with `Fn::If`."),
            )));
        }
        let node = Node::new(span, Value::Call(Box::new(call.clone())));
        match self.truth(&node)? {
            Truth::Unknown(reason) => Err(Stop::Unknown(reason)),
            truth => Ok(Some(Node::new(span, Value::Bool(truth == Truth::True)))),
        }
    }

    /// `Fn::And` (`neutral` is true) and `Fn::Or` (false): 2 to 10 conditions, all of them checked.
    fn all(&mut self, call: &Call, neutral: bool) -> Result<Truth, Stop> {
        let name = call.function.long_name();
        let items = arguments(&call.argument, &name, 2, 10)?;
        let mut result = Truth::of(neutral);
        for item in items {
            let truth = self.truth(item)?;
            match truth {
                Truth::Unknown(_) if result == Truth::of(neutral) => result = truth,
                Truth::Unknown(_) => {}
                truth if truth != Truth::of(neutral) => result = truth,
                _ => {}
            }
        }
        Ok(result)
    }

    fn not(&mut self, call: &Call) -> Result<Truth, Stop> {
        let [item] = arguments(&call.argument, "Fn::Not", 1, 1)? else {
            return Err(wrong(&call.argument, "the argument of `Fn::Not`", "a list"));
        };
        Ok(match self.truth(item)? {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            unknown => unknown,
        })
    }

    /// `Fn::Equals`: numbers and booleans are compared as text, as CloudFormation does.
    fn equals(&mut self, call: &Call) -> Result<Truth, Stop> {
        let [left, right] = arguments(&call.argument, "Fn::Equals", 2, 2)? else {
            return Err(wrong(
                &call.argument,
                "the argument of `Fn::Equals`",
                "a list",
            ));
        };
        let left = self.comparable(left)?;
        let right = self.comparable(right)?;
        Ok(match (left, right) {
            (Ok(left), Ok(right)) => Truth::of(left == right),
            (Err(reason), _) | (_, Err(reason)) => Truth::Unknown(reason),
        })
    }

    /// Something to compare: text, or the texts of a list; the inner error is why it is not known.
    fn comparable(&mut self, node: &Node) -> Result<Result<Vec<String>, Reason>, Stop> {
        // `AWS::NoValue` is like nothing but itself.
        let Some(value) = self.value(node) else {
            return Ok(Ok(Vec::new()));
        };
        let items = match &value.value {
            Value::Unknown(unknown) => return Ok(Err(unknown.cause().clone())),
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&value),
        };
        let mut texts = Vec::new();
        for item in items {
            match text(item, "what `Fn::Equals` compares") {
                Ok(text) => texts.push(text),
                Err(Stop::Unknown(reason)) => {
                    return Ok(Err(item.cause().cloned().unwrap_or(reason)));
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(Ok(texts))
    }
}

fn flag(node: &Node) -> Result<Truth, Stop> {
    match &node.value {
        Value::Bool(flag) => Ok(Truth::of(*flag)),
        Value::String(text) if text == "true" => Ok(Truth::True),
        Value::String(text) if text == "false" => Ok(Truth::False),
        Value::Unknown(unknown) => Ok(Truth::Unknown(unknown.cause().clone())),
        _ => Err(wrong(node, "a condition", "`true` or `false`")),
    }
}

fn unusable(name: &str) -> Truth {
    Truth::Unknown(Reason::Other(format!(
        "the condition `{name}` cannot be used"
    )))
}
