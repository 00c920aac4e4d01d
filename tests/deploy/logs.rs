//! Log groups and what is in them, against both emulators: each call twice, as after a kill.

use hoist::aws::FaultKind;
use hoist::deploy::diff;
use hoist::deploy::provider::{Logs, Provider};
use serde_json::json;

use crate::cloud::{cloud, emulated, held, sought, wanted};
use crate::emulator::Kind;
use crate::scripted::{Asked, Reply, Scripted};

const BOTH: [Kind; 2] = [Kind::Ministack, Kind::Moto];

#[tokio::test]
async fn a_log_group_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let logs = Logs::new(&cloud);
        let group = |more| wanted(&logs, "AWS::Logs::LogGroup", "Group", more);
        let first = group(json!({"RetentionInDays": "7", "Tags": [{"Key": "team", "Value": "a"}]}));
        assert_eq!(logs.find(&sought(&first)).await.unwrap(), None);
        let made = logs.create(&first).await.unwrap();
        assert_eq!(made.reference, first.name);
        let arn = made.attributes["Arn"].as_str().unwrap();
        assert!(arn.ends_with(":log-group:test-Group:*"), "{arn}");
        assert_eq!(logs.create(&first).await.unwrap(), made);
        assert_eq!(
            logs.find(&sought(&first)).await.unwrap(),
            Some(made.clone()),
            "{kind:?}"
        );
        let mut other = first.clone();
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(logs.find(&sought(&other)).await.unwrap(), None);
        let refused = logs.create(&other).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Exists);
        assert!(refused.message.contains("delete-log-group"), "{refused}");
        let read = logs.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(read["RetentionInDays"], 7);

        let second = group(json!({}));
        let before = held(&first, &made);
        let changes = diff::changes(&before.properties, &second.properties);
        logs.update(&before, &second, &changes).await.unwrap();
        logs.update(&before, &second, &[]).await.unwrap();
        let now = held(&second, &made);
        let read = logs.read(&now).await.unwrap().unwrap();
        assert!(read["RetentionInDays"].is_null(), "{kind:?}: {read:?}");

        logs.delete(&now).await.unwrap();
        logs.delete(&now).await.unwrap();
        assert_eq!(logs.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_is_in_a_log_group_is_made_read_and_deleted_twice() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let logs = Logs::new(&cloud);
        let group = wanted(&logs, "AWS::Logs::LogGroup", "Group", json!({}));
        logs.create(&group).await.unwrap();
        let of = |more: serde_json::Value| {
            let mut all = json!({"LogGroupName": group.name});
            for (name, value) in more.as_object().unwrap() {
                all[name] = value.clone();
            }
            all
        };
        let mut each = vec![
            wanted(&logs, "AWS::Logs::LogStream", "Stream", of(json!({}))),
            wanted(
                &logs,
                "AWS::Logs::MetricFilter",
                "Errors",
                of(json!({
                    "FilterPattern": "ERROR",
                    "MetricTransformations": [{"MetricName": "e", "MetricNamespace": "n", "MetricValue": "1", "DefaultValue": 0}],
                })),
            ),
        ];
        if matches!(kind, Kind::Moto) {
            each.push(wanted(
                &logs,
                "AWS::Logs::ResourcePolicy",
                "Policy",
                json!({"PolicyDocument": {"Version": "2012-10-17", "Statement": []}}),
            ));
        }
        for one in each {
            let made = logs.create(&one).await.unwrap();
            assert_eq!(
                logs.create(&one).await.unwrap(),
                made,
                "{kind:?} {}",
                one.id
            );
            let now = held(&one, &made);
            let read = logs.read(&now).await.unwrap().unwrap();
            let sent: Vec<_> = read
                .keys()
                .filter(|key| one.properties.contains_key(*key))
                .collect();
            for name in sent {
                assert_eq!(read[name], one.properties[name], "{kind:?} {}", one.id);
            }
            logs.update(&now, &one, &[]).await.unwrap();
            logs.delete(&now).await.unwrap();
            logs.delete(&now).await.unwrap();
            assert_eq!(logs.read(&now).await.unwrap(), None, "{kind:?} {}", one.id);
        }
    }
}

#[tokio::test]
async fn what_a_filter_and_a_query_are_is_sent_and_read() {
    let server = Scripted::start(|asked: &Asked| -> Reply {
        let answer = match asked.what.as_str() {
            "PutQueryDefinition" => json!({"queryDefinitionId": "q-1"}),
            "DescribeQueryDefinitions" => json!({"queryDefinitions": [
                {"queryDefinitionId": "q-0", "name": "errors-more", "queryString": "fields @m"},
                {"queryDefinitionId": "q-1", "name": "errors", "queryString": "fields @m"}]}),
            "DescribeSubscriptionFilters" => json!({"subscriptionFilters": [
                {"filterName": "test-ToFunction", "filterPattern": "", "destinationArn": "arn:f", "roleArn": "arn:r"}]}),
            _ => json!({}),
        };
        (200, answer.to_string())
    })
    .await;
    let logs = Logs::new(&cloud(&server.url));
    let filter = wanted(
        &logs,
        "AWS::Logs::SubscriptionFilter",
        "ToFunction",
        json!({"LogGroupName": "g", "FilterPattern": "", "DestinationArn": "arn:f", "Distribution": "Random",
            "RoleArn": "arn:r", "ApplyOnTransformedLogs": true, "EmitSystemFields": ["@aws.region"], "FieldSelectionCriteria": "x = 1"}),
    );
    let made = logs.create(&filter).await.unwrap();
    assert_eq!(made.reference, "test-ToFunction");
    let asked = server.asked();
    let put = asked.iter().find(|one| one.what == "PutSubscriptionFilter");
    let sent: serde_json::Value = serde_json::from_str(&put.unwrap().body).unwrap();
    assert_eq!(sent["filterPattern"], "", "an empty pattern is sent");
    assert_eq!(sent["emitSystemFields"], json!(["@aws.region"]));
    assert_eq!(sent["fieldSelectionCriteria"], "x = 1");
    let read = logs.read(&held(&filter, &made)).await.unwrap().unwrap();
    assert_eq!(read["DestinationArn"], "arn:f");

    let query = wanted(
        &logs,
        "AWS::Logs::QueryDefinition",
        "Query",
        json!({"Name": "errors", "QueryString": "fields @m", "LogGroupNames": ["g"]}),
    );
    let made = logs.create(&query).await.unwrap();
    assert_eq!(made.attributes["QueryDefinitionId"], "q-1");
    assert_eq!(logs.find(&sought(&query)).await.unwrap(), Some(made));
}

#[tokio::test]
async fn settings_of_a_group_have_their_calls_and_their_way_back() {
    let server = Scripted::start(|asked: &Asked| -> Reply {
        let answer = match asked.what.as_str() {
            "DescribeLogGroups" => json!({"logGroups": [{"logGroupName": "test-Group",
                "logGroupArn": "arn:aws:logs:eu-central-1:1:log-group:test-Group"}]}),
            "DescribeResourcePolicies" => json!({"resourcePolicies": [{"revisionId": "7"}]}),
            _ => json!({}),
        };
        (200, answer.to_string())
    })
    .await;
    let logs = Logs::new(&cloud(&server.url));
    let group = |more| wanted(&logs, "AWS::Logs::LogGroup", "Group", more);
    let full = group(json!({
        "KmsKeyId": "arn:key", "DataProtectionPolicy": {"Name": "p"}, "FieldIndexPolicies": [{"Fields": ["id"]}],
        "ResourcePolicyDocument": {"Version": "2012-10-17"}, "BearerTokenAuthenticationEnabled": true,
        "DeletionProtectionEnabled": true, "LogGroupClass": "STANDARD",
    }));
    let made = logs.create(&full).await.unwrap();
    let calls = server.whats();
    for call in [
        "PutDataProtectionPolicy",
        "PutIndexPolicy",
        "PutBearerTokenAuthentication",
        "PutResourcePolicy",
    ] {
        assert!(calls.iter().any(|one| one == call), "{call}: {calls:?}");
    }
    let put = server
        .asked()
        .into_iter()
        .find(|one| one.what == "PutResourcePolicy");
    assert!(put.unwrap().body.contains("\"expectedRevisionId\":\"7\""));
    let before = calls.len();
    logs.update(&held(&full, &made), &group(json!({})), &[])
        .await
        .unwrap();
    let calls = server.whats().split_off(before);
    for call in [
        "DisassociateKmsKey",
        "DeleteDataProtectionPolicy",
        "DeleteIndexPolicy",
        "DeleteResourcePolicy",
        "PutBearerTokenAuthentication",
        "PutLogGroupDeletionProtection",
    ] {
        assert!(calls.iter().any(|one| one == call), "{call}: {calls:?}");
    }
}
