//! The JSON Schema of templates: the file is the program's own, real templates pass it, and wrong ones do not.

use std::fs;

use serde_json::{Value, json};

use hoist::diag::{Severity, Sources};
use hoist::editor;
use hoist::project::{Options, Scrutiny, validate};
use hoist::template;

#[path = "schema/draft7.rs"]
mod draft7;
mod real;

use draft7::Schema;
use real::{corpus, templates};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/template.schema.json");

/// Larger, and editors become slow.
const MOST_BYTES: usize = 3_500_000;

/// With `HOIST_BLESS=1` the file is written anew.
#[test]
fn the_file_is_the_schema_of_this_program() {
    let text = editor::text(&editor::template());
    if std::env::var_os("HOIST_BLESS").is_some() {
        fs::write(FILE, &text).unwrap();
    }
    let hint = "`HOIST_BLESS=1 cargo test --test schema` writes it anew";
    assert!(
        fs::read_to_string(FILE).is_ok_and(|found| found == text),
        "{hint}"
    );
    assert!(text.len() < MOST_BYTES, "{} bytes", text.len());
}

fn schema() -> Schema {
    Schema::new(editor::template())
}

/// Templates that say what SAM does not know, and does not mind.
const MISTAKES: [(&str, &str); 1] = [(
    "apigw-lambda-authorizer-custom-header/template.yaml",
    "AuthorizerPayloadFormatVersion is of HTTP APIs",
)];

/// What `hoist validate` finds nothing wrong in, an editor must not underline.
#[test]
fn every_clean_template_of_the_corpus_passes() {
    let schema = schema();
    let mut passed = 0;
    let mut refused = Vec::new();
    for part in ["templates", "sam-translator/input"] {
        let Some(folder) = corpus(part) else {
            continue;
        };
        let mut found = templates(&folder);
        // cfn-lint's own faulty ones are there for faults that `hoist validate` may not see.
        found.retain(|path| !path.components().any(|part| part.as_os_str() == "bad"));
        for path in found {
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let (parsed, diagnostics) = template::parse(&mut Sources::new(), &path, text);
            let Some(parsed) = parsed.filter(|_| !diagnostics.has_errors()) else {
                continue;
            };
            let Some(fault) = schema.fault(&parsed.root.to_json()) else {
                passed += 1;
                continue;
            };
            // Only then is it worth the time to ask whether it is clean.
            let scrutiny = Scrutiny {
                code: false,
                today: "2026-11-21".into(),
            };
            let validated = validate(&path, &Options::default(), &scrutiny);
            let known = MISTAKES.iter().any(|(name, _)| path.ends_with(name));
            let faults = validated
                .diagnostics
                .iter()
                .any(|one| one.severity != Severity::Note);
            if !faults && !known {
                refused.push(format!("{}: {fault}", path.display()));
            }
        }
    }
    println!("{passed} templates pass");
    assert!(
        refused.is_empty(),
        "{}\n{}",
        refused.len(),
        refused.join("\n")
    );
}

#[test]
fn wrong_templates_are_refused() {
    let schema = schema();
    let with = |resource: Value| json!({"Resources": {"A": resource}});
    let function = |properties: Value| {
        with(json!({"Type": "AWS::Serverless::Function", "Properties": properties}))
    };
    let right = function(json!({
        "Handler": "a.b", "Runtime": "nodejs99.x", "Timeout": "5", "MemorySize": {"Ref": "M"},
        "Events": {"E": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}},
    }));
    assert_eq!(schema.fault(&right), None);
    for (what, wrong) in [
        ("no resources", json!({"Description": "x"})),
        (
            "an unknown section",
            json!({"Resources": {}, "Resource": {}}),
        ),
        ("no type", with(json!({"Properties": {}}))),
        ("an unknown type", with(json!({"Type": "AWS::SQS::Queu"}))),
        (
            "an unknown attribute",
            with(json!({"Type": "AWS::SQS::Queue", "Property": {}})),
        ),
        (
            "an unknown property",
            with(json!({"Type": "AWS::SQS::Queue", "Properties": {"Name": "x"}})),
        ),
        (
            "a mapping for text",
            with(json!({"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"a": 1}}})),
        ),
        (
            "an attribute as a property",
            with(json!({"Type": "AWS::SQS::Queue", "Properties": {"Arn": "x"}})),
        ),
        (
            "a required property that is missing",
            with(json!({"Type": "AWS::Lambda::Function", "Properties": {}})),
        ),
        (
            "no properties at all",
            with(json!({"Type": "AWS::Lambda::Function"})),
        ),
        (
            "an unknown property inside",
            function(json!({"VpcConfig": {"Subnets": []}})),
        ),
        (
            "an unknown event",
            function(json!({"Events": {"E": {"Type": "Apy", "Properties": {}}}})),
        ),
        (
            "an unknown choice",
            with(json!({"Type": "AWS::SQS::Queue", "DeletionPolicy": "Keep"})),
        ),
        (
            "a function with too few arguments",
            with(
                json!({"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Join": ["-"]}}}),
            ),
        ),
        (
            "an unknown global property",
            json!({"Globals": {"Function": {"Timeot": 3}}, "Resources": {}}),
        ),
        (
            "an unknown setting of Hoist",
            with(json!({
                "Type": "AWS::Serverless::Function",
                "Metadata": {"Hoist": {"Sandbox": "docker"}},
            })),
        ),
    ] {
        assert!(schema.fault(&wrong).is_some(), "{what} passes");
    }
}

/// Loops and macros may stand where names are expected.
#[test]
fn loops_and_macros_pass() {
    let schema = schema();
    let template = json!({
        "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        "Conditions": {"IsLive": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
        "Resources": {
            "Fn::ForEach::Queues": ["Name", ["A", "B"], {"Queue${Name}": {"Type": "AWS::SQS::Queue"}}],
            "Included": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "x.yaml"}}},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"Fn::Transform": {"Name": "Mine"}, "RoleName": "x"},
            },
            "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": "x", "Any": [1]}},
            "Module": {"Type": "AWS::S3::Bucket::MODULE", "Properties": {"X": 1}},
        },
    });
    assert_eq!(schema.fault(&template), None);
}

#[test]
fn the_command_prints_the_file() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(["schema", "template"])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(output.stdout == editor::text(&editor::template()).as_bytes());
}
