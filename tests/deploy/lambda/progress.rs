//! What Lambda does behind its answers, which no emulator shows: calls that take time, that come too early, that are refused for now.

use std::sync::atomic::{AtomicUsize, Ordering};

use hoist::aws::FaultKind;
use hoist::deploy::diff;
use hoist::deploy::provider::{Existing, Held, Lambda, Provider, Wanted};
use serde_json::{Value, json};

use super::wire::{Call, Wire, refused};
use super::{Built, inline, with};
use crate::cloud::{cloud, held, sought, wanted};

const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:test-F";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

fn state(state: &str, update: &str) -> (u16, Value) {
    let answer = json!({
        "FunctionName": "test-F", "FunctionArn": ARN, "Version": "$LATEST", "State": state,
        "StateReasonCode": "InvalidSubnet", "StateReason": "the subnet is gone",
        "LastUpdateStatus": update, "LastUpdateStatusReasonCode": "EniLimitExceeded",
        "LastUpdateStatusReason": "no more interfaces"
    });
    (200, answer)
}

fn is_read(call: &Call) -> bool {
    call.line.starts_with("GET ")
}

/// A wire on which every change takes two looks to be done, and the function on it.
fn slow() -> (Wire, Lambda, Wanted, Held) {
    let looks = AtomicUsize::new(0);
    let wire = Wire::start(move |call, _| match is_read(call) {
        true if looks.fetch_add(1, Ordering::Relaxed) % 2 == 1 => state("Active", "Successful"),
        _ => state("Active", "InProgress"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    let held = held(&wanted, &function());
    (wire, lambda, wanted, held)
}

fn function() -> Existing {
    Existing {
        reference: "test-F".into(),
        handle: Value::Null,
        attributes: json!({ "Arn": ARN }).as_object().unwrap().clone(),
    }
}

async fn update(lambda: &Lambda, held: &Held, wanted: &Wanted) -> Existing {
    let changes = diff::changes(&held.properties, &wanted.properties);
    lambda.update(held, wanted, &changes).await.unwrap()
}

const CODE: &str = "PUT /2015-03-31/functions/test-F/code";
const CONFIGURATION: &str = "PUT /2015-03-31/functions/test-F/configuration";
const LOOK: &str = "GET /2015-03-31/functions/test-F/configuration";

#[tokio::test]
async fn new_code_is_one_call_and_then_only_looks() {
    let (wire, lambda, wanted, held) = slow();
    let mut built = Built::nothing();
    let code = built.zip("index.py", b"def handler(event, context): return 3");
    let after = built.give(with(&wanted, json!({ "Code": code })));
    let now = update(&lambda, &held, &after).await;
    assert_eq!(now.attributes["Arn"], ARN);
    assert_eq!(wire.lines(), [CODE, LOOK, LOOK]);
}

#[tokio::test]
async fn a_changed_setting_is_one_call_with_nothing_else_in_it() {
    let (wire, lambda, wanted, held) = slow();
    let after = with(&wanted, json!({"Environment": {"Variables": {"A": "1"}}}));
    update(&lambda, &held, &after).await;
    let calls = wire.take();
    assert_eq!(
        calls[0].body,
        json!({"Environment": {"Variables": {"A": "1"}}})
    );
    let lines: Vec<_> = calls.iter().map(|call| call.line.as_str()).collect();
    assert_eq!(lines, [CONFIGURATION, LOOK, LOOK]);
}

#[tokio::test]
async fn settings_and_code_wait_for_each_other() {
    let (wire, lambda, wanted, held) = slow();
    let after = with(
        &wanted,
        json!({"Timeout": 9, "Code": {"ZipFile": "def handler(event, context): return 4"}}),
    );
    update(&lambda, &held, &after).await;
    assert_eq!(wire.lines(), [CONFIGURATION, LOOK, LOOK, CODE, LOOK, LOOK]);
}

#[tokio::test]
async fn what_is_done_at_once_is_not_looked_at() {
    let wire = Wire::start(|_, _| state("Active", "Successful"));
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    let made = lambda.create(&wanted).await.unwrap();
    assert_eq!(wire.lines(), ["POST /2015-03-31/functions"]);
    let after = with(&wanted, json!({"ReservedConcurrentExecutions": 1}));
    let held = held(&wanted, &made);
    assert_eq!(update(&lambda, &held, &after).await, made);
    assert_eq!(
        wire.lines(),
        ["PUT /2017-10-31/functions/test-F/concurrency"]
    );
}

#[tokio::test]
async fn a_new_function_is_waited_for_until_it_is_active() {
    let wire = Wire::start(|_, before| match before {
        0..3 => state("Pending", "InProgress"),
        _ => state("Active", "Successful"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    let wanted = with(&wanted, json!({"ReservedConcurrentExecutions": 1}));
    assert_eq!(lambda.create(&wanted).await.unwrap(), function());
    assert_eq!(
        wire.lines(),
        [
            "POST /2015-03-31/functions",
            LOOK,
            LOOK,
            LOOK,
            "PUT /2017-10-31/functions/test-F/concurrency"
        ]
    );
}

#[tokio::test]
async fn what_fails_behind_the_answer_is_a_fault_with_lambdas_reason() {
    let wire = Wire::start(|call, _| match is_read(call) {
        true => state("Failed", "Successful"),
        false => state("Pending", "InProgress"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    let fault = lambda.create(&wanted).await.unwrap_err();
    assert_eq!(fault.message, "the subnet is gone");
    assert_eq!(fault.code.as_deref(), Some("InvalidSubnet"));

    let wire = Wire::start(|call, _| match is_read(call) {
        true => state("Active", "Failed"),
        false => state("Active", "InProgress"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let after = with(&wanted, json!({"Timeout": 9}));
    let changes = diff::changes(&wanted.properties, &after.properties);
    let fault = lambda
        .update(&held(&wanted, &function()), &after, &changes)
        .await
        .unwrap_err();
    assert_eq!(fault.message, "no more interfaces");
}

#[tokio::test]
async fn a_call_while_another_change_is_under_way_may_be_made_again() {
    let busy = "The operation cannot be performed at this time. An update is in progress for resource: arn";
    let wire = Wire::start(move |_, before| match before {
        0 => refused(409, "ResourceConflictException", busy),
        _ => state("Active", "Successful"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    let held = held(&wanted, &function());
    let after = with(&wanted, json!({"Timeout": 9}));
    let changes = diff::changes(&wanted.properties, &after.properties);
    let fault = lambda.update(&held, &after, &changes).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet);
    lambda.update(&held, &after, &changes).await.unwrap();
    assert_eq!(wire.lines(), [CONFIGURATION, CONFIGURATION]);
}

#[tokio::test]
async fn a_role_that_lambda_does_not_see_yet_is_worth_another_try() {
    let unseen = "The role defined for the function cannot be assumed by Lambda.";
    let wire = Wire::start(move |_, _| refused(400, "InvalidParameterValueException", unseen));
    let lambda = Lambda::new(&cloud(wire.url()));
    let fault = lambda
        .create(&inline(&lambda, "F", ROLE))
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet);
    assert_eq!(fault.action(), "lambda:CreateFunction");
}

#[tokio::test]
async fn code_of_the_largest_size_that_is_sent_fits_into_a_request() {
    let wire = Wire::start(|_, _| state("Active", "Successful"));
    let lambda = Lambda::new(&cloud(wire.url()));
    let mut built = Built::nothing();
    let code = built.zip("index.py", &vec![b'#'; 49_999_800]);
    let wanted = built.give(with(&inline(&lambda, "F", ROLE), json!({ "Code": code })));
    lambda.create(&wanted).await.unwrap();
    let calls = wire.take();
    assert_eq!(calls.len(), 1);
    assert!(
        (66_000_000..69_905_067).contains(&calls[0].size),
        "{}",
        calls[0].size
    );
}

#[tokio::test]
async fn when_it_is_not_certain_what_lambda_has_everything_is_sent() {
    let wire = Wire::start(|call, _| match call.line.contains("/recursion-config") {
        // As in a region that does not have it yet.
        true => refused(404, "ResourceNotFoundException", "no such thing"),
        false => state("Active", "Successful"),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let wanted = inline(&lambda, "F", ROLE);
    lambda
        .update(&held(&wanted, &function()), &wanted, &[])
        .await
        .unwrap();
    let calls = wire.take();
    let lines: Vec<_> = calls.iter().map(|call| call.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "DELETE /2020-06-30/functions/test-F/code-signing-config",
            CONFIGURATION,
            CODE,
            "DELETE /2017-10-31/functions/test-F/concurrency",
            "PUT /2024-08-31/functions/test-F/recursion-config",
            "PUT /2021-07-20/functions/test-F/runtime-management-config",
            &format!("POST /2017-03-31/tags/{}", ARN.replace(':', "%3A")),
        ]
    );
    assert_eq!(calls[1].body["Timeout"], 3);
    assert_eq!(calls[1].body["Handler"], "index.handler");
    assert_eq!(
        calls[1].body["VpcConfig"],
        json!({"SubnetIds": [], "SecurityGroupIds": []})
    );
}

#[tokio::test]
async fn a_function_on_ones_own_instances_is_published_with_each_change() {
    let wire = Wire::start(|_, _| state("Active", "Successful"));
    let lambda = Lambda::new(&cloud(wire.url()));
    let provider =
        json!({"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:p"}});
    let wanted = with(
        &inline(&lambda, "F", ROLE),
        json!({"CapacityProviderConfig": provider, "FunctionScalingConfig": {"MinExecutionEnvironments": 1}}),
    );
    let made = lambda.create(&wanted).await.unwrap();
    let calls = wire.take();
    assert_eq!(calls[0].body["PublishTo"], "LATEST_PUBLISHED");
    assert_eq!(
        calls[1].body,
        json!({"FunctionScalingConfig": {"MinExecutionEnvironments": 1}})
    );
    let after = with(&wanted, json!({"Timeout": 9}));
    update(&lambda, &held(&wanted, &made), &after).await;
    assert_eq!(
        wire.lines(),
        [CONFIGURATION, "POST /2015-03-31/functions/test-F/versions"]
    );
}

#[tokio::test]
async fn a_version_is_waited_for_by_its_number() {
    let wire = Wire::start(|_, before| {
        let (status, mut answer) = match before {
            0..2 => state("Pending", "Successful"),
            _ => state("Active", "Successful"),
        };
        answer["Version"] = json!("7");
        answer["FunctionArn"] = json!(format!("{ARN}:7"));
        (status, answer)
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let version = json!({"FunctionName": "test-F", "CodeSha256": "abc="});
    let version = wanted(&lambda, "AWS::Lambda::Version", "V", version);
    let made = lambda.create(&version).await.unwrap();
    assert_eq!(made.reference, format!("{ARN}:7"));
    assert_eq!(made.attributes["Version"], "7");
    let calls = wire.take();
    assert_eq!(calls[0].body["CodeSha256"], "abc=");
    assert_eq!(calls.len(), 3);
}

#[tokio::test]
async fn a_statement_that_is_there_already_is_put_anew() {
    let exists = "The statement id (s) provided already exists. Please provide a new statement id, or remove the existing statement.";
    let wire = Wire::start(move |_, before| match before {
        0 => refused(409, "ResourceConflictException", exists),
        _ => (201, json!({"Statement": "{}"})),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let permission = wanted(
        &lambda,
        "AWS::Lambda::Permission",
        "Allow",
        json!({"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"}),
    );
    let made = lambda.create(&permission).await.unwrap();
    let add = "POST /2015-03-31/functions/f/policy";
    let remove = format!("DELETE /2015-03-31/functions/f/policy/{}", made.reference);
    assert_eq!(wire.lines(), [add, &remove, add]);
}

#[tokio::test]
async fn a_principal_is_waited_for_only_when_it_may_come_to_be() {
    let invalid = "The provided principal was invalid. Please check the principal and try again.";
    let wire = Wire::start(move |_, _| refused(400, "InvalidParameterValueException", invalid));
    let lambda = Lambda::new(&cloud(wire.url()));
    for (principal, expected) in [
        (ROLE, FaultKind::NotYet),
        ("sms.amazonaws.com", FaultKind::Invalid),
    ] {
        let permission = wanted(
            &lambda,
            "AWS::Lambda::Permission",
            "Allow",
            json!({"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": principal}),
        );
        let fault = lambda.create(&permission).await.unwrap_err();
        assert_eq!(fault.kind, expected, "{principal}");
    }
}

#[tokio::test]
async fn a_code_signing_configuration_is_found_by_its_tags() {
    let config = json!({
        "CodeSigningConfigId": "csc-1", "CodeSigningConfigArn": "arn:aws:lambda:eu-central-1:1:code-signing-config:csc-1",
        "AllowedPublishers": {"SigningProfileVersionArns": ["arn:s"]}, "LastModified": "2026-01-01T00:00:00Z",
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"}
    });
    let one = config.clone();
    let wire = Wire::start(move |call, _| match call.line.as_str() {
        "GET /2020-04-22/code-signing-configs" => (200, json!({"CodeSigningConfigs": [one]})),
        line if line.starts_with("GET /2017-03-31/tags/") => (
            200,
            json!({"Tags": {"hoist:stack": "test", "hoist:resource": "Sign/0"}}),
        ),
        line if line.starts_with("DELETE") => refused(404, "ResourceNotFoundException", "gone"),
        _ => (200, json!({ "CodeSigningConfig": one })),
    });
    let lambda = Lambda::new(&cloud(wire.url()));
    let signing = wanted(
        &lambda,
        "AWS::Lambda::CodeSigningConfig",
        "Sign",
        json!({"AllowedPublishers": {"SigningProfileVersionArns": ["arn:s"]}, "Description": "d"}),
    );
    let made = lambda.create(&signing).await.unwrap();
    assert_eq!(made.reference, config["CodeSigningConfigArn"]);
    assert_eq!(made.attributes["CodeSigningConfigId"], "csc-1");
    let sent = &wire.take()[0].body;
    assert_eq!(sent["Tags"]["hoist:resource"], "Sign/0");
    assert_eq!(
        lambda.find(&sought(&signing)).await.unwrap(),
        Some(made.clone())
    );
    let mut other = sought(&signing);
    other.tags.insert("hoist:stack".into(), "another".into());
    assert_eq!(lambda.find(&other).await.unwrap(), None);
    let before = held(&signing, &made);
    wire.take();
    update(
        &lambda,
        &before,
        &with(&signing, json!({"Description": null})),
    )
    .await;
    let calls = wire.take();
    assert_eq!(calls.len(), 1, "its tags do not change: {calls:?}");
    assert_eq!(calls[0].body["Description"], "");
    lambda.delete(&before).await.unwrap();
}
