//! Asking CloudWatch.

use std::collections::HashMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric as CloudWatchMetric, MetricDataQuery, MetricStat, ScanBy, StatusCode,
};

use crate::aws::{Cloud, Fault};

use super::{Metric, Series, Span};

/// How many queries one call takes. Source: CloudWatch API reference, `GetMetricData`.
const QUERIES: usize = 500;
const OPERATION: &str = "GetMetricData";

/// What each of these functions did, in their order.
///
/// # Errors
/// When AWS refuses, or says that it could not read a metric.
pub async fn ask(cloud: &Cloud, functions: &[String], span: Span) -> Result<Vec<Series>, Fault> {
    let client = Client::new(cloud.config());
    let mut all = vec![Series::default(); functions.len()];
    let queries: Vec<(usize, Metric, MetricDataQuery)> = functions
        .iter()
        .enumerate()
        .flat_map(|(at, function)| {
            Metric::ALL.map(|metric| (at, metric, query(at, function, metric, span.period)))
        })
        .collect();
    let places: HashMap<String, (usize, Metric)> = queries
        .iter()
        .map(|(at, metric, _)| (id(*at, *metric), (*at, *metric)))
        .collect();
    for some in queries.chunks(QUERIES) {
        let queries = some.iter().map(|(_, _, query)| query.clone()).collect();
        let mut pages = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time(DateTime::from_secs(span.from))
            .end_time(DateTime::from_secs(span.until()))
            .scan_by(ScanBy::TimestampAscending)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::of("cloudwatch", OPERATION, &error))?;
            for result in page.metric_data_results() {
                let Some((at, metric)) = places.get(result.id().unwrap_or_default()) else {
                    continue;
                };
                if matches!(
                    result.status_code(),
                    Some(StatusCode::InternalError | StatusCode::Forbidden)
                ) {
                    let text = result.messages().iter().filter_map(|one| one.value());
                    let text = text.collect::<Vec<_>>().join("; ");
                    let code = result.status_code().map_or("", StatusCode::as_str);
                    return Err(Fault::answered("cloudwatch", OPERATION, code, &text));
                }
                let values = all[*at].0.entry(*metric).or_default();
                values.resize(span.count, None);
                for (moment, value) in result.timestamps().iter().zip(result.values()) {
                    if let Some(place) = span.place(moment.secs()) {
                        values[place] = Some(*value);
                    }
                }
            }
        }
    }
    Ok(all)
}

/// Begins with a small letter, as CloudWatch wants it.
fn id(at: usize, metric: Metric) -> String {
    format!("f{at}m{}", metric as u8)
}

fn query(at: usize, function: &str, metric: Metric, period: i64) -> MetricDataQuery {
    let (name, statistic) = metric.words();
    let dimension = Dimension::builder()
        .name("FunctionName")
        .value(function)
        .build();
    let metric_of = CloudWatchMetric::builder()
        .namespace("AWS/Lambda")
        .metric_name(name)
        .dimensions(dimension)
        .build();
    let stat = MetricStat::builder()
        .metric(metric_of)
        .period(i32::try_from(period).unwrap_or(i32::MAX / 60 * 60))
        .stat(statistic)
        .build();
    MetricDataQuery::builder()
        .id(id(at, metric))
        .metric_stat(stat)
        .return_data(true)
        .build()
}
