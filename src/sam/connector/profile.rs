//! Which resources can be connected, and what a connection permits. The profiles are data: `schema/connectors.tsv`.

use serde_json::Value as Json;

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use crate::sam::build::put;
use crate::sam::intrinsic::sub;

use super::reference::Reference;

static TABLE: &str = include_str!("../../../schema/connectors.tsv");

/// How resources of two types are connected.
pub(super) struct Profile {
    /// `role`, `queue`, `topic` or `function`: what the policy or permission is for.
    pub made: &'static str,
    /// Whether it is the source that gets it.
    pub is_for_source: bool,
    /// `mapping`, `source` or `-`: what is to be made after it.
    pub dependent: &'static str,
    /// The only combinations of access possible (`Read+Write`); all are when this is empty.
    pub combinations: Vec<&'static str>,
    access: serde_json::Map<String, Json>,
}

impl Profile {
    /// The profile for a source and a destination. None when they cannot be connected.
    pub(super) fn find(source: &str, destination: &str) -> Option<Profile> {
        TABLE.lines().find_map(|line| {
            let mut fields = line.split('\t');
            if fields.next()? != source || fields.next()? != destination {
                return None;
            }
            let made = fields.next()?;
            let owner = fields.next()?;
            let dependent = fields.next()?;
            let combinations = match fields.next()? {
                "-" => Vec::new(),
                all => all.split(',').collect(),
            };
            Some(Profile {
                made,
                is_for_source: owner == "source",
                dependent,
                combinations,
                access: serde_json::from_str(fields.next()?).ok()?,
            })
        })
    }

    /// The kinds of access that are possible: `Read`, `Write`.
    pub(super) fn kinds(&self) -> Vec<&str> {
        self.access.keys().map(String::as_str).collect()
    }

    /// What each kind of access permits between two resources.
    ///
    /// # Errors
    /// What a resource must be known by and is not.
    pub(super) fn access(
        &self,
        span: Span,
        source: &Reference,
        destination: &Reference,
    ) -> Result<Map, String> {
        let variables = [
            ("Source.Arn", source.arn.as_ref()),
            ("Destination.Arn", destination.arn.as_ref()),
            ("Source.ResourceId", source.resource_id.as_ref()),
            ("Destination.ResourceId", destination.resource_id.as_ref()),
            ("Source.Name", source.name.as_ref()),
            ("Destination.Name", destination.name.as_ref()),
            ("Source.Qualifier", source.qualifier.as_ref()),
            ("Destination.Qualifier", destination.qualifier.as_ref()),
        ];
        let json = Json::Object(self.access.clone());
        let filled = filled(&Node::from_json(span, &json), &variables)?;
        Ok(filled.as_map().cloned().unwrap_or_default())
    }
}

/// A value with `%{name}` replaced by what it stands for. A text of which it is only a part becomes `Fn::Sub`.
///
/// # Errors
/// A name without a value.
pub(super) fn filled(node: &Node, variables: &[(&str, Option<&Node>)]) -> Result<Node, String> {
    let span = node.span;
    let value = match &node.value {
        Value::String(text) => return filled_text(span, text, variables),
        Value::List(items) => Value::List(
            items
                .iter()
                .map(|item| filled(item, variables))
                .collect::<Result<_, String>>()?,
        ),
        Value::Map(map) => {
            let mut entries = Map::new();
            for (key, entry) in map.entries() {
                entries.insert(key, entry.key_span, filled(&entry.node, variables)?);
            }
            Value::Map(entries)
        }
        other => other.clone(),
    };
    Ok(Node::new(span, value))
}

fn filled_text(
    span: Span,
    text: &str,
    variables: &[(&str, Option<&Node>)],
) -> Result<Node, String> {
    let mut text = text.to_owned();
    let mut used = Map::new();
    for (name, value) in variables {
        let pattern = format!("%{{{name}}}");
        if !text.contains(&pattern) {
            continue;
        }
        let Some(value) = value else {
            return Err(format!("{name} is missing."));
        };
        if text == pattern {
            return Ok((*value).clone());
        }
        let variable: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        text = text.replace(&pattern, &format!("${{{variable}}}"));
        put(&mut used, span, variable, *value);
    }
    let has_variables = text
        .find("${")
        .is_some_and(|at| text[at + 2..].find('}').is_some_and(|end| end > 0));
    match has_variables {
        true => Ok(sub(span, text, Some(used))),
        false => Ok(Node::string(span, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_profile() {
        for line in TABLE.lines() {
            let mut fields = line.split('\t');
            let (source, destination) = (fields.next().unwrap(), fields.next().unwrap());
            let profile = Profile::find(source, destination).expect(line);
            assert!(!profile.kinds().is_empty(), "{line}");
        }
    }
}
