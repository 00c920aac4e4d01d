use std::path::Path;

use super::*;
use crate::aws::Cloud;
use crate::diag::Sources;
use crate::template;

fn made(text: &str, purposes: &[Purpose]) -> Policy {
    let mut sources = Sources::new();
    let (template, said) =
        template::parse(&mut sources, Path::new("template.yaml"), text.to_owned());
    assert!(!said.has_errors(), "{said:?}");
    let providers = Providers::of(&Cloud::offline("eu-central-1"));
    let scope = Scope::new("Orders", "eu-central-1", "*");
    policy(
        &template.unwrap(),
        &providers,
        &scope,
        &purposes.iter().copied().collect(),
    )
}

fn resources<'a>(policy: &'a Policy, action: &str) -> Vec<&'a str> {
    let fitting = policy
        .statements
        .iter()
        .filter(|one| one.actions.contains(action));
    fitting
        .flat_map(|one| one.resources.iter().map(String::as_str))
        .collect()
}

const SMALL: &str = r#"
Resources:
  Uploads: { Type: AWS::S3::Bucket }
  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Path: /apps/
  Worker:
    Type: AWS::Lambda::Function
    Properties: { Role: "arn:aws:iam::123456789012:role/given", Handler: a.b, Code: {} }
"#;

#[test]
fn permissions_are_narrowed_to_the_names_of_the_stack() {
    let policy = made(SMALL, &[Purpose::Deploy]);
    assert!(resources(&policy, "s3:PutBucketTagging").contains(&"arn:aws:s3:::orders-*"));
    assert_eq!(
        resources(&policy, "sqs:CreateQueue"),
        ["arn:aws:sqs:eu-central-1:*:jobs"]
    );
    let own = "arn:aws:iam::*:role/apps/Orders-*";
    assert_eq!(resources(&policy, "iam:CreateRole"), [own]);
    assert_eq!(
        resources(&policy, "iam:PassRole"),
        [own, "arn:aws:iam::123456789012:role/given"]
    );
    assert_eq!(
        resources(&policy, "lambda:CreateFunction"),
        ["arn:aws:lambda:eu-central-1:*:function:Orders-*"]
    );
    let pass = policy
        .statements
        .iter()
        .find(|one| one.actions.contains("iam:PassRole"));
    assert!(pass.unwrap().passed_to.contains("lambda.amazonaws.com"));
}

#[test]
fn looking_and_invoking_change_nothing() {
    let policy = made(SMALL, &[Purpose::Logs, Purpose::Invoke]);
    let changing = [
        "Create", "Put", "Update", "Delete", "Pass", "Tag", "Add", "Remove",
    ];
    for action in policy.statements.iter().flat_map(|one| &one.actions) {
        let (_, verb) = action.split_once(':').unwrap();
        assert!(
            !changing.iter().any(|word| verb.starts_with(word)),
            "{action}"
        );
    }
}

#[test]
fn destroying_makes_nothing() {
    let policy = made(SMALL, &[Purpose::Destroy]);
    assert_eq!(resources(&policy, "lambda:CreateFunction"), [""; 0]);
    assert!(!resources(&policy, "lambda:DeleteFunction").is_empty());
}

#[test]
fn types_of_cloud_control_are_named_because_their_handlers_call_more() {
    let policy = made(
        "Resources: { Pool: { Type: AWS::Cognito::UserPool } }",
        &[Purpose::Deploy],
    );
    assert!(
        policy.notes[0].starts_with("AWS::Cognito::UserPool "),
        "{policy:?}"
    );
    assert_eq!(resources(&policy, "cloudformation:CreateResource"), ["*"]);
}

#[test]
fn statements_have_names_that_iam_takes() {
    let policy = made(SMALL, &Purpose::ALL);
    let mut names = BTreeSet::new();
    for one in &policy.statements {
        assert!(
            one.sid.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{}",
            one.sid
        );
        assert!(names.insert(&one.sid), "{} twice", one.sid);
        assert!(!one.resources.is_empty() && !one.actions.is_empty());
    }
}
