//! The life of an event source mapping.

use hoist::deploy::diff;
use hoist::deploy::provider::{Lambda, Provider, Sqs};
use serde_json::{Value, json};

use super::wire::{Wire, refused};
use super::{change, end, given, inline, role, with};
use crate::cloud::{cloud, emulated, held, sought, wanted};
use crate::emulator::Kind;

const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:u";

#[tokio::test]
async fn a_mapping_lives_its_life() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let sqs = Sqs::new(&cloud);
        let queue = wanted(&sqs, "AWS::SQS::Queue", "Q", json!({}));
        let queue = sqs.create(&queue).await.unwrap();
        let (function, _) = given(&lambda, &inline(&lambda, "F", &role(&cloud).await)).await;
        let mapping = wanted(
            &lambda,
            "AWS::Lambda::EventSourceMapping",
            "Map",
            json!({
                "EventSourceArn": queue.attributes["Arn"], "FunctionName": "test-F", "BatchSize": "5",
                "FunctionResponseTypes": ["ReportBatchItemFailures"], "Enabled": false,
                "FilterCriteria": {"Filters": [{"Pattern": "{\"body\": [1]}"}]}
            }),
        );
        assert_eq!(lambda.find(&sought(&mapping)).await.unwrap(), None);
        let (before, made) = given(&lambda, &mapping).await;
        assert_eq!(made.attributes["Id"], json!(made.reference));
        let arn = made.attributes["EventSourceMappingArn"].as_str().unwrap();
        assert!(
            arn.ends_with(&format!(":event-source-mapping:{}", made.reference)),
            "{arn}"
        );
        let read = lambda.read(&before).await.unwrap().unwrap();
        assert_eq!(read["BatchSize"], 5);
        assert_eq!(read["FunctionName"], "test-F", "{kind:?}");
        // Moto tags no mappings.
        if matches!(kind, Kind::Ministack) {
            assert_eq!(
                lambda.find(&sought(&mapping)).await.unwrap(),
                Some(made.clone())
            );
            assert_eq!(read["FilterCriteria"], mapping.properties["FilterCriteria"]);
            assert_eq!(read["Enabled"], false);
            let mut other = sought(&mapping);
            other.tags.insert("hoist:resource".into(), "Map/1".into());
            assert_eq!(
                lambda.find(&other).await.unwrap(),
                None,
                "another generation's"
            );
            let changed = with(
                &mapping,
                json!({"BatchSize": null, "FilterCriteria": null, "Enabled": true, "MaximumBatchingWindowInSeconds": 1,
                       "Tags": [{"Key": "team", "Value": "a"}]}),
            );
            let now = change(kind, &lambda, &before, &changed).await;
            let read = lambda.read(&now).await.unwrap().unwrap();
            assert_eq!(read["Tags"], json!([{"Key": "team", "Value": "a"}]));
            assert_eq!(read["MaximumBatchingWindowInSeconds"], 1);
            let read = lambda.read(&before).await.unwrap().unwrap();
            assert_eq!(read["BatchSize"], 10, "back to what it is for a queue");
            assert_eq!(read["FilterCriteria"], Value::Null);
        }
        end(&lambda, &before).await;
        assert_eq!(lambda.read(&before).await.unwrap(), None, "{kind:?}");
        lambda.delete(&function).await.unwrap();
        end(&lambda, &before).await;
    }
}

/// Lambda itself takes a minute to let go of a mapping, and all the while refuses another of the same.
#[tokio::test]
async fn a_mapping_waits_for_the_one_that_is_being_deleted() {
    let exists = "An event source mapping with SQS arn (\" q \") and function (\" f \") already exists. Please update or delete the existing mapping with UUID u";
    for (state, expected) in [
        ("Deleting", hoist::aws::FaultKind::NotYet),
        ("Enabled", hoist::aws::FaultKind::Exists),
    ] {
        let wire = Wire::start(move |call, _| match call.line.split(' ').next() {
            Some("POST") => refused(409, "ResourceConflictException", exists),
            _ => (
                200,
                json!({"EventSourceMappings": [{"UUID": "u", "State": state, "EventSourceMappingArn": ARN}]}),
            ),
        });
        let lambda = Lambda::new(&cloud(wire.url()));
        let mapping = wanted(
            &lambda,
            "AWS::Lambda::EventSourceMapping",
            "Map",
            json!({"EventSourceArn": "arn:aws:sqs:eu-central-1:123456789012:q", "FunctionName": "f"}),
        );
        let fault = lambda.create(&mapping).await.unwrap_err();
        assert_eq!(fault.kind, expected, "{state}: {fault}");
    }
}

#[tokio::test]
async fn only_what_changes_of_a_mapping_is_sent_and_what_is_gone_goes_back() {
    let wire = Wire::start(|_, _| {
        (
            202,
            json!({"UUID": "u", "State": "Updating", "EventSourceMappingArn": ARN}),
        )
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let before = wanted(
        &lambda,
        "AWS::Lambda::EventSourceMapping",
        "Map",
        json!({
            "EventSourceArn": "arn:aws:kinesis:eu-central-1:123456789012:stream/s", "FunctionName": "f",
            "StartingPosition": "LATEST", "BatchSize": 10, "MaximumRetryAttempts": 2, "ParallelizationFactor": 2,
            "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-central-1:123456789012:d"}}
        }),
    );
    let made = lambda.create(&before).await.unwrap();
    wire.take();
    let after = with(
        &before,
        json!({"BatchSize": null, "MaximumRetryAttempts": null, "DestinationConfig": null, "ParallelizationFactor": 4}),
    );
    let changes = diff::changes(&before.properties, &after.properties);
    lambda
        .update(&held(&before, &made), &after, &changes)
        .await
        .unwrap();
    let calls = wire.take();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(
        calls[0].body,
        json!({"BatchSize": 100, "MaximumRetryAttempts": -1, "ParallelizationFactor": 4,
               "DestinationConfig": {"OnFailure": {"Destination": ""}}})
    );
}
