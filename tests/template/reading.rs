//! YAML and JSON: what they are read as, and where.

use hoist::diag::{Severity, Sources};
use hoist::template::{self, Node, Value};
use serde_json::json;

use crate::Run;

fn read(path: &str, text: &str) -> (Option<Node>, Vec<(String, String)>) {
    let mut sources = Sources::new();
    let (node, diagnostics) = template::read(&mut sources, path, text);
    let found = diagnostics
        .iter()
        .map(|d| {
            let place = d.span().map(|span| sources.position(span));
            let place = place.map_or_else(String::new, |p| format!("{}:{}", p.line, p.column));
            (d.code.to_owned(), place)
        })
        .collect();
    (node, found)
}

fn yaml(text: &str) -> serde_json::Value {
    let (node, found) = read("t.yaml", text);
    match node {
        Some(node) => node.to_json(),
        None => panic!("{found:?}"),
    }
}

fn fault(path: &str, text: &str) -> (String, String) {
    let (_, found) = read(path, text);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

fn pair(code: &str, place: &str) -> (String, String) {
    (code.to_owned(), place.to_owned())
}

#[test]
fn scalars_follow_style_and_tag() {
    let text = "plain: yes\nquoted: 'yes'\ndouble: \"012\"\ntagged: !!str 012\nblock: |\n  on\nfolded: >-\n  a\n  b\nempty:\nforced: ! 12\n";
    assert_eq!(
        yaml(text),
        json!({"plain": true, "quoted": "yes", "double": "012", "tagged": "012", "block": "on\n",
               "folded": "a b", "empty": null, "forced": "12"})
    );
}

#[test]
fn keys_keep_what_was_written() {
    assert_eq!(
        yaml("on: 1\n012345670123: 2\n2010-09-09: 3\n200: 4\n1.10: 5\n"),
        json!({"on": 1, "012345670123": 2, "2010-09-09": 3, "200": 4, "1.10": 5})
    );
}

#[test]
fn an_octal_number_is_read_as_cloudformation_does_with_a_warning() {
    let (node, found) = read("t.yaml", "Account: 012345670123\nOther: 089\n");
    assert_eq!(
        node.unwrap().to_json(),
        json!({"Account": 1_402_433_619, "Other": "089"})
    );
    assert_eq!(found, [pair("template/octal-number", "1:10")]);
}

#[test]
fn short_and_long_forms_are_the_same_calls() {
    let short = yaml(
        "a: !Sub x\nb: !GetAtt A.B.C\nc: !If [X, !Ref Y, !Ref 'AWS::NoValue']\nd: !Select\n  - 0\n  - !GetAZs ''\n",
    );
    let long = yaml(
        "a: {'Fn::Sub': x}\nb: {'Fn::GetAtt': [A, B.C]}\nc: {'Fn::If': [X, {Ref: Y}, {Ref: 'AWS::NoValue'}]}\nd: {'Fn::Select': [0, {'Fn::GetAZs': ''}]}\n",
    );
    assert_eq!(short, long);
    let (node, _) = read("t.yaml", "a: {'Fn::GetAtt': A.B}\n");
    let node = node.unwrap();
    assert!(matches!(node.get("a").unwrap().value, Value::Call(_)));
}

#[test]
fn condition_is_a_call_only_where_a_condition_is_wanted() {
    let text = "Conditions:\n  A: !Equals [a, a]\n  B: {Condition: A}\n  C: !And [{Condition: A}, !Condition B]\nResources:\n  R:\n    Condition: A\n    Properties:\n      Statement: {Condition: {StringEquals: x}}\n      Other: {Condition: A}\n      Chosen: !If [A, {Condition: A}, 1]\n";
    let (node, found) = read("t.yaml", text);
    assert_eq!(found, []);
    let node = node.unwrap();
    let at = |path: &[&str]| {
        path.iter()
            .fold(&node, |node, key| node.get(key).unwrap())
            .clone()
    };
    assert!(matches!(at(&["Conditions", "B"]).value, Value::Call(_)));
    assert!(matches!(
        at(&["Resources", "R", "Properties", "Statement"]).value,
        Value::Map(_)
    ));
    assert!(matches!(
        at(&["Resources", "R", "Properties", "Other"]).value,
        Value::Map(_)
    ));
    let Value::Call(chosen) = at(&["Resources", "R", "Properties", "Chosen"]).value else {
        panic!()
    };
    assert!(matches!(
        chosen.argument.as_list().unwrap()[1].value,
        Value::Map(_)
    ));
}

#[test]
fn unknown_functions_are_named_with_a_suggestion() {
    let run = Run::yaml(
        "Resources:\n  A:\n    Type: T\n    Properties:\n      x: !Subb a\n      y: {'Fn::Jion': []}\n",
    );
    let tag = run.only("template/unknown-tag");
    assert_eq!(tag.severity, Severity::Error);
    assert_eq!(tag.help, ["Did you mean `!Sub`?"]);
    let key = run.only("template/unknown-function");
    assert_eq!(key.severity, Severity::Warning);
    assert_eq!(key.help, ["Did you mean `Fn::Join`?"]);
}

#[test]
fn a_key_written_twice_is_warned_about_at_both_places() {
    let (node, found) = read("t.yaml", "a: 1\nb: 2\na: 3\n");
    assert_eq!(node.unwrap().to_json(), json!({"a": 3, "b": 2}));
    assert_eq!(found, [pair("template/duplicate-key", "3:1")]);
    let (node, found) = read("t.json", "{\"a\": 1,\n \"a\": 2}");
    assert_eq!(node.unwrap().to_json(), json!({"a": 2}));
    assert_eq!(found, [pair("template/duplicate-key", "2:2")]);
}

#[test]
fn anchors_aliases_and_merge_keys_are_put_in() {
    let text = "base: &base\n  a: 1\n  b: 2\nother: &other {b: 9, c: 3}\nuse: *base\nmerged:\n  b: 5\n  <<: [*base, *other]\nquoted: {'<<': 1}\n";
    assert_eq!(
        yaml(text),
        json!({"base": {"a": 1, "b": 2}, "other": {"b": 9, "c": 3}, "use": {"a": 1, "b": 2},
               "merged": {"a": 1, "b": 5, "c": 3}, "quoted": {"<<": 1}})
    );
}

#[test]
fn line_ends_and_byte_order_marks_move_no_place() {
    for text in [
        "\u{feff}a: é\r\nb: !Subb x\r\n",
        "a: é\nb: !Subb x\n",
        "# ü\r\n\u{20}\r\nb: !Subb x",
    ] {
        let mut sources = Sources::new();
        let (_, diagnostics) = template::read(&mut sources, "t.yaml", text);
        let span = diagnostics.iter().next().unwrap().span().unwrap();
        assert_eq!(sources.text(span), "!Subb x", "{text:?}");
    }
}

#[test]
fn spans_cover_what_was_written() {
    let text = "top:\n  map:\n    - é: \"quoted\"\n      list: [1, {a: b}]\n  call: !GetAtt A.B\n  block: |\n    text\n    more\n\nlast: 1\n";
    let mut sources = Sources::new();
    let (node, _) = template::read(&mut sources, "t.yaml", text);
    let node = node.unwrap();
    let top = node.get("top").unwrap();
    let item = &top.get("map").unwrap().as_list().unwrap()[0];
    let shown = |node: &Node| sources.text(node.span).to_owned();
    assert_eq!(shown(item.get("é").unwrap()), "\"quoted\"");
    assert_eq!(shown(item.get("list").unwrap()), "[1, {a: b}]");
    assert_eq!(shown(item), "é: \"quoted\"\n      list: [1, {a: b}]");
    assert_eq!(shown(top.get("call").unwrap()), "!GetAtt A.B");
    assert_eq!(shown(top.get("block").unwrap()), "text\n    more");
    let key = top.as_map().unwrap().entry("call").unwrap().key_span;
    assert_eq!(sources.text(key), "call");
}

#[test]
fn brackets_and_quotes_may_close_left_of_their_key() {
    let text = "a:\n  b: [\n    1,\n    é\n  ]\n  c: {\n\"x\": 1,\ny: [\n2]\n}\n  d: \"one\n two\\\"\"\n  f: 'it''s\ngood'\n  e: !Subb x\n";
    let (node, found) = read("t.yaml", text);
    assert_eq!(
        node.unwrap().to_json(),
        json!({"a": {"b": [1, "é"], "c": {"x": 1, "y": [2]}, "d": "one two\"", "f": "it's good", "e": "x"}})
    );
    assert_eq!(found, [pair("template/unknown-tag", "15:6")]);
}

#[test]
fn what_is_no_document_is_said_once_with_its_place() {
    let table = [
        ("t.yaml", "", pair("template/empty", "1:1")),
        (
            "t.yaml",
            "# only a comment\n",
            pair("template/empty", "1:1"),
        ),
        ("t.json", "  ", pair("template/empty", "1:1")),
        (
            "t.yaml",
            "a: 1\n---\nb: 2\n",
            pair("template/documents", "2:1"),
        ),
        (
            "t.yaml",
            "a: 1\n\tb: 2\n",
            pair("template/yaml-syntax", "2:1"),
        ),
        (
            "t.yaml",
            "a: [1, 2\nb: 3\n",
            pair("template/yaml-syntax", "2:2"),
        ),
        ("t.yaml", "a: 'open\n", pair("template/yaml-syntax", "1:4")),
        (
            "t.yaml",
            "a:\n  b: \"open\nc: 1\n",
            pair("template/yaml-syntax", "2:6"),
        ),
        ("t.yaml", "{a: 1}: 2\n", pair("template/key", "1:1")),
        ("t.yaml", "!Ref a: 2\n", pair("template/key", "1:1")),
        ("t.yaml", "a: &x [*x]\n", pair("template/alias", "1:8")),
        (
            "t.yaml",
            "a: *nowhere\n",
            pair("template/yaml-syntax", "1:4"),
        ),
        ("t.json", "{\"a\": 1,}", pair("template/json-syntax", "1:8")),
        (
            "t.json",
            "{\n// c\n\"a\": 1}",
            pair("template/json-syntax", "2:1"),
        ),
        ("t.json", "{'a': 1}", pair("template/json-syntax", "1:2")),
        (
            "t.json",
            "{\"a\": 012}",
            pair("template/json-syntax", "1:8"),
        ),
        (
            "t.json",
            "{\"a\": 1} 2",
            pair("template/json-syntax", "1:10"),
        ),
        ("t.json", "{\"a\": ", pair("template/json-syntax", "1:7")),
    ];
    for (path, text, expected) in table {
        assert_eq!(fault(path, text), expected, "{text:?}");
    }
}

#[test]
fn the_ending_chooses_the_language_and_the_text_when_there_is_none() {
    assert_eq!(fault("t.json", "a: 1").0, "template/json-syntax");
    assert_eq!(fault("t.template", "{\"a\": 1,}").0, "template/json-syntax");
    let (node, found) = read("t.yaml", "{a: 1,}");
    assert_eq!((node.unwrap().to_json(), found), (json!({"a": 1}), vec![]));
    let (node, _) = read("t.template", "a: 1");
    assert_eq!(node.unwrap().to_json(), json!({"a": 1}));
}

#[test]
fn sections_of_the_wrong_form_are_errors_with_their_place() {
    let table = [
        ("- 1\n", "1:1 [template/not-a-mapping]"),
        ("Description: x\n", "1:1 [template/no-resources]"),
        ("Resources: []\n", "1:12 [template/wrong-type]"),
        (
            "Resources: {}\nResource: {}\n",
            "2:1 [template/unknown-name]",
        ),
        (
            "AWSTemplateFormatVersion: 2010-09-10\nResources: {}\n",
            "1:27 [template/format-version]",
        ),
        (
            "Resources:\n  My-Topic: {Type: T}\n",
            "2:3 [template/logical-id]",
        ),
        ("Resources:\n  A: {}\n", "2:3 [template/missing]"),
        (
            "Resources:\n  A: {Type: T, Propertys: {}}\n",
            "2:16 [template/unknown-name]",
        ),
        (
            "Resources:\n  A: {Type: T, DependsOn: [1]}\n",
            "2:28 [template/wrong-type]",
        ),
        (
            "Resources:\n  A: {Type: T, DeletionPolicy: Keep}\n",
            "2:32 [template/policy]",
        ),
        (
            "Resources: {}\nOutputs:\n  O: {}\n",
            "3:3 [template/missing]",
        ),
        (
            "Resources: {}\nConditions:\n  C: yes please\n",
            "3:6 [template/wrong-type]",
        ),
        (
            "Resources: {}\nParameters:\n  P: {}\n",
            "3:3 [template/missing]",
        ),
        (
            "Resources: {}\nParameters:\n  P: {Type: Strin}\n",
            "3:13 [template/parameter-type]",
        ),
        (
            "Resources: {}\nMappings:\n  M: {a: b}\n",
            "3:10 [template/wrong-type]",
        ),
        (
            "Resources: {}\nTransform: 5\n",
            "2:12 [template/wrong-type]",
        ),
    ];
    for (text, expected) in table {
        let errors = Run::yaml(text).errors();
        assert_eq!(errors.len(), 1, "{text:?}: {errors:?}");
        assert!(errors[0].starts_with(expected), "{text:?}: {errors:?}");
    }
}

#[test]
fn more_resources_than_a_stack_takes_are_an_error() {
    let resources: String = (0..501).map(|n| format!("  R{n}: {{Type: T}}\n")).collect();
    let run = Run::yaml(&format!("Resources:\n{resources}"));
    assert_eq!(run.only("template/too-many").severity, Severity::Error);
}
