//! Events that Lambda polls for: queues, streams, brokers and clusters become event source mappings, and the
//! function's role is allowed to read them.

use crate::template::{Map, Node};

use crate::sam::build::{list, map, put};
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::property::{Property, Shape, optional, passed};
use crate::sam::resource::Resource;
use crate::sam::role::{allow, aws_policy_arn};
use crate::sam::value::{same, truthy};
use crate::sam::work::Work;

use super::{Event, Target};
use super::{registry, secret};

/// The properties that every polled source may have.
const COMMON: [Property; 25] = [
    optional("BatchSize", Shape::Integer),
    passed("StartingPosition"),
    passed("StartingPositionTimestamp"),
    optional("Enabled", Shape::Bool),
    optional("MaximumBatchingWindowInSeconds", Shape::Integer),
    optional("MaximumRetryAttempts", Shape::Integer),
    optional("BisectBatchOnFunctionError", Shape::Bool),
    optional("MaximumRecordAgeInSeconds", Shape::Integer),
    optional("DestinationConfig", Shape::Map),
    optional("ParallelizationFactor", Shape::Integer),
    optional("Topics", Shape::List),
    optional("Queues", Shape::List),
    optional("SourceAccessConfigurations", Shape::List),
    optional("SecretsManagerKmsKeyId", Shape::Text),
    optional("TumblingWindowInSeconds", Shape::Integer),
    optional("FunctionResponseTypes", Shape::List),
    optional("KafkaBootstrapServers", Shape::List),
    optional("FilterCriteria", Shape::Map),
    passed("KmsKeyArn"),
    optional("ConsumerGroupId", Shape::Text),
    optional("ScalingConfig", Shape::Map),
    optional("ProvisionedPollerConfig", Shape::Map),
    optional("SchemaRegistryConfig", Shape::Map),
    optional("MetricsConfig", Shape::Map),
    optional("LoggingConfig", Shape::Map),
];

/// Properties that go to the event source mapping as they are.
const SAME: [&str; 21] = [
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
    "LoggingConfig",
    "DestinationConfig",
];

/// The properties of one kind of polled source. None when there is no such kind.
pub(super) fn properties(kind: &str) -> Option<Vec<Property>> {
    let start = passed("StartingPosition").needed();
    let own: Vec<Property> = match kind {
        "Kinesis" | "DynamoDB" | "MSK" => vec![passed("Stream").needed(), start],
        "SQS" => vec![passed("Queue").needed()],
        "MQ" => vec![
            passed("Broker").needed(),
            optional("DynamicPolicyName", Shape::Bool).literal(),
        ],
        "SelfManagedKafka" => Vec::new(),
        "DocumentDB" => vec![
            passed("Cluster").needed(),
            passed("DatabaseName").needed(),
            passed("CollectionName"),
            passed("FullDocument"),
        ],
        _ => return None,
    };
    let is_own = |common: &Property| own.iter().any(|one| one.name == common.name);
    let mut all: Vec<Property> = COMMON
        .iter()
        .map(|common| match is_own(common) {
            true => start,
            false => *common,
        })
        .collect();
    all.extend(own.iter().filter(|one| one.name != start.name));
    Some(all)
}

pub(super) fn expand(
    work: &Work<'_>,
    event: &Event,
    target: &Target,
    role: &mut Resource,
) -> Result<Vec<Resource>> {
    let source = match event.kind.as_str() {
        "SQS" => "Queue",
        "MQ" => "Broker",
        "DocumentDB" => "Cluster",
        _ => "Stream",
    };
    let mut mapping = Resource::new(&event.id, "AWS::Lambda::EventSourceMapping", event.span)
        .with_attributes(target.passed.clone())
        .with("FunctionName", &target.name)
        .with("EventSourceArn", event.get(source));
    for same in SAME {
        mapping.set(same, event.get(same));
    }
    check_filter(event)?;
    kafka(work, event, &mut mapping)?;
    let destination = failure_destination(event, &mut mapping)?;
    if event.kind == "DocumentDB" {
        mapping.set(
            "DocumentDBEventSourceConfig",
            map!(event.span;
                "DatabaseName" => event.get("DatabaseName"),
                "CollectionName" => event.truthy("CollectionName"),
                "FullDocument" => event.truthy("FullDocument")),
        );
    }
    let policies = secret::policies(work, event)?;
    permit(work, event, role, policies, destination);
    Ok(vec![mapping])
}

/// The event source mapping of a queue that SAM put behind a topic.
pub(super) fn queue(
    work: &Work<'_>,
    event: &Event,
    target: &Target,
    role: &mut Resource,
    arn: &Node,
    batch_size: Option<&Node>,
) -> Result<Vec<Resource>> {
    let span = event.span;
    let mut properties = Map::new();
    put(&mut properties, span, "Queue", arn);
    match batch_size {
        Some(size) => put(&mut properties, span, "BatchSize", size),
        None => put(&mut properties, span, "BatchSize", 10),
    }
    put(&mut properties, span, "Enabled", true);
    let polled = Event {
        name: event.name.clone(),
        id: format!("{}EventSourceMapping", event.id),
        kind: "SQS".into(),
        span,
        properties,
    };
    expand(work, &polled, target, role)
}

fn check_filter(event: &Event) -> Result<()> {
    let Some(criteria) = event
        .truthy("FilterCriteria")
        .filter(|node| !is_intrinsic(node))
    else {
        return Ok(());
    };
    let keys: Vec<&str> = criteria.as_map().into_iter().flat_map(Map::keys).collect();
    match keys.as_slice() {
        [] | ["Filters"] => Ok(()),
        _ => Err(event
            .fault("FilterCriteria field has a wrong format")
            .at(criteria.span)),
    }
}

/// The parts that only Kafka clusters have.
fn kafka(work: &Work<'_>, event: &Event, mapping: &mut Resource) -> Result<()> {
    let span = event.span;
    if let Some(servers) = event.truthy("KafkaBootstrapServers") {
        let endpoints = map!(span; "KafkaBootstrapServers" => servers);
        mapping.set(
            "SelfManagedEventSource",
            map!(span; "Endpoints" => endpoints),
        );
    }
    let property = match event.kind.as_str() {
        "MSK" => "AmazonManagedKafkaEventSourceConfig",
        "SelfManagedKafka" => "SelfManagedKafkaEventSourceConfig",
        _ if event.truthy("ConsumerGroupId").is_some() => {
            let message = format!(
                "Property ConsumerGroupId not defined for resource of type {}.",
                event.kind
            );
            return Err(Fault::event(&event.id, message).at(span));
        }
        _ => return Ok(()),
    };
    let mut registry = event.truthy("SchemaRegistryConfig").cloned();
    if let Some(config) = registry.as_mut().and_then(Node::as_map_mut) {
        let uri = registry::address(work, config)?;
        put(config, span, "SchemaRegistryURI", uri);
    }
    let config = map!(span;
        "ConsumerGroupId" => event.truthy("ConsumerGroupId"),
        "SchemaRegistryConfig" => registry);
    if config.as_map().is_some_and(|config| !config.is_empty()) {
        mapping.set(property, config);
    }
    Ok(())
}

/// `DestinationConfig`: its `Type` says only which policy the role needs, so it is taken out.
fn failure_destination(event: &Event, mapping: &mut Resource) -> Result<Option<Node>> {
    let Some(config) = event.truthy("DestinationConfig") else {
        mapping.properties.remove("DestinationConfig");
        return Ok(None);
    };
    let owner = crate::sam::expect::Owner::Event(&event.id);
    let failure = owner.map(config.get("OnFailure"), "DestinationConfig.OnFailure")?;
    let Some(kind) = truthy(failure.get("Type")) else {
        return Ok(None);
    };
    let mut without = failure.clone();
    without.remove("Type");
    let mut changed = config.as_map().cloned().unwrap_or_default();
    put(&mut changed, config.span, "OnFailure", without);
    mapping.set("DestinationConfig", changed);
    let span = config.span;
    let null = || Node::new(span, crate::template::Value::Null);
    let arn = failure.get("Destination").cloned().unwrap_or_else(null);
    let id = &event.id;
    match kind.as_str() {
        Some("SQS") => Ok(Some(allow(
            span,
            &format!("{id}SQSPolicy"),
            "sqs:SendMessage",
            arn,
        ))),
        Some("SNS") => Ok(Some(allow(
            span,
            &format!("{id}SNSPolicy"),
            "sns:publish",
            arn,
        ))),
        Some("S3") => Ok(Some(crate::sam::role::allow_objects(span, id, arn))),
        Some("Kafka") => Ok(None),
        _ => {
            let message = "The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'";
            Err(Fault::event(id, message).at(kind.span))
        }
    }
}

/// Lets the function's role read the source.
fn permit(
    work: &Work<'_>,
    event: &Event,
    role: &mut Resource,
    policies: Vec<Node>,
    destination: Option<Node>,
) {
    let managed = match event.kind.as_str() {
        "Kinesis" => Some("service-role/AWSLambdaKinesisExecutionRole"),
        "DynamoDB" => Some("service-role/AWSLambdaDynamoDBExecutionRole"),
        "SQS" => Some("service-role/AWSLambdaSQSQueueExecutionRole"),
        "MSK" => Some("service-role/AWSLambdaMSKExecutionRole"),
        _ => None,
    };
    let partition = crate::eval::partition(work.context.region);
    if let Some(name) = managed {
        let arn = Node::string(event.span, aws_policy_arn(name, partition));
        add_once(role, "ManagedPolicyArns", arn, |known, arn| {
            same(known, arn)
        });
    }
    for policy in policies.into_iter().chain(destination) {
        add_once(role, "Policies", policy, |known, policy| {
            match (known.get("PolicyDocument"), policy.get("PolicyDocument")) {
                (Some(known), Some(policy)) => same(known, policy),
                _ => false,
            }
        });
    }
}

fn add_once(
    role: &mut Resource,
    property: &str,
    node: Node,
    is_same: impl Fn(&Node, &Node) -> bool,
) {
    match role
        .properties
        .get_mut(property)
        .and_then(Node::as_list_mut)
    {
        Some(known) => {
            if !known.iter().any(|known| is_same(known, &node)) {
                known.push(node);
            }
        }
        None => role.set(property, list!(node.span; node)),
    }
}
