//! Topics and subscriptions against both emulators: made, found again, changed, deleted, each twice as after a kill.

use hoist::aws::FaultKind;
use hoist::deploy::diff::changes;
use hoist::deploy::provider::{Existing, Provider, Sns, Wanted};
use serde_json::{Value, json};

use crate::cloud::{cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::record::{Answer, Call, Recorder};

/// Changes what `wanted` made so that it has the properties `given`, twice, and gives what is then wanted.
async fn change(sns: &Sns, wanted: &Wanted, existing: &Existing, given: Value) -> Wanted {
    let mut next = wanted.clone();
    next.properties = properties(given);
    let before = held(wanted, existing);
    let changes = changes(&before.properties, &next.properties);
    for _ in 0..2 {
        assert_eq!(
            sns.update(&before, &next, &changes).await.unwrap(),
            *existing
        );
    }
    next
}

#[tokio::test]
async fn a_topic_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let sns = Sns::new(&cloud);
        let given = json!({
            "TopicName": "orders", "DisplayName": "Orders", "KmsMasterKeyId": "alias/aws/sns",
            "Subscription": [{"Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-central-1:123456789012:one"}]
        });
        let first = wanted(&sns, "AWS::SNS::Topic", "Orders", given);
        assert_eq!(sns.find(&sought(&first)).await.unwrap(), None);
        let made = sns.create(&first).await.unwrap();
        assert!(made.reference.ends_with(":orders"), "{}", made.reference);
        assert_eq!(made.attributes["TopicName"], "orders");
        assert_eq!(sns.create(&first).await.unwrap(), made, "{kind:?}");
        assert_eq!(sns.find(&sought(&first)).await.unwrap(), Some(made.clone()));
        let mut other = sought(&first);
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(sns.find(&other).await.unwrap(), None, "it is not ours");
        let read = sns.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(read["DisplayName"], "Orders", "{kind:?}");

        let next = json!({
            "TopicName": "orders", "KmsMasterKeyId": "alias/own", "Tags": [{"Key": "team", "Value": "a"}],
            "Subscription": [{"Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-central-1:123456789012:two"}]
        });
        let changed = change(&sns, &first, &made, next).await;
        let now = held(&changed, &made);
        let read = sns.read(&now).await.unwrap().unwrap();
        assert_eq!(
            read["DisplayName"], "",
            "what is no longer said goes back to its default"
        );
        assert_eq!(read["KmsMasterKeyId"], "alias/own");
        let client = aws_sdk_sns::Client::new(cloud.config());
        let answer = client
            .list_subscriptions_by_topic()
            .topic_arn(&made.reference)
            .send()
            .await
            .unwrap();
        let endpoints: Vec<_> = answer
            .subscriptions()
            .iter()
            .filter_map(|one| one.endpoint())
            .collect();
        assert_eq!(
            endpoints,
            ["arn:aws:sqs:eu-central-1:123456789012:two"],
            "{kind:?}"
        );
        let untagged = change(&sns, &changed, &made, json!({"TopicName": "orders"})).await;
        let answer = client
            .list_tags_for_resource()
            .resource_arn(&made.reference)
            .send()
            .await
            .unwrap();
        let mut keys: Vec<_> = answer.tags().iter().map(|tag| tag.key()).collect();
        keys.sort();
        assert_eq!(keys, ["hoist:resource", "hoist:stack"]);

        let now = held(&untagged, &made);
        sns.delete(&now).await.unwrap();
        sns.delete(&now).await.unwrap();
        assert_eq!(sns.read(&now).await.unwrap(), None, "{kind:?}");
    }
}

#[tokio::test]
async fn deliveries_are_logged_for_a_protocol_until_they_are_not() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "CreateTopic" => Some(Answer::query(
            call,
            "<TopicArn>arn:aws:sns:eu-central-1:1:t</TopicArn>",
        )),
        _ => None,
    });
    let sns = Sns::new(&cloud(&recorder.url()));
    let role = "arn:aws:iam::1:role/log";
    let given = json!({"TopicName": "t", "DeliveryStatusLogging": [
        {"Protocol": "http/s", "SuccessFeedbackRoleArn": role, "SuccessFeedbackSampleRate": 40}
    ]});
    let first = wanted(&sns, "AWS::SNS::Topic", "T", given);
    let made = sns.create(&first).await.unwrap();
    let set = |recorder: &Recorder| -> Vec<(String, String)> {
        let calls = recorder.take();
        let all = calls
            .iter()
            .filter(|call| call.operation == "SetTopicAttributes");
        let parameter = |call: &Call, name| call.parameter(name).unwrap_or_default();
        all.map(|call| {
            (
                parameter(call, "AttributeName"),
                parameter(call, "AttributeValue"),
            )
        })
        .collect()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        set(&recorder),
        [
            pair("HTTPSuccessFeedbackRoleArn", role),
            pair("HTTPSuccessFeedbackSampleRate", "40")
        ]
    );
    let next = json!({"TopicName": "t", "DeliveryStatusLogging": [{"Protocol": "http/s", "SuccessFeedbackRoleArn": role}]});
    change(&sns, &first, &made, next).await;
    let sent = set(&recorder);
    assert!(
        sent.contains(&pair("HTTPSuccessFeedbackSampleRate", "")),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_subscription_is_changed_in_place_and_loses_its_filter() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let sns = Sns::new(&cloud);
        let topic = wanted(&sns, "AWS::SNS::Topic", "Orders", json!({}));
        let topic = sns.create(&topic).await.unwrap();
        let base = json!({
            "TopicArn": topic.reference, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-central-1:123456789012:one"
        });
        let with = |more: Value| {
            let mut all = properties(base.clone());
            all.extend(properties(more));
            Value::Object(all)
        };
        let given =
            with(json!({"FilterPolicy": {"kind": ["order"]}, "RawMessageDelivery": "true"}));
        let first = wanted(&sns, "AWS::SNS::Subscription", "Join", given);
        assert_eq!(sns.find(&sought(&first)).await.unwrap(), None);
        let made = sns.create(&first).await.unwrap();
        assert!(made.reference.starts_with(&topic.reference));
        match sns.create(&first).await {
            Ok(again) => assert_eq!(again, made, "{kind:?}"),
            Err(fault) => assert_eq!(fault.kind, FaultKind::Exists, "{kind:?} {fault}"),
        }
        assert_eq!(sns.find(&sought(&first)).await.unwrap(), Some(made.clone()));

        let next = with(json!({
            "FilterPolicy": {"order": {"total": [{"numeric": [">", 5]}]}}, "FilterPolicyScope": "MessageBody",
            "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-central-1:123456789012:dead"}
        }));
        let second = change(&sns, &first, &made, next).await;
        let read = sns.read(&held(&second, &made)).await.unwrap().unwrap();
        assert_eq!(read["FilterPolicyScope"], "MessageBody", "{kind:?}");
        assert_eq!(read["RawMessageDelivery"], "false");
        assert!(read["RedrivePolicy"]["deadLetterTargetArn"].is_string());

        // Moto takes no call without a value, which is how SNS is told to drop a dead-letter queue.
        let last = match kind {
            Kind::Moto => with(json!({"RedrivePolicy": second.properties["RedrivePolicy"]})),
            _ => base.clone(),
        };
        let third = change(&sns, &second, &made, last).await;
        let now = held(&third, &made);
        let read = sns.read(&now).await.unwrap().unwrap();
        assert_eq!(read["FilterPolicy"], json!({}), "{kind:?}");
        assert_eq!(read["FilterPolicyScope"], "MessageAttributes");

        sns.delete(&now).await.unwrap();
        sns.delete(&now).await.unwrap();
        assert_eq!(sns.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_policy_moves_from_one_topic_to_another() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let sns = Sns::new(&cloud);
        let topics = ["One", "Two"].map(|id| wanted(&sns, "AWS::SNS::Topic", id, json!({})));
        let one = sns.create(&topics[0]).await.unwrap().reference;
        let two = sns.create(&topics[1]).await.unwrap().reference;
        let document = json!({"Version": "2012-10-17", "Id": "ours", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}
        ]});
        let given = json!({"Topics": [one], "PolicyDocument": document});
        let first = wanted(&sns, "AWS::SNS::TopicPolicy", "Policy", given);
        let made = sns.create(&first).await.unwrap();
        assert_eq!(sns.create(&first).await.unwrap(), made);
        let read = sns.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(read["PolicyDocument"], document);

        let next = json!({"Topics": [two], "PolicyDocument": document});
        let second = change(&sns, &first, &made, next).await;
        assert_eq!(sns.read(&held(&first, &made)).await.unwrap(), None);
        let now = held(&second, &made);
        assert!(sns.read(&now).await.unwrap().is_some());
        sns.delete(&now).await.unwrap();
        assert_eq!(sns.read(&now).await.unwrap(), None);
        for (topic, arn) in topics.iter().zip([one, two]) {
            let existing = Existing {
                reference: arn,
                ..Existing::default()
            };
            sns.delete(&held(topic, &existing)).await.unwrap();
        }
        sns.delete(&now).await.unwrap();

        let inline = json!({"TopicArn": "arn:aws:sns:eu-central-1:123456789012:gone", "PolicyDocument": document});
        let inline = wanted(&sns, "AWS::SNS::TopicInlinePolicy", "Inline", inline);
        let fault = sns.create(&inline).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Missing, "{kind:?} {fault}");
    }
}

#[tokio::test]
async fn a_topic_of_another_region_is_subscribed_to_there() {
    let recorder = Recorder::start(|_| None);
    let sns = Sns::new(&cloud(&recorder.url()));
    for given in [
        json!({"TopicArn": "arn:aws:sns:us-east-1:1:t", "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-central-1:1:q"}),
        json!({"TopicArn": "t", "Region": "us-east-1", "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-central-1:1:q"}),
    ] {
        let join = wanted(&sns, "AWS::SNS::Subscription", "Join", given);
        let made = sns.create(&join).await.unwrap();
        sns.delete(&held(&join, &made)).await.unwrap();
        for call in recorder.take() {
            let signed = call.header("authorization").unwrap_or_default();
            assert!(signed.contains("/us-east-1/sns/"), "{signed}");
        }
    }
}
