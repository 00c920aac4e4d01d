//! The events whose answers need an AWS endpoint, against an emulated one.
//!
//! The emulator is in the folder that `HOIST_TEST_TOOLS` names, and the AWS SDK for JavaScript comes from npm; without
//! one of them the tests say so and pass.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::emulator::{Emulator, Kind};
use super::{Made, installation};

/// Sends a request as an AWS SDK would, to the service that its headers or path name.
async fn send(request: reqwest::RequestBuilder, service: &str) {
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    let answer = request
        .header("authorization", credential)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

async fn create_table(emulator: &Emulator, name: &str) {
    let table = json!({
        "TableName": name,
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let request = reqwest::Client::new()
        .post(emulator.url())
        .header("x-amz-target", "DynamoDB_20120810.CreateTable")
        .header("content-type", "application/x-amz-json-1.0")
        .body(table.to_string());
    send(request, "dynamodb").await;
}

async fn put(emulator: &Emulator, path: &str, body: &'static str) {
    let url = format!("{}/{path}", emulator.url());
    send(reqwest::Client::new().put(url).body(body), "s3").await;
}

/// Sends all events of the project, those that need no endpoint too.
fn send_all(made: &Made, emulator: &Emulator, environment: Option<&Path>) {
    let url = emulator.url();
    let mut variables = vec![("AWS_ENDPOINT_URL", url.as_str())];
    let environment = environment.map(|folder| folder.to_str().unwrap());
    variables.extend(environment.map(|folder| ("VIRTUAL_ENV", folder)));
    let cases = made.cases();
    assert!(cases.iter().any(|case| case.emulated));
    for case in cases {
        assert_eq!(
            made.invoke(&case, &variables),
            case.answer,
            "{}",
            case.line()
        );
    }
}

/// A project beside the AWS SDK, with a table.
async fn javascript(project: &str) {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let Some(installed) = installation::of(&sdk) else {
        return;
    };
    // The project's packages are looked for up to the root of its repository.
    fs::create_dir_all(installed.path().join(".git")).unwrap();
    let base = tempfile::tempdir_in(installed.path()).unwrap();
    let made = Made::within(project, base);
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    create_table(&emulator, "Notes").await;
    send_all(&made, &emulator, None);
}

#[tokio::test]
async fn the_http_api_in_javascript_keeps_its_notes() {
    javascript("http-api-table-js").await;
}

#[tokio::test]
async fn the_http_api_in_typescript_keeps_its_notes() {
    javascript("http-api-table-ts").await;
}

/// The emulator's own Python environment has boto3.
fn environment(program: &Path) -> &Path {
    program.parent().and_then(Path::parent).unwrap()
}

#[tokio::test]
async fn the_http_api_in_python_keeps_its_notes() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let made = Made::new("http-api-table-python");
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    create_table(&emulator, "Notes").await;
    send_all(&made, &emulator, Some(environment(&program)));
}

#[tokio::test]
async fn the_bucket_trigger_summarises_a_file() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let made = Made::new("bucket-trigger");
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    let (uploads, summaries) = (
        "my-app-uploads-123456789012",
        "my-app-summaries-123456789012",
    );
    put(&emulator, uploads, "").await;
    put(&emulator, summaries, "").await;
    let csv = "city,degrees\nOslo,-3.5\nRome,12\n";
    put(&emulator, &format!("{uploads}/weather%20report.csv"), csv).await;
    send_all(&made, &emulator, Some(environment(&program)));
    let url = format!("{}/{summaries}/weather%20report.csv.json", emulator.url());
    let summary = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&summary).unwrap(),
        json!({
            "rows": 2,
            "columns": { "city": { "different": 2 }, "degrees": { "lowest": -3.5, "highest": 12.0 } },
        })
    );
}
