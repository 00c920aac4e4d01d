//! The picture of an application.
//!
//! Every resource that somebody thinks of becomes an item; what only makes it work (roles, permissions, deployments,
//! stages) is folded into it ([`fold`]). Arrows come from what triggers something ([`trigger`]), from the policies of
//! roles ([`policy`]), from where failures go, and, where nothing more is known, from one resource referring to another.

mod fold;
mod kind;
mod policy;
mod route;
mod shorten;
mod trigger;

use indexmap::IndexMap;

use crate::template::Node;

use super::super::reference;
use super::super::{App, Resource};
use super::{Arrow, Flow, Item, Kind, Picture};
use fold::Folding;
use policy::Access;

/// Which resources have an item of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// Those that do something.
    #[default]
    Main,
    /// All.
    All,
}

/// The picture of an application that is called `title`.
pub fn build(app: &App, title: &str, extent: Extent) -> Picture {
    let parts: Vec<Part> = app.resources.values().map(Part::of).collect();
    let folding = Folding::new(&parts, extent);
    let mut builder = Builder::new(&parts, &folding);
    builder.triggers();
    builder.failures();
    builder.accesses();
    builder.permissions();
    builder.references();
    let mut picture = builder.finish(title);
    if extent == Extent::Main {
        shorten::shorten(&mut picture);
    }
    picture
}

/// A resource as the picture sees it.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    id: &'a str,
    resource_type: &'a str,
    /// With references in place.
    structure: Option<&'a Node>,
    /// As far as they are known.
    values: Option<&'a Node>,
}

impl<'a> Part<'a> {
    fn of(resource: &'a Resource) -> Part<'a> {
        Part {
            id: &resource.id,
            resource_type: &resource.resource_type,
            structure: resource.structure.as_ref(),
            values: resource.properties.as_ref(),
        }
    }

    /// A property, with references in place.
    fn node(&self, path: &[&str]) -> Option<&'a Node> {
        path.iter()
            .try_fold(self.structure?, |node, key| node.get(key))
    }

    /// A property that is known, as text.
    fn text(&self, path: &[&str]) -> Option<String> {
        let known = |node: Option<&'a Node>| {
            path.iter()
                .try_fold(node?, |node, key| node.get(key))?
                .scalar_text()
        };
        known(self.values).or_else(|| known(self.structure))
    }

    /// The names in a property.
    fn names(&self, path: &[&str]) -> Vec<String> {
        self.node(path).map(names).unwrap_or_default()
    }
}

/// What a value refers to, each once, in order.
fn names(node: &Node) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in reference::references(node) {
        if !names.contains(&found.name) {
            names.push(found.name);
        }
    }
    names
}

struct Builder<'a> {
    parts: &'a [Part<'a>],
    folding: &'a Folding,
    items: Vec<Item>,
    /// The items by logical id.
    places: IndexMap<&'a str, usize>,
    arrows: IndexMap<(usize, Option<usize>, usize, Flow), String>,
}

impl<'a> Builder<'a> {
    fn new(parts: &'a [Part<'a>], folding: &'a Folding) -> Builder<'a> {
        let mut builder = Builder {
            parts,
            folding,
            items: Vec::new(),
            places: IndexMap::new(),
            arrows: IndexMap::new(),
        };
        for (place, part) in parts
            .iter()
            .enumerate()
            .filter(|(place, _)| folding.is_shown(*place))
        {
            builder.places.insert(part.id, builder.items.len());
            builder.items.push(Item {
                id: part.id.to_owned(),
                kind: kind::kind(part),
                resource_type: part.resource_type.to_owned(),
                label: part.id.to_owned(),
                detail: kind::detail(part),
                routes: Vec::new(),
                folded: folding
                    .inside(place)
                    .map(|inner| parts[inner].id.to_owned())
                    .collect(),
            });
        }
        builder
    }

    /// The items that a name stands for: the resource's own, or those of the resources it is folded into.
    fn items_of(&self, name: &str) -> Vec<usize> {
        let owners = self.folding.owners(name).iter();
        owners
            .filter_map(|&owner| self.places.get(self.parts[owner].id).copied())
            .collect()
    }

    fn arrow(&mut self, from: usize, route: Option<usize>, to: usize, flow: Flow, label: &str) {
        let known = self.arrows.entry((from, route, to, flow)).or_default();
        if known.is_empty() {
            label.clone_into(known);
        }
    }

    /// Arrows from every item of one name to every item of the others.
    fn arrows_between(&mut self, from: &str, to: &[String], flow: Flow, label: &str) {
        for start in self.items_of(from) {
            for end in to
                .iter()
                .flat_map(|name| self.items_of(name))
                .collect::<Vec<_>>()
            {
                if start != end || from == to[0] {
                    self.arrow(start, None, end, flow, label);
                }
            }
        }
    }

    fn is_joined(&self, one: usize, other: usize) -> bool {
        self.arrows
            .keys()
            .any(|&(from, _, to, _)| (from == one && to == other) || (from == other && to == one))
    }

    fn has_arrow(&self, start: usize, end: usize, flow: Flow) -> bool {
        self.arrows
            .keys()
            .any(|&(from, _, to, other)| from == start && to == end && other == flow)
    }

    /// Where messages and events go that could not be handled, and those of functions that could.
    fn failures(&mut self) {
        const KEYS: [(&str, Flow, &str); 5] = [
            ("deadLetterTargetArn", Flow::DeadLetters, ""),
            ("DeadLetterConfig", Flow::DeadLetters, ""),
            ("DeadLetterQueue", Flow::DeadLetters, ""),
            ("OnFailure", Flow::DeadLetters, ""),
            ("OnSuccess", Flow::Sends, "on success"),
        ];
        for part in self.parts {
            for (key, flow, label) in KEYS {
                let mut found = Vec::new();
                if let Some(node) = part.structure {
                    under(node, key, &mut found);
                }
                let names: Vec<String> = found.into_iter().flat_map(names).collect();
                if !names.is_empty() {
                    self.arrows_between(part.id, &names, flow, label);
                }
            }
        }
    }

    /// What the policies of an item's roles let it do.
    fn accesses(&mut self) {
        let mut all: IndexMap<(usize, usize), Access> = IndexMap::new();
        for part in self.parts {
            for grant in policy::grants(part) {
                for from in self.items_of(part.id) {
                    for to in grant.names.iter().flat_map(|name| self.items_of(name)) {
                        if from != to {
                            all.entry((from, to)).or_default().add(grant.access);
                        }
                    }
                }
            }
        }
        for ((from, to), access) in all {
            let is_source = self.has_arrow(to, from, Flow::Triggers);
            let is_started = self.has_arrow(from, to, Flow::Triggers)
                || self.has_arrow(from, to, Flow::DeadLetters);
            match access.flow(self.items[to].kind, is_source) {
                Some(Flow::Sends) if is_started => {}
                // What a workflow does is what it starts.
                Some(Flow::Sends) if self.is_step(from, to) => {
                    self.arrow(from, None, to, Flow::Triggers, "")
                }
                Some(flow) => self.arrow(from, None, to, flow, ""),
                None if self.is_joined(from, to) => {}
                None => self.arrow(from, None, to, Flow::Uses, ""),
            }
        }
    }

    fn is_step(&self, from: usize, to: usize) -> bool {
        self.items[from].kind == Kind::StateMachine && self.items[to].kind == Kind::Function
    }

    /// Who may invoke a function, where it is not known in another way that it does.
    fn permissions(&mut self) {
        for part in self
            .parts
            .iter()
            .filter(|part| part.resource_type == "AWS::Lambda::Permission")
        {
            let sources = part.names(&["SourceArn"]);
            for to in part
                .names(&["FunctionName"])
                .iter()
                .flat_map(|name| self.items_of(name))
                .collect::<Vec<_>>()
            {
                for from in sources
                    .iter()
                    .flat_map(|name| self.items_of(name))
                    .collect::<Vec<_>>()
                {
                    if from != to && !self.is_joined(from, to) {
                        self.arrow(from, None, to, Flow::Triggers, "");
                    }
                }
            }
        }
    }

    /// Whatever else refers to something.
    fn references(&mut self) {
        let mut uses: Vec<(usize, usize)> = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            // What a role may not do is no use of it, and what it may do is known.
            if policy::is_identity(part) && !self.folding.is_shown(place) {
                continue;
            }
            let names: Vec<String> = part.structure.map(names).unwrap_or_default();
            let ends: Vec<Vec<usize>> = names.iter().map(|name| self.items_of(name)).collect();
            for from in self.items_of(part.id) {
                // A role or a layer that is shared makes nobody a user of the others who share it.
                let apart = ends.iter().filter(|ends| !ends.contains(&from));
                uses.extend(apart.flatten().map(|&to| (from, to)));
            }
        }
        for (from, to) in uses {
            if !self.is_joined(from, to) {
                self.arrow(from, None, to, Flow::Uses, "");
            }
        }
    }

    fn finish(self, title: &str) -> Picture {
        let arrows = self
            .arrows
            .into_iter()
            .map(|((from, route, to, flow), label)| Arrow {
                from,
                route,
                to,
                flow,
                label,
            });
        Picture {
            title: title.to_owned(),
            items: self.items,
            arrows: arrows.collect(),
        }
    }
}

/// The values of a key, wherever it stands in a tree.
fn under<'a>(node: &'a Node, key: &str, found: &mut Vec<&'a Node>) {
    if let Some(map) = node.as_map() {
        for (name, value) in map.iter() {
            match name == key {
                true => found.push(value),
                false => under(value, key, found),
            }
        }
    }
    for item in node.as_list().into_iter().flatten() {
        under(item, key, found);
    }
}
