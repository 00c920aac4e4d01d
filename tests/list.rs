//! `hoist list`: the functions of an example and of a rich template.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn list(template: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .arg("list")
        .arg(template)
        .args(arguments)
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .expect("hoist starts")
}

fn rich() -> PathBuf {
    root().join("tests/graph/triggers/template.yaml")
}

#[test]
fn an_examples_functions_are_listed_with_their_routes() {
    let output = list(&root().join("examples/http-api-js"), &[]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{table}");
    let mut lines = table.lines();
    let headings: Vec<&str> = lines
        .next()
        .unwrap()
        .split("  ")
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(headings.len(), 5, "{table}");
    let first = lines.next().unwrap();
    for cell in [
        "HelloFunction",
        "nodejs24.x",
        "JavaScript sandbox",
        "GET /hello/{name}",
    ] {
        assert!(first.contains(cell), "{cell} is not in {first}");
    }
}

/// With `HOIST_BLESS=1` the expectation is written anew.
#[test]
fn a_rich_template_is_listed_as_expected() {
    let output = list(&rich(), &[]);
    let actual = String::from_utf8(output.stdout).unwrap();
    let path = root().join("tests/list/expected.txt");
    if std::env::var_os("HOIST_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "-- expected\n{expected}\n-- actual\n{actual}"
    );
}

#[test]
fn json_names_the_source_and_the_event_of_the_template() {
    let output = list(&rich(), &["--output", "json"]);
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let published = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "Published")
        .unwrap();
    assert_eq!(published["guest"], "javascript");
    let triggers = published["triggers"].as_array().unwrap();
    let poll = triggers
        .iter()
        .find(|one| one["by"] == "PublishedJobs")
        .unwrap();
    assert_eq!(
        (
            &poll["kind"],
            &poll["source"],
            &poll["service"],
            &poll["origin"]
        ),
        (
            &"poll".into(),
            &"Jobs".into(),
            &"SQS".into(),
            &"Published".into()
        )
    );
}

#[test]
fn a_wrong_template_is_told_and_nothing_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), "Resources: [").unwrap();
    let output = list(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
}

#[test]
fn what_nothing_runs_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {PackageType: Image, Code: {ImageUri: 'r:t'}, Role: 'arn:aws:iam::123456789012:role/r'}}\n";
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    let table = String::from_utf8(list(folder.path(), &[]).stdout).unwrap();
    assert!(
        table.contains("image") && table.contains("nothing here"),
        "{table}"
    );
    let json = list(folder.path(), &["--output", "json"]).stdout;
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert!(
        json[0]["guest"].is_null() && json[0]["reason"].is_string(),
        "{json}"
    );
}
