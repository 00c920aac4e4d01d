//! The definitions of HTTP APIs that come without one.

use crate::diag::Span;
use crate::sam::api;
use crate::sam::build::map;
use crate::sam::fault::Fault;
use crate::sam::work::Work;
use crate::template::{Map, Node};

use super::editor::stack_name;

/// The pass: HTTP APIs that have neither `DefinitionBody` nor `DefinitionUri` get an empty definition, also those
/// without any properties.
pub(crate) fn add(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    api::definition::add_to(work, "AWS::Serverless::HttpApi", skeleton, true)
}

/// The document of an API that has none of its own.
pub(super) fn skeleton(span: Span) -> Node {
    map!(span;
        "openapi" => "3.0.1",
        "info" => map!(span; "version" => "1.0", "title" => stack_name(span)),
        "paths" => Map::new(),
    )
}
