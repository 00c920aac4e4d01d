//! Input made to hurt the transform and what comes after it. Each of these took seconds or minutes once, or came out as
//! something else; found by `fuzz/` and by looking for what grows with the square of its input.

use std::collections::BTreeMap;
use std::fmt::Write;

use hoist::diag::Sources;
use hoist::project::{self, Options};
use hoist::sam::{self, Context, Expanded, LocalCode};
use hoist::template;

const FUNCTION: &str = "    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      \
                        Handler: a.b\n      InlineCode: x\n";

fn expanded(text: &str) -> Expanded {
    let (read, found) = template::parse(&mut Sources::new(), "t.yaml", text);
    let context = Context {
        region: "us-east-1",
        parameters: &BTreeMap::new(),
        local_code: LocalCode::Refuse,
        now: 0,
    };
    match read {
        Some(read) => sam::expand(read, &context),
        None => panic!("{found:?}"),
    }
}

#[test]
fn variables_without_end_are_left_as_they_are() {
    // `References` only walks over substitutions when something was renamed or made: the function has an alias.
    let open = "${A".repeat(100_000);
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n{FUNCTION}      AutoPublishAlias: live\n      \
         AutoPublishCodeSha256: {}\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName:\n        \
         Fn::Sub: '{open}}}'\n",
        "0".repeat(64)
    );
    let out = expanded(&text).template.root.to_json();
    let name = &out["Resources"]["Q"]["Properties"]["QueueName"]["Fn::Sub"];
    assert_eq!(*name, format!("{open}}}"));
}

#[test]
fn thousands_of_routes_are_merged_into_a_written_definition() {
    const ROUTES: usize = 2_000;
    let (mut paths, mut events) = (String::new(), String::new());
    for number in 0..ROUTES {
        let _ = writeln!(paths, "          /p{number}: {{get: {{x-own: 1}}}}");
        let _ = writeln!(
            events,
            "        E{number}: {{Type: Api, Properties: {{Path: /p{number}, Method: get, RestApiId: !Ref A}}}}"
        );
    }
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      \
         StageName: s\n      MergeDefinitions: true\n      DefinitionBody:\n        swagger: '2.0'\n        paths:\n{paths}  \
         F:\n{FUNCTION}      Events:\n{events}"
    );
    let out = expanded(&text).template.root.to_json();
    let paths = &out["Resources"]["A"]["Properties"]["Body"]["paths"];
    assert_eq!(paths.as_object().map(serde_json::Map::len), Some(ROUTES));
    let last = &paths[&format!("/p{}", ROUTES - 1)]["get"];
    assert_eq!(last["x-own"], 1);
    assert!(last["x-amazon-apigateway-integration"].is_object());
}

#[test]
fn thousands_of_unknown_types_end_in_diagnostics() {
    const RESOURCES: usize = 1_000;
    let resources: String = (0..RESOURCES)
        .map(|number| format!("  R{number}: {{Type: 'AWS::Serverles{number}::SimpleTabel'}}\n"))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("template.yaml");
    std::fs::write(&path, format!("Resources:\n{resources}")).expect("a file");
    let loaded = project::load(&path, &Options::default());
    let unknown = loaded
        .diagnostics
        .iter()
        .filter(|one| one.code == "graph/unknown-type");
    assert_eq!(unknown.count(), RESOURCES);
}
