//! Schedules and their groups against the emulators: made, found again, changed, deleted, each twice as after a kill.

use hoist::aws::FaultKind;
use hoist::deploy::provider::{Provider, Scheduler};
use serde_json::json;

use crate::cloud::{change, cloud, emulated, held, sought, wanted};
use crate::emulator::Kind;
use crate::record::{Answer, Recorder};

#[tokio::test]
async fn a_schedule_lives_its_life_in_its_group() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let scheduler = Scheduler::new(&cloud);
        let group = wanted(
            &scheduler,
            "AWS::Scheduler::ScheduleGroup",
            "Group",
            json!({"Name": "night"}),
        );
        assert_eq!(scheduler.find(&sought(&group)).await.unwrap(), None);
        let grouped = scheduler.create(&group).await.unwrap();
        assert_eq!(grouped.reference, "night");
        assert!(
            grouped.attributes["Arn"]
                .as_str()
                .unwrap()
                .ends_with("/night")
        );
        match scheduler.create(&group).await {
            Ok(again) => assert_eq!(again.reference, grouped.reference),
            Err(fault) => assert_eq!(fault.kind, FaultKind::Exists, "{kind:?} {fault}"),
        }
        let found = scheduler.find(&sought(&group)).await.unwrap();
        let found = found.map(|one| one.reference);
        assert_eq!(found.as_deref(), Some("night"), "{kind:?}");
        let mut other = sought(&group);
        other.tags.insert("hoist:stack".into(), "another".into());
        assert_eq!(
            scheduler.find(&other).await.unwrap(),
            None,
            "it is not ours"
        );
        let group = change(
            &scheduler,
            &group,
            &grouped,
            json!({"Name": "night", "Tags": [{"Key": "team", "Value": "a"}]}),
        )
        .await;

        let role = "arn:aws:iam::123456789012:role/run";
        let target = json!({
            "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f", "RoleArn": role, "Input": "{}",
            "RetryPolicy": {"MaximumRetryAttempts": 2}
        });
        let given = json!({
            "Name": "clean", "GroupName": "night", "ScheduleExpression": "rate(1 hour)", "Description": "tidy",
            "ScheduleExpressionTimezone": "Europe/Berlin", "State": "DISABLED", "StartDate": "2030-01-01T00:00:00Z",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}, "Target": target
        });
        let first = wanted(&scheduler, "AWS::Scheduler::Schedule", "Clean", given);
        assert_eq!(scheduler.find(&sought(&first)).await.unwrap(), None);
        let made = scheduler.create(&first).await.unwrap();
        assert_eq!(made.reference, "clean");
        match scheduler.create(&first).await {
            Ok(again) => assert_eq!(again, made),
            Err(fault) => assert_eq!(fault.kind, FaultKind::Exists, "{kind:?} {fault}"),
        }
        assert_eq!(
            scheduler.find(&sought(&first)).await.unwrap(),
            Some(made.clone())
        );
        let mut other = sought(&first);
        other
            .properties
            .insert("ScheduleExpression".into(), json!("rate(2 hours)"));
        assert_eq!(
            scheduler.find(&other).await.unwrap(),
            None,
            "it does something else"
        );
        let read = scheduler.read(&held(&first, &made)).await.unwrap().unwrap();
        assert_eq!(read["State"], "DISABLED", "{kind:?}");
        assert_eq!(read["FlexibleTimeWindow"]["MaximumWindowInMinutes"], 5);

        let next = json!({
            "Name": "clean", "GroupName": "night", "ScheduleExpression": "rate(2 hours)",
            "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target
        });
        let second = change(&scheduler, &first, &made, next).await;
        let now = held(&second, &made);
        let read = scheduler.read(&now).await.unwrap().unwrap();
        assert_eq!(
            read["State"], "ENABLED",
            "what is no longer said goes back to its default"
        );
        assert_eq!(read["ScheduleExpression"], "rate(2 hours)");
        assert_eq!(
            read["FlexibleTimeWindow"],
            json!({"Mode": "OFF"}),
            "{kind:?}"
        );
        for _ in 0..2 {
            scheduler.delete(&now).await.unwrap();
            scheduler.delete(&held(&group, &grouped)).await.unwrap();
        }
        assert_eq!(scheduler.read(&now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_role_that_is_not_seen_yet_is_worth_waiting_for() {
    let recorder = Recorder::start(|call| match call.operation.as_str() {
        "POST /schedules/test-Clean" => Some(Answer::fault(
            call,
            400,
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        )),
        _ => None,
    });
    let scheduler = Scheduler::new(&cloud(&recorder.url()));
    let given = json!({
        "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:aws:sqs:eu-central-1:1:q", "RoleArn": "arn:aws:iam::1:role/r"}
    });
    let schedule = wanted(&scheduler, "AWS::Scheduler::Schedule", "Clean", given);
    let fault = scheduler.create(&schedule).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotYet, "{fault}");
    let calls = recorder.take();
    assert_eq!(calls[0].json()["ClientToken"], schedule.token);
}

#[tokio::test]
async fn dates_that_are_none_are_named() {
    let scheduler = Scheduler::new(&cloud("http://127.0.0.1:1"));
    let given = json!({
        "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "EndDate": "tomorrow",
        "Target": {"Arn": "arn:aws:sqs:eu-central-1:1:q", "RoleArn": "arn:aws:iam::1:role/r"}
    });
    let schedule = wanted(&scheduler, "AWS::Scheduler::Schedule", "Clean", given);
    let fault = scheduler.create(&schedule).await.unwrap_err();
    assert!(fault.message.contains("`Clean.EndDate`"), "{fault}");
}
