//! What concerns a whole API: CORS, tags, its title, whether its own address answers.

use crate::sam::api::editor::invalid;
use crate::sam::build::{list, map, put};
use crate::sam::fault::Result;
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::python_order::Order;
use crate::sam::value::{is_none, is_text, is_true, python_type, repr, truthy};
use crate::template::{Map, Node, Value};

use super::{Editor, not_a_map};

const CORS: &str = "x-amazon-apigateway-cors";
const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";
const TAG_VALUE: &str = "x-amazon-apigateway-tag-value";

/// The settings of CORS: SAM's names and those of API Gateway's extension.
const HEADERS: [(&str, &str); 6] = [
    ("AllowOrigins", "allowOrigins"),
    ("AllowHeaders", "allowHeaders"),
    ("AllowMethods", "allowMethods"),
    ("ExposeHeaders", "exposeHeaders"),
    ("MaxAge", "maxAge"),
    ("AllowCredentials", "allowCredentials"),
];

/// What is said of CORS, under SAM's names.
pub(crate) struct Cors(Map);

impl Cors {
    /// Only the origins, which may be a function that gives all the settings.
    pub(crate) fn origins(origins: Node) -> Self {
        let mut map = Map::new();
        map.insert("AllowOrigins", origins.span, origins);
        Cors(map)
    }

    /// All the settings; the name that is none of them otherwise, the first in the translator's order.
    pub(crate) fn read(map: &Map, order: Order) -> std::result::Result<Self, String> {
        let is_known = |key: &str| HEADERS.iter().any(|(name, _)| *name == key);
        let unknown = order
            .entries(map)
            .into_iter()
            .find(|(key, _)| !is_known(key));
        match unknown {
            Some((key, _)) => Err(key.to_owned()),
            None => Ok(Cors(map.clone())),
        }
    }

    /// Whether every origin may send credentials, which browsers do not allow.
    pub(crate) fn trusts_everyone(&self) -> bool {
        let origins = self.0.get("AllowOrigins").and_then(Node::as_list);
        let is_everyone =
            origins.is_some_and(|list| matches!(list, [one] if is_text(Some(one), "*")));
        is_everyone && is_true(self.0.get("AllowCredentials"))
    }
}

impl Editor {
    /// Sets CORS; of settings that the document has too, these count.
    ///
    /// # Errors
    /// A document whose own settings are no mapping.
    pub(crate) fn add_cors(&mut self, cors: &Cors) -> Result<()> {
        let span = self.span;
        if !self.document.contains_key(CORS) {
            put(&mut self.document, span, CORS, Map::new());
        }
        let all = self.document.get_mut(CORS).and_then(Node::as_map_mut);
        let all = all.ok_or_else(|| not_a_map(CORS))?;
        let origins = truthy(cors.0.get("AllowOrigins"));
        if let Some(function) = origins.filter(|origins| is_intrinsic(origins)) {
            if let Some(function) = renamed(function).as_map() {
                for (key, entry) in function.entries() {
                    all.insert(key, entry.key_span, entry.node.clone());
                }
            }
            return Ok(());
        }
        for (name, header) in HEADERS {
            let value = cors.0.get(name);
            let is_set = match name {
                "MaxAge" => !is_none(value),
                "AllowCredentials" => is_true(value),
                _ => truthy(value).is_some(),
            };
            put(all, span, header, value.filter(|_| is_set));
        }
        Ok(())
    }

    /// Adds tags; one that the document has gets the new value.
    ///
    /// # Errors
    /// A document whose own tags are no list.
    pub(crate) fn add_tags(&mut self, tags: &Map) -> Result<()> {
        let span = self.span;
        if truthy(self.document.get("tags")).is_none() {
            put(&mut self.document, span, "tags", list!(span));
        }
        let Some(node) = self.document.get_mut("tags") else {
            return Ok(());
        };
        let Value::List(all) = &mut node.value else {
            return Err(invalid(format!(
                "Tags in OpenApi DefinitionBody needs to be a list. {} is a {} not a list.",
                repr(node),
                python_type(node)
            )));
        };
        for (name, entry) in tags.entries() {
            let there = all
                .iter_mut()
                .find(|tag| is_text(tag.get("name"), name))
                .and_then(Node::as_map_mut);
            match there {
                Some(tag) => put(tag, span, TAG_VALUE, &entry.node),
                None => {
                    let tag = map!(entry.key_span; "name" => name, TAG_VALUE => &entry.node);
                    all.push(tag);
                }
            }
        }
        Ok(())
    }

    /// Says whether the API answers under its own address, beside that of its domain.
    ///
    /// # Errors
    /// Servers that are no list of mappings.
    pub(crate) fn add_endpoint(&mut self, is_disabled: &Node) -> Result<()> {
        let span = self.span;
        if !self.document.contains_key("servers") {
            let server = map!(span);
            put(&mut self.document, span, "servers", list!(span; server));
        }
        let wrong =
            || invalid("Value of 'servers' item must be a dictionary according to Swagger spec.");
        let servers = self.document.get_mut("servers").map(|node| &mut node.value);
        match servers {
            Some(Value::List(servers)) => {
                for server in servers {
                    let server = server.as_map_mut().ok_or_else(wrong)?;
                    if !server.contains_key(ENDPOINT) {
                        put(server, span, ENDPOINT, Map::new());
                    }
                    let endpoint = server.get_mut(ENDPOINT).and_then(Node::as_map_mut);
                    let endpoint = endpoint.ok_or_else(|| not_a_map(ENDPOINT))?;
                    put(endpoint, span, "disableExecuteApiEndpoint", is_disabled);
                }
                Ok(())
            }
            Some(Value::Map(servers)) if servers.is_empty() => Ok(()),
            Some(Value::String(servers)) if servers.is_empty() => Ok(()),
            _ => Err(wrong()),
        }
    }

    /// Sets a field of the document's `info`.
    ///
    /// # Errors
    /// An `info` that is no mapping.
    pub(crate) fn set_info(&mut self, name: &str, value: &Node) -> Result<()> {
        let span = self.span;
        put(self.section("info")?, span, name, value);
        Ok(())
    }
}

/// The value with the names of API Gateway's extension in every text, keys included.
fn renamed(node: &Node) -> Node {
    let rename = |text: &str| {
        HEADERS
            .iter()
            .fold(text.to_owned(), |text, (name, header)| {
                text.replace(name, header)
            })
    };
    let value = match &node.value {
        Value::String(text) => Value::String(rename(text)),
        Value::List(items) => Value::List(items.iter().map(renamed).collect()),
        Value::Map(map) => {
            let mut new = Map::new();
            for (key, entry) in map.entries() {
                new.insert(rename(key), entry.key_span, renamed(&entry.node));
            }
            Value::Map(new)
        }
        other => other.clone(),
    };
    Node::new(node.span, value)
}
