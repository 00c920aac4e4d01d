//! What of a resource is to be sent: all of it, or what changes.

use serde_json::{Map, Value as Json};

use crate::deploy::diff::Change;

use super::{Held, Wanted};

/// What an update is about. For resources whose properties are set by calls of their own.
#[derive(Debug, Clone, Copy)]
pub struct Extent<'a> {
    before: Option<&'a Map<String, Json>>,
    wanted: &'a Map<String, Json>,
    changes: &'a [Change],
}

impl<'a> Extent<'a> {
    /// A resource that was just made: all that the template says.
    pub fn new(wanted: &'a Wanted) -> Self {
        Extent {
            before: None,
            wanted: &wanted.properties,
            changes: &[],
        }
    }

    /// An update. Without changes it is not certain what AWS has: then it is about all that the template says or said.
    pub fn of(held: &'a Held, wanted: &'a Wanted, changes: &'a [Change]) -> Self {
        Extent {
            before: Some(&held.properties),
            wanted: &wanted.properties,
            changes,
        }
    }

    /// Whether it is about this property.
    pub fn includes(&self, property: &str) -> bool {
        match self.changes {
            [] => has(self.wanted, property) || self.before.is_some_and(|map| has(map, property)),
            changes => changes.iter().any(|change| change.property() == property),
        }
    }

    /// Whether it is about any of these properties.
    pub fn includes_any(&self, properties: &[&str]) -> bool {
        properties.iter().any(|property| self.includes(property))
    }

    /// Whether it is known what AWS has.
    pub fn is_certain(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Whether the resource was just made.
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// What was sent last, when anything was.
    pub fn before(&self, property: &str) -> Option<&'a Json> {
        self.before?.get(property).filter(|value| !value.is_null())
    }
}

fn has(map: &Map<String, Json>, property: &str) -> bool {
    map.get(property).is_some_and(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn without_changes_it_is_about_all_that_is_or_was_said() {
        let (before, wanted) = (map(json!({"A": 1, "B": null})), map(json!({"C": 1})));
        let extent = Extent {
            before: Some(&before),
            wanted: &wanted,
            changes: &[],
        };
        assert!(extent.includes("A") && extent.includes("C") && !extent.includes("B"));
    }

    #[test]
    fn with_changes_it_is_about_those_only() {
        let (before, wanted) = (map(json!({"A": 1, "B": {"X": 1}})), map(json!({"A": 1})));
        let changes = crate::deploy::diff::changes(&before, &wanted);
        let extent = Extent {
            before: Some(&before),
            wanted: &wanted,
            changes: &changes,
        };
        assert!(extent.includes("B") && !extent.includes("A"));
    }
}
