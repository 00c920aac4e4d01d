//! The samples that come with Hoist: the files of `schema/events`, embedded.

use std::sync::LazyLock;

use super::Sample;

/// A service and what it sends.
#[derive(Debug)]
pub struct Service {
    /// As SAM and Hoist call it: `apigateway`.
    pub name: &'static str,
    /// What it is, in AWS's words.
    pub about: &'static str,
    /// Sorted by name; never empty.
    pub samples: Vec<Sample>,
}

impl Service {
    /// The sample of that name.
    pub fn sample(&self, event: &str) -> Option<&Sample> {
        self.samples.iter().find(|sample| sample.event == event)
    }
}

/// All services, sorted by name.
pub fn catalogue() -> &'static [Service] {
    &CATALOGUE
}

/// The service of that name.
pub fn service(name: &str) -> Option<&'static Service> {
    catalogue().iter().find(|service| service.name == name)
}

/// Read when it is first asked for; a fault in a file is found by the tests.
static CATALOGUE: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let read = |(name, about, events): &(&'static str, &'static str, Events)| Service {
        name,
        about,
        samples: events
            .iter()
            .map(|(event, text)| {
                Sample::parse(name, event, text)
                    .unwrap_or_else(|fault| panic!("schema/events/{name}/{event}.json: {fault}"))
            })
            .collect(),
    };
    FILES.iter().map(read).collect()
});

/// Names of events and the texts of their files.
type Events = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($($service:literal, $about:literal, [$($event:literal),* $(,)?];)*) => {
        &[$((
            $service,
            $about,
            &[$((
                $event,
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/schema/events/", $service, "/", $event, ".json"
                )),
            )),*],
        )),*]
    };
}

#[rustfmt::skip]
const FILES: &[(&str, &str, Events)] = files! {
    "alb", "Application Load Balancer", ["health-check", "multi-value-request", "request"];
    "alexa-skills-kit", "Alexa skills", [
        "end-session", "intent-answer", "intent-getnewfact", "intent-mycoloris", "intent-recipe",
        "start-session"
    ];
    "alexa-smart-home", "Alexa smart home skills", [
        "smart-home-control-turn-off-request", "smart-home-control-turn-on-request",
        "smart-home-discovery-request"
    ];
    "apigateway", "API Gateway: REST, HTTP and WebSocket APIs", [
        "authorizer", "aws-proxy", "http-api-authorizer", "http-api-authorizer-v1", "http-api-iam",
        "http-api-lambda-authorized", "http-api-proxy", "http-api-proxy-v1", "request-authorizer",
        "websocket-authorizer", "websocket-connect", "websocket-disconnect", "websocket-message"
    ];
    "appsync", "AppSync", ["authorizer", "batch-resolver", "resolver"];
    "autoscaling", "EC2 Auto Scaling", [
        "launch-successful", "terminate-lifecycle-action", "terminate-successful"
    ];
    "batch", "Batch", ["get-job", "submit-job"];
    "bedrock", "Bedrock agents", ["agent-api", "agent-function"];
    "clientvpn", "Client VPN", ["connection-handler"];
    "cloudformation", "CloudFormation custom resources", [
        "create-request", "delete-request", "update-request"
    ];
    "cloudfront", "CloudFront: Lambda@Edge", [
        "ab-test", "access-request-in-response", "http-redirect", "modify-querystring",
        "modify-response-header", "multiple-remote-calls-aggregate-response",
        "normalize-querystring-to-improve-cache-hit", "redirect-on-viewer-country",
        "redirect-unauthenticated-users", "response-generation", "serve-object-on-viewer-device",
        "simple-remote-call"
    ];
    "cloudwatch", "CloudWatch alarms, logs and dashboards", [
        "alarm-action", "alarm-state-change", "dashboard-widget", "logs", "scheduled-event"
    ];
    "codebuild", "CodeBuild", ["build-phase-change", "build-state-change"];
    "codecommit", "CodeCommit", ["repository"];
    "codedeploy", "CodeDeploy", ["deployment-state-change", "lifecycle-hook"];
    "codepipeline", "CodePipeline", [
        "action-state-change", "job", "pipeline-state-change", "stage-state-change"
    ];
    "cognito", "Cognito user pools and Cognito Sync", [
        "create-auth-challenge", "custom-email-sender", "custom-message", "custom-sms-sender",
        "define-auth-challenge", "inbound-federation", "post-authentication", "post-confirmation",
        "pre-authentication", "pre-sign-up", "pre-token-generation", "pre-token-generation-v2",
        "pre-token-generation-v3", "sync-trigger", "user-migration", "verify-auth-challenge"
    ];
    "config", "Config", ["item-change-notification", "oversized-item-change-notification", "periodic-rule"];
    "connect", "Connect", ["contact-flow-event"];
    "documentdb", "DocumentDB change streams", ["delete", "insert", "update"];
    "dynamodb", "DynamoDB streams", ["time-window", "update"];
    "ec2", "EC2", ["instance-state-change"];
    "ecr", "Elastic Container Registry", ["image-action", "image-scan"];
    "eventbridge", "EventBridge buses and rules", ["custom-event", "scheduled-rule"];
    "iot", "IoT Core and IoT buttons", [
        "button", "custom-authorizer", "one-click", "preprovision-hook", "rule"
    ];
    "kafka", "Kafka: Amazon MSK and your own", ["msk", "self-managed"];
    "kinesis", "Kinesis and Firehose", [
        "analytics", "analytics-compressed", "analytics-dynamodb", "analytics-kpl", "apachelog",
        "cloudwatch-logs-processor", "get-records", "kinesis-firehose", "streams-as-source",
        "syslog", "time-window"
    ];
    "lambda", "Lambda: function URLs and records of failed or finished invocations", [
        "destination-failure", "destination-success", "function-url", "function-url-iam",
        "stream-failure-dynamodb", "stream-failure-kinesis"
    ];
    "lex", "Lex, version 1", ["book-car", "book-hotel", "make-appointment", "order-flowers"];
    "lex-v2", "Lex, version 2", ["banking-bot", "book-car", "book-hotel"];
    "mq", "Amazon MQ", ["activemq", "rabbitmq"];
    "rekognition", "Rekognition", ["s3-request"];
    "s3", "S3", [
        "batch-invocation", "batch-invocation-v2", "delete", "eventbridge-object-created",
        "eventbridge-object-deleted", "intelligent-tiering", "lifecycle-transition",
        "object-lambda-get", "object-lambda-head", "object-lambda-list", "put",
        "replication-failed", "restore-completed"
    ];
    "sagemaker", "SageMaker Ground Truth", [
        "ground-truth-annotation-consolidation", "ground-truth-pre-human"
    ];
    "scheduler", "EventBridge Scheduler", ["schedule"];
    "secretsmanager", "Secrets Manager", ["rotation"];
    "ses", "Simple Email Service", ["email-receiving", "s3-action"];
    "sns", "Simple Notification Service", ["cloudwatch-alarm", "notification"];
    "sqs", "Simple Queue Service", ["dead-letter", "fifo-message", "receive-message", "sns-notification"];
    "stepfunctions", "Step Functions", ["context", "error", "task", "task-token"];
    "transfer", "Transfer Family", ["identity-provider"];
    "vpc-lattice", "VPC Lattice", ["request", "request-v1"];
    "workmail", "WorkMail", ["email"];
};
