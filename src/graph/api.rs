//! REST APIs, HTTP APIs and WebSocket APIs.

use crate::diag::Span;
use crate::template::Node;

use super::fields::Fields;
use super::function::S3Location;
use super::setting::Setting;

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
    /// It comes from events and other resources only.
    None,
}

/// `AWS::Serverless::Api` and `AWS::ApiGateway::RestApi`.
#[derive(Debug, Clone, PartialEq)]
pub struct RestApi {
    /// `Name`.
    pub name: Option<Setting<String>>,
    /// SAM's `StageName`; the plain type has stages of their own.
    pub stage: Option<Setting<String>>,
    /// Where its routes are defined, besides events and other resources.
    pub definition: Definition,
    /// As written: a string or a mapping.
    pub cors: Option<Node>,
    /// As written.
    pub auth: Option<Node>,
    /// Content types whose bodies are passed on in Base64; API Gateway writes `/` as `~1`.
    pub binary_media_types: Vec<Setting<String>>,
    /// Stage variables, as written.
    pub variables: Option<Node>,
}

/// `AWS::Serverless::HttpApi` and `AWS::ApiGatewayV2::Api`.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpApi {
    /// `Name`.
    pub name: Option<Setting<String>>,
    /// It speaks WebSocket, not HTTP.
    pub websocket: bool,
    /// `$default` when SAM's `StageName` is not given; the plain type has stages of their own.
    pub stage: Option<Setting<String>>,
    /// Where its routes are defined, besides events and other resources.
    pub definition: Definition,
    /// As written: `true`, or a mapping.
    pub cors: Option<Node>,
    /// As written.
    pub auth: Option<Node>,
    /// Stage variables, as written.
    pub variables: Option<Node>,
    /// What in a WebSocket message chooses the route: `$request.body.action`.
    pub route_selection: Option<Setting<String>>,
}

pub(super) fn rest_api(fields: &Fields<'_>) -> RestApi {
    RestApi {
        name: fields.text("Name"),
        stage: None,
        definition: plain_definition(fields),
        cors: None,
        auth: None,
        binary_media_types: fields.texts("BinaryMediaTypes"),
        variables: None,
    }
}

pub(super) fn http_api(fields: &Fields<'_>) -> HttpApi {
    let words = [("HTTP", false), ("WEBSOCKET", true)];
    HttpApi {
        name: fields.text("Name"),
        websocket: fields.word("ProtocolType", &words).unwrap_or(false),
        stage: None,
        definition: plain_definition(fields),
        cors: fields.node("CorsConfiguration").cloned(),
        auth: None,
        variables: None,
        route_selection: fields.text("RouteSelectionExpression"),
    }
}

/// `Body` or `BodyS3Location`.
fn plain_definition(fields: &Fields<'_>) -> Definition {
    if let Some(body) = fields.node("Body") {
        return Definition::Body(body.clone());
    }
    match fields.fields("BodyS3Location").and_then(|place| {
        Some(S3Location {
            bucket: place.text("Bucket")?,
            key: place.text("Key")?,
            version: place.text("Version"),
            span: place.span,
        })
    }) {
        Some(location) => Definition::S3(location),
        None => Definition::None,
    }
}
