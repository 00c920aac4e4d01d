//! `AWS::Serverless::SimpleTable`: a DynamoDB table with one key.

use crate::template::Node;

use super::build::{list, map};
use super::expect::Owner;
use super::fault::Result;
use super::property::{Property, Shape, TEXT_OR_MAP, check, optional, passed};
use super::resource::{Resource, SamResource};
use super::tag;
use super::value::text;
use super::work::Work;

const PROPERTIES: [Property; 6] = [
    passed("PointInTimeRecoverySpecification"),
    optional("PrimaryKey", Shape::MapOf(&Shape::Text)),
    optional(
        "ProvisionedThroughput",
        Shape::MapOf(&Shape::OneOf(&[Shape::Integer, Shape::Map])),
    ),
    optional("TableName", TEXT_OR_MAP),
    optional("Tags", Shape::Map),
    optional("SSESpecification", Shape::Map),
];

pub(super) fn expand(_: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    check(&sam.id, &sam.kind, &sam.properties, &PROPERTIES)?;
    let (name, kind) = key(sam)?;
    let span = sam.span;
    let definition = map!(span; "AttributeName" => &name, "AttributeType" => kind);
    let mut table = Resource::from_sam(sam, "AWS::DynamoDB::Table")
        .with("AttributeDefinitions", list!(span; definition))
        .with(
            "KeySchema",
            list!(span; map!(span; "AttributeName" => name, "KeyType" => "HASH")),
        )
        .with(
            "PointInTimeRecoverySpecification",
            sam.truthy("PointInTimeRecoverySpecification"),
        )
        .with("ProvisionedThroughput", sam.truthy("ProvisionedThroughput"))
        .with("SSESpecification", sam.truthy("SSESpecification"))
        .with("TableName", sam.truthy("TableName"));
    if sam.truthy("ProvisionedThroughput").is_none() {
        table.set("BillingMode", "PAY_PER_REQUEST");
    }
    if let Some(tags) = sam.truthy("Tags").and_then(Node::as_map) {
        table.set("Tags", tag::list(tags));
    }
    Ok(vec![table])
}

/// The key's name and its type as DynamoDB writes it.
fn key(sam: &SamResource) -> Result<(Node, &'static str)> {
    let Some(key) = sam.truthy("PrimaryKey") else {
        return Ok((Node::string(sam.span, "id"), "S"));
    };
    let owner = Owner::Resource(&sam.id);
    let name = owner.present(key.get("Name"), "PrimaryKey.Name")?;
    let kind = owner.present(key.get("Type"), "PrimaryKey.Type")?;
    let letter = match kind.as_str() {
        Some("String") => "S",
        Some("Number") => "N",
        Some("Binary") => "B",
        _ => {
            let message = format!("Invalid 'Type' \"{}\".", text(kind));
            return Err(owner.fault(message).at(kind.span));
        }
    };
    Ok((name.clone(), letter))
}
