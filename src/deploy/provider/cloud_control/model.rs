//! A resource's properties: as Cloud Control wants them, and as it gives them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;
use crate::deploy::provider::Wanted;
use crate::graph::facts::Facts;

use super::shape;

/// The desired state: the template's properties in the types of the schema, with the tags.
pub(super) fn desired(facts: &Facts, wanted: &Wanted) -> Result<Map<String, Json>, Fault> {
    let mut properties: Map<String, Json> = wanted
        .properties
        .iter()
        .filter(|(name, value)| !value.is_null() && !facts.flags(name).read_only())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    shape::coerce(facts.name, &mut properties);
    let Some((property, form)) = tag_property(facts) else {
        return Ok(properties);
    };
    let own = properties.remove(property);
    let mut tags = wanted.tags.clone();
    for (key, value) in listed(own.as_ref()) {
        // Ours tell whose a resource is: nobody else sets them.
        if !key.starts_with("hoist:") {
            tags.insert(key, value);
        }
    }
    properties.insert(property.to_owned(), form.write(&tags, own.as_ref()));
    Ok(properties)
}

/// The tags that a resource has; none when its type has none or they were not said.
pub(super) fn tags(facts: &Facts, live: &Map<String, Json>) -> Option<Vec<(String, String)>> {
    let (property, _) = tag_property(facts)?;
    Some(listed(Some(live.get(property)?)))
}

/// Whether resources of the type have tags that can be set.
pub(super) fn has_tags(facts: &Facts) -> bool {
    tag_property(facts).is_some()
}

/// The properties that can be compared with what was sent: no deeper than it was said.
pub(super) fn comparable(
    facts: &Facts,
    sent: &Map<String, Json>,
    live: Map<String, Json>,
) -> Map<String, Json> {
    let tag_property = tag_property(facts).map(|(property, _)| property);
    live.into_iter()
        .filter(|(name, _)| Some(name.as_str()) != tag_property)
        .filter(|(name, _)| !has_write_only(facts, name))
        .filter_map(|(name, value)| {
            let value = as_sent(sent.get(&name)?, value);
            Some((name, value))
        })
        .collect()
}

/// The live value without what the sent one does not say.
fn as_sent(sent: &Json, live: Json) -> Json {
    match (sent, live) {
        (Json::Object(sent), Json::Object(live)) => {
            let said = live.into_iter().filter_map(|(name, value)| {
                let value = as_sent(sent.get(&name)?, value);
                Some((name, value))
            });
            Json::Object(said.collect())
        }
        (Json::Array(sent), Json::Array(live)) if sent.len() == live.len() => {
            let pairs = sent.iter().zip(live);
            pairs.map(|(sent, live)| as_sent(sent, live)).collect()
        }
        (_, live) => live,
    }
}

/// Whether a property, or something below it, is never given back.
pub(super) fn has_write_only(facts: &Facts, property: &str) -> bool {
    let below = format!("{property}/");
    facts.flags(property).write_only()
        || facts
            .nested
            .iter()
            .any(|nested| nested.flags.write_only() && nested.path.starts_with(&below))
}

/// Properties as Cloud Control gives them.
pub(super) fn parsed(text: &str) -> Map<String, Json> {
    match serde_json::from_str(text) {
        Ok(Json::Object(map)) => map,
        _ => Map::new(),
    }
}

/// How a type writes its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagForm {
    /// `[{"Key": …, "Value": …}]`.
    List,
    /// The same, each with whether the group's instances get it.
    Propagated,
    /// `{"key": "value"}`.
    Map,
}

impl TagForm {
    fn write(self, tags: &BTreeMap<String, String>, own: Option<&Json>) -> Json {
        if self == TagForm::Map {
            return json!(tags);
        }
        let own = own.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let entries = tags.iter().map(|(key, value)| {
            let mut entry = json!({ "Key": key, "Value": value });
            if self == TagForm::Propagated {
                let written = own.iter().find(|one| one["Key"] == json!(key));
                let flag = written.and_then(|one| one.get("PropagateAtLaunch"));
                entry["PropagateAtLaunch"] = flag.cloned().unwrap_or(json!(false));
            }
            entry
        });
        entries.collect()
    }
}

/// The property that holds the tags, and how. None when there is none, it is not at the top, or it cannot be set.
pub(super) fn tag_property(facts: &Facts) -> Option<(&'static str, TagForm)> {
    let name = facts.tag_property.filter(|path| !path.contains('/'))?;
    let property = facts.property(name)?;
    let is_fixed = property.flags.read_only() || property.flags.create_only();
    if is_fixed {
        return None;
    }
    match (property.types.array(), property.types.object()) {
        (true, false) if facts.name == "AWS::AutoScaling::AutoScalingGroup" => {
            Some((name, TagForm::Propagated))
        }
        (true, false) => Some((name, TagForm::List)),
        (_, true) => Some((name, TagForm::Map)),
        _ => None,
    }
}

/// Tags in either form.
fn listed(tags: Option<&Json>) -> Vec<(String, String)> {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match tags {
        Some(Json::Object(map)) => map
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect(),
        Some(Json::Array(list)) => list
            .iter()
            .filter_map(|entry| {
                let key = entry.get("Key")?.as_str()?.to_owned();
                Some((key, entry.get("Value").map(text).unwrap_or_default()))
            })
            .collect(),
        _ => Vec::new(),
    }
}
