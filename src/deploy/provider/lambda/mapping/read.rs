//! A mapping as AWS has it, in the words of the template.

use aws_sdk_lambda::operation::get_event_source_mapping::GetEventSourceMappingOutput;
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;
use crate::deploy::provider::Held;
use crate::deploy::provider::lambda::invoke_config::live_destinations;
use crate::deploy::provider::lambda::live::{as_sent, object, put};
use crate::deploy::provider::lambda::{Lambda, live};

use super::kafka;

const READABLE: [&str; 27] = [
    "AmazonManagedKafkaEventSourceConfig",
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "Enabled",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionName",
    "FunctionResponseTypes",
    "KmsKeyArn",
    "LoggingConfig",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ProvisionedPollerConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
    "TumblingWindowInSeconds",
];

impl Lambda {
    pub(in super::super) async fn read_mapping(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .get_event_source_mapping()
            .uuid(&held.reference)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("lambda", "GetEventSourceMapping", &error).unless_missing();
            }
        };
        if answer.state() == Some("Deleting") {
            return Ok(None);
        }
        let mut properties = as_sent(held, found(held, &answer), &READABLE);
        let on = match answer.state() {
            Some("Enabled" | "Enabling") => Some(true),
            Some("Disabled" | "Disabling") => Some(false),
            // Which of both it will be is not said.
            _ => None,
        };
        match on {
            Some(_) if held.properties().get("Enabled").is_none() => {}
            Some(on) => put(&mut properties, "Enabled", Some(on)),
            None => {
                properties.remove("Enabled");
            }
        }
        if held.properties().get("Tags").is_some()
            && let Some(arn) = answer.event_source_mapping_arn()
        {
            let tags = self.tags(arn).await?;
            put(&mut properties, "Tags", live::tags(held, &tags));
        }
        Ok(Some(properties))
    }
}

fn found(held: &Held, mapping: &GetEventSourceMappingOutput) -> Map<String, Json> {
    let mut found = Map::new();
    let managed = mapping.amazon_managed_kafka_event_source_config();
    let own = mapping.self_managed_kafka_event_source_config();
    let document_db = mapping.document_db_event_source_config().map(|one| {
        object([
            ("CollectionName", one.collection_name().map(Json::from)),
            ("DatabaseName", one.database_name().map(Json::from)),
            (
                "FullDocument",
                one.full_document().map(|one| json!(one.as_str())),
            ),
        ])
    });
    let filters = mapping.filter_criteria().map(|criteria| {
        let each = criteria.filters().iter();
        let each = each.map(|filter| object([("Pattern", filter.pattern().map(Json::from))]));
        json!({"Filters": each.collect::<Vec<_>>()})
    });
    let pollers = mapping.provisioned_poller_config().map(|one| {
        object([
            ("MinimumPollers", one.minimum_pollers().map(Json::from)),
            ("MaximumPollers", one.maximum_pollers().map(Json::from)),
            ("PollerGroupName", one.poller_group_name().map(Json::from)),
        ])
    });
    let access = mapping.source_access_configurations().iter().map(|one| {
        object([
            ("Type", one.r#type().map(|kind| json!(kind.as_str()))),
            ("URI", one.uri().map(Json::from)),
        ])
    });
    let types = mapping.function_response_types().iter();
    let types: Vec<_> = types.map(|one| one.as_str()).collect();
    let metrics = mapping.metrics_config().map(|config| {
        let each: Vec<_> = config.metrics().iter().map(|one| one.as_str()).collect();
        json!({ "Metrics": each })
    });
    let logging = mapping.logging_config().map(|config| {
        let level = config.system_log_level();
        object([("SystemLogLevel", level.map(|level| json!(level.as_str())))])
    });
    let scaling = mapping.scaling_config().map(|config| {
        let most = config.maximum_concurrency();
        object([("MaximumConcurrency", most.map(Json::from))])
    });
    let cluster = mapping.self_managed_event_source();
    let position = mapping.starting_position().map(|one| one.as_str());
    let since = mapping.starting_position_timestamp();
    let since = since.map(|time| match time.subsec_nanos() {
        0 => json!(time.secs()),
        _ => json!(time.as_secs_f64()),
    });
    let function = mapping.function_arn();
    let function = function.map(|arn| live::function(held, "FunctionName", arn));
    put(
        &mut found,
        "AmazonManagedKafkaEventSourceConfig",
        managed.map(kafka::live_managed),
    );
    put(&mut found, "BatchSize", mapping.batch_size());
    put(
        &mut found,
        "BisectBatchOnFunctionError",
        mapping.bisect_batch_on_function_error(),
    );
    put(
        &mut found,
        "DestinationConfig",
        mapping.destination_config().map(live_destinations),
    );
    put(&mut found, "DocumentDBEventSourceConfig", document_db);
    put(&mut found, "EventSourceArn", mapping.event_source_arn());
    put(&mut found, "FilterCriteria", filters);
    put(&mut found, "FunctionName", function);
    put(&mut found, "FunctionResponseTypes", Some(json!(types)));
    put(&mut found, "KmsKeyArn", mapping.kms_key_arn());
    put(&mut found, "LoggingConfig", logging);
    let window = mapping.maximum_batching_window_in_seconds();
    put(&mut found, "MaximumBatchingWindowInSeconds", window);
    put(
        &mut found,
        "MaximumRecordAgeInSeconds",
        mapping.maximum_record_age_in_seconds(),
    );
    put(
        &mut found,
        "MaximumRetryAttempts",
        mapping.maximum_retry_attempts(),
    );
    put(&mut found, "MetricsConfig", metrics);
    put(
        &mut found,
        "ParallelizationFactor",
        mapping.parallelization_factor(),
    );
    put(&mut found, "ProvisionedPollerConfig", pollers);
    put(&mut found, "Queues", Some(json!(mapping.queues())));
    put(&mut found, "ScalingConfig", scaling);
    put(
        &mut found,
        "SelfManagedEventSource",
        cluster.map(kafka::live_cluster),
    );
    put(
        &mut found,
        "SelfManagedKafkaEventSourceConfig",
        own.map(kafka::live_own),
    );
    put(
        &mut found,
        "SourceAccessConfigurations",
        Some(access.collect::<Json>()),
    );
    put(&mut found, "StartingPosition", position);
    put(&mut found, "StartingPositionTimestamp", since);
    put(&mut found, "Topics", Some(json!(mapping.topics())));
    put(
        &mut found,
        "TumblingWindowInSeconds",
        mapping.tumbling_window_in_seconds(),
    );
    found
}
