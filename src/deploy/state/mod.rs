//! What Hoist knows of a stack that it deployed: the only memory there is between two runs.

mod canary;
pub mod file;
mod journal;
mod record;
pub mod s3;
pub mod store;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use canary::{Canary, Move};
pub use journal::{Intent, Journal, Purpose};
pub use record::{RECORD_FORMAT, Record};

use std::path::{Path, PathBuf};

use crate::aws::Cloud;

use store::{Holder, StateStore};

/// Where states are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// In a bucket of the account, made with the first deployment.
    Bucket,
    /// In a file; a folder holds one file a stack.
    File(PathBuf),
}

impl Keeping {
    /// `bucket`, or `file:PATH`.
    ///
    /// # Errors
    /// When it is neither; says what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            _ if text == "bucket" => Ok(Keeping::Bucket),
            Some(("file", path)) if !path.is_empty() => Ok(Keeping::File(PathBuf::from(path))),
            _ => Err(format!(
                "the state is kept in `bucket` or in `file:PATH`, not in `{text}`"
            )),
        }
    }

    /// The store of one stack's state.
    pub fn store(
        &self,
        cloud: &Cloud,
        account: &str,
        stack: &str,
        holder: Holder,
    ) -> Box<dyn StateStore> {
        match self {
            Keeping::Bucket => Box::new(s3::S3Store::new(cloud, account, stack, holder)),
            Keeping::File(path) => Box::new(file::FileStore::new(file_of(path, stack), holder)),
        }
    }

    /// The files and folders that the state of one stack is kept in on this machine; they may not be there yet.
    pub fn files(&self, stack: &str) -> Vec<PathBuf> {
        match self {
            Keeping::Bucket => Vec::new(),
            Keeping::File(path) => file::files(&file_of(path, stack)),
        }
    }
}

/// The file of a stack: the one named, or one of its own in the folder that is named.
fn file_of(path: &Path, stack: &str) -> PathBuf {
    let is_folder = path.is_dir() || path.to_string_lossy().ends_with('/');
    match is_folder {
        true => path.join(format!("{stack}.json")),
        false => path.to_owned(),
    }
}

/// The newest format of a state that this program reads and writes.
pub const FORMAT: u32 = 1;

/// A stack as it was left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The stack's name.
    pub stack: String,
    /// Where it is.
    pub region: String,
    /// Whose it is: 12 digits.
    pub account: String,
    /// Grows with every save: tells two states of one stack apart.
    pub serial: u64,
    /// The resources, by logical id, in the order of their template.
    pub resources: IndexMap<String, Recorded>,
    /// What was replaced or dropped from the template and is still there: to be deleted.
    #[serde(default)]
    pub leftovers: Vec<Leftover>,
    /// The template's outputs as last known. Those made from secrets are masked.
    #[serde(default)]
    pub outputs: IndexMap<String, Json>,
    /// The stack's tags, as last put on its resources.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// What other stacks may import, by the exports' names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub exports: IndexMap<String, Json>,
    /// What was deployed, oldest first; the last [`HISTORY`] of it.
    #[serde(default)]
    pub deployments: Vec<Deployment>,
    /// The deployment that is under way, or was when it was killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<Journal>,
    /// New versions that get a part of the calls at the moment, or did when the run that saw to it was killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
}

/// How many deployments a state remembers.
pub const HISTORY: usize = 50;

/// A resource as AWS has it, as far as Hoist made it so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// `AWS::SQS::Queue`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// What `Ref` gives.
    pub reference: String,
    /// What its provider needs to find it again, in the provider's own form.
    #[serde(default)]
    pub handle: Json,
    /// What `Fn::GetAtt` gives, by attribute.
    #[serde(default)]
    pub attributes: Map<String, Json>,
    /// The properties that were last sent, all known; secrets are masked.
    pub properties: Map<String, Json>,
    /// Counts how often it was replaced: the names that Hoist makes contain it.
    #[serde(default)]
    pub generation: u32,
    /// Logical ids of what it needs to be made: it goes before them.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The attribute `DeletionPolicy` says to keep it when it leaves the template or the stack is destroyed.
    #[serde(default)]
    pub retain: bool,
    /// The attribute `UpdateReplacePolicy` says to keep it when another takes its place.
    #[serde(default)]
    pub retain_replaced: bool,
    /// A step that changes it failed or was not seen to its end: what AWS has is not certain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
}

/// A resource that is no longer wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leftover {
    /// The logical id it had.
    pub id: String,
    /// The resource.
    #[serde(flatten)]
    pub recorded: Recorded,
}

/// One deployment of the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// Counts from 1.
    pub number: u64,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Whether every step succeeded.
    pub complete: bool,
    /// How many resources were created, updated, replaced, deleted.
    pub counts: Counts,
    /// By logical id of each function: the SHA-256 of its code, in hex.
    #[serde(default)]
    pub code: IndexMap<String, String>,
    /// The deployment it went back to, when it was a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<u64>,
    /// Its new versions were taken back after a part of the calls had gone to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
}

/// How many resources were changed in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// New ones.
    pub created: usize,
    /// Changed in place.
    pub updated: usize,
    /// Made anew, the old one deleted.
    pub replaced: usize,
    /// Gone.
    pub deleted: usize,
}

impl Counts {
    /// Adds those of another part of the same deployment.
    pub fn add(&mut self, other: Counts) {
        self.created += other.created;
        self.updated += other.updated;
        self.replaced += other.replaced;
        self.deleted += other.deleted;
    }
}

/// Why a state cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is damaged: not JSON, cut short, or not a state.
    #[error("the state is damaged: {0}")]
    Damaged(String),
    /// A newer Hoist wrote it.
    #[error("the state has format {0}, and this version of Hoist knows formats up to {FORMAT}")]
    Newer(u32),
}

impl State {
    /// The state of a stack that does not exist yet.
    pub fn new(stack: &str, region: &str, account: &str) -> Self {
        State {
            format: FORMAT,
            stack: stack.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            serial: 0,
            resources: IndexMap::new(),
            leftovers: Vec::new(),
            outputs: IndexMap::new(),
            tags: IndexMap::new(),
            exports: IndexMap::new(),
            deployments: Vec::new(),
            journal: None,
            canary: None,
        }
    }

    /// Reads a state.
    ///
    /// # Errors
    /// [`Unreadable`], with what is to be said about it.
    pub fn from_json(text: &[u8]) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        // A newer format may not have the members that this one needs.
        let head: Head = serde_json::from_slice(text).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(Unreadable::Newer(head.format));
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// The text that [`State::from_json`] reads.
    pub fn to_json(&self) -> Vec<u8> {
        // Every member is data that JSON can hold: maps have text as keys.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// Whether there is anything in AWS that belongs to the stack.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.leftovers.is_empty() && self.journal.is_none()
    }

    /// The number that the next deployment gets.
    pub fn next_deployment(&self) -> u64 {
        self.deployments.last().map_or(1, |last| last.number + 1)
    }

    /// Adds a deployment to the history, which keeps the last [`HISTORY`].
    pub fn remember(&mut self, deployment: Deployment) {
        self.deployments.push(deployment);
        let surplus = self.deployments.len().saturating_sub(HISTORY);
        self.deployments.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_as_it_was_written() {
        let state = State::new("orders", "eu-central-1", "123456789012");
        assert_eq!(State::from_json(&state.to_json()), Ok(state));
    }

    #[test]
    fn a_state_of_a_newer_version_is_named_whatever_is_in_it() {
        let text = br#"{"format": 7, "everything": "else"}"#;
        assert_eq!(State::from_json(text), Err(Unreadable::Newer(7)));
    }

    #[test]
    fn a_state_that_was_cut_short_is_damaged() {
        let text = State::new("orders", "eu-central-1", "123456789012").to_json();
        for end in 0..text.len() - 1 {
            let read = State::from_json(&text[..end]);
            assert!(
                matches!(read, Err(Unreadable::Damaged(_))),
                "{end}: {read:?}"
            );
        }
    }
}
