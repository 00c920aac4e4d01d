use serde_json::{Map, Value as Json, json};

use crate::deploy::diff;
use crate::deploy::provider::{Held, Wanted};

use super::*;

fn map(value: Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap_or_default()
}

fn wanted(properties: Json) -> Wanted {
    Wanted {
        id: "T".into(),
        resource_type: "AWS::DynamoDB::Table".into(),
        name: "t".into(),
        properties: map(properties),
        tags: Default::default(),
        token: String::new(),
        artifacts: Default::default(),
    }
}

fn held(properties: Json) -> Held {
    Held {
        id: "T".into(),
        resource_type: "AWS::DynamoDB::Table".into(),
        reference: "t".into(),
        handle: Json::Null,
        attributes: Map::new(),
        properties: map(properties),
    }
}

/// What a step sends, when an update goes from one set of properties to another.
fn sent(step: Step, live: &sdk::TableDescription, before: Json, after: Json) -> Option<Request> {
    let (held, wanted) = (held(before), wanted(after));
    let changes = diff::changes(&held.properties, &wanted.properties);
    let extent = Extent::of(&held, &wanted, &changes);
    step(live, &wanted.properties(), &extent).unwrap()
}

fn key(name: &str) -> sdk::KeySchemaElement {
    sdk::KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(sdk::KeyType::Hash)
        .build()
        .unwrap()
}

fn live_index(name: &str, attribute: &str, units: i64) -> sdk::GlobalSecondaryIndexDescription {
    let all = sdk::Projection::builder().projection_type(sdk::ProjectionType::All);
    sdk::GlobalSecondaryIndexDescription::builder()
        .index_name(name)
        .key_schema(key(attribute))
        .projection(all.build())
        .provisioned_throughput(
            sdk::ProvisionedThroughputDescription::builder()
                .read_capacity_units(units)
                .write_capacity_units(units)
                .build(),
        )
        .build()
}

fn live(indexes: Vec<sdk::GlobalSecondaryIndexDescription>) -> sdk::TableDescription {
    let definition = |name: &str| {
        sdk::AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(sdk::ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    sdk::TableDescription::builder()
        .key_schema(key("pk"))
        .attribute_definitions(definition("pk"))
        .attribute_definitions(definition("a"))
        .set_global_secondary_indexes(Some(indexes))
        .build()
}

fn index(name: &str, attribute: &str, units: Option<i64>) -> Json {
    let mut value = json!({
        "IndexName": name,
        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    });
    if let Some(units) = units {
        value["ProvisionedThroughput"] =
            json!({"ReadCapacityUnits": units, "WriteCapacityUnits": units});
    }
    value
}

fn definitions(each: &[(&str, &str)]) -> Json {
    let each = each.iter();
    each.map(|(name, kind)| json!({"AttributeName": name, "AttributeType": kind}))
        .collect()
}

#[test]
fn an_index_whose_attribute_changes_its_type_goes_and_comes_again() {
    let properties = |kind: &str| {
        json!({
            "AttributeDefinitions": definitions(&[("pk", "S"), ("a", kind)]),
            "GlobalSecondaryIndexes": [index("one", "a", None)],
        })
    };
    let is = live(vec![live_index("one", "a", 0)]);
    let sent_first = sent(index::to_delete, &is, properties("S"), properties("N"));
    let updates = sent_first
        .unwrap()
        .get_global_secondary_index_updates()
        .clone();
    let gone = updates.unwrap().remove(0).delete.unwrap();
    assert_eq!(gone.index_name(), "one");
    let next = live(Vec::new());
    let created = sent(index::to_create, &next, properties("S"), properties("N"));
    assert!(created.is_some());
}

#[test]
fn a_new_index_brings_the_definitions_of_keys_that_are_there_then_and_no_others() {
    let after = json!({
        "AttributeDefinitions": definitions(&[("pk", "S"), ("a", "S"), ("b", "S"), ("c", "S")]),
        "GlobalSecondaryIndexes": [index("one", "a", None), index("two", "b", None), index("three", "c", None)],
    });
    let is = live(vec![live_index("one", "a", 0)]);
    let request = sent(index::to_create, &is, json!({}), after).unwrap();
    let names: Vec<String> = request
        .get_attribute_definitions()
        .iter()
        .flatten()
        .map(|one| one.attribute_name().to_owned())
        .collect();
    assert_eq!(names, ["pk", "a", "b"]);
}

#[test]
fn a_switch_to_provisioned_capacity_names_that_of_every_index() {
    let on_demand =
        sdk::BillingModeSummary::builder().billing_mode(sdk::BillingMode::PayPerRequest);
    let mut is = live(vec![live_index("one", "a", 0)]);
    is.billing_mode_summary = Some(on_demand.build());
    let before = json!({
        "BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexes": [index("one", "a", None)],
    });
    let after = json!({
        "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2},
        "GlobalSecondaryIndexes": [index("one", "a", Some(2))],
    });
    let request = sent(throughput::throughput, &is, before, after).unwrap();
    assert_eq!(
        request.get_billing_mode(),
        &Some(sdk::BillingMode::Provisioned)
    );
    assert!(request.get_provisioned_throughput().is_some());
    let updates = request
        .get_global_secondary_index_updates()
        .clone()
        .unwrap();
    let update = updates[0].update().unwrap();
    assert_eq!(
        update
            .provisioned_throughput()
            .unwrap()
            .read_capacity_units(),
        2
    );
}

#[test]
fn capacity_that_auto_scaling_changed_stays_when_the_template_says_the_same_as_before() {
    let with = |more: Vec<Json>| {
        json!({
            "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2},
            "GlobalSecondaryIndexes": more,
        })
    };
    let is = live(vec![live_index("one", "a", 9)]);
    let before = with(vec![index("one", "a", Some(2))]);
    let after = with(vec![index("one", "a", Some(2)), index("two", "b", Some(2))]);
    assert_eq!(sent(throughput::throughput, &is, before, after), None);
}

#[test]
fn warm_throughput_only_grows() {
    let warm = |units: i64| json!({"WarmThroughput": {"ReadUnitsPerSecond": units, "WriteUnitsPerSecond": 10}});
    let mut is = live(Vec::new());
    is.warm_throughput = Some(
        sdk::TableWarmThroughputDescription::builder()
            .read_units_per_second(100)
            .write_units_per_second(50)
            .build(),
    );
    let step = throughput::warm_throughput;
    assert_eq!(sent(step, &is, warm(90), warm(80)), None);
    let request = sent(step, &is, warm(90), warm(200)).unwrap();
    let asked = request.get_warm_throughput().clone().unwrap();
    assert_eq!(asked.read_units_per_second(), Some(200));
    assert_eq!(
        asked.write_units_per_second(),
        Some(50),
        "it keeps what it has"
    );
}

#[test]
fn a_key_that_is_called_by_its_alias_is_sent_when_the_alias_changes() {
    let key =
        |alias: &str| json!({"SSESpecification": {"SSEEnabled": true, "KMSMasterKeyId": alias}});
    let mut is = live(Vec::new());
    is.sse_description = Some(
        sdk::SseDescription::builder()
            .status(sdk::SseStatus::Enabled)
            .kms_master_key_arn("arn:aws:kms:eu-central-1:1:key/k")
            .build(),
    );
    assert!(sent(encryption, &is, key("alias/a"), key("alias/b")).is_some());
    assert_eq!(sent(encryption, &is, key("alias/a"), key("k")), None);
    let off = sent(encryption, &is, key("alias/a"), json!({})).unwrap();
    let off = off.get_sse_specification().clone().unwrap();
    assert_eq!(off.enabled(), Some(false));
}

#[test]
fn a_stream_of_another_kind_is_switched_off_first() {
    let view = |view: &str| json!({"StreamSpecification": {"StreamViewType": view}});
    let mut is = live(Vec::new());
    is.stream_specification = Some(
        sdk::StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(sdk::StreamViewType::NewImage)
            .build()
            .unwrap(),
    );
    let off = sent(stream, &is, view("NEW_IMAGE"), view("KEYS_ONLY")).unwrap();
    assert!(
        !off.get_stream_specification()
            .clone()
            .unwrap()
            .stream_enabled()
    );
    is.stream_specification = None;
    let on = sent(stream, &is, view("NEW_IMAGE"), view("KEYS_ONLY")).unwrap();
    assert!(
        on.get_stream_specification()
            .clone()
            .unwrap()
            .stream_enabled()
    );
}
