//! What an account has, asked by AWS's own SDK for Python: not by what is tested.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::program::REGION;

/// An account on a server that stands in for AWS.
pub struct Account {
    url: String,
    python: PathBuf,
}

/// The names of everything, by kind.
pub type Listing = BTreeMap<String, BTreeSet<String>>;

impl Account {
    /// The account at `url`. `program` is the server's: the SDK is beside it.
    pub fn new(url: String, program: &Path) -> Self {
        let python = program.with_file_name("python");
        Account { url, python }
    }

    /// Everything that is there.
    pub async fn list(&self) -> Listing {
        serde_json::from_value(self.ask(&["list"]).await).unwrap()
    }

    /// The answer to one call, under the names that boto3 has for it.
    pub async fn call(&self, service: &str, operation: &str, arguments: Value) -> Value {
        self.ask(&["call", service, operation, &arguments.to_string()])
            .await
    }

    async fn ask(&self, words: &[&str]) -> Value {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/account.py");
        self.run(&script, words).await
    }

    /// What a script prints as JSON.
    pub async fn run(&self, script: &Path, words: &[impl AsRef<OsStr>]) -> Value {
        let output = Command::new(&self.python)
            .arg(script)
            .args(words)
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", REGION)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// What `after` has and `before` has not, as `kind: name`.
pub fn more(before: &Listing, after: &Listing) -> Vec<String> {
    let none = BTreeSet::new();
    let news = after.iter().flat_map(|(kind, names)| {
        let known = before.get(kind).unwrap_or(&none);
        names
            .difference(known)
            .map(move |name| format!("{kind}: {name}"))
    });
    news.collect()
}
