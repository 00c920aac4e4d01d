//! The REST API itself.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map, put};
use crate::sam::code;
use crate::sam::fault::{Fault, Result};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{text, truthy};
use crate::sam::work::Work;

/// Properties that go to the API as they are, when they are not empty.
const SAME: [&str; 7] = [
    "Name",
    "Description",
    "Mode",
    "ApiKeySourceType",
    "Policy",
    "SecurityPolicy",
    "EndpointAccessMode",
];

pub(super) fn rest_api(
    work: &mut Work<'_>,
    sam: &SamResource,
    edit: super::Edit,
) -> Result<Resource> {
    check(sam)?;
    let mut api = Resource::from_sam(sam, "AWS::ApiGateway::RestApi")
        .with("BinaryMediaTypes", sam.get("BinaryMediaTypes"))
        .with("MinimumCompressionSize", sam.get("MinimumCompressionSize"));
    let partition = crate::eval::partition(work.context.region);
    match sam.truthy("EndpointConfiguration") {
        Some(endpoint) => set_endpoint(sam, &mut api, endpoint)?,
        None if !has_edge(partition) => {
            set_endpoint(sam, &mut api, &Node::string(sam.span, "REGIONAL"))?;
        }
        None => {}
    }
    let body = edit(work, sam)?;
    api.set("FailOnWarnings", sam.truthy("FailOnWarnings"));
    if let Some(uri) = sam.truthy("DefinitionUri") {
        api.set("BodyS3Location", body_location(work, sam, uri)?);
    } else {
        api.set("Body", body);
    }
    for name in SAME {
        api.set(name, sam.truthy(name));
    }
    Ok(api)
}

fn check(sam: &SamResource) -> Result<()> {
    if let Some(uri) = sam.truthy("DefinitionUri") {
        if sam.truthy("DefinitionBody").is_some() {
            let message =
                "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.";
            return Err(sam.fault(message).at(uri.span));
        }
        if sam.truthy("MergeDefinitions").is_some() {
            let message = "Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.";
            return Err(sam.fault(message));
        }
    }
    match sam.truthy("OpenApiVersion") {
        Some(version) if !is_supported(&text(version)) => Err(sam
            .fault("The OpenApiVersion value must be of the format '3.0.0'.")
            .at(version.span)),
        _ => Ok(()),
    }
}

/// Whether a version is one that `OpenApiVersion` takes: `2.0`, `3.0.1`.
fn is_supported(version: &str) -> bool {
    let parts: Vec<&str> = version.split('.').collect();
    let is_digit = |part: &&str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        ["2" | "3", rest @ ..] => matches!(rest.len(), 1 | 2) && rest.iter().all(is_digit),
        _ => false,
    }
}

/// Whether API Gateway has edge-optimized endpoints in a partition.
fn has_edge(partition: &str) -> bool {
    !partition.starts_with("aws-iso") && !matches!(partition, "aws-us-gov" | "aws-cn" | "aws-eusc")
}

fn set_endpoint(sam: &SamResource, api: &mut Resource, endpoint: &Node) -> Result<()> {
    let span = endpoint.span;
    let Some(kind) = truthy(endpoint.get("Type")) else {
        api.set(
            "EndpointConfiguration",
            map!(span; "Types" => list!(span; endpoint)),
        );
        api.set(
            "Parameters",
            map!(span; "endpointConfigurationTypes" => endpoint),
        );
        return Ok(());
    };
    let (upper, camel) = (
        endpoint.get("VPCEndpointIds"),
        endpoint.get("VpcEndpointIds"),
    );
    if upper.is_some() && camel.is_some() {
        let message = "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.";
        return Err(Fault::resource(&sam.id, message).at(span));
    }
    api.set(
        "Parameters",
        map!(span; "endpointConfigurationTypes" => kind),
    );
    api.set(
        "EndpointConfiguration",
        map!(span;
            "Types" => list!(span; kind),
            "VpcEndpointIds" => upper.or(camel),
            "IpAddressType" => endpoint.get("IpAddressType")),
    );
    Ok(())
}

/// Where the definition is: `{Bucket, Key, Version}`.
fn body_location(work: &Work<'_>, sam: &SamResource, uri: &Node) -> Result<Node> {
    let mut location = Map::new();
    let span = uri.span;
    match &uri.value {
        Value::Map(given) => {
            let (bucket, key) = (truthy(given.get("Bucket")), truthy(given.get("Key")));
            if bucket.is_none() || key.is_none() {
                let message = "'DefinitionUri' requires Bucket and Key properties to be specified.";
                return Err(sam.fault(message).at(span));
            }
            put(&mut location, span, "Bucket", bucket);
            put(&mut location, span, "Key", key);
            put(&mut location, span, "Version", given.get("Version"));
        }
        _ => {
            if uri.as_str().is_some_and(|path| code::is_local(work, path)) {
                return Ok(uri.clone());
            }
            let Some(parsed) = code::parse_s3_uri(uri) else {
                let message = "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional \
                               versionId query parameter.";
                return Err(sam.fault(message).at(span));
            };
            put(&mut location, span, "Bucket", parsed.bucket);
            put(&mut location, span, "Key", parsed.key);
            put(&mut location, span, "Version", parsed.version);
        }
    }
    Ok(Node::new(span, Value::Map(location)))
}
