//! What an event says of authorization, which must fit the API's `Auth`.

use crate::sam::event::Event;
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::value::{is_text, is_true, text, truthy};
use crate::template::{Map, Node};

use super::editor::Editor;

/// Adds an event's `Auth` to its route. `api_id` and `api` are the API's logical id and properties.
///
/// # Errors
/// What does not fit.
pub(super) fn add(
    event: &Event,
    path: &str,
    method: &str,
    (api_id, api): (&str, &Map),
    editor: &mut Editor,
) -> Result<()> {
    let nothing = Map::new();
    let auth = event.owner().map(event.truthy("Auth"), "Auth")?;
    let api_auth = match api.get("Auth") {
        None => &nothing,
        given => Owner::Resource(api_id).map(given, "Auth")?,
    };
    let default = truthy(api_auth.get("DefaultAuthorizer"));
    let authorizer = truthy(auth.get("Authorizer")).or(default).ok_or_else(|| {
        event.fault(
            "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the \
             HttpApi.",
        )
    })?;
    let place = format!("on API method [{method}] for path [{path}]");
    let name = check(event, &place, authorizer, api_auth)?;
    let scopes = truthy(auth.get("AuthorizationScopes"));
    if scopes.is_some_and(|scopes| scopes.as_list().is_none()) {
        return Err(event.fault(format!(
            "Unable to set Authorizer {place} because 'AuthorizationScopes' must be a list of strings."
        )));
    }
    let authorizers = api_auth.get("Authorizers").and_then(Node::as_map);
    editor.set_method_authorizer(path, method, name, authorizers, scopes)
}

/// The name of the authorizer, which the API must define, unless it is one of those that need no definition.
fn check<'n>(event: &Event, place: &str, authorizer: &'n Node, api_auth: &Map) -> Result<&'n str> {
    if is_text(Some(authorizer), "NONE") {
        return match truthy(api_auth.get("DefaultAuthorizer")) {
            Some(_) => Ok("NONE"),
            None => Err(event.fault(format!(
                "Unable to set Authorizer {place} because 'NONE' is only a valid value when a DefaultAuthorizer on the \
                 API is specified."
            ))),
        };
    }
    let knows_iam = is_true(api_auth.get("EnableIamAuthorizer"));
    if knows_iam && is_text(Some(authorizer), "AWS_IAM") {
        return Ok("AWS_IAM");
    }
    let unable = |why: &str| {
        event.fault(format!(
            "Unable to set Authorizer [{}] {place}{why}",
            text(authorizer)
        ))
    };
    let nothing = Map::new();
    let authorizers = match api_auth.is_empty() {
        true => Some(&nothing),
        false => api_auth.get("Authorizers").and_then(Node::as_map),
    };
    let (Some(name), Some(authorizers)) = (authorizer.as_str(), authorizers) else {
        return Err(unable(
            ". The method authorizer must be a string with a corresponding dict entry in the api authorizer.",
        ));
    };
    if authorizers.is_empty() {
        return Err(unable(
            " because the related API does not define any Authorizers.",
        ));
    }
    match truthy(authorizers.get(name)) {
        Some(_) => Ok(name),
        None => Err(unable(
            " because it wasn't defined in the API's Authorizers.",
        )),
    }
}
