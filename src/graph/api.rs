//! REST APIs, HTTP APIs and WebSocket APIs.

use crate::diag::Span;
use crate::template::Node;

use super::fields::Fields;
use super::function::S3Location;
use super::setting::{Link, Setting};

/// Where an API's or a state machine's definition is.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// In the template.
    Body(Node),
    /// In a file beside the template, by its path as written.
    Local {
        /// As written: relative to the template's folder.
        path: String,
        /// Where the path stands.
        span: Span,
    },
    /// In S3.
    S3(S3Location),
    /// It comes from other resources only.
    None,
}

/// `AWS::ApiGateway::RestApi`.
#[derive(Debug, Clone, PartialEq)]
pub struct RestApi {
    /// `Name`.
    pub name: Option<Setting<String>>,
    /// Where its routes are defined, besides resources of their own.
    pub definition: Definition,
    /// Content types whose bodies are passed on in Base64; API Gateway writes `/` as `~1`.
    pub binary_media_types: Vec<Setting<String>>,
}

/// `AWS::ApiGatewayV2::Api`: an HTTP API or a WebSocket API.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpApi {
    /// `Name`.
    pub name: Option<Setting<String>>,
    /// It speaks WebSocket, not HTTP.
    pub websocket: bool,
    /// Where its routes are defined, besides resources of their own.
    pub definition: Definition,
    /// As written; a definition in the template may have it as `x-amazon-apigateway-cors` too.
    pub cors: Option<Node>,
    /// What in a WebSocket message chooses the route: `$request.body.action`.
    pub route_selection: Option<Setting<String>>,
    /// What every route calls, when the API was made by "quick create": the ARN of a function or a URL.
    pub target: Option<Link>,
}

/// `AWS::ApiGateway::Stage` and `AWS::ApiGatewayV2::Stage`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The API's id.
    pub api: Option<Link>,
    /// The first part of every path, except for an HTTP API's `$default`.
    pub name: Option<Setting<String>>,
    /// Stage variables, as written.
    pub variables: Option<Node>,
}

pub(super) fn rest_api(fields: &Fields<'_>) -> RestApi {
    RestApi {
        name: fields.text("Name"),
        definition: definition(fields),
        binary_media_types: fields.texts("BinaryMediaTypes"),
    }
}

pub(super) fn http_api(fields: &Fields<'_>) -> HttpApi {
    let words = [("HTTP", false), ("WEBSOCKET", true)];
    HttpApi {
        name: fields.text("Name"),
        websocket: fields.word("ProtocolType", &words).unwrap_or(false),
        definition: definition(fields),
        cors: fields.node("CorsConfiguration").cloned(),
        route_selection: fields.text("RouteSelectionExpression"),
        target: fields.link("Target"),
    }
}

pub(super) fn rest_stage(fields: &Fields<'_>) -> Stage {
    Stage {
        api: fields.link("RestApiId"),
        name: fields.text("StageName"),
        variables: fields.node("Variables").cloned(),
    }
}

pub(super) fn http_stage(fields: &Fields<'_>) -> Stage {
    Stage {
        api: fields.link("ApiId"),
        name: fields.text("StageName"),
        variables: fields.node("StageVariables").cloned(),
    }
}

/// `Body` or `BodyS3Location`.
fn definition(fields: &Fields<'_>) -> Definition {
    match fields.node("Body") {
        Some(body) => Definition::Body(body.clone()),
        None => Definition::elsewhere(fields, "BodyS3Location"),
    }
}

impl Definition {
    /// A location in S3, or a path on this machine that has yet to be packaged.
    pub(super) fn elsewhere(fields: &Fields<'_>, property: &str) -> Definition {
        let Some(spot) = fields.spot(property) else {
            return Definition::None;
        };
        if let Some(path) = spot.value.as_str() {
            return Definition::Local {
                path: path.to_owned(),
                span: spot.value.span,
            };
        }
        let place = fields.fields_of(property, spot).and_then(|place| {
            Some(S3Location {
                bucket: place.text("Bucket")?,
                key: place.text("Key")?,
                version: place.text("Version"),
                span: place.span,
            })
        });
        place.map_or(Definition::None, Definition::S3)
    }
}
