//! Sources that Lambda polls for a function: event source mappings.

use crate::template::Node;

use super::setting::{Link, Setting};

/// `AWS::Lambda::EventSourceMapping`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSourceMapping {
    /// The function's name or ARN.
    pub function: Option<Link>,
    /// The ARN of what is polled; none for a self-managed Kafka.
    pub source: Option<Link>,
    /// What is polled, as far as its type or ARN tells.
    pub service: Option<PollService>,
    /// How it is polled.
    pub polling: Polling,
}

/// The services that Lambda polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PollService {
    /// Queues.
    Sqs,
    /// Streams.
    Kinesis,
    /// Tables' streams.
    DynamoDb,
    /// Amazon MQ brokers.
    Mq,
    /// Managed Kafka clusters.
    Msk,
    /// Other Kafka clusters.
    SelfManagedKafka,
    /// DocumentDB change streams.
    DocumentDb,
}

impl PollService {
    /// The service of a source's ARN: `sqs` in `arn:aws:sqs:…`.
    pub fn of_arn(arn: &str) -> Option<Self> {
        Some(match arn.split(':').nth(2)? {
            "sqs" => PollService::Sqs,
            "kinesis" => PollService::Kinesis,
            "dynamodb" => PollService::DynamoDb,
            "mq" => PollService::Mq,
            "kafka" => PollService::Msk,
            "rds" => PollService::DocumentDb,
            _ => return None,
        })
    }

    /// The service that resources of a type belong to.
    pub fn of_type(resource_type: &str) -> Option<Self> {
        Some(match resource_type {
            "AWS::SQS::Queue" => PollService::Sqs,
            "AWS::Kinesis::Stream" | "AWS::Kinesis::StreamConsumer" => PollService::Kinesis,
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => PollService::DynamoDb,
            "AWS::AmazonMQ::Broker" => PollService::Mq,
            "AWS::MSK::Cluster" | "AWS::MSK::ServerlessCluster" => PollService::Msk,
            "AWS::DocDB::DBCluster" => PollService::DocumentDb,
            _ => return None,
        })
    }

    /// The name SAM has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            PollService::Sqs => "SQS",
            PollService::Kinesis => "Kinesis",
            PollService::DynamoDb => "DynamoDB",
            PollService::Mq => "MQ",
            PollService::Msk => "MSK",
            PollService::SelfManagedKafka => "SelfManagedKafka",
            PollService::DocumentDb => "DocumentDB",
        }
    }
}

/// How Lambda polls; what is none has AWS's default for the service.
/// Source: AWS::Lambda::EventSourceMapping.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polling {
    /// 1 to 10 000.
    pub batch_size: Option<u32>,
    /// 0 to 300.
    pub window_seconds: Option<u32>,
    /// None means true.
    pub enabled: Option<bool>,
    /// `TRIM_HORIZON`, `LATEST` or `AT_TIMESTAMP`.
    pub starting_position: Option<Setting<String>>,
    /// Seconds since 1970, for `AT_TIMESTAMP`.
    pub starting_timestamp: Option<Node>,
    /// JSON patterns; an event passes when any of them matches. None at all lets everything pass.
    pub filters: Vec<Setting<String>>,
    /// `ReportBatchItemFailures` is among `FunctionResponseTypes`.
    pub report_item_failures: bool,
    /// A failed batch is tried again in two halves.
    pub bisect_on_error: bool,
    /// -1 means for ever.
    pub maximum_retries: Option<i32>,
    /// -1 means for ever.
    pub maximum_record_age_seconds: Option<i32>,
    /// 1 to 10.
    pub parallelization: Option<u32>,
    /// 0 to 900.
    pub tumbling_window_seconds: Option<u32>,
    /// 2 to 1 000 (SQS).
    pub maximum_concurrency: Option<u32>,
    /// Where the records of what failed for good go.
    pub on_failure: Option<Link>,
    /// Kafka topics.
    pub topics: Vec<Setting<String>>,
    /// MQ queues.
    pub queues: Vec<Setting<String>>,
}
