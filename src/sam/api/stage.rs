//! The stage of a REST API and its deployment, whose logical id changes with the API, so that a change is deployed.

use crate::sam::intrinsic::reference;
use crate::sam::logical_id::{canonical_json, full_hash, with_hash};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::value::{text, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node};

use super::implicit::api_id;

/// Hex digits of the hash in the deployment's logical id.
const ID_DIGITS: usize = 10;

/// The deployment and the stage. `deployed` is the API's document, or where it is.
pub(super) fn expand(
    work: &Work<'_>,
    sam: &SamResource,
    deployed: Option<&Node>,
) -> (Resource, Resource) {
    let span = sam.span;
    let mut deployment = Resource::new(
        format!("{}Deployment", sam.id),
        "AWS::ApiGateway::Deployment",
        span,
    )
    .with_attributes(sam.passed_attributes())
    .with("RestApiId", reference(span, &sam.id));
    if sam.truthy("OpenApiVersion").is_none() {
        deployment.set("StageName", "Stage");
    }
    if let Some(deployed) = truthy(deployed) {
        let digest = digest(work, sam, deployed);
        deployment.id.push_str(&digest[..ID_DIGITS]);
        deployment.set("Description", format!("RestApi deployment id: {digest}"));
    }
    let mut stage = Resource::new(stage_id(sam), "AWS::ApiGateway::Stage", span)
        .with_attributes(sam.passed_attributes())
        .with("RestApiId", reference(span, &sam.id))
        .with("DeploymentId", deployment.reference());
    for name in [
        "StageName",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "Variables",
        "MethodSettings",
        "AccessLogSetting",
        "CanarySetting",
        "TracingEnabled",
    ] {
        stage.set(name, sam.get(name));
    }
    let tags = sam.get("Tags").and_then(Node::as_map);
    stage.set("Tags", tags.map(tag::list));
    (deployment, stage)
}

/// `ApiProdStage`. A name with other signs than letters and digits is there as its hash; one that is a function is left
/// away, because an API has only one stage.
fn stage_id(sam: &SamResource) -> String {
    let name = sam.get("StageName").filter(|name| name.as_str().is_some());
    match name {
        Some(name) if text(name).chars().all(char::is_alphanumeric) => {
            format!("{}{}Stage", sam.id, text(name))
        }
        Some(name) => with_hash(&format!("{}Stage", sam.id), name),
        None => format!("{}Stage", sam.id),
    }
}

/// A hash of everything whose change must be deployed. The translator hashes the document as Python prints it; this is
/// a hash of its own, so a stack that AWS's transform deployed gets one new deployment.
fn digest(work: &Work<'_>, sam: &SamResource, deployed: &Node) -> String {
    if sam.truthy("AlwaysDeploy").is_some() {
        return full_hash(&work.context.now.to_string());
    }
    let mut hashed = vec![canonical_json(&deployed.to_json())];
    hashed.extend(sam.truthy("OpenApiVersion").map(text));
    let domain = sam.truthy("Domain");
    hashed.extend(domain.map(|domain| canonical_json(&domain.to_json())));
    let names = function_names(work, &sam.id);
    if !names.is_empty() {
        hashed.push(names);
    }
    full_hash(&hashed.join("||"))
}

/// The names of the functions that the API calls, as far as they are given.
fn function_names(work: &Work<'_>, api: &str) -> String {
    let mut names = String::new();
    for id in work.ids("AWS::Serverless::Function") {
        let properties = work
            .resource(&id)
            .and_then(|entry| entry.node.get("Properties")?.as_map());
        let Some(properties) = properties else {
            continue;
        };
        let name = properties.get("FunctionName");
        let Ok(Some(name)) = work.parameters.resolve_optional(truthy(name)) else {
            continue;
        };
        let events = properties.get("Events").and_then(Node::as_map);
        for (_, event) in events.into_iter().flat_map(Map::iter) {
            let of = event.get("Properties").and_then(|own| own.get("RestApiId"));
            let is_route = event.get("Type").and_then(Node::as_str) == Some("Api");
            if is_route && of.map(api_id).and_then(Node::as_str) == Some(api) {
                names.push_str(&text(&name));
            }
        }
    }
    names
}
