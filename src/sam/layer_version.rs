//! `AWS::Serverless::LayerVersion`: a layer whose logical id changes with it, so that older versions can be kept.

use crate::template::{Map, Node, Value};

use super::build::put;
use super::code;
use super::fault::{Fault, Result};
use super::intrinsic::is_intrinsic;
use super::logical_id;
use super::property::{Property, Shape, TEXT_OR_MAP, check, optional, required};
use super::resource::{OWN_ATTRIBUTES, Resource, SamResource};
use super::value::{is_truthy, truthy};
use super::work::Work;

const PROPERTIES: [Property; 8] = [
    optional("LayerName", TEXT_OR_MAP),
    optional("Description", Shape::Text),
    optional("PublishLambdaVersion", Shape::Bool),
    required("ContentUri", TEXT_OR_MAP),
    optional("CompatibleArchitectures", Shape::ListOf(&TEXT_OR_MAP)),
    optional("CompatibleRuntimes", Shape::ListOf(&TEXT_OR_MAP)),
    optional("LicenseInfo", Shape::Text),
    optional("RetentionPolicy", Shape::Text),
];

/// The properties whose parameters are answered.
const RESOLVED: [&str; 4] = ["LayerName", "LicenseInfo", "Description", "RetentionPolicy"];

pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    check(&sam.id, &sam.kind, &sam.properties, &PROPERTIES)?;
    let mut sam = sam.clone();
    for name in RESOLVED {
        let resolved = code::text_property(work, &sam.id, sam.get(name), name)?;
        if let (Some(node), Some(entry)) = (resolved, sam.properties.entry(name)) {
            let key_span = entry.key_span;
            sam.properties.insert(name, key_span, node);
        }
    }
    let retention = retention(&sam)?;
    let mut attributes = sam.passed_attributes();
    if !attributes.contains_key("DeletionPolicy") {
        put(&mut attributes, sam.span, "DeletionPolicy", "Retain");
    }
    put(&mut attributes, sam.span, "DeletionPolicy", retention);

    let id = logical_id::with_hash(&sam.id, &hashed(&sam));
    work.references.rename(&sam.id, &id);
    let uri = sam.get("ContentUri").cloned();
    let content = match &uri {
        Some(uri) => Some(code::s3_object(work, &id, uri, "ContentUri")?),
        None => None,
    };
    let architectures = sam.get("CompatibleArchitectures");
    check_architectures(&id, architectures)?;
    let name = match sam.truthy("LayerName") {
        Some(name) => name.clone(),
        None => Node::string(sam.span, &sam.id),
    };
    let layer = Resource::new(&id, "AWS::Lambda::LayerVersion", sam.span)
        .with_attributes(attributes)
        .depending_on(sam.attribute("DependsOn").cloned())
        .with("LayerName", name)
        .with("Description", sam.get("Description"))
        .with("Content", content)
        .with("CompatibleArchitectures", architectures)
        .with("CompatibleRuntimes", sam.get("CompatibleRuntimes"))
        .with("LicenseInfo", sam.get("LicenseInfo"));
    Ok(vec![layer])
}

/// What the logical id changes with: the SAM resource under its id, without the attributes that only say when it is
/// deleted.
fn hashed(sam: &SamResource) -> Node {
    let span = sam.span;
    let mut declaration = Map::new();
    put(&mut declaration, span, "Type", &sam.kind);
    put(
        &mut declaration,
        span,
        "DependsOn",
        truthy(sam.attribute("DependsOn")),
    );
    for name in OWN_ATTRIBUTES {
        if !matches!(name, "DeletionPolicy" | "UpdateReplacePolicy" | "Metadata") {
            put(&mut declaration, span, name, sam.attribute(name));
        }
    }
    let mut properties = Map::new();
    for (name, node) in sam.properties.iter() {
        if node.value != Value::Null {
            put(&mut properties, span, name, node);
        }
    }
    put(&mut declaration, span, "Properties", properties);
    let mut whole = Map::new();
    put(&mut whole, span, &sam.id, declaration);
    Node::new(span, Value::Map(whole))
}

fn retention(sam: &SamResource) -> Result<Option<&'static str>> {
    let Some(policy) = sam.get("RetentionPolicy") else {
        return Ok(None);
    };
    let fault = |message: &str| Err(Fault::resource(&sam.id, message).at(policy.span));
    if is_intrinsic(policy) {
        return fault(
            "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: \
             ['Retain', 'Delete']",
        );
    }
    let Some(text) = policy.as_str() else {
        return fault(
            "Invalid 'RetentionPolicy' type, please use one of the following options: ['Retain', 'Delete']",
        );
    };
    match ["Retain", "Delete"]
        .into_iter()
        .find(|option| option.eq_ignore_ascii_case(text))
    {
        Some(option) => Ok(Some(option)),
        None => {
            fault("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].")
        }
    }
}

fn check_architectures(id: &str, architectures: Option<&Node>) -> Result<()> {
    let Some(architectures) = architectures.filter(|node| is_truthy(node)) else {
        return Ok(());
    };
    let is_known =
        |node: &Node| is_intrinsic(node) || matches!(node.as_str(), Some("arm64" | "x86_64"));
    let wrong = architectures
        .as_list()
        .and_then(|items| items.iter().find(|item| !is_known(item)));
    match wrong {
        Some(item) => Err(Fault::resource(
            id,
            "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'",
        )
        .at(item.span)),
        None => Ok(()),
    }
}
