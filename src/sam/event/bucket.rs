//! `S3`: changes in a bucket of the same template, which is changed to send them.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic;
use crate::sam::property::{Property, Shape, optional, passed, required};
use crate::sam::resource::{OWN_ATTRIBUTES, Resource};
use crate::sam::value::{same, text};
use crate::sam::work::Work;

use super::{Event, Permission, Target, permission};

pub(super) const PROPERTIES: [Property; 3] = [
    required("Bucket", Shape::Text),
    required(
        "Events",
        Shape::OneOf(&[Shape::Text, Shape::ListOf(&Shape::Text)]),
    )
    .literal(),
    optional("Filter", Shape::MapOf(&Shape::Text)),
];

/// What a bucket may have. Source: the translator's `model/s3.py`.
const BUCKET: [Property; 20] = [
    passed("AccessControl"),
    passed("AccelerateConfiguration"),
    passed("AnalyticsConfigurations"),
    passed("BucketEncryption"),
    passed("BucketName"),
    passed("CorsConfiguration"),
    passed("IntelligentTieringConfigurations"),
    passed("InventoryConfigurations"),
    passed("LifecycleConfiguration"),
    passed("LoggingConfiguration"),
    passed("MetricsConfigurations"),
    passed("NotificationConfiguration"),
    passed("ObjectLockConfiguration"),
    passed("ObjectLockEnabled"),
    passed("OwnershipControls"),
    passed("PublicAccessBlockConfiguration"),
    passed("ReplicationConfiguration"),
    passed("Tags"),
    passed("VersioningConfiguration"),
    passed("WebsiteConfiguration"),
];

/// The id of the bucket, which must be in the template.
pub(super) fn bucket_id(work: &Work<'_>, event: &Event) -> Result<String> {
    if let Some(reference) = event.get("Bucket").and_then(|bucket| bucket.get("Ref")) {
        let Some(id) = reference.as_str() else {
            return Err(event.fault("'Ref' value in S3 events is not a valid string."));
        };
        if work.resource(id).is_some() {
            return Ok(id.to_owned());
        }
    }
    Err(event.fault("S3 events must reference an S3 bucket in the same template."))
}

pub(super) fn expand(work: &mut Work<'_>, event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let id = bucket_id(work, event)?;
    let account = Permission {
        source_account: Some(intrinsic::reference(event.span, "AWS::AccountId")),
        ..Permission::default()
    };
    let permission = permission(event, target, "s3.amazonaws.com", account);
    let Some(mut bucket) = work
        .resources_mut()
        .get(&id)
        .and_then(Node::as_map)
        .cloned()
    else {
        return Err(event.fault("S3 events must reference an S3 bucket in the same template."));
    };
    match permission.attributes.get("Condition") {
        Some(condition) => depend_by_tag(&mut bucket, &id, &permission, condition)?,
        None => depend(&mut bucket, event, &permission.id)?,
    }
    notify(&mut bucket, &id, event, target)?;
    let made = bucket_resource(work, &id, &bucket)?;
    if let Some(node) = work.resources_mut().get_mut(&id) {
        node.value = Value::Map(bucket);
    }
    Ok(vec![permission, made])
}

/// The bucket waits for the permission, because S3 tries whether it may call the function.
fn depend(bucket: &mut Map, event: &Event, permission: &str) -> Result<()> {
    let span = event.span;
    let mut names: Vec<Node> = match bucket.get("DependsOn") {
        None => Vec::new(),
        Some(node) => match &node.value {
            Value::String(_) => vec![node.clone()],
            Value::List(items) if items.iter().all(|item| item.as_str().is_some()) => items.clone(),
            _ => {
                let message =
                    "Invalid type for field 'DependsOn'. Expected a string or list of strings.";
                return Err(Fault::resource(&event.id, message).at(node.span));
            }
        },
    };
    if !names.iter().any(|name| name.as_str() == Some(permission)) {
        names.push(Node::string(span, permission));
    }
    put(bucket, span, "DependsOn", names);
    Ok(())
}

/// `DependsOn` cannot depend on a condition; a tag that names the permission under the condition does the same.
fn depend_by_tag(
    bucket: &mut Map,
    id: &str,
    permission: &Resource,
    condition: &Node,
) -> Result<()> {
    let span = permission.span;
    let properties = section(bucket, "Properties", span);
    let tags = match properties.as_map_mut() {
        Some(properties) => {
            let tags = section_or(properties, "Tags", list!(span));
            Owner::Resource(id).list(Some(tags), "Tags")?;
            tags.as_list_mut()
        }
        None => None,
    };
    if let Some(tags) = tags {
        let value = intrinsic::if_else(span, condition, permission.reference(), "no dependency");
        tags.push(map!(span;
            "Key" => format!("sam:ConditionalDependsOn:{}", permission.id),
            "Value" => value));
    }
    Ok(())
}

fn notify(bucket: &mut Map, id: &str, event: &Event, target: &Target) -> Result<()> {
    let span = event.span;
    let owner = Owner::Resource(id);
    let properties = section(bucket, "Properties", span);
    owner.map_or(Some(properties), "Properties should be a map.")?;
    let Some(properties) = properties.as_map_mut() else {
        return Ok(());
    };
    let config = section(properties, "NotificationConfiguration", span);
    owner.map(Some(config), "NotificationConfiguration")?;
    let Some(config) = config.as_map_mut() else {
        return Ok(());
    };
    let functions = section_or(config, "LambdaConfigurations", list!(span));
    let Some(functions) = functions.as_list_mut() else {
        let message = "Invalid type for LambdaConfigurations. Must be a list.";
        return Err(Fault::resource(id, message).at(span));
    };
    for name in names(event.get("Events")) {
        let mut one = map!(span;
            "Function" => &target.arn, "Filter" => event.get("Filter"), "Event" => name);
        if let Some(condition) = &target.condition {
            one = intrinsic::if_only(span, condition, one);
        }
        if !functions.iter().any(|known| same(known, &one)) {
            functions.push(one);
        }
    }
    Ok(())
}

/// A text, or the texts of a list.
fn names(node: Option<&Node>) -> Vec<Node> {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items.clone(),
        _ => node.cloned().into_iter().collect(),
    }
}

/// The mapping behind a key, which is made when it is missing or null.
fn section<'m>(map: &'m mut Map, key: &str, span: crate::diag::Span) -> &'m mut Node {
    section_or(map, key, map!(span))
}

fn section_or<'m>(map: &'m mut Map, key: &str, empty: Node) -> &'m mut Node {
    if map.get(key).is_none_or(|node| node.value == Value::Null) {
        let span = empty.span;
        map.insert(key, span, empty);
    }
    match map.get_mut(key) {
        Some(node) => node,
        None => unreachable!("the value was just put in"),
    }
}

/// A resource of the template as it stands in the output: with the attributes that SAM knows.
///
/// # Errors
/// Another type, or properties the type does not have.
pub(super) fn changed(
    work: &Work<'_>,
    id: &str,
    declaration: &Map,
    kind: &str,
    table: &[Property],
) -> Result<Resource> {
    let given = declaration.get("Type").map_or_else(|| "None".into(), text);
    let Some(entry) = work.resource(id) else {
        return Err(Fault::resource(id, "Resource is missing."));
    };
    if declaration.get("Type").is_none() {
        return Err(Fault::resource(id, "Resource dict missing key 'Type'."));
    }
    if given != kind {
        let message = format!("Resource has incorrect Type; expected '{kind}', got '{given}'");
        return Err(Fault::resource(id, message).at(entry.key_span));
    }
    let mut resource = Resource::new(id, kind, entry.key_span);
    match declaration.get("Properties") {
        None => {}
        Some(node) => match node.as_map() {
            Some(properties) => resource.properties = properties.clone(),
            None => {
                let message = "Properties of a resource must be an object.";
                return Err(Fault::resource(id, message).at(node.span));
            }
        },
    }
    crate::sam::property::check(id, kind, &resource.properties, table)?;
    resource.depends_on = declaration.get("DependsOn").cloned();
    for name in OWN_ATTRIBUTES {
        if let Some(entry) = declaration.entry(name) {
            resource
                .attributes
                .insert(name, entry.key_span, entry.node.clone());
        }
    }
    Ok(resource)
}

fn bucket_resource(work: &Work<'_>, id: &str, bucket: &Map) -> Result<Resource> {
    changed(work, id, bucket, "AWS::S3::Bucket", &BUCKET)
}
