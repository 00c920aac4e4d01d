//! What the values of a template can refer to, and what comes of that.

use crate::template::{Call, Function, Template, Value};

use super::Input;

/// Names and what stands behind them.
pub(super) struct Scope<'a> {
    /// The template that CloudFormation gets, as far as it could be made.
    pub template: &'a Template,
    /// A macro of somebody else's may change anything.
    pub has_foreign_macros: bool,
    /// SAM's resources that did not become what they stand for, so that what they make is missing.
    pub unexpanded: Vec<&'a str>,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Text, or a number or boolean written as text.
    Text,
    /// A list.
    List,
}

impl<'a> Scope<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        let template = input.expanded;
        let has_resources_macro = input
            .written
            .root
            .get("Resources")
            .and_then(|section| section.as_map())
            .is_some_and(|map| map.contains_key("Fn::Transform"));
        let has_root_macro = input.written.root.get("Fn::Transform").is_some();
        Scope {
            template,
            has_foreign_macros: has_resources_macro
                || has_root_macro
                || input
                    .written
                    .transforms
                    .iter()
                    .any(|one| !is_aws_transform(&one.name)),
            unexpanded: input.failed.keys().map(String::as_str).collect(),
        }
    }

    /// Whether the resource `name` would be there, had SAM not failed, or is one of a module.
    pub(super) fn may_be_made(&self, name: &str) -> bool {
        let is_of_module = || {
            let modules = self
                .template
                .resources
                .iter()
                .filter(|(_, one)| one.resource_type.ends_with("::MODULE"));
            modules
                .map(|(id, _)| id)
                .any(|id| name.starts_with(id.as_str()))
        };
        !self.unexpanded.is_empty()
            && (name.starts_with("Serverless")
                || self.unexpanded.iter().any(|id| name.starts_with(id)))
            || is_of_module()
    }

    /// What a function gives, when that does not depend on its arguments.
    pub(super) fn gives(&self, call: &Call) -> Option<Gives> {
        match call.function {
            Function::Sub
            | Function::Join
            | Function::Base64
            | Function::ToJsonString
            | Function::ImportValue
            | Function::Length => Some(Gives::Text),
            Function::Split | Function::GetAZs | Function::Cidr => Some(Gives::List),
            Function::Ref => self.reference(call.argument.as_str()?),
            _ => None,
        }
    }

    fn reference(&self, name: &str) -> Option<Gives> {
        if let Some(parameter) = self.template.parameters.get(name) {
            return Some(match parameter.kind.is_list() {
                true => Gives::List,
                false => Gives::Text,
            });
        }
        match name {
            "AWS::NoValue" => None,
            "AWS::NotificationARNs" => Some(Gives::List),
            _ if name.starts_with("AWS::") => Some(Gives::Text),
            _ => {
                let resource = self.template.resources.get(name)?;
                // What a module or a macro gives is its own affair.
                resource
                    .resource_type
                    .starts_with("AWS::")
                    .then_some(Gives::Text)
            }
        }
    }
}

/// Whether a value is `!Ref AWS::NoValue`: what it stands for is not there.
pub(super) fn is_no_value(value: &Value) -> bool {
    let call = match value {
        Value::Call(call) => call,
        Value::Unknown(unknown) => &unknown.call,
        _ => return false,
    };
    call.function == Function::Ref && call.argument.as_str() == Some("AWS::NoValue")
}

/// Transforms that make nothing beyond what is known here.
fn is_aws_transform(name: &str) -> bool {
    name.starts_with("AWS::Serverless-")
        || name == "AWS::LanguageExtensions"
        || name == "AWS::SecretsManager-2020-07-23"
        || name == "AWS::SecretsManager-2024-09-16"
}
