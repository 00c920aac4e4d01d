//! boto3 in the sandbox against an emulated AWS endpoint, and the example that uses it.
//!
//! The emulator and boto3 are in the folder that `HOIST_TEST_TOOLS` names; `.ci/run` makes it. Without it the tests
//! say so and pass.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::emulator::{Emulator, Kind};
use hoist::config::Environment;
use hoist::local::sandbox::{
    self, Function, Invocation, Log, Network, Outcome, PackageFolder, Runtime, Sandbox,
};
use hoist::local::{library, variable};
use serde_json::{Value, json};

const ID: &str = "11111111-2222-4333-8444-555555555555";

/// The emulator, and boto3 as Hoist finds it in the virtual environment it is in.
fn boto3() -> Option<(PathBuf, PathBuf)> {
    let program = Kind::Ministack.program()?;
    let home = program.parent()?.parent()?;
    let cache = cache();
    let environment = Environment::from_pairs([
        ("HOIST_CACHE_DIR", cache.to_str()?),
        ("VIRTUAL_ENV", home.to_str()?),
    ]);
    let Some(packages) = library::python(&environment, home) else {
        println!("skipped: there is no boto3 beside the emulator");
        return None;
    };
    Some((program, packages))
}

fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache")
}

struct Bench {
    environment: sandbox::Environment,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Bench {
    async fn new(task: &Path, handler: &str, packages: &Path, url: &str) -> Self {
        let defined = variable::defined(&variable::Lambda {
            name: "f",
            runtime: "python3.14",
            handler,
            memory_mb: 256,
            region: "us-east-1",
            log_stream: "2026/01/01/[$LATEST]0",
            log_group: None,
            logging: Default::default(),
        });
        let own = [("AWS_ENDPOINT_URL", url), ("TABLE_NAME", "notes")];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let function = Function {
            name: "f".into(),
            runtime: Runtime::Python(14),
            handler: handler.into(),
            task: task.to_owned(),
            layers: vec![],
            runtime_packages: vec![PackageFolder {
                folder: packages.to_owned(),
                at: PathBuf::new(),
            }],
            timeout: Duration::from_secs(60),
            memory_mb: 256,
            tmp_mb: 512,
            logging: Default::default(),
            environment: defined.into_iter().chain(own).collect(),
            network: Network::new(Some(url.parse().unwrap()), vec![]),
        };
        let sandbox = Sandbox::new(&cache(), |_| ()).unwrap();
        let prepared = sandbox.prepare(function).await.unwrap();
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
        Bench {
            environment: prepared.environment(log).await.unwrap(),
            written,
        }
    }

    async fn invoke(&mut self, event: Value) -> Value {
        let invocation = Invocation {
            request_id: ID.into(),
            event: event.to_string(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            client_context: None,
            trace_id: None,
        };
        match self.environment.invoke(&invocation).await.unwrap().outcome {
            Outcome::Answer(answer) => serde_json::from_slice(&answer).unwrap(),
            Outcome::Failure(failure) => panic!("{}\n{}", failure.payload, self.log()),
        }
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}

/// Three services in one handler; answers with what it read back.
const HANDLER: &str = r#"
import io
import json
import sys

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

loaded = sys.modules["boto3"].__file__


def handler(event, context):
    return globals()[event["run"]]()


def dynamodb():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="orders",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "customer", "AttributeType": "S"},
            {"AttributeName": "number", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "customer", "KeyType": "HASH"},
            {"AttributeName": "number", "KeyType": "RANGE"},
        ],
    )
    client.get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 0})
    for number in range(3):
        client.put_item(
            TableName="orders", Item={"customer": {"S": "ada"}, "number": {"N": str(number)}}
        )
    table = boto3.resource("dynamodb").Table("orders")
    with table.batch_writer() as batch:
        batch.put_item(Item={"customer": "bob", "number": 7, "paid": True, "tags": {"a", "b"}})
    found = table.query(KeyConditionExpression=Key("customer").eq("ada") & Key("number").gt(0))
    pages = client.get_paginator("scan").paginate(TableName="orders", PaginationConfig={"PageSize": 2})
    scanned = sum(page["Count"] for page in pages)
    try:
        client.put_item(
            TableName="orders",
            Item={"customer": {"S": "ada"}, "number": {"N": "0"}},
            ConditionExpression="attribute_not_exists(customer)",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        refused = error.response["Error"]["Code"]
    return {
        "query": [item["number"] for item in found["Items"]],
        "scan": scanned,
        "tags": sorted(table.get_item(Key={"customer": "bob", "number": 7})["Item"]["tags"]),
        "refused": refused,
    }


def s3():
    client = boto3.client("s3")
    client.create_bucket(Bucket="a-bucket")
    client.put_object(Bucket="a-bucket", Key="a/b c.txt", Body="tü".encode(), ContentType="text/plain")
    large = bytes(range(256)) * 40_000
    client.upload_fileobj(io.BytesIO(large), "a-bucket", "large")
    with open("/tmp/large", "wb") as file:
        client.download_fileobj("a-bucket", "large", file)
    got = client.get_object(Bucket="a-bucket", Key="a/b c.txt")
    try:
        client.get_object(Bucket="a-bucket", Key="nothing")
    except ClientError as error:
        missing = error.response["Error"]["Code"]
    listed = boto3.resource("s3").Bucket("a-bucket").objects.all()
    return {
        "text": got["Body"].read().decode(),
        "type": got["ContentType"],
        "same": open("/tmp/large", "rb").read() == large,
        "missing": missing,
        "keys": [item.key for item in listed],
        "presigned": "X-Amz-Signature=" in client.generate_presigned_url(
            "get_object", Params={"Bucket": "a-bucket", "Key": "large"}
        ) or "Signature=" in client.generate_presigned_url(
            "get_object", Params={"Bucket": "a-bucket", "Key": "large"}
        ),
    }


def sqs():
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="a-queue")["QueueUrl"]
    sent = client.send_message(QueueUrl=url, MessageBody="ü" * 1000)
    received = client.receive_message(QueueUrl=url)["Messages"][0]
    return {
        "same": received["MessageId"] == sent["MessageId"],
        "body": received["Body"] == "ü" * 1000,
        "account": boto3.client("sts").get_caller_identity()["Account"],
    }


def tls():
    """A client that speaks HTTPS with AWS: the host brings it to the endpoint."""
    client = boto3.client("sqs", endpoint_url="https://sqs.us-east-1.amazonaws.com")
    return client.list_queues().get("QueueUrls", [])


def where():
    return loaded
"#;

#[tokio::test]
async fn boto3_reaches_dynamodb_s3_and_sqs() {
    let Some((program, packages)) = boto3() else {
        return;
    };
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    let task = tempfile::tempdir().unwrap();
    fs::write(task.path().join("app.py"), HANDLER).unwrap();
    let mut bench = Bench::new(task.path(), "app.handler", &packages, &emulator.url()).await;
    assert_eq!(
        bench.invoke(json!({"run": "where"})).await,
        "/var/runtime/boto3/__init__.py"
    );
    assert_eq!(
        bench.invoke(json!({"run": "dynamodb"})).await,
        json!({
            "query": [1, 2],
            "scan": 4,
            "tags": ["a", "b"],
            "refused": "ConditionalCheckFailedException",
        })
    );
    assert_eq!(
        bench.invoke(json!({"run": "s3"})).await,
        json!({
            "text": "tü",
            "type": "text/plain",
            "same": true,
            "missing": "NoSuchKey",
            "keys": ["a/b c.txt", "large"],
            "presigned": true,
        })
    );
    assert_eq!(
        bench.invoke(json!({"run": "sqs"})).await,
        json!({"same": true, "body": true, "account": "000000000000"})
    );
    let queues = bench.invoke(json!({"run": "tls"})).await;
    assert_eq!(queues.as_array().unwrap().len(), 1, "{queues}");
    emulator.reset().await;
}

#[tokio::test]
async fn a_functions_own_boto3_comes_before_the_runtimes() {
    let Some((_, packages)) = boto3() else {
        return;
    };
    let task = tempfile::tempdir().unwrap();
    let code = "import boto3\n\ndef handler(event, context):\n    return boto3.whose\n";
    fs::write(task.path().join("app.py"), code).unwrap();
    fs::create_dir(task.path().join("boto3")).unwrap();
    fs::write(task.path().join("boto3/__init__.py"), "whose = 'own'\n").unwrap();
    let url = "http://127.0.0.1:9";
    let mut bench = Bench::new(task.path(), "app.handler", &packages, url).await;
    assert_eq!(bench.invoke(json!({})).await, "own");
}

#[tokio::test]
async fn a_functions_own_six_leaves_the_runtimes_boto3_alone() {
    let Some((_, packages)) = boto3() else {
        return;
    };
    let task = tempfile::tempdir().unwrap();
    let code = "
import boto3
import six

client = boto3.client('sqs')

def handler(event, context):
    return [six.whose, client.meta.service_model.service_name]
";
    fs::write(task.path().join("app.py"), code).unwrap();
    fs::write(task.path().join("six.py"), "whose = 'own'\n").unwrap();
    let url = "http://127.0.0.1:9";
    let mut bench = Bench::new(task.path(), "app.handler", &packages, url).await;
    assert_eq!(bench.invoke(json!({})).await, json!(["own", "sqs"]));
}

#[tokio::test]
async fn the_example_keeps_notes() {
    let Some((program, packages)) = boto3() else {
        return;
    };
    let emulator = Emulator::start(Kind::Ministack, &program).await;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/http-api-python");
    let task = tempfile::tempdir().unwrap();
    let code = "
import boto3

def handler(event, context):
    boto3.client('dynamodb').create_table(
        TableName='notes',
        BillingMode='PAY_PER_REQUEST',
        AttributeDefinitions=[{'AttributeName': 'id', 'AttributeType': 'S'}],
        KeySchema=[{'AttributeName': 'id', 'KeyType': 'HASH'}],
    )
";
    fs::write(task.path().join("app.py"), code).unwrap();
    let url = emulator.url();
    let mut table = Bench::new(task.path(), "app.handler", &packages, &url).await;
    table.invoke(json!({})).await;

    let event = |name: &str| -> Value {
        let text = fs::read_to_string(example.join("events").join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let source = example.join("src");
    let mut create = Bench::new(&source, "notes.create", &packages, &url).await;
    let created = create.invoke(event("post.json")).await;
    assert_eq!(created["statusCode"], 201, "{created}");
    let note: Value = serde_json::from_str(created["body"].as_str().unwrap()).unwrap();
    assert_eq!(note["stars"], 4.5);
    assert!(create.log().contains("[INFO]\t"), "{}", create.log());

    let mut list = Bench::new(&source, "notes.list_all", &packages, &url).await;
    let listed = list.invoke(event("list.json")).await;
    let listed: Value = serde_json::from_str(listed["body"].as_str().unwrap()).unwrap();
    assert_eq!(listed, json!({ "notes": [note] }));

    let mut read = Bench::new(&source, "notes.read", &packages, &url).await;
    let missing = read.invoke(event("get.json")).await;
    assert_eq!(missing["statusCode"], 404, "{missing}");
    let found = read
        .invoke(json!({"pathParameters": {"id": note["id"]}}))
        .await;
    assert_eq!(found["statusCode"], 200, "{found}");
}
