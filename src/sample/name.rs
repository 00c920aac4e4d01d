//! What people call events: `sqs`, `s3/delete`, `http-api`, or the type that a SAM template gives an event.

use super::catalogue::{Service, catalogue};
use super::{Sample, SampleError};
use crate::diag::nearest;

/// Short names and the samples they stand for. The first of a sample's names is the one that is shown; names are
/// compared without case and without hyphens, so SAM's `HttpApi` and `ScheduleV2` are among them.
const SHORT: &[(&str, &str)] = &[
    ("alb", "alb/request"),
    ("alexa-skill", "alexa-skills-kit/start-session"),
    ("rest-api", "apigateway/aws-proxy"),
    ("api", "apigateway/aws-proxy"),
    ("apigateway", "apigateway/aws-proxy"),
    ("apigateway-rest", "apigateway/aws-proxy"),
    ("http-api", "apigateway/http-api-proxy"),
    ("apigateway-http", "apigateway/http-api-proxy"),
    ("apigateway-v2", "apigateway/http-api-proxy"),
    ("websocket", "apigateway/websocket-message"),
    ("apigateway-websocket", "apigateway/websocket-message"),
    ("appsync", "appsync/resolver"),
    ("custom-resource", "cloudformation/create-request"),
    ("cloudwatch-logs", "cloudwatch/logs"),
    ("logs", "cloudwatch/logs"),
    ("alarm", "cloudwatch/alarm-action"),
    ("documentdb", "documentdb/insert"),
    ("dynamodb", "dynamodb/update"),
    ("dynamodb-stream", "dynamodb/update"),
    ("eventbridge", "eventbridge/custom-event"),
    ("eventbridge-rule", "eventbridge/custom-event"),
    ("cloudwatch-event", "eventbridge/custom-event"),
    ("schedule", "eventbridge/scheduled-rule"),
    ("iot", "iot/rule"),
    ("iot-rule", "iot/rule"),
    ("msk", "kafka/msk"),
    ("kafka", "kafka/msk"),
    ("self-managed-kafka", "kafka/self-managed"),
    ("kinesis", "kinesis/get-records"),
    ("kinesis-stream", "kinesis/get-records"),
    ("firehose", "kinesis/kinesis-firehose"),
    ("function-url", "lambda/function-url"),
    ("lambda", "lambda/function-url"),
    ("activemq", "mq/activemq"),
    ("mq", "mq/activemq"),
    ("rabbitmq", "mq/rabbitmq"),
    ("s3", "s3/put"),
    ("scheduler", "scheduler/schedule"),
    ("schedule-v2", "scheduler/schedule"),
    ("ses", "ses/email-receiving"),
    ("sns", "sns/notification"),
    ("sqs", "sqs/receive-message"),
    ("stepfunctions", "stepfunctions/task"),
    ("vpc-lattice", "vpc-lattice/request"),
];

/// The short names of a sample, the one to show first.
pub fn short_names(sample: &Sample) -> impl Iterator<Item = &'static str> {
    let name = sample.name();
    SHORT
        .iter()
        .filter(move |(_, stands_for)| *stands_for == name)
        .map(|(short, _)| *short)
}

/// The sample that `given` means: `SERVICE/EVENT`, a short name, or a service that has but one event.
///
/// # Errors
/// When none is meant or several are; the error names what is near, or what there is.
pub fn find(given: &str) -> Result<&'static Sample, SampleError> {
    let Some((service, event)) = given.split_once('/') else {
        return by_short_name(given);
    };
    let service = all_services(service, given)?;
    let same = |sample: &&Sample| plain(sample.event) == plain(event);
    service.samples.iter().find(same).ok_or_else(|| {
        let events = events(service);
        SampleError::UnknownEvent {
            service: service.name,
            given: event.to_owned(),
            near: nearest(event, events.iter().copied()).map(str::to_owned),
            events,
        }
    })
}

fn by_short_name(given: &str) -> Result<&'static Sample, SampleError> {
    let short = SHORT.iter().find(|(name, _)| plain(name) == plain(given));
    if let Some((_, stands_for)) = short {
        return find(stands_for);
    }
    let service = all_services(given, given)?;
    match service.samples.as_slice() {
        [only] => Ok(only),
        _ => Err(SampleError::SeveralEvents {
            service: service.name,
            events: events(service),
        }),
    }
}

/// The service of that name. `given` is what the user wrote, for the message.
fn all_services(name: &str, given: &str) -> Result<&'static Service, SampleError> {
    let same = |service: &&Service| plain(service.name) == plain(name);
    catalogue().iter().find(same).ok_or_else(|| {
        let names = catalogue().iter().map(|service| service.name);
        let all = names.chain(SHORT.iter().map(|(short, _)| *short));
        SampleError::UnknownService {
            given: given.to_owned(),
            near: nearest(name, all).map(str::to_owned),
        }
    })
}

fn events(service: &Service) -> Vec<&'static str> {
    service.samples.iter().map(|sample| sample.event).collect()
}

/// A name without what people write differently.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '-' | '_'));
    letters.collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(given: &str) -> String {
        find(given).unwrap().name()
    }

    #[test]
    fn every_short_name_stands_for_a_sample() {
        for (short, stands_for) in SHORT {
            assert_eq!(&found(short), stands_for, "{short}");
        }
    }

    #[test]
    fn services_events_and_the_types_of_templates_are_found() {
        assert_eq!(found("sqs"), "sqs/receive-message");
        assert_eq!(found("S3/Delete"), "s3/delete");
        assert_eq!(found("workmail"), "workmail/email");
        for (of_template, sample) in [
            ("Api", "apigateway/aws-proxy"),
            ("HttpApi", "apigateway/http-api-proxy"),
            ("SQS", "sqs/receive-message"),
            ("ScheduleV2", "scheduler/schedule"),
            ("EventBridgeRule", "eventbridge/custom-event"),
            ("CloudWatchEvent", "eventbridge/custom-event"),
            ("CloudWatchLogs", "cloudwatch/logs"),
            ("IoTRule", "iot/rule"),
            ("SelfManagedKafka", "kafka/self-managed"),
            ("DocumentDB", "documentdb/insert"),
            ("AlexaSkill", "alexa-skills-kit/start-session"),
        ] {
            assert_eq!(found(of_template), sample);
        }
    }

    #[test]
    fn a_slip_says_what_is_near() {
        let near = |given| match find(given).unwrap_err() {
            SampleError::UnknownService { near, .. } | SampleError::UnknownEvent { near, .. } => {
                near
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(near("sqss").as_deref(), Some("sqs"));
        assert_eq!(near("s3/putt").as_deref(), Some("put"));
        assert_eq!(near("nothing-like-it"), None);
    }

    #[test]
    fn a_service_with_several_events_says_which() {
        let error = find("cognito").unwrap_err();
        assert!(matches!(
            &error,
            SampleError::SeveralEvents { events, .. } if events.contains(&"pre-sign-up")
        ));
    }
}
