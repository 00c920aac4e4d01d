//! The resources of an application, each with its type.

use crate::diag::Span;
use crate::template::Node;

use super::api::{HttpApi, RestApi};
use super::bucket::Bucket;
use super::event::EventSourceMapping;
use super::facts::Facts;
use super::function::{Function, Layer};
use super::queue::Queue;
use super::role::{Permission, Role};
use super::rule::{Rule, Schedule};
use super::state_machine::StateMachine;
use super::stream::Stream;
use super::table::Table;
use super::topic::Topic;

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Logical id.
    pub id: String,
    /// Where the logical id stands.
    pub span: Span,
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// Where the type stands.
    pub type_span: Span,
    /// What it is, typed.
    pub body: Body,
    /// The properties as far as they are known, with `Globals` merged in.
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

/// A resource as its type describes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `AWS::Lambda::Function`, `AWS::Serverless::Function`.
    Function(Box<Function>),
    /// `AWS::Lambda::LayerVersion`, `AWS::Serverless::LayerVersion`.
    Layer(Layer),
    /// `AWS::ApiGateway::RestApi`, `AWS::Serverless::Api`.
    RestApi(RestApi),
    /// `AWS::ApiGatewayV2::Api`, `AWS::Serverless::HttpApi`, `AWS::Serverless::WebSocketApi`.
    HttpApi(HttpApi),
    /// `AWS::SQS::Queue`.
    Queue(Queue),
    /// `AWS::DynamoDB::Table`, `AWS::Serverless::SimpleTable`.
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
    /// `AWS::StepFunctions::StateMachine`, `AWS::Serverless::StateMachine`.
    StateMachine(StateMachine),
    /// `AWS::IAM::Role`.
    Role(Role),
    /// `AWS::Lambda::Permission`.
    Permission(Permission),
    /// `AWS::Lambda::EventSourceMapping`.
    EventSourceMapping(EventSourceMapping),
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
            Body::Other(_) => "resource",
        }
    }
}

impl Resource {
    /// Whether the type is one that SAM expands.
    pub fn is_serverless(&self) -> bool {
        self.resource_type.starts_with("AWS::Serverless::")
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
