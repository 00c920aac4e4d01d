//! State machines and what belongs to them against the emulators: made, found again, changed, deleted, each twice as after a kill;
//! and what the emulators cannot do against a recorder.

use std::collections::HashMap;
use std::sync::Arc;

use hoist::aws::FaultKind;
use hoist::deploy::diff::changes;
use hoist::deploy::provider::{Existing, Provider, StepFunctions, Wanted};
use serde_json::{Value, json};

use crate::cloud::{cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::record::{Answer, Recorder};

const ROLE: &str = "arn:aws:iam::123456789012:role/run";
const MACHINE: &str = "AWS::StepFunctions::StateMachine";
const ALIAS: &str = "AWS::StepFunctions::StateMachineAlias";

async fn change(
    provider: &StepFunctions,
    wanted: &Wanted,
    existing: &Existing,
    given: Value,
) -> Wanted {
    let mut next = wanted.clone();
    next.properties = properties(given);
    let before = held(wanted, existing);
    let changes = changes(&before.properties, &next.properties);
    for _ in 0..2 {
        provider.update(&before, &next, &changes).await.unwrap();
    }
    next
}

fn definition(comment: &str) -> Value {
    json!({"Comment": comment, "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}})
}

#[tokio::test]
async fn a_machine_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let sfn = StepFunctions::new(&cloud);
        let given = json!({
            "StateMachineName": "orders", "RoleArn": ROLE, "Definition": definition("${What}"),
            "DefinitionSubstitutions": {"What": "first"}, "TracingConfiguration": {"Enabled": "true"}
        });
        let first = wanted(&sfn, MACHINE, "Orders", given);
        assert_eq!(sfn.find(&sought(&first)).await.unwrap(), None);
        let made = sfn.create(&first).await.unwrap();
        assert!(made.reference.ends_with(":stateMachine:orders"));
        match sfn.create(&first).await {
            Ok(again) => assert_eq!(again.reference, made.reference),
            Err(fault) => assert_eq!(fault.kind, FaultKind::Exists, "{kind:?} {fault}"),
        }
        let found = sfn.find(&sought(&first)).await.unwrap().unwrap();
        assert_eq!(found.reference, made.reference);
        let mut other = first.clone();
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(sfn.find(&sought(&other)).await.unwrap(), None);
        let fault = sfn.create(&other).await.unwrap_err();
        assert_eq!(
            fault.kind,
            FaultKind::Exists,
            "another's machine is not taken over"
        );
        let client = aws_sdk_sfn::Client::new(cloud.config());
        let live = client
            .describe_state_machine()
            .state_machine_arn(&made.reference);
        let live = live.send().await.unwrap();
        let sent: Value = serde_json::from_str(live.definition()).unwrap();
        assert_eq!(sent, definition("first"), "{kind:?}");

        let text = definition("second").to_string();
        let next = json!({
            "StateMachineName": "orders", "RoleArn": ROLE, "DefinitionString": text,
            "Tags": [{"Key": "team", "Value": "a"}]
        });
        let second = change(&sfn, &first, &made, next).await;
        let read = sfn.read(&held(&second, &made)).await.unwrap().unwrap();
        assert_eq!(read["DefinitionString"], json!(text), "{kind:?}");

        let now = held(&second, &made);
        sfn.delete(&now).await.unwrap();
        sfn.delete(&now).await.unwrap();
        assert_eq!(sfn.read(&now).await.unwrap(), None);

        let activity = wanted(
            &sfn,
            "AWS::StepFunctions::Activity",
            "Work",
            json!({"Name": "work"}),
        );
        assert_eq!(
            sfn.find(&sought(&activity)).await.unwrap(),
            None,
            "{kind:?}"
        );
        let made = sfn.create(&activity).await.unwrap();
        match sfn.create(&activity).await {
            Ok(again) => assert_eq!(again, made),
            Err(fault) => assert_eq!(fault.kind, FaultKind::Exists, "{kind:?} {fault}"),
        }
        assert_eq!(
            sfn.find(&sought(&activity)).await.unwrap(),
            Some(made.clone())
        );
        sfn.delete(&held(&activity, &made)).await.unwrap();
        sfn.delete(&held(&activity, &made)).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_machine_has_no_longer_is_switched_off() {
    let recorder = Recorder::start(|_| None);
    let sfn = StepFunctions::new(&cloud(&recorder.url()));
    let given = json!({
        "RoleArn": ROLE, "Definition": definition("a"), "TracingConfiguration": {"Enabled": true},
        "LoggingConfiguration": {"Level": "ALL"}, "EncryptionConfiguration": {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": "k"}
    });
    let first = wanted(&sfn, MACHINE, "M", given);
    let existing = Existing {
        reference: "arn:aws:states:eu-central-1:1:stateMachine:m".into(),
        ..Existing::default()
    };
    let next = json!({"RoleArn": ROLE, "Definition": definition("a")});
    change(&sfn, &first, &existing, next).await;
    let calls = recorder.take();
    let sent = calls
        .iter()
        .find(|call| call.operation == "UpdateStateMachine")
        .unwrap()
        .json();
    // The SDK leaves `false` out, which is what it is then.
    assert_eq!(sent["tracingConfiguration"], json!({}));
    assert_eq!(sent["loggingConfiguration"]["level"], "OFF");
    assert_eq!(
        sent["encryptionConfiguration"],
        json!({"type": "AWS_OWNED_KEY"})
    );
}

#[tokio::test]
async fn a_definition_may_be_a_built_file_in_yaml() {
    let recorder = Recorder::start(|_| None);
    let sfn = StepFunctions::new(&cloud(&recorder.url()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machine.yaml");
    std::fs::write(
        &file,
        "StartAt: A\nStates:\n  A: {Type: Task, Resource: \"${Arn}\", End: true}\n",
    )
    .unwrap();
    let given = json!({
        "RoleArn": ROLE, "DefinitionS3Location": {"Bucket": "Hoist::Artifact", "Key": "ab12"},
        "DefinitionSubstitutions": {"Arn": "arn:x"}
    });
    let mut machine = wanted(&sfn, MACHINE, "Orders", given);
    machine.artifacts = Arc::new(HashMap::from([("ab12".to_owned(), file)]));
    let _ = sfn.create(&machine).await;
    let calls = recorder.take();
    let sent: Value =
        serde_json::from_str(calls[0].json()["definition"].as_str().unwrap()).unwrap();
    assert_eq!(sent["States"]["A"]["Resource"], "arn:x");
}

#[tokio::test]
async fn a_machine_has_one_definition() {
    let sfn = StepFunctions::new(&cloud("http://127.0.0.1:1"));
    for given in [
        json!({"RoleArn": ROLE}),
        json!({"RoleArn": ROLE, "DefinitionString": "{}", "Definition": {}}),
    ] {
        let fault = sfn
            .create(&wanted(&sfn, MACHINE, "M", given))
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Invalid, "{fault}");
        assert!(fault.message.contains("M.Definition"), "{fault}");
    }
}

#[tokio::test]
async fn a_role_that_is_not_seen_yet_is_worth_waiting_for() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "CreateStateMachine" => Some(Answer::fault(
            call,
            400,
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
        )),
        _ => None,
    });
    let sfn = StepFunctions::new(&cloud(&recorder.url()));
    let given = json!({"RoleArn": ROLE, "DefinitionString": "{}"});
    let fault = sfn
        .create(&wanted(&sfn, MACHINE, "M", given))
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet, "{fault}");
}

/// An alias that goes to version 1, and a preference for moving it to version 2.
fn moving(preference: Value) -> (Value, Value) {
    let machine = "arn:aws:states:eu-central-1:1:stateMachine:m";
    let before = json!({"Name": "live", "DeploymentPreference": {"Type": "ALL_AT_ONCE", "StateMachineVersionArn": format!("{machine}:1")}});
    let mut after = json!({"Name": "live", "DeploymentPreference": {"StateMachineVersionArn": format!("{machine}:2")}});
    for (name, value) in properties(preference) {
        after["DeploymentPreference"][name] = value;
    }
    (before, after)
}

/// The form that CloudWatch speaks, for short texts, lists and mappings.
fn cbor(value: &Value) -> Vec<u8> {
    let head = |kind: u8, length: usize| vec![kind << 5 | u8::try_from(length).unwrap()];
    let text = |text: &str| [head(3, text.len()), text.as_bytes().to_vec()].concat();
    match value {
        Value::String(one) => text(one),
        Value::Array(items) => {
            let items = items.iter().flat_map(cbor).collect();
            [head(4, value.as_array().unwrap().len()), items].concat()
        }
        Value::Object(map) => {
            let members = map
                .iter()
                .flat_map(|(key, value)| [text(key), cbor(value)].concat());
            [head(5, map.len()), members.collect()].concat()
        }
        other => panic!("no test sends {other}"),
    }
}

/// Moves an alias whose live routes are `live`, and gives the shares that version 2 got in the end or on the way.
async fn moved(
    live: Value,
    alarm: bool,
    preference: Value,
) -> (Result<Existing, hoist::aws::Fault>, Vec<i64>) {
    let recorder = Recorder::start(move |call| match call.operation.as_str() {
        "DescribeStateMachineAlias" => Some(Answer::json(json!({
            "stateMachineAliasArn": "arn:aws:states:eu-central-1:1:stateMachine:m:live", "routingConfiguration": live
        }))),
        "DescribeAlarms" => {
            let found = match alarm {
                true => json!([{"AlarmName": "errors", "StateValue": "ALARM"}]),
                false => json!([]),
            };
            Some(Answer {
                body: cbor(&json!({ "MetricAlarms": found })),
                ..Answer::empty(200)
                    .with("content-type", "application/cbor")
                    .with("smithy-protocol", "rpc-v2-cbor")
            })
        }
        "UpdateStateMachineAlias" => Some(Answer::json(json!({"updateDate": 1_700_000_000}))),
        _ => None,
    });
    let sfn = StepFunctions::new(&cloud(&recorder.url()));
    let (before, after) = moving(preference);
    let first = wanted(&sfn, ALIAS, "Live", before);
    let existing = Existing {
        reference: "arn:aws:states:eu-central-1:1:stateMachine:m:live".into(),
        ..Existing::default()
    };
    let next = wanted(&sfn, ALIAS, "Live", after);
    let held = held(&first, &existing);
    let changes = changes(&held.properties, &next.properties);
    let result = sfn.update(&held, &next, &changes).await;
    let shares = recorder
        .take()
        .iter()
        .filter(|call| call.operation == "UpdateStateMachineAlias")
        .filter_map(|call| {
            let json = call.json();
            let routes = json["routingConfiguration"].as_array()?.clone();
            let new = routes.iter().find(|route| {
                route["stateMachineVersionArn"]
                    .as_str()
                    .is_some_and(|arn| arn.ends_with(":2"))
            });
            Some(new.map_or(0, |route| route["weight"].as_i64().unwrap_or(-1)))
        })
        .collect();
    (result, shares)
}

#[tokio::test]
async fn an_alias_moves_at_once_when_it_is_to() {
    let live = json!([{"stateMachineVersionArn": "arn:aws:states:eu-central-1:1:stateMachine:m:1", "weight": 100}]);
    let (result, shares) = moved(live, false, json!({"Type": "ALL_AT_ONCE"})).await;
    result.unwrap();
    assert_eq!(shares, [100]);
}

#[tokio::test]
async fn an_alarm_takes_an_alias_back_to_its_old_version() {
    let live = json!([{"stateMachineVersionArn": "arn:aws:states:eu-central-1:1:stateMachine:m:1", "weight": 100}]);
    let preference =
        json!({"Type": "CANARY", "Percentage": 10, "Interval": 1, "Alarms": ["errors"]});
    let (result, shares) = moved(live, true, preference).await;
    let fault = result.unwrap_err();
    assert!(fault.message.contains("`errors`"), "{fault}");
    assert_eq!(shares, [10, 0]);
}

#[tokio::test]
async fn an_alias_that_is_there_already_is_not_moved_again() {
    let live = json!([{"stateMachineVersionArn": "arn:aws:states:eu-central-1:1:stateMachine:m:2", "weight": 100}]);
    let preference = json!({"Type": "LINEAR", "Percentage": 10, "Interval": 10});
    let (result, shares) = moved(live, false, preference).await;
    result.unwrap();
    assert_eq!(shares, [100]);
}

#[tokio::test]
async fn versions_and_aliases_are_made_found_and_deleted() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        // Neither has versions in full: what one cannot do is left to the recorder.
        if matches!(kind, Kind::Moto) {
            continue;
        }
        let sfn = StepFunctions::new(&cloud);
        let given = json!({"RoleArn": ROLE, "Definition": definition("a")});
        let machine = wanted(&sfn, MACHINE, "Orders", given);
        let made = sfn.create(&machine).await.unwrap();
        let version = wanted(
            &sfn,
            "AWS::StepFunctions::StateMachineVersion",
            "One",
            json!({"StateMachineArn": made.reference}),
        );
        let one = sfn.create(&version).await.unwrap();
        assert!(
            one.reference.starts_with(&made.reference),
            "{}",
            one.reference
        );
        let given = json!({"Name": "live", "StateMachineArn": made.reference, "RoutingConfiguration": [
            {"StateMachineVersionArn": one.reference, "Weight": 100}
        ]});
        let alias = wanted(&sfn, ALIAS, "Live", given);
        assert_eq!(sfn.find(&sought(&alias)).await.unwrap(), None, "{kind:?}");
        let live = sfn.create(&alias).await.unwrap();
        assert_eq!(
            sfn.find(&sought(&alias)).await.unwrap(),
            Some(live.clone()),
            "{kind:?}"
        );
        let read = sfn.read(&held(&alias, &live)).await.unwrap().unwrap();
        assert_eq!(read["RoutingConfiguration"][0]["Weight"], 100);
        for _ in 0..2 {
            sfn.delete(&held(&alias, &live)).await.unwrap();
            sfn.delete(&held(&version, &one)).await.unwrap();
            sfn.delete(&held(&machine, &made)).await.unwrap();
        }
    }
}
