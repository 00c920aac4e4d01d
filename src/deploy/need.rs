//! What has to be there before a resource is made.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::graph::reference;
use crate::graph::walk::{Direction, Walk};
use crate::template::{Node, Resource, Template};

use super::provider::Providers;

/// One step's place in a plan: a resource, or the second step of one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Logical id.
    pub id: String,
    /// The step that sets the properties which wait for others: [`super::provider::Kind::late`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl Key {
    /// The step that makes or changes the resource itself.
    pub fn whole(id: &str) -> Self {
        Key {
            id: id.to_owned(),
            late: false,
        }
    }

    /// The resource's second step.
    pub fn late(id: &str) -> Self {
        Key {
            id: id.to_owned(),
            late: true,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.id)
    }
}

/// Every step of a template with what it needs, in the order of the template.
///
/// A resource with late properties has two steps. Everything else waits only for the first one, which breaks the circle bucket →
/// permission → function → bucket: the permission that a bucket is said to depend on is needed by its notifications only.
pub fn needs(structure: &Template, providers: &Providers) -> IndexMap<Key, BTreeSet<Key>> {
    let mut found: IndexMap<Key, BTreeSet<Key>> = IndexMap::new();
    for (id, resource) in &structure.resources {
        let late = late_properties(resource, providers);
        let mut first = BTreeSet::new();
        let mut second = BTreeSet::from([Key::whole(id)]);
        for (name, node) in properties(resource) {
            let target = match late.contains(&name) {
                true => &mut second,
                false => &mut first,
            };
            refer(node, structure, id, target);
        }
        for name in &resource.depends_on {
            let permits = structure
                .resources
                .get(&name.text)
                .is_some_and(|needed| needed.resource_type == "AWS::Lambda::Permission");
            let target = match permits && !late.is_empty() {
                true => &mut second,
                false => &mut first,
            };
            if structure.resources.contains_key(&name.text) {
                target.insert(Key::whole(&name.text));
            }
        }
        found.insert(Key::whole(id), first);
        if !late.is_empty() {
            found.insert(Key::late(id), second);
        }
    }
    found
}

/// The keys so that each comes after what it needs.
///
/// # Errors
/// A circle: each needs the next.
pub fn in_order(needs: &IndexMap<Key, BTreeSet<Key>>) -> Result<Vec<Key>, Vec<Key>> {
    let pairs = needs
        .iter()
        .flat_map(|(key, needed)| needed.iter().map(move |other| (key.clone(), other.clone())));
    let mut walk = Walk::new(needs.keys().cloned(), pairs, Direction::DependenciesFirst)
        .map_err(|circle| circle.0)?;
    let mut order = Vec::new();
    while let Some(key) = walk.start_next() {
        walk.succeed(&key);
        order.push(key);
    }
    Ok(order)
}

/// The late properties that a resource has.
fn late_properties(resource: &Resource, providers: &Providers) -> Vec<&'static str> {
    let Some((_, kind)) = providers.of_type(&resource.resource_type) else {
        return Vec::new();
    };
    let has = |name: &&&str| properties(resource).any(|(property, _)| property == **name);
    kind.late.iter().filter(has).copied().collect()
}

fn properties(resource: &Resource) -> impl Iterator<Item = (&str, &Node)> {
    let map = resource.properties.as_ref().and_then(Node::as_map);
    map.into_iter().flat_map(|map| map.iter())
}

fn refer(node: &Node, structure: &Template, own: &str, needs: &mut BTreeSet<Key>) {
    for found in reference::references(node) {
        if found.name != own && structure.resources.contains_key(&found.name) {
            needs.insert(Key::whole(&found.name));
        }
    }
}
