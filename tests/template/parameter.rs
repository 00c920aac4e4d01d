//! Parameters: types, rules, overrides, secrets.

use hoist::eval::Content;

use crate::Run;

fn run(declaration: &str, given: &[(&str, &str)]) -> Run {
    let text = format!("Parameters:\n  P: {declaration}\nResources: {{}}\n");
    Run::of("t.yaml", &text, given)
}

fn content(declaration: &str, given: &[(&str, &str)]) -> Content {
    let run = run(declaration, given);
    assert_eq!(run.errors(), Vec::<String>::new(), "{declaration}");
    run.evaluation()
        .parameters
        .value("P")
        .unwrap()
        .content
        .clone()
}

#[test]
fn values_follow_the_type() {
    let text = |text: &str| Content::Text(text.into());
    let list =
        |items: &[&str]| Content::List(items.iter().map(|item| (*item).to_owned()).collect());
    let table = [
        ("{Type: String, Default: 1.5}", text("1.5")),
        ("{Type: String, Default: on}", text("true")),
        ("{Type: Number, Default: '007'}", text("007")),
        (
            "{Type: CommaDelimitedList, Default: 'a , b'}",
            list(&["a", "b"]),
        ),
        ("{Type: CommaDelimitedList, Default: ''}", list(&[""])),
        ("{Type: List<Number>, Default: '1,2'}", list(&["1", "2"])),
        ("{Type: 'AWS::EC2::VPC::Id', Default: vpc-1}", text("vpc-1")),
        (
            "{Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a,b'}",
            list(&["a", "b"]),
        ),
        (
            "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}",
            Content::Remote("/x".into()),
        ),
        (
            "{Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x}",
            Content::Remote("/x".into()),
        ),
        ("{Type: String}", Content::Missing),
    ];
    for (declaration, expected) in table {
        assert!(content(declaration, &[]) == expected, "{declaration}");
    }
    let ssm = "{Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x}";
    assert!(content(ssm, &[("P", "a,b")]) == list(&["a", "b"]));
    assert!(content("{Type: String, Default: a}", &[("P", "b")]) == text("b"));
}

#[test]
fn values_that_break_a_rule_are_errors() {
    let table = [
        ("{Type: Number}", "x", "must be a number, and is `x`"),
        ("{Type: Number}", "NaN", "must be a number"),
        ("{Type: Number, MinValue: 2}", "1", "must be at least 2"),
        ("{Type: Number, MaxValue: 2}", "3", "must be at most 2"),
        (
            "{Type: List<Number>, MaxValue: 2}",
            "1,3",
            "must be at most 2",
        ),
        (
            "{Type: String, MinLength: 2}",
            "é",
            "must have at least 2 characters",
        ),
        (
            "{Type: String, MaxLength: '2'}",
            "abc",
            "must have at most 2 characters",
        ),
        (
            "{Type: String, AllowedValues: [a, 1, true]}",
            "b",
            "must be one of a, 1, true",
        ),
        (
            "{Type: CommaDelimitedList, AllowedValues: [a, b]}",
            "a,c",
            "must be one of a, b, and is `c`",
        ),
        (
            "{Type: String, AllowedPattern: '[a-z]+'}",
            "abc1",
            "must match the pattern",
        ),
        (
            "{Type: String, AllowedPattern: 'a|ab'}",
            "abx",
            "must match the pattern",
        ),
    ];
    for (declaration, value, expected) in table {
        let run = run(declaration, &[("P", value)]);
        let errors = run.errors();
        assert_eq!(errors.len(), 1, "{declaration} {value}: {errors:?}");
        assert!(
            errors[0].contains(expected),
            "{declaration} {value}: {errors:?}"
        );
        assert!(errors[0].starts_with("2:3 "), "{errors:?}");
    }
}

#[test]
fn values_that_keep_the_rules_are_fine() {
    let table = [
        ("{Type: Number, AllowedValues: [1, 2]}", "1.0"),
        ("{Type: String, AllowedValues: [true, false]}", "true"),
        ("{Type: String, AllowedPattern: 'a|ab'}", "ab"),
        (
            "{Type: String, AllowedPattern: '^(?!-)[a-z-]+(?<!-)$'}",
            "a-b",
        ),
        ("{Type: String, MinLength: 2, MaxLength: 2}", "éü"),
        (
            "{Type: CommaDelimitedList, AllowedValues: ['a,b', c]}",
            "a,b",
        ),
    ];
    for (declaration, value) in table {
        let run = run(declaration, &[("P", value)]);
        assert_eq!(run.errors(), Vec::<String>::new(), "{declaration} {value}");
    }
}

#[test]
fn the_authors_words_are_repeated() {
    let run = run(
        "{Type: String, AllowedPattern: a, ConstraintDescription: only a}",
        &[("P", "b")],
    );
    assert_eq!(
        run.only("eval/parameter-value").help,
        ["The template says: only a"]
    );
}

#[test]
fn a_value_for_no_parameter_is_an_error_with_a_suggestion() {
    let text = "Parameters:\n  TableName: {Type: String, Default: a}\nResources: {}\n";
    let run = Run::of("t.yaml", text, &[("TabelName", "b")]);
    assert_eq!(
        run.only("eval/unknown-parameter").help,
        ["Did you mean `TableName`?"]
    );
}

#[test]
fn secrets_are_never_shown() {
    let text = "
Parameters:
  Secret: {Type: String, NoEcho: true, Default: t0psecret, AllowedPattern: '[a-z]+', MinLength: 20, AllowedValues: [x]}
Mappings:
  M: {a: {b: 1}}
Conditions:
  C: !Equals [!Ref Secret, 1]
Resources:
  A:
    Type: T
    Properties:
      x: !FindInMap [M, !Ref Secret, b]
      y: !FindInMap [M, a, !Sub 'x-${Secret}']
      z: !Cidr [!Ref Secret, 1, 8]
      f: !FindInMap [!Ref Secret, a, b]
      r: {Ref: !Ref Secret}
      g: {'Fn::GetAtt': [!Ref Secret, Arn]}
      i: !If [!Ref Secret, a, b]
";
    for given in [&[][..], &[("Secret", "an0ther-t0psecret")][..]] {
        let run = Run::of("t.yaml", text, given);
        assert!(run.errors().len() >= 8, "{:?}", run.errors());
        let shown = format!("{:?} {:?}", run.diagnostics, run.evaluation().parameters);
        assert!(!shown.contains("t0psecret"), "{shown}");
        let declared = format!("{:?}", run.evaluation().template.parameters);
        assert!(!declared.contains("t0psecret"), "{declared}");
    }
}

#[test]
fn short_secrets_are_hidden_without_spoiling_the_message() {
    let text = "
Parameters:
  Pin: {Type: String, NoEcho: true, Default: no}
Mappings: {M: {a: {b: 1}}}
Resources:
  A: {Type: T, Properties: {x: !FindInMap [M, !Ref Pin, b]}}
";
    let run = Run::of("t.yaml", text, &[("Pin", "no")]);
    let fault = run.only("eval/find-in-map");
    assert_eq!(fault.summary, "the mapping `M` has no key `****`");
}
