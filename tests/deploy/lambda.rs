//! Functions and what belongs to them: each type's life against the emulators, and by a recorded wire what no emulator does.

#[path = "lambda/beside.rs"]
mod beside;
#[path = "lambda/function.rs"]
mod function;
#[path = "lambda/layer.rs"]
mod layer;
#[path = "lambda/mapping.rs"]
mod mapping;
#[path = "lambda/progress.rs"]
mod progress;
#[path = "lambda/wire.rs"]
mod wire;

use std::collections::HashMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use hoist::aws::Cloud;
use hoist::deploy::diff;
use hoist::deploy::provider::{Existing, Held, Iam, Lambda, Provider, Wanted};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cloud::{held, wanted};
use crate::emulator::Kind;

const PYTHON: &str = "def handler(event, context):\n    return 'one'\n";

/// Zip files as a build leaves them, by their SHA-256.
struct Built {
    _folder: tempfile::TempDir,
    files: HashMap<String, PathBuf>,
}

impl Built {
    fn nothing() -> Self {
        Built {
            _folder: tempfile::tempdir().unwrap(),
            files: HashMap::new(),
        }
    }

    /// A zip file with one file in it; the location that stands for it.
    fn zip(&mut self, name: &str, text: &[u8]) -> Value {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, options).unwrap();
        zip.write_all(text).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let hex: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let path = self._folder.path().join(format!("{hex}.zip"));
        std::fs::write(&path, bytes).unwrap();
        self.files.insert(hex.clone(), path);
        json!({"S3Bucket": "Hoist::Artifact", "S3Key": hex})
    }

    /// What is wanted, with the files at hand.
    fn give(&self, mut wanted: Wanted) -> Wanted {
        wanted.artifacts = Arc::new(self.files.clone());
        wanted
    }
}

/// A role that functions may have.
async fn role(cloud: &Cloud) -> String {
    let iam = Iam::new(cloud);
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]});
    let role = wanted(
        &iam,
        "AWS::IAM::Role",
        "Role",
        json!({"AssumeRolePolicyDocument": trust}),
    );
    let made = iam.create(&role).await.unwrap();
    made.attributes["Arn"].as_str().unwrap().to_owned()
}

/// A function with code in the template.
fn inline(lambda: &Lambda, id: &str, role: &str) -> Wanted {
    wanted(
        lambda,
        "AWS::Lambda::Function",
        id,
        json!({
            "Role": role, "Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": PYTHON}
        }),
    )
}

/// The same resource with other properties on top; null takes one away.
fn with(wanted: &Wanted, more: Value) -> Wanted {
    let mut changed = wanted.clone();
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => changed.properties.remove(name),
            value => changed.properties.insert(name.clone(), value.clone()),
        };
    }
    changed
}

/// Changes a resource as a deployment would, twice as after a kill, and gives what is known of it then.
///
/// The second time it is not certain what is there, except with Moto, which does not have every call that this takes.
async fn change(kind: Kind, lambda: &Lambda, before: &Held, after: &Wanted) -> Held {
    let changes = diff::changes(&before.properties, &after.properties);
    assert!(!changes.is_empty(), "{}: nothing changes", after.id);
    lambda.update(before, after, &changes).await.unwrap();
    let again = match kind {
        Kind::Ministack => Vec::new(),
        Kind::Moto => changes,
    };
    let made = lambda.update(before, after, &again).await.unwrap();
    held(after, &made)
}

/// Deletes a resource twice.
async fn end(lambda: &Lambda, held: &Held) {
    lambda.delete(held).await.unwrap();
    lambda.delete(held).await.unwrap();
}

/// What is known of a function that was made for another resource's sake.
async fn given(lambda: &Lambda, wanted: &Wanted) -> (Held, Existing) {
    let made = lambda.create(wanted).await.unwrap();
    (held(wanted, &made), made)
}
