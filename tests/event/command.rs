//! `hoist event` from outside, and into `hoist invoke`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn hoist(folder: &Path) -> Command {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("PATH", "/usr/bin:/bin")
        .env("HOIST_CACHE_DIR", cache)
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    hoist(folder)
        .args(arguments)
        .output()
        .expect("hoist starts")
}

fn stdout(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, Handler: index.handler, Runtime: nodejs22.x}
";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join("template.yaml"), TEMPLATE).unwrap();
    let code = "exports.handler = async (event) => event.Records[0].body;";
    std::fs::write(folder.path().join("src/index.js"), code).unwrap();
    folder
}

#[test]
fn a_generated_event_can_be_piped_saved_and_made_on_the_fly() {
    let project = project();
    let folder = project.path();
    let body = "say \"hi\"\n{\"a\": 1}";
    let expected = format!("{}\n", Value::from(body));
    let generate = [
        "event",
        "generate",
        "sqs",
        "receive-message",
        "--body",
        body,
    ];

    let event = stdout(&run(folder, &generate));
    let mut piped = hoist(folder)
        .args(["invoke", "Echo", "--local", "-e", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = piped.stdin.take().unwrap();
    stdin.write_all(event.as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(stdout(&piped.wait_with_output().unwrap()), expected);

    let made = [
        "invoke",
        "Echo",
        "--local",
        "--event-type",
        "sqs",
        "--body",
        body,
    ];
    assert_eq!(stdout(&run(folder, &made)), expected);

    let saved = run(folder, &[&generate[..], &["--save", "hi"]].concat());
    assert_eq!(stdout(&saved), "");
    assert!(folder.join("events/hi.json").is_file());
    // From another folder: saved events lie beside the template.
    let template = folder.join("template.yaml");
    let by_name = [
        "invoke",
        "Echo",
        "--local",
        "-e",
        "hi",
        "-t",
        template.to_str().unwrap(),
    ];
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(stdout(&run(elsewhere.path(), &by_name)), expected);
}

#[test]
fn slips_name_what_is_near() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, help) in [
        (&["event", "generate", "sqss"][..], "'sqs'"),
        (&["event", "generate", "s3", "putt"], "'put'"),
        (
            &["event", "generate", "s3", "put", "--buckt", "x"],
            "'--bucket'",
        ),
        (&["event", "list", "sqss"], "`sqs`"),
        (
            &["event", "generate", "kafka", "msk", "--offset", "x"],
            "whole number",
        ),
        (&["event", "generate", "s3", "put", "--force"], "--save"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(help), "{}", stderr(&output));
    }
}

#[test]
fn help_of_an_event_lists_its_parameters_with_their_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(
        folder.path(),
        &["event", "generate", "s3", "put", "--help"],
    ));
    for line in [
        "--bucket",
        "[default: example-bucket]",
        "percent-encoded",
        "--region",
    ] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn the_list_has_every_event_as_a_table_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let table = stdout(&run(folder.path(), &["event", "list", "sqs"]));
    assert!(
        table.contains("receive-message") && !table.contains("s3"),
        "{table}"
    );
    let json = stdout(&run(folder.path(), &["event", "list", "--output", "json"]));
    let all: Value = serde_json::from_str(&json).unwrap();
    let count = hoist::sample::catalogue()
        .iter()
        .map(|service| service.samples.len());
    assert_eq!(all.as_array().unwrap().len(), count.sum::<usize>());
    let sqs = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["service"] == "sqs");
    assert_eq!(sqs.unwrap()["parameters"][0]["type"], "string");
}

#[test]
fn a_saved_event_is_not_overwritten_without_force() {
    let folder = tempfile::tempdir().unwrap();
    let save = ["event", "generate", "s3", "put", "--save"];
    stdout(&run(folder.path(), &save));
    let again = run(folder.path(), &save);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
    stdout(&run(
        folder.path(),
        &[&save[..], &["--force", "--key", "other"]].concat(),
    ));
    let saved = std::fs::read_to_string(folder.path().join("events/s3-put.json")).unwrap();
    assert!(saved.contains("\"other\""), "{saved}");
}
