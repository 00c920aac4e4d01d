//! `SNS`: a subscription to a topic, with or without a queue between.

use crate::template::{Node, Value};

use crate::sam::build::{list, map};
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::property::{Property, Shape, optional, passed, required};
use crate::sam::resource::Resource;
use crate::sam::value::{is_truthy, text, truthy};
use crate::sam::work::Work;

use super::poll;
use super::{Event, Permission, Target, permission};

pub(super) const PROPERTIES: [Property; 6] = [
    required("Topic", Shape::Text),
    optional("Region", Shape::Text),
    passed("FilterPolicy"),
    passed("FilterPolicyScope"),
    optional("SqsSubscription", Shape::OneOf(&[Shape::Bool, Shape::Map])),
    optional("RedrivePolicy", Shape::Map),
];

pub(super) fn expand(
    work: &Work<'_>,
    event: &Event,
    target: &Target,
    role: &mut Resource,
) -> Result<Vec<Resource>> {
    let Some(subscription) = event.truthy("SqsSubscription") else {
        let source = Permission {
            source_arn: event.get("Topic").cloned(),
            ..Permission::default()
        };
        return Ok(vec![
            permission(event, target, "sns.amazonaws.com", source),
            subscribe(event, target, "lambda", &target.arn),
        ]);
    };
    let span = event.span;
    if matches!(subscription.value, Value::Bool(_)) {
        let mut queue = Resource::new(format!("{}Queue", event.id), "AWS::SQS::Queue", span)
            .with_attributes(target.passed.clone());
        queue.set("FifoQueue", fifo(work, event)?);
        let (arn, url) = (queue.attribute("Arn"), queue.reference());
        let mut made = poll::queue(work, event, target, role, &arn, None)?;
        made.push(queue);
        made.push(policy(event, target, None, &arn, &url));
        made.push(subscribe(event, target, "sqs", &arn));
        return Ok(made);
    }
    event.owner().map(Some(subscription), "SqsSubscription")?;
    let (Some(arn), Some(url)) = (
        truthy(subscription.get("QueueArn")),
        truthy(subscription.get("QueueUrl")),
    ) else {
        return Err(event.fault("No QueueARN or QueueURL provided."));
    };
    let id = truthy(subscription.get("QueuePolicyLogicalId")).map(text);
    let batch_size = truthy(subscription.get("BatchSize"));
    let mut made = poll::queue(work, event, target, role, arn, batch_size)?;
    made.push(policy(event, target, id, arn, url));
    made.push(subscribe(event, target, "sqs", arn));
    Ok(made)
}

/// A queue behind a FIFO topic of the same template is one too.
fn fifo(work: &Work<'_>, event: &Event) -> Result<Option<Node>> {
    let topic = event
        .get("Topic")
        .and_then(intrinsic::logical_id)
        .and_then(|id| work.resource(id))
        .and_then(|entry| entry.node.get("Properties"))
        .and_then(|properties| properties.get("FifoTopic"));
    let resolved = work.parameters.resolve_optional(topic)?;
    Ok(resolved.filter(is_truthy))
}

fn subscribe(event: &Event, target: &Target, protocol: &str, endpoint: &Node) -> Resource {
    let mut subscription = Resource::new(&event.id, "AWS::SNS::Subscription", event.span)
        .with_attributes(target.passed.clone())
        .with("Protocol", protocol)
        .with("Endpoint", endpoint)
        .with("TopicArn", event.get("Topic"));
    for same in [
        "Region",
        "FilterPolicy",
        "FilterPolicyScope",
        "RedrivePolicy",
    ] {
        subscription.set(same, event.get(same));
    }
    subscription
}

/// Lets the topic send to the queue.
fn policy(event: &Event, target: &Target, id: Option<String>, arn: &Node, url: &Node) -> Resource {
    let span = event.span;
    let id = id.unwrap_or_else(|| format!("{}QueuePolicy", event.id));
    let statement = map!(span;
        "Action" => "sqs:SendMessage",
        "Effect" => "Allow",
        "Principal" => "*",
        "Resource" => arn,
        "Condition" => map!(span; "ArnEquals" => map!(span; "aws:SourceArn" => event.get("Topic"))));
    Resource::new(id, "AWS::SQS::QueuePolicy", span)
        .with_attributes(target.passed.clone())
        .with(
            "PolicyDocument",
            map!(span; "Version" => "2012-10-17", "Statement" => list!(span; statement)),
        )
        .with("Queues", list!(span; url))
}
