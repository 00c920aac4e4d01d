//! The program `hoist` with a stack on emulated AWS, from the first deployment to the last trace.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.
#![cfg(unix)]

#[path = "stack/account.rs"]
mod account;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "stack/orders.rs"]
mod orders;
#[path = "stack/peer.rs"]
mod peer;
#[path = "stack/program.rs"]
#[allow(dead_code)]
mod program;
