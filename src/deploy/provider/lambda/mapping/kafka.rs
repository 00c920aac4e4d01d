//! What only mappings of Kafka clusters have.

use aws_sdk_lambda::types::{
    AmazonManagedKafkaEventSourceConfig, EndPointType, KafkaSchemaRegistryAccessConfig,
    KafkaSchemaRegistryConfig, KafkaSchemaValidationConfig, SelfManagedEventSource,
    SelfManagedKafkaEventSourceConfig,
};
use serde_json::{Value as Json, json};

use crate::aws::Fault;
use crate::deploy::provider::Properties;
use crate::deploy::provider::lambda::live::object;
use crate::deploy::provider::lambda::word::word;

/// `SelfManagedEventSource`.
pub(super) fn own_cluster(
    properties: &Properties<'_>,
) -> Result<Option<SelfManagedEventSource>, Fault> {
    let Some(given) = properties.object("SelfManagedEventSource")? else {
        return Ok(None);
    };
    let mut source = SelfManagedEventSource::builder();
    if let Some(endpoints) = given.object("Endpoints")? {
        let servers = endpoints.texts("KafkaBootstrapServers")?;
        source = source.endpoints(
            EndPointType::KafkaBootstrapServers,
            servers.unwrap_or_default(),
        );
    }
    Ok(Some(source.build()))
}

/// `AmazonManagedKafkaEventSourceConfig`.
pub(super) fn managed(
    properties: &Properties<'_>,
) -> Result<Option<AmazonManagedKafkaEventSourceConfig>, Fault> {
    let Some(given) = properties.object("AmazonManagedKafkaEventSourceConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        AmazonManagedKafkaEventSourceConfig::builder()
            .set_consumer_group_id(given.text("ConsumerGroupId")?)
            .set_schema_registry_config(registry(&given)?)
            .build(),
    ))
}

/// `SelfManagedKafkaEventSourceConfig`.
pub(super) fn own(
    properties: &Properties<'_>,
) -> Result<Option<SelfManagedKafkaEventSourceConfig>, Fault> {
    let Some(given) = properties.object("SelfManagedKafkaEventSourceConfig")? else {
        return Ok(None);
    };
    Ok(Some(
        SelfManagedKafkaEventSourceConfig::builder()
            .set_consumer_group_id(given.text("ConsumerGroupId")?)
            .set_consumption_mode(word(&given, "ConsumptionMode")?)
            .set_schema_registry_config(registry(&given)?)
            .build(),
    ))
}

fn registry(properties: &Properties<'_>) -> Result<Option<KafkaSchemaRegistryConfig>, Fault> {
    let Some(given) = properties.object("SchemaRegistryConfig")? else {
        return Ok(None);
    };
    let mut registry = KafkaSchemaRegistryConfig::builder()
        .set_schema_registry_uri(given.text("SchemaRegistryURI")?)
        .set_event_record_format(word(&given, "EventRecordFormat")?);
    for one in given.objects("AccessConfigs")? {
        let access = KafkaSchemaRegistryAccessConfig::builder()
            .set_type(word(&one, "Type")?)
            .set_uri(one.text("URI")?);
        registry = registry.access_configs(access.build());
    }
    for one in given.objects("SchemaValidationConfigs")? {
        let validation =
            KafkaSchemaValidationConfig::builder().set_attribute(word(&one, "Attribute")?);
        registry = registry.schema_validation_configs(validation.build());
    }
    Ok(Some(registry.build()))
}

/// `SelfManagedEventSource` as AWS has it.
pub(super) fn live_cluster(source: &SelfManagedEventSource) -> Json {
    let servers = source
        .endpoints()
        .and_then(|endpoints| endpoints.get(&EndPointType::KafkaBootstrapServers));
    json!({"Endpoints": object([("KafkaBootstrapServers", servers.map(|servers| json!(servers)))])})
}

/// `AmazonManagedKafkaEventSourceConfig` as AWS has it.
pub(super) fn live_managed(config: &AmazonManagedKafkaEventSourceConfig) -> Json {
    object([
        (
            "ConsumerGroupId",
            config.consumer_group_id().map(Json::from),
        ),
        (
            "SchemaRegistryConfig",
            config.schema_registry_config().map(live_registry),
        ),
    ])
}

/// `SelfManagedKafkaEventSourceConfig` as AWS has it.
pub(super) fn live_own(config: &SelfManagedKafkaEventSourceConfig) -> Json {
    let mode = config.consumption_mode().map(|mode| json!(mode.as_str()));
    object([
        (
            "ConsumerGroupId",
            config.consumer_group_id().map(Json::from),
        ),
        ("ConsumptionMode", mode),
        (
            "SchemaRegistryConfig",
            config.schema_registry_config().map(live_registry),
        ),
    ])
}

fn live_registry(config: &KafkaSchemaRegistryConfig) -> Json {
    let format = config.event_record_format().map(|one| json!(one.as_str()));
    let access = config.access_configs().iter().map(|one| {
        object([
            ("Type", one.r#type().map(|kind| json!(kind.as_str()))),
            ("URI", one.uri().map(Json::from)),
        ])
    });
    let validation = config
        .schema_validation_configs()
        .iter()
        .map(|one| object([("Attribute", one.attribute().map(|one| json!(one.as_str())))]));
    object([
        (
            "SchemaRegistryURI",
            config.schema_registry_uri().map(Json::from),
        ),
        ("EventRecordFormat", format),
        ("AccessConfigs", Some(access.collect())),
        ("SchemaValidationConfigs", Some(validation.collect())),
    ])
}
