//! Queues.

use crate::diag::Diagnostic;

use super::fields::{Fields, Spot};
use super::setting::{Link, Setting};
use crate::template::Value;

/// `AWS::SQS::Queue`; what is not given has AWS's default.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// `QueueName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// Messages keep their order within a group.
    pub fifo: bool,
    /// The body's hash is the deduplication id.
    pub content_based_deduplication: bool,
    /// 0 to 43 200; 30 by default.
    pub visibility_timeout_seconds: u32,
    /// 60 to 1 209 600; 4 days by default.
    pub retention_seconds: u32,
    /// 0 to 900.
    pub delay_seconds: u32,
    /// 0 to 20.
    pub receive_wait_seconds: u32,
    /// 1 024 to 1 048 576; the latter by default.
    pub maximum_message_bytes: u32,
    /// Its dead-letter queue.
    pub redrive: Option<Redrive>,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq)]
pub struct Redrive {
    /// The dead-letter queue's ARN.
    pub target: Link,
    /// 1 to 1 000.
    pub maximum_receives: u32,
}

pub(super) fn queue(fields: &Fields<'_>) -> Queue {
    let fifo = fields.flag("FifoQueue").unwrap_or(false);
    let name = fields.text("QueueName");
    if let Some(Setting::Known { value, span }) = &name
        && value.ends_with(".fifo") != fifo
    {
        let summary = if fifo {
            format!(
                "the name of the FIFO queue {} does not end in `.fifo`",
                fields.owner
            )
        } else {
            format!("{} is named like a FIFO queue and is none", fields.owner)
        };
        fields.report(
            Diagnostic::error("graph/queue-name", summary)
                .at(*span)
                .help(
                    "Names of FIFO queues end in `.fifo`, and `FifoQueue: true` belongs to them.",
                ),
        );
    }
    Queue {
        name,
        fifo,
        content_based_deduplication: fields.flag("ContentBasedDeduplication").unwrap_or(false),
        visibility_timeout_seconds: fields.count("VisibilityTimeout", 0..=43_200).unwrap_or(30),
        retention_seconds: fields
            .count("MessageRetentionPeriod", 60..=1_209_600)
            .unwrap_or(345_600),
        delay_seconds: fields.count("DelaySeconds", 0..=900).unwrap_or(0),
        receive_wait_seconds: fields
            .count("ReceiveMessageWaitTimeSeconds", 0..=20)
            .unwrap_or(0),
        maximum_message_bytes: fields
            .count("MaximumMessageSize", 1_024..=1_048_576)
            .unwrap_or(1_048_576),
        redrive: redrive(fields),
    }
}

fn redrive(fields: &Fields<'_>) -> Option<Redrive> {
    let spot: Spot<'_> = fields.spot("RedrivePolicy")?;
    if matches!(spot.value.value, Value::String(_)) {
        fields.report(
            Diagnostic::warning(
                "graph/json-text",
                format!(
                    "`RedrivePolicy` of {} is JSON text, which is not read here",
                    fields.owner
                ),
            )
            .at(spot.value.span)
            .help("Write it as a mapping with `deadLetterTargetArn` and `maxReceiveCount`."),
        );
        return None;
    }
    let policy = fields.fields("RedrivePolicy")?;
    if !policy.has("deadLetterTargetArn") {
        policy.missing(
            "deadLetterTargetArn",
            "It is the ARN of the dead-letter queue.",
        );
    }
    Some(Redrive {
        target: policy.link("deadLetterTargetArn")?,
        maximum_receives: policy.count("maxReceiveCount", 1..=1_000).unwrap_or(10),
    })
}
