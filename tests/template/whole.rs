//! Whole templates: conditions, rules, includes, loops, sections after evaluation.

use std::path::PathBuf;

use hoist::diag::{Diagnostic, Span};
use hoist::eval::{Truth, dynamic_references, holds_dynamic_reference};
use hoist::template::{Node, Value};
use serde_json::json;

use crate::{Run, scope};

#[test]
fn conditions_decide_what_exists() {
    let run = Run::of(
        "t.yaml",
        "
Parameters:
  Stage: {Type: String, Default: dev}
  Open: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  NotProd: !Not [!Condition Prod]
  Both: !And [!Condition Prod, !Condition NotProd]
  Either: !Or [!Condition Prod, !Condition NotProd]
  Unsure: !Equals [!Ref Open, x]
  SureEnough: !And [!Condition Unsure, !Condition Prod]
Resources:
  InProd: {Type: T, Condition: Prod}
  InDev: {Type: T, Condition: NotProd, DependsOn: [InProd, Perhaps]}
  Perhaps: {Type: T, Condition: Unsure}
Outputs:
  Prod: {Value: !Ref InProd, Condition: Prod}
  Dev: {Value: !Ref InDev, Condition: NotProd}
",
        &[],
    );
    assert_eq!(run.errors(), Vec::<String>::new());
    let evaluation = run.evaluation();
    let truths: Vec<Option<bool>> = evaluation.conditions.values().map(Truth::known).collect();
    assert_eq!(
        truths,
        [
            Some(false),
            Some(true),
            Some(false),
            Some(true),
            None,
            Some(false)
        ]
    );
    let ids: Vec<&String> = evaluation.template.resources.keys().collect();
    assert_eq!(ids, ["InDev", "Perhaps"]);
    assert!(evaluation.excluded.contains("InProd"));
    let needed = &evaluation.template.resources["InDev"].depends_on;
    assert_eq!(needed.len(), 1, "{needed:?}");
    assert_eq!(
        evaluation.template.outputs.keys().collect::<Vec<_>>(),
        ["Dev"]
    );
}

#[test]
fn conditions_in_a_circle_are_named_in_full() {
    let run = Run::yaml(
        "Conditions:\n  A: !Not [!Condition B]\n  B: !And [!Condition C, !Equals [a, a]]\n  C: !Or [!Condition A, !Condition D]\n  D: !Condition D\nResources:\n  R: {Type: T, Condition: A}\n",
    );
    let summaries: Vec<&str> = run.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(
        summaries,
        [
            "these conditions depend on themselves: A → B → C → A",
            "these conditions depend on themselves: D → D",
        ]
    );
    let circle = run.diagnostics.iter().next().unwrap();
    assert_eq!(circle.labels.len(), 4);
    assert!(run.evaluation().template.resources.contains_key("R"));
}

#[test]
fn conditions_cannot_see_resources() {
    let run = Run::yaml("Conditions:\n  A: !Equals [!Ref R, x]\nResources:\n  R: {Type: T}\n");
    run.only("eval/resource-in-condition");
}

#[test]
fn rules_are_checked() {
    let text = "
Parameters:
  Stage: {Type: String, Default: prod}
  Size: {Type: String, Default: small}
  Vpc: {Type: 'AWS::EC2::VPC::Id', Default: vpc-1}
Rules:
  Big:
    RuleCondition: !Equals [!Ref Stage, prod]
    Assertions:
      - Assert: {'Fn::Contains': [[large, huge], !Ref Size]}
        AssertDescription: production is large
  Skipped:
    RuleCondition: !Equals [!Ref Stage, dev]
    Assertions: [{Assert: !Equals [a, b]}]
  Account:
    Assertions: [{Assert: {'Fn::EachMemberIn': [{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.Name]}, [a]]}}]
Resources: {}
";
    let run = Run::yaml(text);
    assert_eq!(
        run.only("eval/rule").help,
        ["The template says: production is large"]
    );
    run.only("eval/rule-unchecked");
    let fine = Run::of("t.yaml", text, &[("Size", "huge")]);
    assert_eq!(fine.errors(), Vec::<String>::new());
}

fn include(files: &[(&str, &str)]) -> impl Fn(&str, Span) -> Result<Node, Diagnostic> {
    let files: Vec<(PathBuf, String)> = files
        .iter()
        .map(|(name, text)| (PathBuf::from(name), (*text).to_owned()))
        .collect();
    move |location, span| {
        let found = files.iter().find(|(name, _)| name.as_os_str() == location);
        let Some((name, text)) = found else {
            return Err(Diagnostic::error("eval/include", format!("no {location}")).at(span));
        };
        let mut sources = hoist::diag::Sources::new();
        let (node, diagnostics) = hoist::template::read(&mut sources, name, text);
        node.ok_or_else(|| diagnostics.into_iter().next().unwrap())
    }
}

#[test]
fn local_includes_are_put_in() {
    let text = "
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}
      Remote: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: 's3://bucket/x'}}}
      Missing: !Transform {Name: AWS::Include, Parameters: {Location: gone.yaml}}
";
    let files = include(&[
        (
            "more.yaml",
            "Queue: {Type: 'AWS::SQS::Queue'}\nApi: {Type: Loses}\n",
        ),
        (
            "api.yaml",
            "openapi: 3.0.1\ninfo: {title: !Sub '${AWS::StackName}'}\n",
        ),
    ]);
    let run = Run::with("t.yaml", text, &[], &scope(), &files);
    let template = &run.evaluation().template;
    assert_eq!(
        template.resources.keys().collect::<Vec<_>>(),
        ["Api", "Queue"]
    );
    let body = template.resources["Api"]
        .properties
        .as_ref()
        .unwrap()
        .get("DefinitionBody");
    assert_eq!(
        body.unwrap().to_json(),
        json!({"openapi": "3.0.1", "info": {"title": "app"}})
    );
    assert_eq!(run.errors(), ["10:71 [eval/include] no gone.yaml"]);
    let warnings = run
        .diagnostics
        .iter()
        .filter(|d| d.code == "eval/include")
        .count();
    assert_eq!(warnings, 2);
}

#[test]
fn macros_that_cannot_run_here_are_named() {
    let run = Run::yaml(
        "Transform: [MyMacro, 'AWS::Serverless-2016-10-31']\nResources:\n  A: {Type: T, Properties: {x: !Transform {Name: Other}, y: !Ref MadeByMacro}}\n",
    );
    assert_eq!(run.errors(), Vec::<String>::new());
    let named: Vec<&str> = run.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(named.len(), 2);
    assert!(
        named[0].contains("`MyMacro`") && named[1].contains("`Other`"),
        "{named:?}"
    );
}

#[test]
fn loops_put_plain_letters_into_names_on_request() {
    let run = Run::yaml(
        "
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Hosts:
    - Host
    - [a.example.com, b-1]
    - Record&{Host}:
        Type: T
        Properties: {Name: !Sub 'www.${Host}', Other: !Ref Host}
  Fn::ForEach::Pairs:
    - [Id, Port]
    - [[x, 1], [y, 2]]
    - P${Id}: {Type: T, Properties: {Port: !Ref Port}}
",
    );
    assert_eq!(run.errors(), Vec::<String>::new());
    assert_eq!(
        run.json()["Resources"],
        json!({
            "Recordaexamplecom": {"Type": "T", "Properties": {"Name": "www.a.example.com", "Other": "a.example.com"}},
            "Recordb1": {"Type": "T", "Properties": {"Name": "www.b-1", "Other": "b-1"}},
            "Px": {"Type": "T", "Properties": {"Port": "1"}},
            "Py": {"Type": "T", "Properties": {"Port": "2"}},
        })
    );
}

#[test]
fn attributes_of_resources_are_evaluated_and_checked_again() {
    let text = "
Transform: AWS::LanguageExtensions
Parameters: {Keep: {Type: String, Default: Retain}}
Resources:
  A: {Type: T, DeletionPolicy: !Ref Keep, UpdateReplacePolicy: !Ref Keep}
";
    let run = Run::yaml(text);
    assert_eq!(run.errors(), Vec::<String>::new());
    let policy = &run.evaluation().template.resources["A"].deletion_policy;
    assert_eq!(policy.as_ref().and_then(Node::as_str), Some("Retain"));
    let wrong = Run::of("t.yaml", text, &[("Keep", "Forever")]);
    assert_eq!(wrong.errors().len(), 2, "{:?}", wrong.errors());
}

#[test]
fn dependencies_on_nothing_are_errors() {
    let run = Run::yaml("Resources:\n  Queue: {Type: T}\n  A: {Type: T, DependsOn: Queu}\n");
    assert_eq!(
        run.only("eval/unknown-reference").help,
        ["Did you mean `Queue`?"]
    );
}

#[test]
fn dynamic_references_are_kept_and_found() {
    let run = Run::yaml(
        "Resources:\n  A: {Type: T, Properties: {x: !Sub 'p-{{resolve:ssm:/a/${AWS::Region}}}', y: !Join ['', [!Ref A2, '{{resolve:ssm:b}}']]}}\n  A2: {Type: T}\n",
    );
    let properties = run.evaluation().template.resources["A"]
        .properties
        .clone()
        .unwrap();
    assert!(holds_dynamic_reference(&properties));
    let x = properties.get("x").and_then(Node::as_str).unwrap();
    assert_eq!(dynamic_references(x)[0].key, "/a/us-east-1");
    assert!(matches!(
        properties.get("y").unwrap().value,
        Value::Unknown(_)
    ));
}

#[test]
fn regions_have_their_partition_and_suffix() {
    use hoist::eval::{partition, url_suffix};
    let table = [
        ("eu-central-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
    ];
    for (region, name, suffix) in table {
        assert_eq!((partition(region), url_suffix(region)), (name, suffix));
    }
}
