//! Editing documents of OpenAPI 3: what is added for events and for the properties of an HTTP API.
//!
//! Source: the translator's `open_api/open_api.py`.

mod route;
mod security;
mod setting;

use crate::diag::Span;
use crate::sam::api::editor::path::{self, Paths};
use crate::sam::api::editor::{invalid, is_version_3};
use crate::sam::build::put;
use crate::sam::fault::Result;
use crate::sam::intrinsic::reference;
use crate::sam::value::{is_truthy, truthy};
use crate::template::{Map, Node, Value};

pub(super) use route::LambdaProxy;
pub(super) use setting::Cors;

/// The path that takes what no other route takes.
pub(super) const DEFAULT_ROUTE: &str = "$default";

/// A document of OpenAPI 3 while it is edited.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    document: Map,
    span: Span,
}

impl Editor {
    /// Takes a copy of a document.
    ///
    /// # Errors
    /// A value that is no such document, which ends the transform.
    pub(super) fn new(document: Option<&Node>) -> Result<Self> {
        let valid = document.filter(|_| is_valid(document));
        let Some((span, document)) = valid.and_then(|node| Some((node.span, node.as_map()?)))
        else {
            return Err(invalid(
                "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
            ));
        };
        match document.get("components").map(|node| &node.value) {
            None | Some(Value::Null | Value::Map(_)) => {}
            Some(_) => {
                return Err(invalid(
                    "Invalid OpenApi document: The value of 'components' should be a map",
                ));
            }
        }
        Ok(Editor {
            document: document.clone(),
            span,
        })
    }

    /// Takes a copy of a document with one of its paths only: enough to edit that path, however many there are.
    ///
    /// # Errors
    /// As [`Editor::new`].
    pub(super) fn of_path(document: &Node, path: &str) -> Result<Self> {
        Editor::new(Some(&path::only(document, path)))
    }

    /// Puts what [`Editor::of_path`] took, and what was added to it, into the document.
    pub(super) fn put_back(self, document: &mut Map) {
        path::put_back(self.document, document);
    }

    /// The document as it is now.
    pub(super) fn into_node(self) -> Node {
        Node::new(self.span, Value::Map(self.document))
    }

    /// The document's paths.
    ///
    /// # Errors
    /// None: a document without paths is not taken.
    pub(super) fn paths(&mut self) -> Result<Paths<'_>> {
        self.document
            .get_mut("paths")
            .and_then(Node::as_map_mut)
            .map(Paths)
            .ok_or_else(|| not_a_map("paths"))
    }

    /// A section of the document, made when it is missing or empty.
    ///
    /// # Errors
    /// A section that is no mapping.
    fn section(&mut self, name: &str) -> Result<&mut Map> {
        section(&mut self.document, name, self.span)
    }
}

/// A mapping inside a mapping, made when it is missing or empty.
fn section<'m>(map: &'m mut Map, name: &str, span: Span) -> Result<&'m mut Map> {
    if truthy(map.get(name)).is_none() {
        put(map, span, name, Map::new());
    }
    map.get_mut(name)
        .and_then(Node::as_map_mut)
        .ok_or_else(|| not_a_map(name))
}

fn not_a_map(name: &str) -> crate::sam::fault::Fault {
    invalid(format!(
        "Value of '{name}' must be a dictionary according to Swagger spec."
    ))
}

/// Whether a value is a document of OpenAPI 3 with paths.
pub(super) fn is_valid(document: Option<&Node>) -> bool {
    document.and_then(Node::as_map).is_some_and(|document| {
        document.get("paths").and_then(Node::as_map).is_some()
            && document
                .get("openapi")
                .is_some_and(|version| is_truthy(version) && is_version_3(version))
    })
}

/// The title of documents that SAM writes.
pub(super) fn stack_name(span: Span) -> Node {
    reference(span, "AWS::StackName")
}
