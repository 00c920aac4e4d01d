//! A REST API's deployment and stage.

use crate::template::{Map, Node};

use crate::sam::intrinsic;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::value::{is_truthy, text};
use crate::sam::work::Work;

/// Properties that go to the stage as they are.
const SAME: [&str; 8] = [
    "StageName",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "Variables",
    "MethodSettings",
    "AccessLogSetting",
    "CanarySetting",
    "TracingEnabled",
];

/// What stands between the parts that a deployment's hash is made of.
const DELIMITER: &str = "||";

pub(super) struct Staged {
    pub deployment: Resource,
    pub stage: Resource,
}

pub(super) fn resources(
    work: &Work<'_>,
    sam: &SamResource,
    api: &Resource,
    domain: Option<&Node>,
) -> Staged {
    let mut deployment = deployment(sam);
    if let Some(definition) = api.get("Body").or(api.get("BodyS3Location"))
        && is_truthy(definition)
    {
        let hash = logical_id::full_hash(&hashed(work, sam, definition, domain));
        deployment.id.push_str(&hash[..10]);
        deployment.set("Description", format!("RestApi deployment id: {hash}"));
    }
    let stage = stage(sam, &deployment);
    Staged { deployment, stage }
}

fn deployment(sam: &SamResource) -> Resource {
    let id = format!("{}Deployment", sam.id);
    let mut deployment = Resource::new(id, "AWS::ApiGateway::Deployment", sam.span)
        .with_attributes(sam.passed_attributes())
        .with("RestApiId", intrinsic::reference(sam.span, &sam.id));
    if sam.truthy("OpenApiVersion").is_none() {
        // API Gateway makes a stage of this name that nobody uses; APIs that say their version were spared it.
        deployment.set("StageName", "Stage");
    }
    deployment
}

/// What a new deployment is made for: the definition, its version, the domain, the names of the functions behind it.
///
/// CloudFormation deploys an API again only when there is another deployment. AWS's own hash is made from how Python 2
/// printed the definition; this one is made from its JSON, so a stack that changes hands is deployed once more.
fn hashed(work: &Work<'_>, sam: &SamResource, definition: &Node, domain: Option<&Node>) -> String {
    if sam.get("AlwaysDeploy").is_some_and(is_truthy) {
        return work.context.now.to_string();
    }
    let json = |node: &Node| logical_id::canonical_json(&node.to_json());
    let mut parts = vec![json(definition)];
    parts.extend(sam.truthy("OpenApiVersion").map(text));
    parts.extend(domain.filter(|domain| is_truthy(domain)).map(json));
    let names = function_names(work, &sam.id);
    if !names.is_empty() {
        parts.push(names);
    }
    parts.join(DELIMITER)
}

/// The names of the functions whose events name the API.
fn function_names(work: &Work<'_>, api: &str) -> String {
    let mut names = String::new();
    for id in work.ids("AWS::Serverless::Function") {
        let properties = work
            .resource(&id)
            .and_then(|entry| entry.node.get("Properties"));
        let Some(name) = properties.and_then(|properties| properties.get("FunctionName")) else {
            continue;
        };
        let events = properties
            .and_then(|properties| properties.get("Events"))
            .and_then(Node::as_map);
        let routes = events.into_iter().flat_map(Map::iter).filter(|(_, event)| {
            let reference = event
                .get("Properties")
                .and_then(|properties| properties.get("RestApiId"));
            let named = reference.and_then(|node| node.get("Ref").unwrap_or(node).as_str());
            event.get("Type").and_then(Node::as_str) == Some("Api") && named == Some(api)
        });
        let count = routes.count();
        if let Ok(name) = work.parameters.resolve(name)
            && is_truthy(&name)
        {
            names.push_str(&text(&name).repeat(count));
        }
    }
    names
}

fn stage(sam: &SamResource, deployment: &Resource) -> Resource {
    let name = sam
        .get("StageName")
        .and_then(Node::as_str)
        .unwrap_or_default();
    let is_plain = !name.is_empty() && name.chars().all(char::is_alphanumeric);
    let id = match is_plain {
        true => format!("{}{name}Stage", sam.id),
        false => logical_id::with_hash(&format!("{}Stage", sam.id), &Node::string(sam.span, name)),
    };
    let mut stage = Resource::new(id, "AWS::ApiGateway::Stage", sam.span)
        .with_attributes(sam.passed_attributes())
        .with("RestApiId", intrinsic::reference(sam.span, &sam.id))
        .with("DeploymentId", deployment.reference());
    for name in SAME {
        stage.set(name, sam.get(name));
    }
    if let Some(tags) = sam.get("Tags").and_then(Node::as_map) {
        stage.set("Tags", tag::list(tags));
    }
    stage
}
