//! The life of a function.

use hoist::aws::FaultKind;
use hoist::deploy::provider::{Lambda, Provider};
use serde_json::{Value, json};

use super::{Built, change, end, given, inline, role, with};
use crate::cloud::{emulated, held, sought};
use crate::emulator::Kind;

#[tokio::test]
async fn a_function_lives_its_life_and_every_call_may_be_made_twice() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let role = role(&cloud).await;
        let first = with(
            &inline(&lambda, "F", &role),
            json!({
                "Description": "first", "Timeout": "30", "MemorySize": 256,
                "Environment": {"Variables": {"A": "1", "B": 2}},
                "ReservedConcurrentExecutions": 3,
                "Tags": [{"Key": "team", "Value": "a"}, {"Key": "kept", "Value": "1"}]
            }),
        );
        assert_eq!(lambda.find(&sought(&first)).await.unwrap(), None);
        let made = lambda.create(&first).await.unwrap();
        assert_eq!(made.reference, "test-F");
        let arn = made.attributes["Arn"].as_str().unwrap();
        assert!(arn.ends_with(":function:test-F"), "{arn}");
        let again = lambda.create(&first).await.unwrap_err();
        assert_eq!(again.kind, FaultKind::Exists, "{again}");
        let found = lambda.find(&sought(&first)).await.unwrap();
        assert_eq!(
            found.map(|found| found.attributes["Arn"].clone()),
            Some(json!(arn))
        );
        let mut other = sought(&first);
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(lambda.find(&other).await.unwrap(), None, "it is not ours");

        let before = held(&first, &made);
        let read = lambda.read(&before).await.unwrap().unwrap();
        let mut changes = hoist::deploy::diff::changes(&first.properties, &read);
        changes.retain(|change| change.property() != "Code");
        assert_eq!(changes, [], "{kind:?}: what was sent is what is there");

        let second = with(
            &first,
            json!({
                "Description": null, "Timeout": 5, "MemorySize": null,
                "Environment": {"Variables": {"A": "2"}},
                "ReservedConcurrentExecutions": null,
                "Code": {"ZipFile": "def handler(event, context):\n    return 'two'\n"},
                "Tags": [{"Key": "kept", "Value": "2"}]
            }),
        );
        let now = change(kind, &lambda, &before, &second).await;
        // What is gone from the template is asked for too, to see that it is back at its default.
        let mut asked = now.clone();
        for name in ["Description", "MemorySize", "ReservedConcurrentExecutions"] {
            asked
                .properties
                .insert(name.into(), first.properties[name].clone());
        }
        let read = lambda.read(&asked).await.unwrap().unwrap();
        assert_eq!(
            read["Environment"],
            json!({"Variables": {"A": "2"}}),
            "{kind:?}"
        );
        assert_eq!(read["Timeout"], 5);
        assert_eq!(read["MemorySize"], 128, "{kind:?}");
        assert_eq!(read["Description"], Value::Null, "{kind:?}");
        assert_eq!(read["ReservedConcurrentExecutions"], Value::Null);
        assert_eq!(read["Tags"], json!([{"Key": "kept", "Value": "2"}]));
        let found = lambda.find(&sought(&second)).await.unwrap();
        assert!(found.is_some(), "{kind:?}: it still has our tags");

        end(&lambda, &now).await;
        assert_eq!(lambda.read(&now).await.unwrap(), None);
        assert_eq!(lambda.find(&sought(&second)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn settings_go_back_to_their_defaults_when_they_leave_the_template() {
    // Moto forgets most of these.
    let Some((_emulator, cloud)) = emulated(Kind::Ministack).await else {
        return;
    };
    let lambda = Lambda::new(&cloud);
    let plain = inline(&lambda, "F", &role(&cloud).await);
    let full = with(
        &plain,
        json!({
            "EphemeralStorage": {"Size": 1024},
            "TracingConfig": {"Mode": "Active"},
            "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "WARN", "LogGroup": "/other"},
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-central-1:000000000000:dead"},
            "Environment": {"Variables": {"A": "1"}},
            "RecursiveLoop": "Allow",
        }),
    );
    let (before, _) = given(&lambda, &full).await;
    let read = lambda.read(&before).await.unwrap().unwrap();
    for name in [
        "EphemeralStorage",
        "TracingConfig",
        "LoggingConfig",
        "DeadLetterConfig",
        "RecursiveLoop",
    ] {
        assert_eq!(read[name], full.properties[name], "{name}");
    }
    let now = change(Kind::Ministack, &lambda, &before, &plain).await;
    let mut asked = now.clone();
    asked.properties = full.properties.clone();
    let read = lambda.read(&asked).await.unwrap().unwrap();
    assert_eq!(read["EphemeralStorage"], json!({"Size": 512}));
    assert_eq!(read["TracingConfig"], json!({"Mode": "PassThrough"}));
    assert_eq!(read["LoggingConfig"]["LogGroup"], "/aws/lambda/test-F");
    assert_eq!(read["LoggingConfig"]["LogFormat"], "Text");
    assert_eq!(read["RecursiveLoop"], "Terminate");
    assert_eq!(read["Environment"], json!({"Variables": {}}));
}

#[tokio::test]
async fn built_code_is_sent_and_what_is_too_large_goes_through_the_bucket() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let mut built = Built::nothing();
        let small = built.zip("index.py", b"def handler(event, context): return 1");
        let large = built.zip("index.py", &vec![b'#'; 50_000_001]);
        let plain = inline(&lambda, "F", &role(&cloud).await);
        let first = built.give(with(&plain, json!({ "Code": small })));
        let (before, _) = given(&lambda, &first).await;
        let size = code_size(&cloud).await;
        assert!(size < 1000, "{size}");
        let second = built.give(with(&plain, json!({ "Code": large })));
        let now = change(kind, &lambda, &before, &second).await;
        assert!(code_size(&cloud).await > 50_000_000, "{kind:?}");
        let objects = objects(&cloud).await;
        let key = large["S3Key"].as_str().unwrap();
        assert_eq!(objects, [format!("artifact/{key}.zip")], "{kind:?}");
        let third = built.give(with(&second, json!({ "Code": small })));
        change(kind, &lambda, &now, &third).await;
        assert_eq!(code_size(&cloud).await, size);
    }
}

async fn code_size(cloud: &hoist::aws::Cloud) -> i64 {
    let client = aws_sdk_lambda::Client::new(cloud.config());
    let answer = client.get_function().function_name("test-F").send().await;
    answer.unwrap().configuration().unwrap().code_size()
}

async fn objects(cloud: &hoist::aws::Cloud) -> Vec<String> {
    let account = cloud.account().await.unwrap();
    let bucket = hoist::deploy::state::s3::bucket_name(account, cloud.region());
    let answer = cloud.s3().list_objects_v2().bucket(bucket).send().await;
    let objects = answer.unwrap();
    let keys = objects.contents().iter().filter_map(|one| one.key());
    keys.map(str::to_owned).collect()
}
