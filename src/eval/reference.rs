//! `Ref`, `Fn::GetAtt`, `Fn::ImportValue`, `Fn::GetAZs`: everything that names something.

use crate::diag::{Diagnostic, Span, nearest};
use crate::template::{Node, Reason, Template, Transform, Value};

use super::argument::{Answered, Stop, arguments, text, wrong};
use super::condition::Truth;
use super::evaluator::Evaluator;
use super::parameter::Content;
use super::scope::{Answer, PSEUDO_PARAMETERS};
use super::transform::is_known;

impl Evaluator<'_> {
    /// `Ref: name`. Other functions inside are answered first (a language extension).
    pub(super) fn reference(&mut self, span: Span, argument: &Node) -> Answered {
        let name = text(argument, "the argument of `Ref`")?;
        self.name(span, &name)
    }

    /// What a name stands for: a parameter, a pseudo parameter or a resource.
    pub(super) fn name(&mut self, span: Span, name: &str) -> Answered {
        if let Some(value) = self.parameters.value(name) {
            return match &value.content {
                Content::Text(text) => Ok(Some(Node::string(span, text.clone()))),
                Content::List(items) => {
                    let items = items.iter().map(|item| Node::string(span, item.clone()));
                    Ok(Some(Node::new(span, Value::List(items.collect()))))
                }
                Content::Missing | Content::Remote(_) => {
                    Err(Stop::Unknown(Reason::Parameter(name.to_owned())))
                }
            };
        }
        if name.starts_with("AWS::") {
            return self.pseudo(span, name);
        }
        self.must_exist(span, name)?;
        match self.scope.reference(name) {
            Answer::Absent => Err(Stop::Unknown(Reason::Resource(name.to_owned()))),
            answer => taken(span, answer),
        }
    }

    fn pseudo(&mut self, span: Span, name: &str) -> Answered {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if !PSEUDO_PARAMETERS.contains(&name) {
            let fault = Diagnostic::error(
                "eval/unknown-reference",
                format!("there is no pseudo parameter `{name}`"),
            )
            .at(span);
            return Err(Stop::Wrong(Box::new(
                match nearest(name, PSEUDO_PARAMETERS) {
                    Some(near) => fault.help(format!("Did you mean `{near}`?")),
                    None => fault.help(format!("There are {}.", PSEUDO_PARAMETERS.join(", "))),
                },
            )));
        }
        match self.scope.pseudo(name) {
            Answer::Absent => Err(Stop::Unknown(Reason::Pseudo(name.to_owned()))),
            answer => taken(span, answer),
        }
    }

    /// `Fn::GetAtt: [resource, attribute]`.
    pub(super) fn attribute(&mut self, span: Span, argument: &Node) -> Answered {
        if let Some(whole) = argument.as_str() {
            // The dotted form came out of another function, or has no dot.
            return match whole.split_once('.') {
                Some((resource, attribute)) => self.attribute_of(span, resource, attribute),
                None => Err(wrong(
                    argument,
                    "the argument of `Fn::GetAtt`",
                    "a resource and an attribute",
                )),
            };
        }
        let items = arguments(argument, "Fn::GetAtt", 2, usize::MAX)?;
        let [resource, rest @ ..] = items else {
            return Err(wrong(argument, "the argument of `Fn::GetAtt`", "a list"));
        };
        let resource = text(resource, "the resource of `Fn::GetAtt`")?;
        let mut attribute = Vec::with_capacity(rest.len());
        for part in rest {
            attribute.push(text(part, "the attribute of `Fn::GetAtt`")?);
        }
        self.attribute_of(span, &resource, &attribute.join("."))
    }

    /// The attribute of a resource.
    pub(super) fn attribute_of(&mut self, span: Span, resource: &str, attribute: &str) -> Answered {
        self.must_exist(span, resource)?;
        match self.scope.attribute(resource, attribute) {
            Answer::Absent => Err(Stop::Unknown(Reason::Resource(resource.to_owned()))),
            answer => taken(span, answer),
        }
    }

    /// Checks that a resource can be referred to here.
    fn must_exist(&mut self, span: Span, name: &str) -> Result<(), Stop> {
        let template = self.template;
        let Some(resource) = template.resources.get(name) else {
            let known_elsewhere = !matches!(self.scope.reference(name), Answer::Absent);
            if known_elsewhere || has_unknown_macro(template) {
                return Ok(());
            }
            return Err(Stop::Wrong(Box::new(self.unknown_name(span, name))));
        };
        if self.in_condition {
            return Err(Stop::Wrong(Box::new(
                Diagnostic::error(
                    "eval/resource-in-condition",
                    format!(
                        "a condition cannot refer to the resource `{name}`: it does not exist yet"
                    ),
                )
                .at(span)
                .help("Conditions know parameters, mappings and other conditions."),
            )));
        }
        let Some(condition) = &resource.condition else {
            return Ok(());
        };
        if self.condition(&condition.text, condition.span) == Truth::False {
            return Err(Stop::Wrong(Box::new(
                Diagnostic::error(
                    "eval/excluded-resource",
                    format!(
                        "`{name}` does not exist here, because its condition `{}` is false",
                        condition.text
                    ),
                )
                .at(span)
                .label(resource.id_span, "this resource")
                .help(format!(
                    "Refer to it inside `Fn::If` with the condition `{}`.",
                    condition.text
                )),
            )));
        }
        Ok(())
    }

    pub(super) fn unknown_name(&self, span: Span, name: &str) -> Diagnostic {
        let fault = Diagnostic::error(
            "eval/unknown-reference",
            format!("there is no resource or parameter `{name}`"),
        )
        .at(span);
        if !self.may_suggest() {
            return fault;
        }
        let names = self
            .template
            .resources
            .keys()
            .chain(self.template.parameters.keys())
            .map(String::as_str);
        match nearest(name, names) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None => fault,
        }
    }

    /// `Fn::GetAZs: region`; an empty region is the stack's own.
    pub(super) fn zones(&mut self, span: Span, argument: &Node) -> Answered {
        let mut region = text(argument, "the argument of `Fn::GetAZs`")?;
        if region.is_empty() {
            match self.scope.pseudo("AWS::Region") {
                Answer::Known(serde_json::Value::String(own)) => region = own,
                _ => return Err(Stop::Unknown(Reason::Pseudo("AWS::Region".into()))),
            }
        }
        match self.scope.zones(&region) {
            Answer::Absent => Err(Stop::Unknown(Reason::Other(format!(
                "the availability zones of `{region}` are not known"
            )))),
            answer => taken(span, answer),
        }
    }

    /// `Fn::ImportValue: export`.
    pub(super) fn import(&mut self, span: Span, argument: &Node) -> Answered {
        let name = text(argument, "the argument of `Fn::ImportValue`")?;
        match self.scope.import(&name) {
            Answer::Absent => Err(Stop::Unknown(Reason::Import)),
            answer => taken(span, answer),
        }
    }
}

fn taken(span: Span, answer: Answer) -> Answered {
    match answer {
        Answer::Known(json) => Ok(Some(Node::from_json(span, &json))),
        Answer::Unknown(reason) => Err(Stop::Unknown(reason)),
        Answer::Absent => Err(Stop::Unknown(Reason::Other(
            "nothing is known of it".into(),
        ))),
    }
}

/// Whether the template has something that is not known here and may add any resource: a macro or a module.
pub(super) fn has_unknown_macro(template: &Template) -> bool {
    let is_macro = |transform: &Transform| !is_known(&transform.name);
    template.transforms.iter().any(is_macro)
        || template
            .resources
            .values()
            .any(|resource| resource.resource_type.ends_with("::MODULE"))
}
