//! What is done with a stack after its deployment: invoking it, going back, and moving to new versions bit by bit.
//!
//! The program runs against ministack, through a server of the test's that counts its calls and does what ministack does not: it
//! sends a part of an alias's calls to its second version, and answers CloudWatch's calls from what it saw. Without the folder that
//! `HOIST_TEST_TOOLS` names the tests say so and pass.

#[path = "operate/canary.rs"]
mod canary;
#[path = "sdk/emulator.rs"]
#[allow(dead_code)]
mod emulator;
#[path = "operate/own.rs"]
mod own;
#[path = "operate/proxy.rs"]
mod proxy;
#[path = "operate/remote.rs"]
mod remote;
#[path = "operate/rollback.rs"]
mod rollback;
#[path = "operate/site.rs"]
mod site;
#[path = "operate/watch.rs"]
mod watch;
