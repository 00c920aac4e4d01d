//! How Lambda polls a source: `AWS::Lambda::EventSourceMapping`.

use crate::graph::fields::Fields;
use crate::graph::mapping::{EventSourceMapping, PollService, Polling};
use crate::graph::setting::Link;

pub(super) fn event_source_mapping(fields: &Fields<'_>) -> EventSourceMapping {
    if !fields.has("FunctionName") {
        fields.missing(
            "FunctionName",
            "It is the name or the ARN of the function that gets the events.",
        );
    }
    if !fields.has("EventSourceArn") && !fields.has("SelfManagedEventSource") {
        fields.missing(
            "EventSourceArn",
            "It is the ARN of the queue, stream or broker to poll.",
        );
    }
    let source = fields.link("EventSourceArn");
    EventSourceMapping {
        function: fields.link("FunctionName"),
        service: service(fields, source.as_ref()),
        source,
        polling: polling(fields),
    }
}

fn service(fields: &Fields<'_>, source: Option<&Link>) -> Option<PollService> {
    let Some(source) = source else {
        return fields
            .has("SelfManagedEventSource")
            .then_some(PollService::SelfManagedKafka);
    };
    let of_type = |id: &String| PollService::of_type(fields.type_of(id)?);
    let of_arn = || PollService::of_arn(source.value.known()?);
    source.resource.as_ref().and_then(of_type).or_else(of_arn)
}

/// Source of the bounds: AWS::Lambda::EventSourceMapping.
fn polling(fields: &Fields<'_>) -> Polling {
    let on_failure = fields
        .fields("DestinationConfig")
        .and_then(|config| config.fields("OnFailure"))
        .and_then(|failure| failure.link("Destination"));
    let signed = |key, bounds| {
        fields
            .number(key, bounds)
            .and_then(|number| i32::try_from(number).ok())
    };
    Polling {
        batch_size: fields.count("BatchSize", 1..=10_000),
        window_seconds: fields.count("MaximumBatchingWindowInSeconds", 0..=300),
        enabled: fields.flag("Enabled"),
        starting_position: fields.text("StartingPosition"),
        starting_timestamp: fields.node("StartingPositionTimestamp").cloned(),
        filters: filters(fields),
        report_item_failures: fields.texts("FunctionResponseTypes").iter().any(|kind| {
            kind.known()
                .is_some_and(|kind| kind == "ReportBatchItemFailures")
        }),
        bisect_on_error: fields.flag("BisectBatchOnFunctionError").unwrap_or(false),
        maximum_retries: signed("MaximumRetryAttempts", -1..=10_000),
        maximum_record_age_seconds: signed("MaximumRecordAgeInSeconds", -1..=604_800),
        parallelization: fields.count("ParallelizationFactor", 1..=10),
        tumbling_window_seconds: fields.count("TumblingWindowInSeconds", 0..=900),
        maximum_concurrency: fields
            .fields("ScalingConfig")
            .and_then(|scaling| scaling.count("MaximumConcurrency", 2..=1_000)),
        on_failure,
        topics: fields.texts("Topics"),
        queues: fields.texts("Queues"),
    }
}

fn filters(fields: &Fields<'_>) -> Vec<crate::graph::setting::Setting<String>> {
    let Some(criteria) = fields.fields("FilterCriteria") else {
        return Vec::new();
    };
    criteria
        .items("Filters")
        .into_iter()
        .filter_map(|item| criteria.fields_of("Filters", item)?.text("Pattern"))
        .collect()
}
