//! `Ref`, `Fn::GetAtt` and the variables of `Fn::Sub` that refer to nothing.

use std::collections::HashMap;

use crate::diag::{Diagnostic, nearest};
use crate::eval::PSEUDO_PARAMETERS;
use crate::graph::reference::{How, Reference, references};
use crate::template::{Node, Template};

use super::attribute::{self, Attributes};
use super::scope::Scope;

/// Looks at every value of the template.
pub(super) fn check(template: &Template, scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let mut check = Check {
        template,
        scope,
        attributes: HashMap::new(),
        found,
    };
    for resource in template.resources.values() {
        let values = [
            &resource.properties,
            &resource.metadata,
            &resource.update_policy,
            &resource.creation_policy,
        ];
        values
            .into_iter()
            .flatten()
            .for_each(|node| check.tree(node));
        for name in &resource.depends_on {
            if !template.resources.contains_key(&name.text) && !scope.may_be_made(&name.text) {
                let fault = Diagnostic::error(
                    "check/unknown-dependency",
                    format!("there is no resource `{}` to depend on", name.text),
                )
                .at(name.span);
                let known = template.resources.keys().map(String::as_str);
                let fault = check.softened(match nearest(&name.text, known) {
                    Some(near) => fault.help(format!("Did you mean `{near}`?")),
                    None => fault.help("`DependsOn` names resources of this template only."),
                });
                check.found.push(fault);
            }
        }
    }
    for output in template.outputs.values() {
        let values = [&output.value, &output.export];
        values
            .into_iter()
            .flatten()
            .for_each(|node| check.tree(node));
    }
}

struct Check<'a> {
    template: &'a Template,
    scope: &'a Scope<'a>,
    /// By resource type.
    attributes: HashMap<&'a str, Attributes>,
    found: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn tree(&mut self, node: &Node) {
        for reference in references(node) {
            if let Some(fault) = self.fault(&reference) {
                let fault = self.softened(fault);
                self.found.push(fault);
            }
        }
    }

    fn fault(&mut self, reference: &Reference) -> Option<Diagnostic> {
        let name = reference.name.as_str();
        if let Some(resource) = self.template.resources.get(name) {
            let kind = resource.resource_type.as_str();
            return self.attribute(kind, reference);
        }
        let takes_parameters = reference.how != How::GetAtt && reference.attribute.is_none();
        let is_parameter = self.template.parameters.contains_key(name);
        let is_pseudo = PSEUDO_PARAMETERS.contains(&name);
        if takes_parameters && (is_parameter || is_pseudo) || self.scope.may_be_made(name) {
            return None;
        }
        // Attributes of what only a macro can know: `${Transform.Thing}`.
        if name.contains(['$', '{', '}']) {
            return None;
        }
        Some(self.unknown(reference, is_parameter || is_pseudo))
    }

    fn unknown(&self, reference: &Reference, is_parameter: bool) -> Diagnostic {
        let name = reference.name.as_str();
        let summary = match reference.how {
            _ if is_parameter => format!("`{name}` is a parameter and has no attributes"),
            How::GetAtt => format!("there is no resource `{name}`"),
            _ => format!("there is no resource or parameter `{name}`"),
        };
        let fault = Diagnostic::error("check/unknown-reference", summary).at(reference.span);
        if is_parameter {
            return fault.help(format!(
                "Write `!Ref {name}`, or `${{{name}}}` in `Fn::Sub`."
            ));
        }
        let resources = self.template.resources.keys().map(String::as_str);
        let parameters = self.template.parameters.keys().map(String::as_str);
        let pseudo = PSEUDO_PARAMETERS.iter().copied();
        let near = match reference.how {
            How::GetAtt => nearest(name, resources),
            _ => nearest(name, resources.chain(parameters).chain(pseudo)),
        };
        match near {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None if reference.how == How::Sub => fault.help(format!(
                "Text like `${{{name}}}` that is no variable is written `${{!{name}}}`."
            )),
            None => fault.help("Logical ids are case sensitive."),
        }
    }

    fn attribute(&mut self, kind: &str, reference: &Reference) -> Option<Diagnostic> {
        let attribute = reference.attribute.as_deref()?;
        if attribute.contains(['$', '{', '}']) {
            return None;
        }
        let key = self
            .template
            .resources
            .get(reference.name.as_str())?
            .resource_type
            .as_str();
        let attributes = self
            .attributes
            .entry(key)
            .or_insert_with(|| attribute::of(kind));
        if attributes.has(attribute) {
            return None;
        }
        let fault = Diagnostic::error(
            "check/unknown-attribute",
            format!("`{}` has no attribute `{attribute}`", reference.name),
        )
        .at(reference.span);
        let names = attributes.names();
        let known = names.iter().map(String::as_str);
        Some(match nearest(attribute, known) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None if names.is_empty() => fault.help(format!(
                "{kind} has no attributes; `!Ref {}` gives what identifies it.",
                reference.name
            )),
            None => fault.help(format!("{kind} has {}.", names.join(", "))),
        })
    }

    /// What a macro of somebody else's may still make right is no error.
    fn softened(&self, mut fault: Diagnostic) -> Diagnostic {
        if self.scope.has_foreign_macros {
            fault.severity = crate::diag::Severity::Warning;
            fault
                .help
                .push("A macro of the template may make it when it is deployed.".into());
        }
        fault
    }
}
