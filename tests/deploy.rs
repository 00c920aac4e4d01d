//! Deploying to emulated AWS, and the calls that a deployment makes.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.

#[path = "deploy/apigateway.rs"]
mod apigateway;
#[path = "deploy/apigatewayv2.rs"]
mod apigatewayv2;
#[path = "deploy/cloud.rs"]
mod cloud;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "deploy/replay.rs"]
mod replay;
#[path = "deploy/sqs.rs"]
mod sqs;
