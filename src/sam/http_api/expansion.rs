//! `AWS::Serverless::HttpApi`: the API, its stage, and what belongs to it.

use crate::sam::api::definition::MANAGED;
use crate::sam::api_v2::{Domain, domain};
use crate::sam::build::map;
use crate::sam::code;
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::property::{Property, Shape, TEXT_OR_MAP, optional, passed};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::work::Work;
use crate::template::{Map, Node};

use super::{authorizer, body, stage};

const PROPERTIES: [Property; 17] = [
    optional(MANAGED, Shape::Bool),
    passed("Name"),
    optional("StageName", TEXT_OR_MAP),
    optional("Tags", Shape::Map),
    optional("PropagateTags", Shape::Bool),
    optional("DefinitionBody", Shape::Map),
    optional("DefinitionUri", TEXT_OR_MAP),
    optional("StageVariables", Shape::Map),
    optional(
        "CorsConfiguration",
        Shape::OneOf(&[Shape::Bool, Shape::Map]),
    ),
    optional("AccessLogSettings", Shape::Map),
    optional("DefaultRouteSettings", Shape::Map),
    optional("Auth", Shape::Map),
    optional("RouteSettings", Shape::Map),
    optional("Domain", Shape::Map),
    optional("FailOnWarnings", Shape::Bool),
    optional("Description", Shape::Text),
    optional("DisableExecuteApiEndpoint", Shape::Bool),
];

/// What can be named as `Api.Stage`.
pub(crate) const REFERENCES: [(&str, &str); 2] = [
    ("Stage", "AWS::ApiGatewayV2::Stage"),
    ("DomainName", "AWS::ApiGatewayV2::DomainName"),
];

/// What an HTTP API becomes.
///
/// # Errors
/// What is missing, malformed or does not fit together.
pub(crate) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    let mut sam = sam.clone();
    for name in ["CorsConfiguration", "Domain"] {
        if let Some(entry) = sam.properties.entry(name) {
            let (span, node) = (entry.key_span, work.parameters.resolve(&entry.node)?);
            sam.properties.insert(name, span, node);
        }
    }
    let sam = &sam;
    let uri = sam.truthy("DefinitionUri");
    if let Some(uri) = uri.filter(|_| sam.truthy("DefinitionBody").is_some()) {
        return Err(sam
            .fault("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.")
            .at(uri.span));
    }
    let complete = body::complete(work, sam)?;
    let mut api = Resource::from_sam(sam, "AWS::ApiGatewayV2::Api")
        .with("FailOnWarnings", sam.truthy("FailOnWarnings"));
    match (uri, complete.body) {
        (Some(uri), _) => api.set("BodyS3Location", location(work, sam, uri)?),
        (None, Some(body)) => api.set("Body", body),
        (None, None) => {
            return Err(sam.fault(
                "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'. Add a \
                 value for one of these properties or add a 'HttpApi' event to an 'AWS::Serverless::Function'.",
            ));
        }
    }
    let mut made = vec![api];
    let domain = match sam.get("Domain") {
        None => Vec::new(),
        given => domain(
            &Domain {
                api: &sam.id,
                span: sam.span,
                config: Owner::Resource(&sam.id).map(given, "Domain")?,
                passed: sam.passed_attributes(),
                tag: body::TAG,
            },
            &mut work.shared.record_sets,
        )?,
    };
    if let Some(auth) = sam.truthy("Auth").and_then(Node::as_map) {
        let authorizers = authorizer::read(sam, auth)?;
        made.extend(
            authorizers
                .values()
                .filter_map(|authorizer| authorizer.permission(sam)),
        );
    }
    made.extend(domain);
    made.push(stage::expand(sam, complete.tags.as_ref()));
    // The tags of an API with an inline definition are always passed on.
    let is_inline = sam.get("DefinitionBody").is_some();
    let given: Option<&Map> = complete
        .tags
        .as_ref()
        .filter(|_| sam.truthy("Tags").is_some());
    tag::propagate(&mut made, given, is_inline);
    Ok(made)
}

/// `DefinitionUri` as `BodyS3Location`. A path on this machine stays, when the context says so.
fn location(work: &Work<'_>, sam: &SamResource, uri: &Node) -> Result<Node> {
    if uri.as_str().is_some_and(|path| code::is_local(work, path)) {
        return Ok(uri.clone());
    }
    let location = match uri.as_str() {
        None => code::location(&sam.id, uri, "DefinitionUri")?,
        Some(_) => code::parse_s3_uri(uri).ok_or_else(|| {
            sam.fault(
                "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query \
                 parameter.",
            )
            .at(uri.span)
        })?,
    };
    Ok(map!(uri.span;
        "Bucket" => location.bucket,
        "Key" => location.key,
        "Version" => location.version,
    ))
}
