//! Logs of emulated CloudWatch: read, followed and shown, as a library and as the program.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.

#[path = "deploy/cloud.rs"]
#[allow(dead_code)]
mod cloud;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "logs/follow.rs"]
mod follow;
#[path = "logs/listing.rs"]
mod listing;
#[path = "logs/local.rs"]
mod local;
#[path = "logs/program.rs"]
mod program;
#[path = "logs/relay.rs"]
mod relay;
#[path = "logs/writer.rs"]
mod writer;
