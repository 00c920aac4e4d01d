//! What the APIs of a template share: resources that several of them add to.

use indexmap::IndexMap;

use crate::sam::resource::Resource;

use super::usage_plan::SharedPlan;

/// Collected while the APIs are expanded one after the other.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The usage plan of the APIs that say `CreateUsagePlan: SHARED`.
    pub plan: SharedPlan,
    /// The groups of DNS records, by logical id: one for each hosted zone.
    pub record_sets: IndexMap<String, Resource>,
}
