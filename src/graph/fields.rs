//! Reading typed values out of a resource's properties, with a diagnostic for everything of the wrong type.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Map, Node, Resource, Value};

use super::reference;
use super::setting::{Link, Setting, why};

/// Where decoders put what they have to say.
#[derive(Debug, Default)]
pub(crate) struct Sink(RefCell<Diagnostics>);

/// After so many diagnostics no more suggestions are looked for.
const MAX_SUGGESTIONS: usize = 200;

impl Sink {
    pub fn push(&self, diagnostic: Diagnostic) {
        self.0.borrow_mut().push(diagnostic);
    }

    /// Whether it is still worth looking for what a name may have been meant to be: with thousands of names that nobody
    /// knows, that would take minutes.
    pub fn may_suggest(&self) -> bool {
        self.0.borrow().iter().len() < MAX_SUGGESTIONS
    }

    pub fn into_diagnostics(self) -> Diagnostics {
        self.0.into_inner()
    }
}

/// What decoding one template shares.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub sink: Sink,
    /// Every resource that the template declares, by its logical id.
    pub resources: &'a IndexMap<String, Resource>,
}

/// One value, twice: as far as it is known here, and with its references to resources still in place.
///
/// The second tells which resource a value came from: `!Ref Queue` is only a URL once it has been evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub value: &'a Node,
    pub structure: Option<&'a Node>,
}

/// A mapping of properties being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    pub span: Span,
    /// The resource this belongs to, for messages.
    pub owner: &'a str,
    /// The property these stand under, for messages: `Environment.Variables`; empty at the top.
    path: PathOf<'a>,
    values: Option<&'a Map>,
    structure: Option<&'a Map>,
    context: &'a Context<'a>,
    /// Some of the properties are not known here (a macro brings them), so that none can be called missing.
    partial: bool,
}

/// A property's name and what it stands under.
#[derive(Debug, Clone, Copy)]
enum PathOf<'a> {
    Top,
    Under(&'a str),
}

impl<'a> Spot<'a> {
    /// The items of a list; none when it is something else.
    fn items(self) -> Vec<Spot<'a>> {
        let values = self.value.as_list().unwrap_or_default();
        let structures = self
            .structure
            .and_then(Node::as_list)
            .filter(|structures| structures.len() == values.len());
        values
            .iter()
            .enumerate()
            .map(|(at, value)| Spot {
                value,
                structure: structures.and_then(|structures| structures.get(at)),
            })
            .collect()
    }
}

impl<'a> Fields<'a> {
    /// The properties of the resource `owner`. `span` is where something missing is reported.
    pub fn new(
        owner: &'a str,
        span: Span,
        properties: Option<Spot<'a>>,
        context: &'a Context<'a>,
    ) -> Self {
        let mut fields = Fields {
            span,
            owner,
            path: PathOf::Top,
            values: None,
            structure: None,
            context,
            partial: false,
        };
        if let Some(properties) = properties {
            fields.fill(properties);
        }
        fields
    }

    fn fill(&mut self, spot: Spot<'a>) {
        self.structure = spot.structure.and_then(Node::as_map);
        match &spot.value.value {
            Value::Map(map) => {
                self.values = Some(map);
                self.partial = map.get("Fn::Transform").is_some();
            }
            Value::Unknown(_) | Value::Call(_) => self.partial = true,
            _ => {}
        }
    }

    /// Puts a diagnostic among the others.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.context.sink.push(diagnostic);
    }

    /// Whether properties may be there that cannot be seen here.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether the property is written, with whatever value.
    pub fn has(&self, key: &str) -> bool {
        self.spot(key).is_some()
    }

    /// Where the key stands.
    pub fn key_span(&self, key: &str) -> Option<Span> {
        Some(self.values?.entry(key)?.key_span)
    }

    /// The value of a property in both its forms.
    pub fn spot(&self, key: &str) -> Option<Spot<'a>> {
        Some(Spot {
            value: self.values?.get(key)?,
            structure: self.structure.and_then(|structure| structure.get(key)),
        })
    }

    /// The value of a property as it stands.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        self.values?.get(key)
    }

    /// Every property: its name, where the name stands, its value.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Span, Spot<'a>)> + use<'a> {
        let structure = self.structure;
        self.values
            .into_iter()
            .flat_map(Map::entries)
            .map(move |(key, entry)| {
                let spot = Spot {
                    value: &entry.node,
                    structure: structure.and_then(|structure| structure.get(key)),
                };
                (key, entry.key_span, spot)
            })
    }

    /// A mapping below these properties. Reports anything else that is known.
    pub fn fields(&self, key: &'a str) -> Option<Fields<'a>> {
        let spot = self.spot(key)?;
        self.fields_of(key, spot)
    }

    /// A mapping that stands at `spot`, called `key` in messages. Reports anything else that is known.
    pub fn fields_of(&self, key: &'a str, spot: Spot<'a>) -> Option<Fields<'a>> {
        match &spot.value.value {
            Value::Map(_) | Value::Unknown(_) | Value::Call(_) => {
                let mut fields = Fields {
                    span: spot.value.span,
                    path: PathOf::Under(key),
                    values: None,
                    structure: None,
                    partial: false,
                    ..*self
                };
                fields.fill(spot);
                Some(fields)
            }
            _ => {
                self.wrong_type(key, spot.value, "a mapping");
                None
            }
        }
    }

    /// The items of a list. Reports anything else that is known.
    pub fn items(&self, key: &str) -> Vec<Spot<'a>> {
        let Some(spot) = self.spot(key) else {
            return Vec::new();
        };
        match &spot.value.value {
            Value::List(_) => spot.items(),
            Value::Unknown(_) | Value::Call(_) => Vec::new(),
            _ => {
                self.wrong_type(key, spot.value, "a list");
                Vec::new()
            }
        }
    }

    /// A string; CloudFormation takes numbers and booleans for their text.
    pub fn text(&self, key: &str) -> Option<Setting<String>> {
        self.text_of(key, self.node(key)?)
    }

    /// A string that stands at `node`, called `key` in messages.
    pub fn text_of(&self, key: &str, node: &Node) -> Option<Setting<String>> {
        if let Some(unknown) = unknown(node) {
            return Some(unknown);
        }
        match node.scalar_text() {
            Some(value) => Some(Setting::Known {
                value,
                span: node.span,
            }),
            None => {
                self.wrong_type(key, node, "a string");
                None
            }
        }
    }

    /// A list of strings.
    pub fn texts(&self, key: &str) -> Vec<Setting<String>> {
        self.items(key)
            .into_iter()
            .filter_map(|item| self.text_of(key, item.value))
            .collect()
    }

    /// The logical id of the resource of this template that a value refers to, if it is just one.
    pub fn resource_of(&self, spot: Spot<'a>) -> Option<String> {
        let name = reference::only_resource(spot.structure?)?;
        self.context.resources.contains_key(&name).then_some(name)
    }

    /// The type of a resource of this template.
    pub fn type_of(&self, id: &str) -> Option<&'a str> {
        Some(self.context.resources.get(id)?.resource_type.as_str())
    }

    /// A value that names another resource.
    pub fn link(&self, key: &str) -> Option<Link> {
        self.link_of(key, self.spot(key)?)
    }

    /// A value that names another resource and stands at `spot`, called `key` in messages.
    pub fn link_of(&self, key: &str, spot: Spot<'a>) -> Option<Link> {
        Some(Link {
            resource: self.resource_of(spot),
            value: self.text_of(key, spot.value)?,
        })
    }

    /// A string, or anything else as the JSON text that CloudFormation or SAM makes of it.
    pub fn json_text(&self, key: &str) -> Option<Setting<String>> {
        let node = self.node(key)?;
        match &node.value {
            Value::Map(_) | Value::List(_) => Some(match reference::first_unknown(node) {
                Some(reason) => Setting::Unknown {
                    reason: reason.clone(),
                    span: node.span,
                },
                None => Setting::Known {
                    value: node.to_json().to_string(),
                    span: node.span,
                },
            }),
            _ => self.text(key),
        }
    }

    /// True or false; the strings `true` and `false` are taken for them.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        match &node.value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Value::Unknown(_) | Value::Call(_) => {
                self.unknown_value(key, node);
                None
            }
            _ => {
                self.wrong_type(key, node, "true or false");
                None
            }
        }
    }

    /// A whole number within bounds; a string of digits is taken for one.
    pub fn number(&self, key: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let node = self.node(key)?;
        let number = match &node.value {
            Value::Number(number) => whole(number),
            Value::String(text) => text.trim().parse().ok(),
            Value::Unknown(_) | Value::Call(_) => {
                self.unknown_value(key, node);
                return None;
            }
            _ => None,
        };
        let Some(number) = number else {
            self.wrong_type(key, node, "a whole number");
            return None;
        };
        if !bounds.contains(&number) {
            self.report(
                Diagnostic::error(
                    "graph/out-of-range",
                    format!("{} of {} is {number}", self.name(key), self.owner),
                )
                .at(node.span)
                .help(if *bounds.end() < i64::from(u32::MAX) {
                    format!("AWS takes {} to {}.", bounds.start(), bounds.end())
                } else {
                    format!("AWS takes {} and more.", bounds.start())
                }),
            );
            return None;
        }
        Some(number)
    }

    /// A whole number within bounds that are not negative.
    pub fn count(&self, key: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let bounds = i64::from(*bounds.start())..=i64::from(*bounds.end());
        self.number(key, bounds)
            .and_then(|number| u32::try_from(number).ok())
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let node = self.node(key)?;
        self.word_of(key, node, words)
    }

    /// One of a few words, at `node`, called `key` in messages.
    pub fn word_of<T: Copy>(&self, key: &str, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let text = match self.text_of(key, node)? {
            Setting::Known { value, .. } => value,
            Setting::Unknown { .. } => {
                self.unknown_value(key, node);
                return None;
            }
        };
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let allowed: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.report(
                Diagnostic::error(
                    "graph/not-allowed",
                    format!("{} of {} cannot be `{text}`", self.name(key), self.owner),
                )
                .at(node.span)
                .help(format!("AWS takes {}.", allowed.join(", "))),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// Reports a property that must be there and is not. Silent when it may be there unseen.
    pub fn missing(&self, key: &str, help: &str) {
        if self.partial {
            return;
        }
        self.report(
            Diagnostic::error(
                "graph/missing-property",
                format!("{} has no {}", self.owner, self.name(key)),
            )
            .at(self.span)
            .help(help),
        );
    }

    /// Reports a property with a value of the wrong type.
    pub fn wrong_type(&self, key: &str, node: &Node, wanted: &str) {
        let diagnostic = Diagnostic::error(
            "graph/wrong-type",
            format!(
                "{} of {} must be {wanted}, and is {}",
                self.name(key),
                self.owner,
                node.kind()
            ),
        )
        .at(node.span);
        self.report(match &node.value {
            Value::Null => diagnostic.help(
                "CloudFormation takes no nulls; give it a value, or take the key away (in YAML, a key with nothing behind it is null).",
            ),
            _ => diagnostic,
        });
    }

    fn unknown_value(&self, key: &str, node: &Node) {
        let reason = match &node.value {
            Value::Unknown(unknown) => why(reference::root_reason(unknown)),
            _ => "it was not evaluated".into(),
        };
        self.report(
            Diagnostic::warning(
                "graph/unknown-value",
                format!(
                    "{} of {} is not known here, because {reason}; its default is taken",
                    self.name(key),
                    self.owner
                ),
            )
            .at(node.span),
        );
    }

    /// The property with what it stands under, in backquotes.
    fn name(&self, key: &str) -> String {
        match self.path {
            PathOf::Under(under) if under != key => format!("`{under}.{key}`"),
            _ => format!("`{key}`"),
        }
    }
}

/// The setting for a value that is not known, if it is not.
pub(crate) fn unknown<T>(node: &Node) -> Option<Setting<T>> {
    use crate::template::Reason;
    let reason = match &node.value {
        Value::Unknown(unknown) => reference::root_reason(unknown).clone(),
        Value::Call(call) => {
            Reason::Other(format!("`{}` was not evaluated", call.function.long_name()))
        }
        _ => return None,
    };
    Some(Setting::Unknown {
        reason,
        span: node.span,
    })
}

/// A number without a fraction, also when written `30.0`.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
    })
}
