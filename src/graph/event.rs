//! What starts a function or a state machine: the events that SAM hangs on them, and event source mappings.

use crate::diag::Span;
use crate::template::Node;

use super::setting::{Link, Setting};

/// One entry of SAM's `Events`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name in the template.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// What it is, by its type.
    pub kind: EventKind,
    /// Everything written, for what is not typed here.
    pub properties: Option<Node>,
}

/// SAM's event types.
/// Source: AWS SAM developer guide, "EventSource" of AWS::Serverless::Function and AWS::Serverless::StateMachine.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// `Api`: a REST API.
    Api(ApiEvent),
    /// `HttpApi`: an HTTP API.
    HttpApi(HttpApiEvent),
    /// `SQS`, `Kinesis`, `DynamoDB`, `MQ`, `MSK`, `SelfManagedKafka`, `DocumentDB`: Lambda polls the source.
    Poll(PollEvent),
    /// `SNS`.
    Topic(TopicEvent),
    /// `S3`.
    Bucket(BucketEvent),
    /// `Schedule`: an EventBridge rule with a schedule.
    Schedule(ScheduleEvent),
    /// `ScheduleV2`: EventBridge Scheduler.
    ScheduleV2(ScheduleEvent),
    /// `EventBridgeRule` and `CloudWatchEvent`.
    Rule(RuleEvent),
    /// `CloudWatchLogs`.
    Logs(LogsEvent),
    /// `Cognito`.
    Cognito(CognitoEvent),
    /// `IoTRule`.
    IotRule(IotRuleEvent),
    /// `AlexaSkill`.
    AlexaSkill {
        /// The only skill that may call.
        skill: Option<Setting<String>>,
    },
    /// A type that is not known; a warning named it.
    Other {
        /// The type as written.
        kind: String,
    },
}

/// A route of a REST API.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiEvent {
    /// `/orders/{id}`.
    pub path: Option<Setting<String>>,
    /// `get`, `ANY`, in the case it was written in.
    pub method: Option<Setting<String>>,
    /// None means the API that SAM makes, `ServerlessRestApi`.
    pub api: Option<Link>,
    /// As written.
    pub auth: Option<Node>,
}

/// A route of an HTTP API.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpApiEvent {
    /// None together with `method` means `$default`.
    pub path: Option<Setting<String>>,
    /// `get`, `ANY`, in the case it was written in.
    pub method: Option<Setting<String>>,
    /// None means the API that SAM makes, `ServerlessHttpApi`.
    pub api: Option<Link>,
    /// `1.0` or `2.0`.
    pub payload_format: PayloadFormat,
    /// 50 to 30 000.
    pub timeout_millis: Option<u32>,
    /// As written.
    pub auth: Option<Node>,
}

/// The shape of an HTTP API's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PayloadFormat {
    /// The shape of REST APIs' events.
    V1,
    /// The shape that HTTP APIs have of their own.
    #[default]
    V2,
}

/// A source that Lambda polls.
#[derive(Debug, Clone, PartialEq)]
pub struct PollEvent {
    /// What is polled.
    pub service: PollService,
    /// The queue, stream, broker or cluster. None for a self-managed Kafka, which has broker addresses instead.
    pub source: Option<Link>,
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
    /// SAM's name of the event type.
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

/// A subscription to a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicEvent {
    /// The topic's ARN.
    pub topic: Option<Link>,
    /// As written.
    pub filter_policy: Option<Node>,
    /// `MessageBody` instead of `MessageAttributes`.
    pub filter_body: bool,
    /// SAM puts a queue between: true, or its settings.
    pub through_queue: Option<Node>,
}

/// Changes in a bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct BucketEvent {
    /// The bucket's name.
    pub bucket: Option<Link>,
    /// `s3:ObjectCreated:*`.
    pub events: Vec<Setting<String>>,
    /// Keys must start with this.
    pub prefix: Option<Setting<String>>,
    /// Keys must end with this.
    pub suffix: Option<Setting<String>>,
}

/// A clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleEvent {
    /// `rate(5 minutes)`, `cron(…)`, and for `ScheduleV2` also `at(…)`.
    pub expression: Option<Setting<String>>,
    /// IANA name; UTC without one. Only for `ScheduleV2`.
    pub timezone: Option<Setting<String>>,
    /// False when `Enabled: false` or `State: DISABLED`.
    pub enabled: bool,
    /// The name that SAM is to give the rule or schedule.
    pub name: Option<Setting<String>>,
    /// JSON passed to the function instead of the event.
    pub input: Option<Setting<String>>,
}

/// An EventBridge rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleEvent {
    /// None means the default bus.
    pub bus: Option<Link>,
    /// As written.
    pub pattern: Option<Node>,
    /// False when `Enabled: false` or `State: DISABLED`.
    pub enabled: bool,
    /// The name that SAM is to give the rule or schedule.
    pub name: Option<Setting<String>>,
    /// JSON passed to the function instead of the event.
    pub input: Option<Setting<String>>,
    /// The part of the event that is passed: `$.detail`.
    pub input_path: Option<Setting<String>>,
    /// As written.
    pub input_transformer: Option<Node>,
    /// As written.
    pub retry_policy: Option<Node>,
    /// As written.
    pub dead_letter: Option<Node>,
}

/// A log group whose lines go to the function.
#[derive(Debug, Clone, PartialEq)]
pub struct LogsEvent {
    /// The log group's name.
    pub group: Option<Link>,
    /// Which lines pass; an empty pattern lets all pass.
    pub filter: Option<Setting<String>>,
}

/// A user pool that asks the function.
#[derive(Debug, Clone, PartialEq)]
pub struct CognitoEvent {
    /// The user pool's id.
    pub pool: Option<Link>,
    /// `PreSignUp`, `PostConfirmation`.
    pub triggers: Vec<Setting<String>>,
}

/// An IoT topic rule.
#[derive(Debug, Clone, PartialEq)]
pub struct IotRuleEvent {
    /// The query that chooses messages.
    pub sql: Option<Setting<String>>,
    /// The version of the query language.
    pub sql_version: Option<Setting<String>>,
}

/// `AWS::Lambda::EventSourceMapping`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventSourceMapping {
    /// The function's name or ARN.
    pub function: Option<Link>,
    /// The ARN of what is polled; none for a self-managed Kafka.
    pub source: Option<Link>,
    /// How it is polled.
    pub polling: Polling,
}
