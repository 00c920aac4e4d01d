//! Editing OpenAPI documents: what is added for events and for the properties of an API.
//!
//! Source: the translator's `open_api/base_editor.py` and `swagger/swagger.py`.

mod cors;
pub(crate) mod endpoint;
pub(crate) mod integration;
pub(crate) mod method;
pub(crate) mod path;
pub(crate) mod policy;
mod security;

use crate::diag::Span;
use crate::sam::build::{map, put};
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::reference;
use crate::sam::value::{is_truthy, text, truthy};
use crate::template::{Map, Node, Value};

pub(crate) use cors::Cors;
pub(crate) use integration::{LambdaProxy, StartExecution};
use path::Paths;
pub(crate) use security::Scopes;

/// Fields of a path that are no methods.
const NO_METHODS: [&str; 3] = ["summary", "description", "parameters"];
const SECURITY_DEFINITIONS: &str = "securityDefinitions";
const GATEWAY_RESPONSES: &str = "x-amazon-apigateway-gateway-responses";

/// A document of OpenAPI 2 or 3 while it is edited.
#[derive(Debug, Clone)]
pub(crate) struct Editor {
    document: Map,
    span: Span,
}

impl Editor {
    /// Takes a copy of a document.
    ///
    /// # Errors
    /// A value that is no such document, a path that is no mapping; both end the transform.
    pub(crate) fn new(document: Option<&Node>) -> Result<Self> {
        let valid = document.filter(|_| is_valid(document));
        let (span, document) = match valid.and_then(|node| Some((node.span, node.as_map()?))) {
            Some((span, document)) => (span, document.clone()),
            None => {
                return Err(invalid(
                    "Invalid Swagger document or the Swagger document is not explicitly defined in 'DefinitionBody'.",
                ));
            }
        };
        let mut editor = Editor { document, span };
        editor.paths()?.check()?;
        Ok(editor)
    }

    /// Takes a copy of a document with one of its paths only: enough to edit that path, however many there are.
    ///
    /// # Errors
    /// As [`Editor::new`].
    pub(crate) fn of_path(document: &Node, path: &str) -> Result<Self> {
        Editor::new(Some(&path::only(document, path)))
    }

    /// The document as it is now.
    pub(crate) fn into_map(self) -> Map {
        self.document
    }

    /// The document as it is now.
    pub(crate) fn into_node(self) -> Node {
        Node::new(self.span, Value::Map(self.document))
    }

    /// The document's paths.
    ///
    /// # Errors
    /// None: a document without paths is not taken.
    pub(crate) fn paths(&mut self) -> Result<Paths<'_>> {
        self.document
            .get_mut("paths")
            .and_then(Node::as_map_mut)
            .map(Paths)
            .ok_or_else(|| {
                invalid("Value of paths must be a dictionary according to Swagger spec.")
            })
    }

    /// A section of the document, made when it is missing or empty; none when it is no mapping.
    fn section(&mut self, name: &str) -> Option<&mut Map> {
        if truthy(self.document.get(name)).is_none() {
            put(&mut self.document, self.span, name, Map::new());
        }
        self.document.get_mut(name).and_then(Node::as_map_mut)
    }

    /// Adds models: schemas by name. Names are written in small letters.
    ///
    /// # Errors
    /// A schema without `type`.
    pub(crate) fn add_models(&mut self, models: &Map) -> Result<()> {
        for (name, entry) in models.entries() {
            if truthy(entry.node.get("type")).is_none() {
                return Err(invalid("'Models' schema is missing 'type'.").at(entry.key_span));
            }
            if let Some(definitions) = self.section("definitions") {
                definitions.insert(name.to_lowercase(), entry.key_span, entry.node.clone());
            }
        }
        Ok(())
    }

    /// Sets what API Gateway answers in cases such as `UNAUTHORIZED`.
    pub(crate) fn add_gateway_response(&mut self, kind: &str, response: Node) {
        let span = response.span;
        if let Some(responses) = self.section(GATEWAY_RESPONSES) {
            responses.insert(kind, span, response);
        }
    }
}

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
