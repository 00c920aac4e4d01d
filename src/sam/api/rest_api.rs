//! `AWS::Serverless::Api`: the REST API, its deployment and stage, and what belongs to it.

use crate::sam::build::{IntoNode, list, map};
use crate::sam::code;
use crate::sam::fault::Result;
use crate::sam::property::{Property, Shape, TEXT_OR_MAP, optional, required};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::value::truthy;
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::definition::MANAGED;
use super::{auth, body, domain, editor, stage, usage_plan};

const PROPERTIES: [Property; 33] = [
    optional(MANAGED, Shape::Bool),
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

/// What can be named as `Api.Stage`.
pub(crate) const REFERENCES: [(&str, &str); 7] = [
    ("Stage", "AWS::ApiGateway::Stage"),
    ("Deployment", "AWS::ApiGateway::Deployment"),
    ("DomainName", "AWS::ApiGateway::DomainName"),
    ("DomainNameV2", "AWS::ApiGateway::DomainNameV2"),
    ("UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("ApiKey", "AWS::ApiGateway::ApiKey"),
];

/// What a REST API becomes.
///
/// # Errors
/// What is missing, malformed or does not fit together.
pub(crate) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    let mut sam = sam.clone();
    for name in ["BinaryMediaTypes", "Domain", "Auth"] {
        if let Some(entry) = sam.properties.entry(name) {
            let (span, node) = (entry.key_span, work.parameters.resolve(&entry.node)?);
            sam.properties.insert(name, span, node);
        }
    }
    let sam = &sam;
    check_together(sam)?;
    let partition = crate::eval::partition(work.context.region);
    let mut api = Resource::from_sam(sam, "AWS::ApiGateway::RestApi")
        .with("BinaryMediaTypes", sam.get("BinaryMediaTypes"))
        .with("MinimumCompressionSize", sam.get("MinimumCompressionSize"));
    set_endpoint(sam, &mut api, partition)?;
    let body = body::complete(sam, partition)?;
    let deployed = match sam.truthy("DefinitionUri") {
        Some(uri) => {
            let location = location(work, sam, uri)?;
            api.set("BodyS3Location", &location);
            Some(location)
        }
        None => {
            api.set("Body", body.as_ref());
            body
        }
    };
    for name in [
        "FailOnWarnings",
        "Name",
        "Description",
        "Mode",
        "ApiKeySourceType",
        "Policy",
        "SecurityPolicy",
        "EndpointAccessMode",
    ] {
        api.set(name, sam.truthy(name));
    }

    let domain = domain::expand(&mut work.shared, sam)?;
    let (deployment, stage) = stage::expand(work, sam, deployed.as_ref());
    let stage_id = stage.id.clone();
    let mut made = vec![api, deployment, stage];
    let auth = sam.truthy("Auth").and_then(Node::as_map);
    if let Some(auth) = auth {
        let authorizers = auth::authorizers(sam, auth, None)?;
        made.extend(
            authorizers
                .values()
                .filter_map(|authorizer| authorizer.permission(sam, partition)),
        );
    }
    made.extend(domain);
    if let Some(auth) = auth {
        made.extend(usage_plan::expand(work, sam, auth, &stage_id)?);
    }
    let propagates = sam.truthy("PropagateTags").is_some();
    tag::propagate(
        &mut made,
        sam.truthy("Tags").and_then(Node::as_map),
        propagates,
    );
    Ok(made)
}

fn check_together(sam: &SamResource) -> Result<()> {
    if let Some(uri) = sam.truthy("DefinitionUri") {
        let message = if sam.truthy("DefinitionBody").is_some() {
            "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both."
        } else if sam.truthy("MergeDefinitions").is_some() {
            "Cannot set 'MergeDefinitions' to True when using `DefinitionUri`."
        } else {
            ""
        };
        if !message.is_empty() {
            return Err(sam.fault(message).at(uri.span));
        }
    }
    match sam.truthy("OpenApiVersion") {
        Some(version) if !editor::is_supported_version(version) => Err(sam
            .fault("The OpenApiVersion value must be of the format '3.0.0'.")
            .at(version.span)),
        _ => Ok(()),
    }
}

/// Outside of the partition `aws` API Gateway knows no endpoints at the edge, so they are regional unless something
/// else is said.
fn set_endpoint(sam: &SamResource, api: &mut Resource, partition: &str) -> Result<()> {
    let regional = Node::string(sam.span, "REGIONAL");
    let knows_edge = !partition.starts_with("aws-iso")
        && !["aws-us-gov", "aws-cn", "aws-eusc"].contains(&partition);
    let given = match sam.truthy("EndpointConfiguration") {
        Some(given) => given,
        None if knows_edge => return Ok(()),
        None => &regional,
    };
    let span = given.span;
    let kind = truthy(given.get("Type"));
    let mut networks: Option<Node> = None;
    let mut addresses = None;
    if let Some(map) = given.as_map().filter(|_| kind.is_some()) {
        let (old, new) = (map.get("VPCEndpointIds"), map.get("VpcEndpointIds"));
        if old.is_some() && new.is_some() {
            return Err(sam
                .fault(
                    "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.",
                )
                .at(span));
        }
        // One that is there but empty stays, as the translator has it.
        let empty = Node::new(span, Value::Null);
        networks =
            (old.is_some() || new.is_some()).then(|| truthy(old).or(new).cloned().unwrap_or(empty));
        addresses = map.get("IpAddressType");
    }
    let kind = kind.unwrap_or(given);
    let configuration = map!(span;
        "Types" => list!(span; kind),
        "VpcEndpointIds" => networks,
        "IpAddressType" => addresses,
    );
    api.set("EndpointConfiguration", configuration);
    api.set(
        "Parameters",
        map!(span; "endpointConfigurationTypes" => kind),
    );
    Ok(())
}

/// `DefinitionUri` as `BodyS3Location`. A path on this machine stays, when the context says so.
fn location(work: &Work<'_>, sam: &SamResource, uri: &Node) -> Result<Node> {
    if uri.as_str().is_some_and(|path| code::is_local(work, path)) {
        return Ok(uri.clone());
    }
    let location = code::location(&sam.id, uri, "DefinitionUri")?;
    let mut map = Map::new();
    for (name, value) in [
        ("Bucket", Some(location.bucket)),
        ("Key", Some(location.key)),
        ("Version", location.version),
    ] {
        if let Some(value) = value.into_node(uri.span) {
            map.insert(name, uri.span, value);
        }
    }
    Ok(Node::new(uri.span, Value::Map(map)))
}
