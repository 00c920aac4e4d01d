//! Every function: its values, what stays unknown, and what is wrong use.

use hoist::eval::{Evaluator, Parameters, TemplateScope};
use hoist::template::{Node, Reason, Value};
use serde_json::{Value as Json, json};

use crate::{Run, scope};

const HEAD: &str = "
Transform: AWS::LanguageExtensions
Parameters:
  Text: {Type: String, Default: hello}
  Count: {Type: Number, Default: 3}
  Items: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Open: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /db/name}
Mappings:
  Sizes:
    us-east-1: {small: 1, list: [x, y]}
    eu-west-1: {small: 2}
  Names:
    first: {map: Sizes}
Conditions:
  IsHello: !Equals [!Ref Text, hello]
  IsOther: !Not [!Condition IsHello]
  Maybe: !Equals [!Ref Open, x]
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Gone: {Type: AWS::SNS::Topic, Condition: IsOther}
  Subject:
    Type: AWS::SQS::Queue
    Properties:
      Value: ";

/// The evaluation of one value. It is written behind `Value:`, on one line.
fn run(value: &str) -> Run {
    Run::yaml(&format!("{HEAD}{value}\n"))
}

fn subject(run: &Run) -> Option<Node> {
    let template = &run.evaluation().template;
    let properties = template.resources["Subject"].properties.as_ref().unwrap();
    properties.get("Value").cloned()
}

fn value(written: &str) -> Json {
    let run = run(written);
    assert_eq!(run.errors(), Vec::<String>::new(), "{written}");
    subject(&run).map_or(Json::Null, |node| node.to_json())
}

#[test]
fn functions_have_the_values_cloudformation_gives_them() {
    let table = [
        ("!Ref Text", json!("hello")),
        ("!Ref Count", json!("3")),
        ("!Ref Items", json!(["a", "b", "c"])),
        ("!Ref AWS::Region", json!("us-east-1")),
        ("!Ref AWS::AccountId", json!("123456789012")),
        ("!Ref AWS::Partition", json!("aws")),
        ("!Ref AWS::URLSuffix", json!("amazonaws.com")),
        ("!Ref AWS::StackName", json!("app")),
        ("!Ref AWS::NotificationARNs", json!([])),
        ("[a, !Ref 'AWS::NoValue', b]", json!(["a", "b"])),
        ("{a: !Ref 'AWS::NoValue', b: 1}", json!({"b": 1})),
        (
            "!Sub 'x-${Text}-${AWS::Region}-${!Kept}-${ Count }'",
            json!("x-hello-us-east-1-${Kept}-3"),
        ),
        ("!Sub ['${a}/${Text}', {a: !Ref Count}]", json!("3/hello")),
        ("!Sub ['${Text}', {Text: mine}]", json!("mine")),
        ("!Sub 'none${AWS::NoValue}'", json!("none")),
        (
            "!Join ['-', [a, 1, true, !Ref Text]]",
            json!("a-1-true-hello"),
        ),
        ("!Join [',', !Ref Items]", json!("a,b,c")),
        ("!Join ['', []]", json!("")),
        ("!Join ['-', [a, !Ref 'AWS::NoValue', b]]", json!("a-b")),
        ("!Split [',', 'a,,b']", json!(["a", "", "b"])),
        ("!Split ['|', 'whole']", json!(["whole"])),
        ("!Select [1, !Ref Items]", json!("b")),
        ("!Select ['2', [x, y, z]]", json!("z")),
        ("!Select [0, [a, !GetAtt Topic.TopicName]]", json!("a")),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', small]", json!(1)),
        ("!FindInMap [Sizes, us-east-1, list]", json!(["x", "y"])),
        (
            "!FindInMap [!FindInMap [Names, first, map], eu-west-1, small]",
            json!(2),
        ),
        (
            "!FindInMap [Sizes, mars, small, {DefaultValue: !Ref Text}]",
            json!("hello"),
        ),
        ("!If [IsHello, a, b]", json!("a")),
        ("!If [IsOther, a, !If [IsHello, c, d]]", json!("c")),
        ("[!If [IsOther, a, !Ref 'AWS::NoValue'], b]", json!(["b"])),
        ("!Base64 'héllo'", json!("aMOpbGxv")),
        ("{'Fn::Base64': !Sub '${Text}'}", json!("aGVsbG8=")),
        (
            "!Cidr [192.168.0.0/24, 6, 5]",
            json!([
                "192.168.0.0/27",
                "192.168.0.32/27",
                "192.168.0.64/27",
                "192.168.0.96/27",
                "192.168.0.128/27",
                "192.168.0.160/27"
            ]),
        ),
        (
            "!Cidr [10.0.0.0/16, 2]",
            json!(["10.0.0.0/24", "10.0.1.0/24"]),
        ),
        (
            "!Cidr ['2001:db8::/56', 2, 64]",
            json!(["2001:db8::/64", "2001:db8:0:1::/64"]),
        ),
        (
            "!GetAZs ''",
            json!(["us-east-1a", "us-east-1b", "us-east-1c"]),
        ),
        ("!Select [0, !GetAZs eu-west-1]", json!("eu-west-1a")),
        ("!Length [a, !GetAtt Topic.Arn]", json!(2)),
        ("!Length {Ref: Items}", json!(3)),
        (
            "!ToJsonString {b: 1, a: [true, !Ref Text], n: !Ref 'AWS::NoValue'}",
            json!("{\"b\":1,\"a\":[true,\"hello\"]}"),
        ),
        ("'{{resolve:ssm:/a:1}}-x'", json!("{{resolve:ssm:/a:1}}-x")),
        (
            "!Sub '{{resolve:secretsmanager:${Text}}}'",
            json!("{{resolve:secretsmanager:hello}}"),
        ),
    ];
    for (written, expected) in table {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn what_is_not_known_stays_a_call_with_its_arguments_evaluated() {
    let resource = || Reason::Resource("Topic".into());
    let open = || Reason::Parameter("Open".into());
    let table = [
        ("!Ref Topic", json!({"Ref": "Topic"}), resource()),
        (
            "!GetAtt Topic.TopicName",
            json!({"Fn::GetAtt": ["Topic", "TopicName"]}),
            resource(),
        ),
        ("!Ref Open", json!({"Ref": "Open"}), open()),
        (
            "!Ref Stored",
            json!({"Ref": "Stored"}),
            Reason::Parameter("Stored".into()),
        ),
        (
            "!Sub '${Text}/${Topic}/${!x}'",
            json!({"Fn::Sub": "hello/${Topic}/${!x}"}),
            resource(),
        ),
        (
            "!Sub ['${a}-${b}', {a: !Ref Topic, b: !Ref Text}]",
            json!({"Fn::Sub": ["${a}-hello", {"a": {"Ref": "Topic"}}]}),
            Reason::Argument,
        ),
        (
            "!Join ['-', [!Ref Text, !Ref Topic]]",
            json!({"Fn::Join": ["-", ["hello", {"Ref": "Topic"}]]}),
            Reason::Argument,
        ),
        (
            "!If [Maybe, !Ref Text, !Ref 'AWS::NoValue']",
            json!({"Fn::If": ["Maybe", "hello", {"Ref": "AWS::NoValue"}]}),
            open(),
        ),
        (
            "!ImportValue {'Fn::Sub': '${Text}-x'}",
            json!({"Fn::ImportValue": "hello-x"}),
            Reason::Import,
        ),
        (
            "!Split [',', !Ref Topic]",
            json!({"Fn::Split": [",", {"Ref": "Topic"}]}),
            Reason::Argument,
        ),
        (
            "!Select [0, !Split [',', !Ref Open]]",
            json!({"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Open"}]}]}),
            Reason::Argument,
        ),
        (
            "!ToJsonString {a: !Ref Topic}",
            json!({"Fn::ToJsonString": {"a": {"Ref": "Topic"}}}),
            Reason::Argument,
        ),
        (
            "!FindInMap [Sizes, !Ref Open, small]",
            json!({"Fn::FindInMap": ["Sizes", {"Ref": "Open"}, "small"]}),
            Reason::Argument,
        ),
    ];
    for (written, expected, reason) in table {
        let run = run(written);
        assert_eq!(run.errors(), Vec::<String>::new(), "{written}");
        let node = subject(&run).unwrap();
        assert_eq!(node.to_json(), expected, "{written}");
        let Value::Unknown(unknown) = &node.value else {
            panic!("{written}")
        };
        assert_eq!(unknown.reason, reason, "{written}");
    }
}

#[test]
fn a_scope_that_knows_more_answers_what_was_unknown() {
    let written = "[!Sub ['${a}:${Topic.TopicName}:${Text}${!x}', {a: !Ref Topic}], !Join ['', [!Ref Topic]], !ImportValue x]";
    let run = run(written);
    let before = subject(&run).unwrap();
    let later: TemplateScope = scope()
        .reference("Topic", "arn:topic")
        .attribute("Topic", "TopicName", "${name}")
        .import("x", "imported");
    let evaluation = run.evaluation();
    let mut evaluator = Evaluator::new(&evaluation.template, &evaluation.parameters, &later);
    let after = evaluator.value(&before).unwrap();
    assert!(evaluator.into_diagnostics().is_empty());
    assert_eq!(
        after.to_json(),
        json!(["arn:topic:${name}:hello${x}", "arn:topic", "imported"])
    );
}

#[test]
fn wrong_use_is_an_error_at_its_place() {
    let table = [
        ("!Ref Nobody", "eval/unknown-reference"),
        ("!Ref AWS::Regoin", "eval/unknown-reference"),
        ("!GetAtt Nobody.Arn", "eval/unknown-reference"),
        ("!GetAtt Topic", "eval/argument"),
        ("!Ref Gone", "eval/excluded-resource"),
        ("!Sub '${Nobody}'", "eval/unknown-reference"),
        ("!Sub '${Items}'", "eval/argument"),
        ("!Sub [a, b]", "eval/argument"),
        ("!Sub {a: b}", "eval/argument"),
        ("!Join [a]", "eval/argument-count"),
        ("!Join ['-', text]", "eval/argument"),
        ("!Join ['-', [[a]]]", "eval/argument"),
        ("!Split ['', a]", "eval/argument"),
        ("!Select [3, [a]]", "eval/select-index"),
        ("!Select [-1, [a]]", "eval/select-index"),
        ("!Select [x, [a]]", "eval/argument"),
        ("!FindInMap [Size, a, b]", "eval/find-in-map"),
        ("!FindInMap [Sizes, us-east-2, small]", "eval/find-in-map"),
        ("!FindInMap [Sizes, us-east-1, smal]", "eval/find-in-map"),
        ("!FindInMap [Sizes, !Ref Topic, small]", "eval/find-in-map"),
        ("!If [Nope, a, b]", "eval/unknown-condition"),
        ("!If [IsHello, a]", "eval/argument-count"),
        ("!Cidr [nonsense, 1, 8]", "eval/cidr"),
        ("!Cidr [10.0.0.0/24, 300, 1]", "eval/cidr"),
        ("!Cidr [10.0.0.0/24, 2, 8]", "eval/cidr"),
        ("!Cidr [10.0.0.0/24, 2, 99]", "eval/cidr"),
        ("!Length text", "eval/argument"),
        ("!ToJsonString text", "eval/argument"),
        ("!Base64 [a]", "eval/argument"),
        (
            "!And [!Condition IsHello, !Condition IsOther]",
            "eval/misplaced-condition",
        ),
    ];
    for (written, code) in table {
        let run = run(written);
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{written}: {errors:?}");
        assert!(errors[0].contains(code), "{written}: {errors:?}");
        let span = run.only(code).span().unwrap();
        assert!(
            run.sources.position(span).line >= 23,
            "{written}: {errors:?}"
        );
        let node = subject(&run).unwrap();
        assert!(
            matches!(node.value, Value::Unknown(_)),
            "{written}: {node:?}"
        );
    }
}

#[test]
fn slips_in_names_are_suggested() {
    let run = run(
        "[!Ref Topik, !If [IsHelo, a, b], !FindInMap [Sizes, us-east-1, smal], !Ref AWS::Regoin]",
    );
    let helps: Vec<&str> = run
        .diagnostics
        .iter()
        .flat_map(|d| d.help.iter().map(String::as_str))
        .collect();
    assert_eq!(
        helps,
        [
            "Did you mean `Topic`?",
            "Did you mean `IsHello`?",
            "Did you mean `small`?",
            "Did you mean `AWS::Region`?"
        ]
    );
}

#[test]
fn newer_functions_need_their_transform() {
    for value in [
        "!Length [a]",
        "!ToJsonString [a]",
        "!FindInMap [M, a, c, {DefaultValue: 1}]",
    ] {
        let text = format!(
            "Mappings: {{M: {{a: {{b: 1}}}}}}\nResources:\n  A: {{Type: T, Properties: {{x: {value}}}}}\n"
        );
        let run = Run::yaml(&text);
        assert_eq!(run.errors().len(), 1, "{:?}", run.errors());
        run.only("eval/needs-language-extensions");
    }
}

#[test]
fn evaluated_parameters_are_the_same_for_a_second_evaluator() {
    let run = run("a");
    let evaluation = run.evaluation();
    let names: Vec<&str> = evaluation.parameters.names().collect();
    assert_eq!(names, ["Text", "Count", "Items", "Open", "Stored"]);
    let missing: Vec<&str> = Parameters::missing(&evaluation.parameters).collect();
    assert_eq!(missing, ["Open"]);
}
