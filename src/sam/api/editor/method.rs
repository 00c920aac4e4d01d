//! What a method takes: its body's model, the check of requests, its parameters.

use crate::sam::build::{list, map, put};
use crate::sam::fault::Result;
use crate::sam::value::{is_none, is_truthy, truthy};
use crate::template::{Map, Node};

use super::integration::set_in_integration;
use super::path::INTEGRATION;
use super::{Editor, is_version_3};

const VALIDATORS: &str = "x-amazon-apigateway-request-validators";
const VALIDATOR: &str = "x-amazon-apigateway-request-validator";

/// A parameter of a method.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    /// `method.request.header.Authorization`.
    pub name: Node,
    /// Whether a request must have it.
    pub required: Node,
    /// Whether it is part of the cache's key.
    pub is_cached: bool,
}

impl Editor {
    /// Sets the model of a method's body.
    ///
    /// # Errors
    /// A method that is not there.
    pub(crate) fn add_request_model(
        &mut self,
        path: &str,
        method: &str,
        model: &str,
        required: Option<&Node>,
    ) -> Result<()> {
        let span = self.span;
        let model = model.to_lowercase();
        let is_swagger = !is_none(self.document.get("swagger"));
        let openapi = truthy(self.document.get("openapi"));
        let is_openapi = openapi.is_some_and(is_version_3);
        self.paths()?.each_definition(path, method, |definition| {
            if is_swagger {
                let reference = format!("#/definitions/{model}");
                let parameter = map!(span;
                    "in" => "body",
                    "name" => &model,
                    "schema" => map!(span; "$ref" => reference),
                    "required" => required,
                );
                append(definition, "parameters", parameter);
            } else if is_openapi {
                let reference = format!("#/components/schemas/{model}");
                let schema = map!(span; "schema" => map!(span; "$ref" => reference));
                let body = map!(span;
                    "content" => map!(span; "application/json" => schema),
                    "required" => required,
                );
                put(definition, span, "requestBody", body);
            }
            Ok(())
        })
    }

    /// Makes API Gateway check a method's requests.
    ///
    /// # Errors
    /// A method that is not there.
    pub(crate) fn add_request_validator(
        &mut self,
        path: &str,
        method: &str,
        body: bool,
        parameters: bool,
    ) -> Result<()> {
        let span = self.span;
        let name = match (body, parameters) {
            (true, true) => "body-and-params",
            (true, false) => "body-only",
            (false, true) => "params-only",
            (false, false) => "no-validation",
        };
        let validator = map!(span;
            "validateRequestBody" => body,
            "validateRequestParameters" => parameters,
        );
        if let Some(validators) = self.section(VALIDATORS)
            && truthy(validators.get(name)).is_none()
        {
            validators.insert(name, span, validator);
        }
        self.paths()?.each_definition(path, method, |definition| {
            put(definition, span, VALIDATOR, name);
            Ok(())
        })
    }

    /// Adds parameters to a method.
    ///
    /// # Errors
    /// A method that is not there.
    pub(crate) fn add_request_parameters(
        &mut self,
        path: &str,
        method: &str,
        parameters: &[Parameter],
    ) -> Result<()> {
        let span = self.span;
        self.paths()?.each_definition(path, method, |definition| {
            if !definition.contains_key("parameters") {
                put(definition, span, "parameters", list!(span));
            }
            for parameter in parameters {
                let whole = parameter.name.as_str().unwrap_or_default();
                let rest = whole.replace("method.request.", "");
                let (location, name) = rest.split_once('.').unwrap_or((rest.as_str(), ""));
                let location = match location {
                    "querystring" => "query",
                    other => other,
                };
                let declared = map!(span;
                    "in" => location,
                    "name" => name,
                    "required" => &parameter.required,
                    "type" => "string",
                );
                append(definition, "parameters", declared);
                if parameter.is_cached {
                    add_cache_key(definition, &parameter.name);
                }
            }
            Ok(())
        })
    }
}

fn append(definition: &mut Map, name: &str, item: Node) {
    let span = item.span;
    if definition.get(name).and_then(Node::as_list).is_none() {
        put(definition, span, name, list!(span));
    }
    if let Some(items) = definition.get_mut(name).and_then(Node::as_list_mut) {
        items.push(item);
    }
}

fn add_cache_key(definition: &mut Map, name: &Node) {
    let keys = definition
        .get(INTEGRATION)
        .and_then(|integration| integration.get("cacheKeyParameters"))
        .filter(|keys| is_truthy(keys))
        .and_then(Node::as_list);
    let mut keys = keys.map(<[Node]>::to_vec).unwrap_or_default();
    keys.push(name.clone());
    let keys = Node::new(name.span, crate::template::Value::List(keys));
    set_in_integration(definition, "cacheKeyParameters", keys);
}
