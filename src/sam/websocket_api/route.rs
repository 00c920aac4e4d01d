//! The routes of a WebSocket API: for each one the route, what it calls, and the permission to call it.

use crate::template::{Map, Node};

use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic::{join, reference, sub};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{text, truthy};

use super::stage_name;

pub(super) fn resources(sam: &SamResource) -> Result<Vec<Resource>> {
    let mut made = Vec::new();
    let routes = sam.get("Routes").and_then(Node::as_map);
    for (key, node) in routes.into_iter().flat_map(Map::iter) {
        let id = format!("{}{}", sam.id, plain_key(sam, key)?);
        let given = Owner::Resource(&sam.id).map(Some(node), &format!("Routes.{key}"))?;
        let integration_id = format!("{id}Integration");
        let mut route = route(sam, key, &format!("{id}Route"), &integration_id, given)?;
        authorize(sam, key, &mut route)?;
        let Some(function) = given.get("FunctionArn") else {
            return Err(sam
                .fault("Route must have associated function.")
                .at(node.span));
        };
        made.extend([
            route,
            integration(sam, integration_id, function, given),
            permission(sam, format!("{id}Permission"), key, function),
        ]);
    }
    Ok(made)
}

/// A route's key as it stands in logical ids: a capital letter, the others small.
fn plain_key(sam: &SamResource, key: &str) -> Result<String> {
    let plain = match key {
        "$connect" | "$disconnect" | "$default" => &key[1..],
        _ => key,
    };
    if plain.is_empty() || !plain.chars().all(char::is_alphanumeric) {
        return Err(sam.fault(format!(
            "Route key '{key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are \
             supported."
        )));
    }
    let mut letters = plain.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let rest = letters.as_str().to_lowercase();
    Ok(format!("{}{rest}", first.unwrap_or_default()))
}

fn route(
    sam: &SamResource,
    key: &str,
    id: &str,
    integration: &str,
    given: &Map,
) -> Result<Resource> {
    let span = sam.span;
    let parameters = truthy(given.get("RequestParameters"));
    if let Some(parameters) = parameters
        && key != "$connect"
    {
        return Err(sam
            .fault(
                "Request parameters are only supported for the $connect route in WebSocket APIs.",
            )
            .at(parameters.span));
    }
    let target = join(
        span,
        "/",
        vec![
            Node::string(span, "integrations"),
            reference(span, integration),
        ],
    );
    let mut route = Resource::new(id, "AWS::ApiGatewayV2::Route", span)
        .with("RouteKey", key)
        .with("ApiId", reference(span, &sam.id))
        .with("RequestParameters", parameters)
        .with("Target", target);
    for same in [
        "ApiKeyRequired",
        "ModelSelectionExpression",
        "OperationName",
        "RequestModels",
        "RouteResponseSelectionExpression",
    ] {
        route.set(same, given.get(same));
    }
    Ok(route)
}

/// Checks `Auth`, and sets it on the route that opens a connection.
fn authorize(sam: &SamResource, key: &str, route: &mut Resource) -> Result<()> {
    let Some(auth) = sam.truthy("Auth").and_then(Node::as_map) else {
        return Ok(());
    };
    let Some(kind) = truthy(auth.get("AuthType")) else {
        return Err(sam.fault("AuthType must be specified for additional auth configurations."));
    };
    let alone = |kind: &str| match auth.len() {
        1 => Ok(()),
        _ => Err(sam.fault(format!(
            "No additional configurations supported for AuthType {kind}."
        ))),
    };
    let given = text(kind);
    let name = given.to_uppercase();
    match name.as_str() {
        "CUSTOM" => {
            if truthy(auth.get("AuthArn")).is_none() {
                return Err(sam.fault("AuthArn must be specified if AuthType is CUSTOM."));
            }
        }
        "AWS_IAM" | "NONE" => alone(&name)?,
        _ => {
            let message = "AuthType is not one of AWS_IAM, CUSTOM or NONE.";
            return Err(sam.fault(message).at(kind.span));
        }
    }
    if key == "$connect" {
        // Other cases pass the check and mean nothing.
        let meant = match given.as_str() {
            "CUSTOM" | "AWS_IAM" => given.as_str(),
            _ => "NONE",
        };
        route.set("AuthorizationType", meant);
        if meant == "CUSTOM" {
            let id = format!("{}ConnectAuthorizer", sam.id);
            route.set("AuthorizerId", reference(sam.span, id));
        }
    }
    Ok(())
}

fn integration(sam: &SamResource, id: String, function: &Node, given: &Map) -> Resource {
    let span = sam.span;
    let mut variables = Map::new();
    put(&mut variables, span, "FunctionArn", function);
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
    Resource::new(id, "AWS::ApiGatewayV2::Integration", span)
        .with("ApiId", reference(span, &sam.id))
        .with("IntegrationType", "AWS_PROXY")
        .with("IntegrationUri", sub(span, uri, Some(variables)))
        .with("TimeoutInMillis", given.get("IntegrationTimeout"))
}

fn permission(sam: &SamResource, id: String, key: &str, function: &Node) -> Resource {
    let span = sam.span;
    let stage = stage_name(sam);
    let start = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}",
        sam.id
    );
    let arn = match stage.as_str() {
        Some(stage) => sub(span, format!("{start}/{stage}/{key}"), None),
        None => {
            let mut variables = Map::new();
            put(&mut variables, span, "__StageName__", &stage);
            sub(
                span,
                format!("{start}/${{__StageName__}}/{key}"),
                Some(variables),
            )
        }
    };
    Resource::new(id, "AWS::Lambda::Permission", span)
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", function)
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", arn)
}
