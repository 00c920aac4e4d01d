//! `EventInvokeConfig`: what happens with asynchronous invocations, and the queues and topics SAM makes for them.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::role::{allow, allow_objects};
use crate::sam::value::text;
use crate::sam::work::Work;

use super::alias::dependency;

const TYPES: [&str; 5] = ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"];

/// What `EventInvokeConfig` becomes, and what the function's role needs for it.
#[derive(Default)]
pub(super) struct Destinations {
    pub resources: Vec<Resource>,
    pub policies: Vec<Node>,
}

/// A destination: its ARN, and the resource made for it.
struct Destination {
    arn: Option<Node>,
    made: Option<Resource>,
    policy: Option<Node>,
}

pub(super) fn resources(
    work: &mut Work<'_>,
    sam: &SamResource,
    alias: Option<&Resource>,
) -> Result<Destinations> {
    let mut all = Destinations::default();
    let Some(config) = sam.truthy("EventInvokeConfig") else {
        return Ok(all);
    };
    let config = work.parameters.resolve(config)?;
    let id = format!("{}EventInvokeConfig", sam.id);
    let owner = Owner::Resource(&sam.id);
    let mut destinations = Map::new();
    if let Some(given) = crate::sam::value::truthy(config.get("DestinationConfig")) {
        let given = owner.map(Some(given), "EventInvokeConfig.DestinationConfig")?;
        for name in ["OnSuccess", "OnFailure"] {
            let Some(one) = given.get(name).filter(|one| one.value != Value::Null) else {
                continue;
            };
            owner.map(
                Some(one),
                &format!("EventInvokeConfig.DestinationConfig.{name}"),
            )?;
            let destination = destination(work, sam, one, name, &id)?;
            let arn = destination.arn.unwrap_or(Node::new(one.span, Value::Null));
            put(
                &mut destinations,
                one.span,
                name,
                map!(one.span; "Destination" => arn),
            );
            all.resources.extend(destination.made);
            all.policies.extend(destination.policy);
        }
    }
    let qualifier = alias.and_then(|alias| alias.get("Name")).cloned();
    let config = Resource::new(id, "AWS::Lambda::EventInvokeConfig", config.span)
        .with_attributes(sam.own_attributes())
        .depending_on(dependency(alias))
        .with("FunctionName", intrinsic::reference(sam.span, &sam.id))
        .with(
            "Qualifier",
            qualifier.unwrap_or(Node::string(sam.span, "$LATEST")),
        )
        .with("DestinationConfig", destinations)
        .with(
            "MaximumEventAgeInSeconds",
            config.get("MaximumEventAgeInSeconds"),
        )
        .with("MaximumRetryAttempts", config.get("MaximumRetryAttempts"));
    all.resources.push(config);
    Ok(all)
}

fn destination(
    work: &mut Work<'_>,
    sam: &SamResource,
    config: &Node,
    name: &str,
    id: &str,
) -> Result<Destination> {
    let kind = config.get("Type").filter(|kind| kind.value != Value::Null);
    let kind_name = kind.map_or_else(|| "None".into(), text);
    if !TYPES.contains(&kind_name.as_str()) {
        return Err(sam.fault(format!(
            "'Type: {kind_name}' must be one of ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket']"
        )));
    }
    let given = config
        .get("Destination")
        .filter(|one| one.value != Value::Null);
    let (condition, other) = match given {
        Some(given) => when_missing(work, sam, given, id)?,
        None => (None, None),
    };
    let prefix = format!("{id}{name}");
    if given.is_some() && condition.is_none() {
        let policy = given.map(|arn| policy(&kind_name, &prefix, arn.clone()));
        return Ok(Destination {
            arn: given.cloned(),
            made: None,
            policy,
        });
    }
    let (suffix, resource_type, attribute) = match kind_name.as_str() {
        "SQS" => ("Queue", "AWS::SQS::Queue", "Arn"),
        "SNS" => ("Topic", "AWS::SNS::Topic", ""),
        _ => {
            return Err(sam.fault("Destination is required if Type is not ['SQS', 'SNS']"));
        }
    };
    let mut made = Resource::new(format!("{prefix}{suffix}"), resource_type, config.span)
        .with_attributes(sam.passed_attributes());
    let both = both(work, sam, sam.attribute("Condition"), condition.as_ref());
    made.set_attribute("Condition", both);
    let made_arn = match attribute {
        "" => made.reference(),
        attribute => made.attribute(attribute),
    };
    let arn = match (&condition, other) {
        (Some(condition), Some(other)) => {
            intrinsic::if_else(config.span, condition, made_arn, other)
        }
        _ => made_arn,
    };
    let policy = policy(&kind_name, &prefix, arn.clone());
    Ok(Destination {
        arn: Some(arn),
        made: Some(made),
        policy: Some(policy),
    })
}

/// For `!If [Condition, NoValue, arn]` and its mirror image: the condition under which there is no destination, and
/// the ARN otherwise.
fn when_missing(
    work: &mut Work<'_>,
    sam: &SamResource,
    destination: &Node,
    id: &str,
) -> Result<(Option<Node>, Option<Node>)> {
    let Some(argument) = intrinsic::if_argument(destination) else {
        return Ok((None, None));
    };
    let [condition, then, otherwise] = intrinsic::if_parts(argument).map_err(|what| {
        crate::sam::fault::Fault::resource(id, format!("Malformed 'Destination' property: {what}."))
            .at(destination.span)
    })?;
    let missing = (
        intrinsic::is_no_value(then),
        intrinsic::is_no_value(otherwise),
    );
    match missing {
        (true, false) => Ok((Some(condition.clone()), Some(otherwise.clone()))),
        (false, true) => {
            let name = format!("NOT{}{}", text(condition), logical_id::hash_text(id));
            let span = sam.span;
            let not = map!(span; "Fn::Not" => list!(span; map!(span; "Condition" => condition)));
            work.add_condition(&name, not);
            Ok((Some(Node::string(span, name)), Some(then.clone())))
        }
        _ => Ok((None, None)),
    }
}

/// The condition under which both hold.
fn both(
    work: &mut Work<'_>,
    sam: &SamResource,
    resource: Option<&Node>,
    property: Option<&Node>,
) -> Option<Node> {
    let (resource, property) = match (resource, property) {
        (Some(resource), Some(property)) => (resource, property),
        (one, other) => return one.or(other).cloned(),
    };
    let name = format!(
        "{}AND{}{}",
        text(resource),
        text(property),
        logical_id::hash_text(&sam.id)
    );
    let span = sam.span;
    let nested = |one: &Node| map!(span; "Condition" => map!(span; "Condition" => one));
    let and = map!(span; "Fn::And" => list!(span; nested(resource), nested(property)));
    work.add_condition(&name, and);
    Some(Node::string(span, name))
}

/// What the function may do with its destination.
fn policy(kind: &str, prefix: &str, arn: Node) -> Node {
    let span = arn.span;
    let (suffix, action) = match kind {
        "SQS" => ("SQSPolicy", "sqs:SendMessage"),
        "SNS" => ("SNSPolicy", "sns:publish"),
        "EventBridge" => ("EventBridgePolicy", "events:PutEvents"),
        "Lambda" => ("LambdaPolicy", "lambda:InvokeFunction"),
        _ => return allow_objects(span, prefix, arn),
    };
    allow(span, &format!("{prefix}{suffix}"), action, arn)
}
