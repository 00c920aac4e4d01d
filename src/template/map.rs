//! Mappings: most have a few keys, some have thousands, and all keep the order they were written in.

use std::iter::Chain;
use std::sync::Arc;

use compact_str::CompactString;
use indexmap::IndexMap;

use crate::diag::Span;

use super::value::Node;

/// Up to so many keys, one is found sooner by looking at all of them than by its hash.
const FEW: usize = 8;

/// A mapping in the order it was written.
///
/// A copy shares its entries with the original until one of the two is changed: the passes over a template copy large
/// parts of it and change little.
#[derive(Debug, Clone)]
pub struct Map {
    entries: Entries,
}

/// A key. Up to 24 bytes need no memory of their own, and most keys are no longer.
pub type Key = CompactString;

#[derive(Debug, Clone)]
enum Entries {
    /// Up to [`FEW`].
    Few(Arc<Vec<(Key, Entry)>>),
    Many(Arc<IndexMap<Key, Entry>>),
}

/// A key's place and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where the key was written.
    pub key_span: Span,
    /// The value behind it.
    pub node: Node,
}

impl Default for Map {
    fn default() -> Self {
        Map {
            entries: Entries::Few(Arc::default()),
        }
    }
}

impl PartialEq for Map {
    /// The order does not count.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .entries()
                .all(|(key, entry)| other.entry(key) == Some(entry))
    }
}

impl Map {
    /// An empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value behind `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value behind `key`, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entry_mut(key).map(|entry| &mut entry.node)
    }

    /// Whether there is a value behind `key`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The key's place and its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.entries {
            Entries::Few(few) => few
                .iter()
                .find(|(one, _)| one == key)
                .map(|(_, entry)| entry),
            Entries::Many(many) => many.get(key),
        }
    }

    fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        match &mut self.entries {
            Entries::Few(few) => {
                let at = few.iter().position(|(one, _)| one == key)?;
                Arc::make_mut(few).get_mut(at).map(|(_, entry)| entry)
            }
            Entries::Many(many) => Arc::make_mut(many).get_mut(key),
        }
    }

    /// Puts a value in, replacing (at the old place in the order) one that was there; returns that one.
    pub fn insert(&mut self, key: impl Into<Key>, key_span: Span, node: Node) -> Option<Entry> {
        let key = key.into();
        let entry = Entry { key_span, node };
        if let Some(there) = self.entry_mut(&key) {
            return Some(std::mem::replace(there, entry));
        }
        match &mut self.entries {
            Entries::Few(few) if few.len() < FEW => Arc::make_mut(few).push((key, entry)),
            Entries::Few(few) => {
                let few = Arc::unwrap_or_clone(std::mem::take(few));
                let many = few.into_iter().chain([(key, entry)]).collect();
                self.entries = Entries::Many(Arc::new(many));
            }
            Entries::Many(many) => {
                Arc::make_mut(many).insert(key, entry);
            }
        }
        None
    }

    /// Takes a value out, keeping the order of the others.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        match &mut self.entries {
            Entries::Few(few) => {
                let at = few.iter().position(|(one, _)| one == key)?;
                Some(Arc::make_mut(few).remove(at).1)
            }
            Entries::Many(many) => Arc::make_mut(many).shift_remove(key),
        }
    }

    /// Keys and values in the order they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries().map(|(key, entry)| (key, &entry.node))
    }

    /// Keys with their places and values, in the order they were written.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let (few, many) = match &self.entries {
            Entries::Few(few) => (few.as_slice(), None),
            Entries::Many(many) => (Default::default(), Some(many.iter())),
        };
        let few = few.iter().map(|(key, entry)| (key, entry));
        few.chain(many.into_iter().flatten())
            .map(|(key, entry)| (key.as_str(), entry))
    }

    /// [`Map::entries`], to be changed.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = (&str, &mut Entry)> {
        let (few, many) = match &mut self.entries {
            Entries::Few(few) => (Arc::make_mut(few).as_mut_slice(), None),
            Entries::Many(many) => (Default::default(), Some(Arc::make_mut(many).iter_mut())),
        };
        let few = few.iter_mut().map(|(key, entry)| (&*key, entry));
        few.chain(many.into_iter().flatten())
            .map(|(key, entry)| (key.as_str(), entry))
    }

    /// The keys in the order they were written.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries().map(|(key, _)| key)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        match &self.entries {
            Entries::Few(few) => few.len(),
            Entries::Many(many) => many.len(),
        }
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl IntoIterator for Map {
    type Item = (Key, Entry);
    type IntoIter = Chain<std::vec::IntoIter<(Key, Entry)>, indexmap::map::IntoIter<Key, Entry>>;

    fn into_iter(self) -> Self::IntoIter {
        let (few, many) = match self.entries {
            Entries::Few(few) => (Arc::unwrap_or_clone(few), IndexMap::new()),
            Entries::Many(many) => (Vec::new(), Arc::unwrap_or_clone(many)),
        };
        few.into_iter().chain(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;
    use crate::template::Value;

    fn span() -> Span {
        Span::new(Sources::new().add("t.yaml", ""), 0, 0)
    }

    fn number(number: usize) -> Node {
        Node::new(span(), Value::Number(number.into()))
    }

    fn of(keys: impl IntoIterator<Item = usize>) -> Map {
        let mut map = Map::new();
        for key in keys {
            map.insert(format!("k{key}"), span(), number(key));
        }
        map
    }

    fn keys(map: &Map) -> Vec<String> {
        map.keys().map(str::to_owned).collect()
    }

    #[test]
    fn a_few_and_many_entries_behave_the_same() {
        for count in [0, 1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let mut map = of(0..count);
            assert_eq!(map.len(), count);
            assert_eq!(map.is_empty(), count == 0);
            assert_eq!(keys(&map), keys(&of(0..count)));
            assert_eq!(map, of((0..count).rev()), "the order does not count");
            assert_ne!(map, of(1..=count + 1));
            assert_eq!(map.get("k0").is_some(), count > 0);
            assert_eq!(map.remove("k0").is_some(), count > 0);
            assert_eq!(keys(&map), keys(&of(1..count.max(1))));
            for (_, entry) in map.entries_mut() {
                entry.node = number(7);
            }
            assert!(map.iter().all(|(_, node)| *node == number(7)));
            let moved: Vec<String> = map.clone().into_iter().map(|(key, _)| key.into()).collect();
            assert_eq!(moved, keys(&map));
        }
    }

    #[test]
    fn a_value_put_in_again_keeps_its_place() {
        for count in [2, 3 * FEW] {
            let mut map = of(0..count);
            let old = map.insert("k0", span(), number(9));
            assert_eq!(old.map(|entry| entry.node), Some(number(0)));
            assert_eq!(keys(&map), keys(&of(0..count)));
            assert_eq!(map.get("k0"), Some(&number(9)));
        }
    }

    #[test]
    fn a_copy_is_changed_alone() {
        for count in [2, 3 * FEW] {
            let map = of(0..count);
            let mut copy = map.clone();
            copy.insert("new", span(), number(1));
            copy.remove("k0");
            *copy.get_mut("k1").expect("a value") = number(5);
            assert_eq!(map, of(0..count));
            assert_ne!(map, copy);
        }
    }
}
