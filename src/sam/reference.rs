//! References into what SAM makes: `!Ref MyFunction.Alias` names the alias that SAM made for the function, and ids
//! that changed are changed wherever they are named.
//!
//! Source: the translator's `intrinsics/actions.py` and `utils/actions.py`.

use indexmap::IndexMap;

use crate::template::{Node, Value};

use super::build::map;
use super::fault::Fault;
use super::intrinsic::single;
use super::parameter::replace_references;
use super::resource::Resource;
use super::work::Work;

/// What references stand for after the transform.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// Logical id → property → the logical id of what was made.
    made: IndexMap<String, IndexMap<String, String>>,
    /// Old logical id → new one.
    renamed: IndexMap<String, String>,
}

impl References {
    /// Notes what of `made` can be named as `id.property`. `properties` says which type each property stands for.
    pub(super) fn add(&mut self, id: &str, properties: &[(&str, &str)], made: &[Resource]) {
        for (property, kind) in properties {
            // The last one of a type counts.
            if let Some(resource) = made.iter().rev().find(|one| one.kind == *kind) {
                self.made
                    .entry(id.to_owned())
                    .or_default()
                    .insert((*property).to_owned(), resource.id.clone());
            }
        }
    }

    /// Notes that a resource has another id now.
    pub(crate) fn rename(&mut self, old: &str, new: &str) {
        self.renamed.insert(old.to_owned(), new.to_owned());
    }

    fn target(&self, id: &str, property: &str) -> Option<&String> {
        self.made.get(id)?.get(property)
    }
}

/// The pass: rewrites every reference of the output.
pub(super) fn rewrite(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    let references = std::mem::take(&mut work.references);
    if references.made.is_empty() && references.renamed.is_empty() {
        return Ok(());
    }
    for (_, entry) in work.output.entries_mut() {
        references.rewrite(&mut entry.node);
    }
    work.references = references;
    Ok(())
}

impl References {
    fn rewrite(&self, node: &mut Node) {
        if let Some(rewritten) = self.rewritten(node) {
            *node = rewritten;
            return;
        }
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(|item| self.rewrite(item)),
            Value::Map(map) => {
                let is_single = map.len() == 1;
                for (key, entry) in map.entries_mut() {
                    match key {
                        "Fn::Sub" if is_single => self.sub(&mut entry.node),
                        _ => self.rewrite(&mut entry.node),
                    }
                    if key == "DependsOn" {
                        self.depends_on(&mut entry.node);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a reference becomes. None when it is to stay, or when the value is no reference.
    fn rewritten(&self, node: &Node) -> Option<Node> {
        let (key, argument) = single(node)?;
        match key {
            "Ref" => {
                let id = self.reference(argument.as_str()?)?;
                Some(map!(node.span; "Ref" => id))
            }
            "Fn::GetAtt" => {
                let parts = self.attribute(argument)?;
                let span = argument.span;
                let parts = parts.into_iter().map(|part| Node::string(span, part));
                let list = Node::new(span, Value::List(parts.collect()));
                Some(map!(node.span; "Fn::GetAtt" => list))
            }
            _ => None,
        }
    }

    fn depends_on(&self, node: &mut Node) {
        let rename = |node: &mut Node| {
            if let Some(new) = node.as_str().and_then(|id| self.renamed.get(id)) {
                *node = Node::string(node.span, new);
            }
        };
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(rename),
            _ => rename(node),
        }
    }

    fn reference(&self, name: &str) -> Option<String> {
        match name.split_once('.') {
            Some((id, property)) => self.target(id, property).cloned(),
            None => self.renamed.get(name).cloned(),
        }
    }

    /// The new argument of `Fn::GetAtt`. `MyFunction.Alias` may be cut at any dot.
    fn attribute(&self, argument: &Node) -> Option<Vec<String>> {
        let parts = argument.as_list().filter(|parts| parts.len() >= 2)?;
        let texts: Option<Vec<&str>> = parts.iter().map(Node::as_str).collect();
        let joined = texts?.join(".");
        let mut split: Vec<String> = joined.split('.').map(str::to_owned).collect();
        if let Some(new) = self.renamed.get(&split[0]) {
            split[0] = new.clone();
            return Some(split);
        }
        let target = self.target(&split[0], &split[1])?.clone();
        split.splice(0..2, [target]);
        Some(split)
    }

    /// Rewrites the argument of `Fn::Sub`.
    fn sub(&self, argument: &mut Node) {
        match &mut argument.value {
            Value::String(text) => *text = self.text(text),
            Value::List(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    match &mut item.value {
                        Value::String(text) if at == 0 => *text = self.text(text),
                        _ => self.rewrite(item),
                    }
                }
            }
            _ => self.rewrite(argument),
        }
    }

    fn text(&self, text: &str) -> String {
        let replaced = replace_references(text, |name| {
            let (id, rest) = match name.split_once('.') {
                Some((id, rest)) => (id, Some(rest)),
                None => (name, None),
            };
            if let Some(new) = self.renamed.get(id) {
                let rest = rest.map(|rest| format!(".{rest}")).unwrap_or_default();
                return Ok(Some(format!("${{{new}{rest}}}")));
            }
            let Some(rest) = rest else {
                return Ok(None);
            };
            let (property, attributes) = match rest.split_once('.') {
                Some((property, attributes)) => (property, format!(".{attributes}")),
                None => (rest, String::new()),
            };
            let target = self.target(id, property);
            Ok(target.map(|target| format!("${{{target}{attributes}}}")))
        });
        replaced.unwrap_or_else(|_| text.to_owned())
    }
}
