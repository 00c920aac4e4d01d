//! The definition of an HTTP API with what its properties add: CORS, authorizers, tags, title.

use crate::sam::build::{list, put};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic::{is_intrinsic, is_no_value};
use crate::sam::python_order::Order;
use crate::sam::resource::SamResource;
use crate::sam::value::{same, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::authorizer;
use super::editor::{self, Cors, DEFAULT_ROUTE, Editor, stack_name};

/// SAM's own tag.
pub(super) const TAG: &str = "httpapi:createdBy";

/// What `Auth` takes.
const AUTH: [&str; 3] = ["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];

/// The definition, and the tags of API and stage.
pub(super) struct Complete {
    /// None when the API has no `DefinitionBody`.
    pub body: Option<Node>,
    /// The user's tags and SAM's own. The API's are in its definition.
    pub tags: Option<Map>,
}

/// Puts the properties of an API into its definition.
///
/// # Errors
/// Properties that need a definition, that it says already, or that are malformed.
pub(super) fn complete(work: &Work<'_>, sam: &SamResource) -> Result<Complete> {
    let partition = crate::eval::partition(work.context.region);
    let mut body = sam.truthy("DefinitionBody").cloned();
    if let Some(cors) = sam.truthy("CorsConfiguration") {
        let given = needed(
            sam,
            body,
            "Cors works only with inline OpenApi specified in 'DefinitionBody' property.",
        )?;
        body = Some(with_cors(sam, cors, given, work.order)?);
    }
    if let Some(auth) = sam.truthy("Auth") {
        let given = needed(
            sam,
            body,
            "Auth works only with inline OpenApi specified in the 'DefinitionBody' property.",
        )?;
        body = Some(with_auth(sam, auth, given, partition)?);
    }
    let (mut body, tags) = with_tags(sam, body)?;
    if let Some(flag) = sam.get("DisableExecuteApiEndpoint") {
        let given = needed(
            sam,
            body,
            "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.",
        )?;
        let mut editor = Editor::new(Some(&given))?;
        editor.add_endpoint(flag)?;
        body = Some(editor.into_node());
    }
    for (property, field) in [("Name", "title"), ("Description", "description")] {
        if let Some(value) = sam.truthy(property) {
            let message = format!(
                "{property} works only with inline OpenApi specified in the 'DefinitionBody' property."
            );
            let given = needed(sam, body, &message)?;
            body = Some(with_info(sam, (property, value), field, given)?);
        }
    }
    if sam.truthy("FailOnWarnings").is_some() {
        rename_default_route(body.as_mut());
    }
    Ok(Complete { body, tags })
}

fn needed(sam: &SamResource, body: Option<Node>, message: &str) -> Result<Node> {
    body.ok_or_else(|| sam.fault(message))
}

fn with_cors(sam: &SamResource, given: &Node, body: Node, order: Order) -> Result<Node> {
    let span = given.span;
    let fault = |message: String| sam.fault(message).at(span);
    let cors = match &given.value {
        Value::Bool(_) => Cors::origins(list!(span; "*")),
        Value::Map(_) if is_intrinsic(given) => Cors::origins(given.clone()),
        Value::Map(map) => Cors::read(map, order)
            .map_err(|key| fault(format!("Invalid key '{key}' for 'Cors' property.")))?,
        _ => return Err(fault("Invalid value for 'Cors' property.".into())),
    };
    if !editor::is_valid(Some(&body)) {
        return Err(fault(
            "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition."
                .into(),
        ));
    }
    if cors.trusts_everyone() {
        return Err(fault(
            "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" \
             or not set."
                .into(),
        ));
    }
    let mut editor = Editor::new(Some(&body))?;
    editor.add_cors(&cors)?;
    Ok(editor.into_node())
}

fn with_auth(sam: &SamResource, given: &Node, body: Node, partition: &str) -> Result<Node> {
    let owner = Owner::Resource(&sam.id);
    let auth = owner.map(Some(given), "Auth")?;
    if auth.keys().any(|key| !AUTH.contains(&key)) {
        return Err(sam
            .fault("Invalid value for 'Auth' property")
            .at(given.span));
    }
    if !editor::is_valid(Some(&body)) {
        return Err(sam
            .fault(
                "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
            )
            .at(given.span));
    }
    let mut editor = Editor::new(Some(&body))?;
    let authorizers = authorizer::read(sam, auth)?;
    for (name, authorizer) in &authorizers {
        editor.add_security_scheme(name, authorizer.scheme(partition)?)?;
    }
    let default = truthy(auth.get("DefaultAuthorizer")).filter(|name| !is_no_value(name));
    if default.is_some() {
        let name = owner.text(default, "Auth.DefaultAuthorizer")?;
        let authorizer = authorizers.get(name).ok_or_else(|| {
            sam.fault(format!(
                "Unable to set DefaultAuthorizer because '{name}' was not defined in 'Authorizers'."
            ))
        })?;
        editor.set_default_authorizer(name, &authorizer.scopes())?;
    }
    Ok(editor.into_node())
}

/// An API's tags are in its definition, SAM's own among them, which no definition is too bad for to be left alone.
fn with_tags(sam: &SamResource, body: Option<Node>) -> Result<(Option<Node>, Option<Map>)> {
    let given = sam.truthy("Tags");
    let tags = given.map(|tags| Owner::Resource(&sam.id).map(Some(tags), "Tags"));
    let tags = tags.transpose()?;
    // Without a definition SAM adds no tag, and what is left are tags of which there are none.
    let empty = sam.get("Tags").and_then(Node::as_map).cloned();
    let Some(body) = body else {
        return match given {
            Some(_) => Err(sam.fault(
                "Tags works only with inline OpenApi specified in the 'DefinitionBody' property.",
            )),
            None => Ok((None, empty)),
        };
    };
    if !editor::is_valid(Some(&body)) {
        return match given {
            Some(_) => Err(sam.fault(
                "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.",
            )),
            None => Ok((Some(body), empty)),
        };
    }
    let mut tags = tags.cloned().unwrap_or_default();
    put(&mut tags, sam.span, TAG, "SAM");
    let mut editor = Editor::new(Some(&body))?;
    editor.add_tags(&tags)?;
    Ok((Some(editor.into_node()), Some(tags)))
}

fn with_info(
    sam: &SamResource,
    (property, value): (&str, &Node),
    field: &str,
    body: Node,
) -> Result<Node> {
    let info = body.get("info").filter(|info| info.value != Value::Null);
    if info.is_some_and(|info| info.as_map().is_none()) {
        // The quote that is never opened is the translator's.
        let end = match property {
            "Description" => "'.",
            _ => ".",
        };
        return Err(sam.fault(format!(
            "Invalid 'DefinitionBody': The value of 'info' should be a map{end}"
        )));
    }
    let there = info.and_then(|info| info.get(field));
    // Only the title that SAM itself wrote gives way.
    let is_taken = match property {
        "Name" => !there.is_some_and(|title| same(title, &stack_name(title.span))),
        _ => truthy(there).is_some(),
    };
    if is_taken {
        return Err(sam
            .fault(format!(
                "Unable to set {property} because it is already defined within inline OpenAPI specified in the \
                 'DefinitionBody' property."
            ))
            .at(value.span));
    }
    let mut editor = Editor::new(Some(&body))?;
    editor.set_info(field, value)?;
    Ok(editor.into_node())
}

/// API Gateway warns of a path that does not start with a slash, and with `FailOnWarnings` a warning fails.
fn rename_default_route(body: Option<&mut Node>) {
    let paths = body
        .and_then(Node::as_map_mut)
        .and_then(|body| body.get_mut("paths"))
        .and_then(Node::as_map_mut);
    if let Some(paths) = paths
        && let Some(entry) = paths.remove(DEFAULT_ROUTE)
    {
        paths.insert(format!("/{DEFAULT_ROUTE}"), entry.key_span, entry.node);
    }
}
