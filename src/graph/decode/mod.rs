//! From a resource's properties to its type, one file for each kind.
//!
//! SAM's types are read here directly, each in a file of its own named `serverless_…`: when the whole SAM transform
//! stands before the graph, those files go away and nothing else changes.

mod function_parts;
pub(super) mod globals;
mod hoist;
mod lambda_function;
mod logging;
mod polling;
mod serverless_api;
mod serverless_event;
mod serverless_function;
mod serverless_simple_table;
mod serverless_state_machine;

use crate::diag::Diagnostic;
use crate::template::Resource;

use super::fields::{Context, Fields};
use super::resource::Body;
use super::{api, bucket, facts, queue, role, rule, state_machine, stream, table, topic};

/// Reads one resource by its type. A type that nobody knows is a warning.
pub(super) fn body(
    id: &str,
    resource: &Resource,
    fields: &Fields<'_>,
    context: &Context<'_>,
) -> Body {
    let span = resource.id_span;
    let metadata = resource.metadata.as_ref();
    match resource.resource_type.as_str() {
        "AWS::Serverless::Function" => Body::Function(Box::new(serverless_function::function(
            id, span, fields, metadata,
        ))),
        "AWS::Lambda::Function" => Body::Function(Box::new(lambda_function::function(
            id, span, fields, metadata,
        ))),
        "AWS::Serverless::LayerVersion" => {
            Body::Layer(serverless_function::layer(id, span, fields, metadata))
        }
        "AWS::Lambda::LayerVersion" => {
            Body::Layer(lambda_function::layer(id, span, fields, metadata))
        }
        "AWS::Serverless::Api" => Body::RestApi(serverless_api::rest_api(fields)),
        "AWS::ApiGateway::RestApi" => Body::RestApi(api::rest_api(fields)),
        "AWS::Serverless::HttpApi" => Body::HttpApi(serverless_api::http_api(fields)),
        "AWS::Serverless::WebSocketApi" => Body::HttpApi(serverless_api::websocket_api(fields)),
        "AWS::ApiGatewayV2::Api" => Body::HttpApi(api::http_api(fields)),
        "AWS::SQS::Queue" => Body::Queue(queue::queue(fields)),
        "AWS::DynamoDB::Table" => Body::Table(table::table(fields)),
        "AWS::Serverless::SimpleTable" => Body::Table(serverless_simple_table::table(fields)),
        "AWS::S3::Bucket" => Body::Bucket(bucket::bucket(fields)),
        "AWS::SNS::Topic" => Body::Topic(topic::topic(fields)),
        "AWS::Events::Rule" => Body::Rule(rule::rule(fields)),
        "AWS::Scheduler::Schedule" => Body::Schedule(rule::schedule(fields)),
        "AWS::Kinesis::Stream" => Body::Stream(stream::stream(fields)),
        "AWS::StepFunctions::StateMachine" => {
            Body::StateMachine(state_machine::state_machine(fields))
        }
        "AWS::Serverless::StateMachine" => {
            Body::StateMachine(serverless_state_machine::state_machine(fields))
        }
        "AWS::IAM::Role" => Body::Role(role::role(fields)),
        "AWS::Lambda::Permission" => Body::Permission(role::permission(fields)),
        "AWS::Lambda::EventSourceMapping" => {
            Body::EventSourceMapping(polling::event_source_mapping(fields))
        }
        other => {
            let facts = facts::resource_type(other);
            if facts.is_none() && !is_somebody_elses(other) {
                context.sink.push(unknown_type(id, resource));
            }
            Body::Other(facts)
        }
    }
}

/// Custom resources, modules and types that a third party registered: `Custom::X`, `Org::Service::Thing`, `…::MODULE`.
/// An empty name was reported by the reader.
fn is_somebody_elses(name: &str) -> bool {
    name.is_empty()
        || name.starts_with("Custom::")
        || name.ends_with("::MODULE")
        || (!name.starts_with("AWS::")
            && name.split("::").filter(|part| !part.is_empty()).count() == 3)
}

fn unknown_type(id: &str, resource: &Resource) -> Diagnostic {
    let name = &resource.resource_type;
    let diagnostic = Diagnostic::warning(
        "graph/unknown-type",
        format!("`{id}` is of the unknown type `{name}`"),
    )
    .at(resource.type_span);
    match facts::nearest_type(name) {
        Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
        None => diagnostic.help("It is kept as it is; types are written like `AWS::SQS::Queue`."),
    }
}
