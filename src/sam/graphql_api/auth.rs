//! Who may call a GraphQL API.

use crate::template::{Map, Node, Value};

use crate::sam::build::{map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::resource::{Resource, SamResource};

/// Sets the API's ways of authentication. Returns the functions that authorize callers.
pub(super) fn set(sam: &SamResource, api: &mut Resource) -> Result<Vec<Node>> {
    let mut functions = Vec::new();
    let empty = Map::new();
    let auth = sam.get("Auth").and_then(Node::as_map).unwrap_or(&empty);
    let mut first = auth.clone();
    first.remove("Additional");
    api.set("AuthenticationType", auth.get("Type"));
    if let Some((name, config)) = config(sam, &first, None)? {
        functions.extend(authorizer(name, &config));
        api.set(name, config);
    }
    let additional = auth.get("Additional").and_then(Node::as_list);
    let mut providers = Vec::new();
    for (at, one) in additional.unwrap_or_default().iter().enumerate() {
        let given = one.as_map().unwrap_or(&empty);
        let mut provider = map!(one.span; "AuthenticationType" => given.get("Type"));
        if let Some((name, config)) = config(sam, given, Some(at))? {
            functions.extend(authorizer(name, &config));
            if let Some(map) = provider.as_map_mut() {
                put(map, one.span, name, config);
            }
        }
        providers.push(provider);
    }
    if !providers.is_empty() {
        api.set("AdditionalAuthenticationProviders", providers);
    }
    Ok(functions)
}

fn authorizer(name: &str, config: &Map) -> Option<Node> {
    (name == "LambdaAuthorizerConfig")
        .then(|| config.get("AuthorizerUri").cloned())
        .flatten()
}

/// What one way of authentication needs, under the name that AppSync has for it.
fn config(
    sam: &SamResource,
    auth: &Map,
    index: Option<usize>,
) -> Result<Option<(&'static str, Map)>> {
    // Beside the type there can only be what belongs to it.
    if auth
        .iter()
        .filter(|(_, node)| node.value != Value::Null)
        .count()
        > 2
    {
        let path = match index {
            None | Some(0) => "'Auth'".to_owned(),
            Some(at) => format!("'Auth.Additional.{at}'"),
        };
        return Err(sam.fault(format!(
            "{path} has more than one authentication configuration defined."
        )));
    }
    let kind = auth.get("Type").and_then(Node::as_str).unwrap_or_default();
    let (property, name) = match kind {
        "AWS_LAMBDA" => ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
        "OPENID_CONNECT" => ("OpenIDConnect", "OpenIDConnectConfig"),
        "AMAZON_COGNITO_USER_POOLS" => ("UserPool", "UserPoolConfig"),
        _ => return Ok(None),
    };
    let message = format!("'{property}' must be defined if type is '{kind}'.");
    let given = Owner::Resource(&sam.id).present_or(auth.get(property), &message)?;
    let mut config = Map::new();
    for (key, entry) in given.as_map().into_iter().flat_map(Map::entries) {
        // Only the first way of authentication can say what happens by default.
        let is_kept = index.is_none() || key != "DefaultAction" || property != "UserPool";
        if is_kept && entry.node.value != Value::Null {
            config.insert(key, entry.key_span, entry.node.clone());
        }
    }
    Ok(Some((name, config)))
}
