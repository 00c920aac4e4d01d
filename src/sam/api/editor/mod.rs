//! Editing OpenAPI documents: what is added for events and for the properties of an API.
//!
//! Source: the translator's `open_api/base_editor.py` and `swagger/swagger.py`.

pub(crate) mod path;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::super::build::map;
use super::super::fault::Fault;
use super::super::intrinsic::reference;
use super::super::value::{is_truthy, text};

/// The document is wrong, which ends the transform.
pub(crate) fn invalid(message: impl Into<String>) -> Fault {
    Fault::template(message).ending()
}

/// Whether a version (text or number) is one of OpenAPI 3: `3.0`, `3.0.1`.
pub(crate) fn is_version_3(version: &Node) -> bool {
    is_version(version, &["3"])
}

/// Whether a version is one that `OpenApiVersion` takes: `2.0`, `3.0.1`.
pub(crate) fn is_supported_version(version: &Node) -> bool {
    is_version(version, &["2", "3"])
}

fn is_version(version: &Node, major: &[&str]) -> bool {
    let version = text(version);
    let mut parts = version.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    major.contains(&first)
        && matches!(rest.len(), 1 | 2)
        && rest
            .iter()
            .all(|part| matches!(part.as_bytes(), [digit] if digit.is_ascii_digit()))
}

/// Whether a value is a document of OpenAPI 2 or 3 with paths.
pub(crate) fn is_valid(document: Option<&Node>) -> bool {
    document
        .and_then(Node::as_map)
        .is_some_and(is_valid_document)
}

/// Whether a mapping is a document of OpenAPI 2 or 3 with paths.
pub(crate) fn is_valid_document(document: &Map) -> bool {
    if document.get("paths").and_then(Node::as_map).is_none() {
        return false;
    }
    document.get("swagger").is_some_and(is_truthy)
        || document
            .get("openapi")
            .is_some_and(|version| is_truthy(version) && is_version_3(version))
}

/// The document of an API that has none of its own.
pub(crate) fn skeleton(span: Span) -> Node {
    map!(span;
        "swagger" => "2.0",
        "info" => map!(span; "version" => "1.0", "title" => reference(span, "AWS::StackName")),
        "paths" => Map::new(),
    )
}
