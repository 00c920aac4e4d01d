//! References into what SAM makes: `!Ref MyFunction.Alias` names the alias that SAM made for the function, and ids
//! that changed are changed wherever they are named.
//!
//! Source: the translator's `intrinsics/actions.py` and `utils/actions.py`.

use indexmap::IndexMap;

use crate::template::{Map, Node, Value};

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
    let output = std::mem::take(&mut work.output);
    for (key, entry) in output {
        let node = references.rewrite(entry.node);
        work.output.insert(key, entry.key_span, node);
    }
    work.references = references;
    Ok(())
}

impl References {
    fn rewrite(&self, node: Node) -> Node {
        if let Some((key, argument)) = single(&node) {
            let replaced = match key {
                "Ref" => argument.as_str().and_then(|name| self.reference(name)),
                "Fn::GetAtt" => {
                    if let Some(parts) = self.attribute(argument) {
                        let span = argument.span;
                        let parts = parts.into_iter().map(|part| Node::string(span, part));
                        let list = Node::new(span, Value::List(parts.collect()));
                        return map!(node.span; "Fn::GetAtt" => list);
                    }
                    None
                }
                "Fn::Sub" => return self.sub(node),
                _ => None,
            };
            if let Some(id) = replaced {
                return map!(node.span; "Ref" => id);
            }
        }
        let value = match node.value {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.rewrite(item)).collect())
            }
            Value::Map(map) => {
                let mut rewritten = Map::new();
                for (key, entry) in map {
                    let mut child = self.rewrite(entry.node);
                    if key == "DependsOn" {
                        child = self.depends_on(child);
                    }
                    rewritten.insert(key, entry.key_span, child);
                }
                Value::Map(rewritten)
            }
            other => other,
        };
        Node::new(node.span, value)
    }

    fn depends_on(&self, node: Node) -> Node {
        let renamed = |node: &Node| match node.as_str().and_then(|id| self.renamed.get(id)) {
            Some(new) => Node::string(node.span, new),
            None => node.clone(),
        };
        match &node.value {
            Value::List(items) => {
                Node::new(node.span, Value::List(items.iter().map(renamed).collect()))
            }
            _ => renamed(&node),
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

    fn sub(&self, node: Node) -> Node {
        let Some((_, argument)) = single(&node) else {
            return node;
        };
        let argument = match &argument.value {
            Value::String(text) => Node::string(argument.span, self.text(text)),
            Value::List(items) => {
                let items = items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| match item.as_str() {
                        Some(text) if at == 0 => Node::string(item.span, self.text(text)),
                        _ => self.rewrite(item.clone()),
                    });
                Node::new(argument.span, Value::List(items.collect()))
            }
            _ => self.rewrite(argument.clone()),
        };
        map!(node.span; "Fn::Sub" => argument)
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
