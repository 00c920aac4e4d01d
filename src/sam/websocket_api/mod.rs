//! `AWS::Serverless::WebSocketApi`: the API, its routes with the functions behind them, its stage and domain.
//!
//! Source: the translator's `model/api/websocket_api_generator.py`.

mod authorizer;
mod route;

use crate::sam::api::Shared;
use crate::sam::build::{IntoNode, map, put};
use crate::sam::fault::Result;
use crate::sam::http_api::domain;
use crate::sam::intrinsic::{is_intrinsic, reference};
use crate::sam::property::{Property, Shape, TEXT_OR_MAP, optional, required};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::value::truthy;
use crate::sam::work::Work;
use crate::template::{Map, Node};

use authorizer::Auth;

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

/// What can be named as `Api.Stage`.
pub(crate) const REFERENCES: [(&str, &str); 2] = [
    ("Stage", "AWS::ApiGatewayV2::Stage"),
    ("DomainName", "AWS::ApiGatewayV2::DomainName"),
];

/// SAM's own tag.
const TAG: &str = "websocketapi:createdBy";
/// The stage's name when none is given.
const STAGE: &str = "default";

/// What a WebSocket API becomes. Its attributes, such as `Condition`, are not passed on, as in the translator; only
/// `DependsOn` is.
///
/// # Errors
/// What is missing, malformed or does not fit together.
pub(crate) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    let mut sam = sam.clone();
    for name in ["Auth", "Domain", "Routes"] {
        if let Some(entry) = sam.properties.entry(name) {
            let (span, node) = (entry.key_span, work.parameters.resolve(&entry.node)?);
            sam.properties.insert(name, span, node);
        }
    }
    let sam = &sam;
    let routes = routes(sam)?;
    check(sam)?;
    let auth = Auth::read(sam)?;
    if auth.is_some() && !routes.contains_key("$connect") {
        return Err(sam.fault("Authorization is only available if there is a $connect route."));
    }
    let tags = tags(sam);
    let mut made = vec![api(sam, &tags)];

    let owner = domain::Api {
        id: &sam.id,
        span: sam.span,
        passed: Map::new(),
        tag: TAG,
    };
    // The translator does not let WebSocket APIs share groups of DNS records.
    let domain = domain::expand(&mut Shared::default(), &owner, sam.get("Domain"))?;
    let mut stage = stage(sam)?;
    let mut names = Vec::new();
    for (key, entry) in routes.entries() {
        let resources = route::expand(sam, key, entry, auth.as_ref())?;
        names.extend(resources.first().map(|route| Node::string(route.span, &route.id)));
        made.extend(resources);
    }
    made.extend(domain);
    if sam.truthy("RouteSettings").is_some() {
        // Settings of a route can be set only when the route is there.
        stage.depends_on = names.into_node(sam.span);
    }
    made.push(stage);
    if let Some(auth) = auth {
        made.extend(auth.resources(sam));
    }
    let given = sam.truthy("Tags").is_some().then_some(&tags);
    tag::propagate(&mut made, given, sam.truthy("PropagateTags").is_some());
    Ok(made)
}

fn routes(sam: &SamResource) -> Result<&Map> {
    sam.truthy("Routes")
        .and_then(Node::as_map)
        .ok_or_else(|| sam.fault("WebSocket API must have at least one route."))
}

fn check(sam: &SamResource) -> Result<()> {
    let addresses = sam.get("IpAddressType");
    if let Some(kind) = addresses
        && !is_intrinsic(kind)
        && !matches!(kind.as_str(), Some("ipv4" | "dualstack"))
    {
        return Err(sam
            .fault("IpAddressType must be 'ipv4' or 'dualstack'.")
            .at(kind.span));
    }
    let tls = sam
        .truthy("Domain")
        .and_then(|domain| domain.get("MutualTlsAuthentication"));
    match truthy(tls) {
        Some(tls) => Err(sam
            .fault("Mutual TLS domain name association is not supported for Websocket APIs.")
            .at(tls.span)),
        None => Ok(()),
    }
}

/// The user's tags and SAM's own.
fn tags(sam: &SamResource) -> Map {
    let given = sam.truthy("Tags").and_then(Node::as_map);
    let mut tags = given.cloned().unwrap_or_default();
    put(&mut tags, sam.span, TAG, "SAM");
    tags
}

fn api(sam: &SamResource, tags: &Map) -> Resource {
    let id = Node::string(sam.span, &sam.id);
    let mut api = Resource::new(&sam.id, "AWS::ApiGatewayV2::Api", sam.span)
        .depending_on(sam.attribute("DependsOn").cloned())
        .with("Name", sam.get("Name").unwrap_or(&id))
        .with("ProtocolType", "WEBSOCKET")
        .with("Tags", tags);
    for name in [
        "ApiKeySelectionExpression",
        "Description",
        "DisableExecuteApiEndpoint",
        "DisableSchemaValidation",
        "IpAddressType",
        "RouteSelectionExpression",
    ] {
        api.set(name, sam.get(name));
    }
    api
}

/// The name of the API's only stage.
fn stage_name(sam: &SamResource) -> Node {
    match sam.get("StageName") {
        Some(name) => name.clone(),
        None => Node::string(sam.span, STAGE),
    }
}

/// The stage is deployed whenever the API changes.
fn stage(sam: &SamResource) -> Result<Resource> {
    let name = stage_name(sam);
    let id = match name.as_str() {
        // In an HTTP API that would be the stage without a name in its address; here it would be taken for a route.
        Some("$default") => {
            return Err(sam
                .fault("Stages cannot be named $default for WebSocket APIs.")
                .at(name.span));
        }
        Some(STAGE) => format!("{}DefaultStage", sam.id),
        text => format!("{}{}Stage", sam.id, text.unwrap_or_default()),
    };
    let mut stage = Resource::new(id, "AWS::ApiGatewayV2::Stage", sam.span)
        .with("ApiId", reference(sam.span, &sam.id))
        .with("StageName", name)
        .with("Tags", map!(sam.span; TAG => "SAM"))
        .with("AutoDeploy", true);
    for name in [
        "StageVariables",
        "AccessLogSettings",
        "DefaultRouteSettings",
        "RouteSettings",
    ] {
        stage.set(name, sam.get(name));
    }
    Ok(stage)
}
