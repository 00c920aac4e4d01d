//! The order in which the translator walks over the mappings of a template.
//!
//! It runs on Python 3, and with many APIs walks in the order of Python 2.7, because deployments are named by a hash of
//! printed mappings. Which of several faults is reported, and which of several APIs names the attributes of what they
//! share, depends on it. Source: the translator's `utils/py27hash_fix.py`; CPython 2.7's `Objects/dictobject.c`.

use std::collections::HashMap;

use crate::template::{Entry, Map, Node, Value};

use super::value::truthy;
use super::work::Work;

/// In which order the translator walks over the mappings of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they were written.
    Written,
    /// As Python 2.7 did.
    Python2,
}

impl Order {
    /// The order for a template: that of Python 2.7 with REST APIs, and with HTTP APIs that have a default authorizer.
    pub(crate) fn of(template: &Map) -> Self {
        let globals = template.get("Globals").and_then(|globals| {
            globals
                .get("HttpApi")?
                .get("Auth")?
                .get("DefaultAuthorizer")
        });
        let has_default = truthy(globals).is_some();
        let resources = template.get("Resources").and_then(Node::as_map);
        let is_one = |(_, resource): (&str, &Node)| match kind(resource) {
            "AWS::Serverless::Api" => true,
            "AWS::Serverless::HttpApi" => has_default || has_default_authorizer(resource),
            "AWS::Serverless::Function" => {
                has_event(resource, "Api") || (has_default && has_event(resource, "HttpApi"))
            }
            "AWS::Serverless::StateMachine" => has_event(resource, "Api"),
            _ => false,
        };
        match resources.is_some_and(|resources| resources.iter().any(is_one)) {
            true => Order::Python2,
            false => Order::Written,
        }
    }

    /// The entries of a mapping in this order.
    pub(crate) fn entries(self, map: &Map) -> Vec<(&str, &Entry)> {
        match self {
            Order::Python2 if map.len() > 1 => {
                let mut entries: Vec<(&str, &Entry)> = map.entries().collect();
                let keys = Keys::new(map.keys()).ordered();
                let places: HashMap<String, usize> = keys.into_iter().zip(0..).collect();
                entries.sort_by_key(|(name, _)| places.get(*name).copied());
                entries
            }
            _ => map.entries().collect(),
        }
    }

    /// The properties of an API in this order: of several that are wrong the first is reported. What is passed on
    /// as it is keeps the order in which it was written.
    pub(crate) fn of_api(self, properties: &Map) -> Map {
        let mut ordered = Map::new();
        for (name, entry) in self.entries(properties) {
            let node = match name {
                "Auth" | "GatewayResponses" => self.deep(&entry.node),
                _ => entry.node.clone(),
            };
            ordered.insert(name, entry.key_span, node);
        }
        ordered
    }

    fn deep(self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Map(map) => {
                let mut ordered = Map::new();
                for (name, entry) in self.entries(map) {
                    ordered.insert(name, entry.key_span, self.deep(&entry.node));
                }
                Value::Map(ordered)
            }
            Value::List(items) => Value::List(items.iter().map(|item| self.deep(item)).collect()),
            other => other.clone(),
        };
        Node::new(node.span, value)
    }
}

fn kind(node: &Node) -> &str {
    node.get("Type").and_then(Node::as_str).unwrap_or_default()
}

fn has_default_authorizer(api: &Node) -> bool {
    let default = api
        .get("Properties")
        .and_then(|properties| properties.get("Auth")?.get("DefaultAuthorizer"));
    truthy(default).is_some()
}

fn has_event(owner: &Node, of: &str) -> bool {
    owner
        .get("Properties")
        .and_then(|properties| properties.get("Events")?.as_map())
        .is_some_and(|events| events.iter().any(|(_, event)| kind(event) == of))
}

/// The ids of the resources before the transform, in the translator's order. The implicit APIs were put in last, and
/// taken out again when they were not needed.
pub(crate) fn resources(work: &Work<'_>) -> Vec<String> {
    let written = work.resources().map(|(id, _)| id);
    if work.order == Order::Written {
        return written.map(str::to_owned).collect();
    }
    let mut keys = Keys::new(written);
    for id in ["ServerlessRestApi", "ServerlessHttpApi"] {
        keys.add(id);
        if work.resource(id).is_none() {
            keys.remove(id);
        }
    }
    keys.ordered()
}

/// The keys of a mapping of Python 2.7: an open hash table.
#[derive(Debug)]
pub(crate) struct Keys {
    slots: Vec<Slot>,
    /// Slots that are or were in use.
    fill: usize,
    used: usize,
}

#[derive(Debug, Clone)]
enum Slot {
    Free,
    Removed,
    Key(String),
}

const SMALLEST: usize = 8;

impl Keys {
    /// The table after these keys were put in.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = Keys {
            slots: vec![Slot::Free; SMALLEST],
            fill: 0,
            used: 0,
        };
        for key in keys {
            table.add(key);
        }
        table
    }

    /// Puts a key in.
    pub(crate) fn add(&mut self, key: &str) {
        let at = self.find(key);
        let Some(slot) = self.slots.get_mut(at) else {
            return;
        };
        match slot {
            Slot::Key(_) => return,
            Slot::Free => self.fill += 1,
            Slot::Removed => {}
        }
        *slot = Slot::Key(key.to_owned());
        self.used += 1;
        if self.fill * 3 >= self.slots.len() * 2 {
            self.grow();
        }
    }

    /// Takes a key out.
    pub(crate) fn remove(&mut self, key: &str) {
        let at = self.find(key);
        if let Some(slot) = self.slots.get_mut(at)
            && matches!(slot, Slot::Key(_))
        {
            *slot = Slot::Removed;
            self.used -= 1;
        }
    }

    /// The keys in the order of the table.
    pub(crate) fn ordered(&self) -> Vec<String> {
        let keys = self.slots.iter().filter_map(|slot| match slot {
            Slot::Key(key) => Some(key.clone()),
            _ => None,
        });
        keys.collect()
    }

    /// The slot of a key, or the one where it would go. There is always a free one.
    fn find(&self, key: &str) -> usize {
        let hash = hash(key);
        let mask = self.slots.len() as u64 - 1;
        let mut walker = hash;
        let mut perturb = hash;
        let mut removed = None;
        loop {
            let at = (walker & mask) as usize;
            match self.slots.get(at) {
                Some(Slot::Key(there)) if there == key => return at,
                Some(Slot::Key(_)) => {}
                Some(Slot::Removed) => {
                    removed.get_or_insert(at);
                }
                _ => return removed.unwrap_or(at),
            }
            walker = (walker << 2)
                .wrapping_add(walker)
                .wrapping_add(perturb)
                .wrapping_add(1);
            perturb >>= 5;
        }
    }

    fn grow(&mut self) {
        let factor = if self.used > 50_000 { 2 } else { 4 };
        let mut size = SMALLEST;
        while size <= self.used * factor {
            size *= 2;
        }
        let keys = self.ordered();
        self.slots = vec![Slot::Free; size];
        self.fill = 0;
        self.used = 0;
        for key in keys {
            self.add(&key);
        }
    }
}

/// Python 2.7's hash of a text on a machine with 64 bits.
fn hash(text: &str) -> u64 {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    let mut hash = u64::from(u32::from(first)) << 7;
    let mut length = 0;
    for letter in text.chars() {
        hash = hash.wrapping_mul(1_000_003) ^ u64::from(u32::from(letter));
        length += 1;
    }
    hash ^= length;
    // -1 says that there is no hash.
    if hash == u64::MAX { hash - 1 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(keys: &[&str], removed: &[&str]) -> Vec<String> {
        let mut table = Keys::new(keys.iter().copied());
        for key in removed {
            table.remove(key);
        }
        table.ordered()
    }

    // What the translator's own dictionaries give for these keys.
    #[test]
    fn keys_come_in_the_order_of_python_2() {
        assert_eq!(
            order(&["AddItem", "CompleteItem", "GetList"], &[]),
            ["GetList", "AddItem", "CompleteItem"]
        );
        let keys = [
            "00", "f9", "B19", "C", "0f1A1", "e", "0CC9d", "d", "9d09f", "f1e9A", "9C99",
        ];
        assert_eq!(
            order(&keys, &["00", "0f1A1", "9d09f"]),
            ["e", "d", "f9", "C", "f1e9A", "0CC9d", "9C99", "B19"]
        );
    }
}
