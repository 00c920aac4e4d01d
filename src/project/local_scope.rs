//! What is known of resources when an application runs on this machine.

use indexmap::IndexMap;

use serde_json::Value as Json;

use crate::eval::{Answer, Evaluator, Parameters, Scope, TemplateScope, partition, url_suffix};
use crate::template::{Node, Reason, Resource, Template, Value};

use super::physical::{Format, Place, short_id};

/// A scope in which the common types of resources have names, ARNs and addresses in AWS's formats, made from the
/// template alone; the rest stays unknown with its reason.
pub(super) struct LocalScope<'a> {
    pseudo: &'a TemplateScope,
    place: Place,
    resources: &'a IndexMap<String, Resource>,
    /// Logical id → name.
    names: IndexMap<String, String>,
}

impl<'a> LocalScope<'a> {
    /// A scope for the resources of `template`, which was evaluated without knowing them.
    pub fn new(
        template: &'a Template,
        parameters: &Parameters,
        pseudo: &'a TemplateScope,
        region: &str,
        account: &str,
    ) -> Self {
        let mut scope = LocalScope {
            pseudo,
            place: Place {
                region: region.to_owned(),
                account: account.to_owned(),
                partition: partition(region),
                suffix: url_suffix(region),
            },
            resources: &template.resources,
            names: IndexMap::new(),
        };
        for (id, resource) in &template.resources {
            if let Some(name) = scope.plain_name(id, resource) {
                scope.names.insert(id.clone(), name);
            }
        }
        // Names made from other resources' names, now that those are known.
        let mut later = IndexMap::new();
        for (id, resource) in &template.resources {
            if scope.names.contains_key(id) {
                continue;
            }
            if let Some(node) = name_property(resource) {
                let mut evaluator = Evaluator::new(template, parameters, &scope);
                let name = evaluator.value(node).and_then(|node| node.scalar_text());
                later.extend(name.map(|name| (id.clone(), name)));
            }
        }
        scope.names.extend(later);
        scope
    }

    /// The name that is written, or the one that is made when none is. None when it is written and not known.
    fn plain_name(&self, id: &str, resource: &Resource) -> Option<String> {
        let format = Format::of(&resource.resource_type)?;
        if let Some(node) = name_property(resource) {
            return node.scalar_text();
        }
        let made = if format.lower {
            id.to_lowercase()
        } else {
            id.to_owned()
        };
        let is_fifo = ["FifoQueue", "FifoTopic"].iter().any(|property| {
            let node = property_of(resource, property);
            node.and_then(Node::scalar_text).as_deref() == Some("true")
        });
        Some(if is_fifo {
            format!("{made}.fifo")
        } else {
            made
        })
    }

    fn resource(&self, id: &str) -> Option<(&'a Resource, Format, &str)> {
        let resource = self.resources.get(id)?;
        let format = Format::of(&resource.resource_type)?;
        Some((resource, format, self.names.get(id)?))
    }

    fn unknown(&self, id: &str) -> Answer {
        Answer::Unknown(Reason::Resource(id.to_owned()))
    }

    /// `Fn::GetAtt` that depends on more than the type.
    fn special(&self, id: &str, resource: &Resource, attribute: &str) -> Option<String> {
        match (resource.resource_type.as_str(), attribute) {
            // A queue or a table has a stream ARN only with a stream; one without is AWS's error to make.
            ("AWS::SSM::Parameter", "Value" | "Type") => {
                property_of(resource, attribute).and_then(Node::scalar_text)
            }
            ("AWS::Lambda::Version" | "AWS::Lambda::Url", "FunctionArn") => {
                self.function_of(resource)
            }
            ("AWS::Lambda::Version", "Version") => Some("1".into()),
            ("AWS::Lambda::Url", "FunctionUrl") => Some(format!(
                "https://{}.lambda-url.{}.on.aws/",
                short_id(id),
                self.place.region
            )),
            _ => None,
        }
    }

    /// `Ref` that depends on more than the type.
    fn special_reference(&self, resource: &Resource) -> Option<String> {
        match resource.resource_type.as_str() {
            "AWS::Lambda::Version" => self.function_of(resource).map(|arn| format!("{arn}:1")),
            "AWS::Lambda::Alias" => {
                let name = property_of(resource, "Name").and_then(Node::scalar_text)?;
                self.function_of(resource)
                    .map(|arn| format!("{arn}:{name}"))
            }
            "AWS::Lambda::Url" => self.function_of(resource),
            _ => None,
        }
    }

    /// The ARN of the function that a version, an alias or a URL is for.
    fn function_of(&self, resource: &Resource) -> Option<String> {
        let properties = resource.properties.as_ref()?;
        let node = properties
            .get("FunctionName")
            .or_else(|| properties.get("TargetFunctionArn"))?;
        let call = match &node.value {
            Value::Unknown(unknown) => &unknown.call,
            Value::Call(call) => call.as_ref(),
            _ => return None,
        };
        let id = match &call.argument.value {
            Value::String(id) => id.as_str(),
            Value::List(items) => items.first()?.as_str()?,
            _ => return None,
        };
        let (_, format, name) = self.resource(id)?;
        format.arn(&self.place, id, name)
    }
}

impl Scope for LocalScope<'_> {
    fn pseudo(&self, name: &str) -> Answer {
        self.pseudo.pseudo(name)
    }

    fn reference(&self, logical_id: &str) -> Answer {
        let Some(resource) = self.resources.get(logical_id) else {
            return Answer::Absent;
        };
        if let Some((_, format, name)) = self.resource(logical_id) {
            return known(format.reference(&self.place, logical_id, name));
        }
        self.special_reference(resource)
            .map_or_else(|| self.unknown(logical_id), known)
    }

    fn attribute(&self, logical_id: &str, attribute: &str) -> Answer {
        let Some(resource) = self.resources.get(logical_id) else {
            return Answer::Absent;
        };
        if let Some((_, format, name)) = self.resource(logical_id)
            && let Some(value) = format.attribute(attribute, &self.place, logical_id, name)
        {
            return known(value);
        }
        self.special(logical_id, resource, attribute)
            .map_or_else(|| self.unknown(logical_id), known)
    }

    fn import(&self, name: &str) -> Answer {
        self.pseudo.import(name)
    }

    fn zones(&self, region: &str) -> Answer {
        self.pseudo.zones(region)
    }
}

fn known(text: impl Into<String>) -> Answer {
    Answer::Known(Json::String(text.into()))
}

fn property_of<'r>(resource: &'r Resource, property: &str) -> Option<&'r Node> {
    resource.properties.as_ref()?.get(property)
}

/// The property that holds a resource's name, when it is written.
fn name_property(resource: &Resource) -> Option<&Node> {
    let format = Format::of(&resource.resource_type)?;
    format.names().find_map(|name| property_of(resource, name))
}
