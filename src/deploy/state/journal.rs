//! What a deployment set out to do, written down before it began.
//!
//! A run that is killed leaves it in the state. Whatever it names and the state does not yet have (or still has) is
//! looked for in AWS by the next run, so that nothing is made twice and nothing is forgotten.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A deployment under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// Its number.
    pub deployment: u64,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// What is not finished yet, by logical id.
    pub intents: IndexMap<String, Intent>,
}

/// What is to become of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// In what way it changes.
    pub purpose: Purpose,
    /// Its type afterwards.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// [`super::Recorded::generation`] afterwards.
    pub generation: u32,
    /// The lowest generation that it may have instead, when the state that knew it was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<u32>,
    /// The one it takes the place of goes first: both would have the same name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deletes_first: bool,
    /// The name it gets, when Hoist makes one or the template says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// [`super::Recorded::needs`] afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// [`super::Recorded::retain`] afterwards: whoever deletes what a killed run made keeps to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain: bool,
    /// [`super::Recorded::retain_replaced`] afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain_replaced: bool,
    /// What was known of its properties when the deployment began: enough to find it. Secrets are masked.
    #[serde(default)]
    pub properties: Map<String, Json>,
}

/// In what way a resource changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It is made; for a replacement too.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted.
    Delete,
}
