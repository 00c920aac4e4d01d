//! Amazon EventBridge Scheduler: schedules and their groups.

mod group;
mod schedule;
mod target;

use std::fmt::Display;

use aws_sdk_scheduler::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

const SCHEDULE: Kind = Kind {
    // A schedule is known by its group and its name: there is no call that moves it.
    replacing: &["GroupName"],
    identity: &["GroupName"],
    ..Kind::new("AWS::Scheduler::Schedule").named(NameRule::new("Name", 64))
};
const GROUP: Kind = Kind::new("AWS::Scheduler::ScheduleGroup").named(NameRule::new("Name", 64));

/// The provider of `AWS::Scheduler::*`.
pub struct Scheduler {
    client: Client,
}

impl Scheduler {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Scheduler {
            client: Client::new(cloud.config()),
        }
    }
}

/// What the SDK makes of the parts it was given, which it refuses when a necessary one is missing.
fn built<T, E: Display>(part: Result<T, E>) -> Result<T, Fault> {
    part.map_err(|error| Fault::invalid("scheduler", "property", error.to_string()))
}

impl Provider for Scheduler {
    fn kinds(&self) -> &'static [Kind] {
        &[SCHEDULE, GROUP]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Scheduler::Schedule" => Box::pin(self.create_schedule(wanted)),
            _ => Box::pin(self.create_group(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::Scheduler::Schedule" => Box::pin(self.find_schedule(sought)),
            _ => Box::pin(self.find_group(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::Scheduler::Schedule" => Box::pin(self.read_schedule(held)),
            _ => Box::pin(self.read_group(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        _changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Scheduler::Schedule" => Box::pin(self.update_schedule(wanted)),
            _ => Box::pin(self.update_group(held, wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::Scheduler::Schedule" => Box::pin(self.delete_schedule(held)),
            _ => Box::pin(self.delete_group(held)),
        }
    }
}
