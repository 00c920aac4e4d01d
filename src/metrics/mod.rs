//! What the functions of a stack did: CloudWatch's metrics of AWS Lambda, and what that cost about.
//!
//! [`ask`](ask::ask) waits for CloudWatch; [`Summary`] and [`cost`] are pure.

pub mod ask;
pub mod chart;
pub mod cost;

use std::collections::BTreeMap;

/// One metric of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// How often its code was run.
    Invocations,
    /// Invocations that ended with an error of the function.
    Errors,
    /// Requests that were turned away for want of concurrency.
    Throttles,
    /// The duration that half of the invocations kept within, in milliseconds.
    P50,
    /// The duration that 99 of 100 invocations kept within, in milliseconds.
    P99,
    /// All durations together, in milliseconds.
    Duration,
    /// How many ran at the same time at most.
    Concurrent,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 7] = [
        Metric::Invocations,
        Metric::Errors,
        Metric::Throttles,
        Metric::P50,
        Metric::P99,
        Metric::Duration,
        Metric::Concurrent,
    ];

    /// CloudWatch's name of the metric and the statistic of it.
    /// Source: AWS Lambda developer guide, "Types of metrics for Lambda functions".
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Metric::Invocations => ("Invocations", "Sum"),
            Metric::Errors => ("Errors", "Sum"),
            Metric::Throttles => ("Throttles", "Sum"),
            Metric::P50 => ("Duration", "p50"),
            Metric::P99 => ("Duration", "p99"),
            Metric::Duration => ("Duration", "Sum"),
            Metric::Concurrent => ("ConcurrentExecutions", "Maximum"),
        }
    }
}

/// The periods that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The beginning of the first period, in seconds since 1970.
    pub from: i64,
    /// The length of a period in seconds, a multiple of 60.
    pub period: i64,
    /// How many periods there are.
    pub count: usize,
}

/// The lengths of periods, in seconds.
const PERIODS: [i64; 7] = [60, 300, 900, 3600, 10_800, 21_600, 86_400];
/// How many periods a chart has at most.
const MOST: i64 = 60;

impl Span {
    /// The periods between two moments in seconds since 1970: the shortest of which a chart has room for all.
    pub fn between(from: i64, until: i64) -> Self {
        let length = (until - from).max(1);
        let fitting = PERIODS.iter().find(|period| length <= *period * MOST);
        let period = fitting.copied().unwrap_or_else(|| {
            let least = length / MOST + 1;
            (least + 86_399) / 86_400 * 86_400
        });
        let from = from.div_euclid(period) * period;
        let count = usize::try_from((until - from + period - 1) / period).unwrap_or(1);
        Span {
            from,
            period,
            count: count.max(1),
        }
    }

    /// The end of the last period, in seconds since 1970.
    pub fn until(&self) -> i64 {
        self.from + self.period * i64::try_from(self.count).unwrap_or(i64::MAX / self.period)
    }

    /// Which period a moment lies in.
    pub fn place(&self, moment: i64) -> Option<usize> {
        let at = usize::try_from((moment - self.from).div_euclid(self.period)).ok()?;
        (at < self.count).then_some(at)
    }
}

/// What one function did, by metric and period. A period in which nothing happened has no value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series(pub BTreeMap<Metric, Vec<Option<f64>>>);

impl Series {
    /// A metric's values, one a period.
    pub fn of(&self, metric: Metric) -> &[Option<f64>] {
        self.0.get(&metric).map_or(&[], Vec::as_slice)
    }

    fn sum(&self, metric: Metric) -> f64 {
        // `sum` of nothing is -0.
        self.of(metric)
            .iter()
            .flatten()
            .fold(0.0, |all, one| all + one)
    }

    fn most(&self, metric: Metric) -> Option<f64> {
        self.of(metric).iter().flatten().copied().reduce(f64::max)
    }

    /// The figures for the whole time.
    pub fn summary(&self) -> Summary {
        let invocations = self.sum(Metric::Invocations);
        let pairs = self
            .of(Metric::P50)
            .iter()
            .zip(self.of(Metric::Invocations));
        let (weighted, weight) = pairs
            .filter_map(|(p50, count)| Some(((*p50)?, count.unwrap_or(1.0))))
            .fold((0.0, 0.0), |(sum, all), (p50, count)| {
                (sum + p50 * count, all + count)
            });
        let duration = self.sum(Metric::Duration);
        Summary {
            invocations,
            errors: self.sum(Metric::Errors),
            throttles: self.sum(Metric::Throttles),
            p50: (weight > 0.0).then(|| weighted / weight),
            p99: self.most(Metric::P99),
            duration,
            concurrent: self.most(Metric::Concurrent).unwrap_or(0.0),
        }
    }
}

/// The figures of a function for the whole time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// How often its code was run.
    pub invocations: f64,
    /// How many of them failed.
    pub errors: f64,
    /// How many requests were turned away.
    pub throttles: f64,
    /// The periods' medians in milliseconds, each counted by its invocations. Percentiles of periods cannot be put together
    /// exactly.
    pub p50: Option<f64>,
    /// The highest 99th percentile of any period, in milliseconds.
    pub p99: Option<f64>,
    /// All durations together, in milliseconds.
    pub duration: f64,
    /// How many ran at the same time at most.
    pub concurrent: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_as_short_as_a_chart_has_room_for() {
        let hour = 3600;
        for (length, period) in [
            (600, 60),
            (hour, 60),
            (3 * hour, 300),
            (24 * hour, 3600),
            (7 * 24 * hour, 10_800),
            (30 * 24 * hour, 86_400),
            (90 * 24 * hour, 172_800),
        ] {
            let until = 1_800_000_123;
            let span = Span::between(until - length, until);
            assert_eq!(span.period, period, "{length}");
            assert!(span.count <= 61, "{span:?}");
            assert!(span.from <= until - length && span.until() >= until);
            assert_eq!(span.place(until - 1), Some(span.count - 1));
            assert_eq!(span.place(span.from - 1), None);
            assert_eq!(span.place(span.until()), None);
        }
    }

    #[test]
    fn what_nobody_invoked_has_no_durations() {
        assert_eq!(Series::default().summary(), Summary::default());
    }

    #[test]
    fn medians_count_by_invocations_and_the_highest_percentile_stands() {
        let series = Series(BTreeMap::from([
            (Metric::Invocations, vec![Some(3.0), None, Some(1.0)]),
            (Metric::P50, vec![Some(10.0), None, Some(50.0)]),
            (Metric::P99, vec![Some(90.0), None, Some(70.0)]),
        ]));
        let summary = series.summary();
        assert_eq!(summary.p50, Some(20.0));
        assert_eq!(summary.p99, Some(90.0));
        assert_eq!(summary.invocations, 4.0);
    }
}
