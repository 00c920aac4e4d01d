//! Sample events: against the events of AWS SAM's `local generate-event`, against shapes from typed libraries, and
//! `hoist event` from outside.

#[path = "event/command.rs"]
mod command;
#[allow(dead_code)]
mod real;
#[path = "event/sam.rs"]
mod sam;
#[path = "event/shape.rs"]
mod shape;

use real::corpus;
