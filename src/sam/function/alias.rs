//! `AutoPublishAlias`: a version whose id changes with the function, and an alias that points to it.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, put};
use crate::sam::deployment::Preference;
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_text, is_truthy, text};
use crate::sam::work::Work;

/// A version and its alias.
pub(super) struct Published {
    pub version: Resource,
    pub alias: Resource,
}

/// The version and alias of a function that has `AutoPublishAlias`. The function's code gets the values of its
/// parameters, and its description the hash of the code when there is one.
pub(super) fn publish(
    work: &Work<'_>,
    sam: &SamResource,
    function: &mut Resource,
) -> Result<Option<Published>> {
    let Some(alias) = sam.truthy("AutoPublishAlias") else {
        if sam.truthy("ProvisionedConcurrencyConfig").is_some() {
            return Err(sam.fault(
                "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function",
            ));
        }
        return Ok(None);
    };
    let name = work.parameters.resolve(alias)?;
    let Some(name) = name.as_str() else {
        let message = "'AutoPublishAlias' must be a string or a Ref to a template parameter";
        return Err(sam.fault(message).at(alias.span));
    };
    let hash = code_hash(work, sam)?;
    if let Some(hash) = &hash {
        describe(work, sam, function, hash)?;
    }
    if let Some(code) = function.get("Code").cloned() {
        function.set("Code", work.parameters.resolve(&code)?);
    }
    let version = version(work, sam, function, hash.as_deref())?;
    let alias = alias_resource(sam, name, function, &version)?;
    Ok(Some(Published { version, alias }))
}

fn code_hash(work: &Work<'_>, sam: &SamResource) -> Result<Option<String>> {
    let Some(hash) = sam.truthy("AutoPublishCodeSha256") else {
        return Ok(None);
    };
    match work.parameters.resolve(hash)?.as_str() {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(sam
            .fault("AutoPublishCodeSha256 must be a string")
            .at(hash.span)),
    }
}

/// Lambda publishes a new version only when the function changes, so the code's hash goes into the description.
fn describe(work: &Work<'_>, sam: &SamResource, function: &mut Resource, hash: &str) -> Result<()> {
    let description = work.parameters.resolve_optional(sam.get("Description"))?;
    let span = sam.span;
    let described = match description.as_ref().filter(|node| is_truthy(node)) {
        None => Node::string(span, hash),
        Some(node) => match node.as_str() {
            Some(text) => Node::string(node.span, format!("{text} {hash}")),
            None => intrinsic::join(span, " ", vec![node.clone(), Node::string(span, hash)]),
        },
    };
    function.set("Description", described);
    Ok(())
}

fn version(
    work: &Work<'_>,
    sam: &SamResource,
    function: &Resource,
    code_hash: Option<&str>,
) -> Result<Resource> {
    let prefix = format!("{}Version", sam.id);
    let hashed = Node::new(sam.span, Value::Map(hashed(work, sam, function)));
    let id = match code_hash {
        Some(hash) if !hash.is_empty() => {
            format!("{prefix}{}", hash.chars().take(10).collect::<String>())
        }
        _ => logical_id::with_hash(&prefix, &hashed),
    };
    let has_provider = sam.get("CapacityProviderConfig").is_some();
    let mut attributes = sam.passed_attributes();
    if !attributes.contains_key("DeletionPolicy") {
        match sam.get("VersionDeletionPolicy") {
            Some(policy) => put(&mut attributes, sam.span, "DeletionPolicy", policy),
            None => {
                let policy = if has_provider { "Delete" } else { "Retain" };
                put(&mut attributes, sam.span, "DeletionPolicy", policy);
            }
        }
    }
    let scaling = sam.get("FunctionScalingConfig").filter(|_| has_provider);
    Ok(Resource::new(id, "AWS::Lambda::Version", sam.span)
        .with_attributes(attributes)
        .with("FunctionName", function.reference())
        .with("Description", sam.get("VersionDescription"))
        .with("FunctionScalingConfig", scaling))
}

/// What a version's id changes with.
fn hashed(work: &Work<'_>, sam: &SamResource, function: &Resource) -> Map {
    if sam
        .get("AutoPublishAliasAllProperties")
        .is_some_and(is_truthy)
    {
        return all_properties(work, function);
    }
    let code = function.get("Code").and_then(Node::as_map);
    let mut hashed = code.cloned().unwrap_or_default();
    // A path on this machine stands here only before packaging.
    if let Some(path) = function.get("Code").filter(|code| code.as_str().is_some()) {
        put(&mut hashed, sam.span, "Code", path);
    }
    let environment = function.get("Environment").and_then(Node::as_map);
    for (name, entry) in environment.iter().flat_map(|map| map.entries()) {
        hashed.insert(name, entry.key_span, entry.node.clone());
    }
    let memory = function.get("MemorySize").filter(|node| is_truthy(node));
    put(&mut hashed, sam.span, "MemorySize", memory);
    let snap_start = function.get("SnapStart").filter(|node| {
        is_truthy(node) && node.get("ApplyOn").is_some() && !is_text(node.get("ApplyOn"), "None")
    });
    put(&mut hashed, sam.span, "SnapStart", snap_start);
    hashed
}

/// All properties of the function, and those of the layers that ask for a new version when they change.
fn all_properties(work: &Work<'_>, function: &Resource) -> Map {
    let mut hashed = Map::new();
    for (name, entry) in function.properties.entries() {
        if entry.node.value != Value::Null {
            hashed.insert(name, entry.key_span, entry.node.clone());
        }
    }
    let layers = function.get("Layers").and_then(Node::as_list);
    for layer in layers.unwrap_or_default() {
        let Some(id) = intrinsic::logical_id(layer) else {
            continue;
        };
        let properties = work
            .made()
            .and_then(|made| made.get(id))
            .and_then(|layer| layer.get("Properties"));
        if let Some(properties) = properties
            && properties
                .get("PublishLambdaVersion")
                .is_some_and(is_truthy)
        {
            put(&mut hashed, function.span, id, properties);
        }
    }
    hashed
}

fn alias_resource(
    sam: &SamResource,
    name: &str,
    function: &Resource,
    version: &Resource,
) -> Result<Resource> {
    if name.is_empty() {
        return Err(sam.fault("Alias name is required to create an alias"));
    }
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !name.chars().all(is_allowed) || name.chars().all(|letter| letter.is_ascii_digit()) {
        return Err(sam.fault(format!(
            "AutoPublishAlias name ('{name}') must contain only alphanumeric characters, hyphens, or underscores \
             matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern."
        )));
    }
    let id = format!(
        "{}Alias{}",
        sam.id,
        name.replace('-', "D").replace('_', "U")
    );
    Ok(Resource::new(id, "AWS::Lambda::Alias", sam.span)
        .with_attributes(sam.passed_attributes())
        .with("Name", name)
        .with("FunctionName", function.reference())
        .with("FunctionVersion", version.attribute("Version"))
        .with(
            "ProvisionedConcurrencyConfig",
            sam.truthy("ProvisionedConcurrencyConfig"),
        ))
}

/// `DeploymentPreference`: CodeDeploy moves the alias to a new version step by step.
pub(super) fn deploy_gradually(
    work: &mut Work<'_>,
    sam: &SamResource,
    alias: Option<&mut Resource>,
) -> Result<()> {
    let Some(preference) = sam.truthy("DeploymentPreference") else {
        return Ok(());
    };
    let resolved = preference_values(work, sam, preference)?;
    let tags = super::tags(sam).cloned();
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    let preference = Preference::read(
        sam,
        &resolved,
        sam.attribute("Condition"),
        tags.filter(|_| is_propagated),
    )?;
    let is_enabled = preference.is_enabled();
    let policy = preference.update_policy();
    work.deployments.add(&sam.id, preference);
    if !is_enabled {
        return Ok(());
    }
    match alias {
        Some(alias) => {
            alias.set_attribute("UpdatePolicy", policy);
            Ok(())
        }
        None => Err(
            sam.fault("'DeploymentPreference' requires AutoPublishAlias property to be specified.")
        ),
    }
}

/// The preference with the values that must be known.
fn preference_values(work: &Work<'_>, sam: &SamResource, preference: &Node) -> Result<Map> {
    let mut values = preference.as_map().cloned().unwrap_or_default();
    for name in ["Enabled", "Type", "PassthroughCondition"] {
        let Some(entry) = values.entry(name).cloned() else {
            continue;
        };
        let resolved = work.parameters.resolve(&entry.node)?;
        let mut resolved = work.mappings.resolve(&resolved)?;
        if name == "PassthroughCondition" {
            resolved = Node::new(resolved.span, Value::Bool(boolean(sam, &resolved, name)?));
        }
        values.insert(name, entry.key_span, resolved);
    }
    Ok(values)
}

fn boolean(sam: &SamResource, node: &Node, name: &str) -> Result<bool> {
    match text(node).as_str() {
        "True" | "true" | "1" => Ok(true),
        "False" | "false" | "0" => Ok(false),
        _ if intrinsic::is_intrinsic(node) => Err(sam.fault(format!(
            "Unsupported intrinsic: the only intrinsic functions supported for property {name} are FindInMap and \
             parameter Refs."
        ))),
        _ => Err(sam.fault(format!("Invalid value for property {name}."))),
    }
}

/// A list with the alias's id, for `DependsOn`.
pub(super) fn dependency(alias: Option<&Resource>) -> Option<Node> {
    alias.map(|alias| list!(alias.span; &alias.id))
}

/// What other resources call the function or its alias: `Ref` of the alias is its ARN.
pub(super) fn callee(function: &Resource, alias: Option<&Resource>) -> Node {
    alias.unwrap_or(function).reference()
}
