//! The lives of what is made of a function: versions, aliases, permissions, addresses, and what becomes of its invocations.

use hoist::aws::FaultKind;
use hoist::deploy::provider::{Lambda, Provider};
use serde_json::{Value, json};

use super::{change, end, given, inline, role, with};
use crate::cloud::{emulated, held, sought, wanted};
use crate::emulator::Kind;

#[tokio::test]
async fn versions_and_aliases_live_their_lives() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let first = inline(&lambda, "F", &role(&cloud).await);
        let (function, _) = given(&lambda, &first).await;
        let version = wanted(
            &lambda,
            "AWS::Lambda::Version",
            "V1",
            json!({"FunctionName": "test-F", "Description": "one"}),
        );
        let (one, made) = given(&lambda, &version).await;
        assert_eq!(made.attributes["Version"], "1", "{kind:?}");
        assert!(made.reference.ends_with(":function:test-F:1"), "{made:?}");
        assert_eq!(made.attributes["FunctionArn"], json!(made.reference));
        assert!(lambda.read(&one).await.unwrap().is_some());

        let second = with(
            &first,
            json!({"Code": {"ZipFile": "def handler(event, context): return 2"}}),
        );
        change(kind, &lambda, &function, &second).await;
        let mut next = version.clone();
        next.id = "V2".into();
        let (two, made) = given(&lambda, &next).await;
        assert_eq!(made.attributes["Version"], "2", "{kind:?}");

        let alias = wanted(
            &lambda,
            "AWS::Lambda::Alias",
            "Live",
            json!({"FunctionName": "test-F", "Name": "live", "FunctionVersion": "1", "Description": "d"}),
        );
        assert_eq!(lambda.find(&sought(&alias)).await.unwrap(), None);
        let (live, made) = given(&lambda, &alias).await;
        assert!(
            made.reference.ends_with(":function:test-F:live"),
            "{made:?}"
        );
        assert_eq!(made.attributes["AliasArn"], json!(made.reference));
        let again = lambda.create(&alias).await.unwrap_err();
        assert_eq!(again.kind, FaultKind::Exists, "{kind:?}: {again}");
        let mut moved = sought(&alias);
        moved
            .properties
            .insert("FunctionVersion".into(), json!("2"));
        assert_eq!(
            lambda.find(&moved).await.unwrap(),
            Some(made.clone()),
            "our function's"
        );
        moved.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(lambda.find(&moved).await.unwrap(), None);

        let shifted = with(
            &alias,
            json!({
                "FunctionVersion": "2", "Description": null,
                "RoutingConfig": {"AdditionalVersionWeights": [{"FunctionVersion": "1", "FunctionWeight": "0.25"}]}
            }),
        );
        let live = change(kind, &lambda, &live, &shifted).await;
        let read = lambda.read(&live).await.unwrap().unwrap();
        assert_eq!(read["FunctionVersion"], "2");
        let weights = &read["RoutingConfig"]["AdditionalVersionWeights"];
        assert_eq!(
            *weights,
            json!([{"FunctionVersion": "1", "FunctionWeight": 0.25}]),
            "{kind:?}"
        );
        let whole = with(&shifted, json!({"RoutingConfig": null}));
        let now = change(kind, &lambda, &live, &whole).await;
        let read = lambda.read(&held(&shifted, &made)).await.unwrap().unwrap();
        assert_eq!(read["RoutingConfig"], Value::Null, "{kind:?}");

        end(&lambda, &now).await;
        assert_eq!(lambda.read(&now).await.unwrap(), None);
        end(&lambda, &one).await;
        assert_eq!(lambda.read(&one).await.unwrap(), None);
        lambda.delete(&function).await.unwrap();
        end(&lambda, &two).await;
        end(&lambda, &now).await;
    }
}

#[tokio::test]
async fn provisioned_concurrency_follows_the_template() {
    let Some((_emulator, cloud)) = emulated(Kind::Ministack).await else {
        return;
    };
    let lambda = Lambda::new(&cloud);
    given(&lambda, &inline(&lambda, "F", &role(&cloud).await)).await;
    let version = wanted(
        &lambda,
        "AWS::Lambda::Version",
        "V",
        json!({"FunctionName": "test-F", "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}}),
    );
    let (before, made) = given(&lambda, &version).await;
    let read = lambda.read(&before).await.unwrap().unwrap();
    assert_eq!(
        read,
        json!({"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}})
            .as_object()
            .unwrap()
            .clone()
    );
    let plain = with(&version, json!({"ProvisionedConcurrencyConfig": null}));
    change(Kind::Ministack, &lambda, &before, &plain).await;
    let read = lambda.read(&held(&version, &made)).await.unwrap().unwrap();
    assert_eq!(read["ProvisionedConcurrencyConfig"], Value::Null);
}

#[tokio::test]
async fn permissions_live_their_lives() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let (function, made) = given(&lambda, &inline(&lambda, "F", &role(&cloud).await)).await;
        // By its ARN, as often in templates.
        let permission = wanted(
            &lambda,
            "AWS::Lambda::Permission",
            "Allow",
            json!({
                "FunctionName": made.attributes["Arn"], "Action": "lambda:InvokeFunction",
                "Principal": "sns.amazonaws.com", "SourceArn": "arn:aws:sns:eu-central-1:000000000000:t",
                "SourceAccount": "000000000000"
            }),
        );
        let (now, made) = given(&lambda, &permission).await;
        assert!(made.reference.starts_with("test-Allow-"), "{made:?}");
        assert_eq!(lambda.create(&permission).await.unwrap(), made);
        let read = lambda.read(&now).await.unwrap().unwrap();
        for name in ["Action", "Principal", "SourceArn"] {
            assert_eq!(read[name], permission.properties[name], "{kind:?}: {name}");
        }
        // What replaces it has a statement of its own.
        let mut next = with(&permission, json!({"Principal": "s3.amazonaws.com"}));
        next.tags.insert("hoist:resource".into(), "Allow/1".into());
        let (other, made) = given(&lambda, &next).await;
        assert_ne!(made.reference, now.reference);
        end(&lambda, &now).await;
        assert_eq!(lambda.read(&now).await.unwrap(), None, "{kind:?}");
        assert!(lambda.read(&other).await.unwrap().is_some(), "{kind:?}");
        lambda.delete(&function).await.unwrap();
        end(&lambda, &other).await;
        assert_eq!(lambda.read(&other).await.unwrap(), None);
    }
}

#[tokio::test]
async fn addresses_live_their_lives() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let (function, function_made) =
            given(&lambda, &inline(&lambda, "F", &role(&cloud).await)).await;
        let url = wanted(
            &lambda,
            "AWS::Lambda::Url",
            "Address",
            json!({
                "TargetFunctionArn": function_made.attributes["Arn"], "AuthType": "NONE",
                "Cors": {"AllowOrigins": ["*"], "MaxAge": 5}
            }),
        );
        assert_eq!(lambda.find(&sought(&url)).await.unwrap(), None);
        let (before, made) = given(&lambda, &url).await;
        assert!(
            made.attributes["FunctionUrl"]
                .as_str()
                .unwrap()
                .starts_with("http"),
            "{made:?}"
        );
        assert_eq!(
            made.attributes["FunctionArn"],
            function_made.attributes["Arn"]
        );
        // Moto makes a second one over the first.
        if let Err(again) = lambda.create(&url).await {
            assert_eq!(again.kind, FaultKind::Exists, "{kind:?}: {again}");
        }
        let found = lambda.find(&sought(&url)).await.unwrap().unwrap();
        assert_eq!(found.reference, made.reference);
        let mut other = sought(&url);
        other.tags.insert("hoist:stack".into(), "another".into());
        other.properties.insert("AuthType".into(), json!("AWS_IAM"));
        assert_eq!(lambda.find(&other).await.unwrap(), None, "{kind:?}");
        let read = lambda.read(&before).await.unwrap().unwrap();
        assert_eq!(
            read["Cors"],
            json!({"AllowOrigins": ["*"], "MaxAge": 5}),
            "{kind:?}"
        );
        let strict = with(&url, json!({"AuthType": "AWS_IAM", "Cors": null}));
        let now = change(kind, &lambda, &before, &strict).await;
        assert_eq!(now.reference, made.reference);
        assert_eq!(
            lambda.read(&now).await.unwrap().unwrap()["AuthType"],
            "AWS_IAM"
        );
        end(&lambda, &now).await;
        assert_eq!(lambda.read(&now).await.unwrap(), None);
        lambda.delete(&function).await.unwrap();
        end(&lambda, &now).await;
    }
}

#[tokio::test]
async fn what_becomes_of_asynchronous_invocations_follows_the_template() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let lambda = Lambda::new(&cloud);
        let (function, _) = given(&lambda, &inline(&lambda, "F", &role(&cloud).await)).await;
        let config = wanted(
            &lambda,
            "AWS::Lambda::EventInvokeConfig",
            "Async",
            json!({
                "FunctionName": "test-F", "Qualifier": "$LATEST", "MaximumRetryAttempts": 0,
                "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-central-1:000000000000:q"}}
            }),
        );
        let (before, made) = given(&lambda, &config).await;
        assert_eq!(made.reference, "test-F|$LATEST");
        assert_eq!(lambda.create(&config).await.unwrap(), made);
        let read = lambda.read(&before).await.unwrap().unwrap();
        assert_eq!(read["MaximumRetryAttempts"], 0, "{kind:?}");
        assert_eq!(
            read["DestinationConfig"],
            config.properties["DestinationConfig"]
        );
        let mut now = before;
        // Moto keeps what a second call leaves out.
        if matches!(kind, Kind::Ministack) {
            let other = with(
                &config,
                json!({"MaximumRetryAttempts": null, "MaximumEventAgeInSeconds": 60, "DestinationConfig": null}),
            );
            let sent = now.properties.clone();
            now = change(kind, &lambda, &now, &other).await;
            let read = lambda.read(&now).await.unwrap().unwrap();
            assert_eq!(read["MaximumEventAgeInSeconds"], 60, "{kind:?}");
            let mut asked = now.clone();
            asked.properties = sent;
            let read = lambda.read(&asked).await.unwrap().unwrap();
            assert_eq!(read["DestinationConfig"], Value::Null, "{kind:?}");
        }
        end(&lambda, &now).await;
        assert_eq!(lambda.read(&now).await.unwrap(), None, "{kind:?}");
        lambda.delete(&function).await.unwrap();
        end(&lambda, &now).await;
    }
}
