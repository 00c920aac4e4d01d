//! The least IAM policy for a stack: what its resources' providers call, on the names that the stack's resources have.
//!
//! Pure: it reads the template and asks nobody. Resource types that go through Cloud Control also need what their handlers call,
//! which only the type's schema in AWS says; they are named in [`Policy::notes`].

mod place;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::template::{Node, Template, Value};

use super::provider::Providers;
use super::state::s3::bucket_name;

pub use place::Scope;
pub use table::TABLE;

/// How many characters a managed policy may have, white space not counted.
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const LONGEST: usize = 6144;

/// What somebody is to be allowed to do with a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// `hoist deploy`, `hoist plan`, `hoist status`, and rolling back by a plan.
    Deploy,
    /// `hoist destroy`.
    Destroy,
    /// `hoist logs`.
    Logs,
    /// `hoist invoke` of deployed functions.
    Invoke,
    /// Moving aliases: `hoist rollback` to a version that AWS still has, and `hoist deploy --canary`.
    Rollback,
    /// `hoist metrics`.
    Metrics,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Purpose; 6] = [
        Purpose::Deploy,
        Purpose::Destroy,
        Purpose::Logs,
        Purpose::Invoke,
        Purpose::Rollback,
        Purpose::Metrics,
    ];
}

/// One statement; all of them allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Letters and digits. Where the resource is `*` it says why.
    pub sid: String,
    /// `lambda:CreateFunction`.
    pub actions: BTreeSet<String>,
    /// ARNs with `*`.
    pub resources: BTreeSet<String>,
    /// The services that a role may be passed to: `lambda.amazonaws.com`.
    pub passed_to: BTreeSet<String>,
}

/// A policy, and what it does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// In the order of their names.
    pub statements: Vec<Statement>,
    /// What has to be added by hand, and why.
    pub notes: Vec<String>,
}

impl Policy {
    /// The document that IAM takes.
    pub fn document(&self) -> Json {
        let statements: Vec<Json> = self.statements.iter().map(Statement::document).collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    /// Its length as IAM counts it.
    pub fn length(&self) -> usize {
        let text = self.document().to_string();
        text.chars().filter(|c| !c.is_whitespace()).count()
    }
}

impl Statement {
    fn document(&self) -> Json {
        let mut document = json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions,
            "Resource": one_or_all(&self.resources),
        });
        if !self.passed_to.is_empty() {
            document["Condition"] =
                json!({ "StringEquals": { "iam:PassedToService": self.passed_to } });
        }
        document
    }
}

fn one_or_all(texts: &BTreeSet<String>) -> Json {
    match texts.first() {
        Some(only) if texts.len() == 1 => json!(only),
        _ => json!(texts),
    }
}

/// Makes the policy. `template` is without SAM's types, with its conditions applied.
pub fn policy(
    template: &Template,
    providers: &Providers,
    scope: &Scope,
    purposes: &BTreeSet<Purpose>,
) -> Policy {
    let scope = scope.of_template(template, providers);
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut notes = Vec::new();
    let mut foreign = BTreeSet::new();
    for resource in template.resources.values() {
        let resource_type = resource.resource_type.as_str();
        match table::of_type(resource_type) {
            Some(row) => {
                if purposes.contains(&Purpose::Deploy) {
                    needed.extend(row.all().map(str::to_owned));
                }
                if purposes.contains(&Purpose::Destroy) {
                    needed.extend(row.destroy().map(str::to_owned));
                }
            }
            None if providers.of_type(resource_type).is_some() => {
                foreign.insert(resource_type);
            }
            None => {}
        }
    }
    let changes = purposes.contains(&Purpose::Deploy) || purposes.contains(&Purpose::Destroy);
    if changes {
        for resource_type in &foreign {
            notes.push(format!(
                "{resource_type} goes through Cloud Control and also needs what its handlers call, which only AWS knows: `aws cloudformation describe-type --type RESOURCE --type-name {resource_type}` lists it (handlers, permissions)"
            ));
        }
        if !foreign.is_empty() {
            let verbs: &[&str] = match purposes.contains(&Purpose::Deploy) {
                true => &["Create", "Delete", "Get", "List", "Update"],
                false => &["Delete", "Get"],
            };
            needed.extend(verbs.iter().map(|verb| match *verb {
                "List" => "cloudformation:ListResources".to_owned(),
                verb => format!("cloudformation:{verb}Resource"),
            }));
            needed.insert("cloudformation:GetResourceRequestStatus".into());
        }
        needed.insert("tag:GetResources".into());
    }
    needed.insert("sts:GetCallerIdentity".into());
    for purpose in purposes {
        needed.extend(
            operating(*purpose)
                .iter()
                .map(|action| (*action).to_owned()),
        );
    }
    if purposes.contains(&Purpose::Deploy) {
        let text = template.root.to_json().to_string();
        if text.contains("{{resolve:ssm") || text.contains("AWS::SSM::Parameter::Value") {
            needed.insert("ssm:GetParameter".into());
        }
        if text.contains("{{resolve:secretsmanager") {
            needed.insert("secretsmanager:GetSecretValue".into());
        }
    }
    let mut statements = grouped(&needed, &scope);
    statements.extend(state(&scope, purposes, uses_imports(&template.root)));
    statements.sort_by(|one, other| one.sid.cmp(&other.sid));
    Policy { statements, notes }
}

/// What the commands call that work with a stack that is there.
fn operating(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Deploy | Purpose::Destroy => &[],
        Purpose::Logs => &["logs:FilterLogEvents", "logs:StartLiveTail"],
        Purpose::Invoke => &["lambda:InvokeFunction"],
        Purpose::Rollback => &[
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "lambda:UpdateAlias",
        ],
        Purpose::Metrics => &["cloudwatch:GetMetricData"],
    }
}

/// Permissions with the same resources are one statement.
fn grouped(needed: &BTreeSet<String>, scope: &Scope) -> Vec<Statement> {
    let mut groups: BTreeMap<(String, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for action in needed {
        let place = scope.place(action);
        groups
            .entry((place.sid, place.resources))
            .or_default()
            .insert(action.clone());
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    groups
        .into_iter()
        .map(|((sid, resources), actions)| {
            let count = seen.entry(sid.clone()).or_default();
            *count += 1;
            let passes = actions.contains("iam:PassRole");
            Statement {
                sid: match *count {
                    1 => sid,
                    more => format!("{sid}{more}"),
                },
                actions,
                resources,
                passed_to: match passes {
                    true => scope.passed_to.clone(),
                    false => BTreeSet::new(),
                },
            }
        })
        .collect()
}

/// What the bucket that keeps the state needs.
fn state(scope: &Scope, purposes: &BTreeSet<Purpose>, imports: bool) -> Vec<Statement> {
    let bucket = format!(
        "arn:{}:s3:::{}",
        scope.partition,
        bucket_name(&scope.account, &scope.region)
    );
    let changes = purposes.contains(&Purpose::Deploy)
        || purposes.contains(&Purpose::Destroy)
        || purposes.contains(&Purpose::Rollback);
    let statement = |sid: &str, actions: &[&str], resources: Vec<String>| Statement {
        sid: sid.into(),
        actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        resources: resources.into_iter().collect(),
        passed_to: BTreeSet::new(),
    };
    let objects = format!("{bucket}/stack/{}/*", scope.stack);
    let mut all = vec![
        statement("StateBucket", &["s3:ListBucket"], vec![bucket.clone()]),
        match changes {
            true => statement(
                "StateObjects",
                &["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                vec![objects],
            ),
            false => statement("StateObjects", &["s3:GetObject"], vec![objects]),
        },
    ];
    if purposes.contains(&Purpose::Deploy) {
        all.push(statement(
            "StateBucketIsMadeOnce",
            &[
                "s3:CreateBucket",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
            ],
            vec![bucket.clone()],
        ));
        all.push(statement(
            "CodeInStateBucket",
            &["s3:GetObject", "s3:PutObject"],
            vec![format!("{bucket}/artifact/*")],
        ));
        if imports {
            all.push(statement(
                "ImportsReadOtherStacks",
                &["s3:GetObject"],
                vec![format!("{bucket}/stack/*")],
            ));
        }
    }
    all
}

fn uses_imports(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        _ => node.to_json().to_string().contains("\"Fn::ImportValue\""),
    }
}

#[cfg(test)]
mod tests;
