//! What changes between the properties that were sent and those that are wanted.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::value::{first_unknown, same};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Where: `Environment.Variables.TABLE`, `Policies[0].PolicyName`.
    pub path: String,
    /// What was sent; none when the property is new.
    pub before: Option<Json>,
    /// What is wanted; none when the property goes.
    pub after: Option<Json>,
    /// It makes a new resource necessary.
    #[serde(default)]
    pub replaces: bool,
}

impl Change {
    /// The top-level property it lies in.
    pub fn property(&self) -> &str {
        let end = self.path.find(['.', '[']).unwrap_or(self.path.len());
        &self.path[..end]
    }
}

/// Every difference between two sets of properties, in the order of the wanted ones.
pub fn changes(before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<Change> {
    let mut found = Vec::new();
    maps("", before, after, &mut found);
    found
}

fn maps(
    path: &str,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    found: &mut Vec<Change>,
) {
    for (key, wanted) in after {
        let path = join(path, key);
        match before.get(key) {
            Some(sent) => values(&path, sent, wanted, found),
            None => found.push(change(path, None, Some(wanted))),
        }
    }
    for (key, sent) in before {
        if !after.contains_key(key) {
            found.push(change(join(path, key), Some(sent), None));
        }
    }
}

fn values(path: &str, before: &Json, after: &Json, found: &mut Vec<Change>) {
    if same(before, after) {
        return;
    }
    match (before, after) {
        // A marked value is one value, whatever object stands for it.
        _ if is_mark(before) || is_mark(after) => {
            found.push(change(path.to_owned(), Some(before), Some(after)));
        }
        (Json::Object(before), Json::Object(after)) => maps(path, before, after, found),
        (Json::Array(before), Json::Array(after)) if before.len() == after.len() => {
            for (at, (before, after)) in before.iter().zip(after).enumerate() {
                values(&format!("{path}[{at}]"), before, after, found);
            }
        }
        _ => found.push(change(path.to_owned(), Some(before), Some(after))),
    }
}

fn is_mark(value: &Json) -> bool {
    value
        .as_object()
        .is_some_and(|map| map.len() == 1 && map.keys().all(|key| key.starts_with("Hoist::")))
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

fn change(path: String, before: Option<&Json>, after: Option<&Json>) -> Change {
    Change {
        path,
        before: before.cloned(),
        after: after.cloned(),
        replaces: false,
    }
}

/// Whether it is not certain that anything changes: the new value is known only later.
pub fn may_be_none(change: &Change) -> bool {
    change
        .after
        .as_ref()
        .is_some_and(|after| first_unknown(after).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(before: Json, after: Json) -> Vec<String> {
        let (Json::Object(before), Json::Object(after)) = (before, after) else {
            panic!("properties are objects");
        };
        changes(&before, &after)
            .into_iter()
            .map(|change| change.path)
            .collect()
    }

    #[test]
    fn differences_are_named_where_they_are() {
        let before =
            json!({"Environment": {"Variables": {"A": "1", "B": "2"}}, "Timeout": 3, "Gone": 1});
        let after =
            json!({"Environment": {"Variables": {"A": "1", "B": "3", "C": ""}}, "Timeout": "3"});
        assert_eq!(
            paths(before, after),
            ["Environment.Variables.B", "Environment.Variables.C", "Gone"]
        );
    }

    #[test]
    fn lists_of_one_length_are_compared_item_by_item_and_others_whole() {
        let before = json!({"P": [{"N": 1}, {"N": 2}], "L": [1, 2]});
        let after = json!({"P": [{"N": 1}, {"N": 3}], "L": [1]});
        assert_eq!(paths(before, after), ["P[1].N", "L"]);
    }

    #[test]
    fn a_value_that_becomes_known_later_is_one_change() {
        let before = json!({"Role": "arn:1"});
        let after = json!({"Role": {"Hoist::Unknown": "Role"}});
        assert_eq!(paths(before, after), ["Role"]);
    }
}
