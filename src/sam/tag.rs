//! Tags: a mapping in SAM, a list of `{Key, Value}` in CloudFormation.

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use super::build::{map, put};
use super::fault::{Fault, Result};
use super::resource::Resource;

/// Names that only SAM itself and the application repository give.
const RESERVED: [&str; 3] = [
    "lambda:createdBy",
    "serverlessrepo:applicationId",
    "serverlessrepo:semanticVersion",
];

/// A mapping of tags as CloudFormation's list. A null value is empty text.
pub(crate) fn list(tags: &Map) -> Vec<Node> {
    tags.entries()
        .map(|(key, entry)| {
            let value = match entry.node.value {
                Value::Null => Node::string(entry.node.span, ""),
                _ => entry.node.clone(),
            };
            map!(entry.key_span; "Key" => key, "Value" => value)
        })
        .collect()
}

/// The tag that SAM puts on what it makes, then `additional`, then the user's tags.
///
/// # Errors
/// A tag with a reserved name.
pub(crate) fn with_sam_tag(
    id: &str,
    span: Span,
    additional: Option<&Map>,
    tags: Option<&Map>,
) -> Result<Vec<Node>> {
    for name in RESERVED {
        if tags.is_some_and(|tags| tags.contains_key(name)) {
            return Err(Fault::resource(
                id,
                format!(
                    "{name} is a reserved Tag key name and cannot be set on your resource. Please change the tag key \
                     in the input."
                ),
            )
            .at(span));
        }
    }
    let mut all = vec![map!(span; "Key" => "lambda:createdBy", "Value" => "SAM")];
    all.extend(additional.map(list).unwrap_or_default());
    all.extend(tags.map(list).unwrap_or_default());
    Ok(all)
}

/// The types whose tags `PropagateTags` sets, with the form they take.
/// Source: which of the translator's classes have a property `Tags`, and their `assign_tags`. HTTP and WebSocket APIs
/// are missing, because their tags are set with their other properties.
const TAGGED: [(&str, TagForm); 22] = [
    ("AWS::ApiGateway::ApiKey", TagForm::List),
    ("AWS::ApiGateway::DomainName", TagForm::List),
    (
        "AWS::ApiGateway::DomainNameAccessAssociation",
        TagForm::List,
    ),
    ("AWS::ApiGateway::DomainNameV2", TagForm::List),
    ("AWS::ApiGateway::RestApi", TagForm::List),
    ("AWS::ApiGateway::Stage", TagForm::List),
    ("AWS::ApiGateway::UsagePlan", TagForm::List),
    ("AWS::ApiGatewayV2::DomainName", TagForm::Map),
    ("AWS::ApiGatewayV2::Stage", TagForm::Map),
    ("AWS::AppSync::GraphQLApi", TagForm::List),
    ("AWS::CloudFormation::Stack", TagForm::List),
    ("AWS::CodeDeploy::Application", TagForm::List),
    ("AWS::CodeDeploy::DeploymentGroup", TagForm::List),
    ("AWS::DynamoDB::Table", TagForm::List),
    ("AWS::IAM::Role", TagForm::List),
    ("AWS::IoT::TopicRule", TagForm::List),
    ("AWS::Lambda::CapacityProvider", TagForm::List),
    ("AWS::Lambda::Function", TagForm::List),
    ("AWS::S3::Bucket", TagForm::List),
    ("AWS::SNS::Topic", TagForm::List),
    ("AWS::SQS::Queue", TagForm::List),
    ("AWS::StepFunctions::StateMachine", TagForm::List),
];

#[derive(Debug, Clone, Copy)]
enum TagForm {
    List,
    Map,
}

/// `PropagateTags`: puts the tags on everything that was made and takes tags, in place of those it has.
pub(crate) fn propagate(resources: &mut [Resource], tags: Option<&Map>, propagate: bool) {
    let Some(tags) = tags.filter(|tags| propagate && !tags.is_empty()) else {
        return;
    };
    for resource in resources {
        assign(resource, tags);
    }
}

/// Puts the tags on one resource, when its type takes tags.
pub(crate) fn assign(resource: &mut Resource, tags: &Map) {
    let form = TAGGED.iter().find(|(kind, _)| *kind == resource.kind);
    match form {
        Some((_, TagForm::List)) => resource.set("Tags", list(tags)),
        Some((_, TagForm::Map)) => resource.set("Tags", tags),
        None => {}
    }
}

/// Puts the tags beside those that a resource has; of two with one name the later wins.
pub(crate) fn propagate_beside(resources: &mut [Resource], tags: Option<&Map>, propagate: bool) {
    let Some(tags) = tags.filter(|tags| propagate && !tags.is_empty()) else {
        return;
    };
    for resource in resources {
        let own = resource.get("Tags").and_then(Node::as_list);
        let Some(own) = own.filter(|own| !own.is_empty()) else {
            assign(resource, tags);
            continue;
        };
        let mut all = Map::new();
        for tag in own {
            if let (Some(key), Some(value)) = (tag.get("Key"), tag.get("Value")) {
                put(&mut all, tag.span, super::value::text(key), value);
            }
        }
        for (key, entry) in tags.entries() {
            all.insert(key, entry.key_span, entry.node.clone());
        }
        resource.set("Tags", list(&all));
    }
}
