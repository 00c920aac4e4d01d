//! Tags: the stack's, ours, and those that the template gives a resource.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::aws::Fault;

use super::{Held, Properties, RESOURCE_TAG, STACK_TAG, Wanted};

/// What changes about a resource's tags.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TagChange {
    /// Tags to be set, whatever they were.
    pub set: BTreeMap<String, String>,
    /// Keys of tags to be taken away.
    pub removed: Vec<String>,
}

/// All tags that a resource is to have. The template's own win over the stack's.
///
/// # Errors
/// When `Tags` is neither a list of `Key` and `Value` nor a mapping.
pub fn merged(wanted: &Wanted) -> Result<BTreeMap<String, String>, Fault> {
    let mut all = wanted.tags.clone();
    for (key, value) in own(&wanted.properties(), &wanted.properties)? {
        // Ours tell whose a resource is: nobody else sets them.
        if !key.starts_with("hoist:") {
            all.insert(key, value);
        }
    }
    Ok(all)
}

/// What has to be called so that a resource has the tags it is to have: all are set, and those go that the template had
/// and has no longer.
///
/// # Errors
/// As [`merged`].
pub fn change(held: &Held, wanted: &Wanted) -> Result<TagChange, Fault> {
    let set = merged(wanted)?;
    let before = own(&held.properties(), &held.properties)?;
    let removed = before
        .into_keys()
        .filter(|key| !set.contains_key(key))
        .collect();
    Ok(TagChange { set, removed })
}

/// Whether `tags` say that something is the resource that is to have the tags `expected`: the same one of the same stack.
pub fn are_of<'a>(
    expected: &BTreeMap<String, String>,
    tags: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> bool {
    let tags: BTreeMap<&str, &str> = tags.into_iter().collect();
    [STACK_TAG, RESOURCE_TAG]
        .iter()
        .all(|tag| tags.get(tag).copied() == expected.get(*tag).map(String::as_str))
}

/// The property `Tags`, in either of its forms.
fn own(
    properties: &Properties<'_>,
    map: &Map<String, Json>,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut tags = BTreeMap::new();
    match map.get("Tags") {
        Some(Json::Object(_)) => {
            tags.extend(properties.text_map("Tags")?.unwrap_or_default());
        }
        _ => {
            for tag in properties.objects("Tags")? {
                tags.insert(tag.required("Key")?, tag.text("Value")?.unwrap_or_default());
            }
        }
    }
    Ok(tags)
}
