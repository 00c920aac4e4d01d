//! The program `hoist` with a stack on emulated AWS: from the first deployment to the last trace, killed, disturbed, twice at
//! once, and with a damaged memory.
//!
//! The emulators are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it what needs them says so and
//! passes.
#![cfg(unix)]

#[path = "stack/account.rs"]
mod account;
#[path = "deploy/cloud.rs"]
#[allow(dead_code)]
mod cloud;
#[path = "stack/damage.rs"]
mod damage;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "stack/failure.rs"]
mod failure;
#[path = "stack/kill.rs"]
mod kill;
#[path = "stack/life.rs"]
mod life;
#[path = "stack/listing.rs"]
mod listing;
#[path = "stack/locking.rs"]
mod locking;
#[path = "stack/metrics.rs"]
mod metrics;
#[path = "sdk/operation.rs"]
#[allow(dead_code)]
mod operation;
#[path = "stack/orders.rs"]
mod orders;
#[path = "stack/peer.rs"]
mod peer;
#[path = "stack/policy.rs"]
mod policy;
#[path = "stack/program.rs"]
#[allow(dead_code)]
mod program;
#[path = "stack/proxy.rs"]
mod proxy;
#[path = "deploy/record.rs"]
#[allow(dead_code)]
mod record;
#[path = "stack/wire.rs"]
mod wire;
#[path = "stack/world.rs"]
mod world;
