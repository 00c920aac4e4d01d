//! From a resource's properties to its type, one file for each kind.

mod function_parts;
mod hoist;
mod invocation;
mod lambda_function;
mod logging;
mod polling;

use crate::diag::Diagnostic;
use crate::template::Resource;

use super::fields::{Context, Fields};
use super::resource::Body;
use super::{api, bucket, facts, queue, role, route, rule, state_machine, stream, table, topic};

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
        "AWS::Lambda::Function" => Body::Function(Box::new(lambda_function::function(
            id, span, fields, metadata,
        ))),
        "AWS::Lambda::LayerVersion" => {
            Body::Layer(lambda_function::layer(id, span, fields, metadata))
        }
        "AWS::ApiGateway::RestApi" => Body::RestApi(api::rest_api(fields)),
        "AWS::ApiGatewayV2::Api" => Body::HttpApi(api::http_api(fields)),
        "AWS::SQS::Queue" => Body::Queue(queue::queue(fields)),
        "AWS::DynamoDB::Table" => Body::Table(table::table(fields)),
        "AWS::S3::Bucket" => Body::Bucket(bucket::bucket(fields)),
        "AWS::SNS::Topic" => Body::Topic(topic::topic(fields)),
        "AWS::Events::Rule" => Body::Rule(rule::rule(fields)),
        "AWS::Scheduler::Schedule" => Body::Schedule(rule::schedule(fields)),
        "AWS::Kinesis::Stream" => Body::Stream(stream::stream(fields)),
        "AWS::StepFunctions::StateMachine" => {
            Body::StateMachine(state_machine::state_machine(fields))
        }
        "AWS::IAM::Role" => Body::Role(role::role(fields)),
        "AWS::Lambda::Permission" => Body::Permission(role::permission(fields)),
        "AWS::Lambda::EventSourceMapping" => {
            Body::EventSourceMapping(polling::event_source_mapping(fields))
        }
        "AWS::Lambda::Version" => Body::Version(invocation::version(fields)),
        "AWS::Lambda::Alias" => Body::Alias(invocation::alias(fields)),
        "AWS::Lambda::Url" => Body::Url(invocation::url(fields)),
        "AWS::Lambda::EventInvokeConfig" => Body::InvokeConfig(invocation::invoke_config(fields)),
        "AWS::SNS::Subscription" => Body::Subscription(topic::subscription(fields)),
        "AWS::ApiGateway::Stage" => Body::Stage(api::rest_stage(fields)),
        "AWS::ApiGatewayV2::Stage" => Body::Stage(api::http_stage(fields)),
        "AWS::ApiGateway::Resource" => Body::PathPart(route::path_part(fields)),
        "AWS::ApiGateway::Method" => Body::Method(route::method(fields)),
        "AWS::ApiGatewayV2::Route" => Body::Route(route::route(fields)),
        "AWS::ApiGatewayV2::Integration" => Body::Integration(route::integration(fields)),
        other => {
            let facts = facts::resource_type(other);
            if facts.is_none() && !is_somebody_elses(other) {
                let near = match context.sink.may_suggest() {
                    true => facts::nearest_type(other),
                    false => None,
                };
                context.sink.push(unknown_type(id, resource, near));
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

fn unknown_type(id: &str, resource: &Resource, near: Option<&str>) -> Diagnostic {
    let name = &resource.resource_type;
    let diagnostic = Diagnostic::warning(
        "graph/unknown-type",
        format!("`{id}` is of the unknown type `{name}`"),
    )
    .at(resource.type_span);
    match near {
        Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
        None => diagnostic.help("It is kept as it is; types are written like `AWS::SQS::Queue`."),
    }
}
