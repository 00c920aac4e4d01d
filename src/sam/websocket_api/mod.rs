//! `AWS::Serverless::WebSocketApi`: a WebSocket API with its routes, stage, authorizer and domain.
//!
//! Source: the translator's `model/api/websocket_api_generator.py`. As there, the attributes of the SAM resource go to
//! nothing that is made.

mod route;

use indexmap::IndexMap;

use crate::template::{Map, Node};

use super::api_v2::{Domain, authorizer_permission, domain};
use super::build::{map, put};
use super::fault::Result;
use super::intrinsic::{is_intrinsic, reference, sub};
use super::property::{Property, Shape, TEXT_OR_MAP, optional, required};
use super::resource::{Resource, SamResource};
use super::tag;
use super::value::{is_text, is_truthy, text, truthy};
use super::work::Work;

/// What can be named as `MyApi.Stage` and so on.
pub(super) const REFERENCES: [(&str, &str); 2] = [
    ("Stage", "AWS::ApiGatewayV2::Stage"),
    ("DomainName", "AWS::ApiGatewayV2::DomainName"),
];

const PROPERTIES: [Property; 18] = [
    optional("ApiKeySelectionExpression", Shape::Text),
    optional("AccessLogSettings", Shape::Map),
    optional("Auth", Shape::Map),
    optional("DefaultRouteSettings", Shape::Map),
    optional("Description", Shape::Text),
    optional("DisableExecuteApiEndpoint", Shape::Bool),
    optional("Domain", Shape::Map),
    optional("DisableSchemaValidation", Shape::Bool),
    optional("FailOnWarnings", Shape::Bool),
    optional("IpAddressType", Shape::Text),
    optional("Name", Shape::Text),
    optional("PropagateTags", Shape::Bool),
    required("Routes", Shape::Map),
    optional("RouteSettings", Shape::Map),
    required("RouteSelectionExpression", Shape::Text),
    optional("StageName", TEXT_OR_MAP),
    optional("StageVariables", Shape::Map),
    optional("Tags", Shape::Map),
];

const RESOLVED: [&str; 3] = ["Auth", "Domain", "Routes"];

const TAG: &str = "websocketapi:createdBy";

/// The stage's name when none is given. `$default` would be confused with the route of that name.
const DEFAULT_STAGE: &str = "default";

/// Everything a WebSocket API becomes. The API itself comes first.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    let mut sam = sam.clone();
    for name in RESOLVED {
        if let Some(entry) = sam.properties.entry(name) {
            let (key_span, resolved) = (entry.key_span, work.parameters.resolve(&entry.node)?);
            sam.properties.insert(name, key_span, resolved);
        }
    }
    let sam = &sam;
    check(sam)?;
    let api = api(sam)?;
    let domain = match sam.get("Domain").and_then(Node::as_map) {
        Some(config) => domain(
            &Domain {
                api: &sam.id,
                span: sam.span,
                config,
                passed: Map::new(),
                tag: TAG,
            },
            // Unlike HTTP APIs, WebSocket APIs do not share their records.
            &mut IndexMap::new(),
        )?,
        None => Vec::new(),
    };
    let mut stage = stage(sam)?;
    let routes = route::resources(sam)?;
    if sam.truthy("RouteSettings").is_some() {
        let ids: Vec<&str> = routes
            .iter()
            .filter(|one| one.kind == "AWS::ApiGatewayV2::Route")
            .map(|one| one.id.as_str())
            .collect();
        stage.depends_on = super::build::IntoNode::into_node(ids, sam.span);
    }
    let mut all = vec![api];
    all.extend(routes);
    all.extend(domain);
    all.push(stage);
    all.extend(authorizer(sam));
    let all_tags = sam.truthy("Tags").and_then(Node::as_map).map(|_| tags(sam));
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    tag::propagate(&mut all, all_tags.as_ref(), is_propagated);
    Ok(all)
}

fn check(sam: &SamResource) -> Result<()> {
    if sam.truthy("Routes").is_none() {
        return Err(sam.fault("WebSocket API must have at least one route."));
    }
    if let Some(kind) = sam.get("IpAddressType")
        && !is_intrinsic(kind)
        && !matches!(kind.as_str(), Some("ipv4" | "dualstack"))
    {
        return Err(sam
            .fault("IpAddressType must be 'ipv4' or 'dualstack'.")
            .at(kind.span));
    }
    let mutual_tls = sam
        .truthy("Domain")
        .and_then(|domain| domain.get("MutualTlsAuthentication"));
    match truthy(mutual_tls) {
        Some(given) => Err(sam
            .fault("Mutual TLS domain name association is not supported for Websocket APIs.")
            .at(given.span)),
        None => Ok(()),
    }
}

/// The user's tags and SAM's own.
fn tags(sam: &SamResource) -> Map {
    let mut tags = sam
        .get("Tags")
        .and_then(Node::as_map)
        .cloned()
        .unwrap_or_default();
    put(&mut tags, sam.span, TAG, "SAM");
    tags
}

fn api(sam: &SamResource) -> Result<Resource> {
    let has_connect = sam
        .get("Routes")
        .is_some_and(|routes| routes.get("$connect").is_some());
    if let Some(auth) = sam.truthy("Auth")
        && !has_connect
    {
        return Err(sam
            .fault("Authorization is only available if there is a $connect route.")
            .at(auth.span));
    }
    let mut api = Resource::new(&sam.id, "AWS::ApiGatewayV2::Api", sam.span)
        .depending_on(sam.attribute("DependsOn").cloned())
        .with("Tags", tags(sam))
        .with("ProtocolType", "WEBSOCKET");
    for same in [
        "ApiKeySelectionExpression",
        "Description",
        "DisableExecuteApiEndpoint",
        "DisableSchemaValidation",
        "IpAddressType",
        "Name",
        "RouteSelectionExpression",
    ] {
        api.set(same, sam.get(same));
    }
    if sam.get("Name").is_none() {
        api.set("Name", &sam.id);
    }
    Ok(api)
}

/// The stage's name as a value.
fn stage_name(sam: &SamResource) -> Node {
    match sam.get("StageName") {
        Some(name) => name.clone(),
        None => Node::string(sam.span, DEFAULT_STAGE),
    }
}

fn stage(sam: &SamResource) -> Result<Resource> {
    let name = stage_name(sam);
    let prefix = match name.as_str() {
        Some("$default") => {
            return Err(sam
                .fault("Stages cannot be named $default for WebSocket APIs.")
                .at(name.span));
        }
        Some(DEFAULT_STAGE) => "Default",
        Some(name) => name,
        None => "",
    };
    let mut stage = Resource::new(
        format!("{}{prefix}Stage", sam.id),
        "AWS::ApiGatewayV2::Stage",
        sam.span,
    )
    .with("ApiId", reference(sam.span, &sam.id))
    .with("StageName", &name)
    .with("Tags", map!(sam.span; TAG => "SAM"))
    .with("AutoDeploy", true);
    for same in [
        "StageVariables",
        "AccessLogSettings",
        "DefaultRouteSettings",
        "RouteSettings",
    ] {
        stage.set(same, sam.get(same));
    }
    Ok(stage)
}

/// The authorizer of `AuthType: CUSTOM`, and the permission to call its function.
fn authorizer(sam: &SamResource) -> Vec<Resource> {
    let span = sam.span;
    let Some(auth) = sam.truthy("Auth") else {
        return Vec::new();
    };
    let Some(function) = truthy(auth.get("AuthArn")) else {
        return Vec::new();
    };
    if !is_text(auth.get("AuthType"), "CUSTOM") {
        return Vec::new();
    }
    let id = format!("{}ConnectAuthorizer", sam.id);
    let name = truthy(auth.get("Name")).map_or_else(|| id.clone(), text);
    let mut variables = Map::new();
    put(&mut variables, span, "AuthArn", function);
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${AuthArn}/invocations";
    let mut made = vec![
        Resource::new(id, "AWS::ApiGatewayV2::Authorizer", span)
            .with("ApiId", reference(span, &sam.id))
            .with("AuthorizerCredentialsArn", auth.get("InvokeRole"))
            .with("AuthorizerType", "REQUEST")
            .with("AuthorizerUri", sub(span, uri, Some(variables)))
            .with("IdentitySource", auth.get("IdentitySource"))
            .with("Name", name),
    ];
    if truthy(auth.get("InvokeRole")).is_none() {
        made.push(authorizer_permission(
            span,
            format!("{}AuthorizerPermission", sam.id),
            function,
            reference(span, &sam.id),
            Map::new(),
        ));
    }
    made
}
