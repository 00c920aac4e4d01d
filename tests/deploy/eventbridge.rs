//! Rules, buses, archives, connections and API destinations against the emulators: made, found again, changed, deleted, each twice
//! as after a kill; and what the emulators cannot do against a recorder.

use hoist::aws::FaultKind;
use hoist::deploy::provider::{EventBridge, Provider};
use serde_json::{Value, json};

use crate::cloud::{change, cloud, emulated, held, sought, wanted};
use crate::emulator::Kind;
use crate::record::{Answer, Recorder};

/// `count` targets named `<prefix>0` and so on.
fn targets(prefix: &str, count: usize) -> Value {
    (0..count)
        .map(|at| json!({"Id": format!("{prefix}{at}"), "Arn": format!("arn:aws:sqs:eu-central-1:123456789012:q{at}")}))
        .collect()
}

async fn target_ids(cloud: &hoist::aws::Cloud, rule: &str, bus: Option<&str>) -> Vec<String> {
    let answer = aws_sdk_eventbridge::Client::new(cloud.config())
        .list_targets_by_rule()
        .rule(rule)
        .set_event_bus_name(bus.map(str::to_owned))
        .send()
        .await
        .unwrap();
    let mut ids: Vec<String> = answer
        .targets()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_rule_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let events = EventBridge::new(&cloud);
        let given = json!({
            "Name": "orders", "EventPattern": {"source": ["shop"]}, "Description": "all", "State": "DISABLED",
            "Targets": targets("t", 3)
        });
        let first = wanted(&events, "AWS::Events::Rule", "Orders", given);
        assert_eq!(events.find(&sought(&first)).await.unwrap(), None);
        let made = events.create(&first).await.unwrap();
        assert_eq!(made.reference, "orders");
        assert_eq!(events.create(&first).await.unwrap(), made, "{kind:?}");
        assert_eq!(
            events.find(&sought(&first)).await.unwrap(),
            Some(made.clone())
        );
        let mut other = first.clone();
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(events.find(&sought(&other)).await.unwrap(), None);
        let fault = events.create(&other).await.unwrap_err();
        assert_eq!(
            fault.kind,
            FaultKind::Exists,
            "another's rule is not taken over"
        );
        let read = events.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(
            read["EventPattern"],
            json!({"source": ["shop"]}),
            "{kind:?}"
        );
        assert_eq!(read["State"], "DISABLED");

        let next = json!({
            "Name": "orders", "ScheduleExpression": "rate(5 minutes)", "Targets": targets("n", 2),
            "Tags": [{"Key": "team", "Value": "a"}]
        });
        let second = change(&events, &first, &made, next).await;
        assert_eq!(
            target_ids(&cloud, "orders", None).await,
            ["n0", "n1"],
            "{kind:?}"
        );
        let now = held(&second, &made);
        let read = events.read(&now).await.unwrap().unwrap();
        assert_eq!(
            read["State"], "ENABLED",
            "what is no longer said goes back to its default"
        );
        assert_eq!(read["ScheduleExpression"], "rate(5 minutes)");
        assert_eq!(read["Description"], "");

        // After a kill nobody knows which targets were put: what is there and not wanted goes.
        let mut last = second.clone();
        last.properties.insert("Targets".into(), targets("z", 1));
        let mut unsure = now.clone();
        unsure.properties.remove("Targets");
        events.update(&unsure, &last, &[]).await.unwrap();
        assert_eq!(target_ids(&cloud, "orders", None).await, ["z0"], "{kind:?}");

        events.delete(&now).await.unwrap();
        events.delete(&now).await.unwrap();
        assert_eq!(events.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_bus_with_a_policy_a_rule_and_an_archive_goes_in_order() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let events = EventBridge::new(&cloud);
        let bus = wanted(
            &events,
            "AWS::Events::EventBus",
            "Bus",
            json!({"Name": "shop"}),
        );
        assert_eq!(events.find(&sought(&bus)).await.unwrap(), None);
        let made = events.create(&bus).await.unwrap();
        assert_eq!(made.reference, "shop");
        let again = events.create(&bus).await.unwrap_err();
        assert_eq!(again.kind, FaultKind::Exists, "{kind:?} {again}");
        assert_eq!(
            events.find(&sought(&bus)).await.unwrap(),
            Some(made.clone())
        );
        let arn = made.attributes["Arn"].as_str().unwrap().to_owned();

        let given = json!({"EventBusName": "shop", "EventPattern": {"source": ["a"]}, "Targets": targets("t", 1)});
        let rule = wanted(&events, "AWS::Events::Rule", "Rule", given);
        let ruled = events.create(&rule).await.unwrap();
        assert_eq!(ruled.reference, "shop|test-Rule");

        let given = json!({
            "EventBusName": "shop", "StatementId": "other", "Action": "events:PutEvents", "Principal": "210987654321"
        });
        let simple = wanted(&events, "AWS::Events::EventBusPolicy", "Simple", given);
        let permitted = events.create(&simple).await.unwrap();
        assert_eq!(permitted.reference, "shop|other");
        assert_eq!(events.create(&simple).await.unwrap(), permitted, "{kind:?}");
        assert!(
            events
                .read(&held(&simple, &permitted))
                .await
                .unwrap()
                .is_some()
        );
        events.delete(&held(&simple, &permitted)).await.unwrap();
        events.delete(&held(&simple, &permitted)).await.unwrap();
        assert_eq!(events.read(&held(&simple, &permitted)).await.unwrap(), None);

        let given = json!({"SourceArn": arn, "ArchiveName": "kept", "RetentionDays": 3, "Description": "a"});
        let archive = wanted(&events, "AWS::Events::Archive", "Archive", given);
        assert_eq!(events.find(&sought(&archive)).await.unwrap(), None);
        let archived = events.create(&archive).await.unwrap();
        let again = events.create(&archive).await.unwrap_err();
        assert_eq!(again.kind, FaultKind::Exists, "{kind:?} {again}");
        assert_eq!(
            events.find(&sought(&archive)).await.unwrap(),
            Some(archived.clone())
        );
        let mut other = sought(&archive);
        other
            .properties
            .insert("Description".into(), json!("another"));
        assert_eq!(
            events.find(&other).await.unwrap(),
            None,
            "it says something else"
        );
        let next =
            json!({"SourceArn": arn, "ArchiveName": "kept", "EventPattern": {"source": ["b"]}});
        let archive = change(&events, &archive, &archived, next).await;
        let read = events
            .read(&held(&archive, &archived))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(read["EventPattern"], json!({"source": ["b"]}), "{kind:?}");
        for _ in 0..2 {
            events.delete(&held(&archive, &archived)).await.unwrap();
            events.delete(&held(&rule, &ruled)).await.unwrap();
            events.delete(&held(&bus, &made)).await.unwrap();
        }
        assert_eq!(events.read(&held(&bus, &made)).await.unwrap(), None);
        events.delete(&held(&simple, &permitted)).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_signs_in_for_an_api_destination() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let events = EventBridge::new(&cloud);
        let key = |value: &str| {
            json!({"AuthorizationType": "API_KEY", "AuthParameters": {
                "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": value}
            }})
        };
        let connection = wanted(&events, "AWS::Events::Connection", "Way", key("one"));
        let made = events.create(&connection).await.unwrap();
        let arn = made.attributes["Arn"].as_str().unwrap().to_owned();
        assert!(arn.contains(":connection/test-Way"), "{arn}");
        let found = events.find(&sought(&connection)).await.unwrap();
        assert_eq!(found.map(|one| one.reference), Some("test-Way".to_owned()));
        let mut next = key("two");
        next["Name"] = json!("test-Way");
        next["Description"] = json!("new");
        let changed = change(&events, &connection, &made, next).await;
        let read = events.read(&held(&changed, &made)).await.unwrap().unwrap();
        assert_eq!(read["Description"], "new", "{kind:?}");

        let given = |url: &str| {
            json!({
                "Name": "there", "ConnectionArn": arn, "HttpMethod": "POST", "InvocationEndpoint": url,
                "InvocationRateLimitPerSecond": "5"
            })
        };
        let destination = wanted(
            &events,
            "AWS::Events::ApiDestination",
            "There",
            given("https://a.example/x"),
        );
        assert_eq!(events.find(&sought(&destination)).await.unwrap(), None);
        let there = events.create(&destination).await.unwrap();
        assert!(
            there.attributes["ArnForPolicy"]
                .as_str()
                .unwrap()
                .ends_with("/there")
        );
        assert_eq!(
            events.find(&sought(&destination)).await.unwrap(),
            Some(there.clone())
        );
        let second = change(&events, &destination, &there, given("https://b.example/x")).await;
        let read = events.read(&held(&second, &there)).await.unwrap().unwrap();
        assert_eq!(read["InvocationEndpoint"], "https://b.example/x");
        for _ in 0..2 {
            events.delete(&held(&second, &there)).await.unwrap();
            events.delete(&held(&changed, &made)).await.unwrap();
        }
        assert_eq!(events.read(&held(&second, &there)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn targets_go_in_tens_and_one_that_is_refused_is_named() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "DescribeRule" => Some(Answer::fault(
            call,
            400,
            "ResourceNotFoundException",
            "no rule",
        )),
        "PutRule" => Some(Answer::json(
            json!({"RuleArn": "arn:aws:events:eu-central-1:1:rule/r"}),
        )),
        "PutTargets" if call.text().contains("\"t12\"") => Some(Answer::json(json!({
            "FailedEntryCount": 1,
            "FailedEntries": [{"TargetId": "t12", "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "busy"}]
        }))),
        "PutTargets" => Some(Answer::json(
            json!({"FailedEntryCount": 0, "FailedEntries": []}),
        )),
        _ => None,
    });
    let events = EventBridge::new(&cloud(&recorder.url()));
    let given = json!({"EventPattern": {"source": ["a"]}, "Targets": targets("t", 13)});
    let rule = wanted(&events, "AWS::Events::Rule", "Rule", given);
    let fault = events.create(&rule).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet, "{fault}");
    assert!(fault.message.contains("`t12`: busy"), "{fault}");
    let calls = recorder.take();
    let sizes: Vec<usize> = calls
        .iter()
        .filter(|call| call.operation == "PutTargets")
        .filter_map(|call| call.json()["Targets"].as_array().map(Vec::len))
        .collect();
    assert_eq!(sizes, [10, 3]);
}

#[tokio::test]
async fn a_statement_takes_its_place_among_the_others_of_the_bus() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "DescribeEventBus" => Some(Answer::json(json!({
            "Name": "default", "Arn": "arn:aws:events:eu-central-1:1:event-bus/default",
            "Policy": json!({"Version": "2012-10-17", "Statement": [{"Sid": "old", "Effect": "Allow"}, {"Sid": "ours", "Effect": "Deny"}]}).to_string()
        }))),
        _ => None,
    });
    let events = EventBridge::new(&cloud(&recorder.url()));
    let given = json!({"StatementId": "ours", "Statement": {"Effect": "Allow", "Action": "events:PutEvents"}});
    let policy = wanted(&events, "AWS::Events::EventBusPolicy", "Policy", given);
    events.create(&policy).await.unwrap();
    let calls = recorder.take();
    let sent = calls
        .iter()
        .find(|call| call.operation == "PutPermission")
        .unwrap();
    let document: Value = serde_json::from_str(sent.json()["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(
        document["Statement"],
        json!([{"Sid": "old", "Effect": "Allow"}, {"Effect": "Allow", "Action": "events:PutEvents", "Sid": "ours"}])
    );
}

#[tokio::test]
async fn a_connection_that_is_refused_says_why() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "CreateConnection" => Some(Answer::json(json!({"ConnectionState": "AUTHORIZING"}))),
        "DescribeConnection" => Some(Answer::json(json!({
            "ConnectionArn": "arn:aws:events:eu-central-1:1:connection/c/1", "ConnectionState": "DEAUTHORIZED",
            "StateReason": "the endpoint said 401"
        }))),
        _ => None,
    });
    let events = EventBridge::new(&cloud(&recorder.url()));
    let given = json!({"AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "a", "Password": "b"}}});
    let connection = wanted(&events, "AWS::Events::Connection", "Way", given);
    let fault = events.create(&connection).await.unwrap_err();
    assert!(fault.message.contains("the endpoint said 401"), "{fault}");
}
