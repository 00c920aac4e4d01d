//! Deploying to emulated AWS, and the calls that a deployment makes.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.

#[path = "deploy/apigateway.rs"]
mod apigateway;
#[path = "deploy/apigatewayv2.rs"]
mod apigatewayv2;
#[path = "deploy/apply.rs"]
mod apply;
#[path = "deploy/cloud.rs"]
mod cloud;
#[path = "deploy/cloud_control.rs"]
mod cloud_control;
#[path = "deploy/dynamodb.rs"]
mod dynamodb;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "deploy/eventbridge.rs"]
mod eventbridge;
#[path = "deploy/foretold.rs"]
mod foretold;
#[path = "deploy/lambda.rs"]
mod lambda;
#[path = "deploy/logs.rs"]
mod logs;
#[path = "sdk/operation.rs"]
#[allow(dead_code)]
mod operation;
#[path = "deploy/plan.rs"]
mod plan;
#[path = "deploy/properties.rs"]
mod properties;
#[path = "deploy/record.rs"]
#[allow(dead_code)]
mod record;
#[path = "deploy/replay.rs"]
#[allow(dead_code)]
mod replay;
#[path = "deploy/s3.rs"]
mod s3;
#[path = "deploy/scheduler.rs"]
mod scheduler;
#[path = "deploy/scripted.rs"]
#[allow(dead_code)]
mod scripted;
#[path = "deploy/sfn.rs"]
mod sfn;
#[path = "deploy/sns.rs"]
mod sns;
#[path = "deploy/sqs.rs"]
mod sqs;
