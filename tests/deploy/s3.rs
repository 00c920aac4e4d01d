//! Buckets against both emulators: made, found again, changed, deleted, each twice as after a kill.

use hoist::aws::FaultKind;
use hoist::deploy::diff;
use hoist::deploy::provider::{Existing, Provider, S3, Sqs, Wanted};
use serde_json::{Map, Value, json};

use crate::cloud::{REGION, cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::scripted::{Asked, Reply, Scripted};

const BOTH: [Kind; 2] = [Kind::Ministack, Kind::Moto];
const NAME: &str = "hoist-tests-uploads";

fn bucket(s3: &S3, more: Value) -> Wanted {
    let mut all = json!({ "BucketName": NAME });
    for (name, value) in properties(more) {
        all[name] = value;
    }
    wanted(s3, "AWS::S3::Bucket", "Uploads", all)
}

async fn change(s3: &S3, before: &Wanted, made: &Existing, wanted: &Wanted) -> Map<String, Value> {
    let from = held(before, made);
    let changes = diff::changes(&from.properties, &wanted.properties);
    s3.update(&from, wanted, &changes).await.unwrap();
    s3.update(&from, wanted, &[]).await.unwrap();
    s3.read(&held(wanted, made)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_bucket_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let s3 = S3::new(&cloud);
        // Moto answers GetBucketVersioning with a document of the wrong name.
        let has_versions = matches!(kind, Kind::Ministack);
        let mut first = bucket(
            &s3,
            json!({
                "BucketEncryption": {"ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]},
                "CorsConfiguration": {"CorsRules": [
                    {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": "60"}
                ]},
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "BlockPublicPolicy": false},
                "LifecycleConfiguration": {"Rules": [
                    {"Id": "old", "Status": "Enabled", "ExpirationInDays": 7, "Prefix": "tmp/"}
                ]},
                "Tags": [{"Key": "team", "Value": "a"}],
            }),
        );
        if has_versions {
            let versions = json!({"Status": "Enabled"});
            first
                .properties
                .insert("VersioningConfiguration".into(), versions);
        }
        assert_eq!(s3.find(&sought(&first)).await.unwrap(), None);
        let made = s3.create(&first).await.unwrap();
        assert_eq!(made.reference, NAME);
        assert_eq!(made.attributes["Arn"], format!("arn:aws:s3:::{NAME}"));
        let regional = format!("{NAME}.s3.{REGION}.amazonaws.com");
        assert_eq!(made.attributes["RegionalDomainName"], regional);
        assert_eq!(s3.create(&first).await.unwrap(), made);
        assert_eq!(s3.find(&sought(&first)).await.unwrap(), Some(made.clone()));
        let mut other = first.clone();
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(s3.find(&sought(&other)).await.unwrap(), None);
        let refused = s3.create(&other).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Exists, "{refused}");
        let read = s3.read(&held(&first, &made)).await.unwrap().unwrap();
        if has_versions {
            assert_eq!(read["VersioningConfiguration"]["Status"], "Enabled");
        }
        let rules = &read["CorsConfiguration"]["CorsRules"];
        assert_eq!(rules[0]["MaxAge"], 60, "{kind:?}");
        assert_eq!(
            read["LifecycleConfiguration"], first.properties["LifecycleConfiguration"],
            "{kind:?}"
        );

        let second = bucket(&s3, json!({"Tags": [{"Key": "team", "Value": "b"}]}));
        change(&s3, &first, &made, &second).await;
        // Everything that was said is asked for.
        let read = s3.read(&held(&first, &made)).await.unwrap().unwrap();
        if has_versions {
            assert_eq!(read["VersioningConfiguration"]["Status"], "Suspended");
        }
        assert_eq!(read["CorsConfiguration"], Value::Null, "{kind:?}");
        assert_eq!(read["LifecycleConfiguration"], Value::Null, "{kind:?}");
        let block = &read["PublicAccessBlockConfiguration"];
        assert_eq!(block["BlockPublicPolicy"], true, "as new buckets have it");

        let now = held(&second, &made);
        s3.delete(&now).await.unwrap();
        s3.delete(&now).await.unwrap();
        assert_eq!(s3.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn notifications_are_set_in_their_own_step_and_taken_away_again() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let s3 = S3::new(&cloud);
        let first = bucket(&s3, json!({}));
        let made = s3.create(&first).await.unwrap();
        let queues = Sqs::new(&cloud);
        let queue = wanted(&queues, "AWS::SQS::Queue", "Seen", json!({}));
        let queue = queues.create(&queue).await.unwrap();
        let mut all = json!({"QueueConfigurations": [{
            "Event": "s3:ObjectCreated:*", "Queue": queue.attributes["Arn"],
            "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}},
        }]});
        // Moto takes it and does not say so.
        if matches!(kind, Kind::Ministack) {
            all["EventBridgeConfiguration"] = json!({"EventBridgeEnabled": true});
        }
        let bus = bucket(&s3, json!({ "NotificationConfiguration": all }));
        let read = change(&s3, &first, &made, &bus).await;
        let sent = &bus.properties["NotificationConfiguration"];
        assert_eq!(&read["NotificationConfiguration"], sent, "{kind:?}");
        change(&s3, &bus, &made, &first).await;
        // Moto answers with a document of the wrong name when there is nothing to tell.
        if matches!(kind, Kind::Ministack) {
            let read = s3.read(&held(&bus, &made)).await.unwrap().unwrap();
            assert_eq!(read["NotificationConfiguration"], Value::Null, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_policy_is_put_found_changed_and_deleted() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let s3 = S3::new(&cloud);
        s3.create(&bucket(&s3, json!({}))).await.unwrap();
        let document = |action: &str| {
            json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Deny", "Principal": "*", "Action": action,
                "Resource": format!("arn:aws:s3:::{NAME}/*"),
            }]})
        };
        let policy = |action: &str| {
            let given = json!({"Bucket": NAME, "PolicyDocument": document(action)});
            wanted(&s3, "AWS::S3::BucketPolicy", "Policy", given)
        };
        let first = policy("s3:GetObject");
        assert_eq!(s3.find(&sought(&first)).await.unwrap(), None);
        let made = s3.create(&first).await.unwrap();
        assert_eq!(s3.create(&first).await.unwrap(), made);
        assert_eq!(s3.find(&sought(&first)).await.unwrap(), Some(made.clone()));
        let second = policy("s3:PutObject");
        let refused = s3.create(&second).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Exists, "{refused}");
        s3.update(&held(&first, &made), &second, &[]).await.unwrap();
        let now = held(&second, &made);
        let read = s3.read(&now).await.unwrap().unwrap();
        assert_eq!(read["PolicyDocument"], document("s3:PutObject"), "{kind:?}");
        s3.delete(&now).await.unwrap();
        s3.delete(&now).await.unwrap();
        assert_eq!(s3.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_bucket_with_objects_stays_and_says_what_to_do() {
    let Some((_emulator, cloud)) = emulated(Kind::Moto).await else {
        return;
    };
    let s3 = S3::new(&cloud);
    let wanted = bucket(&s3, json!({}));
    let made = s3.create(&wanted).await.unwrap();
    let put = cloud.s3().put_object().bucket(NAME).key("a");
    put.send().await.unwrap();
    let fault = s3.delete(&held(&wanted, &made)).await.unwrap_err();
    assert!(fault.message.contains(NAME), "{fault}");
    assert!(fault.message.contains("aws s3 rm"), "{fault}");
}

#[tokio::test]
async fn a_permission_that_is_not_seen_yet_is_waited_for() {
    let server = Scripted::start(|asked: &Asked| -> Reply {
        match asked.what.contains("notification") {
            true => (400, "<Error><Code>InvalidArgument</Code><Message>Unable to validate the following destination configurations</Message></Error>".into()),
            false => (200, String::new()),
        }
    })
    .await;
    let s3 = S3::new(&cloud(&server.url));
    let before = bucket(&s3, json!({}));
    let after = bucket(
        &s3,
        json!({"NotificationConfiguration": {"LambdaConfigurations": [{
            "Event": "s3:ObjectCreated:*", "Function": "arn:aws:lambda:eu-central-1:1:function:f",
            "Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".jpg"}]}}
        }]}}),
    );
    let made = Existing {
        reference: NAME.into(),
        ..Existing::default()
    };
    let from = held(&before, &made);
    let changes = diff::changes(&from.properties, &after.properties);
    let fault = s3.update(&from, &after, &changes).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet, "{fault}");
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "the late step sets nothing else");
    for part in [
        "<CloudFunction>arn:aws:lambda",
        "<Event>s3:ObjectCreated:*",
        "<Value>.jpg",
    ] {
        assert!(asked[0].body.contains(part), "{}", asked[0].body);
    }
}

#[tokio::test]
async fn a_made_name_without_tags_is_ours_and_a_written_one_is_not() {
    let server = Scripted::start(|asked: &Asked| -> Reply {
        let what = asked.what.as_str();
        let account = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
        match what {
            "POST /" => (200, account.into()),
            _ if what.starts_with("HEAD") => (200, String::new()),
            _ => (404, "<Error><Code>NoSuchTagSet</Code><Message>no</Message></Error>".into()),
        }
    })
    .await;
    let s3 = S3::new(&cloud(&server.url));
    let mut wanted = bucket(&s3, json!({}));
    assert_eq!(s3.find(&sought(&wanted)).await.unwrap(), None);
    let owner = hoist::deploy::name::Owner {
        account: "123456789012",
        region: REGION,
        stack: "test",
        id: "Uploads",
        generation: 0,
    };
    let rule = s3.kind("AWS::S3::Bucket").unwrap().name.unwrap();
    wanted.name = rule.name(&owner, "");
    let found = s3.find(&sought(&wanted)).await.unwrap();
    assert_eq!(found.map(|found| found.reference), Some(wanted.name));
}

#[tokio::test]
async fn every_setting_has_its_call_and_its_way_back() {
    let server = Scripted::start(|asked: &Asked| -> Reply {
        match asked.what.starts_with("GET") {
            true => (
                404,
                "<Error><Code>NoSuchConfiguration</Code><Message>no</Message></Error>".into(),
            ),
            false => (200, String::new()),
        }
    })
    .await;
    let s3 = S3::new(&cloud(&server.url));
    let to = json!({"BucketArn": "arn:aws:s3:::reports", "Format": "CSV", "Prefix": "out/"});
    let full = bucket(
        &s3,
        json!({
            "AccessControl": "LogDeliveryWrite",
            "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
            "AnalyticsConfigurations": [{"Id": "an", "Prefix": "p", "TagFilters": [{"Key": "k", "Value": "v"}],
                "StorageClassAnalysis": {"DataExport": {"OutputSchemaVersion": "V_1", "Destination": to}}}],
            "IntelligentTieringConfigurations": [{"Id": "it", "Status": "Enabled",
                "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}],
            "InventoryConfigurations": [{"Id": "in", "Enabled": true, "IncludedObjectVersions": "All",
                "ScheduleFrequency": "Daily", "Destination": to, "OptionalFields": ["Size"]}],
            "LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "l/",
                "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}},
            "MetricsConfigurations": [{"Id": "me", "AccessPointArn": "arn:ap"}],
            "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}},
            "ObjectLockEnabled": true,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "ReplicationConfiguration": {"Role": "arn:role", "Rules": [{
                "Status": "Enabled", "Priority": 1, "Filter": {"And": {"Prefix": "a", "TagFilters": [{"Key": "k", "Value": "v"}]}},
                "DeleteMarkerReplication": {"Status": "Disabled"},
                "Destination": {"Bucket": "arn:aws:s3:::copy", "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                    "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}}}]},
            "VersioningConfiguration": {"Status": "Enabled"},
            "WebsiteConfiguration": {"IndexDocument": "index.html", "RoutingRules": [
                {"RedirectRule": {"ReplaceKeyWith": "x"}, "RoutingRuleCondition": {"KeyPrefixEquals": "y"}}]},
            "MetadataTableConfiguration": {"S3TablesDestination": {"TableBucketArn": "arn:tb", "TableName": "t"}},
            "AbacStatus": "Enabled",
        }),
    );
    let made = s3.create(&full).await.unwrap();
    let calls = server.whats();
    for name in [
        "accelerate",
        "acl",
        "analytics",
        "intelligent-tiering",
        "inventory",
        "logging",
        "metrics",
        "object-lock",
        "ownershipControls",
        "replication",
        "versioning",
        "website",
        "metadataTable",
        "abac",
        "tagging",
    ] {
        let wanted = format!("/{NAME}?{name}");
        assert!(
            calls.iter().any(|call| call.contains(&wanted)),
            "{name}: {calls:#?}"
        );
    }
    let place = |name: &str| calls.iter().position(|call| call.contains(name));
    assert!(place("?versioning") < place("?replication"));
    assert!(place("?ownershipControls") < place("?acl"));
    let before = calls.len();

    let mut bare = bucket(&s3, json!({"ObjectLockEnabled": true}));
    s3.update(&held(&full, &made), &bare, &[]).await.unwrap();
    let calls = server.whats().split_off(before);
    for call in [
        "DELETE /hoist-tests-uploads?analytics",
        "DELETE /hoist-tests-uploads?intelligent-tiering",
        "DELETE /hoist-tests-uploads?inventory",
        "DELETE /hoist-tests-uploads?metrics",
        "DELETE /hoist-tests-uploads?replication",
        "DELETE /hoist-tests-uploads?website",
        "PUT /hoist-tests-uploads?accelerate",
        "PUT /hoist-tests-uploads?acl",
        "PUT /hoist-tests-uploads?logging",
        "PUT /hoist-tests-uploads?object-lock",
        "PUT /hoist-tests-uploads?ownershipControls",
        "PUT /hoist-tests-uploads?versioning",
        "PUT /hoist-tests-uploads?abac",
    ] {
        assert!(
            calls.iter().any(|one| one.starts_with(call)),
            "{call}: {calls:#?}"
        );
    }
    let place = |name: &str| calls.iter().position(|call| call.contains(name));
    assert!(place("?replication") < place("?versioning"));
    assert!(place("?acl") < place("?ownershipControls"));

    bare.properties.remove("ObjectLockEnabled");
    let fault = s3
        .update(&held(&full, &made), &bare, &[])
        .await
        .unwrap_err();
    assert!(fault.message.contains("cannot be turned off"), "{fault}");
}
