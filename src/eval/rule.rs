//! The section `Rules`: what must hold between parameters.

use crate::diag::{Diagnostic, Span};
use crate::template::{Node, Reason, Rule, Value};

use super::argument::{Answered, Stop, arguments, list, text, wrong};
use super::condition::Truth;
use super::evaluator::Evaluator;

/// The functions that only rules have. The ones that read the account's resources (`RefAll`, `ValueOf`, `ValueOfAll`)
/// are not known here.
pub(super) fn answer(span: Span, name: &str, argument: &Node) -> Answered {
    let flag = match name {
        "Contains" => {
            let (texts, value) = two(argument, "Fn::Contains")?;
            let value = text(value, "the value of `Fn::Contains`")?;
            texts.contains(&value)
        }
        "EachMemberEquals" => {
            let (texts, value) = two(argument, "Fn::EachMemberEquals")?;
            let value = text(value, "the value of `Fn::EachMemberEquals`")?;
            texts.iter().all(|text| *text == value)
        }
        "EachMemberIn" => {
            let (texts, other) = two(argument, "Fn::EachMemberIn")?;
            let other = texts_of(other, "the second list of `Fn::EachMemberIn`")?;
            texts.iter().all(|text| other.contains(text))
        }
        _ => {
            return Err(Stop::Unknown(Reason::Other(format!(
                "`Fn::{name}` reads resources of the account"
            ))));
        }
    };
    Ok(Some(Node::new(span, Value::Bool(flag))))
}

fn two<'n>(argument: &'n Node, function: &str) -> Result<(Vec<String>, &'n Node), Stop> {
    match arguments(argument, function, 2, 2)? {
        [first, second] => Ok((
            texts_of(first, &format!("the list of `{function}`"))?,
            second,
        )),
        _ => Err(wrong(argument, "the argument", "a list of two")),
    }
}

fn texts_of(node: &Node, what: &str) -> Result<Vec<String>, Stop> {
    list(node, what)?
        .iter()
        .map(|item| text(item, what))
        .collect()
}

impl Evaluator<'_> {
    /// Checks one rule. An assertion that cannot be checked here is a warning.
    pub(super) fn rule(&mut self, name: &str, rule: &Rule) {
        let outside = std::mem::replace(&mut self.in_condition, true);
        self.rule_inside(name, rule);
        self.in_condition = outside;
    }

    fn rule_inside(&mut self, name: &str, rule: &Rule) {
        if let Some(condition) = &rule.condition {
            match self.truth(condition) {
                Ok(Truth::True) => {}
                Ok(Truth::False) => return,
                Ok(Truth::Unknown(_)) | Err(Stop::Unknown(_)) => {
                    return self.report(unchecked(name, condition.span));
                }
                Err(Stop::Wrong(fault)) => return self.report(*fault),
            }
        }
        for assertion in &rule.assertions {
            let span = assertion.assert.span;
            match self.truth(&assertion.assert) {
                Ok(Truth::True) => {}
                Ok(Truth::False) => {
                    let fault = Diagnostic::error(
                        "eval/rule",
                        format!("the parameters break the rule `{name}`"),
                    )
                    .at(span);
                    self.report(match &assertion.description {
                        Some(text) => fault.help(format!("The template says: {text}")),
                        None => fault,
                    });
                }
                Ok(Truth::Unknown(_)) | Err(Stop::Unknown(_)) => self.report(unchecked(name, span)),
                Err(Stop::Wrong(fault)) => self.report(*fault),
            }
        }
    }
}

fn unchecked(name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        "eval/rule-unchecked",
        format!(
            "the rule `{name}` was not checked, because it needs something that is not known here"
        ),
    )
    .at(span)
}
