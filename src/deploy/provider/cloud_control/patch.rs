//! What changes about a resource, as a JSON Patch (RFC 6902) of its top-level properties.

use serde_json::{Map, Value as Json, json};

use crate::deploy::diff::Change;
use crate::deploy::value::same;
use crate::graph::facts::Facts;

use super::model::{has_write_only, tag_property, tags};

/// The operations. `live` is what the patch is applied to, so that only what is there is removed; what is never given back is not in
/// it, and is always put in again.
pub(super) fn operations(
    facts: &Facts,
    held: &Map<String, Json>,
    desired: &Map<String, Json>,
    live: &Map<String, Json>,
    changes: &[Change],
) -> Vec<Json> {
    let tag_property = tag_property(facts).map(|(property, _)| property);
    let is_changed = |name: &str| changes.iter().any(|change| change.property() == name);
    let is_fixed = |name: &str| {
        let flags = facts.flags(name);
        flags.create_only() || flags.read_only()
    };
    let mut operations = Vec::new();
    let mut again = Vec::new();
    for (name, value) in desired.iter().filter(|(name, _)| !is_fixed(name)) {
        let is_different = if tag_property == Some(name.as_str()) {
            !same_tags(facts, desired, live)
        } else {
            is_changed(name)
                || changes.is_empty() && !live.get(name).is_some_and(|live| same(value, live))
        };
        let operation = json!({ "op": "add", "path": format!("/{name}"), "value": value });
        if is_different {
            operations.push(operation);
        } else if has_write_only(facts, name) {
            again.push(operation);
        }
    }
    let removed = held
        .keys()
        .filter(|name| !desired.contains_key(*name) && live.contains_key(*name) && !is_fixed(name));
    operations.extend(removed.map(|name| json!({ "op": "remove", "path": format!("/{name}") })));
    // Without a change there is nothing to put them in again for.
    if !operations.is_empty() {
        operations.extend(again);
    }
    operations
}

/// Whether a resource has the tags it is to have, and no others but AWS's own.
fn same_tags(facts: &Facts, desired: &Map<String, Json>, live: &Map<String, Json>) -> bool {
    let sorted = |map| {
        let mut all = tags(facts, map).unwrap_or_default();
        all.retain(|(key, _)| !key.starts_with("aws:"));
        all.sort();
        all
    };
    sorted(desired) == sorted(live)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::diff;
    use crate::graph::facts;

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn of(resource_type: &str, held: Json, wanted: Json, live: Json) -> Json {
        let facts = facts::resource_type(resource_type).expect("known");
        let (held, wanted, live) = (map(held), map(wanted), map(live));
        let changes = diff::changes(&held, &wanted);
        Json::Array(operations(&facts, &held, &wanted, &live, &changes))
    }

    #[test]
    fn only_what_changes_is_sent_and_only_what_is_there_is_removed() {
        let held = json!({"LogGroupName": "a", "RetentionInDays": 3, "KmsKeyId": "k"});
        let wanted = json!({"LogGroupName": "a", "RetentionInDays": 5});
        let live =
            json!({"LogGroupName": "a", "RetentionInDays": 3, "KmsKeyId": "k", "Arn": "arn"});
        assert_eq!(
            of("AWS::Logs::LogGroup", held.clone(), wanted.clone(), live),
            json!([
                {"op": "add", "path": "/RetentionInDays", "value": 5},
                {"op": "remove", "path": "/KmsKeyId"}
            ])
        );
        let bare = json!({"LogGroupName": "a", "RetentionInDays": 5});
        assert_eq!(
            of("AWS::Logs::LogGroup", held, wanted, bare),
            json!([{"op": "add", "path": "/RetentionInDays", "value": 5}])
        );
    }

    #[test]
    fn secrets_go_along_with_every_change_and_when_nothing_is_certain() {
        let held = json!({"Description": "a", "SecretString": "x"});
        let wanted = json!({"Description": "b", "SecretString": "x"});
        let live = json!({"Description": "a", "Id": "arn"});
        assert_eq!(
            of(
                "AWS::SecretsManager::Secret",
                held.clone(),
                wanted,
                live.clone()
            ),
            json!([
                {"op": "add", "path": "/Description", "value": "b"},
                {"op": "add", "path": "/SecretString", "value": "x"}
            ])
        );
        // No changes: what AWS has is not certain.
        assert_eq!(
            of("AWS::SecretsManager::Secret", held.clone(), held, live),
            json!([{"op": "add", "path": "/SecretString", "value": "x"}])
        );
    }

    #[test]
    fn tags_are_compared_whatever_their_order() {
        let tags = |keys: &[&str]| -> Json {
            keys.iter()
                .map(|key| json!({"Key": key, "Value": ""}))
                .collect()
        };
        let held = json!({"LogGroupName": "a"});
        let wanted = json!({"LogGroupName": "a", "Tags": tags(&["x", "y"])});
        let same = json!({"LogGroupName": "a", "Tags": tags(&["y", "aws:z", "x"])});
        assert_eq!(
            of("AWS::Logs::LogGroup", held.clone(), wanted.clone(), same),
            json!([])
        );
        let other = json!({"LogGroupName": "a", "Tags": tags(&["x"])});
        assert_eq!(
            of("AWS::Logs::LogGroup", held, wanted.clone(), other),
            json!([{"op": "add", "path": "/Tags", "value": wanted["Tags"]}])
        );
    }
}
