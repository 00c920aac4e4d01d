//! Which properties a type takes, and what they may be.
//!
//! Source: the tables `property_types` of the translator's resource classes and its `model/types.py`.

use crate::diag::nearest;
use crate::template::{Map, Node, Value};

use super::fault::{Fault, Result};

/// What a property may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// A mapping.
    Map,
    /// A list.
    List,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// One of several shapes.
    OneOf(&'static [Shape]),
    /// A list of one shape.
    ListOf(&'static Shape),
    /// A mapping whose values have one shape.
    MapOf(&'static Shape),
    /// One of several texts.
    Choice(&'static [&'static str]),
}

/// Text or a mapping, usually a function.
pub(crate) const TEXT_OR_MAP: Shape = Shape::OneOf(&[Shape::Text, Shape::Map]);

/// A property of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    /// Its name.
    pub name: &'static str,
    required: bool,
    shape: Shape,
    /// Whether a mapping with one key is taken for a function and not looked at.
    intrinsic: bool,
}

/// A property that may be absent, and may be a function.
pub(crate) const fn optional(name: &'static str, shape: Shape) -> Property {
    Property {
        name,
        required: false,
        shape,
        intrinsic: true,
    }
}

/// A property that must be there, and may be a function.
pub(crate) const fn required(name: &'static str, shape: Shape) -> Property {
    Property {
        name,
        required: true,
        shape,
        intrinsic: true,
    }
}

/// A property that goes to CloudFormation as it is.
pub(crate) const fn passed(name: &'static str) -> Property {
    Property {
        name,
        required: false,
        shape: Shape::Any,
        intrinsic: false,
    }
}

impl Property {
    /// The same property, which cannot be a function.
    pub(crate) const fn literal(self) -> Property {
        Property {
            intrinsic: false,
            ..self
        }
    }

    /// The same property, which must be there.
    pub(crate) const fn needed(self) -> Property {
        Property {
            required: true,
            ..self
        }
    }

    fn check(&self, id: &str, value: Option<&Node>) -> Result<()> {
        if self.intrinsic
            && value
                .and_then(Node::as_map)
                .is_some_and(|map| map.len() == 1)
        {
            return Ok(());
        }
        let Some(value) = value.filter(|node| node.value != Value::Null) else {
            return match self.required {
                true => Err(Fault::resource(
                    id,
                    format!("Missing required property '{}'.", self.name),
                )),
                false => Ok(()),
            };
        };
        if self.shape.accepts(value) {
            return Ok(());
        }
        let message = match self.shape.wanted() {
            Some(wanted) => format!("Property '{}' should be a {wanted}.", self.name),
            None => format!("Type of property '{}' is invalid.", self.name),
        };
        Err(Fault::resource(id, message).at(value.span))
    }
}

impl Shape {
    /// Whether a value has this shape.
    pub(crate) fn accepts(&self, node: &Node) -> bool {
        match self {
            Shape::Any => true,
            Shape::Text => matches!(node.value, Value::String(_)),
            Shape::Map => matches!(node.value, Value::Map(_)),
            Shape::List => matches!(node.value, Value::List(_)),
            Shape::Bool => matches!(node.value, Value::Bool(_)),
            // Python's booleans are integers.
            Shape::Integer => match &node.value {
                Value::Number(number) => number.is_i64() || number.is_u64(),
                value => matches!(value, Value::Bool(_)),
            },
            Shape::OneOf(shapes) => shapes.iter().any(|shape| shape.accepts(node)),
            Shape::ListOf(shape) => node
                .as_list()
                .is_some_and(|items| items.iter().all(|item| shape.accepts(item))),
            Shape::MapOf(shape) => node
                .as_map()
                .is_some_and(|map| map.iter().all(|(_, item)| shape.accepts(item))),
            Shape::Choice(texts) => node.as_str().is_some_and(|text| texts.contains(&text)),
        }
    }

    /// What a message says was wanted; none for shapes it does not describe.
    fn wanted(&self) -> Option<String> {
        match self {
            Shape::Map => Some("map".into()),
            Shape::Text => Some("string".into()),
            Shape::Choice([only]) => Some(format!("the string '{only}'")),
            Shape::Choice([one, other]) => {
                Some(format!("one of the strings: '{one}' or '{other}'"))
            }
            Shape::Choice([first @ .., last]) => {
                let first: Vec<String> = first.iter().map(|text| format!("'{text}'")).collect();
                Some(format!(
                    "one of the strings: {}, or '{last}'",
                    first.join(", ")
                ))
            }
            _ => None,
        }
    }
}

/// Checks a mapping of properties against the table of its type: first for names that the type does not have, in the
/// order they were written, then each property in the order of the table.
///
/// # Errors
/// The first fault, in the translator's words.
pub(crate) fn check(
    id: &str,
    resource_type: &str,
    properties: &Map,
    table: &[Property],
) -> Result<()> {
    for (name, entry) in properties.entries() {
        if !table.iter().any(|property| property.name == name) {
            let message =
                format!("property {name} not defined for resource of type {resource_type}");
            let known = table.iter().map(|property| property.name);
            let advice = nearest(name, known).map(|near| format!("Did you mean `{near}`?"));
            return Err(Fault::resource(id, message)
                .at(entry.key_span)
                .advise(advice));
        }
    }
    table
        .iter()
        .try_for_each(|property| property.check(id, properties.get(property.name)))
}
