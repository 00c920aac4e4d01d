//! Parameters, conditions and mappings that nothing uses.

use std::collections::HashSet;

use crate::diag::{Diagnostic, Span};
use crate::eval::{Piece, pieces};
use crate::template::{Call, Function, Node, Template, Value};

/// Looks at the template as it was written.
pub(super) fn check(template: &Template, found: &mut Vec<Diagnostic>) {
    let mut used = Used::default();
    if let Some(sections) = template.root.as_map() {
        for (name, node) in sections.iter() {
            // `AWS::CloudFormation::Interface` only arranges parameters.
            if !matches!(name, "Metadata" | "Parameters" | "Mappings") {
                used.tree(node);
            }
        }
    }
    for (name, parameter) in &template.parameters {
        if !used.names.contains(name.as_str()) {
            let help = "Remove it, or refer to it with `Ref` or `Fn::Sub`.";
            found.push(
                note(
                    "check/unused-parameter",
                    "parameter",
                    name,
                    parameter.id_span,
                )
                .help(help),
            );
        }
    }
    for (name, condition) in &template.conditions {
        if !used.conditions.contains(name.as_str()) {
            found.push(note(
                "check/unused-condition",
                "condition",
                name,
                condition.id_span,
            ));
        }
    }
    for (name, mapping) in &template.mappings {
        if !used.any_mapping && !used.mappings.contains(name.as_str()) {
            found.push(note(
                "check/unused-mapping",
                "mapping",
                name,
                mapping.id_span,
            ));
        }
    }
}

fn note(code: &'static str, noun: &str, name: &str, span: Span) -> Diagnostic {
    let summary = format!("nothing uses the {noun} `{name}`");
    match code {
        "check/unused-parameter" => Diagnostic::note("check/unused-parameter", summary),
        "check/unused-condition" => Diagnostic::note("check/unused-condition", summary),
        _ => Diagnostic::note("check/unused-mapping", summary),
    }
    .at(span)
}

#[derive(Default)]
struct Used<'a> {
    names: HashSet<&'a str>,
    conditions: HashSet<&'a str>,
    mappings: HashSet<&'a str>,
    /// A function says which mapping, or the functions of rules and macros take parameters by other ways.
    any_mapping: bool,
}

impl<'a> Used<'a> {
    fn tree(&mut self, node: &'a Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.tree(item)),
            Value::Map(map) => {
                for (key, item) in map.iter() {
                    if key == "Condition"
                        && let Some(name) = item.as_str()
                    {
                        self.conditions.insert(name);
                    }
                    // The collection of a loop may be a parameter.
                    self.tree(item);
                }
            }
            Value::Call(call) => self.call(call),
            Value::Unknown(unknown) => self.call(&unknown.call),
            _ => {}
        }
    }

    fn call(&mut self, call: &'a Call) {
        match (&call.function, call.argument.as_str()) {
            (Function::Ref, Some(name)) => {
                self.names.insert(name.split('.').next().unwrap_or(name));
            }
            (Function::Condition, Some(name)) => {
                self.conditions.insert(name);
            }
            (Function::Sub, Some(text)) => self.text(text),
            (Function::Rule(_), Some(name)) => {
                self.names.insert(name);
            }
            _ => {}
        }
        let arguments = call.argument.as_list().unwrap_or_default();
        let first = arguments.first().and_then(Node::as_str);
        match (&call.function, first) {
            (Function::If, Some(name)) => {
                self.conditions.insert(name);
            }
            (Function::Sub, Some(text)) => self.text(text),
            (Function::FindInMap, Some(name)) => {
                self.mappings.insert(name);
            }
            (Function::FindInMap, None) => self.any_mapping = true,
            (Function::Rule(_), Some(name)) => {
                self.names.insert(name);
            }
            _ => {}
        }
        self.tree(&call.argument);
    }

    fn text(&mut self, text: &'a str) {
        for piece in pieces(text) {
            if let Piece::Variable(name) = piece {
                self.names
                    .insert(name.split('.').next().unwrap_or(name).trim());
            }
        }
    }
}
