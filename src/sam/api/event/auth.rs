//! What an event says of authorization, which must fit the API's `Auth`.

use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::value::{is_text, is_truthy, text, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::super::editor::Editor;
use super::Route;

/// Adds an event's `Auth` to its method. `api` are the properties of the API.
///
/// # Errors
/// What does not fit.
pub(super) fn add(
    work: &Work<'_>,
    route: &Route<'_>,
    api: &Map,
    auth: &Map,
    editor: &mut Editor,
) -> Result<()> {
    let api_auth = work.parameters.resolve_optional(api.get("Auth"))?;
    let api_auth = truthy(api_auth.as_ref());
    let api_property = |name: &str| truthy(api_auth.and_then(|auth| auth.get(name)));
    let authorizer = truthy(auth.get("Authorizer"));
    if let Some(authorizer) = authorizer {
        let authorizers = api_property("Authorizers");
        if authorizers.is_some() {
            Owner::Resource(&route.link.api).map(authorizers, "Auth.Authorizers")?;
        }
        let has_default = api_property("DefaultAuthorizer").is_some();
        check_authorizer(route, authorizer, authorizers, has_default)?;
    }
    let scopes = truthy(auth.get("AuthorizationScopes"));
    if scopes.is_some() {
        route
            .event
            .owner()
            .list(scopes, "Auth.AuthorizationScopes")?;
        if authorizer.is_none() {
            return Err(route.fault("AuthorizationScopes works only when Authorizer is set"));
        }
    }
    let key = auth
        .get("ApiKeyRequired")
        .filter(|key| key.value != Value::Null);
    if key.is_some_and(|key| !is_truthy(key)) && api_property("ApiKeyRequired").is_none() {
        return Err(route.fault(format!(
            "Unable to set ApiKeyRequired [False] on API method [{}] for path [{}] because the related API does not \
             specify any ApiKeyRequired.",
            route.method, route.path
        )));
    }
    if let Some(name) = authorizer.and_then(Node::as_str) {
        // Here the values count as they stand in the template.
        let authorizers = api
            .get("Auth")
            .and_then(|auth| auth.get("Authorizers")?.as_map());
        let scopes = auth
            .get("AuthorizationScopes")
            .filter(|scopes| scopes.value != Value::Null);
        editor.set_method_authorizer(route.path, &route.method, name, authorizers, scopes)?;
    }
    if let Some(key) = key {
        editor.set_method_api_key(route.path, &route.method, key)?;
    }
    let policy = truthy(auth.get("ResourcePolicy"));
    if policy.is_some() {
        let policy = Owner::Resource(&route.event.name).map(policy, "Auth.ResourcePolicy")?;
        editor.add_resource_policy(policy, route.path, route.stage.as_ref())?;
        if let Some(statements) = truthy(policy.get("CustomStatements")) {
            editor.add_custom_statements(statements);
        }
    }
    Ok(())
}

fn check_authorizer(
    route: &Route<'_>,
    authorizer: &Node,
    authorizers: Option<&Node>,
    has_default: bool,
) -> Result<()> {
    let place = format!("on API method [{}] for path [{}]", route.method, route.path);
    let unable = |why: &str| {
        route.fault(format!(
            "Unable to set Authorizer [{}] {place}{why}",
            text(authorizer)
        ))
    };
    if is_text(Some(authorizer), "AWS_IAM") {
        return Ok(());
    }
    if is_text(Some(authorizer), "NONE") {
        return match has_default {
            true => Ok(()),
            false => Err(route.fault(format!(
                "Unable to set Authorizer {place} because 'NONE' is only a valid value when a DefaultAuthorizer on the \
                 API is specified."
            ))),
        };
    }
    let Some(authorizers) = authorizers else {
        return Err(unable(
            " because the related API does not define any Authorizers.",
        ));
    };
    let (Some(name), Some(authorizers)) = (authorizer.as_str(), authorizers.as_map()) else {
        return Err(unable(
            ". The method authorizer must be a string with a corresponding dict entry in the api authorizer.",
        ));
    };
    match truthy(authorizers.get(name)) {
        Some(_) => Ok(()),
        None => Err(unable(
            " because it wasn't defined in the API's Authorizers.",
        )),
    }
}
