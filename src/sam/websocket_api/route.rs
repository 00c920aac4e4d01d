//! A route: the messages it takes, the function behind it, and the permission to call that.

use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic::{reference, sub};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::truthy;
use crate::template::{Entry, Map, Node};

use super::authorizer::Auth;
use super::stage_name;

const CONNECT: &str = "$connect";

/// What an entry of `Routes` becomes; the route itself is the first.
///
/// # Errors
/// A key that gives no logical id, a route without a function, authorization that does not fit together.
pub(super) fn expand(
    sam: &SamResource,
    key: &str,
    entry: &Entry,
    auth: Option<&Auth>,
) -> Result<Vec<Resource>> {
    let base = format!("{}{}", sam.id, id_part(sam, key)?);
    let spec = Owner::Resource(&sam.id).map(Some(&entry.node), &format!("Routes.{key}"))?;
    let span = entry.key_span;
    let integration_id = format!("{base}Integration");
    let mut route = route(sam, key, &format!("{base}Route"), &integration_id, entry, spec)?;
    if let Some(auth) = auth {
        auth.check(sam)?;
        if key == CONNECT {
            auth.protect(sam, &mut route);
        }
    }
    let function = spec
        .get("FunctionArn")
        .ok_or_else(|| sam.fault("Route must have associated function.").at(span))?;
    let mut variables = Map::new();
    put(&mut variables, span, "FunctionArn", function);
    let address =
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
    let integration = Resource::new(integration_id, "AWS::ApiGatewayV2::Integration", span)
        .with("ApiId", reference(span, &sam.id))
        .with("IntegrationType", "AWS_PROXY")
        .with("IntegrationUri", sub(span, address, Some(variables)))
        .with("TimeoutInMillis", spec.get("IntegrationTimeout"));
    let permission = Resource::new(
        format!("{base}Permission"),
        "AWS::Lambda::Permission",
        span,
    )
    .with("Action", "lambda:InvokeFunction")
    .with("FunctionName", function)
    .with("Principal", "apigateway.amazonaws.com")
    .with("SourceArn", source(sam, key));
    Ok(vec![route, integration, permission])
}

/// `$connect` and `sendMessage` as parts of logical ids: `Connect`, `Sendmessage`.
fn id_part(sam: &SamResource, key: &str) -> Result<String> {
    let name = match key {
        CONNECT | "$disconnect" | "$default" => &key[1..],
        _ if !key.is_empty() && key.chars().all(char::is_alphanumeric) => key,
        _ => {
            return Err(sam.fault(format!(
                "Route key '{key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are \
                 supported."
            )));
        }
    };
    let mut letters = name.chars();
    Ok(letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters.flat_map(char::to_lowercase))
        .collect())
}

fn route(
    sam: &SamResource,
    key: &str,
    id: &str,
    integration: &str,
    entry: &Entry,
    spec: &Map,
) -> Result<Resource> {
    let span = entry.key_span;
    let parameters = truthy(spec.get("RequestParameters"));
    if let Some(parameters) = parameters.filter(|_| key != CONNECT) {
        return Err(sam
            .fault("Request parameters are only supported for the $connect route in WebSocket APIs.")
            .at(parameters.span));
    }
    let target = list!(span; "integrations", reference(span, integration));
    let mut route = Resource::new(id, "AWS::ApiGatewayV2::Route", span)
        .with("RouteKey", key)
        .with("ApiId", reference(span, &sam.id))
        .with("RequestParameters", parameters)
        .with("Target", map!(span; "Fn::Join" => list!(span; "/", target)));
    for name in [
        "ApiKeyRequired",
        "ModelSelectionExpression",
        "OperationName",
        "RequestModels",
        "RouteResponseSelectionExpression",
    ] {
        route.set(name, spec.get(name));
    }
    Ok(route)
}

/// Which messages may call the function.
fn source(sam: &SamResource, key: &str) -> Node {
    let span = sam.span;
    let name = stage_name(sam);
    let api = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}",
        sam.id
    );
    match name.as_str() {
        Some(stage) => sub(span, format!("{api}/{stage}/{key}"), None),
        None => {
            let mut variables = Map::new();
            put(&mut variables, span, "__StageName__", name);
            sub(span, format!("{api}/${{__StageName__}}/{key}"), Some(variables))
        }
    }
}
