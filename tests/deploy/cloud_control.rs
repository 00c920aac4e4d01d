//! Every other resource type, through Cloud Control as its user guide says it answers. No emulator does it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hoist::aws::FaultKind;
use hoist::deploy::diff::changes;
use hoist::deploy::provider::{CloudControl, Provider, RESOURCE_TAG, STACK_TAG};
use serde_json::{Value, json};

use crate::cloud::{cloud, held, properties, sought, wanted};
use crate::record::{Answer, Call, Recorder};

const GROUP: &str = "AWS::Logs::LogGroup";

fn event(status: &str) -> Value {
    json!({"ProgressEvent": {
        "TypeName": GROUP, "Identifier": "/shop", "RequestToken": "request-1", "OperationStatus": status
    }})
}

fn failed(code: &str) -> Value {
    let mut event = event("FAILED");
    event["ProgressEvent"]["ErrorCode"] = json!(code);
    event["ProgressEvent"]["StatusMessage"] = json!("as it is");
    event
}

fn described(model: &Value) -> Answer {
    Answer::json(json!({
        "TypeName": GROUP,
        "ResourceDescription": {"Identifier": "/shop", "Properties": model.to_string()}
    }))
}

fn model() -> Value {
    json!({
        "LogGroupName": "/shop", "RetentionInDays": 3, "Arn": "arn:aws:logs:eu-central-1:1:log-group:/shop:*",
        "Tags": [{"Key": STACK_TAG, "Value": "test"}, {"Key": RESOURCE_TAG, "Value": "Log/0"}]
    })
}

fn named(calls: &[Call], operation: &str) -> Vec<Value> {
    calls
        .iter()
        .filter(|call| call.operation == operation)
        .map(Call::json)
        .collect()
}

#[tokio::test]
async fn a_creation_is_followed_until_it_is_done() {
    let asked = AtomicUsize::new(0);
    let recorder = Recorder::start(move |call| match call.operation.as_str() {
        "CreateResource" => Some(Answer::json(event("IN_PROGRESS"))),
        "GetResourceRequestStatus" => {
            Some(Answer::json(match asked.fetch_add(1, Ordering::SeqCst) {
                0 => event("PENDING"),
                1 => event("IN_PROGRESS"),
                _ => event("SUCCESS"),
            }))
        }
        "GetResource" => Some(described(&model())),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let given = json!({"LogGroupName": "/shop", "RetentionInDays": "3", "Tags": [{"Key": "team", "Value": "a"}]});
    let group = wanted(&control, GROUP, "Log", given);
    let made = control.create(&group).await.unwrap();
    assert_eq!(made.reference, "/shop");
    assert_eq!(made.handle, "/shop");
    assert_eq!(
        made.attributes["Arn"],
        "arn:aws:logs:eu-central-1:1:log-group:/shop:*"
    );
    assert!(
        !made.attributes.contains_key("RetentionInDays"),
        "what the template says is not an attribute"
    );
    let calls = recorder.take();
    let sent = &named(&calls, "CreateResource")[0];
    assert_eq!(sent["ClientToken"], group.token);
    let desired: Value = serde_json::from_str(sent["DesiredState"].as_str().unwrap()).unwrap();
    assert_eq!(
        desired["RetentionInDays"], 3,
        "Cloud Control takes no text for a number"
    );
    assert_eq!(
        desired["Tags"],
        json!([{"Key": RESOURCE_TAG, "Value": "Log/0"}, {"Key": STACK_TAG, "Value": "test"}, {"Key": "team", "Value": "a"}])
    );
    assert_eq!(named(&calls, "GetResourceRequestStatus").len(), 3);
}

#[tokio::test]
async fn after_a_kill_the_same_token_gives_the_same_request() {
    // Cloud Control as its guide says: one request for each token.
    let requests: Mutex<Vec<String>> = Mutex::default();
    let recorder = Recorder::start(move |call| match call.operation.as_str() {
        "CreateResource" => {
            let token = call.json()["ClientToken"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let mut requests = requests.lock().unwrap();
            match requests.contains(&token) {
                true => Some(Answer::json(event("SUCCESS"))),
                false => {
                    requests.push(token);
                    // The run is killed before it hears of it.
                    Some(Answer::fault(call, 400, "AccessDeniedException", "killed"))
                }
            }
        }
        "GetResource" => Some(described(&model())),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
    control.create(&group).await.unwrap_err();
    assert_eq!(control.create(&group).await.unwrap().reference, "/shop");
    let tokens: Vec<Value> = named(&recorder.take(), "CreateResource")
        .into_iter()
        .map(|sent| sent["ClientToken"].clone())
        .collect();
    assert_eq!(tokens, [json!(group.token), json!(group.token)]);
}

#[tokio::test]
async fn an_earlier_try_that_failed_is_not_taken_for_this_one() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "CreateResource"
            if call.json()["ClientToken"]
                .as_str()
                .is_some_and(|token| token.ends_with("-1")) =>
        {
            Some(Answer::json(event("SUCCESS")))
        }
        "CreateResource" => Some(Answer::json(failed("Throttling"))),
        "GetResource" => Some(described(&model())),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
    assert_eq!(control.create(&group).await.unwrap().reference, "/shop");
}

#[tokio::test]
async fn a_failure_says_what_can_be_done_about_it() {
    for (code, kind) in [
        ("AlreadyExists", FaultKind::Exists),
        ("NotFound", FaultKind::Missing),
        ("Throttling", FaultKind::Throttled),
        ("ResourceConflict", FaultKind::NotYet),
        ("AccessDenied", FaultKind::Denied),
        ("InvalidRequest", FaultKind::Invalid),
        ("ServiceInternalError", FaultKind::Server),
        ("GeneralServiceException", FaultKind::Other),
    ] {
        let recorder = Recorder::start(move |call| match call.operation.as_str() {
            "CreateResource" => Some(Answer::json(event("IN_PROGRESS"))),
            "GetResourceRequestStatus" => Some(Answer::json(failed(code))),
            "GetResource" => Some(Answer::fault(
                call,
                400,
                "ResourceNotFoundException",
                "no group",
            )),
            _ => None,
        });
        let control = CloudControl::new(&cloud(&recorder.url()));
        let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
        let fault = control.create(&group).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.message.contains("as it is"), "{fault}");
        assert!(named(&recorder.take(), "DeleteResource").is_empty());
    }
}

#[tokio::test]
async fn what_a_failed_creation_left_behind_is_deleted_when_it_is_ours() {
    for stack in ["test", "another"] {
        let recorder = Recorder::start(move |call| match call.operation.as_str() {
            "CreateResource" => Some(Answer::json(event("IN_PROGRESS"))),
            "GetResourceRequestStatus" => Some(Answer::json(failed("NotStabilized"))),
            "GetResource" => {
                let mut model = model();
                model["Tags"][0]["Value"] = json!(stack);
                Some(described(&model))
            }
            "DeleteResource" => Some(Answer::json(event("SUCCESS"))),
            _ => None,
        });
        let control = CloudControl::new(&cloud(&recorder.url()));
        let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
        control.create(&group).await.unwrap_err();
        let deleted = named(&recorder.take(), "DeleteResource").len();
        assert_eq!(deleted, usize::from(stack == "test"), "{stack}");
    }
}

#[tokio::test]
async fn a_resource_is_found_by_its_name_and_its_tags() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "GetResource" if call.json()["Identifier"] == "/shop" => Some(described(&model())),
        "GetResource" => Some(Answer::fault(
            call,
            400,
            "ResourceNotFoundException",
            "no group",
        )),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
    let found = control.find(&sought(&group)).await.unwrap();
    assert_eq!(found.map(|one| one.reference).as_deref(), Some("/shop"));
    let mut other = sought(&group);
    other.tags.insert(STACK_TAG.into(), "another".into());
    assert_eq!(control.find(&other).await.unwrap(), None, "it is not ours");
    let absent = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/none"}));
    assert_eq!(control.find(&sought(&absent)).await.unwrap(), None);
}

#[tokio::test]
async fn a_resource_without_a_name_is_found_by_its_tags_alone() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "ListResources" if call.json()["NextToken"].is_null() => Some(Answer::json(json!({
            "TypeName": GROUP, "NextToken": "more",
            "ResourceDescriptions": [{"Identifier": "/other", "Properties": "{\"LogGroupName\": \"/other\", \"Tags\": []}"}]
        }))),
        "ListResources" => Some(Answer::json(json!({
            "TypeName": GROUP,
            "ResourceDescriptions": [{"Identifier": "/shop", "Properties": "{\"LogGroupName\": \"/shop\"}"}]
        }))),
        "GetResource" => Some(described(&model())),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let group = wanted(&control, GROUP, "Log", json!({}));
    let found = control.find(&sought(&group)).await.unwrap();
    assert_eq!(found.map(|one| one.reference).as_deref(), Some("/shop"));
}

#[tokio::test]
async fn a_change_is_a_patch_and_nothing_is_sent_without_one() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "GetResource" => Some(described(&model())),
        "UpdateResource" => Some(Answer::json(event("SUCCESS"))),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let first = wanted(
        &control,
        GROUP,
        "Log",
        json!({"LogGroupName": "/shop", "RetentionInDays": 3}),
    );
    let existing = control.find(&sought(&first)).await.unwrap().unwrap();
    let before = held(&first, &existing);
    control.update(&before, &first, &[]).await.unwrap();
    assert!(named(&recorder.take(), "UpdateResource").is_empty());
    let mut next = first.clone();
    next.properties = properties(json!({"LogGroupName": "/shop", "KmsKeyId": "key"}));
    let changes = changes(&before.properties, &next.properties);
    control.update(&before, &next, &changes).await.unwrap();
    let sent = &named(&recorder.take(), "UpdateResource")[0];
    let patch: Value = serde_json::from_str(sent["PatchDocument"].as_str().unwrap()).unwrap();
    assert_eq!(
        patch,
        json!([
            {"op": "add", "path": "/KmsKeyId", "value": "key"},
            {"op": "remove", "path": "/RetentionInDays"}
        ])
    );
}

#[tokio::test]
async fn what_is_gone_is_deleted_and_read_as_none() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "DeleteResource" => Some(Answer::json(event("IN_PROGRESS"))),
        "GetResourceRequestStatus" => Some(Answer::json(failed("NotFound"))),
        "GetResource" => Some(Answer::fault(
            call,
            400,
            "ResourceNotFoundException",
            "no group",
        )),
        _ => None,
    });
    let control = CloudControl::new(&cloud(&recorder.url()));
    let group = wanted(&control, GROUP, "Log", json!({"LogGroupName": "/shop"}));
    let existing = hoist::deploy::provider::Existing {
        reference: "/shop".into(),
        ..Default::default()
    };
    let held = held(&group, &existing);
    control.delete(&held).await.unwrap();
    assert_eq!(control.read(&held).await.unwrap(), None);
}
