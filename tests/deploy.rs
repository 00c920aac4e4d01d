//! Deploying to emulated AWS, and the calls that a deployment makes.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.

#[path = "deploy/cloud.rs"]
mod cloud;
#[path = "deploy/dynamodb.rs"]
mod dynamodb;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "deploy/logs.rs"]
mod logs;
#[path = "deploy/s3.rs"]
mod s3;
#[path = "deploy/scripted.rs"]
mod scripted;
#[path = "deploy/sqs.rs"]
mod sqs;
