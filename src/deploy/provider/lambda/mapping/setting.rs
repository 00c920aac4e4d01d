//! What `CreateEventSourceMapping` and `UpdateEventSourceMapping` have in common.

use aws_sdk_lambda::primitives::DateTime;
use aws_sdk_lambda::types::{
    AmazonManagedKafkaEventSourceConfig, DestinationConfig, DocumentDbEventSourceConfig,
    EventSourceMappingLoggingConfig, EventSourceMappingMetricsConfig, Filter, FilterCriteria,
    FunctionResponseType, OnFailure, ProvisionedPollerConfig, ScalingConfig,
    SelfManagedKafkaEventSourceConfig, SourceAccessConfiguration,
};

use crate::aws::Fault;
use crate::deploy::provider::Properties;
use crate::deploy::provider::lambda::invoke_config::destinations;
use crate::deploy::provider::lambda::word::{word, words};

use super::kafka;

/// The properties that can be changed.
pub(super) const SETTINGS: [&str; 21] = [
    "AmazonManagedKafkaEventSourceConfig",
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "Enabled",
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
    "ScalingConfig",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
];

/// A mapping's settings, as far as they are set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings {
    pub managed_kafka: Option<AmazonManagedKafkaEventSourceConfig>,
    pub batch_size: Option<i32>,
    pub bisect: Option<bool>,
    pub destinations: Option<DestinationConfig>,
    pub document_db: Option<DocumentDbEventSourceConfig>,
    pub enabled: Option<bool>,
    pub filters: Option<FilterCriteria>,
    pub response_types: Option<Vec<FunctionResponseType>>,
    pub kms_key: Option<String>,
    pub logging: Option<EventSourceMappingLoggingConfig>,
    pub window: Option<i32>,
    pub record_age: Option<i32>,
    pub retries: Option<i32>,
    pub metrics: Option<EventSourceMappingMetricsConfig>,
    pub parallelization: Option<i32>,
    pub pollers: Option<ProvisionedPollerConfig>,
    pub scaling: Option<ScalingConfig>,
    pub own_kafka: Option<SelfManagedKafkaEventSourceConfig>,
    pub access: Option<Vec<SourceAccessConfiguration>>,
    pub tumbling: Option<i32>,
}

impl Settings {
    /// What the template says.
    pub fn of(properties: &Properties<'_>) -> Result<Self, Fault> {
        Ok(Settings {
            managed_kafka: kafka::managed(properties)?,
            batch_size: properties.integer("BatchSize")?,
            bisect: properties.flag("BisectBatchOnFunctionError")?,
            destinations: destinations(properties)?,
            document_db: document_db(properties)?,
            enabled: properties.flag("Enabled")?,
            filters: filters(properties)?,
            response_types: words(properties, "FunctionResponseTypes")?,
            kms_key: properties.text("KmsKeyArn")?,
            logging: match properties.object("LoggingConfig")? {
                Some(one) => Some(
                    EventSourceMappingLoggingConfig::builder()
                        .set_system_log_level(word(&one, "SystemLogLevel")?)
                        .build(),
                ),
                None => None,
            },
            window: properties.integer("MaximumBatchingWindowInSeconds")?,
            record_age: properties.integer("MaximumRecordAgeInSeconds")?,
            retries: properties.integer("MaximumRetryAttempts")?,
            metrics: match properties.object("MetricsConfig")? {
                Some(one) => Some(
                    EventSourceMappingMetricsConfig::builder()
                        .set_metrics(words(&one, "Metrics")?)
                        .build(),
                ),
                None => None,
            },
            parallelization: properties.integer("ParallelizationFactor")?,
            pollers: match properties.object("ProvisionedPollerConfig")? {
                Some(one) => Some(
                    ProvisionedPollerConfig::builder()
                        .set_minimum_pollers(one.integer("MinimumPollers")?)
                        .set_maximum_pollers(one.integer("MaximumPollers")?)
                        .set_poller_group_name(one.text("PollerGroupName")?)
                        .build(),
                ),
                None => None,
            },
            scaling: match properties.object("ScalingConfig")? {
                Some(one) => Some(
                    ScalingConfig::builder()
                        .set_maximum_concurrency(one.integer("MaximumConcurrency")?)
                        .build(),
                ),
                None => None,
            },
            own_kafka: kafka::own(properties)?,
            access: access(properties)?,
            tumbling: properties.integer("TumblingWindowInSeconds")?,
        })
    }

    /// What holds when the template says nothing any more. Only for what it said before: most settings are refused for most
    /// kinds of sources, whatever their value.
    /// Source: Lambda API reference, `CreateEventSourceMapping`, the default of each parameter; developer guide, "Retain discarded
    /// batches", for taking away a destination with an empty text.
    pub fn defaults(
        properties: &Properties<'_>,
        is_gone: impl Fn(&str) -> bool,
    ) -> Result<Self, Fault> {
        let source = properties.text("EventSourceArn")?.unwrap_or_default();
        let batch = match source.split(':').nth(2) {
            Some("sqs") => 10,
            _ => 100,
        };
        let nowhere = OnFailure::builder().destination("").build();
        let every = Settings {
            managed_kafka: None,
            batch_size: Some(batch),
            bisect: Some(false),
            destinations: Some(DestinationConfig::builder().on_failure(nowhere).build()),
            document_db: None,
            enabled: Some(true),
            filters: Some(FilterCriteria::builder().set_filters(Some(vec![])).build()),
            response_types: Some(Vec::new()),
            kms_key: Some(String::new()),
            logging: Some(EventSourceMappingLoggingConfig::builder().build()),
            window: Some(0),
            record_age: Some(-1),
            retries: Some(-1),
            metrics: Some(
                EventSourceMappingMetricsConfig::builder()
                    .set_metrics(Some(vec![]))
                    .build(),
            ),
            parallelization: Some(1),
            pollers: Some(ProvisionedPollerConfig::builder().build()),
            scaling: Some(ScalingConfig::builder().build()),
            own_kafka: None,
            access: Some(Vec::new()),
            tumbling: Some(0),
        };
        Ok(every.filtered(is_gone))
    }

    /// Those that an update is about, each as it is set or else as it is by default.
    pub fn or(self, defaults: Settings, is_touched: impl Fn(&str) -> bool) -> Settings {
        macro_rules! or {
            ($($field:ident,)*) => { Settings { $($field: self.$field.or(defaults.$field),)* } };
        }
        let all = or! {
            managed_kafka, batch_size, bisect, destinations, document_db, enabled, filters,
            response_types, kms_key, logging, window, record_age, retries, metrics,
            parallelization, pollers, scaling, own_kafka, access, tumbling,
        };
        all.filtered(is_touched)
    }

    /// Only those whose property is to be kept.
    fn filtered(self, keeps: impl Fn(&str) -> bool) -> Settings {
        macro_rules! keep {
            ($($field:ident: $property:literal,)*) => {
                Settings { $($field: self.$field.filter(|_| keeps($property)),)* }
            };
        }
        keep! {
            managed_kafka: "AmazonManagedKafkaEventSourceConfig",
            batch_size: "BatchSize",
            bisect: "BisectBatchOnFunctionError",
            destinations: "DestinationConfig",
            document_db: "DocumentDBEventSourceConfig",
            enabled: "Enabled",
            filters: "FilterCriteria",
            response_types: "FunctionResponseTypes",
            kms_key: "KmsKeyArn",
            logging: "LoggingConfig",
            window: "MaximumBatchingWindowInSeconds",
            record_age: "MaximumRecordAgeInSeconds",
            retries: "MaximumRetryAttempts",
            metrics: "MetricsConfig",
            parallelization: "ParallelizationFactor",
            pollers: "ProvisionedPollerConfig",
            scaling: "ScalingConfig",
            own_kafka: "SelfManagedKafkaEventSourceConfig",
            access: "SourceAccessConfigurations",
            tumbling: "TumblingWindowInSeconds",
        }
    }
}

/// Where reading begins, in seconds since 1970.
pub(super) fn timestamp(properties: &Properties<'_>) -> Result<Option<DateTime>, Fault> {
    let seconds = properties.number("StartingPositionTimestamp")?;
    Ok(seconds.map(DateTime::from_secs_f64))
}

fn filters(properties: &Properties<'_>) -> Result<Option<FilterCriteria>, Fault> {
    let Some(given) = properties.object("FilterCriteria")? else {
        return Ok(None);
    };
    let each = given.objects("Filters")?;
    let each = each.iter().map(|filter| {
        Filter::builder()
            .set_pattern(filter.document("Pattern"))
            .build()
    });
    Ok(Some(
        FilterCriteria::builder()
            .set_filters(Some(each.collect()))
            .build(),
    ))
}

fn document_db(properties: &Properties<'_>) -> Result<Option<DocumentDbEventSourceConfig>, Fault> {
    let Some(one) = properties.object("DocumentDBEventSourceConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        DocumentDbEventSourceConfig::builder()
            .set_collection_name(one.text("CollectionName")?)
            .set_database_name(one.text("DatabaseName")?)
            .set_full_document(word(&one, "FullDocument")?)
            .build(),
    ))
}

fn access(properties: &Properties<'_>) -> Result<Option<Vec<SourceAccessConfiguration>>, Fault> {
    if properties.get("SourceAccessConfigurations").is_none() {
        return Ok(None);
    }
    let each = properties.objects("SourceAccessConfigurations")?;
    let each = each.iter().map(|one| {
        Ok(SourceAccessConfiguration::builder()
            .set_type(word(one, "Type")?)
            .set_uri(one.text("URI")?)
            .build())
    });
    each.collect::<Result<_, _>>().map(Some)
}
