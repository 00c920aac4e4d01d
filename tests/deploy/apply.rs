//! Whole deployments against a server that knows queues: what is called in which order, and what the state has afterwards.

#[path = "apply/site.rs"]
mod site;

use hoist::aws::FaultKind;
use hoist::deploy::event::Event;
use hoist::deploy::plan::Action;
use hoist::deploy::recover::Drift;
use serde_json::json;

use crate::record::Answer;
use site::Site;

const PAIR: &str = r#"
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
  Failed:
    Type: AWS::SQS::Queue
    Properties: {QueueName: failed}
  Apart:
    Type: AWS::SQS::Queue
    Properties: {QueueName: apart}
Outputs:
  Arn: {Value: !GetAtt Orders.Arn}
"#;

fn one(name: &str) -> String {
    format!("Resources: {{Orders: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}}}}}")
}

#[tokio::test]
async fn a_deployment_makes_everything_in_order_and_the_next_has_nothing_to_do() {
    let site = Site::start(|_| None);
    let done = site.deploy(PAIR).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(done.outcome.counts.created, 3);
    assert_eq!(done.outcome.outputs["Arn"], site.arn("orders"));
    assert_eq!(done.state.journal, None);
    assert_eq!(done.state.resources["Orders"].needs, ["Failed"]);
    let made = site.made();
    assert_eq!(made.len(), 3);
    assert_eq!(made.last().map(String::as_str), Some("orders"), "{made:?}");
    let redrive = &site.attributes("orders")["RedrivePolicy"];
    assert!(redrive.as_str().unwrap().contains(&site.arn("failed")));

    let again = site.deploy(PAIR).await;
    assert!(again.plan.is_empty(), "{:?}", again.plan);
    assert_eq!(site.made().len(), 3);
}

#[tokio::test]
async fn a_failed_step_stops_what_needs_it_and_nothing_else() {
    let site = Site::start(|call| {
        (call.operation == "CreateQueue" && call.json()["QueueName"] == "failed")
            .then(|| Answer::fault(call, 400, "InvalidAttributeValue", "no such delay"))
    });
    let done = site.deploy(PAIR).await;
    let failed: Vec<_> = done.outcome.failed.iter().collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0.id, "Failed");
    assert_eq!(failed[0].1.kind, FaultKind::Invalid);
    let blocked: Vec<_> = done.outcome.blocked.iter().map(|key| &key.id).collect();
    assert_eq!(blocked, ["Orders"]);
    assert_eq!(site.queues(), ["apart"]);
    assert!(done.state.journal.is_some(), "the next run goes on with it");
    assert!(
        done.events
            .iter()
            .any(|event| matches!(event, Event::Failed { key, .. } if key.id == "Failed"))
    );

    site.answer(|_| None);
    let next = site.deploy(PAIR).await;
    assert!(next.outcome.is_complete(), "{:?}", next.outcome);
    assert_eq!(next.outcome.counts.created, 2);
    assert_eq!(site.queues(), ["apart", "failed", "orders"]);
}

#[tokio::test]
async fn a_replacement_is_made_before_the_old_one_is_deleted() {
    let site = Site::start(|_| None);
    site.deploy(&one("orders")).await;
    site.calls();
    let done = site.deploy(&one("orders-v2")).await;
    assert_eq!(done.outcome.counts.replaced, 1);
    let operations = site.calls();
    let at = |name: &str| operations.iter().position(|one| one == name).unwrap();
    assert!(at("CreateQueue") < at("DeleteQueue"), "{operations:?}");
    assert_eq!(site.queues(), ["orders-v2"]);
    assert_eq!(done.state.leftovers, []);
    assert_eq!(done.state.resources["Orders"].generation, 1);
}

#[tokio::test]
async fn what_cannot_be_deleted_is_left_over_and_deleted_by_the_next_deployment() {
    let site = Site::start(|_| None);
    site.deploy(&one("orders")).await;
    site.answer(|call| {
        (call.operation == "DeleteQueue")
            .then(|| Answer::fault(call, 403, "AccessDenied", "not you"))
    });
    let done = site.deploy(&one("orders-v2")).await;
    assert!(!done.outcome.is_complete());
    assert_eq!(done.state.leftovers.len(), 1);
    assert_eq!(site.queues(), ["orders", "orders-v2"]);

    site.answer(|_| None);
    let next = site.deploy(&one("orders-v2")).await;
    assert!(next.outcome.is_complete(), "{:?}", next.outcome);
    assert_eq!(site.queues(), ["orders-v2"]);
    assert_eq!(next.state.leftovers, []);
}

#[tokio::test]
async fn what_leaves_the_template_is_deleted_after_what_needed_it() {
    let site = Site::start(|_| None);
    site.deploy(PAIR).await;
    let done = site
        .deploy("Resources: {Apart: {Type: AWS::SQS::Queue, Properties: {QueueName: apart}}}")
        .await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(site.deleted(), ["orders", "failed"]);
    assert_eq!(done.outcome.counts.deleted, 2);
    assert_eq!(done.state.resources.keys().collect::<Vec<_>>(), ["Apart"]);
}

#[tokio::test]
async fn what_is_to_be_retained_stays_and_is_forgotten() {
    let kept = "
Resources:
  Orders: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: {QueueName: orders}}
  Apart: {Type: AWS::SQS::Queue, Properties: {QueueName: apart}}";
    let site = Site::start(|_| None);
    site.deploy(kept).await;
    let done = site
        .deploy("Resources: {Apart: {Type: AWS::SQS::Queue, Properties: {QueueName: apart}}}")
        .await;
    assert!(done.outcome.is_complete());
    assert_eq!(site.queues(), ["apart", "orders"]);
    assert!(!done.state.resources.contains_key("Orders"));
    let retained = |event: &Event| matches!(event, Event::Finished { action: Action::Retain, key, .. } if key.id == "Orders");
    assert!(done.events.iter().any(retained), "{:?}", done.events);
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_taken_over_when_it_is_ours() {
    // The queue is made; what comes back says that there is one already, as a second try of the SDK would hear.
    let site = Site::start(|_| None);
    site.refuse_creation_after_making();
    let done = site.deploy(&one("orders")).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(
        done.state.resources["Orders"].attributes["Arn"],
        site.arn("orders")
    );
    assert_eq!(site.queues(), ["orders"]);
}

#[tokio::test]
async fn what_others_made_is_not_taken_over() {
    let site = Site::start(|call| {
        (call.operation == "CreateQueue")
            .then(|| Answer::fault(call, 400, "QueueNameExists", "already exists"))
    });
    site.put("orders", json!({"hoist:stack": "another"}));
    let done = site.deploy(&one("orders")).await;
    assert_eq!(done.outcome.failed.len(), 1);
    assert_eq!(done.outcome.failed[0].1.kind, FaultKind::Exists);
    assert!(done.state.resources.is_empty());
    assert_eq!(site.deleted(), Vec::<String>::new());
}

#[tokio::test]
async fn a_run_that_was_killed_is_finished_by_the_next_and_nothing_is_made_twice() {
    let site = Site::start(|_| None);
    // It is killed when `orders` is made and nobody has heard of it.
    site.kill_after_making("orders");
    site.deploy_until_killed(PAIR).await;
    assert_eq!(site.queues(), ["apart", "failed", "orders"]);
    let left = site.state().await.unwrap();
    assert!(!left.resources.contains_key("Orders"));
    assert!(left.journal.unwrap().intents.contains_key("Orders"));

    let done = site.deploy(PAIR).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(done.outcome.counts.created, 0, "everything was there");
    assert_eq!(done.state.resources.len(), 3);
    assert_eq!(site.made().len(), 3, "{:?}", site.made());
    assert!(site.deploy(PAIR).await.plan.is_empty());
}

#[tokio::test]
async fn what_somebody_deleted_or_changed_is_seen_by_a_refresh_and_put_right() {
    let text = "
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders, DelaySeconds: 5}}
  Apart: {Type: AWS::SQS::Queue, Properties: {QueueName: apart}}";
    let site = Site::start(|_| None);
    site.deploy(text).await;
    site.remove("apart");
    site.set("orders", "DelaySeconds", "9");
    let drifts = site.refresh().await;
    assert_eq!(drifts.len(), 2, "{drifts:?}");
    assert!(drifts.contains(&Drift::Gone("Apart".into())));
    let done = site.deploy(text).await;
    assert_eq!(done.outcome.counts.created, 1);
    assert_eq!(done.outcome.counts.updated, 1);
    assert_eq!(site.attributes("orders")["DelaySeconds"], "5");
}

#[tokio::test]
async fn secrets_are_sent_in_clear_and_written_down_nowhere() {
    let text = "
Parameters: {Password: {Type: String, NoEcho: true, Default: correct horse}}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {QueueName: orders, Tags: [{Key: password, Value: !Ref Password}]}
Outputs:
  Password: {Value: !Sub 'it is ${Password}'}";
    let site = Site::start(|_| None);
    let done = site.deploy(text).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(site.tags("orders")["password"], "correct horse");
    assert_eq!(done.outcome.outputs["Password"], "it is correct horse");
    let written = site.written();
    assert!(!written.contains("horse"), "{written}");
    assert!(
        site.deploy(text).await.plan.is_empty(),
        "the same secret is no change"
    );
}

#[tokio::test]
async fn what_is_not_ready_is_called_again() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let site = Site::start(move |call| {
        let is_first = call.operation == "CreateQueue"
            && calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        is_first.then(|| Answer::fault(call, 400, "QueueDeletedRecently", "wait a minute"))
    });
    let done = site.deploy(&one("orders")).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    let waited = |event: &Event| matches!(event, Event::Waiting { fault, .. } if fault.kind == FaultKind::NotYet);
    assert!(done.events.iter().any(waited), "{:?}", done.events);
}

#[tokio::test]
async fn an_output_that_aws_does_not_tell_is_none_and_is_named() {
    let site = Site::start(|_| None);
    let template = "Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
Outputs:
  Arn: {Value: !GetAtt Orders.Arn}
  Colour: {Value: !Sub 'is ${Orders.Colour}'}
";
    let done = site.deploy(template).await;
    assert!(done.outcome.is_complete(), "{:?}", done.outcome);
    assert_eq!(done.outcome.outputs["Arn"], site.arn("orders"));
    assert!(!done.state.outputs.contains_key("Colour"));
    let untold = ("Colour".to_owned(), "Orders".to_owned());
    assert_eq!(done.outcome.untold, [untold]);
}

#[tokio::test]
async fn what_is_told_of_a_resource_that_was_not_made_is_not_given_as_an_output() {
    let site = Site::start(|call| {
        (call.operation == "CreateQueue").then(|| Answer::fault(call, 403, "AccessDenied", "no"))
    });
    let template = "Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
Outputs:
  Arn: {Value: !GetAtt Orders.Arn}
";
    let done = site.deploy(template).await;
    assert_eq!(done.outcome.failed.len(), 1);
    assert!(done.outcome.outputs.is_empty(), "{:?}", done.outcome);
}

#[tokio::test]
async fn a_property_that_needs_what_aws_does_not_tell_says_of_whom() {
    let site = Site::start(|_| None);
    let template = "Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: failed}}
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders, RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Colour}}}
";
    let done = site.deploy(template).await;
    let (key, fault) = &done.outcome.failed[0];
    assert_eq!(key.id, "Orders");
    let text = "`Orders.RedrivePolicy` needs something of `Failed` that AWS does not tell";
    assert_eq!(fault.message, text);
}
