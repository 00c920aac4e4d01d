//! What a deployment deployed, kept beside the state so that it can be gone back to.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Recorded;

/// The newest format of a record.
pub const RECORD_FORMAT: u32 = 1;

/// What one complete deployment deployed. It holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`RECORD_FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The deployment's number.
    pub number: u64,
    /// The template after SAM's transform, nothing evaluated; code from the user's files is named by its SHA-256.
    pub template: Json,
    /// The values given for its parameters, but for those of `NoEcho` ones.
    pub parameters: BTreeMap<String, String>,
    /// The parameters whose values are not kept: they have to be given again.
    pub hidden: Vec<String>,
    /// The stack's tags.
    pub tags: BTreeMap<String, String>,
    /// The resources as they were left.
    pub resources: IndexMap<String, Recorded>,
}

impl Record {
    /// Under what name the record of a deployment is kept: `deployment/7.json`.
    pub fn name(number: u64) -> String {
        format!("deployment/{number}.json")
    }
}
