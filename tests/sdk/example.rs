//! The examples that need an AWS endpoint, run by the program itself against an emulated one.
//!
//! The emulator is in the folder that `HOIST_TEST_TOOLS` names, and the AWS SDK comes from npm;
//! without one of them the test says so and passes.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::emulator::{Emulator, Kind};
use super::installation;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Copies an example, so that a project with the SDK is around it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

async fn create_table(endpoint: &str, name: &str) {
    let table = json!({
        "TableName": name,
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let request = reqwest::Client::new()
        .post(endpoint)
        .header("x-amz-target", "DynamoDB_20120810.CreateTable")
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        )
        .body(table.to_string());
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

/// Invokes a function of the example in `folder`; gives the answer's status and body.
fn invoke(folder: &Path, function: &str, event: &str, endpoint: &str) -> (u64, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_hoist"))
        .current_dir(folder)
        .args(["invoke", function, "--local", "-e", event])
        .env("AWS_ENDPOINT_URL", endpoint)
        .env(
            "HOIST_CACHE_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache"),
        )
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let answer: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{function} {event} gave no answer: {log}"));
    let body = answer["body"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer} {log}"));
    (
        answer["statusCode"].as_u64().unwrap(),
        serde_json::from_str(body).unwrap(),
    )
}

#[tokio::test]
async fn the_notes_example_writes_to_its_table_and_reads_it() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let Some(installed) = installation::of(&root().join("tests/sdk")) else {
        return;
    };
    // The project's packages are looked for up to the root of its repository.
    fs::create_dir_all(installed.path().join(".git")).unwrap();
    let project = tempfile::tempdir_in(installed.path()).unwrap();
    copy(&root().join("examples/notes-table-js"), project.path());
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    let endpoint = emulator.url();
    create_table(&endpoint, "Notes").await;

    let call = |function, event| invoke(project.path(), function, event, &endpoint);
    assert_eq!(
        call("ListNotesFunction", "events/list.json"),
        (200, json!({ "notes": [] }))
    );
    let (status, body) = call("WriteNoteFunction", "events/write.json");
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["id"].as_str().map(str::len), Some(36), "{body}");
    assert_eq!(
        call("ListNotesFunction", "events/list.json"),
        (
            200,
            json!({ "notes": [{ "text": "Buy milk", "tags": ["note", "shop"], "length": 8 }] })
        )
    );
}
