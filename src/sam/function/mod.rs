//! `AWS::Serverless::Function`: a function with its role, versions, address, destinations and events.
//!
//! Source: the translator's class `SamFunction` in `model/sam_resources.py`.

mod alias;
mod check;
mod destination;
mod event;
mod lambda;
mod role;
mod url;

use crate::template::{Map, Node};

use super::fault::Result;
use super::policy;
use super::property::{Property, Shape, TEXT_OR_MAP, optional, passed};
use super::resource::{Resource, SamResource};
use super::tag;
use super::value::is_truthy;
use super::work::Work;

/// What can be named as `MyFunction.Alias` and so on.
pub(super) const REFERENCES: [(&str, &str); 4] = [
    ("Alias", "AWS::Lambda::Alias"),
    ("Version", "AWS::Lambda::Version"),
    ("DestinationTopic", "AWS::SNS::Topic"),
    ("DestinationQueue", "AWS::SQS::Queue"),
];

const MAPS: Shape = Shape::MapOf(&Shape::Map);

const PROPERTIES: [Property; 49] = [
    optional("FunctionName", TEXT_OR_MAP),
    passed("Handler"),
    passed("Runtime"),
    passed("CodeUri"),
    passed("ImageUri"),
    passed("PackageType"),
    passed("InlineCode"),
    optional("DeadLetterQueue", Shape::Map),
    passed("Description"),
    passed("MemorySize"),
    passed("Timeout"),
    passed("VpcConfig"),
    optional("Role", Shape::Text),
    optional("AssumeRolePolicyDocument", Shape::Map),
    optional(
        "Policies",
        Shape::OneOf(&[Shape::Text, Shape::Map, Shape::ListOf(&TEXT_OR_MAP)]),
    ),
    passed("RolePath"),
    optional("PermissionsBoundary", Shape::Text),
    optional("Environment", MAPS),
    optional("Events", MAPS),
    optional("Tags", Shape::Map),
    optional("PropagateTags", Shape::Bool),
    optional("Tracing", TEXT_OR_MAP),
    passed("KmsKeyArn"),
    optional("DeploymentPreference", Shape::Map),
    passed("ReservedConcurrentExecutions"),
    optional("Layers", Shape::ListOf(&TEXT_OR_MAP)),
    optional("EventInvokeConfig", Shape::Map),
    passed("EphemeralStorage"),
    optional("AutoPublishAlias", Shape::OneOf(&[Shape::Text])),
    optional("AutoPublishCodeSha256", Shape::OneOf(&[Shape::Text])),
    optional("AutoPublishAliasAllProperties", Shape::Bool).literal(),
    passed("VersionDescription"),
    passed("ProvisionedConcurrencyConfig"),
    passed("FileSystemConfigs"),
    passed("ImageConfig"),
    passed("CodeSigningConfigArn"),
    passed("Architectures"),
    optional("SnapStart", Shape::Map),
    optional("FunctionUrlConfig", Shape::Map),
    passed("RuntimeManagementConfig"),
    passed("LoggingConfig"),
    passed("RecursiveLoop"),
    passed("SourceKMSKeyArn"),
    optional("CapacityProviderConfig", Shape::Map),
    optional("FunctionScalingConfig", Shape::Map),
    optional(
        "VersionDeletionPolicy",
        Shape::Choice(&["Delete", "Retain"]),
    ),
    passed("PublishToLatestPublished"),
    passed("TenancyConfig"),
    optional("DurableConfig", Shape::Map),
];

/// Everything a function becomes. The function itself comes first.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    let mut sam = sam.clone();
    policy::expand_templates(&sam.id, &mut sam.properties)?;
    sam.check(&PROPERTIES)?;
    let events = event::link(work, &sam)?;
    check::rules(&sam)?;

    let mut function = lambda::function(work, &sam)?;
    let mut made = Vec::new();
    let published = alias::publish(work, &sam, &mut function)?;
    let (version, mut alias) = match published {
        Some(published) => (Some(published.version), Some(published.alias)),
        None => (None, None),
    };
    made.extend(url::resources(&sam, &function, alias.as_ref())?);
    alias::deploy_gradually(work, &sam, alias.as_mut())?;
    let destinations = destination::resources(work, &sam, alias.as_ref())?;
    made.extend(destinations.resources);

    let mut role = role::execution(work, &sam, destinations.policies)?;
    let needs_role = role::attach(work, &sam, &mut function, &mut role)?;
    let target = event::target(&sam, &function, alias.as_ref());
    made.extend(event::resources(work, &sam, &target, &mut role, events)?);
    made.extend(Some(role).filter(|_| needs_role));

    let mut all = vec![function];
    all.extend(version);
    all.extend(alias);
    all.extend(made);
    let is_propagated = sam.get("PropagateTags").is_some_and(is_truthy);
    tag::propagate(&mut all, tags(&sam), is_propagated);
    Ok(all)
}

/// The property `Tags`.
fn tags(sam: &SamResource) -> Option<&Map> {
    sam.get("Tags").and_then(Node::as_map)
}
