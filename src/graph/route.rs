//! The routes of APIs as resources of their own: REST APIs have a tree of paths with methods, HTTP and WebSocket APIs
//! have routes with integrations. Routes that stand in an API's definition are read by [`super::routing`].

use crate::template::Node;

use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::ApiGateway::Resource`: one part of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPart {
    /// The API's id.
    pub api: Option<Link>,
    /// The part before it; the API's root, when that is what it refers to.
    pub parent: Option<Link>,
    /// `orders`, `{id}`, `{proxy+}`.
    pub part: Option<Setting<String>>,
}

/// `AWS::ApiGateway::Method`.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// The API's id.
    pub api: Option<Link>,
    /// The path's last part; the API's root, when that is what it refers to.
    pub path: Option<Link>,
    /// `GET`, `ANY`.
    pub method: Option<Setting<String>>,
    /// What it calls.
    pub integration: Option<Integration>,
    /// `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS`.
    pub authorization: Option<Setting<String>>,
    /// The authorizer's id.
    pub authorizer: Option<Link>,
}

/// `AWS::ApiGatewayV2::Route`.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The API's id.
    pub api: Option<Link>,
    /// `GET /orders/{id}`, `$default`, `$connect`.
    pub key: Option<Setting<String>>,
    /// `integrations/` and the integration's id.
    pub target: Option<Link>,
    /// `NONE`, `AWS_IAM`, `CUSTOM`, `JWT`.
    pub authorization: Option<Setting<String>>,
    /// The authorizer's id.
    pub authorizer: Option<Link>,
}

/// `AWS::ApiGatewayV2::Integration`, and what a method or a route of a definition calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Integration {
    /// The API's id; none where it stands inside the API.
    pub api: Option<Link>,
    /// `AWS_PROXY`, `AWS`, `HTTP_PROXY`, `HTTP`, `MOCK`, as written.
    pub kind: Option<Setting<String>>,
    /// What is called: an address of API Gateway's with the function's ARN in it, an ARN, a URL.
    pub uri: Option<Link>,
    /// `SQS-SendMessage`, `EventBridge-PutEvents`, `StepFunctions-StartExecution`.
    pub subtype: Option<Setting<String>>,
    /// The shape of the event.
    pub payload_format: PayloadFormat,
    /// 50 to 30 000 for HTTP APIs.
    pub timeout_millis: Option<u32>,
    /// Everything, as written.
    pub all: Option<Node>,
}

/// The shape of an API's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PayloadFormat {
    /// The shape of REST APIs' events.
    #[default]
    V1,
    /// The shape that HTTP APIs have of their own.
    V2,
}

const FORMATS: [(&str, PayloadFormat); 2] =
    [("1.0", PayloadFormat::V1), ("2.0", PayloadFormat::V2)];

/// The longest an integration may take. Source: API Gateway quotas; for regional REST APIs it can be raised.
const MAX_TIMEOUT_MILLIS: u32 = 300_000;

pub(super) fn path_part(fields: &Fields<'_>) -> PathPart {
    PathPart {
        api: fields.link("RestApiId"),
        parent: fields.link("ParentId"),
        part: fields.text("PathPart"),
    }
}

pub(super) fn method(fields: &Fields<'_>) -> Method {
    let integration = fields.fields("Integration").map(|inside| Integration {
        api: None,
        kind: inside.text("Type"),
        uri: inside.link("Uri"),
        subtype: None,
        payload_format: PayloadFormat::V1,
        timeout_millis: inside.count("TimeoutInMillis", 50..=MAX_TIMEOUT_MILLIS),
        all: fields.node("Integration").cloned(),
    });
    Method {
        api: fields.link("RestApiId"),
        path: fields.link("ResourceId"),
        method: fields.text("HttpMethod"),
        integration,
        authorization: fields.text("AuthorizationType"),
        authorizer: fields.link("AuthorizerId"),
    }
}

pub(super) fn route(fields: &Fields<'_>) -> Route {
    if !fields.has("RouteKey") {
        fields.missing(
            "RouteKey",
            "For example `GET /orders`, or `$default` for everything.",
        );
    }
    Route {
        api: fields.link("ApiId"),
        key: fields.text("RouteKey"),
        target: fields.link("Target"),
        authorization: fields.text("AuthorizationType"),
        authorizer: fields.link("AuthorizerId"),
    }
}

pub(super) fn integration(fields: &Fields<'_>) -> Integration {
    Integration {
        api: fields.link("ApiId"),
        kind: fields.text("IntegrationType"),
        uri: fields.link("IntegrationUri"),
        subtype: fields.text("IntegrationSubtype"),
        payload_format: fields
            .word("PayloadFormatVersion", &FORMATS)
            .unwrap_or_default(),
        timeout_millis: fields.count("TimeoutInMillis", 50..=MAX_TIMEOUT_MILLIS),
        all: None,
    }
}
