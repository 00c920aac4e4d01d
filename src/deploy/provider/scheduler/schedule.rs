//! Schedules. One is always sent whole.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState, Target,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::target::target;
use super::{Scheduler, built};

/// How long a token may be.
const TOKEN: usize = 64;

/// What a schedule is, however it is sent.
struct Parts {
    expression: String,
    start: Option<DateTime>,
    end: Option<DateTime>,
    window: FlexibleTimeWindow,
    target: Target,
    state: ScheduleState,
    after: Option<ActionAfterCompletion>,
}

impl Scheduler {
    pub(super) async fn create_schedule(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let parts = parts(&properties)?;
        let answer = self
            .client
            .create_schedule()
            .name(&wanted.name)
            .set_group_name(properties.text("GroupName")?)
            .set_description(properties.text("Description")?)
            .schedule_expression(parts.expression)
            .set_schedule_expression_timezone(properties.text("ScheduleExpressionTimezone")?)
            .set_start_date(parts.start)
            .set_end_date(parts.end)
            .set_kms_key_arn(properties.text("KmsKeyArn")?)
            .flexible_time_window(parts.window)
            .target(parts.target)
            .state(parts.state)
            .set_action_after_completion(parts.after)
            .client_token(wanted.token(TOKEN))
            .send()
            .await
            .map_err(|error| Fault::of("scheduler", "CreateSchedule", &error))?;
        Ok(existing(answer.schedule_arn(), &wanted.name))
    }

    /// Schedules have no tags: one with a name that Hoist made is ours, and one with a written name is when what it does and when
    /// is exactly what was to be made.
    pub(super) async fn find_schedule(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = sought.properties();
        let group = properties.text("GroupName")?;
        let Some(found) = self.schedule(&sought.name, group).await? else {
            return Ok(None);
        };
        let is_same = sought.has_made_name() || {
            let wanted = properties.object("Target")?;
            let arn = wanted
                .as_ref()
                .map(|target| target.text("Arn"))
                .transpose()?
                .flatten();
            properties.text("ScheduleExpression")?.as_deref() == found.schedule_expression()
                && arn.as_deref() == found.target().map(|target| target.arn())
                && properties.text("Description")?.unwrap_or_default()
                    == found.description().unwrap_or_default()
        };
        let arn = found.arn().unwrap_or_default();
        Ok(is_same.then(|| existing(arn, &sought.name)))
    }

    /// The target is not read: AWS fills in what was not sent.
    pub(super) async fn read_schedule(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let group = held.properties().text("GroupName")?;
        let Some(found) = self.schedule(&held.reference, group).await? else {
            return Ok(None);
        };
        let mut read = Map::new();
        let texts = [
            ("Description", Some(found.description().unwrap_or_default())),
            ("KmsKeyArn", found.kms_key_arn()),
            ("ScheduleExpression", found.schedule_expression()),
            (
                "ScheduleExpressionTimezone",
                found.schedule_expression_timezone(),
            ),
            ("State", found.state().map(ScheduleState::as_str)),
        ];
        for (name, text) in texts {
            read.extend(text.map(|text| (name.to_owned(), json!(text))));
        }
        if let Some(window) = found.flexible_time_window() {
            let mut map = Map::from_iter([("Mode".to_owned(), json!(window.mode().as_str()))]);
            if let Some(minutes) = window.maximum_window_in_minutes() {
                map.insert("MaximumWindowInMinutes".to_owned(), json!(minutes));
            }
            read.insert("FlexibleTimeWindow".to_owned(), Json::Object(map));
        }
        Ok(Some(read))
    }

    /// What is left out goes back to what it is when it is not set.
    pub(super) async fn update_schedule(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let parts = parts(&properties)?;
        let answer = self
            .client
            .update_schedule()
            .name(&wanted.name)
            .set_group_name(properties.text("GroupName")?)
            .set_description(properties.text("Description")?)
            .schedule_expression(parts.expression)
            .set_schedule_expression_timezone(properties.text("ScheduleExpressionTimezone")?)
            .set_start_date(parts.start)
            .set_end_date(parts.end)
            .set_kms_key_arn(properties.text("KmsKeyArn")?)
            .flexible_time_window(parts.window)
            .target(parts.target)
            .state(parts.state)
            .set_action_after_completion(parts.after)
            .send()
            .await
            .map_err(|error| Fault::of("scheduler", "UpdateSchedule", &error))?;
        Ok(existing(answer.schedule_arn(), &wanted.name))
    }

    pub(super) async fn delete_schedule(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_schedule()
            .name(&held.reference)
            .set_group_name(held.properties().text("GroupName")?)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("scheduler", "DeleteSchedule", &error)))
    }

    async fn schedule(
        &self,
        name: &str,
        group: Option<String>,
    ) -> Result<Option<GetScheduleOutput>, Fault> {
        let answer = self
            .client
            .get_schedule()
            .name(name)
            .set_group_name(group)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("scheduler", "GetSchedule", &error).unless_missing(),
        }
    }
}

fn parts(properties: &Properties<'_>) -> Result<Parts, Fault> {
    let window = properties.part("FlexibleTimeWindow", |from| {
        let mode = from.required("Mode")?;
        built(
            FlexibleTimeWindow::builder()
                .mode(FlexibleTimeWindowMode::from(mode.as_str()))
                .set_maximum_window_in_minutes(from.integer("MaximumWindowInMinutes")?)
                .build(),
        )
    })?;
    let target = properties.part("Target", target)?;
    let missing = |name: &str| properties.fault(name, "is missing");
    let state = properties.text("State")?;
    let after = properties.text("ActionAfterCompletion")?;
    Ok(Parts {
        expression: properties.required("ScheduleExpression")?,
        start: date(properties, "StartDate")?,
        end: date(properties, "EndDate")?,
        window: window.ok_or_else(|| missing("FlexibleTimeWindow"))?,
        target: target.ok_or_else(|| missing("Target"))?,
        state: ScheduleState::from(state.as_deref().unwrap_or("ENABLED")),
        after: after.map(|text| ActionAfterCompletion::from(text.as_str())),
    })
}

/// A moment as CloudFormation writes it: `2026-11-21T20:00:00Z`, or with an offset.
fn date(properties: &Properties<'_>, name: &str) -> Result<Option<DateTime>, Fault> {
    let Some(text) = properties.text(name)? else {
        return Ok(None);
    };
    DateTime::from_str(&text, Format::DateTimeWithOffset)
        .map(Some)
        .map_err(|_| properties.fault(name, "must be a moment such as 2026-11-21T20:00:00Z"))
}

fn existing(arn: &str, name: &str) -> Existing {
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("Arn".to_owned(), json!(arn))]),
    }
}
