//! `AWS::Serverless::Api`: what a REST API becomes, apart from the editing of its definition.
//!
//! Source: the translator's `model/api/api_generator.py` and `model/apigateway.py`.

mod domain;
mod rest_api;
mod route53;
mod stage;
mod usage_plan;

use crate::template::{Map, Node};

use super::build::{map, put};
use super::fault::Result;
use super::intrinsic;
use super::property::{Property, Shape, TEXT_OR_MAP, optional, required};
use super::resource::{Resource, SamResource};
use super::tag;
use super::value::is_truthy;
use super::work::Work;

pub(crate) use route53::RecordSets;
pub(crate) use usage_plan::SharedPlan;

/// What can be named as `MyApi.Stage` and so on.
pub(super) const REFERENCES: [(&str, &str); 7] = [
    ("Stage", "AWS::ApiGateway::Stage"),
    ("Deployment", "AWS::ApiGateway::Deployment"),
    ("DomainName", "AWS::ApiGateway::DomainName"),
    ("DomainNameV2", "AWS::ApiGateway::DomainNameV2"),
    ("UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("ApiKey", "AWS::ApiGateway::ApiKey"),
];

const PROPERTIES: [Property; 33] = [
    // Set by the passes for APIs whose definition SAM makes.
    optional("__MANAGE_SWAGGER", Shape::Bool),
    optional("Name", TEXT_OR_MAP),
    required("StageName", TEXT_OR_MAP),
    optional("Tags", Shape::Map),
    optional("PropagateTags", Shape::Bool),
    optional("DefinitionBody", Shape::Map),
    optional("DefinitionUri", TEXT_OR_MAP),
    optional("MergeDefinitions", Shape::Bool).literal(),
    optional("CacheClusterEnabled", Shape::Bool),
    optional("CacheClusterSize", Shape::Text),
    optional("Variables", Shape::Map),
    optional("EndpointConfiguration", TEXT_OR_MAP),
    optional("MethodSettings", Shape::List),
    optional("BinaryMediaTypes", Shape::List),
    optional("MinimumCompressionSize", Shape::Integer),
    optional("Cors", TEXT_OR_MAP),
    optional("Auth", Shape::Map),
    optional("GatewayResponses", Shape::Map),
    optional("AccessLogSetting", Shape::Map),
    optional("CanarySetting", Shape::Map),
    optional("TracingEnabled", Shape::Bool),
    optional("OpenApiVersion", Shape::Text),
    optional("Models", Shape::Map),
    optional("Domain", Shape::Map),
    optional("FailOnWarnings", Shape::Bool),
    optional("Description", Shape::Text),
    optional("Mode", Shape::Text),
    optional("DisableExecuteApiEndpoint", Shape::Bool),
    optional("ApiKeySourceType", Shape::Text),
    optional("AlwaysDeploy", Shape::Bool).literal(),
    optional("Policy", TEXT_OR_MAP),
    optional("SecurityPolicy", Shape::Text),
    optional("EndpointAccessMode", Shape::Text),
];

/// Properties whose parameters are answered.
const RESOLVED: [&str; 3] = ["BinaryMediaTypes", "Domain", "Auth"];

/// Puts what the properties say (`Cors`, `Auth`, `Models`, …) into the API's definition; None when it has none here.
pub(crate) type Edit = fn(&mut Work<'_>, &SamResource) -> Result<Option<Node>>;

/// Everything an API becomes. The API itself comes first.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource, edit: Edit) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    let mut sam = sam.clone();
    for name in RESOLVED {
        if let Some(entry) = sam.properties.entry(name) {
            let (key_span, resolved) = (entry.key_span, work.parameters.resolve(&entry.node)?);
            sam.properties.insert(name, key_span, resolved);
        }
    }
    let api = rest_api::rest_api(work, &sam, edit)?;
    let domain = domain::resources(work, &sam)?;
    let staged = stage::resources(work, &sam, &api, domain.config.as_ref());
    let mut all = vec![api];
    all.extend([staged.deployment, staged.stage.clone()]);
    all.extend(authorizer_permissions(work, &sam));
    all.extend(domain.resources);
    all.extend(usage_plan::resources(work, &sam, &staged.stage)?);
    let tags = sam.get("Tags").and_then(Node::as_map);
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    tag::propagate(&mut all, tags, is_propagated);
    Ok(all)
}

/// Lets the API call the functions that authorize its callers.
fn authorizer_permissions(work: &Work<'_>, sam: &SamResource) -> Vec<Resource> {
    let span = sam.span;
    let partition = crate::eval::partition(work.context.region);
    let authorizers = sam
        .truthy("Auth")
        .and_then(|auth| auth.get("Authorizers"))
        .and_then(Node::as_map);
    let mut made = Vec::new();
    for (name, authorizer) in authorizers.into_iter().flat_map(Map::iter) {
        let there = |property: &str| authorizer.get(property).filter(|node| is_truthy(node));
        let Some(function) = there("FunctionArn") else {
            continue;
        };
        if there("DisableFunctionDefaultPermissions").is_some() {
            continue;
        }
        let mut variables = Map::new();
        put(
            &mut variables,
            span,
            "__ApiId__",
            map!(span; "Ref" => &sam.id),
        );
        let arn = format!(
            "arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*"
        );
        made.push(
            Resource::new(
                format!("{}{name}AuthorizerPermission", sam.id),
                "AWS::Lambda::Permission",
                span,
            )
            .with_attributes(sam.passed_attributes())
            .with("Action", "lambda:InvokeFunction")
            .with("FunctionName", function)
            .with("Principal", "apigateway.amazonaws.com")
            .with("SourceArn", intrinsic::sub(span, arn, Some(variables))),
        );
    }
    made
}
