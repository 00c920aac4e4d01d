//! Side by side with `sam deploy`: the same template, the same server, and then everything there is, resource by resource.
//!
//! Every difference is in `differences.json` with its reason. One that is not there fails, and so does one that is there
//! and does not occur.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::emulator::{Emulator, Kind};
use crate::program::{self, Home};

const STACK: &str = "peer";
const TEMPLATES: [&str; 3] = [
    "examples/orders-python",
    "examples/http-api-js",
    "tests/stack/peer/everything",
];

/// A difference that is to be, between the resources of a type.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Known {
    /// `AWS::SQS::Queue`, or `*` for all.
    #[serde(rename = "type")]
    kind: String,
    /// Where it is in the description; a trailing `*` stands for whatever follows.
    path: String,
    /// Why. Whoever is right, and how that is known.
    reason: String,
}

impl Known {
    fn covers(&self, found: &Found) -> bool {
        let is_path = match self.path.strip_suffix('*') {
            Some(start) => found.path.starts_with(start),
            None => found.path == self.path,
        };
        is_path && (self.kind == "*" || self.kind == found.kind)
    }
}

/// A difference that is.
#[derive(Debug)]
struct Found {
    id: String,
    kind: String,
    path: String,
    sam: Value,
    hoist: Value,
}

impl Found {
    fn said(&self) -> String {
        let Found { id, kind, path, .. } = self;
        format!(
            "{id} ({kind}) {path}: sam {}, hoist {}",
            self.sam, self.hoist
        )
    }
}

#[tokio::test]
async fn what_is_deployed_differs_from_what_sam_deploys_only_as_listed() {
    let Some((server, sam)) = Kind::Ministack.program().zip(sam()) else {
        return;
    };
    let sides = TEMPLATES.map(|template| side_by_side(template, &server, &sam));
    let found: Vec<Found> = futures_util::future::join_all(sides)
        .await
        .into_iter()
        .flatten()
        .collect();
    let list = root().join("tests/stack/differences.json");
    let list: Vec<Known> = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    let unknown: Vec<String> = found
        .iter()
        .filter(|found| !list.iter().any(|known| known.covers(found)))
        .map(Found::said)
        .collect();
    assert!(unknown.is_empty(), "not listed: {unknown:#?}");
    let missing: Vec<&Known> = list
        .iter()
        .filter(|known| !found.iter().any(|found| known.covers(found)))
        .collect();
    assert!(missing.is_empty(), "listed, and not so: {missing:#?}");
    assert!(list.iter().all(|known| known.reason.len() > 20));
}

/// Its program in the folder that `HOIST_TEST_TOOLS` names. None, having said so, when it is not there.
fn sam() -> Option<PathBuf> {
    let tools = std::env::var_os("HOIST_TEST_TOOLS")?;
    let program = Path::new(&tools).join("sam/bin/sam");
    if !program.is_file() {
        println!("skipped: {} is not there", program.display());
        return None;
    }
    Some(program)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Deploys a template with both, one after the other on the same server, and gives the differences.
async fn side_by_side(template: &str, server: &Path, sam: &Path) -> Vec<Found> {
    let emulator = Emulator::start(Kind::Ministack, server).await;
    let account = Account::new(emulator.url(), server);
    let home = Home::new();
    copy(&root().join(template), &home.project());
    let theirs = deployed_by_sam(&home, &emulator.url(), sam, &account).await;
    emulator.reset().await;
    let ours = deployed_by_hoist(&home, &emulator.url(), &account).await;
    let ids = |side: &Value| -> BTreeSet<String> {
        let resources = side["resources"].as_object().unwrap();
        resources.keys().cloned().collect()
    };
    assert_eq!(
        ids(&theirs),
        ids(&ours),
        "{template}: not the same resources"
    );
    assert!(ids(&ours).len() > 4, "{template}: hardly anything");
    let mut found = Vec::new();
    for id in ids(&ours) {
        let (their, our) = (&theirs["resources"][&id], &ours["resources"][&id]);
        assert_eq!(their["type"], our["type"], "{template}: {id}");
        let kind = our["type"].as_str().unwrap();
        let mut compare = |path: &str, sam: &Value, hoist: &Value| {
            found.push(Found {
                id: id.clone(),
                kind: kind.to_owned(),
                path: path.to_owned(),
                sam: sam.clone(),
                hoist: hoist.clone(),
            });
        };
        differences("", their, our, &mut compare);
    }
    differences(
        "",
        &theirs["outputs"],
        &ours["outputs"],
        &mut |path, sam, hoist| {
            found.push(Found {
                id: path.to_owned(),
                kind: "output".into(),
                path: String::new(),
                sam: sam.clone(),
                hoist: hoist.clone(),
            });
        },
    );
    found
}

/// Tells every place where both differ, by the names and numbers on the way to it.
fn differences(
    path: &str,
    sam: &Value,
    hoist: &Value,
    tell: &mut impl FnMut(&str, &Value, &Value),
) {
    let join = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}/{name}"),
    };
    match (members(sam, hoist), members(hoist, sam)) {
        (Some(theirs), Some(ours)) => {
            let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for name in names {
                let of = |side: &Map<String, Value>| side.get(name).cloned().unwrap_or_default();
                differences(&join(name), &of(&theirs), &of(&ours), tell);
            }
        }
        _ if sam == hoist => {}
        _ => match (sam, hoist) {
            (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
                for (place, (their, our)) in theirs.iter().zip(ours).enumerate() {
                    differences(&join(&place.to_string()), their, our, tell);
                }
            }
            _ => tell(path, sam, hoist),
        },
    }
}

/// The members of an object. What is not there is an empty one where the other side has one.
fn members(value: &Value, other: &Value) -> Option<Map<String, Value>> {
    match (value, other) {
        (Value::Object(members), _) => Some(members.clone()),
        (Value::Null, Value::Object(_)) => Some(Map::new()),
        _ => None,
    }
}

async fn deployed_by_sam(home: &Home, url: &str, sam: &Path, account: &Account) -> Value {
    let words = [
        "deploy",
        "--stack-name",
        STACK,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "--no-confirm-changeset",
        "--no-progressbar",
    ];
    let mut command = home.command_of(sam, url, &words);
    command
        .env("AWS_DEFAULT_REGION", program::REGION)
        .env("SAM_CLI_TELEMETRY", "0")
        .env("SAM_CLI_POLL_DELAY", "1");
    program::end(command.spawn().unwrap()).await.expect(0);
    let named = json!({"StackName": STACK});
    let listed = account
        .call("cloudformation", "describe_stack_resources", named.clone())
        .await;
    let resources: Vec<Value> = listed["StackResources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            json!({
                "id": one["LogicalResourceId"],
                "type": one["ResourceType"],
                "reference": one["PhysicalResourceId"],
            })
        })
        .collect();
    let stack = account
        .call("cloudformation", "describe_stacks", named)
        .await;
    let outputs = stack["Stacks"][0]["Outputs"].as_array().cloned();
    let outputs: Map<String, Value> = outputs
        .unwrap_or_default()
        .iter()
        .map(|one| {
            let name = one["OutputKey"].as_str().unwrap();
            (name.to_owned(), one["OutputValue"].clone())
        })
        .collect();
    describe(account, json!({"resources": resources, "outputs": outputs})).await
}

async fn deployed_by_hoist(home: &Home, url: &str, account: &Account) -> Value {
    home.run(url, &["deploy", STACK, "--yes"]).await.expect(0);
    let asked = async |what: &str| -> Value {
        let ended = home.run(url, &[what, STACK, "--output", "json"]).await;
        serde_json::from_str(&ended.expect(0).out).unwrap()
    };
    let (status, outputs) = (asked("status").await, asked("outputs").await);
    describe(
        account,
        json!({"resources": status["resources"], "outputs": outputs}),
    )
    .await
}

async fn describe(account: &Account, given: Value) -> Value {
    let script = root().join("tests/stack/peer/describe.py");
    account.run(&script, &[given.to_string()]).await
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
