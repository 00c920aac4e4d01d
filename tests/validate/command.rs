//! `hoist validate` and `hoist explain` from outside.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// An unused parameter, a deprecated runtime, and with `QUEUE` an error.
const TEMPLATE: &str = "\
Parameters:
  Lost: {Type: String, Default: a}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: 'x'}
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      Runtime: nodejs20.x
";
const QUEUE: &str = "  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueuName: a}\n";

fn hoist(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("AWS_PROFILE")
        .env("HOME", folder)
        .output()
        .unwrap()
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), text).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_output_has_the_error_and_its_place() {
    let folder = folder(&format!("{TEMPLATE}{QUEUE}"));
    let said = |format| {
        let output = hoist(folder.path(), &["validate", "--output", format]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        output
    };
    let people = text(&said("text").stderr);
    assert!(people.contains("error[check/unknown-property]"), "{people}");
    assert!(people.contains("template.yaml:13:18"), "{people}");
    assert!(people.contains("Did you mean `QueueName`?"), "{people}");
    assert!(
        people.trim_end().ends_with("1 error, 1 warning and 1 note"),
        "{people}"
    );
    let json: Vec<Value> = serde_json::from_slice(&said("json").stdout).unwrap();
    assert!(
        json.iter()
            .any(|one| one["code"] == "check/unknown-property" && one["line"] == 13)
    );
    let sarif: Value = serde_json::from_slice(&said("sarif").stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let github = text(&said("github").stdout);
    assert!(
        github.contains("::error file=template.yaml,line=13,col=18,"),
        "{github}"
    );
    assert_eq!(github.lines().count(), 3);
}

#[test]
fn warnings_count_only_when_it_is_strict() {
    let folder = folder(TEMPLATE);
    let output = hoist(folder.path(), &["validate"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(&output.stderr);
    assert!(
        said.contains("is valid: 1 function, 0 other resources"),
        "{said}"
    );
    let output = hoist(folder.path(), &["validate", "--strict"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!text(&output.stderr).contains("is valid"));
}

#[test]
fn codes_are_explained_and_slips_find_theirs() {
    let folder = folder(TEMPLATE);
    let output = hoist(folder.path(), &["explain", "error[check/unknown-property]"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("VisibilityTimeout"));
    let output = hoist(folder.path(), &["explain", "unknown-propertyy"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("unknown-property`?"),
        "{output:?}"
    );
    let output = hoist(folder.path(), &["explain"]);
    assert!(text(&output.stdout).lines().count() > 100);
}
