//! `AWS::Serverless::StateMachine`: a state machine with its role, version, alias and events.
//!
//! Source: the translator's `model/stepfunctions/`.

mod definition;
pub(crate) mod event;

use crate::template::{Map, Node};

use super::build::{map, put};
use super::fault::Result;
use super::policy;
use super::property::{Property, Shape, TEXT_OR_MAP, optional, passed};
use super::resource::{Resource, SamResource};
use super::role::{Role, trust};
use super::tag;
use super::value::{is_true, is_truthy, text};
use super::work::Work;

const PROPERTIES: [Property; 17] = [
    optional("Definition", Shape::Map),
    optional("DefinitionUri", TEXT_OR_MAP),
    optional("Logging", Shape::Map),
    optional("Role", Shape::Text),
    passed("RolePath"),
    optional("DefinitionSubstitutions", Shape::Map),
    optional("Events", Shape::MapOf(&Shape::Map)),
    optional("Name", Shape::Text),
    optional("Type", Shape::Text),
    optional("Tags", Shape::Map),
    optional("PropagateTags", Shape::Bool),
    optional(
        "Policies",
        Shape::OneOf(&[Shape::Text, Shape::ListOf(&TEXT_OR_MAP)]),
    ),
    optional("Tracing", Shape::Map),
    optional("PermissionsBoundary", Shape::Text),
    passed("AutoPublishAlias"),
    passed("DeploymentPreference"),
    optional("UseAliasAsEventTarget", Shape::Bool).literal(),
];

/// Everything a state machine becomes. The state machine itself comes first.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    let mut sam = sam.clone();
    policy::expand_templates(&sam.id, &mut sam.properties)?;
    sam.check(&PROPERTIES)?;
    let events = event::link(work, &sam)?;

    let mut machine = Resource::from_sam(&sam, "AWS::StepFunctions::StateMachine");
    definition::set(work, &sam, &mut machine)?;
    let role = role(work, &sam)?;
    match &role {
        Some(role) => machine.set("RoleArn", role.attribute("Arn")),
        None => machine.set("RoleArn", sam.get("Role")),
    }
    for (property, name) in [
        ("StateMachineName", "Name"),
        ("StateMachineType", "Type"),
        ("LoggingConfiguration", "Logging"),
        ("TracingConfiguration", "Tracing"),
    ] {
        machine.set(property, sam.get(name));
    }
    machine.set("Tags", tags(&sam));
    let published = publish(&sam, &machine)?;
    let target = match published.as_slice() {
        [_, alias] if sam.truthy("UseAliasAsEventTarget").is_some() => alias,
        _ => &machine,
    };
    let started = event::Started {
        arn: target.reference(),
        made_id: target.id.clone(),
        passed: sam.passed_attributes(),
        boundary: sam.truthy("PermissionsBoundary").cloned(),
    };
    let made = event::resources(work, &started, events)?;

    let mut all = vec![machine];
    all.extend(role);
    all.extend(published);
    all.extend(made);
    let tags = sam.get("Tags").and_then(Node::as_map);
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    tag::propagate(&mut all, tags, is_propagated);
    Ok(all)
}

/// SAM's tag for state machines, then the user's.
fn tags(sam: &SamResource) -> Vec<Node> {
    let mut tags = vec![map!(sam.span; "Key" => "stateMachine:createdBy", "Value" => "SAM")];
    tags.extend(
        sam.get("Tags")
            .and_then(Node::as_map)
            .map(tag::list)
            .unwrap_or_default(),
    );
    tags
}

/// The role that SAM makes for a state machine without `Role`.
fn role(work: &Work<'_>, sam: &SamResource) -> Result<Option<Resource>> {
    let span = sam.span;
    if sam.truthy("Role").is_some() {
        if sam.truthy("Policies").is_some() {
            return Err(sam.fault(
                "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them",
            ));
        }
        return Ok(None);
    }
    let partition = crate::eval::partition(work.context.region);
    let mut policies = policy::entries(sam.get("Policies"));
    if is_true(
        sam.get("Tracing")
            .and_then(|tracing| tracing.get("Enabled")),
    ) {
        policies.push(Node::string(span, super::role::tracing_policy(partition)));
    }
    Role {
        owner: &sam.id,
        span,
        attributes: sam.passed_attributes(),
        trust: trust(span, "states.amazonaws.com"),
        managed: Vec::new(),
        documents: Vec::new(),
        policies,
        path: sam.get("RolePath").cloned(),
        boundary: sam.get("PermissionsBoundary").cloned(),
        tags: Some(tags(sam)),
        partition,
    }
    .build()
    .map(Some)
}

/// `AutoPublishAlias`: a version and an alias that moves to it, at once or as `DeploymentPreference` says.
fn publish(sam: &SamResource, machine: &Resource) -> Result<Vec<Resource>> {
    let preference = sam.truthy("DeploymentPreference");
    let Some(alias) = sam.truthy("AutoPublishAlias") else {
        for (property, is_there) in [
            (
                "UseAliasAsEventTarget",
                sam.truthy("UseAliasAsEventTarget").is_some(),
            ),
            ("DeploymentPreference", preference.is_some()),
        ] {
            if is_there {
                return Err(sam.fault(format!(
                    "'{property}' requires 'AutoPublishAlias' property to be specified."
                )));
            }
        }
        return Ok(Vec::new());
    };
    let span = sam.span;
    let mut attributes = sam.passed_attributes();
    // A gradual deployment needs the version before, so it must not be deleted with its replacement.
    for name in ["DeletionPolicy", "UpdateReplacePolicy"] {
        if !attributes.contains_key(name) {
            put(&mut attributes, span, name, "Retain");
        }
    }
    let version = Resource::new(
        format!("{}Version", sam.id),
        "AWS::StepFunctions::StateMachineVersion",
        span,
    )
    .with_attributes(attributes)
    .with("StateMachineArn", machine.reference())
    .with(
        "StateMachineRevisionId",
        machine.attribute("StateMachineRevisionId"),
    );
    let mut deployment: Map = preference
        .and_then(Node::as_map)
        .cloned()
        .unwrap_or_default();
    if deployment.is_empty() {
        put(&mut deployment, span, "Type", "ALL_AT_ONCE");
    }
    put(
        &mut deployment,
        span,
        "StateMachineVersionArn",
        version.reference(),
    );
    let alias = Resource::new(
        format!("{}Alias{}", sam.id, text(alias)),
        "AWS::StepFunctions::StateMachineAlias",
        span,
    )
    .with_attributes(sam.passed_attributes())
    .with("Name", alias)
    .with("DeploymentPreference", deployment);
    Ok(vec![version, alias])
}
