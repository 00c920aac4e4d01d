//! `AWS::Serverless::CapacityProvider`: instances of one's own that functions run on.

use crate::template::{Map, Node, Value};

use super::build::{list, map, put};
use super::fault::Result;
use super::intrinsic;
use super::property::{Property, Shape, TEXT_OR_MAP, optional};
use super::resource::{Resource, SamResource};
use super::role::{Role, aws_policy_arn, trust};
use super::tag;
use super::value::is_truthy;
use super::work::Work;

const PROPERTIES: [Property; 10] = [
    optional("CapacityProviderName", TEXT_OR_MAP).literal(),
    optional("VpcConfig", Shape::Map).literal().needed(),
    optional("OperatorRole", TEXT_OR_MAP).literal(),
    optional("Tags", Shape::Map).literal(),
    optional("PropagateTags", Shape::Bool).literal(),
    optional("InstanceRequirements", Shape::Map).literal(),
    optional("ScalingConfig", Shape::Map).literal(),
    optional("KmsKeyArn", TEXT_OR_MAP).literal(),
    optional("LoggingConfig", Shape::Map).literal(),
    optional("ManagedResourceTags", Shape::Map).literal(),
];

/// What the mappings among the properties hold: property, name, what its value is, whether it must be there.
const NESTED: [(&str, &str, &str, bool); 8] = [
    ("VpcConfig", "SecurityGroupIds", "list", false),
    ("VpcConfig", "SubnetIds", "list", true),
    ("InstanceRequirements", "Architectures", "list", false),
    ("InstanceRequirements", "AllowedTypes", "list", false),
    ("InstanceRequirements", "ExcludedTypes", "list", false),
    ("ScalingConfig", "MaxVCpuCount", "integer", false),
    ("ScalingConfig", "AverageCPUUtilization", "number", false),
    ("ManagedResourceTags", "Tags", "dictionary", false),
];

pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    sam.check(&PROPERTIES)?;
    check_nested(sam)?;
    let partition = crate::eval::partition(work.context.region);
    let mut made = Vec::new();
    let operator = match sam.truthy("OperatorRole") {
        Some(role) => role.clone(),
        None => {
            let role = operator_role(sam, partition)?;
            let arn = role.attribute("Arn");
            made.push(role);
            arn
        }
    };
    made.push(provider(sam, operator));
    let tags = sam.get("Tags").and_then(Node::as_map);
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    tag::propagate_beside(&mut made, tags, is_propagated);
    Ok(made)
}

fn provider(sam: &SamResource, operator: Node) -> Resource {
    let span = sam.span;
    let logging = sam
        .truthy("LoggingConfig")
        .map(|config| map!(config.span; "LoggingConfig" => config));
    let managed_tags = sam.truthy("ManagedResourceTags").map(|tags| {
        let explicit = tags.get("Tags").and_then(Node::as_map).map(tag::list);
        match explicit {
            Some(list) => map!(tags.span; "Mode" => "Explicit", "ExplicitTags" => list),
            None => map!(tags.span),
        }
    });
    Resource::from_sam(sam, "AWS::Lambda::CapacityProvider")
        .with("CapacityProviderName", sam.truthy("CapacityProviderName"))
        .with("VpcConfig", sam.truthy("VpcConfig").map(without_nulls))
        .with(
            "PermissionsConfig",
            map!(span; "CapacityProviderOperatorRoleArn" => operator),
        )
        .with(
            "Tags",
            sam_tags(sam, sam.get("Tags").and_then(Node::as_map)),
        )
        .with(
            "InstanceRequirements",
            sam.truthy("InstanceRequirements").map(instances),
        )
        .with(
            "CapacityProviderScalingConfig",
            sam.truthy("ScalingConfig").map(scaling),
        )
        .with("KmsKeyArn", sam.truthy("KmsKeyArn"))
        .with("TelemetryConfig", logging)
        .with("PropagateTags", managed_tags)
}

fn without_nulls(node: &Node) -> Node {
    let mut kept = Map::new();
    for (name, entry) in node.as_map().into_iter().flat_map(Map::entries) {
        if entry.node.value != Value::Null {
            kept.insert(name, entry.key_span, entry.node.clone());
        }
    }
    Node::new(node.span, Value::Map(kept))
}

fn instances(node: &Node) -> Node {
    let there = |name: &str| node.get(name).filter(|node| node.value != Value::Null);
    map!(node.span;
        "Architectures" => there("Architectures"),
        "AllowedInstanceTypes" => there("AllowedTypes"),
        "ExcludedInstanceTypes" => there("ExcludedTypes"))
}

fn scaling(node: &Node) -> Node {
    let span = node.span;
    let there = |name: &str| node.get(name).filter(|node| node.value != Value::Null);
    let policies = there("AverageCPUUtilization").map(|target| {
        list!(span; map!(span;
            "PredefinedMetricType" => "LambdaCapacityProviderAverageCPUUtilization",
            "TargetValue" => target))
    });
    let mode = if policies.is_some() { "Manual" } else { "Auto" };
    map!(span;
        "MaxVCpuCount" => there("MaxVCpuCount"),
        "ScalingMode" => mode,
        "ScalingPolicies" => policies)
}

fn sam_tags(sam: &SamResource, tags: Option<&Map>) -> Vec<Node> {
    let mut tags = tags.cloned().unwrap_or_default();
    put(&mut tags, sam.span, "lambda:createdBy", "SAM");
    tag::list(&tags)
}

fn operator_role(sam: &SamResource, partition: &str) -> Result<Resource> {
    let span = sam.span;
    let policy = aws_policy_arn("AWSLambdaManagedEC2ResourceOperator", partition);
    let mut role = Role {
        owner: &sam.id,
        span,
        attributes: sam.passed_attributes(),
        trust: trust(span, "lambda.amazonaws.com"),
        managed: vec![Node::string(span, policy)],
        documents: Vec::new(),
        policies: Vec::new(),
        path: None,
        boundary: None,
        tags: Some(sam_tags(sam, None)),
        partition,
    }
    .build()?;
    role.id = format!("{}OperatorRole", sam.id);
    Ok(role)
}

/// Checks the mappings among the properties; all their faults are said together.
fn check_nested(sam: &SamResource) -> Result<()> {
    let mut wrong = Vec::new();
    for property in [
        "VpcConfig",
        "InstanceRequirements",
        "ScalingConfig",
        "ManagedResourceTags",
    ] {
        let Some(given) = sam.get(property).and_then(Node::as_map) else {
            continue;
        };
        for (_, name, kind, required) in NESTED.iter().filter(|(owner, ..)| *owner == property) {
            match given.get(name).filter(|node| node.value != Value::Null) {
                None if *required => {
                    wrong.push(format!("Property '{property}.{name}' is required."));
                }
                None => {}
                Some(node) if is_kind(node, kind) => {}
                Some(_) if *kind == "dictionary" => {
                    wrong.push(format!(
                        "Property '{property}.{name}' value is not a valid dict."
                    ));
                }
                Some(_) => wrong.push(format!(
                    "Property '{property}.{name}' value must be dictionary or {kind}."
                )),
            }
        }
        for name in given.keys() {
            if !NESTED
                .iter()
                .any(|(owner, known, ..)| *owner == property && *known == name)
            {
                wrong.push(format!(
                    "Property '{property}.{name}' is an invalid property."
                ));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(sam.fault(wrong.join(" ")));
    }
    let types = sam.get("InstanceRequirements");
    let there = |name: &str| {
        types
            .and_then(|types| types.get(name))
            .is_some_and(|node| node.value != Value::Null)
    };
    if there("AllowedTypes") && there("ExcludedTypes") {
        return Err(sam.fault(
            "Cannot specify 'InstanceRequirements.AllowedTypes' and 'InstanceRequirements.ExcludedTypes' together.",
        ));
    }
    Ok(())
}

fn is_kind(node: &Node, kind: &str) -> bool {
    match (&node.value, kind) {
        (Value::Map(_), _) => true,
        (Value::List(_), "list") => true,
        (Value::Number(_), "integer" | "number") => true,
        (Value::String(text), "integer" | "number") => text.parse::<f64>().is_ok(),
        _ => intrinsic::is_intrinsic(node),
    }
}
