//! Moving an alias from one version to the next, little by little, as `DeploymentPreference` says.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use tokio::time::Instant;

use crate::aws::Fault;
use crate::deploy::provider::Properties;
use crate::deploy::wait;

use super::StepFunctions;
use super::alias::route;

/// How an alias is moved.
/// Source: CloudFormation template reference, `AWS::StepFunctions::StateMachineAlias DeploymentPreference`.
#[derive(Debug, PartialEq)]
pub(super) struct Preference {
    version: String,
    /// Percent of the executions that the new version gets before it gets all: once, or more each time.
    shares: Vec<i32>,
    /// How long each share stays.
    interval: Duration,
    /// What ends it and takes it back when one of them is in alarm.
    alarms: Vec<String>,
}

impl Preference {
    pub(super) fn read(from: &Properties<'_>) -> Result<Self, Fault> {
        let kind = from.required("Type")?;
        let percentage = || -> Result<i32, Fault> {
            let share = from.integer("Percentage")?;
            let share = share.ok_or_else(|| from.fault("Percentage", "is missing"))?;
            match share {
                1..=99 => Ok(share),
                _ => Err(from.fault("Percentage", "must be from 1 to 99")),
            }
        };
        let minutes: Option<u32> = from.integer("Interval")?;
        let minutes = match (kind.as_str(), minutes) {
            ("ALL_AT_ONCE", _) => 0,
            (_, Some(minutes @ 1..=2100)) => minutes,
            _ => return Err(from.fault("Interval", "must be from 1 to 2100 minutes")),
        };
        let shares = match kind.as_str() {
            "ALL_AT_ONCE" => Vec::new(),
            "CANARY" => vec![percentage()?],
            "LINEAR" => {
                let step = percentage()?;
                (1..)
                    .map(|n| n * step)
                    .take_while(|share| *share < 100)
                    .collect()
            }
            _ => return Err(from.fault("Type", "must be ALL_AT_ONCE, CANARY or LINEAR")),
        };
        Ok(Preference {
            version: from.required("StateMachineVersionArn")?,
            shares,
            interval: Duration::from_secs(u64::from(minutes) * 60),
            alarms: from.texts("Alarms")?.unwrap_or_default(),
        })
    }
}

impl StepFunctions {
    /// Moves the alias. One that was being moved when a deployment was killed is moved on from where it stands.
    pub(super) async fn shift(&self, alias: &str, preference: &Preference) -> Result<(), Fault> {
        let live = self.alias(alias).await?;
        let routes = live
            .as_ref()
            .map_or(&[][..], |alias| alias.routing_configuration());
        let new = &preference.version;
        let old = routes
            .iter()
            .map(|route| route.state_machine_version_arn())
            .find(|version| version != new);
        let Some(old) = old.map(str::to_owned) else {
            // It is there already, and alone.
            return self.set_routes(alias, &[(new, 100)]).await;
        };
        let reached = routes
            .iter()
            .find(|route| route.state_machine_version_arn() == new)
            .map_or(0, |route| route.weight());
        for share in preference.shares.iter().filter(|share| **share >= reached) {
            self.set_routes(alias, &[(new, *share), (&old, 100 - share)])
                .await?;
            if let Err(fault) = self.watch(preference).await {
                self.set_routes(alias, &[(&old, 100)]).await?;
                return Err(fault);
            }
        }
        self.set_routes(alias, &[(new, 100)]).await
    }

    async fn set_routes(&self, alias: &str, routes: &[(&str, i32)]) -> Result<(), Fault> {
        let routes: Result<Vec<_>, Fault> = routes
            .iter()
            .map(|(version, weight)| route(version, *weight))
            .collect();
        self.client
            .update_state_machine_alias()
            .state_machine_alias_arn(alias)
            .set_routing_configuration(Some(routes?))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sfn", "UpdateStateMachineAlias", &error))
    }

    /// Lets the interval pass with an eye on the alarms.
    async fn watch(&self, preference: &Preference) -> Result<(), Fault> {
        // Asking goes on until the interval is over, so that it cannot run out of patience before.
        let patience = preference.interval + Duration::from_secs(60);
        let begun = Instant::now();
        wait::until("shift", patience, || async {
            self.check(&preference.alarms).await?;
            Ok((begun.elapsed() >= preference.interval).then_some(()))
        })
        .await
    }

    async fn check(&self, alarms: &[String]) -> Result<(), Fault> {
        if alarms.is_empty() {
            return Ok(());
        }
        let answer = aws_sdk_cloudwatch::Client::new(self.cloud.config())
            .describe_alarms()
            .set_alarm_names(Some(alarms.to_vec()))
            .state_value(StateValue::Alarm)
            .send()
            .await
            .map_err(|error| Fault::of("cloudwatch", "DescribeAlarms", &error))?;
        let single = answer
            .metric_alarms()
            .iter()
            .filter_map(|one| one.alarm_name());
        let composite = answer
            .composite_alarms()
            .iter()
            .filter_map(|one| one.alarm_name());
        match single.chain(composite).next() {
            None => Ok(()),
            Some(name) => Err(Fault::invalid(
                "sfn",
                "UpdateStateMachineAlias",
                format!(
                    "the alarm `{name}` went off, so the alias was taken back to its old version"
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn read(value: Json) -> Result<Preference, Fault> {
        let map = value.as_object().cloned().unwrap_or_default();
        Preference::read(&Properties::new("A", &map))
    }

    #[test]
    fn shares_grow_by_the_percentage_until_all_is_moved() {
        let linear = json!({"Type": "LINEAR", "Percentage": 30, "Interval": 5, "StateMachineVersionArn": "v"});
        let linear = read(linear).unwrap();
        assert_eq!(linear.shares, [30, 60, 90]);
        assert_eq!(linear.interval.as_secs(), 300);
        let canary = json!({"Type": "CANARY", "Percentage": "10", "Interval": 5, "StateMachineVersionArn": "v"});
        assert_eq!(read(canary).unwrap().shares, [10]);
        let at_once = json!({"Type": "ALL_AT_ONCE", "StateMachineVersionArn": "v"});
        assert!(read(at_once).unwrap().shares.is_empty());
    }

    #[test]
    fn what_would_never_end_is_refused() {
        for bad in [
            json!({"Type": "LINEAR", "Percentage": 0, "Interval": 5, "StateMachineVersionArn": "v"}),
            json!({"Type": "LINEAR", "Percentage": 10, "StateMachineVersionArn": "v"}),
            json!({"Type": "SOMEHOW", "Interval": 1, "StateMachineVersionArn": "v"}),
            json!({"Type": "ALL_AT_ONCE"}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
