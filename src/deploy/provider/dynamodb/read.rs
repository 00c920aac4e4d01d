//! What AWS says a table is, in CloudFormation's words.

use aws_sdk_dynamodb::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::setting::is_recoverable;
use super::{DynamoDb, Held};

impl DynamoDb {
    pub(super) async fn read_table(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let name = &held.reference;
        let Some(table) = self.describe(name).await? else {
            return Ok(None);
        };
        let mut found = described(&table, held);
        let has = |property: &str| held.properties.contains_key(property);
        if has("TimeToLiveSpecification") {
            let live = self.time_to_live(name).await?;
            let is_on = live.as_ref().is_some_and(|live| {
                matches!(
                    live.time_to_live_status(),
                    Some(sdk::TimeToLiveStatus::Enabled | sdk::TimeToLiveStatus::Enabling)
                )
            });
            // AWS forgets the attribute's name when it is off.
            let mut value = json!({ "Enabled": is_on });
            let attribute = live.as_ref().and_then(|live| live.attribute_name());
            match attribute.filter(|_| is_on) {
                Some(attribute) => value["AttributeName"] = json!(attribute),
                None => keep(&mut value, held, "TimeToLiveSpecification", "AttributeName"),
            }
            found.insert("TimeToLiveSpecification".into(), value);
        }
        if has("PointInTimeRecoverySpecification") {
            let live = self.backups(name).await?;
            let is_on = live.as_ref().is_some_and(is_recoverable);
            let mut value = json!({ "PointInTimeRecoveryEnabled": is_on });
            let sent = &held.properties["PointInTimeRecoverySpecification"];
            if let Some(days) = sent.get("RecoveryPeriodInDays") {
                let has = live.and_then(|live| live.recovery_period_in_days());
                value["RecoveryPeriodInDays"] = has.map_or_else(|| days.clone(), |has| json!(has));
            }
            found.insert("PointInTimeRecoverySpecification".into(), value);
        }
        if has("ResourcePolicy")
            && let Some(policy) = self.policy(table.table_arn().unwrap_or_default()).await?
        {
            let policy = json!({ "PolicyDocument": policy });
            found.insert("ResourcePolicy".into(), policy);
        }
        Ok(Some(found))
    }
}

/// What was sent and AWS does not say.
fn keep(value: &mut Json, held: &Held, property: &str, part: &str) {
    if let Some(sent) = held.properties.get(property).and_then(|it| it.get(part)) {
        value[part] = sent.clone();
    }
}

fn described(table: &sdk::TableDescription, held: &Held) -> Map<String, Json> {
    let mut found = Map::new();
    found.insert("TableName".into(), json!(table.table_name()));
    found.insert("KeySchema".into(), keys(table.key_schema()));
    let mut definitions: Vec<Json> = table
        .attribute_definitions()
        .iter()
        .map(|one| json!({"AttributeName": one.attribute_name(), "AttributeType": one.attribute_type().as_str()}))
        .collect();
    in_order(
        &mut definitions,
        held,
        "AttributeDefinitions",
        "AttributeName",
    );
    found.insert("AttributeDefinitions".into(), Json::from(definitions));
    let mode = table
        .billing_mode_summary()
        .and_then(|summary| summary.billing_mode())
        .unwrap_or(&sdk::BillingMode::Provisioned);
    found.insert("BillingMode".into(), json!(mode.as_str()));
    if *mode == sdk::BillingMode::Provisioned
        && let Some(throughput) = table.provisioned_throughput()
    {
        found.insert("ProvisionedThroughput".into(), provisioned(throughput));
    }
    if let Some(stream) = table
        .stream_specification()
        .filter(|one| one.stream_enabled)
    {
        let mut value =
            json!({ "StreamViewType": stream.stream_view_type().map(|it| it.as_str()) });
        for part in ["ResourcePolicy", "Tags"] {
            keep(&mut value, held, "StreamSpecification", part);
        }
        found.insert("StreamSpecification".into(), value);
    }
    let class = table
        .table_class_summary()
        .and_then(|summary| summary.table_class())
        .unwrap_or(&sdk::TableClass::Standard);
    found.insert("TableClass".into(), json!(class.as_str()));
    let protected = table.deletion_protection_enabled().unwrap_or(false);
    found.insert("DeletionProtectionEnabled".into(), json!(protected));
    let mut indexes: Vec<Json> = table
        .global_secondary_indexes()
        .iter()
        .map(|one| index(one, mode, held))
        .collect();
    in_order(&mut indexes, held, "GlobalSecondaryIndexes", "IndexName");
    if !indexes.is_empty() {
        found.insert("GlobalSecondaryIndexes".into(), Json::from(indexes));
    }
    found
}

fn index(
    live: &sdk::GlobalSecondaryIndexDescription,
    mode: &sdk::BillingMode,
    held: &Held,
) -> Json {
    let mut value = json!({
        "IndexName": live.index_name(),
        "KeySchema": keys(live.key_schema()),
    });
    let sent = sent_item(
        held,
        "GlobalSecondaryIndexes",
        "IndexName",
        live.index_name(),
    );
    if let Some(live) = live.projection() {
        let mut projection =
            json!({ "ProjectionType": live.projection_type().map(|it| it.as_str()) });
        if !live.non_key_attributes().is_empty() {
            let mut names = live.non_key_attributes().to_vec();
            let sent = sent.and_then(|sent| sent.pointer("/Projection/NonKeyAttributes"));
            let place = |name: &String| {
                let sent = sent.and_then(Json::as_array)?;
                sent.iter().position(|one| one.as_str() == Some(name))
            };
            names.sort_by_key(|name| place(name).unwrap_or(usize::MAX));
            projection["NonKeyAttributes"] = json!(names);
        }
        value["Projection"] = projection;
    }
    if let Some(throughput) = live
        .provisioned_throughput()
        .filter(|_| *mode == sdk::BillingMode::Provisioned)
    {
        value["ProvisionedThroughput"] = provisioned(throughput);
    }
    for part in [
        "ContributorInsightsSpecification",
        "OnDemandThroughput",
        "WarmThroughput",
    ] {
        if let Some(sent) = sent.and_then(|sent| sent.get(part)) {
            value[part] = sent.clone();
        }
    }
    value
}

fn keys(elements: &[sdk::KeySchemaElement]) -> Json {
    elements
        .iter()
        .map(|one| json!({"AttributeName": one.attribute_name(), "KeyType": one.key_type().as_str()}))
        .collect()
}

fn provisioned(live: &sdk::ProvisionedThroughputDescription) -> Json {
    json!({
        "ReadCapacityUnits": live.read_capacity_units(),
        "WriteCapacityUnits": live.write_capacity_units(),
    })
}

fn sent_item<'a>(
    held: &'a Held,
    property: &str,
    key: &str,
    value: Option<&str>,
) -> Option<&'a Json> {
    let items = held.properties.get(property)?.as_array()?;
    items
        .iter()
        .find(|item| item.get(key).and_then(Json::as_str) == value)
}

/// AWS keeps no order: what was sent comes in the order in which it was sent.
fn in_order(items: &mut [Json], held: &Held, property: &str, key: &str) {
    let sent = held.properties.get(property).and_then(Json::as_array);
    let place = |item: &Json| {
        let mut sent = sent.into_iter().flatten();
        sent.position(|one| one.get(key) == item.get(key))
    };
    items.sort_by_key(|item| place(item).unwrap_or(usize::MAX));
}
