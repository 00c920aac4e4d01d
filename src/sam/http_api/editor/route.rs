//! Routes: the function behind a path and method, and what is said of its call.

use crate::sam::api::editor::integration::{set_in_integration, under};
use crate::sam::api::editor::path::{ANY, INTEGRATION, normal_method, sides};
use crate::sam::api::editor::{invalid, path::Paths};
use crate::sam::build::{list, map, put};
use crate::sam::fault::Result;
use crate::sam::value::is_text;
use crate::template::{Map, Node, Value};

use super::{DEFAULT_ROUTE, Editor};

/// The integration with a function.
pub(crate) struct LambdaProxy<'a> {
    /// The address API Gateway calls.
    pub uri: Node,
    /// The function's condition.
    pub condition: Option<&'a Node>,
}

impl Editor {
    /// Makes a route call a function, unless the document says already what it does.
    ///
    /// # Errors
    /// A malformed path or method.
    pub(crate) fn add_lambda_integration(
        &mut self,
        path: &str,
        method: &str,
        lambda: &LambdaProxy<'_>,
    ) -> Result<()> {
        let span = self.span;
        let method = normal_method(method);
        let mut paths = self.paths()?;
        if paths.has_integration(path, &method)? {
            return Ok(());
        }
        paths.add(path, &method, span)?;
        let is_default = path == DEFAULT_ROUTE && method == ANY;
        for item in paths.items_mut(path)? {
            if item
                .get(&method)
                .is_some_and(|node| node.value == Value::Null)
            {
                put(item, span, method.as_str(), Map::new());
            }
            let Some(node) = item.get_mut(&method) else {
                continue;
            };
            let definition = node.as_map_mut().ok_or_else(|| {
                invalid(format!(
                    "Definition of method '{method}' for path '{path}' should be a map."
                ))
            })?;
            let integration = map!(span;
                "type" => "aws_proxy",
                "httpMethod" => "POST",
                "payloadFormatVersion" => "2.0",
                "uri" => under(lambda.condition, lambda.uri.clone()),
            );
            put(definition, span, INTEGRATION, integration);
            put(
                definition,
                span,
                "isDefaultRoute",
                is_default.then_some(true),
            );
            if !definition.contains_key("responses") {
                put(definition, span, "responses", Map::new());
            }
            if lambda.condition.is_some() {
                *node = under(lambda.condition, node.clone());
            }
        }
        Ok(())
    }

    /// Whether a route calls the function with this logical id, on every side of the conditions around it.
    ///
    /// # Errors
    /// A malformed path, method or integration.
    pub(crate) fn calls(&mut self, path: &str, method: &str, function: &str) -> Result<bool> {
        let method = normal_method(method);
        let paths: Paths<'_> = self.paths()?;
        if !paths.has_integration(path, &method)? {
            return Ok(false);
        }
        for item in paths.items(path)? {
            for definition in item
                .get(&method)
                .map(sides)
                .transpose()?
                .unwrap_or_default()
            {
                let Some(integration) = definition.get(INTEGRATION) else {
                    return Ok(false);
                };
                if integration.as_map().is_none() {
                    return Err(invalid(format!(
                        "Value of '{INTEGRATION}' must be a dictionary according to Swagger spec."
                    )));
                }
                let Some(uri) = integration.get("uri").filter(|uri| uri.as_map().is_some()) else {
                    return Ok(false);
                };
                let names = |side: &Node| {
                    let address = side.get("Fn::Sub").and_then(Node::as_str);
                    address.and_then(named_function) == Some(function)
                };
                if !sides(uri)?.into_iter().all(names) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Sets how long API Gateway waits for an answer, in milliseconds.
    ///
    /// # Errors
    /// A route that is not there.
    pub(crate) fn add_timeout(&mut self, path: &str, method: &str, timeout: &Node) -> Result<()> {
        self.set(path, method, "timeoutInMillis", timeout)
    }

    /// Sets the format of the function's event.
    ///
    /// # Errors
    /// A route that is not there.
    pub(crate) fn add_payload_version(
        &mut self,
        path: &str,
        method: &str,
        version: &Node,
    ) -> Result<()> {
        self.set(path, method, "payloadFormatVersion", version)
    }

    fn set(&mut self, path: &str, method: &str, name: &str, value: &Node) -> Result<()> {
        self.paths()?.each_definition(path, method, |definition| {
            set_in_integration(definition, name, value.clone());
            Ok(())
        })
    }

    /// Declares the variables of a path.
    ///
    /// # Errors
    /// A route that is not there.
    pub(crate) fn add_path_parameters(
        &mut self,
        path: &str,
        method: &str,
        names: &[String],
    ) -> Result<()> {
        let span = self.span;
        self.paths()?.each_definition(path, method, |definition| {
            if !definition.contains_key("parameters") {
                put(definition, span, "parameters", list!(span));
            }
            let all = definition.get_mut("parameters").and_then(Node::as_list_mut);
            let all = all.ok_or_else(|| {
                invalid(format!(
                    "Value of 'parameters' of method '{method}' for path '{path}' must be a list."
                ))
            })?;
            for name in names {
                let there = all
                    .iter_mut()
                    .find(|parameter| is_text(parameter.get("name"), name))
                    .and_then(Node::as_map_mut);
                match there {
                    Some(parameter) => {
                        put(parameter, span, "in", "path");
                        put(parameter, span, "required", true);
                    }
                    None => {
                        all.push(map!(span; "name" => name, "in" => "path", "required" => true));
                    }
                }
            }
            Ok(())
        })
    }
}

/// The function that an address names: the letters and digits before the first `.Arn`.
fn named_function(address: &str) -> Option<&str> {
    address.match_indices(".Arn").find_map(|(at, _)| {
        let before = &address[..at];
        let start = before
            .rfind(|letter: char| !letter.is_ascii_alphanumeric())
            .map_or(0, |last| {
                last + before[last..].chars().next().map_or(1, char::len_utf8)
            });
        Some(&before[start..]).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::named_function;

    #[test]
    fn the_function_of_an_address_stands_before_the_first_arn() {
        let address = "arn:${AWS::Partition}:lambda:path/functions/${Hello.Arn}/invocations";
        assert_eq!(named_function(address), Some("Hello"));
        assert_eq!(named_function("${é.Arn}"), None);
        assert_eq!(named_function("${Alias}/invocations"), None);
    }
}
