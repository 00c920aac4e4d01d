//! What a value refers to: `Ref`, `Fn::GetAtt` and the variables of `Fn::Sub`, wherever they stand in it.

use crate::diag::Span;
use crate::eval::{Piece, pieces};
use crate::template::{Call, Function, Node, Reason, Unknown, Value};

/// One reference out of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The logical id (or a parameter, a pseudo parameter: whatever was written).
    pub name: String,
    pub attribute: Option<String>,
    pub how: How,
    pub span: Span,
}

/// How something was referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    Ref,
    GetAtt,
    Sub,
}

/// Every reference in a tree, in the order they were written.
pub(crate) fn references(node: &Node) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

/// The one name that a tree refers to, when it is just one; pseudo parameters do not count.
pub(crate) fn only_resource(node: &Node) -> Option<String> {
    let mut names = references(node)
        .into_iter()
        .map(|reference| reference.name)
        .filter(|name| !name.starts_with("AWS::"));
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

/// Why the first value in a tree that is not known is not.
pub(crate) fn first_unknown(node: &Node) -> Option<&Reason> {
    match &node.value {
        Value::Unknown(unknown) => Some(root_reason(unknown)),
        Value::List(items) => items.iter().find_map(first_unknown),
        Value::Map(map) => map.iter().find_map(|(_, node)| first_unknown(node)),
        _ => None,
    }
}

/// Why a call is not known; when an argument is to blame, the argument's reason.
pub(crate) fn root_reason(unknown: &Unknown) -> &Reason {
    match unknown.reason {
        Reason::Argument => first_unknown(&unknown.call.argument).unwrap_or(&unknown.reason),
        _ => &unknown.reason,
    }
}

fn collect(node: &Node, found: &mut Vec<Reference>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Map(map) => map.iter().for_each(|(_, node)| collect(node, found)),
        Value::Call(call) => collect_call(call, node.span, found),
        Value::Unknown(unknown) => collect_call(&unknown.call, node.span, found),
        _ => {}
    }
}

fn collect_call(call: &Call, span: Span, found: &mut Vec<Reference>) {
    match call.function {
        Function::Ref => match call.argument.as_str() {
            Some(name) => found.push(reference(name, None, How::Ref, span)),
            None => collect(&call.argument, found),
        },
        Function::GetAtt => match get_att(&call.argument) {
            Some((name, attribute)) => {
                found.push(reference(name, attribute, How::GetAtt, span));
            }
            None => collect(&call.argument, found),
        },
        Function::Sub => collect_sub(&call.argument, span, found),
        // Names of conditions, not of resources.
        Function::Condition => {}
        _ => collect(&call.argument, found),
    }
}

fn reference(name: &str, attribute: Option<String>, how: How, span: Span) -> Reference {
    Reference {
        name: name.to_owned(),
        attribute,
        how,
        span,
    }
}

/// Resource and attribute of `Fn::GetAtt`; the attribute may be a function, and is then left out.
fn get_att(argument: &Node) -> Option<(&str, Option<String>)> {
    if let Some(text) = argument.as_str() {
        return Some(match text.split_once('.') {
            Some((name, attribute)) => (name, Some(attribute.to_owned())),
            None => (text, None),
        });
    }
    let mut parts = argument.as_list()?.iter();
    let name = parts.next()?.as_str()?;
    let attribute: Option<Vec<_>> = parts.map(Node::as_str).collect();
    Some((name, attribute.map(|parts| parts.join("."))))
}

fn collect_sub(argument: &Node, span: Span, found: &mut Vec<Reference>) {
    let (text, variables) = match &argument.value {
        Value::String(text) => (Some(text.as_str()), None),
        Value::List(items) => (items.first().and_then(Node::as_str), items.get(1)),
        _ => (None, None),
    };
    for name in text.into_iter().flat_map(variables_of) {
        if variables.is_some_and(|variables| variables.get(name).is_some()) {
            continue;
        }
        let (name, attribute) = match name.split_once('.') {
            Some((name, attribute)) => (name, Some(attribute.to_owned())),
            None => (name, None),
        };
        found.push(reference(name, attribute, How::Sub, span));
    }
    if let Some(variables) = variables {
        collect(variables, found);
    }
}

/// The variables in the text of an `Fn::Sub`.
fn variables_of(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Text(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    fn names(yaml: &str) -> Vec<String> {
        let mut sources = Sources::new();
        let (root, diagnostics) = crate::template::read(&mut sources, "t.yaml", yaml);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        references(&root.expect("reads"))
            .into_iter()
            .map(|reference| match reference.attribute {
                Some(attribute) => format!("{:?} {}.{attribute}", reference.how, reference.name),
                None => format!("{:?} {}", reference.how, reference.name),
            })
            .collect()
    }

    #[test]
    fn every_way_to_refer_is_found_wherever_it_stands() {
        let found = names(
            "a: !Ref A\nb: [{Fn::GetAtt: [B, Out.Put]}]\nc: !GetAtt C.Arn\nd: !Join ['', [!Ref D]]\ne: !If [Cond, !Ref E, x]\n",
        );
        assert_eq!(
            found,
            [
                "Ref A",
                "GetAtt B.Out.Put",
                "GetAtt C.Arn",
                "Ref D",
                "Ref E"
            ]
        );
    }

    #[test]
    fn sub_refers_to_what_it_does_not_define_itself() {
        assert_eq!(
            names("a: !Sub '${A}-${B.Arn}-${!C}-$D'"),
            ["Sub A", "Sub B.Arn"]
        );
        assert_eq!(
            names("a: !Sub ['${X}${Y}', {X: !Ref R}]"),
            ["Sub Y", "Ref R"]
        );
    }

    #[test]
    fn an_unclosed_variable_is_no_reference() {
        assert!(names("a: !Sub '${A'").is_empty());
    }
}
