//! `AWS::Serverless::Connector`: what one resource needs to use another.
//!
//! Connectors look at the CloudFormation resources that everything else became, so they come last.
//! Source: the translator's class `SamConnector` and its `model/connector/`.

mod dependency;
mod embedded;
mod profile;
mod reference;

use crate::template::{Map, Node, Value};

use super::build::{list, map, put};
use super::fault::Result;
use super::property::{Property, Shape, check, required};
use super::resource::{Resource, SamResource};
use super::value::truthy;
use super::work::Work;

pub(super) use embedded::embedded;
use profile::Profile;
pub(crate) use reference::Reference;

const ANY: Shape = Shape::MapOf(&Shape::Any);

const PROPERTIES: [Property; 3] = [
    required("Source", ANY),
    required("Destination", Shape::OneOf(&[ANY, Shape::ListOf(&ANY)])),
    required("Permissions", Shape::ListOf(&Shape::Text)),
];

/// Checks the properties of a connector.
fn check_properties(sam: &SamResource) -> Result<()> {
    check(&sam.id, &sam.kind, &sam.properties, &PROPERTIES)
}

/// Everything a connector becomes: policies or permissions for each of its destinations.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    check_properties(sam)?;
    let empty = Map::new();
    let source_given = sam.get("Source").and_then(Node::as_map).unwrap_or(&empty);
    let (destinations, is_list): (Vec<&Map>, bool) =
        match sam.get("Destination").map(|node| &node.value) {
            Some(Value::List(items)) => (items.iter().filter_map(Node::as_map).collect(), true),
            Some(Value::Map(map)) => (vec![map], false),
            _ => (Vec::new(), false),
        };
    let mut made = Vec::new();
    for (at, given) in destinations.into_iter().enumerate() {
        let wrong = |what: String| sam.fault(what);
        let destination = Reference::read(work, given, source_given).map_err(wrong)?;
        let source = Reference::read(work, source_given, given).map_err(wrong)?;
        let suffix = if is_list {
            format!("Destination{at}")
        } else {
            String::new()
        };
        let mut connected = connect(work, sam, &source, &destination, &suffix)?;
        let metadata = metadata(work, sam, &source, &destination);
        for resource in &mut connected {
            let mut merged = resource
                .attributes
                .get("Metadata")
                .and_then(Node::as_map)
                .cloned()
                .unwrap_or_default();
            put(&mut merged, sam.span, "aws:sam:connectors", &metadata);
            resource.set_attribute("Metadata", merged);
        }
        made.extend(connected);
    }
    let ids: Vec<String> = made.iter().map(|one| one.id.clone()).collect();
    dependency::replace(work, &sam.id, &ids);
    match made.is_empty() {
        true => Err(sam.fault("'Destination' is an empty list")),
        false => Ok(made),
    }
}

/// What connects two resources. `suffix` ends the logical ids.
///
/// # Errors
/// Resources that cannot be connected, or not with these permissions.
pub(crate) fn connect(
    work: &mut Work<'_>,
    sam: &SamResource,
    source: &Reference,
    destination: &Reference,
    suffix: &str,
) -> Result<Vec<Resource>> {
    let (from, to) = (&source.resource_type, &destination.resource_type);
    let Some(profile) = Profile::find(from, to) else {
        return Err(sam.fault(format!(
            "Unable to create connector from {from} to {to}; it's not supported or the template is invalid."
        )));
    };
    let permissions = permissions(sam, &profile, source, destination)?;
    let access = profile
        .access(sam.span, source, destination)
        .map_err(|what| sam.fault(what))?;
    let access: Vec<(&str, &Node)> = access
        .iter()
        .filter(|(name, _)| permissions.contains(name))
        .collect();
    let owner = if profile.is_for_source {
        source
    } else {
        destination
    };
    let owner_name = if profile.is_for_source {
        "Source"
    } else {
        "Destination"
    };
    let unable = |what: &str| {
        sam.fault(format!(
            "Unable to get {what} from '{owner_name}' resource."
        ))
    };
    let new = |id: String, kind: &str| {
        Resource::new(id, kind, sam.span)
            .with_attributes(sam.own_attributes())
            .depending_on(sam.attribute("DependsOn").cloned())
    };
    match profile.made {
        "role" => {
            let Some(role) = truthy(owner.role_name.as_ref()) else {
                return Err(unable("IAM role name"));
            };
            let policy = new(
                format!("{}Policy{suffix}", sam.id),
                "AWS::IAM::ManagedPolicy",
            )
            .with("PolicyDocument", document(sam, &access))
            .with("Roles", list!(sam.span; role));
            dependency::depend(work, &profile, source, destination, &policy.id);
            Ok(vec![policy])
        }
        "queue" => {
            let Some(url) = truthy(owner.queue_url.as_ref()) else {
                return Err(unable("SQS queue URL"));
            };
            Ok(vec![
                new(
                    format!("{}QueuePolicy{suffix}", sam.id),
                    "AWS::SQS::QueuePolicy",
                )
                .with("PolicyDocument", document(sam, &access))
                .with("Queues", list!(sam.span; url)),
            ])
        }
        "topic" => {
            let Some(arn) = truthy(owner.arn.as_ref()) else {
                return Err(unable("SNS topic ARN"));
            };
            Ok(vec![
                new(
                    format!("{}TopicPolicy{suffix}", sam.id),
                    "AWS::SNS::TopicPolicy",
                )
                .with("PolicyDocument", document(sam, &access))
                .with("Topics", list!(sam.span; arn)),
            ])
        }
        _ => {
            let Some(arn) = truthy(owner.arn.as_ref()) else {
                return Err(unable("Lambda function ARN"));
            };
            let permission = |(name, given): (&str, &Node)| {
                new(
                    format!("{}{name}LambdaPermission{suffix}", sam.id),
                    "AWS::Lambda::Permission",
                )
                .with("Action", given.get("Action"))
                .with("FunctionName", arn)
                .with("Principal", given.get("Principal"))
                .with("SourceArn", given.get("SourceArn"))
                .with("SourceAccount", given.get("SourceAccount"))
            };
            Ok(access.into_iter().map(permission).collect())
        }
    }
}

/// The kinds of access that are asked for.
fn permissions<'s>(
    sam: &'s SamResource,
    profile: &Profile,
    source: &Reference,
    destination: &Reference,
) -> Result<Vec<&'s str>> {
    let mut permissions: Vec<&str> = match sam.get("Permissions").map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(Node::as_str).collect(),
        // A function, whose name is no permission.
        Some(Value::Map(map)) => map.keys().collect(),
        _ => Vec::new(),
    };
    permissions.sort_unstable();
    permissions.dedup();
    let possible = profile.kinds();
    if permissions.is_empty() {
        return Err(sam.fault(format!(
            "'Permissions' cannot be empty; valid values are: {}.",
            possible.join(", ")
        )));
    }
    let unsupported = format!(
        "Unsupported 'Permissions' provided for connector from {} to {}",
        source.resource_type, destination.resource_type
    );
    if permissions.iter().any(|one| !possible.contains(one)) {
        return Err(sam.fault(format!(
            "{unsupported}; valid values are: {}.",
            possible.join(", ")
        )));
    }
    let combination = permissions.join("+");
    if !profile.combinations.is_empty() && !profile.combinations.contains(&combination.as_str()) {
        let all: Vec<String> = profile
            .combinations
            .iter()
            .map(|one| one.replace('+', " + "))
            .collect();
        return Err(sam.fault(format!(
            "{unsupported}; valid combinations are: {}.",
            all.join(", ")
        )));
    }
    Ok(permissions)
}

fn document(sam: &SamResource, access: &[(&str, &Node)]) -> Node {
    let statements: Vec<Node> = access
        .iter()
        .filter_map(|(_, given)| given.get("Statement")?.as_list())
        .flatten()
        .cloned()
        .collect();
    map!(sam.span; "Version" => "2012-10-17", "Statement" => statements)
}

/// Says on the made resources which types they connect: those of SAM where there are any.
fn metadata(
    work: &Work<'_>,
    sam: &SamResource,
    source: &Reference,
    destination: &Reference,
) -> Node {
    let span = sam.span;
    let kind = |one: &Reference| {
        let original = one
            .logical_id
            .as_ref()
            .and_then(|id| work.resource(id))
            .and_then(|entry| entry.node.get("Type"))
            .cloned();
        let kind = original.unwrap_or_else(|| Node::string(span, &one.resource_type));
        map!(span; "Type" => kind)
    };
    map!(span; &sam.id => map!(span;
        "Source" => kind(source),
        "Destination" => kind(destination)))
}
