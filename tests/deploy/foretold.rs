//! What is told of a resource before it is there comes true.

use std::collections::BTreeSet;

use hoist::deploy::foretell::foretell;
use hoist::deploy::provider::Providers;
use hoist::eval::TemplateScope;
use serde_json::{Value, json};

use crate::cloud::{REGION, emulated, wanted};
use crate::emulator::Kind;

fn trusting(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    ]})
}

#[tokio::test]
async fn what_a_name_tells_is_what_aws_says_afterwards() {
    for emulator in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(emulator).await else {
            continue;
        };
        let account = cloud.account().await.unwrap();
        let scope = TemplateScope::new(REGION).account(account);
        let providers = Providers::of(&cloud);
        let role = |id: &str, service: &str| {
            let (provider, _) = providers.of_type("AWS::IAM::Role").unwrap();
            let given = json!({"AssumeRolePolicyDocument": trusting(service)});
            (provider, wanted(provider, "AWS::IAM::Role", id, given))
        };
        let mut roles = Vec::new();
        for (id, service) in [("Function", "lambda"), ("Machine", "states")] {
            let (provider, role) = role(id, &format!("{service}.amazonaws.com"));
            roles.push(provider.create(&role).await.unwrap().attributes["Arn"].clone());
        }
        let samples = [
            (
                "AWS::DynamoDB::Table",
                json!({
                    "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]
                }),
            ),
            ("AWS::SQS::Queue", json!({})),
            ("AWS::SNS::Topic", json!({})),
            ("AWS::S3::Bucket", json!({"BucketName": "told-before"})),
            ("AWS::Events::EventBus", json!({})),
            (
                "AWS::Logs::LogGroup",
                json!({"LogGroupName": "/told/before"}),
            ),
            (
                "AWS::Lambda::Function",
                json!({
                    "Runtime": "python3.13", "Handler": "index.handler", "Role": roles[0],
                    "Code": {"ZipFile": "def handler(event, context): pass"}
                }),
            ),
            (
                "AWS::StepFunctions::StateMachine",
                json!({
                    "RoleArn": roles[1],
                    "DefinitionString": r#"{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}"#
                }),
            ),
        ];
        let tried: BTreeSet<&str> = samples.iter().map(|(name, _)| *name).collect();
        let all = providers.kinds().filter(|kind| !kind.foretold.is_empty());
        let all: BTreeSet<&str> = all.map(|kind| kind.resource_type).collect();
        assert_eq!(tried, all, "every type that tells something is tried");
        for (resource_type, given) in samples {
            let (provider, kind) = providers.of_type(resource_type).unwrap();
            let wanted = wanted(provider, resource_type, "Told", given);
            let told = foretell(&kind, &wanted.name, &scope).unwrap();
            let made = provider.create(&wanted).await.unwrap();
            for (attribute, value) in &told.attributes {
                assert_eq!(
                    &made.attributes[attribute], value,
                    "{resource_type} {emulator:?}"
                );
            }
            if let Some(reference) = told.reference {
                assert_eq!(made.reference, reference, "{resource_type} {emulator:?}");
            }
        }
    }
}
