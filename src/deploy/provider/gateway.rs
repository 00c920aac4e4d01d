//! What the providers of both versions of API Gateway have in common.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::tag::TagChange;
use super::{Existing, Held, Properties, RESOURCE_TAG, STACK_TAG};

/// What a resource is known by from now on: what `Ref` gives, the attribute of the same value, and its parents.
pub(super) fn existing(id: &str, attribute: Option<&str>, handle: Json) -> Existing {
    let attributes = attribute.map(|name| (name.to_owned(), json!(id)));
    Existing {
        reference: id.to_owned(),
        handle,
        attributes: Map::from_iter(attributes),
    }
}

/// A part of the handle.
pub(super) fn part<'a>(held: &'a Held, name: &str) -> Result<&'a str, Fault> {
    let part = held.handle.get(name).and_then(Json::as_str);
    part.ok_or_else(|| {
        let text = format!("the state of `{}` does not say its {name}", held.id);
        Fault::invalid("hoist", "state", text)
    })
}

/// A mapping that the template may also write as JSON text.
pub(super) fn mapping(properties: &Properties<'_>, name: &str) -> Result<Map<String, Json>, Fault> {
    match properties.get(name) {
        None => Ok(Map::new()),
        Some(Json::Object(map)) => Ok(map.clone()),
        Some(Json::String(text)) if let Ok(Json::Object(map)) = serde_json::from_str(text) => {
            Ok(map)
        }
        Some(_) => Err(properties.fault(name, "must be a mapping")),
    }
}

/// Whether a resource's tags say that it is the one with these.
pub(super) fn owns(own: &BTreeMap<String, String>, tags: &HashMap<String, String>) -> bool {
    [STACK_TAG, RESOURCE_TAG]
        .iter()
        .all(|tag| own.contains_key(*tag) && tags.get(*tag) == own.get(*tag))
}

/// Of a change of tags what is not so already: API Gateway takes few calls in a second.
pub(super) fn not_yet(change: TagChange, live: Option<&HashMap<String, String>>) -> TagChange {
    let Some(live) = live else {
        return change;
    };
    let TagChange {
        mut set,
        mut removed,
    } = change;
    set.retain(|key, value| live.get(key) != Some(value));
    removed.retain(|key| live.contains_key(key));
    TagChange { set, removed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_there_already_are_not_set_again() {
        let change = TagChange {
            set: BTreeMap::from([("a".into(), "1".into()), ("b".into(), "2".into())]),
            removed: vec!["c".into(), "d".into()],
        };
        let live = HashMap::from([
            ("a".into(), "1".into()),
            ("b".into(), "3".into()),
            ("c".into(), String::new()),
        ]);
        let left = not_yet(change, Some(&live));
        assert_eq!(left.set, BTreeMap::from([("b".into(), "2".into())]));
        assert_eq!(left.removed, ["c"]);
    }
}
