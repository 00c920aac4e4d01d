//! The resources that a connector connects, by logical id or by what they are known by.

use serde_json::Value as Json;

use crate::template::{Map, Node, Value};

use crate::sam::intrinsic::{logical_id, reference};
use crate::sam::value::{is_truthy, same, truthy};
use crate::sam::work::Work;

use super::profile::filled;

static TABLE: &str = include_str!("../../../schema/connector-resources.tsv");

/// What SAM's types become.
const BECOMES: [(&str, &str); 5] = [
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    (
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
    ),
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
];

/// A resource at one end of a connector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reference {
    /// Its logical id, when it is in the template.
    pub logical_id: Option<String>,
    /// `AWS::Lambda::Function`.
    pub resource_type: String,
    /// Its ARN.
    pub arn: Option<Node>,
    /// The name of the role it acts in.
    pub role_name: Option<Node>,
    /// A queue's address.
    pub queue_url: Option<Node>,
    /// Its id.
    pub resource_id: Option<Node>,
    /// Its name.
    pub name: Option<Node>,
    /// The part of an API's ARN that says what may be called.
    pub qualifier: Option<Node>,
}

impl Reference {
    /// Reads one end of a connector; `other` is what stands at the other end.
    ///
    /// # Errors
    /// Neither an id nor a type, or an id that is not in the template.
    pub(crate) fn read(work: &Work<'_>, given: &Map, other: &Map) -> Result<Self, String> {
        let has_others = given.keys().any(|key| !matches!(key, "Id" | "Qualifier"));
        if given.contains_key("Id") == has_others {
            return Err(
                "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other properties."
                    .into(),
            );
        }
        match truthy(given.get("Id")) {
            None => Reference::described(given),
            Some(id) => match id.as_str() {
                Some(id) => Reference::named(work, id, given, other),
                None => Err("'Id' is missing or not a string.".into()),
            },
        }
    }

    fn described(given: &Map) -> Result<Self, String> {
        let kind = text(given.get("Type")).ok_or("'Type' is missing or not a string.")?;
        let becomes = BECOMES.iter().find(|(sam, _)| *sam == kind);
        let there = |name: &str| {
            given
                .get(name)
                .filter(|node| node.value != Value::Null)
                .cloned()
        };
        Ok(Reference {
            logical_id: None,
            resource_type: becomes.map_or(kind, |(_, made)| made).to_owned(),
            arn: there("Arn"),
            role_name: there("RoleName"),
            queue_url: there("QueueUrl"),
            resource_id: there("ResourceId"),
            name: there("Name"),
            qualifier: there("Qualifier"),
        })
    }

    fn named(work: &Work<'_>, id: &str, given: &Map, other: &Map) -> Result<Self, String> {
        let Some(resource) = work
            .made()
            .and_then(|made| made.get(id))
            .filter(|node| is_truthy(node))
        else {
            return Err(format!("Unable to find resource with logical ID '{id}'."));
        };
        let kind = text(resource.get("Type")).ok_or("'Type' is missing or not a string.")?;
        let known = Known::find(kind, id, resource)?;
        let output = |name: &str| known.outputs.get(name).cloned();
        let qualifier = match given.get("Qualifier") {
            Some(node) => Some(node.clone()).filter(|node| node.value != Value::Null),
            None => output("Qualifier"),
        };
        Ok(Reference {
            logical_id: Some(id.to_owned()),
            resource_type: kind.to_owned(),
            arn: output("Arn"),
            role_name: known.role_name(resource, other),
            queue_url: output("Url"),
            resource_id: output("Id"),
            name: output("Name"),
            qualifier,
        })
    }
}

fn text(node: Option<&Node>) -> Option<&str> {
    node.and_then(Node::as_str).filter(|text| !text.is_empty())
}

/// What a type of resource is known by.
struct Known {
    role: &'static str,
    outputs: Map,
}

impl Known {
    fn find(kind: &str, id: &str, resource: &Node) -> Result<Known, String> {
        let line = TABLE
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&kind));
        let Some([_, role, outputs]) = line.as_deref() else {
            return Ok(Known {
                role: "-",
                outputs: Map::new(),
            });
        };
        let outputs: Json = serde_json::from_str(outputs).unwrap_or_default();
        let span = resource.span;
        let id = Node::string(span, id);
        let outputs = filled(
            &Node::from_json(span, &outputs),
            &[("logicalId", Some(&id))],
        )?;
        Ok(Known {
            role,
            outputs: outputs.as_map().cloned().unwrap_or_default(),
        })
    }

    /// The name of the role that a resource acts in towards another, when the role is in the template.
    fn role_name(&self, resource: &Node, other: &Map) -> Option<Node> {
        let properties = resource.get("Properties")?;
        let role = match self.role {
            "-" => None,
            "Targets" => target_role(properties, other),
            property => properties.get(property),
        };
        let role = truthy(role)?;
        logical_id(role).map(|id| reference(role.span, id))
    }
}

/// A rule has a role for each of its targets.
fn target_role<'n>(properties: &'n Node, other: &Map) -> Option<&'n Node> {
    let id = other.get("Id").and_then(Node::as_str);
    let arn = truthy(other.get("Arn"));
    let targets = properties.get("Targets")?.as_list()?;
    let target = targets.iter().find(|target| {
        let target_arn = target.get("Arn");
        let target_id = target_arn.and_then(logical_id);
        let is_same_arn = match (arn, target_arn) {
            (Some(arn), Some(target_arn)) => same(arn, target_arn),
            _ => false,
        };
        (target_id.is_some() && target_id == id) || is_same_arn
    })?;
    target.get("RoleArn")
}
