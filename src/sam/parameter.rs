//! What is known of parameters while SAM's transform runs: the values given, the defaults, the region and partition.
//!
//! References are answered only where the transform has to know a value (an alias's name, a hash); what it passes on
//! keeps its references. Source: the translator's `intrinsics/resolver.py` and `actions.py`.

use crate::template::{Map, Node, Value};

use super::Context;
use super::fault::{Fault, Result};
use super::intrinsic::single;
use super::value::text;

/// Values by the names that `Ref` uses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    values: Map,
}

impl Parameters {
    /// The given values, then the defaults of the template's section `Parameters`, then the pseudo parameters.
    pub(super) fn new(context: &Context<'_>, template: &Node) -> Self {
        let mut values = Map::new();
        for (name, text) in context.parameters {
            values.insert(name, template.span, Node::string(template.span, text));
        }
        let declared = template.get("Parameters").and_then(Node::as_map);
        for (name, entry) in declared.iter().flat_map(|map| map.entries()) {
            if let Some(default) = entry.node.get("Default")
                && !values.contains_key(name)
            {
                values.insert(name, entry.key_span, default.clone());
            }
        }
        let pseudo = [
            ("AWS::Region", context.region),
            ("AWS::Partition", crate::eval::partition(context.region)),
        ];
        for (name, text) in pseudo {
            if !values.contains_key(name) {
                values.insert(name, template.span, Node::string(template.span, text));
            }
        }
        Parameters { values }
    }

    /// The value behind a name. Placeholders that CloudFormation passes for nested stacks count as unknown.
    pub(crate) fn value(&self, name: &str) -> Option<&Node> {
        self.values.get(name).filter(|node| {
            !node
                .as_str()
                .is_some_and(|text| text.starts_with("{{IntrinsicFunction:"))
        })
    }

    /// The value with every reference to a known parameter answered, in `Ref` and in the text of `Fn::Sub`.
    ///
    /// # Errors
    /// A parameter inside `Fn::Sub` that is no text; the fault ends the whole transform.
    pub(crate) fn resolve(&self, node: &Node) -> Result<Node> {
        if let Some((key, argument)) = single(node) {
            match key {
                "Ref" => {
                    // A value is taken as it is: a default that refers to itself must not go on for ever.
                    let known = argument.as_str().and_then(|name| self.value(name));
                    return Ok(known.unwrap_or(node).clone());
                }
                "Fn::Sub" => return self.resolve_sub(node, argument),
                _ => {}
            }
        }
        let value = match &node.value {
            Value::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.resolve(item))
                    .collect::<Result<_>>()?,
            ),
            Value::Map(map) => Value::Map(self.resolve_map(map)?),
            other => other.clone(),
        };
        Ok(Node::new(node.span, value))
    }

    /// The same for every value of a mapping.
    ///
    /// # Errors
    /// As [`Parameters::resolve`].
    pub(crate) fn resolve_map(&self, map: &Map) -> Result<Map> {
        let mut resolved = Map::new();
        for (key, entry) in map.entries() {
            resolved.insert(key, entry.key_span, self.resolve(&entry.node)?);
        }
        Ok(resolved)
    }

    /// The same for a property that may be absent.
    ///
    /// # Errors
    /// As [`Parameters::resolve`].
    pub(crate) fn resolve_optional(&self, node: Option<&Node>) -> Result<Option<Node>> {
        node.map(|node| self.resolve(node)).transpose()
    }

    fn resolve_sub(&self, node: &Node, argument: &Node) -> Result<Node> {
        let replaced = match &argument.value {
            Value::String(text) => Node::string(argument.span, self.replace(text)?),
            Value::List(items) if items.first().and_then(Node::as_str).is_some() => {
                let mut items = items
                    .iter()
                    .map(|item| self.resolve(item))
                    .collect::<Result<Vec<_>>>()?;
                if let Some(first) = items.first_mut() {
                    let replaced = self.replace(first.as_str().unwrap_or_default())?;
                    *first = Node::string(first.span, replaced);
                }
                Node::new(argument.span, Value::List(items))
            }
            _ => argument.clone(),
        };
        let mut map = Map::new();
        map.insert("Fn::Sub", node.span, replaced);
        Ok(Node::new(node.span, Value::Map(map)))
    }

    fn replace(&self, template: &str) -> Result<String> {
        replace_references(template, |name| {
            match self.value(name) {
            None => Ok(None),
            Some(node) => match node.as_str() {
                Some(text) => Ok(Some(text.to_owned())),
                None => Err(Fault::template(format!(
                    "Invalid Fn::Sub variable value {}. Fn::Sub expects all variables to be strings.",
                    text(node)
                ))
                .ending()),
            },
        }
        })
    }
}

/// Replaces every `${Name}` of a text, where a name is letters, digits and dots or a pseudo parameter; `None` leaves it.
pub(super) fn replace_references(
    template: &str,
    mut replacement: impl FnMut(&str) -> Result<Option<String>>,
) -> Result<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("${") {
        let after = &rest[start + 2..];
        // Nothing further than a name is looked at, so that any number of `${` costs no more than the text is long.
        let name = after
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | ':')))
            .filter(|end| after[*end..].starts_with('}'))
            .map(|end| &after[..end]);
        match name.filter(|name| is_reference(name)) {
            Some(name) => {
                out.push_str(&rest[..start]);
                match replacement(name)? {
                    Some(text) => out.push_str(&text),
                    None => out.push_str(&rest[start..start + name.len() + 3]),
                }
                rest = &rest[start + name.len() + 3..];
            }
            None => {
                out.push_str(&rest[..start + 2]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn is_reference(name: &str) -> bool {
    let is_plain = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '.')
    };
    match name.strip_prefix("AWS::") {
        Some(pseudo) => {
            pseudo.starts_with(|letter: char| letter.is_ascii_uppercase())
                && pseudo.chars().all(|letter| letter.is_ascii_alphabetic())
        }
        None => is_plain(name),
    }
}

/// Values of the section `Mappings`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mappings {
    values: Map,
}

impl Mappings {
    /// The mappings of a template.
    ///
    /// # Errors
    /// A section that is no mapping; the fault ends the whole transform.
    pub(super) fn new(template: &Map) -> Result<Self> {
        let values = match template.get("Mappings") {
            None => Map::new(),
            Some(node) => node.as_map().cloned().ok_or_else(|| {
                Fault::template(
                    "'Mappings' or 'Parameters' is either null or not a valid dictionary.",
                )
                .at(node.span)
                .ending()
            })?,
        };
        Ok(Mappings { values })
    }

    /// The value with every `Fn::FindInMap` answered whose three keys are text and lead to a value.
    ///
    /// # Errors
    /// A malformed function or mapping; the fault ends the whole transform.
    pub(crate) fn resolve(&self, node: &Node) -> Result<Node> {
        if self.values.is_empty() {
            return Ok(node.clone());
        }
        if let Some(("Fn::FindInMap", argument)) = single(node) {
            return Ok(self.find(argument)?.unwrap_or_else(|| node.clone()));
        }
        let value = match &node.value {
            Value::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.resolve(item))
                    .collect::<Result<_>>()?,
            ),
            Value::Map(map) => {
                let mut resolved = Map::new();
                for (key, entry) in map.entries() {
                    resolved.insert(key, entry.key_span, self.resolve(&entry.node)?);
                }
                Value::Map(resolved)
            }
            other => other.clone(),
        };
        Ok(Node::new(node.span, value))
    }

    fn find(&self, argument: &Node) -> Result<Option<Node>> {
        let Some([map, top, second]) = argument.as_list() else {
            return Err(Fault::template(format!(
                "Invalid FindInMap value {}. FindInMap expects an array with 3 values.",
                text(argument)
            ))
            .at(argument.span)
            .ending());
        };
        let keys = (self.key(map)?, self.key(top)?, self.key(second)?);
        let (Some(map), Some(top), Some(second)) = keys else {
            return Ok(None);
        };
        let flat = || {
            Fault::template(format!(
                "Cannot use Fn::FindInMap on Mapping '{map}' which is not a a two-level map."
            ))
            .ending()
        };
        let Some(first) = self.values.get(&map) else {
            return Ok(None);
        };
        let Some(second_level) = first.as_map().ok_or_else(flat)?.get(&top) else {
            return Ok(None);
        };
        let found = second_level.as_map().ok_or_else(flat)?.get(&second);
        Ok(found.cloned())
    }

    /// A key, which may itself be looked up.
    fn key(&self, node: &Node) -> Result<Option<String>> {
        let found = match single(node) {
            Some(("Fn::FindInMap", argument)) => self.find(argument)?,
            _ => None,
        };
        Ok(found.as_ref().unwrap_or(node).as_str().map(str::to_owned))
    }
}
