//! How new versions do: what CloudWatch counts of them, and alarms.

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{
    AlarmType, Dimension, Metric, MetricDataQuery, MetricStat, StateValue,
};
use aws_smithy_types::DateTime;
use serde::Serialize;

use crate::aws::{Cloud, Fault};
use crate::deploy::state::Move;

/// The seconds that Lambda sums a value of its metrics over.
const PERIOD: u64 = 60;
const METRICS: [&str; 3] = ["Invocations", "Errors", "Throttles"];
/// How many values one call may ask for.
/// Source: CloudWatch API reference, `GetMetricData`.
const QUERIES: usize = 500;

/// What a new version did since calls go to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figures {
    /// How often it ran.
    pub invocations: f64,
    /// How often it failed.
    pub errors: f64,
    /// How often it was not let run.
    pub throttles: f64,
}

impl Figures {
    /// The part of all calls that failed or were not let run, in percent; none when there were no calls. Lambda does not count a
    /// throttled call as an invocation.
    pub fn failed(&self) -> Option<f64> {
        let calls = self.invocations + self.throttles;
        (calls > 0.0).then(|| (self.errors + self.throttles) / calls * 100.0)
    }
}

/// Asks CloudWatch.
pub(super) struct Metrics {
    client: Client,
}

impl Metrics {
    pub fn new(cloud: &Cloud) -> Self {
        Metrics {
            client: Client::new(cloud.config()),
        }
    }

    /// What each alias's new version did since `since`, in seconds since 1970, up to `now`.
    pub async fn figures(
        &self,
        moves: &[Move],
        since: u64,
        now: u64,
    ) -> Result<Vec<Figures>, Fault> {
        let mut sums: HashMap<String, f64> = HashMap::new();
        let queries: Vec<MetricDataQuery> = moves
            .iter()
            .enumerate()
            .flat_map(|(at, one)| METRICS.map(|metric| query(at, one, metric)))
            .collect();
        for some in queries.chunks(QUERIES) {
            let mut pages = self
                .client
                .get_metric_data()
                .set_metric_data_queries(Some(some.to_vec()))
                .start_time(time(since / PERIOD * PERIOD))
                // What happens in this minute is counted under its beginning.
                .end_time(time((now / PERIOD + 1) * PERIOD))
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|error| Fault::of("cloudwatch", "GetMetricData", &error))?;
                for result in page.metric_data_results() {
                    let sum: f64 = result.values().iter().sum();
                    *sums
                        .entry(result.id().unwrap_or_default().to_owned())
                        .or_default() += sum;
                }
            }
        }
        let sum = |at: usize, metric| sums.get(&id(at, metric)).copied().unwrap_or_default();
        Ok((0..moves.len())
            .map(|at| Figures {
                invocations: sum(at, METRICS[0]),
                errors: sum(at, METRICS[1]),
                throttles: sum(at, METRICS[2]),
            })
            .collect())
    }

    /// The first of these alarms that went off, and those that there are not.
    pub async fn alarms(&self, names: &[String]) -> Result<(Option<String>, Vec<String>), Fault> {
        if names.is_empty() {
            return Ok((None, Vec::new()));
        }
        let answer = self
            .client
            .describe_alarms()
            .set_alarm_names(Some(names.to_vec()))
            // Without it, composite alarms are not among them.
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .send()
            .await
            .map_err(|error| Fault::of("cloudwatch", "DescribeAlarms", &error))?;
        let single = answer.metric_alarms().iter();
        let composite = answer.composite_alarms().iter();
        let states: HashMap<&str, Option<&StateValue>> = single
            .map(|one| (one.alarm_name().unwrap_or_default(), one.state_value()))
            .chain(composite.map(|one| (one.alarm_name().unwrap_or_default(), one.state_value())))
            .collect();
        let went_off = names
            .iter()
            .find(|name| states.get(name.as_str()) == Some(&Some(&StateValue::Alarm)));
        let missing = names
            .iter()
            .filter(|name| !states.contains_key(name.as_str()));
        Ok((went_off.cloned(), missing.cloned().collect()))
    }
}

/// Source: Lambda developer guide, "Types of metrics for Lambda functions", dimensions: `ExecutedVersion` tells apart the two
/// versions of a weighted alias, beside `FunctionName` and `Resource`.
fn query(at: usize, one: &Move, metric: &str) -> MetricDataQuery {
    let name = function_name(&one.function);
    let resource = format!("{name}:{}", one.alias);
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let metric_of = Metric::builder()
        .namespace("AWS/Lambda")
        .metric_name(metric)
        .dimensions(dimension("FunctionName", name))
        .dimensions(dimension("Resource", &resource))
        .dimensions(dimension("ExecutedVersion", &one.to))
        .build();
    let stat = MetricStat::builder()
        .metric(metric_of)
        .period(PERIOD as i32)
        .stat("Sum")
        .build();
    MetricDataQuery::builder()
        .id(id(at, metric))
        .metric_stat(stat)
        .return_data(true)
        .build()
}

fn id(at: usize, metric: &str) -> String {
    format!("{}{at}", metric.to_lowercase())
}

/// The name in a function's ARN; what is no ARN is a name.
fn function_name(function: &str) -> &str {
    match function.split_once(":function:") {
        Some((_, name)) => name.split(':').next().unwrap_or(name),
        None => function,
    }
}

fn time(seconds: u64) -> DateTime {
    DateTime::from(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttled_calls_count_as_failed_and_no_calls_are_no_share() {
        let figures = |invocations, errors, throttles| Figures {
            invocations,
            errors,
            throttles,
        };
        assert_eq!(figures(0.0, 0.0, 0.0).failed(), None);
        assert_eq!(figures(8.0, 1.0, 0.0).failed(), Some(12.5));
        assert_eq!(figures(6.0, 0.0, 2.0).failed(), Some(25.0));
    }

    #[test]
    fn the_name_of_a_function_is_cut_out_of_its_arn() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders";
        assert_eq!(function_name(arn), "orders");
        assert_eq!(function_name("orders"), "orders");
    }
}
