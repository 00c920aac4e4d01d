//! The resources of an application, each with its type.

use crate::diag::Span;
use crate::template::Node;

use super::api::{HttpApi, RestApi, Stage};
use super::bucket::Bucket;
use super::facts::Facts;
use super::function::{Function, Layer};
use super::invocation::{Alias, InvokeConfig, Url, Version};
use super::mapping::EventSourceMapping;
use super::queue::Queue;
use super::role::{Permission, Role};
use super::route::{Integration, Method, PathPart, Route};
use super::rule::{Rule, Schedule};
use super::state_machine::StateMachine;
use super::stream::Stream;
use super::table::Table;
use super::topic::{Subscription, Topic};

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Logical id.
    pub id: String,
    /// Where the logical id stands, or what SAM made the resource from.
    pub span: Span,
    /// Which resource of the file it came from: itself, when SAM did not make it.
    pub origin: Origin,
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// Where the type stands.
    pub type_span: Span,
    /// What it is, typed.
    pub body: Body,
    /// The properties as far as they are known.
    pub properties: Option<Node>,
    /// The same with every reference to a resource still in place.
    pub structure: Option<Node>,
    /// The condition it was declared with (it held, or is not known).
    pub condition: Option<String>,
    /// As written.
    pub deletion_policy: Option<Node>,
    /// As written.
    pub update_replace_policy: Option<Node>,
    /// As written.
    pub metadata: Option<Node>,
}

/// Which resource of the file a resource came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The logical id there.
    pub id: String,
    /// Where that id stands.
    pub span: Span,
}

/// A resource as its type describes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `AWS::Lambda::Function`.
    Function(Box<Function>),
    /// `AWS::Lambda::LayerVersion`.
    Layer(Layer),
    /// `AWS::ApiGateway::RestApi`.
    RestApi(RestApi),
    /// `AWS::ApiGatewayV2::Api`.
    HttpApi(HttpApi),
    /// `AWS::SQS::Queue`.
    Queue(Queue),
    /// `AWS::DynamoDB::Table`.
    Table(Table),
    /// `AWS::S3::Bucket`.
    Bucket(Bucket),
    /// `AWS::SNS::Topic`.
    Topic(Topic),
    /// `AWS::Events::Rule`.
    Rule(Rule),
    /// `AWS::Scheduler::Schedule`.
    Schedule(Schedule),
    /// `AWS::Kinesis::Stream`.
    Stream(Stream),
    /// `AWS::StepFunctions::StateMachine`.
    StateMachine(StateMachine),
    /// `AWS::IAM::Role`.
    Role(Role),
    /// `AWS::Lambda::Permission`.
    Permission(Permission),
    /// `AWS::Lambda::EventSourceMapping`.
    EventSourceMapping(EventSourceMapping),
    /// `AWS::Lambda::Version`.
    Version(Version),
    /// `AWS::Lambda::Alias`.
    Alias(Alias),
    /// `AWS::Lambda::Url`.
    Url(Url),
    /// `AWS::Lambda::EventInvokeConfig`.
    InvokeConfig(InvokeConfig),
    /// `AWS::SNS::Subscription`.
    Subscription(Subscription),
    /// `AWS::ApiGateway::Stage`, `AWS::ApiGatewayV2::Stage`.
    Stage(Stage),
    /// `AWS::ApiGateway::Resource`.
    PathPart(PathPart),
    /// `AWS::ApiGateway::Method`.
    Method(Method),
    /// `AWS::ApiGatewayV2::Route`.
    Route(Route),
    /// `AWS::ApiGatewayV2::Integration`.
    Integration(Integration),
    /// Every other type, kept whole in [`Resource::properties`]; with facts when the type is published.
    Other(Option<Facts>),
}

impl Body {
    /// What it is, for people: `function`, `queue`.
    pub fn noun(&self) -> &'static str {
        match self {
            Body::Function(_) => "function",
            Body::Layer(_) => "layer",
            Body::RestApi(_) => "REST API",
            Body::HttpApi(api) if api.websocket => "WebSocket API",
            Body::HttpApi(_) => "HTTP API",
            Body::Queue(_) => "queue",
            Body::Table(_) => "table",
            Body::Bucket(_) => "bucket",
            Body::Topic(_) => "topic",
            Body::Rule(_) => "rule",
            Body::Schedule(_) => "schedule",
            Body::Stream(_) => "stream",
            Body::StateMachine(_) => "state machine",
            Body::Role(_) => "role",
            Body::Permission(_) => "permission",
            Body::EventSourceMapping(_) => "event source mapping",
            Body::Version(_) => "version",
            Body::Alias(_) => "alias",
            Body::Url(_) => "function URL",
            Body::InvokeConfig(_) => "event invoke config",
            Body::Subscription(_) => "subscription",
            Body::Stage(_) => "stage",
            Body::PathPart(_) => "path",
            Body::Method(_) => "method",
            Body::Route(_) => "route",
            Body::Integration(_) => "integration",
            Body::Other(_) => "resource",
        }
    }
}

impl Resource {
    /// Whether SAM made it for another resource of the file. A layer of SAM's counts as itself: only its logical id
    /// has changed.
    pub fn is_made(&self) -> bool {
        self.origin.id != self.id && !matches!(self.body, Body::Layer(_))
    }

    /// What people know it by: its logical id in the file, or the one that SAM made for it.
    pub fn shown_id(&self) -> &str {
        match self.is_made() {
            true => &self.id,
            false => &self.origin.id,
        }
    }

    /// What is published about the type.
    pub fn facts(&self) -> Option<Facts> {
        match &self.body {
            Body::Other(facts) => facts.clone(),
            _ => super::facts::resource_type(&self.resource_type),
        }
    }

    /// The function, when it is one.
    pub fn as_function(&self) -> Option<&Function> {
        match &self.body {
            Body::Function(function) => Some(function),
            _ => None,
        }
    }
}
