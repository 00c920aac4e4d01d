//! The property `Auth` of a REST API.

use indexmap::IndexMap;

use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::resource::SamResource;
use crate::sam::value::{is_text, is_truthy, truthy};
use crate::template::{Map, Node};

use super::authorizer::Authorizer;
use super::editor::{Editor, Scopes, invalid};

/// The keys of `Auth`.
pub(super) const PROPERTIES: [&str; 8] = [
    "Authorizers",
    "DefaultAuthorizer",
    "InvokeRole",
    "AddDefaultAuthorizerToCorsPreflight",
    "AddApiKeyRequiredToCorsPreflight",
    "ApiKeyRequired",
    "ResourcePolicy",
    "UsagePlan",
];

/// The authorizers by name; with `default` also IAM, when that is the default.
///
/// # Errors
/// Values of a wrong type.
pub(super) fn authorizers(
    sam: &SamResource,
    auth: &Map,
    default: Option<&Node>,
) -> Result<IndexMap<String, Authorizer>> {
    let mut authorizers = IndexMap::new();
    if is_text(default, "AWS_IAM") {
        authorizers.insert("AWS_IAM".to_owned(), Authorizer::iam(&sam.id, sam.span));
    }
    let Some(given) = truthy(auth.get("Authorizers")) else {
        return Ok(authorizers);
    };
    let given = Owner::Resource(&sam.id).map(Some(given), "Auth.Authorizers")?;
    for (name, node) in given.iter() {
        let authorizer = Authorizer::read(&sam.id, name, node)?;
        authorizers.insert(name.to_owned(), authorizer);
    }
    Ok(authorizers)
}

/// Adds to the API's document what `Auth` says.
///
/// # Errors
/// Values of a wrong type, a default authorizer that is not there.
pub(super) fn add(
    sam: &SamResource,
    auth: &Map,
    editor: &mut Editor,
    partition: &str,
) -> Result<()> {
    let default = truthy(auth.get("DefaultAuthorizer"));
    let authorizers = authorizers(sam, auth, default)?;
    for (name, authorizer) in &authorizers {
        editor.add_security_definition(name, authorizer.definition(partition)?)?;
    }
    let on_preflight = |name: &str| auth.get(name).is_none_or(is_truthy);
    if let Some(default) = default.filter(|_| !authorizers.is_empty()) {
        let Some(name) = default.as_str() else {
            return Err(sam
                .fault("DefaultAuthorizer is not a string.")
                .at(default.span));
        };
        if !authorizers.contains_key(name) {
            return Err(sam
                .fault(format!(
                    "Unable to set DefaultAuthorizer because '{name}' was not defined in 'Authorizers'."
                ))
                .at(default.span));
        }
        let scopes: Scopes = authorizers
            .iter()
            .map(|(name, authorizer)| (name.clone(), authorizer.scopes()))
            .collect();
        let to_preflight = on_preflight("AddDefaultAuthorizerToCorsPreflight");
        editor.set_default_authorizer(name, &scopes, to_preflight)?;
    }
    if truthy(auth.get("ApiKeyRequired")).is_some() {
        editor.add_api_key_definition()?;
        editor.set_default_api_key(on_preflight("AddApiKeyRequiredToCorsPreflight"))?;
    }
    if let Some(policy) = truthy(auth.get("ResourcePolicy")) {
        let policy = policy.as_map().ok_or_else(|| {
            invalid("ResourcePolicy must be a map (ResourcePolicyStatement).").at(policy.span)
        })?;
        for path in editor.paths()?.names() {
            editor.add_resource_policy(policy, &path, sam.get("StageName"))?;
        }
        if let Some(statements) = truthy(policy.get("CustomStatements")) {
            editor.add_custom_statements(statements);
        }
    }
    Ok(())
}
