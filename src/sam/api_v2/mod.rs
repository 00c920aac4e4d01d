//! What HTTP APIs and WebSocket APIs have in common.

mod domain;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::build::put;
use super::intrinsic::sub;
use super::resource::Resource;

pub(crate) use domain::{Domain, domain};

/// The permission that lets an API call a function that authorizes its callers.
pub(crate) fn authorizer_permission(
    span: Span,
    id: String,
    function: &Node,
    api: Node,
    passed: Map,
) -> Resource {
    let mut variables = Map::new();
    put(&mut variables, span, "__ApiId__", api);
    let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
    Resource::new(id, "AWS::Lambda::Permission", span)
        .with_attributes(passed)
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", function)
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", sub(span, arn, Some(variables)))
}
