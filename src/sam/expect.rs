//! Reading values that must have a type, with the translator's words for those that have another.
//!
//! Source: the translator's `validator/value_validator.py`.

use crate::template::{Map, Node, Value};

use super::fault::{Fault, Result};

/// Whom a value belongs to: messages name it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// A property of the resource with this id.
    Resource(&'a str),
    /// An attribute (such as `Properties`) of the resource with this id.
    Attribute(&'a str),
    /// A property of the event with this id.
    Event(&'a str),
}

impl<'a> Owner<'a> {
    /// A fault of the owner.
    pub(crate) fn fault(self, message: impl Into<String>) -> Fault {
        match self {
            Owner::Resource(id) | Owner::Attribute(id) => Fault::resource(id, message),
            Owner::Event(id) => Fault::event(id, message),
        }
    }

    fn wrong_type(self, node: Option<&Node>, path: &str, wanted: &str) -> Fault {
        let what = match self {
            Owner::Attribute(_) => "Attribute",
            _ => "Property",
        };
        self.marked(node, format!("{what} '{path}' should be a {wanted}."))
    }

    fn marked(self, node: Option<&Node>, message: impl Into<String>) -> Fault {
        let fault = self.fault(message);
        match node {
            Some(node) => fault.at(node.span),
            None => fault,
        }
    }

    /// The mapping that stands here.
    pub(crate) fn map<'n>(self, node: Option<&'n Node>, path: &str) -> Result<&'n Map> {
        node.and_then(Node::as_map)
            .ok_or_else(|| self.wrong_type(node, path, "map"))
    }

    /// The mapping that stands here, or a fault with a message of its own.
    pub(crate) fn map_or<'n>(self, node: Option<&'n Node>, message: &str) -> Result<&'n Map> {
        node.and_then(Node::as_map)
            .ok_or_else(|| self.marked(node, message))
    }

    /// The list that stands here.
    pub(crate) fn list<'n>(self, node: Option<&'n Node>, path: &str) -> Result<&'n [Node]> {
        node.and_then(Node::as_list)
            .ok_or_else(|| self.wrong_type(node, path, "list"))
    }

    /// The list that stands here, or a fault with a message of its own.
    pub(crate) fn list_or<'n>(self, node: Option<&'n Node>, message: &str) -> Result<&'n [Node]> {
        node.and_then(Node::as_list)
            .ok_or_else(|| self.marked(node, message))
    }

    /// The text that stands here.
    pub(crate) fn text<'n>(self, node: Option<&'n Node>, path: &str) -> Result<&'n str> {
        node.and_then(Node::as_str)
            .ok_or_else(|| self.wrong_type(node, path, "string"))
    }

    /// The boolean that stands here.
    pub(crate) fn boolean(self, node: Option<&Node>, path: &str) -> Result<bool> {
        match node.map(|node| &node.value) {
            Some(Value::Bool(flag)) => Ok(*flag),
            _ => Err(self.wrong_type(node, path, "boolean")),
        }
    }

    /// Whatever stands here, unless it is null.
    pub(crate) fn present<'n>(self, node: Option<&'n Node>, path: &str) -> Result<&'n Node> {
        self.present_or(node, &format!("Property '{path}' is required."))
    }

    /// Whatever stands here, unless it is null, or a fault with a message of its own.
    pub(crate) fn present_or<'n>(self, node: Option<&'n Node>, message: &str) -> Result<&'n Node> {
        node.filter(|node| node.value != Value::Null)
            .ok_or_else(|| self.marked(node, message))
    }
}
