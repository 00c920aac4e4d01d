//! EventBridge rules and schedules.

use crate::template::Node;

use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::Events::Rule`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `Name`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// None means the default bus.
    pub bus: Option<Link>,
    /// As written.
    pub pattern: Option<Node>,
    /// `rate(…)` or `cron(…)`.
    pub schedule: Option<Setting<String>>,
    /// False when `State: DISABLED`.
    pub enabled: bool,
    /// At most 5 in AWS.
    pub targets: Vec<Target>,
}

/// What a rule or a schedule calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name within the rule.
    pub id: Option<Setting<String>>,
    /// What is called.
    pub arn: Link,
    /// JSON passed instead of the event.
    pub input: Option<Setting<String>>,
    /// The part of the event that is passed: `$.detail`.
    pub input_path: Option<Setting<String>>,
    /// As written.
    pub input_transformer: Option<Node>,
    /// Everything, as written.
    pub all: Node,
}

/// `AWS::Scheduler::Schedule`.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// `Name`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// The schedule group's name; `default` without one.
    pub group: Option<Link>,
    /// `rate(…)`, `cron(…)` or `at(…)`.
    pub expression: Option<Setting<String>>,
    /// IANA name; UTC without one.
    pub timezone: Option<Setting<String>>,
    /// False when `State: DISABLED`.
    pub enabled: bool,
    /// What it calls. None only when that was faulty.
    pub target: Option<Target>,
}

/// The words of `State`; the last is a rule that also sees what CloudTrail records of reads.
const STATES: [(&str, bool); 3] = [
    ("ENABLED", true),
    ("DISABLED", false),
    ("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", true),
];

pub(super) fn rule(fields: &Fields<'_>) -> Rule {
    if !fields.has("EventPattern") && !fields.has("ScheduleExpression") {
        fields.missing(
            "EventPattern",
            "A rule needs an `EventPattern`, a `ScheduleExpression`, or both.",
        );
    }
    Rule {
        name: fields.text("Name"),
        bus: fields.link("EventBusName"),
        pattern: fields.node("EventPattern").cloned(),
        schedule: fields.text("ScheduleExpression"),
        enabled: fields.word("State", &STATES).unwrap_or(true),
        targets: fields
            .items("Targets")
            .into_iter()
            .filter_map(|item| target(&fields.fields_of("Targets", item)?, item.value))
            .collect(),
    }
}

pub(super) fn schedule(fields: &Fields<'_>) -> Schedule {
    if !fields.has("ScheduleExpression") {
        fields.missing("ScheduleExpression", "For example `rate(5 minutes)`.");
    }
    let target = fields
        .fields("Target")
        .zip(fields.node("Target"))
        .and_then(|(target_fields, node)| target(&target_fields, node));
    Schedule {
        name: fields.text("Name"),
        group: fields.link("GroupName"),
        expression: fields.text("ScheduleExpression"),
        timezone: fields.text("ScheduleExpressionTimezone"),
        enabled: fields.word("State", &STATES[..2]).unwrap_or(true),
        target,
    }
}

fn target(fields: &Fields<'_>, all: &Node) -> Option<Target> {
    if !fields.has("Arn") {
        fields.missing("Arn", "It is the ARN of what is to be called.");
    }
    Some(Target {
        id: fields.text("Id"),
        arn: fields.link("Arn")?,
        input: fields.json_text("Input"),
        input_path: fields.text("InputPath"),
        input_transformer: fields.node("InputTransformer").cloned(),
        all: all.clone(),
    })
}
