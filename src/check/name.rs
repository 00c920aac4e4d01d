//! Names of conditions and mappings that there are not, and logical ids that there are twice.

use crate::diag::{Diagnostic, Span, nearest};
use crate::template::{Call, Function, Node, Template, Value};

use super::scope::Scope;

/// Looks at the attributes of resources and outputs and at every function.
pub(super) fn check(template: &Template, scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let mut check = Check { template, found };
    let attributes = template
        .resources
        .values()
        .filter_map(|one| one.condition.as_ref())
        .chain(
            template
                .outputs
                .values()
                .filter_map(|one| one.condition.as_ref()),
        );
    for name in attributes {
        check.condition(&name.text, name.span);
    }
    for (id, resource) in &template.resources {
        if let Some(parameter) = template.parameters.get(id) {
            let fault = Diagnostic::error(
                "check/duplicate-id",
                format!("`{id}` is a resource and a parameter"),
            )
            .label(resource.id_span, "")
            .label(parameter.id_span, "the parameter");
            check
                .found
                .push(fault.help("Rename one of them: `Ref` could mean both."));
        }
    }
    for section in ["Conditions", "Resources", "Outputs"] {
        if let Some(node) = template.root.get(section) {
            check.tree(node);
        }
    }
    if scope.has_foreign_macros {
        // They may bring both along.
        found.retain(|one| {
            !matches!(
                one.code,
                "check/unknown-condition" | "check/unknown-mapping"
            )
        });
    }
}

struct Check<'a> {
    template: &'a Template,
    found: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn tree(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.tree(item)),
            Value::Map(map) => map.iter().for_each(|(_, item)| self.tree(item)),
            Value::Call(call) => self.call(call),
            Value::Unknown(unknown) => self.call(&unknown.call),
            _ => {}
        }
    }

    fn call(&mut self, call: &Call) {
        match call.function {
            Function::Condition => {
                if let Some(name) = call.argument.as_str() {
                    self.condition(name, call.argument.span);
                }
            }
            Function::If => {
                let first = call.argument.as_list().and_then(<[Node]>::first);
                if let Some(first) = first
                    && let Some(name) = first.as_str()
                {
                    self.condition(name, first.span);
                }
            }
            Function::FindInMap => self.mapping(&call.argument),
            _ => {}
        }
        self.tree(&call.argument);
    }

    fn condition(&mut self, name: &str, span: Span) {
        let conditions = &self.template.conditions;
        if conditions.contains_key(name) {
            return;
        }
        let fault = Diagnostic::error(
            "check/unknown-condition",
            format!("there is no condition `{name}`"),
        )
        .at(span);
        let known = conditions.keys().map(String::as_str);
        self.found.push(match nearest(name, known) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None => fault.help("Conditions are declared in the section `Conditions`."),
        });
    }

    fn mapping(&mut self, argument: &Node) {
        let Some(parts) = argument.as_list() else {
            return;
        };
        // A fourth argument is the default of the language extension.
        let (Some(first), false) = (parts.first(), parts.len() > 3) else {
            return;
        };
        let Some(name) = first.as_str() else {
            return;
        };
        let mappings = &self.template.mappings;
        let Some(mapping) = mappings.get(name) else {
            let fault = Diagnostic::error(
                "check/unknown-mapping",
                format!("there is no mapping `{name}`"),
            )
            .at(first.span);
            let known = mappings.keys().map(String::as_str);
            self.found.push(match nearest(name, known) {
                Some(near) => fault.help(format!("Did you mean `{near}`?")),
                None => fault.help("Mappings are declared in the section `Mappings`."),
            });
            return;
        };
        let mut at = &mapping.values;
        for part in &parts[1..] {
            let Some(key) = part.as_str() else {
                return;
            };
            let Some(next) = at.get(key) else {
                let fault = Diagnostic::error(
                    "check/unknown-mapping",
                    format!("the mapping `{name}` has no key `{key}` there"),
                )
                .at(part.span);
                self.found.push(match nearest(key, at.keys()) {
                    Some(near) => fault.help(format!("Did you mean `{near}`?")),
                    None => fault,
                });
                return;
            };
            match next.as_map() {
                Some(map) => at = map,
                None => return,
            }
        }
    }
}
