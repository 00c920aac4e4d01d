//! SAM's `Events`, on functions and on state machines.
//! Source: AWS SAM developer guide, "EventSource" and the page of each event type.

use crate::diag::{Diagnostic, nearest};
use crate::graph::bucket::key_filter;
use crate::graph::event::{
    ApiEvent, BucketEvent, CognitoEvent, Event, EventKind, HttpApiEvent, IotRuleEvent, LogsEvent,
    PayloadFormat, PollEvent, PollService, RuleEvent, ScheduleEvent, TopicEvent,
};
use crate::graph::fields::Fields;
use crate::template::Value;

use super::polling::polling;

const TYPES: [&str; 19] = [
    "AlexaSkill",
    "Api",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
];

pub(super) fn events(fields: &Fields<'_>) -> Vec<Event> {
    // SAM takes a key with nothing behind it for no events.
    if fields
        .node("Events")
        .is_some_and(|node| node.value == Value::Null)
    {
        return Vec::new();
    }
    let Some(events) = fields.fields("Events") else {
        return Vec::new();
    };
    events
        .entries()
        .filter_map(|(name, span, spot)| {
            let event = events.fields_of(name, spot)?;
            if !event.has("Type") {
                event.missing(
                    "Type",
                    "It says what starts the function: `Api`, `SQS`, `Schedule`, …",
                );
                return None;
            }
            let kind = event.text("Type")?;
            let kind = kind.known()?;
            let properties = Properties {
                event: event.event_properties(name),
            };
            Some(Event {
                name: name.to_owned(),
                span,
                kind: properties.kind(kind, &event),
                properties: event.node("Properties").cloned(),
            })
        })
        .collect()
}

/// The properties of one event.
struct Properties<'a> {
    event: Fields<'a>,
}

impl Properties<'_> {
    fn kind(&self, kind: &str, whole: &Fields<'_>) -> EventKind {
        match kind {
            "Api" => EventKind::Api(self.api()),
            "HttpApi" => EventKind::HttpApi(self.http_api()),
            "SQS" => self.poll(PollService::Sqs, &["Queue"]),
            "Kinesis" => self.poll(PollService::Kinesis, &["Stream", "StartingPosition"]),
            "DynamoDB" => self.poll(PollService::DynamoDb, &["Stream", "StartingPosition"]),
            "MQ" => self.poll(
                PollService::Mq,
                &["Broker", "Queues", "SourceAccessConfigurations"],
            ),
            "MSK" => self.poll(PollService::Msk, &["Stream", "StartingPosition", "Topics"]),
            "SelfManagedKafka" => self.poll(PollService::SelfManagedKafka, &["Topics"]),
            "DocumentDB" => self.poll(
                PollService::DocumentDb,
                &["Cluster", "DatabaseName", "SourceAccessConfigurations"],
            ),
            "SNS" => EventKind::Topic(self.topic()),
            "S3" => EventKind::Bucket(self.bucket()),
            "Schedule" => EventKind::Schedule(self.schedule("Schedule")),
            "ScheduleV2" => EventKind::ScheduleV2(self.schedule("ScheduleExpression")),
            "EventBridgeRule" | "CloudWatchEvent" => EventKind::Rule(self.rule()),
            "CloudWatchLogs" => EventKind::Logs(self.logs()),
            "Cognito" => EventKind::Cognito(self.cognito()),
            "IoTRule" => EventKind::IotRule(self.iot_rule()),
            "AlexaSkill" => EventKind::AlexaSkill {
                skill: self.event.text("SkillId"),
            },
            other => {
                report_unknown(other, whole);
                EventKind::Other { kind: other.into() }
            }
        }
    }

    fn require(&self, names: &[&str]) {
        for name in names {
            if !self.event.has(name) {
                self.event.missing(name, "This type of event needs it.");
            }
        }
    }

    fn api(&self) -> ApiEvent {
        self.require(&["Path", "Method"]);
        ApiEvent {
            path: self.event.text("Path"),
            method: self.event.text("Method"),
            api: self.event.link("RestApiId"),
            auth: self.event.node("Auth").cloned(),
        }
    }

    fn http_api(&self) -> HttpApiEvent {
        let event = &self.event;
        // SAM: both, or neither for `$default`.
        match (event.has("Path"), event.has("Method")) {
            (true, false) => event.missing(
                "Method",
                "`Path` and `Method` belong together; leave both away for `$default`.",
            ),
            (false, true) => event.missing(
                "Path",
                "`Path` and `Method` belong together; leave both away for `$default`.",
            ),
            _ => {}
        }
        let formats = [("1.0", PayloadFormat::V1), ("2.0", PayloadFormat::V2)];
        HttpApiEvent {
            path: event.text("Path"),
            method: event.text("Method"),
            api: event.link("ApiId"),
            payload_format: event
                .word("PayloadFormatVersion", &formats)
                .unwrap_or_default(),
            timeout_millis: event.count("TimeoutInMillis", 50..=30_000),
            auth: event.node("Auth").cloned(),
        }
    }

    fn poll(&self, service: PollService, required: &[&str]) -> EventKind {
        self.require(required);
        let source = match service {
            PollService::Sqs => self.event.link("Queue"),
            PollService::Kinesis | PollService::DynamoDb | PollService::Msk => {
                self.event.link("Stream")
            }
            PollService::Mq => self.event.link("Broker"),
            PollService::DocumentDb => self.event.link("Cluster"),
            PollService::SelfManagedKafka => None,
        };
        EventKind::Poll(PollEvent {
            service,
            source,
            polling: polling(&self.event),
        })
    }

    fn topic(&self) -> TopicEvent {
        self.require(&["Topic"]);
        let scopes = [("MessageAttributes", false), ("MessageBody", true)];
        TopicEvent {
            topic: self.event.link("Topic"),
            filter_policy: self.event.node("FilterPolicy").cloned(),
            filter_body: self
                .event
                .word("FilterPolicyScope", &scopes)
                .unwrap_or(false),
            through_queue: self
                .event
                .node("SqsSubscription")
                .filter(|node| node.value != Value::Bool(false))
                .cloned(),
        }
    }

    fn bucket(&self) -> BucketEvent {
        self.require(&["Bucket", "Events"]);
        let (prefix, suffix) = key_filter(&self.event);
        BucketEvent {
            bucket: self.event.link("Bucket"),
            events: self.event.text_or_texts("Events"),
            prefix,
            suffix,
        }
    }

    fn schedule(&self, expression: &str) -> ScheduleEvent {
        self.require(&[expression]);
        ScheduleEvent {
            expression: self.event.text(expression),
            timezone: self.event.text("ScheduleExpressionTimezone"),
            enabled: self.enabled(),
            name: self.event.text("Name"),
            input: self.event.json_text("Input"),
        }
    }

    /// `Enabled: false` or `State: DISABLED`.
    fn enabled(&self) -> bool {
        let states = [("ENABLED", true), ("DISABLED", false)];
        self.event.word("State", &states).unwrap_or(true)
            && self.event.flag("Enabled").unwrap_or(true)
    }

    fn rule(&self) -> RuleEvent {
        self.require(&["Pattern"]);
        RuleEvent {
            bus: self.event.link("EventBusName"),
            pattern: self.event.node("Pattern").cloned(),
            enabled: self.enabled(),
            name: self.event.text("RuleName"),
            input: self.event.json_text("Input"),
            input_path: self.event.text("InputPath"),
            input_transformer: self.event.node("InputTransformer").cloned(),
            retry_policy: self.event.node("RetryPolicy").cloned(),
            dead_letter: self.event.node("DeadLetterConfig").cloned(),
        }
    }

    fn logs(&self) -> LogsEvent {
        self.require(&["LogGroupName", "FilterPattern"]);
        LogsEvent {
            group: self.event.link("LogGroupName"),
            filter: self.event.text("FilterPattern"),
        }
    }

    fn cognito(&self) -> CognitoEvent {
        self.require(&["UserPool", "Trigger"]);
        CognitoEvent {
            pool: self.event.link("UserPool"),
            triggers: self.event.text_or_texts("Trigger"),
        }
    }

    fn iot_rule(&self) -> IotRuleEvent {
        self.require(&["Sql"]);
        IotRuleEvent {
            sql: self.event.text("Sql"),
            sql_version: self.event.text("AwsIotSqlVersion"),
        }
    }
}

fn report_unknown(kind: &str, whole: &Fields<'_>) {
    let span = whole.node("Type").map_or(whole.span, |node| node.span);
    let diagnostic = Diagnostic::warning(
        "graph/unknown-event",
        format!(
            "{} has an event of the unknown type `{kind}`, which will not start it",
            whole.owner
        ),
    )
    .at(span);
    whole.report(match nearest(kind, TYPES) {
        Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
        None => diagnostic.help(format!("SAM's event types are {}.", TYPES.join(", "))),
    });
}
