//! `Fn::Sub`.

use crate::diag::Span;
use crate::template::{Map, Node, Reason, Value};

use super::argument::{Answered, Stop, text, wrong};
use super::evaluator::Evaluator;

/// A part of `Fn::Sub`'s text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// As it stands; `${!x}` gives the two pieces `${` and `x}`.
    Text(&'t str),
    /// `${Name}` or `${Resource.Attribute}`, without the braces.
    Variable(&'t str),
}

/// Cuts the text of `Fn::Sub` into its pieces.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        push_text(&mut pieces, before);
        if let Some(literal) = after.strip_prefix('!') {
            push_text(&mut pieces, "${");
            rest = literal;
            continue;
        }
        match after.find('}') {
            Some(end) if !after[..end].trim().is_empty() => {
                pieces.push(Piece::Variable(after[..end].trim()));
                rest = &after[end + 1..];
            }
            _ => {
                push_text(&mut pieces, "${");
                rest = after;
            }
        }
    }
    push_text(&mut pieces, rest);
    pieces
}

fn push_text<'t>(pieces: &mut Vec<Piece<'t>>, text: &'t str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

impl Evaluator<'_> {
    /// `Fn::Sub: text` or `[text, {variable: value}]`. When a variable is not known, the others are put into the text.
    pub(super) fn substitute(&mut self, span: Span, argument: &Node) -> (Option<Node>, Answered) {
        let (template, variables) = match parts(argument) {
            Ok(parts) => parts,
            Err(stop) => return (None, Err(stop)),
        };
        let Some(written) = template.as_str() else {
            let stop = wrong(template, "the text of `Fn::Sub`", "a string");
            return (None, Err(stop));
        };
        let variables = match variables.map(|map| self.variables(map)) {
            None => Map::new(),
            Some(evaluated) => evaluated,
        };
        let mut result = Partial::default();
        for piece in pieces(written) {
            let name = match piece {
                Piece::Text(text) => {
                    result.text(text);
                    continue;
                }
                Piece::Variable(name) => name,
            };
            match self.variable(span, name, &variables) {
                Ok(value) => result.value(name, &value),
                Err(Stop::Unknown(reason)) => result.unknown(name, reason),
                Err(stop) => return (None, Err(stop)),
            }
        }
        let Some(reason) = result.reason else {
            return (None, Ok(Some(Node::string(span, result.full))));
        };
        let left = Node::string(template.span, result.partial);
        let argument = remaining(argument.span, left, variables, &result.missing);
        (Some(argument), Err(Stop::Unknown(reason)))
    }

    fn variables(&mut self, map: &Map) -> Map {
        let mut evaluated = Map::new();
        for (key, entry) in map.entries() {
            if let Some(value) = self.value(&entry.node) {
                evaluated.insert(key, entry.key_span, value);
            }
        }
        evaluated
    }

    fn variable(&mut self, span: Span, name: &str, variables: &Map) -> Result<String, Stop> {
        if let Some(node) = variables.get(name) {
            return text(node, &format!("the variable `{name}` of `Fn::Sub`"));
        }
        let answered = match name.split_once('.') {
            Some((resource, attribute)) if self.parameters.value(name).is_none() => {
                self.attribute_of(span, resource, attribute)?
            }
            _ => self.name(span, name)?,
        };
        match answered {
            Some(node) => text(&node, &format!("the variable `{name}` of `Fn::Sub`")),
            None => Ok(String::new()),
        }
    }
}

fn parts(argument: &Node) -> Result<(&Node, Option<&Map>), Stop> {
    match &argument.value {
        Value::String(_) => Ok((argument, None)),
        Value::List(items) => match items.as_slice() {
            [template] => Ok((template, None)),
            [template, variables] => match variables.as_map() {
                Some(map) => Ok((template, Some(map))),
                None => Err(wrong(variables, "the variables of `Fn::Sub`", "a mapping")),
            },
            _ => Err(wrong(
                argument,
                "the argument of `Fn::Sub`",
                "a text and a mapping",
            )),
        },
        Value::Call(_) | Value::Unknown(_) => Err(Stop::Unknown(Reason::Argument)),
        _ => Err(wrong(
            argument,
            "the argument of `Fn::Sub`",
            "a string or a list",
        )),
    }
}

/// The text with every variable put in, and beside it the one that `Fn::Sub` can go on with later.
#[derive(Default)]
struct Partial {
    full: String,
    partial: String,
    missing: Vec<String>,
    reason: Option<Reason>,
}

impl Partial {
    fn text(&mut self, text: &str) {
        self.full.push_str(text);
        if text == "${" {
            self.partial.push_str("${!");
        } else {
            self.partial.push_str(text);
        }
    }

    fn value(&mut self, name: &str, value: &str) {
        self.full.push_str(value);
        if value.ends_with('$') {
            // The next text may start with a brace; what is known is put in again next time.
            self.keep(name);
        } else {
            self.partial.push_str(&value.replace("${", "${!"));
        }
    }

    fn unknown(&mut self, name: &str, reason: Reason) {
        self.keep(name);
        if self.reason.is_none() {
            self.reason = Some(reason);
        }
    }

    fn keep(&mut self, name: &str) {
        self.partial.push_str(&format!("${{{name}}}"));
        self.missing.push(name.to_owned());
    }
}

/// The argument that is left to do: the variables not put in yet stay in the mapping.
fn remaining(span: Span, text: Node, variables: Map, missing: &[String]) -> Node {
    let mut left = Map::new();
    for (name, entry) in variables {
        if missing.iter().any(|one| *one == name) {
            left.insert(name, entry.key_span, entry.node);
        }
    }
    if left.is_empty() {
        return Node::new(span, text.value);
    }
    let variables = Node::new(span, Value::Map(left));
    Node::new(span, Value::List(vec![text, variables]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_into_literals_and_variables() {
        use Piece::{Text, Variable};
        assert_eq!(
            pieces("a-${B}-${C.Arn}${ D }"),
            [
                Text("a-"),
                Variable("B"),
                Text("-"),
                Variable("C.Arn"),
                Variable("D")
            ]
        );
        assert_eq!(pieces("${!Literal}"), [Text("${"), Text("Literal}")]);
        assert_eq!(pieces("open ${"), [Text("open "), Text("${")]);
        assert_eq!(pieces("${}x"), [Text("${"), Text("}x")]);
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("é${ü}"), [Text("é"), Variable("ü")]);
    }
}
