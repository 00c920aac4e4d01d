//! Tables against both emulators: made, found again, changed, deleted, each twice as after a kill.

use hoist::deploy::diff;
use hoist::deploy::provider::{DynamoDb, Existing, Provider, Wanted};
use serde_json::{Value, json};

use crate::cloud::{cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::scripted::Scripted;

const BOTH: [Kind; 2] = [Kind::Ministack, Kind::Moto];

/// A table with a key `pk` and `more` beside.
fn table(dynamodb: &DynamoDb, more: Value) -> Wanted {
    let mut all = json!({
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    for (name, value) in properties(more) {
        all[name] = value;
    }
    wanted(dynamodb, "AWS::DynamoDB::Table", "Orders", all)
}

/// Changes a table to what `wanted` says, twice: the second time as after a kill, when nothing is certain.
async fn change(
    dynamodb: &DynamoDb,
    before: &Wanted,
    made: &Existing,
    wanted: &Wanted,
) -> (Existing, serde_json::Map<String, Value>) {
    let from = held(before, made);
    let changes = diff::changes(&from.properties, &wanted.properties);
    let after = dynamodb.update(&from, wanted, &changes).await.unwrap();
    assert_eq!(dynamodb.update(&from, wanted, &[]).await.unwrap(), after);
    let read = dynamodb.read(&held(wanted, &after)).await.unwrap().unwrap();
    (after, read)
}

#[tokio::test]
async fn a_table_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let dynamodb = DynamoDb::new(&cloud);
        let first = table(
            &dynamodb,
            json!({
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"AttributeName": "gone", "Enabled": "true"},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
                "Tags": [{"Key": "team", "Value": "a"}],
            }),
        );
        assert_eq!(dynamodb.find(&sought(&first)).await.unwrap(), None);
        let made = dynamodb.create(&first).await.unwrap();
        let stream = made.attributes["StreamArn"].as_str().unwrap();
        assert!(stream.contains("/stream/"), "{stream}");
        assert_eq!(dynamodb.create(&first).await.unwrap(), made);
        assert_eq!(
            dynamodb.find(&sought(&first)).await.unwrap(),
            Some(made.clone())
        );
        let mut other = first.clone();
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(dynamodb.find(&sought(&other)).await.unwrap(), None);
        let refused = dynamodb.create(&other).await.unwrap_err();
        assert!(refused.message.contains("exists"), "{refused}");
        let read = dynamodb.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(read["TimeToLiveSpecification"]["Enabled"], true, "{kind:?}");
        let backups = &read["PointInTimeRecoverySpecification"];
        assert_eq!(backups["PointInTimeRecoveryEnabled"], true, "{kind:?}");

        // What is no longer said goes back to what it is when it is not said.
        let second = table(&dynamodb, json!({"DeletionProtectionEnabled": true}));
        let (after, _) = change(&dynamodb, &first, &made, &second).await;
        assert_eq!(after.attributes.get("StreamArn"), None);
        let mut asked = held(&second, &after);
        asked.properties = first.properties.clone();
        let read = dynamodb.read(&asked).await.unwrap().unwrap();
        assert_eq!(read["TimeToLiveSpecification"]["Enabled"], false);
        assert_eq!(
            read["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
            false
        );
        assert_eq!(read["DeletionProtectionEnabled"], true, "{kind:?}");
        let third = table(&dynamodb, json!({}));
        let (after, _) = change(&dynamodb, &second, &after, &third).await;

        let now = held(&third, &after);
        dynamodb.delete(&now).await.unwrap();
        dynamodb.delete(&now).await.unwrap();
        assert_eq!(dynamodb.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn indexes_come_and_go_and_change_their_key() {
    let index = |name: &str, key: &str, projection: Value| {
        json!({
            "IndexName": name,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": projection,
        })
    };
    let define = |names: &[&str]| -> Value {
        let each = names.iter();
        each.map(|name| json!({"AttributeName": name, "AttributeType": "S"}))
            .collect()
    };
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let dynamodb = DynamoDb::new(&cloud);
        let all = json!({"ProjectionType": "ALL"});
        let first = table(
            &dynamodb,
            json!({
                "AttributeDefinitions": define(&["pk", "a"]),
                "GlobalSecondaryIndexes": [index("one", "a", all.clone())],
            }),
        );
        let made = dynamodb.create(&first).await.unwrap();
        // One changes its projection, two are new.
        let second = table(
            &dynamodb,
            json!({
                "AttributeDefinitions": define(&["pk", "a", "b", "c"]),
                "GlobalSecondaryIndexes": [
                    index("one", "a", json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]})),
                    index("two", "b", all.clone()),
                    index("three", "c", json!({"ProjectionType": "KEYS_ONLY"})),
                ],
            }),
        );
        let (after, read) = change(&dynamodb, &first, &made, &second).await;
        assert_eq!(
            read["GlobalSecondaryIndexes"], second.properties["GlobalSecondaryIndexes"],
            "{kind:?}"
        );
        let third = table(&dynamodb, json!({}));
        let (_, read) = change(&dynamodb, &second, &after, &third).await;
        assert_eq!(read.get("GlobalSecondaryIndexes"), None, "{kind:?}");
    }
}

#[tokio::test]
async fn billing_goes_both_ways_and_takes_the_indexes_along() {
    let capacity = |units: u32| json!({"ReadCapacityUnits": units, "WriteCapacityUnits": units});
    let with = |mode: &str, units: Option<u32>| {
        let mut index = json!({
            "IndexName": "one",
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        });
        let mut all = json!({
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "a", "AttributeType": "S"},
            ],
            "BillingMode": mode,
        });
        if let Some(units) = units {
            index["ProvisionedThroughput"] = capacity(units);
            all["ProvisionedThroughput"] = capacity(units);
        }
        all["GlobalSecondaryIndexes"] = json!([index]);
        all
    };
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let dynamodb = DynamoDb::new(&cloud);
        let mut before = table(&dynamodb, with("PAY_PER_REQUEST", None));
        let mut made = dynamodb.create(&before).await.unwrap();
        for (mode, units) in [
            ("PROVISIONED", Some(3)),
            ("PROVISIONED", Some(5)),
            ("PAY_PER_REQUEST", None),
        ] {
            let next = table(&dynamodb, with(mode, units));
            let (after, read) = change(&dynamodb, &before, &made, &next).await;
            assert_eq!(read["BillingMode"], mode, "{kind:?}");
            if let Some(units) = units {
                assert_eq!(read["ProvisionedThroughput"], capacity(units), "{kind:?}");
                let index = &read["GlobalSecondaryIndexes"][0];
                assert_eq!(index["ProvisionedThroughput"], capacity(units), "{kind:?}");
            }
            (before, made) = (next, after);
        }
    }
}

#[tokio::test]
async fn another_kind_of_stream_is_another_stream() {
    // Moto takes a table that had a stream for one that has it.
    let Some((_emulator, cloud)) = emulated(Kind::Ministack).await else {
        return;
    };
    let dynamodb = DynamoDb::new(&cloud);
    let with = |view: &str| json!({"StreamSpecification": {"StreamViewType": view}});
    let first = table(&dynamodb, with("NEW_IMAGE"));
    let made = dynamodb.create(&first).await.unwrap();
    let second = table(&dynamodb, with("KEYS_ONLY"));
    let (_, read) = change(&dynamodb, &first, &made, &second).await;
    assert_eq!(
        read["StreamSpecification"],
        json!({"StreamViewType": "KEYS_ONLY"})
    );
}

#[tokio::test]
async fn a_protected_table_stays_and_says_what_to_do() {
    let server = Scripted::start(|_| {
        let text = "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
        (400, json!({"__type": "ValidationException", "message": text}).to_string())
    })
    .await;
    let dynamodb = DynamoDb::new(&cloud(&server.url));
    let wanted = table(&dynamodb, json!({}));
    let made = Existing {
        reference: wanted.name.clone(),
        ..Existing::default()
    };
    let fault = dynamodb.delete(&held(&wanted, &made)).await.unwrap_err();
    assert!(fault.message.contains("DeletionPolicy: Retain"), "{fault}");
}
