//! Every permission that a provider's calls need is in the table that `hoist policy` is made from.
//!
//! Each type is made, looked for, read, changed and deleted with samples that set each of its properties, against a server that
//! writes the calls down. `HOIST_BLESS=1` writes the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};

use hoist::aws::action::{action, actions};
use hoist::deploy::diff::changes;
use hoist::deploy::policy;

use super::{Subject, each_type_against};
use crate::cloud::{held, sought, wanted};
use crate::operation::{Request, known, operation};
use crate::record::Call;

/// Calls that the recorder's answers do not lead to.
struct Beyond {
    resource_type: &'static str,
    /// Whether deleting makes them.
    destroys: bool,
    service: &'static str,
    operations: &'static [&'static str],
    /// Why nothing leads to them.
    why: &'static str,
}

const BEYOND: &[Beyond] = &[
    Beyond {
        resource_type: "AWS::DynamoDB::Table",
        destroys: false,
        service: "dynamodb",
        operations: &["DeleteResourcePolicy"],
        why: "the answers have no policy",
    },
    Beyond {
        resource_type: "AWS::Events::Rule",
        destroys: true,
        service: "eventbridge",
        operations: &["RemoveTargets"],
        why: "the answers have no targets",
    },
    Beyond {
        resource_type: "AWS::Events::Rule",
        destroys: false,
        service: "eventbridge",
        operations: &["ListTagsForResource"],
        why: "the answers have no rule that is there already",
    },
    Beyond {
        resource_type: "AWS::IAM::ManagedPolicy",
        destroys: true,
        service: "iam",
        operations: &[
            "DeletePolicyVersion",
            "DetachGroupPolicy",
            "DetachRolePolicy",
            "DetachUserPolicy",
        ],
        why: "the answers have no versions and nobody attached",
    },
    Beyond {
        resource_type: "AWS::IAM::ManagedPolicy",
        destroys: false,
        service: "iam",
        operations: &["ListPolicyTags", "UntagPolicy"],
        why: "the answers have no policies and no tags",
    },
    Beyond {
        resource_type: "AWS::IAM::Role",
        destroys: true,
        service: "iam",
        operations: &["DeleteRolePolicy", "DetachRolePolicy"],
        why: "the answers have no policies of the role",
    },
    Beyond {
        resource_type: "AWS::Lambda::Function",
        destroys: false,
        service: "lambda",
        operations: &["GetFunctionConfiguration"],
        why: "the answers never say that a function is pending, so that nothing waits",
    },
    Beyond {
        resource_type: "AWS::Lambda::LayerVersion",
        destroys: false,
        service: "lambda",
        operations: &["ListLayerVersions"],
        why: "looking for one goes through its versions",
    },
    Beyond {
        resource_type: "AWS::Logs::LogGroup",
        destroys: false,
        service: "logs",
        operations: &[
            "DeleteDataProtectionPolicy",
            "DeleteIndexPolicy",
            "DeleteRetentionPolicy",
            "DisassociateKmsKey",
        ],
        why: "what a sample sets it does not take away",
    },
    Beyond {
        resource_type: "AWS::S3::Bucket",
        destroys: false,
        service: "s3",
        operations: &[
            "DeleteBucketMetadataConfiguration",
            "DeleteBucketWebsite",
            "UpdateBucketMetadataAnnotationTableConfiguration",
            "UpdateBucketMetadataInventoryTableConfiguration",
            "UpdateBucketMetadataJournalTableConfiguration",
        ],
        why: "what a sample sets it does not take away",
    },
    Beyond {
        resource_type: "AWS::SNS::Topic",
        destroys: false,
        service: "sns",
        operations: &["ListTagsForResource"],
        why: "looking for one begins with its ARN",
    },
];

/// The permissions of one type: to delete it, and to make and change it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Needed {
    destroy: BTreeSet<String>,
    deploy: BTreeSet<String>,
}

fn called(call: &Call) -> Vec<String> {
    // Whose the credentials are is asked once for all, so whichever type comes first: every policy allows it.
    if call.service == "sts" {
        return Vec::new();
    }
    let request = Request {
        signed_for: &call.service,
        method: &call.method,
        path: &call.path,
        query: call.query.iter().map(|(name, _)| name.as_str()).collect(),
        said: (!call.operation.contains(' ')).then_some(call.operation.as_str()),
    };
    let (service, name) =
        operation(&request).unwrap_or_else(|| panic!("an unknown call: {request:?}"));
    actions(service, &name)
}

impl Subject<'_> {
    /// Every call of a life with each of the properties: (calls of deleting, all others).
    async fn live(&self) -> Needed {
        let mut needed = Needed::default();
        let mut samples = vec![(self.sampler.least(), self.sampler.least())];
        for path in self.leaves() {
            samples.extend(self.pairs(&path).into_iter().take(2));
        }
        for (one, other) in samples {
            self.live_once(one, other, &mut needed).await;
        }
        needed
    }

    async fn live_once(
        &self,
        one: serde_json::Value,
        other: serde_json::Value,
        needed: &mut Needed,
    ) {
        let (provider, recorder) = (self.probe.provider, self.probe.recorder);
        let named = |value| wanted(provider, self.probe.resource_type, "Sample", value);
        let (one, other) = (named(one), named(other));
        recorder.take();
        // Without time limits: the clock of these tests runs ahead, and they would be over at once.
        let made = provider.create(&one).await;
        let _ = provider.find(&sought(&one)).await;
        needed
            .deploy
            .extend(recorder.take().iter().flat_map(called));
        let Ok(made) = made else { return };
        let held = held(&one, &made);
        let changed = changes(&one.properties, &other.properties);
        let _ = provider.read(&held).await;
        let _ = provider.update(&held, &other, &changed).await;
        let _ = provider.update(&held, &one, &[]).await;
        needed
            .deploy
            .extend(recorder.take().iter().flat_map(called));
        let _ = provider.delete(&held).await;
        needed
            .destroy
            .extend(recorder.take().iter().flat_map(called));
    }
}

fn lived() -> BTreeMap<String, Needed> {
    let all: Arc<Mutex<BTreeMap<String, Needed>>> = Arc::default();
    each_type_against(
        |_| None,
        async |subject| {
            let needed = subject.live().await;
            let name = subject.probe.resource_type.to_owned();
            all.lock().unwrap().insert(name, needed);
            Vec::new()
        },
    );
    let mut all = Arc::try_unwrap(all).unwrap().into_inner().unwrap();
    for one in BEYOND {
        assert!(!one.why.is_empty());
        let needed = all.get_mut(one.resource_type).expect("the type is there");
        let set = match one.destroys {
            true => &mut needed.destroy,
            false => &mut needed.deploy,
        };
        let operations = one.operations.iter();
        set.extend(operations.flat_map(|name| actions(one.service, name)));
    }
    all
}

fn written(all: &BTreeMap<String, Needed>) -> String {
    let mut text = String::new();
    for (resource_type, needed) in all {
        let list = |set: Vec<&String>| {
            let words: Vec<&str> = set.into_iter().map(String::as_str).collect();
            match words.is_empty() {
                true => "-".to_owned(),
                false => words.join(" "),
            }
        };
        let further = needed.deploy.difference(&needed.destroy).collect();
        text.push_str(&format!(
            "{resource_type}\t{}\t{}\n",
            list(needed.destroy.iter().collect()),
            list(further)
        ));
    }
    text
}

#[test]
fn the_table_of_permissions_has_what_every_provider_calls() {
    let file = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("schema/deploy-actions.tsv");
    let text = written(&lived());
    if std::env::var_os("HOIST_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
        return;
    }
    let kept = policy::TABLE;
    let mut wrong = Vec::new();
    for line in text
        .lines()
        .filter(|line| !kept.lines().any(|kept| kept == *line))
    {
        wrong.push(format!("is called:  {line}"));
    }
    for line in kept
        .lines()
        .filter(|line| !text.lines().any(|now| now == *line))
    {
        wrong.push(format!("the table: {line}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An operation that a provider names in its source, and that no sample led to, would be missing in every policy.
#[test]
fn every_operation_that_a_provider_names_is_in_the_table() {
    let sources = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("src/deploy/provider");
    let table: BTreeSet<&str> = policy::TABLE.split_whitespace().collect();
    let mut wrong = BTreeSet::new();
    let mut count = 0;
    for entry in std::fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        let service = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = text_of(&path);
        for one in known().filter(|one| one.service == service) {
            if text.contains(&format!("\"{}\"", one.operation)) {
                count += 1;
                if !table.contains(action(one.service, one.operation).as_str()) {
                    wrong.insert(format!("{service} {}", one.operation));
                }
            }
        }
    }
    assert!(count > 150, "the sources were not found: {count}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn text_of(path: &FilePath) -> String {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap();
        return entries
            .map(|entry| text_of(&entry.unwrap().path()))
            .collect();
    }
    std::fs::read_to_string(path).unwrap()
}
