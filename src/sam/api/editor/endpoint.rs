//! What a document says of the whole API: its endpoint, the media types that are binary, the form of OpenAPI 3.

use crate::sam::build::{list, map, put};
use crate::sam::fault::{Fault, Result};
use crate::sam::value::{is_truthy, truthy};
use crate::template::{Map, Node, Value};

use super::{Editor, SECURITY_DEFINITIONS, invalid, is_version_3};

const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";
const BINARY: &str = "x-amazon-apigateway-binary-media-types";

impl Editor {
    /// Says whether the API answers at its own address, `execute-api`. OpenAPI 3 has that with each server.
    ///
    /// # Errors
    /// Servers or configurations that are no mappings.
    pub(crate) fn set_disable_execute_api_endpoint(&mut self, disable: &Node) -> Result<()> {
        let span = self.span;
        let openapi = truthy(self.document.get("openapi"));
        if !openapi.is_some_and(is_version_3) {
            return set_deep(&mut self.document, disable)
                .map_err(|why| invalid(format!("Invalid OpenAPI definition: {why}.")));
        }
        if !self.document.contains_key("servers") {
            put(&mut self.document, span, "servers", list!(span; map!(span)));
        }
        let servers = self.document.get_mut("servers");
        let Some(servers) = servers.and_then(Node::as_list_mut) else {
            return Err(wrong_server(0, "It should be a map"));
        };
        for (at, server) in servers.iter_mut().enumerate() {
            let server = server
                .as_map_mut()
                .ok_or_else(|| wrong_server(at, "It should be a map"))?;
            set_deep(server, disable).map_err(|why| wrong_server(at, &why))?;
        }
        Ok(())
    }

    /// Says which media types are binary. `~1` stands for `/`.
    pub(crate) fn set_binary_media_types(&mut self, types: &Node) {
        let node = with_slashes(types);
        self.document.insert(BINARY, node.span, node);
    }
}

fn wrong_server(at: usize, why: &str) -> Fault {
    invalid(format!(
        "Invalid OpenAPI definition of 'servers[{at}]': {why}."
    ))
}

fn set_deep(map: &mut Map, disable: &Node) -> std::result::Result<(), String> {
    if !map.contains_key(ENDPOINT) {
        put(map, disable.span, ENDPOINT, Map::new());
    }
    match map.get_mut(ENDPOINT).and_then(Node::as_map_mut) {
        Some(endpoint) => {
            put(endpoint, disable.span, "disableExecuteApiEndpoint", disable);
            Ok(())
        }
        None => Err(format!("The value of '{ENDPOINT}' should be a map")),
    }
}

fn with_slashes(node: &Node) -> Node {
    let value = match &node.value {
        Value::String(text) => Value::String(text.replace("~1", "/")),
        Value::List(items) => Value::List(items.iter().map(with_slashes).collect()),
        Value::Map(map) => {
            let mut replaced = Map::new();
            for (key, entry) in map.entries() {
                let key = key.replace("~1", "/");
                replaced.insert(key, entry.key_span, with_slashes(&entry.node));
            }
            Value::Map(replaced)
        }
        other => other.clone(),
    };
    Node::new(node.span, value)
}

/// Brings a document into the form of OpenAPI 3, when that is its version: what is OpenAPI 2's in it was put there by
/// SAM. `version` is the API's `OpenApiVersion`.
///
/// # Errors
/// Paths and methods `OPTIONS` that are malformed; they end the transform.
pub(crate) fn to_version_3(document: &mut Map, version: Option<&Node>) -> Result<()> {
    let is_none = |name: &str| crate::sam::value::is_none(document.get(name));
    if !is_none("swagger") {
        return Ok(());
    }
    let version = version.or_else(|| document.get("openapi"));
    if !version.is_some_and(|version| is_truthy(version) && is_version_3(version)) {
        return Ok(());
    }
    move_component(document, SECURITY_DEFINITIONS, "securitySchemes")?;
    move_component(document, "definitions", "schemas")?;
    if truthy(document.get("paths")).is_none() {
        return Ok(());
    }
    let paths = document.get_mut("paths").and_then(Node::as_map_mut);
    let paths = paths
        .ok_or_else(|| invalid("Value of paths must be a dictionary according to Swagger spec."))?;
    let names: Vec<String> = paths.keys().map(str::to_owned).collect();
    for path in names {
        let item = paths.get_mut(&path).and_then(Node::as_map_mut);
        let item = item.ok_or_else(|| {
            invalid(format!(
                "Value of '{path}' path must be a dictionary according to Swagger spec."
            ))
        })?;
        if truthy(item.get("options")).is_some() {
            let options = item.get_mut("options").and_then(Node::as_map_mut);
            let options = options.ok_or_else(|| {
                invalid(format!(
                    "Value of options method for path {path} must be a dictionary according to Swagger spec."
                ))
            })?;
            options_to_version_3(&path, options)?;
        }
    }
    Ok(())
}

fn move_component(document: &mut Map, from: &str, to: &str) -> Result<()> {
    if truthy(document.get(from)).is_none() {
        return Ok(());
    }
    let Some(entry) = document.remove(from) else {
        return Ok(());
    };
    if truthy(document.get("components")).is_none() {
        put(document, entry.key_span, "components", Map::new());
    }
    let components = document.get_mut("components").and_then(Node::as_map_mut);
    let components = components.ok_or_else(|| {
        invalid("Value of components must be a dictionary according to OpenAPI spec.")
    })?;
    components.insert(to, entry.key_span, entry.node);
    Ok(())
}

/// `consumes` and `produces` are OpenAPI 2's; a header's type is its `schema`.
fn options_to_version_3(path: &str, options: &mut Map) -> Result<()> {
    options.remove("consumes");
    options.remove("produces");
    let wrong = |what: &str| {
        invalid(format!(
            "Invalid responses in options method for path {path}: {what}."
        ))
    };
    let Some(responses) = options
        .get_mut("responses")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(());
    };
    let responses = responses
        .as_map_mut()
        .ok_or_else(|| wrong("It should be a map"))?;
    let Some(response) = responses
        .get_mut("200")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(());
    };
    let response = response
        .as_map_mut()
        .ok_or_else(|| wrong("The value of '200' should be a map"))?;
    if truthy(response.get("headers")).is_none() {
        return Ok(());
    }
    let headers = response.get_mut("headers").and_then(Node::as_map_mut);
    let headers = headers.ok_or_else(|| {
        invalid(format!(
            "Value of response's headers in options method for path {path} must be a dictionary according to Swagger \
             spec."
        ))
    })?;
    let names: Vec<String> = headers.keys().map(str::to_owned).collect();
    for name in names {
        if let Some(header) = headers.get_mut(&name) {
            *header = map!(header.span; "schema" => &*header);
        }
    }
    Ok(())
}
