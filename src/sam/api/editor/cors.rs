//! Methods `OPTIONS` that tell browsers who may call.

use std::collections::{BTreeSet, HashSet};

use crate::diag::Span;
use crate::sam::build::{list, map, put};
use crate::sam::fault::{Fault, Result};
use crate::sam::value::truthy;
use crate::template::{Map, Node};

use super::Editor;
use super::path::{ANY, INTEGRATION};

const METHODS: [&str; 7] = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];

/// Who may call: values as API Gateway wants them, text with quotes of its own or functions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cors {
    /// `Access-Control-Allow-Origin`.
    pub origin: Option<Node>,
    /// `Access-Control-Allow-Headers`.
    pub headers: Option<Node>,
    /// `Access-Control-Allow-Methods`; those of the path, when there is nothing.
    pub methods: Option<Node>,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age: Option<Node>,
    /// Whether `Access-Control-Allow-Credentials` is `true`.
    pub credentials: bool,
}

impl Editor {
    /// Adds a method `OPTIONS` to every path that has none. `/a` and `/a/` are one path for API Gateway.
    ///
    /// # Errors
    /// No origin; a path that is no mapping.
    pub(crate) fn add_cors(&mut self, cors: &Cors) -> Result<()> {
        let span = self.span;
        let mut paths = self.paths()?;
        let mut seen = HashSet::new();
        for path in paths.names() {
            let normal = match path.as_str() {
                "/" => "/",
                path => path.trim_end_matches('/'),
            };
            if !seen.insert(normal.to_owned()) {
                continue;
            }
            // The methods found on the first side of a condition count for the other side too.
            let mut methods = truthy(cors.methods.as_ref()).cloned();
            for item in paths.items_mut(&path)? {
                if item.contains_key("options") {
                    continue;
                }
                let Some(origin) = truthy(cors.origin.as_ref()) else {
                    return Err(Fault::template(
                        "Invalid input. Value for AllowedOrigins is required",
                    ));
                };
                let methods = methods.get_or_insert_with(|| {
                    Node::string(span, format!("'{}'", allowed_methods(item)))
                });
                put(item, span, "options", options(span, cors, origin, methods));
            }
        }
        Ok(())
    }
}

/// The methods of a path, in capitals and sorted; all there are when the path takes any.
fn allowed_methods(item: &Map) -> String {
    let mut methods: BTreeSet<String> = item.keys().map(str::to_uppercase).collect();
    if item.contains_key(ANY) {
        methods = METHODS.iter().map(|name| (*name).to_owned()).collect();
    } else {
        methods.insert("OPTIONS".into());
    }
    methods.into_iter().collect::<Vec<_>>().join(",")
}

/// The method: an integration that answers by itself. Source: API Gateway's developer guide, "Enable CORS on a resource
/// using the API Gateway import API".
fn options(span: Span, cors: &Cors, origin: &Node, methods: &Node) -> Node {
    let credentials = Node::string(span, "'true'");
    let headers = [
        ("Allow-Origin", "string", Some(origin)),
        ("Allow-Headers", "string", truthy(cors.headers.as_ref())),
        ("Allow-Methods", "string", Some(methods)),
        ("Max-Age", "integer", cors.max_age.as_ref()),
        (
            "Allow-Credentials",
            "string",
            cors.credentials.then_some(&credentials),
        ),
    ];
    let mut values = Map::new();
    let mut types = Map::new();
    for (name, kind, value) in headers {
        if let Some(value) = value {
            let name = format!("Access-Control-{name}");
            put(
                &mut values,
                span,
                format!("method.response.header.{name}"),
                value,
            );
            put(&mut types, span, name, map!(span; "type" => kind));
        }
    }
    let json = "application/json";
    let answer = map!(span;
        "statusCode" => "200",
        "responseParameters" => values,
        "responseTemplates" => map!(span; json => "{}\n"),
    );
    let integration = map!(span;
        "type" => "mock",
        "requestTemplates" => map!(span; json => "{\n  \"statusCode\" : 200\n}\n"),
        "responses" => map!(span; "default" => answer),
    );
    let response =
        map!(span; "description" => "Default response for CORS method", "headers" => types);
    map!(span;
        "summary" => "CORS support",
        "consumes" => list!(span; json),
        "produces" => list!(span; json),
        INTEGRATION => integration,
        "responses" => map!(span; "200" => response),
    )
}
