//! What `hoist policy` prints allows every call that the program really makes, and nothing of it is a guess: the calls go
//! through a proxy that writes them down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hoist::aws::action::action;
use serde_json::Value;

use crate::emulator::{Emulator, Kind};
use crate::life::{Phase, STACK};
use crate::operation::{Request, operation};
use crate::program::{Home, REGION};
use crate::wire::{Proxy, Seen};

/// The account of the server.
const ACCOUNT: &str = "000000000000";

/// A policy as IAM reads it: which actions, on which resources.
#[derive(Default)]
struct Allowed(Vec<(BTreeSet<String>, Vec<String>)>);

impl Allowed {
    fn read(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).unwrap();
        let texts = |value: &Value| match value {
            Value::Array(items) => items.iter().map(text_of).collect(),
            one => vec![text_of(one)],
        };
        let statements = document["Statement"].as_array().unwrap().iter();
        Allowed(
            statements
                .map(|one| {
                    assert_eq!(one["Effect"], "Allow");
                    let actions = texts(&one["Action"]).into_iter().collect();
                    (actions, texts(&one["Resource"]))
                })
                .collect(),
        )
    }

    /// Whether a call is allowed; `resource` is none where the request does not say it.
    fn allows(&self, action: &str, resource: Option<&str>) -> bool {
        self.0.iter().any(|(actions, resources)| {
            let is_there = |pattern: &String| resource.is_none_or(|arn| fits(pattern, arn));
            actions.contains(action) && resources.iter().any(is_there)
        })
    }

    fn and(mut self, other: Allowed) -> Self {
        self.0.extend(other.0);
        self
    }

    fn actions(&self) -> BTreeSet<String> {
        self.0
            .iter()
            .flat_map(|(actions, _)| actions.iter().cloned())
            .collect()
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// IAM's patterns: `*` is any characters.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let starts = (0..=rest.len()).filter(|at| rest.is_char_boundary(*at));
            starts.into_iter().any(|at| fits(after, &rest[at..]))
        }),
    }
}

/// A call as IAM sees it.
fn seen(call: &Seen) -> (String, Option<String>) {
    let (path, query) = call.address.split_once('?').unwrap_or((&call.address, ""));
    let names = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or(pair));
    let said = match call.what.contains(' ') {
        true => None,
        false => call.what.rsplit('.').next(),
    };
    let request = Request {
        signed_for: &call.signed_for,
        method: &call.method,
        path,
        query: names.collect(),
        said,
    };
    let (service, name) = operation(&request).unwrap_or_else(|| panic!("unknown: {call:?}"));
    (
        action(service, &name),
        resource(service, &name, path, &call.body),
    )
}

/// The ARN of what a call is about, where the request says it plainly.
fn resource(service: &str, operation: &str, path: &str, body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let arn = |service: &str, rest: String| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    let last = |name: String| {
        name.rsplit(['/', ':'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    match service {
        "s3" => Some(format!("arn:aws:s3:::{}", path.trim_matches('/'))),
        "dynamodb" => Some(arn(service, format!("table/{}", last(text("TableName")?)))),
        "sqs" => {
            let name = text("QueueName").or_else(|| text("QueueUrl").map(last))?;
            Some(arn(service, name))
        }
        "iam" if operation.contains("Role") => Some(format!(
            "arn:aws:iam::{ACCOUNT}:role/{}",
            form.get("RoleName")?
        )),
        "lambda" if path.contains("/functions/") => {
            let name = path.split("/functions/").nth(1)?.split('/').next()?;
            Some(arn(service, format!("function:{name}"))).filter(|_| !name.contains('%'))
        }
        "lambda" if operation == "CreateFunction" => {
            Some(arn(service, format!("function:{}", text("FunctionName")?)))
        }
        "logs" => Some(arn(service, format!("log-group:{}", text("logGroupName")?))),
        "sns" => match form.get("Name") {
            Some(name) => Some(arn(service, name.clone())),
            None => form.get("TopicArn").cloned(),
        },
        "sfn" => text("stateMachineArn")
            .or_else(|| Some(arn("states", format!("stateMachine:{}", text("name")?)))),
        _ => None,
    }
}

/// What was called, and what a policy had that was not.
#[derive(Default)]
struct Found {
    calls: usize,
    used: BTreeSet<String>,
    granted: BTreeSet<String>,
    refused: BTreeSet<String>,
}

impl Found {
    /// Runs the program, and holds its calls against the policy.
    async fn run(&mut self, home: &Home, server: &str, words: &[&str], allowed: &Allowed) {
        let proxy = Proxy::calm(server).await;
        home.run(&proxy.url(), words).await.expect(0);
        self.granted.extend(allowed.actions());
        for call in proxy.seen() {
            let (action, arn) = seen(&call);
            self.calls += 1;
            if !allowed.allows(&action, arn.as_deref()) {
                self.refused
                    .insert(format!("{action} {arn:?} in {words:?}"));
            }
            self.used.insert(action);
        }
    }

    fn conclude(self, what: &str) {
        let unused: Vec<&String> = self.granted.difference(&self.used).collect();
        println!(
            "{what}: {} calls, {} permissions used; granted and not called in this run: {unused:?}",
            self.calls,
            self.used.len()
        );
        assert!(self.calls > 20, "{what}: no calls were seen");
        assert_eq!(self.refused, BTreeSet::new(), "{what}");
    }
}

async fn policy(home: &Home, stack: &str, purposes: &str) -> Allowed {
    let words = ["policy", stack, "--account", ACCOUNT, "--for", purposes];
    // Nothing listens there: the policy is made without asking.
    let printed = home.run("http://127.0.0.1:1", &words).await.expect(0);
    Allowed::read(&printed.out)
}

#[tokio::test]
async fn the_policy_allows_every_call_of_a_stacks_life() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let server = Emulator::start(Kind::Ministack, &program).await;
    let home = Home::new();
    let mut found = Found::default();
    let mut before = Allowed::default();
    for phase in Phase::ALL {
        phase.write(&home);
        let purpose = match phase {
            Phase::Destroy => "destroy",
            _ => "deploy",
        };
        let now = policy(&home, STACK, purpose).await;
        // What is taken out of the template is deleted with the permissions that it was made with.
        let allowed = match phase {
            Phase::Destroy => now,
            _ => now.and(before),
        };
        found
            .run(&home, &server.url(), phase.words(), &allowed)
            .await;
        if phase != Phase::Destroy {
            let refresh = ["plan", STACK, "--refresh"];
            found.run(&home, &server.url(), &refresh, &allowed).await;
        }
        before = policy(&home, STACK, "deploy").await;
    }
    found.conclude("life");
}

#[tokio::test]
async fn the_policy_allows_every_call_that_the_examples_need() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let server = Emulator::start(Kind::Ministack, &program).await;
    let mut found = Found::default();
    for example in [
        "orders-python",
        "http-api-python",
        "notes-table-js",
        "queue-worker-js",
    ] {
        let home = Home::new();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        copy(&examples.join(example), &home.project());
        let deploy = policy(&home, "shop", "deploy").await;
        let url = server.url();
        found
            .run(&home, &url, &["deploy", "shop", "--yes"], &deploy)
            .await;
        found
            .run(&home, &url, &["plan", "shop", "--refresh"], &deploy)
            .await;
        let destroy = policy(&home, "shop", "destroy").await;
        found
            .run(&home, &url, &["destroy", "shop", "--yes"], &destroy)
            .await;
    }
    found.conclude("examples");
}

fn copy(from: &Path, to: &PathBuf) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn patterns_fit_as_iam_reads_them() {
    for (pattern, text, expected) in [
        ("*", "anything", true),
        ("arn:a:orders-*", "arn:a:orders-x-1", true),
        ("arn:a:orders-*", "arn:a:order", false),
        ("arn:*:b/*/c", "arn:x:b/y/c", true),
        ("arn:*:b/*/c", "arn:x:b/y/d", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}
