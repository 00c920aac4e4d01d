//! The paths of an OpenAPI document, their methods, and the conditions around both.
//!
//! A path or a method may be `{"Fn::If": [condition, then, otherwise]}`; what is asked or changed then concerns both
//! sides. Source: the translator's `open_api/base_editor.py`.

use crate::template::{Map, Node, Value};

use super::invalid;
use crate::sam::fault::Result;
use crate::sam::intrinsic::{if_only, is_no_value};
use crate::sam::value::is_truthy;

/// API Gateway's extension that says what a method does.
pub(crate) const INTEGRATION: &str = "x-amazon-apigateway-integration";
/// API Gateway's name for the method that stands for all.
pub(crate) const ANY: &str = "x-amazon-apigateway-any-method";

/// The section `paths` of a document.
pub(crate) struct Paths<'a>(pub &'a mut Map);

/// A method's name as documents write it: in small letters, `any` as [`ANY`].
pub(crate) fn normal_method(method: &str) -> String {
    let method = method.to_lowercase();
    match method.as_str() {
        "any" => ANY.to_owned(),
        _ => method,
    }
}

/// What stands under a condition: both sides of it, without those that are no value; the value itself when there is
/// none.
///
/// # Errors
/// A `Fn::If` whose argument is no list.
pub(crate) fn sides(node: &Node) -> Result<Vec<&Node>> {
    let Some(argument) = node.get("Fn::If") else {
        return Ok(vec![node]);
    };
    let parts = argument
        .as_list()
        .ok_or_else(|| not_a_list().at(argument.span))?;
    Ok(parts
        .iter()
        .skip(1)
        .filter(|side| !is_no_value(side))
        .collect())
}

/// [`sides`], to be changed.
///
/// # Errors
/// As [`sides`].
pub(crate) fn sides_mut(node: &mut Node) -> Result<Vec<&mut Node>> {
    if node.get("Fn::If").is_none() {
        return Ok(vec![node]);
    }
    let argument = node.as_map_mut().and_then(|map| map.get_mut("Fn::If"));
    let parts = argument
        .and_then(Node::as_list_mut)
        .ok_or_else(not_a_list)?;
    Ok(parts
        .iter_mut()
        .skip(1)
        .filter(|side| !is_no_value(side))
        .collect())
}

/// A document with one of its paths only.
pub(crate) fn only(document: &Node, path: &str) -> Node {
    let mut part = document.clone();
    let paths = part
        .as_map_mut()
        .and_then(|document| document.get_mut("paths")?.as_map_mut());
    if let Some(paths) = paths {
        let mut only = Map::new();
        if let Some(entry) = paths.entry(path) {
            only.insert(path, entry.key_span, entry.node.clone());
        }
        *paths = only;
    }
    part
}

/// Puts the part of a document that [`only`] took, edited, into the whole document again.
pub(crate) fn put_back(part: Map, document: &mut Map) {
    for (name, entry) in part {
        if name != "paths" {
            document.insert(name, entry.key_span, entry.node);
            continue;
        }
        let paths = document.get_mut("paths").and_then(Node::as_map_mut);
        if let (Some(paths), Value::Map(edited)) = (paths, entry.node.value) {
            for (path, entry) in edited {
                paths.insert(path, entry.key_span, entry.node);
            }
        }
    }
}

fn not_a_list() -> crate::sam::fault::Fault {
    invalid("Value of Fn::If must be a list.")
}

/// Whether a method's definition says what it does.
pub(crate) fn integrates(definition: &Map) -> bool {
    definition.get(INTEGRATION).is_some_and(is_truthy)
}

fn item<'n>(node: Option<&'n Node>, path: &str) -> Result<&'n Map> {
    node.and_then(Node::as_map).ok_or_else(|| bad_item(path))
}

fn bad_item(path: &str) -> crate::sam::fault::Fault {
    invalid(format!(
        "Value of '{path}' path must be a dictionary according to Swagger spec."
    ))
}

fn bad_method(path: &str, method: &str) -> crate::sam::fault::Fault {
    invalid(format!(
        "Definition of method '{method}' for path '{path}' should be a map."
    ))
}

impl Paths<'_> {
    /// The paths' names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().map(str::to_owned).collect()
    }

    /// Checks that what stands behind each path is a mapping.
    ///
    /// # Errors
    /// The first that is none.
    pub(crate) fn check(&self) -> Result<()> {
        for (path, node) in self.0.iter() {
            for side in sides(node)? {
                item(Some(side), path)?;
            }
        }
        Ok(())
    }

    /// What stands behind a path, on each side of a condition.
    ///
    /// # Errors
    /// A path that is not there or no mapping.
    pub(crate) fn items(&self, path: &str) -> Result<Vec<&Map>> {
        let node = self.0.get(path).ok_or_else(|| bad_item(path))?;
        sides(node)?
            .into_iter()
            .map(|side| item(Some(side), path))
            .collect()
    }

    /// [`Paths::items`], to be changed.
    ///
    /// # Errors
    /// As [`Paths::items`].
    pub(crate) fn items_mut(&mut self, path: &str) -> Result<Vec<&mut Map>> {
        let node = self.0.get_mut(path).ok_or_else(|| bad_item(path))?;
        sides_mut(node)?
            .into_iter()
            .map(|side| side.as_map_mut().ok_or_else(|| bad_item(path)))
            .collect()
    }

    /// Whether the method is there, on every side of a condition around the path.
    ///
    /// # Errors
    /// A malformed condition.
    pub(crate) fn has(&self, path: &str, method: &str) -> Result<bool> {
        let method = normal_method(method);
        let Some(node) = self.0.get(path) else {
            return Ok(false);
        };
        Ok(sides(node)?.iter().all(|side| side.get(&method).is_some()))
    }

    /// Whether the method is there and says what it does, on every side of a condition around the path.
    ///
    /// # Errors
    /// A malformed condition, path or method.
    pub(crate) fn has_integration(&self, path: &str, method: &str) -> Result<bool> {
        if !self.has(path, method)? {
            return Ok(false);
        }
        let name = normal_method(method);
        for item in self.items(path)? {
            let Some(node) = item.get(&name).filter(|node| node.as_map().is_some()) else {
                return Ok(false);
            };
            let mut found = false;
            for side in sides(node)? {
                let definition = side.as_map().ok_or_else(|| bad_method(path, &name))?;
                found |= integrates(definition);
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds a method without a definition, unless it is there.
    ///
    /// # Errors
    /// A path that is no mapping.
    pub(crate) fn add(&mut self, path: &str, method: &str, span: crate::diag::Span) -> Result<()> {
        let method = normal_method(method);
        let empty = || Node::new(span, Value::Map(Map::new()));
        if !self.0.contains_key(path) {
            self.0.insert(path, span, empty());
        }
        for item in self.items_mut(path)? {
            if !item.contains_key(&method) {
                item.insert(method.as_str(), span, empty());
            }
        }
        Ok(())
    }

    /// Puts everything behind a path under a condition.
    pub(crate) fn make_conditional(&mut self, path: &str, condition: &str) {
        if let Some(node) = self.0.get_mut(path) {
            *node = if_only(node.span, condition, &*node);
        }
    }

    /// Does something with each definition of a method, on every side of the conditions around path and method. Those
    /// without an integration are left out.
    ///
    /// # Errors
    /// A path or method that is not there or no mapping, and what `change` finds.
    pub(crate) fn each_definition(
        &mut self,
        path: &str,
        method: &str,
        mut change: impl FnMut(&mut Map) -> Result<()>,
    ) -> Result<()> {
        let name = normal_method(method);
        for item in self.items_mut(path)? {
            let node = item
                .get_mut(&name)
                .ok_or_else(|| bad_method(path, method))?;
            for side in sides_mut(node)? {
                let definition = side.as_map_mut().ok_or_else(|| bad_method(path, method))?;
                if integrates(definition) {
                    change(definition)?;
                }
            }
        }
        Ok(())
    }

    /// Does something with each definition of every method of a path, as [`Paths::each_definition`]. `other` names the
    /// fields of a path that are no methods.
    ///
    /// # Errors
    /// As [`Paths::each_definition`].
    pub(crate) fn each_method(
        &mut self,
        path: &str,
        other: &[&str],
        mut change: impl FnMut(&str, &mut Map) -> Result<()>,
    ) -> Result<()> {
        for item in self.items_mut(path)? {
            let names: Vec<String> = item
                .keys()
                .filter(|name| !other.contains(name))
                .map(str::to_owned)
                .collect();
            for name in names {
                let Some(node) = item.get_mut(&name) else {
                    continue;
                };
                for side in sides_mut(node)? {
                    let definition = side.as_map_mut().ok_or_else(|| bad_method(path, &name))?;
                    if integrates(definition) {
                        change(&normal_method(&name), definition)?;
                    }
                }
            }
        }
        Ok(())
    }
}
