//! The events SAM lacks have every key that libraries with types for them expect.

use std::collections::BTreeSet;

use hoist::sample::{Values, find};
use serde_json::Value;

use super::corpus;

const GO: &str = "events/aws-lambda-go-events/events/testdata";
const RUST: &str = "events/rust-lambda-events/lambda-events/src/fixtures";
const HTTP: &str = "events/rust-lambda-events/lambda-http/tests/data";
const POWERTOOLS: &str = "events/powertools-events/tests/events";

/// Keys whose values the user's own application chooses: what is below them is not compared.
const OPEN: &[&str] = &[
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "query_string_parameters",
    "pathParameters",
    "stageVariables",
    "userAttributes",
    "userAttributesToMap",
    "clientMetadata",
    "validationData",
    "privateChallengeParameters",
    "attributes",
    "claims",
    "arguments",
    "variables",
    "parameters",
    "userArguments",
    "devices",
    "properties",
    "ResourceProperties",
    "OldResourceProperties",
    "finding-severity-counts",
    "state",
    "dimensions",
    "sessionAttributes",
    "promptSessionAttributes",
];

/// Keys below which names are the user's too, but not what the names stand for.
const NAMED: &[&str] = &["records", "rmqMessagesByQueue"];

/// Our sample, the folder and the file of the corpus, and what the file has that is left out on purpose: what only one
/// library knows (`awsSdk`, `urlDecodedKey`, `SigningCertURL`), what AWS sends only sometimes (`replay-name`), what an
/// older form of the event had, and the user's own data.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const ROWS: &[Row] = &[
    (
        "alb/multi-value-request",
        RUST,
        "example-alb-lambda-target-request-multivalue-headers",
        &[],
    ),
    (
        "alb/multi-value-request",
        POWERTOOLS,
        "albMultiValueHeadersEvent",
        &[],
    ),
    (
        "alb/multi-value-request",
        HTTP,
        "alb_multi_value_request",
        &[".headers", ".queryStringParameters"],
    ),
    ("alb/health-check", HTTP, "alb_health_check", &[]),
    (
        "apigateway/websocket-message",
        GO,
        "apigw-websocket-request-send-message",
        &[],
    ),
    (
        "apigateway/websocket-disconnect",
        GO,
        "apigw-websocket-request-disconnect",
        &[],
    ),
    (
        "apigateway/websocket-authorizer",
        RUST,
        "example-apigw-v2-custom-authorizer-websocket-request",
        &[
            ".client_context",
            ".context",
            ".deadline",
            ".env_config",
            ".identity",
            ".invoked_function_arn",
            ".log_",
            ".memory",
            ".version",
            ".xray_trace_id",
        ],
    ),
    ("apigateway/http-api-iam", GO, "apigw-v2-request-iam", &[]),
    (
        "apigateway/http-api-iam",
        POWERTOOLS,
        "apiGatewayProxyV2IamEvent",
        &[],
    ),
    (
        "apigateway/http-api-authorizer",
        RUST,
        "example-apigw-v2-custom-authorizer-v2-request",
        &[],
    ),
    (
        "apigateway/http-api-proxy-v1",
        POWERTOOLS,
        "apiGatewayProxyEvent_noVersionAuth",
        &[],
    ),
    (
        "appsync/batch-resolver",
        POWERTOOLS,
        "appSyncBatchEvent",
        &[],
    ),
    ("appsync/authorizer", GO, "appsync-lambda-auth-request", &[]),
    (
        "autoscaling/launch-successful",
        RUST,
        "example-autoscaling-event-launch-successful",
        &[],
    ),
    (
        "autoscaling/terminate-successful",
        GO,
        "autoscaling-event-terminate-successful",
        &[],
    ),
    (
        "autoscaling/terminate-lifecycle-action",
        RUST,
        "example-autoscaling-event-terminate-action",
        &[],
    ),
    (
        "bedrock/agent-api",
        POWERTOOLS,
        "bedrockAgentPostEvent",
        &[],
    ),
    (
        "bedrock/agent-api",
        RUST,
        "example-bedrock-agent-runtime-event-without-parameters",
        &[],
    ),
    (
        "clientvpn/connection-handler",
        GO,
        "clientvpn-connectionhandler-request",
        &[],
    ),
    (
        "cloudformation/update-request",
        POWERTOOLS,
        "cloudformationCustomResourceUpdate",
        &[],
    ),
    (
        "cloudformation/update-request",
        RUST,
        "example-cloudformation-custom-resource-update-request",
        &[],
    ),
    (
        "cloudformation/delete-request",
        POWERTOOLS,
        "cloudformationCustomResourceDelete",
        &[],
    ),
    (
        "cloudwatch/dashboard-widget",
        POWERTOOLS,
        "cloudWatchDashboardEvent",
        &[],
    ),
    (
        "codebuild/build-state-change",
        RUST,
        "example-codebuild-state-change",
        &[],
    ),
    (
        "codebuild/build-phase-change",
        GO,
        "codebuild-phase-change",
        &[],
    ),
    (
        "codedeploy/deployment-state-change",
        GO,
        "codedeploy-deployment-event",
        &[],
    ),
    (
        "codedeploy/lifecycle-hook",
        POWERTOOLS,
        "codeDeployLifecycleHookEvent",
        &[],
    ),
    (
        "codepipeline/stage-state-change",
        GO,
        "codepipeline-execution-stage-change-event",
        &[],
    ),
    (
        "codepipeline/action-state-change",
        RUST,
        "example-codepipeline-action-execution-stage-change-event",
        &[],
    ),
    (
        "cognito/pre-sign-up",
        GO,
        "cognito-event-userpools-presignup",
        &[],
    ),
    (
        "cognito/post-confirmation",
        POWERTOOLS,
        "cognitoPostConfirmationEvent",
        &[],
    ),
    (
        "cognito/pre-authentication",
        GO,
        "cognito-event-userpools-preauthentication",
        &[],
    ),
    (
        "cognito/pre-authentication",
        POWERTOOLS,
        "cognitoPreAuthenticationEvent",
        &[],
    ),
    (
        "cognito/post-authentication",
        RUST,
        "example-cognito-event-userpools-postauthentication",
        &[],
    ),
    (
        "cognito/pre-token-generation",
        POWERTOOLS,
        "cognitoPreTokenGenerationEvent",
        &[],
    ),
    (
        "cognito/pre-token-generation",
        RUST,
        "example-cognito-event-userpools-pretokengen-incoming",
        &[],
    ),
    (
        "cognito/pre-token-generation-v2",
        POWERTOOLS,
        "cognitoPreTokenV2GenerationEvent",
        &[],
    ),
    (
        "cognito/pre-token-generation-v2",
        RUST,
        "example-cognito-event-userpools-pretokengen-v2-incoming",
        &[".response.claimsOverrideDetails"],
    ),
    (
        "cognito/define-auth-challenge",
        GO,
        "cognito-event-userpools-define-auth-challenge",
        &[],
    ),
    (
        "cognito/verify-auth-challenge",
        GO,
        "cognito-event-userpools-verify-auth-challenge",
        &[],
    ),
    (
        "cognito/verify-auth-challenge",
        POWERTOOLS,
        "cognitoVerifyAuthChallengeResponseEvent",
        &[],
    ),
    (
        "cognito/custom-message",
        POWERTOOLS,
        "cognitoCustomMessageEvent",
        &[".callerContext.awsSdk"],
    ),
    (
        "cognito/user-migration",
        RUST,
        "example-cognito-event-userpools-migrateuser",
        &[],
    ),
    (
        "cognito/custom-email-sender",
        POWERTOOLS,
        "cognitoCustomEmailSenderEvent",
        &[".callerContext.awsSdk"],
    ),
    (
        "cognito/custom-sms-sender",
        POWERTOOLS,
        "cognitoCustomSMSSenderEvent",
        &[".callerContext.awsSdk"],
    ),
    (
        "cognito/inbound-federation",
        GO,
        "cognito-event-userpools-inbound-federation-saml",
        &[],
    ),
    (
        "documentdb/insert",
        RUST,
        "example-documentdb-insert-event",
        &[],
    ),
    (
        "documentdb/update",
        RUST,
        "example-documentdb-update-event",
        &[
            ".events.event.updateDescription.truncatedArrays.",
            ".events.event.updateDescription.updatedFields.",
        ],
    ),
    (
        "dynamodb/time-window",
        GO,
        "dynamodb-time-window-event",
        &[],
    ),
    (
        "ec2/instance-state-change",
        RUST,
        "example-eventbridge-event-obj",
        &[],
    ),
    (
        "ecr/image-scan",
        RUST,
        "example-ecr-image-scan-event-with-missing-severities",
        &[],
    ),
    (
        "eventbridge/custom-event",
        POWERTOOLS,
        "eventBridgeEvent",
        &[".detail.", ".replay-name"],
    ),
    (
        "eventbridge/scheduled-rule",
        RUST,
        "example-eventbridge-schedule",
        &[],
    ),
    (
        "iot/custom-authorizer",
        RUST,
        "example-iot-custom-auth-request",
        &[],
    ),
    (
        "iot/preprovision-hook",
        GO,
        "iot-preprovision-hook-request",
        &[],
    ),
    ("iot/button", RUST, "example-iot_button-event", &[]),
    ("iot/one-click", GO, "iot-1-click-event", &[]),
    ("kafka/msk", GO, "kafka-event", &[]),
    (
        "kafka/self-managed",
        POWERTOOLS,
        "kafkaEventSelfManaged",
        &[],
    ),
    (
        "lambda/function-url",
        POWERTOOLS,
        "lambdaFunctionUrlEventWithHeaders",
        &[],
    ),
    ("lambda/function-url-iam", GO, "lambda-urls-request", &[]),
    ("mq/activemq", GO, "activemq-event", &[]),
    ("mq/rabbitmq", POWERTOOLS, "rabbitMQEvent", &[]),
    (
        "s3/batch-invocation-v2",
        GO,
        "s3-batch-job-event-request-2.0",
        &[],
    ),
    (
        "s3/object-lambda-get",
        POWERTOOLS,
        "s3ObjectEventTempCredentials",
        &[],
    ),
    (
        "s3/object-lambda-head",
        RUST,
        "example-s3-object-lambda-event-head-object-iam",
        &[],
    ),
    (
        "s3/object-lambda-list",
        GO,
        "s3-object-lambda-event-list-objects-iam",
        &[],
    ),
    (
        "s3/eventbridge-object-created",
        POWERTOOLS,
        "s3EventBridgeNotificationObjectCreatedEvent",
        &[],
    ),
    (
        "s3/restore-completed",
        GO,
        "s3-glacier-event",
        &[".Records.s3.object.urlDecodedKey"],
    ),
    ("s3/restore-completed", POWERTOOLS, "s3EventGlacier", &[]),
    (
        "s3/replication-failed",
        GO,
        "s3-replication-event",
        &[".Records.s3.object.urlDecodedKey"],
    ),
    (
        "s3/lifecycle-transition",
        GO,
        "s3-lifecycle-event",
        &[".Records.s3.object.urlDecodedKey"],
    ),
    (
        "s3/intelligent-tiering",
        GO,
        "s3-intelligenttier-event",
        &[".Records.s3.object.urlDecodedKey"],
    ),
    (
        "scheduler/schedule",
        RUST,
        "example-eventbridge-schedule",
        &[],
    ),
    (
        "secretsmanager/rotation",
        GO,
        "secretsmanager-secret-rotation-event",
        &[],
    ),
    ("ses/s3-action", GO, "ses-s3-event", &[]),
    (
        "sns/cloudwatch-alarm",
        RUST,
        "example-cloudwatch-alarm-sns-payload-single-metric",
        &[".Records.Sns.SigningCertURL", ".Records.Sns.UnsubscribeURL"],
    ),
    ("sqs/fifo-message", POWERTOOLS, "snsSqsFifoEvent", &[]),
    ("sqs/sns-notification", POWERTOOLS, "snsSqsFifoEvent", &[]),
    ("sqs/dead-letter", POWERTOOLS, "sqsDlqTriggerEvent", &[]),
    (
        "vpc-lattice/request",
        POWERTOOLS,
        "vpcLatticeEventV2PathTrailingSlash",
        &[
            ".query_string_parameters",
            ".requestContext.identity.x509SanDns",
        ],
    ),
];

fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let last = path.rsplit('.').next().unwrap_or_default();
            if OPEN.contains(&last) {
                return;
            }
            for (key, member) in members {
                let key = if NAMED.contains(&last) { "*" } else { key };
                let path = format!("{path}.{key}");
                found.insert(path.clone());
                keys(member, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, path, found)),
        _ => (),
    }
}

fn keys_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    keys(value, "", &mut found);
    found
}

#[test]
fn events_have_every_key_that_typed_libraries_expect() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, folder, file, except) in ROWS {
        let Some(folder) = corpus(folder) else {
            return;
        };
        let path = folder.join(format!("{file}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let theirs = keys_of(&serde_json::from_str(&text).unwrap());
        let ours = keys_of(&find(name).unwrap().render(&Values::new()));
        let missing: Vec<&String> = theirs
            .difference(&ours)
            .filter(|key| !except.iter().any(|except| key.starts_with(except)))
            .collect();
        for except in *except {
            let idle = !theirs.difference(&ours).any(|key| key.starts_with(except));
            assert!(!idle, "{name}: {except} is not missing");
        }
        if !missing.is_empty() {
            wrong.push(format!("{name} lacks {missing:?} of {file}"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 60, "{compared}");
}
