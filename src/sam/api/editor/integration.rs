//! What a method does: call a function, start a state machine.

use crate::sam::build::map;
use crate::sam::fault::Result;
use crate::sam::intrinsic::if_only;
use crate::template::{Map, Node};

use super::path::{INTEGRATION, normal_method};
use super::{Editor, invalid};

/// The integration with a function.
pub(crate) struct LambdaProxy<'a> {
    /// The address API Gateway calls.
    pub uri: Node,
    /// The role API Gateway takes on, when it is not the function's policy that allows the call.
    pub credentials: Option<Node>,
    /// The function's condition.
    pub condition: Option<&'a Node>,
    /// Whether the function's answer is passed on piece by piece.
    pub streams: bool,
}

/// The integration with a state machine's `StartExecution`.
pub(crate) struct StartExecution<'a> {
    /// The address API Gateway calls.
    pub uri: Node,
    /// The ARN of the role API Gateway takes on.
    pub credentials: Node,
    /// The request's body by content type.
    pub request_templates: Node,
    /// The state machine's condition.
    pub condition: Option<&'a Node>,
}

impl Editor {
    /// Makes a method call a function.
    ///
    /// # Errors
    /// A method that does something already.
    pub(crate) fn add_lambda_integration(
        &mut self,
        path: &str,
        method: &str,
        lambda: &LambdaProxy<'_>,
    ) -> Result<()> {
        let name = normal_method(method);
        if self.paths()?.has_integration(path, method)? {
            return Err(invalid(format!(
                "Lambda integration already exists on Path={path}, Method={name}"
            )));
        }
        let span = self.span;
        let integration = map!(span;
            "type" => "aws_proxy",
            "httpMethod" => "POST",
            "uri" => under(lambda.condition, lambda.uri.clone()),
            "responseTransferMode" => lambda.streams.then_some("STREAM"),
            "credentials" => lambda.credentials.as_ref(),
        );
        self.integrate(path, &name, integration, map!(span), lambda.condition)
    }

    /// Makes a method start a state machine.
    ///
    /// # Errors
    /// A method that does something already.
    pub(crate) fn add_state_machine_integration(
        &mut self,
        path: &str,
        method: &str,
        machine: &StartExecution<'_>,
    ) -> Result<()> {
        let name = normal_method(method);
        if self.paths()?.has_integration(path, method)? {
            return Err(invalid(format!(
                "Integration already exists on Path={path}, Method={name}"
            )));
        }
        let span = self.span;
        let integration = map!(span;
            "type" => "aws",
            "httpMethod" => "POST",
            "uri" => under(machine.condition, machine.uri.clone()),
            "responses" => map!(span;
                "200" => map!(span; "statusCode" => "200"),
                "400" => map!(span; "statusCode" => "400"),
            ),
            "credentials" => &machine.credentials,
            "requestTemplates" => &machine.request_templates,
        );
        let responses = map!(span;
            "200" => map!(span; "description" => "OK"),
            "400" => map!(span; "description" => "Bad Request"),
        );
        self.integrate(path, &name, integration, responses, machine.condition)
    }

    fn integrate(
        &mut self,
        path: &str,
        method: &str,
        integration: Node,
        responses: Node,
        condition: Option<&Node>,
    ) -> Result<()> {
        let span = self.span;
        let mut paths = self.paths()?;
        paths.add(path, method, span)?;
        for item in paths.items_mut(path)? {
            let Some(node) = item.get_mut(method) else {
                continue;
            };
            let definition = node.as_map_mut().ok_or_else(|| {
                invalid(format!(
                    "Definition of method '{method}' for path '{path}' should be a map."
                ))
            })?;
            definition.insert(INTEGRATION, span, integration.clone());
            if !definition.contains_key("responses") {
                definition.insert("responses", span, responses.clone());
            }
            if condition.is_some() {
                *node = under(condition, node.clone());
            }
        }
        Ok(())
    }

    /// Sets how long API Gateway waits for an answer, in milliseconds.
    ///
    /// # Errors
    /// A method that is not there.
    pub(crate) fn add_timeout(&mut self, path: &str, method: &str, timeout: &Node) -> Result<()> {
        self.paths()?.each_definition(path, method, |definition| {
            set_in_integration(definition, "timeoutInMillis", timeout.clone());
            Ok(())
        })
    }
}

/// Sets a field of a definition's integration.
pub(crate) fn set_in_integration(definition: &mut Map, name: &str, value: Node) {
    let integration = definition.get_mut(INTEGRATION).and_then(Node::as_map_mut);
    if let Some(integration) = integration {
        integration.insert(name, value.span, value);
    }
}

/// The value, under a condition when there is one.
pub(crate) fn under(condition: Option<&Node>, node: Node) -> Node {
    match condition {
        Some(condition) => if_only(node.span, condition, node),
        None => node,
    }
}
