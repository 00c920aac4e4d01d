//! `AWS::Serverless::Application`: a nested stack, from a template's address or the Serverless Application Repository.
//!
//! Source: the translator's `plugins/application/serverless_app_plugin.py`. The repository itself is not asked here: it
//! would make a template for the application and answer with its address.

use crate::diag::Diagnostic;
use crate::template::{Map, Node, Value};

use super::build::put;
use super::expect::Owner;
use super::fault::{Fault, Result};
use super::property::{Property, Shape, TEXT_OR_MAP, optional, required};
use super::resource::{Resource, SamResource};
use super::tag;
use super::value::truthy;
use super::work::Work;

const PROPERTIES: [Property; 6] = [
    required("Location", TEXT_OR_MAP),
    optional("TemplateUrl", Shape::Text),
    optional("Parameters", Shape::Map),
    optional("NotificationARNs", Shape::ListOf(&TEXT_OR_MAP)),
    optional("Tags", Shape::Map),
    optional("TimeoutInMinutes", Shape::Integer),
];

/// What stands for the address that the repository would have answered with.
const TEMPLATE_URL: &str = "https://awsserverlessrepo-changesets-xxx.s3.amazonaws.com/signed-url";

/// The parts of a location in the repository.
const PARTS: [&str; 2] = ["ApplicationId", "SemanticVersion"];

/// The pass: answers the parameters and mappings in the locations of applications.
pub(super) fn locate(work: &mut Work<'_>) -> std::result::Result<(), Vec<Fault>> {
    let mappings = super::parameter::Mappings::new(&work.source).map_err(|fault| vec![fault])?;
    for id in work.ids("AWS::Serverless::Application") {
        let location = work
            .resource(&id)
            .and_then(|entry| entry.node.get("Properties")?.get("Location"))
            .and_then(Node::as_map);
        let Some(mut location) = location.filter(|location| is_whole(location)).cloned() else {
            continue;
        };
        for part in PARTS {
            if let Some(entry) = location.entry(part).cloned() {
                let resolved = work
                    .parameters
                    .resolve(&entry.node)
                    .and_then(|node| mappings.resolve(&node))
                    .map_err(|fault| vec![fault])?;
                location.insert(part, entry.key_span, resolved);
            }
        }
        if let Some(properties) = work.properties_mut(&id)
            && let Some(node) = properties.get_mut("Location")
        {
            node.value = Value::Map(location);
        }
    }
    Ok(())
}

fn is_whole(location: &Map) -> bool {
    PARTS.iter().all(|part| {
        location
            .get(part)
            .is_some_and(|node| node.value != Value::Null)
    })
}

/// The nested stack.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    let url = template_url(work, sam)?;
    let mut checked = sam.clone();
    put(&mut checked.properties, sam.span, "TemplateUrl", &url);
    checked.check(&PROPERTIES)?;
    let mut from_repository = Map::new();
    if let Some(location) = sam.get("Location").and_then(Node::as_map) {
        for (part, name) in [
            ("ApplicationId", "serverlessrepo:applicationId"),
            ("SemanticVersion", "serverlessrepo:semanticVersion"),
        ] {
            let value = location.get(part).filter(|node| node.value != Value::Null);
            put(&mut from_repository, sam.span, name, value);
        }
    }
    let tags = tag::with_sam_tag(
        &sam.id,
        sam.span,
        Some(&from_repository),
        sam.get("Tags").and_then(Node::as_map),
    )?;
    let empty = Node::string(sam.span, "");
    Ok(vec![
        Resource::new(&sam.id, "AWS::CloudFormation::Stack", sam.span)
            .with_attributes(sam.passed_attributes())
            .depending_on(sam.attribute("DependsOn").cloned())
            .with("Parameters", sam.get("Parameters"))
            .with("NotificationARNs", sam.get("NotificationARNs"))
            .with("Tags", tags)
            .with("TimeoutInMinutes", sam.get("TimeoutInMinutes"))
            .with("TemplateURL", truthy(Some(&url)).unwrap_or(&empty)),
    ])
}

fn template_url(work: &mut Work<'_>, sam: &SamResource) -> Result<Node> {
    let missing = |key: &str| {
        sam.fault(format!(
            "Resource is missing the required [{key}] property."
        ))
    };
    let Some(location) = sam.properties.get("Location") else {
        return Err(missing("Location"));
    };
    let Some(parts) = location.as_map() else {
        return Ok(location.clone());
    };
    for part in PARTS {
        if !parts.contains_key(part) {
            return Err(missing(part));
        }
    }
    let owner = Owner::Resource(&sam.id);
    let application = owner.present(parts.get("ApplicationId"), "ApplicationId")?;
    let unresolved = |part: &str| {
        sam.fault(format!(
            "Property '{part}' cannot be resolved. Only FindInMap and Ref intrinsic functions are supported."
        ))
    };
    if application.as_map().is_some() {
        return Err(unresolved("ApplicationId"));
    }
    let Some(version) = truthy(parts.get("SemanticVersion")) else {
        return Err(sam.fault("Property 'SemanticVersion' cannot be blank."));
    };
    if version.as_map().is_some() {
        return Err(unresolved("SemanticVersion"));
    }
    let name = owner.text(Some(application), "Location.ApplicationId")?;
    owner.text(Some(version), "Location.SemanticVersion")?;
    if name.contains("{{resolve:ssm:") {
        return Err(sam.fault(
            "Serverless Application Repostiory does not support dynamic reference in 'ApplicationId' property.",
        ));
    }
    work.warnings.push(
        Diagnostic::warning(
            "sam/application-repository",
            format!("`{name}` is in the Serverless Application Repository, which is not asked here"),
        )
        .at(location.span)
        .help("Its `TemplateURL` in what comes out is a placeholder. Put the address of its template there, or name the template in `Location`."),
    );
    Ok(Node::string(location.span, TEMPLATE_URL))
}
