//! One small template a rule: what is said, and where.

use std::fs;

use hoist::project::{Options, Scrutiny, validate};

/// `code line summary | help`, sorted, of the template `text` in a folder with `files`.
fn said(text: &str, files: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), text).unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let scrutiny = Scrutiny {
        code: true,
        today: "2026-11-21".into(),
    };
    let validated = validate(folder.path(), &Options::default(), &scrutiny);
    validated
        .diagnostics
        .iter()
        .map(|one| {
            let line = one
                .span()
                .map_or(0, |span| validated.sources.position(span).line);
            format!(
                "{} {line} {} | {}",
                one.code,
                one.summary,
                one.help.join(" ")
            )
        })
        .collect()
}

/// Asserts that each of `wanted` is a part of what is said, in order, and that nothing else is.
fn check(text: &str, wanted: &[&str]) {
    check_with(text, &[], wanted);
}

fn check_with(text: &str, files: &[&str], wanted: &[&str]) {
    let said = said(text, files);
    let fits = said.len() == wanted.len()
        && said
            .iter()
            .zip(wanted)
            .all(|(said, wanted)| wanted.split("…").all(|part| said.contains(part)));
    assert!(
        fits,
        "said:\n{}\nwanted:\n{}",
        said.join("\n"),
        wanted.join("\n")
    );
}

#[test]
fn an_unknown_property_has_the_nearest_name() {
    check(
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimout: 3\n",
        &[
            "check/unknown-property 5 `VisibilityTimout` is no property of AWS::SQS::Queue | Did you mean `VisibilityTimeout`?",
        ],
    );
    check(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      VersioningConfiguration:\n        State: Enabled\n",
        &[
            "check/missing-property 5 `VersioningConfiguration` needs `Status`",
            "check/unknown-property 6 `VersioningConfiguration.State` is no property of AWS::S3::Bucket | Possible are Status.",
        ],
    );
}

#[test]
fn an_unknown_property_of_sams_is_said_once() {
    let said = said(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: s3://b/k\n      Handler: a.b\n      Runtime: nodejs24.x\n      Timout: 3\n",
        &[],
    );
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].contains(" 9 ") && said[0].contains("Timout"),
        "{said:#?}"
    );
    assert!(said[0].contains("`Timeout`"), "{said:#?}");
}

#[test]
fn values_are_held_against_types_choices_and_limits() {
    check(
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: [1]\n      SqsManagedSseEnabled: maybe\n      MessageRetentionPeriod: '5'\n      Tags: {a: b}\n",
        &[
            "check/wrong-type 5 `DelaySeconds` must be a whole number, and this is a list",
            "check/wrong-type 6 `SqsManagedSseEnabled` must be a boolean, and this is a string",
            "check/out-of-range 7 `MessageRetentionPeriod` is 5 | It can be between 60 and",
            "check/wrong-type 8 `Tags` must be a list, and this is a mapping",
        ],
    );
    check(
        "Resources:\n  U:\n    Type: AWS::Lambda::Url\n    Properties:\n      AuthType: NONE\n      InvokeMode: buffered\n      TargetFunctionArn: arn:aws:lambda:us-east-1:123456789012:function:f\n",
        &["check/bad-value 6 `InvokeMode` cannot be `buffered` | Did you mean `BUFFERED`?"],
    );
}

#[test]
fn scalars_may_be_written_as_text_and_functions_are_what_they_give() {
    check(
        "Parameters:\n  Delay: {Type: Number, Default: 3}\n  Nets: {Type: 'List<AWS::EC2::Subnet::Id>'}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: !Ref Delay\n      FifoQueue: 'true'\n      QueueName: 12.fifo\n      VisibilityTimeout: '30'\n      KmsMasterKeyId: '{{resolve:ssm:key}}'\n  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x}}\n  F:\n    Type: AWS::RDS::DBSubnetGroup\n    Properties:\n      DBSubnetGroupDescription: x\n      SubnetIds: !Ref Nets\n  E:\n    Type: AWS::EC2::NetworkInterface\n    Properties:\n      SubnetId: subnet-1\n      GroupSet: !Ref G\n",
        &["check/wrong-type 23 `GroupSet` must be a list, and `Ref` gives text here"],
    );
}

#[test]
fn each_branch_of_a_condition_is_looked_at_and_no_value_is_none() {
    check(
        "Conditions:\n  IsEast: !Equals [!Ref 'AWS::Region', us-east-1]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: \n      DelaySeconds: !If [IsEast, 3, [4]]\n      QueueName: !If [IsEast, !Ref 'AWS::NoValue', q]\n      Tags: !Ref AWS::NoValue\n",
        &["check/wrong-type 7 `DelaySeconds` must be"],
    );
}

#[test]
fn names_that_there_are_not_are_said_with_the_nearest() {
    check(
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queu\n  Topic:\n    Type: AWS::SNS::Topic\n    Condition: Always\n    DependsOn: Queeu\n    Properties:\n      TopicName: !Ref Quue\n      DisplayName: !GetAtt Topic2.Nam\n  Other:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: !GetAtt Topic.TopicNam\n  Mine: {Type: 'Custom::Thing', Properties: {ServiceToken: x}}\nOutputs:\n  A: {Value: !GetAtt Mine.Whatever}\n  B: {Value: !Sub '${Tpic}'}\n",
        &[
            "check/unknown-type 3 there is no resource type `AWS::SQS::Queu` | Did you mean `AWS::SQS::Queue`?",
            "check/unknown-condition 6 there is no condition `Always`",
            "check/unknown-dependency 7 there is no resource `Queeu` to depend on | Did you mean `Queue`?",
            "check/unknown-reference 9 there is no resource or parameter `Quue` | Did you mean `Queue`?",
            "check/unknown-reference 10 there is no resource `Topic2` | Did you mean `Topic`?",
            "check/unknown-attribute 14 `Topic` has no attribute `TopicNam` | Did you mean `TopicName`?",
            "check/unknown-reference 18 there is no resource or parameter `Tpic` | Did you mean `Topic`?",
        ],
    );
}

#[test]
fn circles_are_named_in_full() {
    check(
        "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    DependsOn: B\n  B:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !GetAtt A.TopicName}\n",
        &["check/cycle 4 resources need each other: `A` → `B` → `A`"],
    );
}

#[test]
fn what_nothing_uses_is_a_note() {
    check(
        "Parameters:\n  Used: {Type: String, Default: a}\n  Lost: {Type: String, Default: a}\nConditions:\n  Never: !Equals [!Ref Used, b]\nMappings:\n  M: {a: {b: c}}\nResources:\n  T: {Type: AWS::SNS::Topic}\n",
        &[
            "check/unused-parameter 3 nothing uses the parameter `Lost`",
            "check/unused-condition 5",
            "check/unused-mapping 7",
        ],
    );
}

const FUNCTION: &str = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src\n      Handler: app/main.handler\n      Runtime: RUNTIME\n";

#[test]
fn a_handler_needs_its_file() {
    let node = FUNCTION.replace("RUNTIME", "nodejs24.x");
    let python = FUNCTION.replace("RUNTIME", "python3.14");
    check(
        &node,
        &["project/no-code 6 the code of `F` is not there: src"],
    );
    check_with(
        &node,
        &["src/app/other.js"],
        &["check/no-handler 7 the handler of `F` is not there: src has no app/main.js"],
    );
    for file in ["src/app/main.js", "src/app/main.mjs", "src/app/main.ts"] {
        check_with(&node, &[file], &[]);
    }
    check_with(&python, &["src/app/main.py"], &[]);
    check_with(&python, &["src/app/main/__init__.py"], &[]);
    check_with(&python, &["src/app/main.js"], &["check/no-handler 7"]);
    let made = format!("{node}    Metadata: {{BuildMethod: makefile}}\n");
    check_with(&made, &["src/Makefile"], &[]);
    let bundled = format!(
        "{}    Metadata: {{BuildMethod: esbuild, BuildProperties: {{EntryPoints: [lib/main.ts]}}}}\n",
        node.replace("app/main", "main")
    );
    check_with(&bundled, &["src/lib/main.ts"], &[]);
}

#[test]
fn retired_runtimes_are_errors_and_deprecated_ones_warnings() {
    let with = |runtime| {
        FUNCTION
            .replace("RUNTIME", runtime)
            .replace("CodeUri: src", "CodeUri: s3://bucket/key")
    };
    check(
        &with("nodejs12.x"),
        &[
            "check/retired-runtime 8 …since 2023-04-30…neither created nor updated | Use `nodejs24.x`.",
        ],
    );
    check(
        &with("nodejs14.x"),
        &["check/retired-runtime 8 …since 2024-01-09 no function can be created"],
    );
    check(
        &with("nodejs20.x"),
        &["check/deprecated-runtime 8 …on 2026-04-30"],
    );
    check(&with("nodejs24.x"), &[]);
    check(
        &with("nodejs24"),
        &[
            "check/bad-value 8 `Runtime` cannot be `nodejs24`: Lambda has no such runtime | Did you mean `nodejs24.x`?",
        ],
    );
}

#[test]
fn names_and_routes_that_there_are_twice_are_errors() {
    check(
        "Resources:\n  A: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}\n  B: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}\n  C: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: c, ProtocolType: HTTP}}\n  D: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref C, RouteKey: GET /}}\n  E: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref C, RouteKey: GET /}}\n",
        &[
            "check/duplicate-name 3",
            "check/duplicate-route 6 the API has this `RouteKey` twice",
        ],
    );
}

#[test]
fn what_only_sam_reads_is_not_said_to_be_ignored() {
    let text = |name: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n  S:\n    Type: AWS::Kinesis::Stream\n    \
             Properties: {{ShardCount: 1}}\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs22.x\n      \
             Handler: index.handler\n      InlineCode: exports\n      Events:\n        E:\n          Type: Kinesis\n          Properties:\n            \
             Stream: !GetAtt S.Arn\n            StartingPosition: LATEST\n            DestinationConfig:\n              \
             OnFailure: {{{name}: SQS, Destination: !GetAtt Q.Arn}}\n"
        )
    };
    check(&text("Type"), &[]);
    check(
        &text("Kind"),
        &["check/unknown-property 21 `DestinationConfig.OnFailure.Kind` is no property"],
    );
}
