//! Where code is: `CodeUri`, `ContentUri` and `DefinitionUri` as locations in S3.
//!
//! Source: the translator's `model/s3_utils/uri_parser.py`.

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use super::LocalCode;
use super::build::{map, put};
use super::fault::{Fault, Result};
use super::value::truthy;
use super::work::Work;

/// A location in S3 as the user wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// The bucket's name.
    pub bucket: Node,
    /// The object's key.
    pub key: Node,
    /// The object's version.
    pub version: Option<Node>,
    storage_mode: Option<Node>,
}

/// `s3://bucket/key?versionId=version` in its parts.
pub(crate) fn parse_s3_uri(uri: &Node) -> Option<Location> {
    let rest = uri.as_str()?;
    let scheme = rest.get(..5)?;
    if !scheme.eq_ignore_ascii_case("s3://") {
        return None;
    }
    let rest = rest[5..].split('#').next().unwrap_or_default();
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let (bucket, key) = path.split_once('/')?;
    if bucket.is_empty() || bucket.contains(['[', ']']) {
        return None;
    }
    let versions: Vec<String> = query
        .into_iter()
        .flat_map(|query| form_urlencoded::parse(query.as_bytes()))
        .filter(|(name, value)| name == "versionId" && !value.is_empty())
        .map(|(_, value)| value.into_owned())
        .collect();
    let version = match versions.as_slice() {
        [only] => Some(Node::string(uri.span, only)),
        _ => None,
    };
    Some(Location {
        bucket: Node::string(uri.span, bucket),
        key: Node::string(uri.span, key.trim_start_matches('/')),
        version,
        storage_mode: None,
    })
}

/// The value of the property `name` as a location: a mapping with `Bucket` and `Key`, or an address `s3://…`.
///
/// # Errors
/// Anything else, a path on this machine included.
pub(crate) fn location(id: &str, value: &Node, name: &str) -> Result<Location> {
    let fault = |message: String| Err(Fault::resource(id, message).at(value.span));
    match &value.value {
        Value::Map(map) => {
            let (Some(bucket), Some(key)) = (truthy(map.get("Bucket")), truthy(map.get("Key")))
            else {
                return fault(format!(
                    "'{name}' requires Bucket and Key properties to be specified."
                ));
            };
            Ok(Location {
                bucket: bucket.clone(),
                key: key.clone(),
                version: map.get("Version").cloned(),
                storage_mode: map.get("StorageMode").cloned(),
            })
        }
        Value::String(uri) if is_slashed_dynamic_reference(uri) => fault(format!(
            "Unsupported dynamic reference detected in '{name}'. Please consider using alternative 'FunctionCode' \
             object format."
        )),
        Value::String(_) => match parse_s3_uri(value) {
            Some(location) => Ok(location),
            None => fault(format!(
                "'{name}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
            )),
        },
        _ => fault(format!("'{name}' must be of type dict or string.")),
    }
}

/// The location as Lambda's `Code` and `Content` take it: `{S3Bucket, S3Key, S3ObjectVersion}`. A path on this machine
/// stays, when the context says so.
///
/// # Errors
/// As [`location`].
pub(crate) fn s3_object(work: &Work<'_>, id: &str, value: &Node, name: &str) -> Result<Node> {
    if let Some(path) = value.as_str()
        && is_local(work, path)
    {
        return Ok(value.clone());
    }
    let location = location(id, value, name)?;
    let mut object = Map::new();
    let span = value.span;
    put(&mut object, span, "S3Bucket", location.bucket);
    put(&mut object, span, "S3Key", location.key);
    put(&mut object, span, "S3ObjectVersion", location.version);
    put(
        &mut object,
        span,
        "S3ObjectStorageMode",
        location.storage_mode,
    );
    Ok(Node::new(span, Value::Map(object)))
}

/// Whether a text is a path on this machine, which the context lets stand.
pub(crate) fn is_local(work: &Work<'_>, path: &str) -> bool {
    work.context.local_code == LocalCode::Keep
        && !path.contains("://")
        && !is_slashed_dynamic_reference(path)
}

/// `{ImageUri: …}`.
///
/// # Errors
/// A missing address.
pub(crate) fn image(id: &str, span: Span, uri: Option<&Node>, name: &str) -> Result<Node> {
    match truthy(uri) {
        Some(uri) => Ok(map!(uri.span; "ImageUri" => uri)),
        None => {
            let message =
                format!("'{name}' requires that a image hosted at a registry be specified.");
            Err(Fault::resource(id, message).at(span))
        }
    }
}

/// Whether a text holds `{{resolve:ssm:/a/path}}` or the like: a name with a slash in it.
fn is_slashed_dynamic_reference(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find("{{resolve:") {
        let after = &rest[start + "{{resolve:".len()..];
        let service = ["ssm-secure:", "secretsmanager:", "ssm:"]
            .iter()
            .find_map(|service| after.strip_prefix(service));
        let name = service.and_then(|name| name.find("}}").map(|end| &name[..end]));
        if name.is_some_and(|name| name.contains('/')) {
            return true;
        }
        rest = after;
    }
    false
}

/// A property that must be text once parameters are known, such as a layer's name.
///
/// # Errors
/// A value that is no text and no function.
pub(crate) fn text_property(
    work: &Work<'_>,
    id: &str,
    value: Option<&Node>,
    name: &str,
) -> Result<Option<Node>> {
    let Some(value) = truthy(value) else {
        return Ok(value.cloned());
    };
    let resolved = work.parameters.resolve(value)?;
    if resolved.as_str().is_none() && resolved.as_map().is_none() {
        let message =
            format!("Could not resolve parameter for '{name}' or parameter is not a String.");
        return Err(Fault::resource(id, message).at(value.span));
    }
    Ok(Some(resolved))
}
