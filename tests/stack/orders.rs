//! The life of a stack: `examples/orders-python` is deployed, used through its API, changed in every part, and destroyed.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::account::{Account, more};
use crate::emulator::{Emulator, Kind};
use crate::program::Home;

/// How long an order may be on its way from the API to the table.
const DELIVERY: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(100);

/// What may be there after the stack is gone, and why.
const STAYS: [(&str, &str); 2] = [
    (
        "s3 bucket: hoist-state-",
        "the state's bucket is the account's, for all its stacks",
    ),
    (
        "log group: /aws/lambda/orders-",
        "Lambda made it with the first invocation; the template does not have it, so it stays, as with CloudFormation",
    ),
];

#[tokio::test]
async fn a_stack_is_deployed_used_changed_in_every_part_and_destroyed_without_a_trace() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let server = Emulator::start(Kind::Ministack, &program).await;
    let account = Account::new(server.url(), &program);
    let before = account.list().await;
    let stack = Stack::new(server.url());

    stack.hoist(&["deploy", "--yes"]).await;
    stack.takes("first", "thank you").await;
    let bucket = stack.output("BucketName").await;
    let objects = account
        .call("s3", "list_objects_v2", json!({"Bucket": bucket}))
        .await;
    assert_eq!(
        objects["Contents"][0]["Key"], "first.json",
        "the second function kept the order in the bucket"
    );
    let again = stack.hoist(&["deploy", "--yes"]).await;
    assert!(again.contains("orders is up to date"), "{again}");

    code_and_environment(&stack).await;
    index(&stack, &account).await;
    queues(&stack, &account).await;

    destroy(&stack, &account, &bucket).await;
    let left: Vec<String> = more(&before, &account.list().await)
        .into_iter()
        .filter(|name| !STAYS.iter().any(|(start, _)| name.starts_with(start)))
        .collect();
    assert_eq!(left, [""; 0], "something is left");
}

async fn code_and_environment(stack: &Stack) {
    let unknown = stack.ask(reqwest::Method::GET, "/nothing", None).await;
    assert_eq!(
        unknown,
        Some((404, json!({"message": "no such order"}))),
        "before the change"
    );
    stack.edit("receive/app.py", "no such order", "never heard of it");
    let said = stack.hoist(&["deploy", "--yes"]).await;
    assert!(said.contains("1 updated in"), "only the function: {said}");
    let unknown = stack.ask(reqwest::Method::GET, "/nothing", None).await;
    assert_eq!(
        unknown,
        Some((404, json!({"message": "never heard of it"}))),
        "the new code answers"
    );
    stack
        .hoist(&["deploy", "--yes", "--parameter-overrides", "Greeting=merci"])
        .await;
    stack.takes("second", "merci").await;
}

async fn index(stack: &Stack, account: &Account) {
    let table = stack.output("TableName").await;
    let names = async || {
        let answer = account
            .call("dynamodb", "describe_table", json!({"TableName": table}))
            .await;
        let indexes = answer["Table"]["GlobalSecondaryIndexes"].clone();
        let indexes = indexes.as_array().cloned().unwrap_or_default();
        let names = indexes.iter().map(|index| index["IndexName"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["by-customer"]);
    stack.edit("template.yaml", "by-customer", "by-buyer");
    stack.deploy().await;
    assert_eq!(names().await, ["by-buyer"]);
    assert_eq!(
        stack.output("TableName").await,
        table,
        "the table stays, and what is in it"
    );
    let kept = stack.ask(reqwest::Method::GET, "/first", None).await;
    assert_eq!(kept.map(|(status, _)| status), Some(200));
}

/// One gets another name, which replaces it, and the other another logical id.
async fn queues(stack: &Stack, account: &Account) {
    stack.edit("template.yaml", "FailedOrders", "LostOrders");
    stack.edit(
        "template.yaml",
        "      VisibilityTimeout: 120\n",
        "      VisibilityTimeout: 120\n      QueueName: incoming-orders\n",
    );
    stack.deploy().await;
    let listed = account.call("sqs", "list_queues", json!({})).await;
    let mut names: Vec<&str> = listed["QueueUrls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|url| url.as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names.len(), 2, "the old ones are gone: {names:?}");
    assert_eq!(names[0], "incoming-orders");
    assert!(names[1].starts_with("orders-LostOrders-"), "{names:?}");
    stack.takes("third", "merci").await;
}

async fn destroy(stack: &Stack, account: &Account, bucket: &str) {
    let ended = stack.run(&["destroy", "orders", "--yes"]).await.expect(3);
    ended
        .says("is not empty, and Hoist deletes no objects. Empty it (`aws s3 rm s3://")
        .says("`hoist destroy` again goes on from here");
    let words = ["status", "orders", "--output", "json"];
    let status = stack.run(&words).await.expect(3);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    let left: Vec<&Value> = status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| &resource["id"])
        .collect();
    assert_eq!(left, ["Archive"], "what could be deleted was");
    for order in ["first", "second", "third"] {
        let object = json!({"Bucket": bucket, "Key": format!("{order}.json")});
        account.call("s3", "delete_object", object).await;
    }
    stack.hoist(&["destroy", "orders", "--yes"]).await;
    let gone = stack.run(&["destroy", "orders", "--yes"]).await.expect(1);
    gone.says("there is no stack `orders`");
}

/// The example in a folder of its own, deployed as `orders`.
struct Stack {
    home: Home,
    url: String,
}

impl Stack {
    fn new(url: String) -> Self {
        let home = Home::new();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/orders-python");
        for path in ["template.yaml", "receive/app.py", "store/app.py"] {
            let text = std::fs::read_to_string(example.join(path)).unwrap();
            home.write(path, &text);
        }
        home.write(
            "samconfig.toml",
            "version = 0.1\n[default.deploy.parameters]\nstack_name = \"orders\"\n",
        );
        Stack { home, url }
    }

    /// Runs the program, to whatever end.
    async fn run(&self, words: &[&str]) -> crate::program::Ended {
        self.home.run(&self.url, words).await
    }

    /// Runs the program, which succeeds, and gives what it said: results and talk.
    async fn hoist(&self, words: &[&str]) -> String {
        let ended = self.run(words).await.expect(0);
        match words.contains(&"json") {
            true => ended.out,
            false => ended.err + &ended.out,
        }
    }

    /// Deploys with the parameters of the last time.
    async fn deploy(&self) {
        self.hoist(&["deploy", "--yes", "--parameter-overrides", "Greeting=merci"])
            .await;
    }

    async fn output(&self, name: &str) -> String {
        let outputs = self.hoist(&["outputs", "--output", "json"]).await;
        let outputs: Value = serde_json::from_str(&outputs).unwrap();
        outputs[name].as_str().unwrap().to_owned()
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let file = self.home.project().join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    }

    /// Sends an order, is greeted, and waits until the order is kept.
    async fn takes(&self, id: &str, greeting: &str) {
        let order = json!({"id": id, "customer": "ada"});
        let taken = self
            .ask(reqwest::Method::POST, "", Some(order.clone()))
            .await;
        let expected = json!({"id": id, "message": greeting});
        assert_eq!(taken, Some((202, expected)));
        let sent = Instant::now();
        loop {
            let path = format!("/{id}");
            match self.ask(reqwest::Method::GET, &path, None).await {
                Some((200, kept)) => return assert_eq!(kept, order),
                other => assert!(sent.elapsed() < DELIVERY, "{id} was not kept: {other:?}"),
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// The answer of the API: status and body. None when it broke off.
    async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Option<(u16, Value)> {
        let api = self.output("ApiId").await;
        let url = format!("{}/_aws/execute-api/{api}/$default/orders{path}", self.url);
        let mut request = reqwest::Client::new().request(method, url);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ))
    }
}
