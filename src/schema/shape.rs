//! What the properties of a resource type may be.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::line_of;

static TABLE: &str = include_str!("../../schema/shapes.tsv");

/// The shape of a resource type's `Properties`, with the definitions that it refers to.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Shapes {
    /// The shape of `Properties` itself.
    pub root: Shape,
}

/// What a value may be: the words of JSON Schema that the table uses. What is empty or none says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Shape {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    /// Of the root alone.
    definitions: BTreeMap<String, Shape>,
    /// The JSON types possible; all are when this is empty.
    #[serde(rename = "type", deserialize_with = "types")]
    pub types: Vec<Type>,
    /// By name.
    pub properties: BTreeMap<String, Shape>,
    /// By a regular expression that the name matches.
    pub pattern_properties: BTreeMap<String, Shape>,
    /// What holds for names that are in neither of the two.
    pub additional_properties: Additional,
    /// Names that must be there.
    pub required: Vec<String>,
    /// Exactly one of these names must be there.
    pub required_xor: Vec<String>,
    /// At least one of these names must be there.
    pub required_or: Vec<String>,
    /// With this name there must be those.
    pub dependent_required: BTreeMap<String, Vec<String>>,
    /// With this name there must be none of those.
    pub dependent_excluded: BTreeMap<String, Vec<String>>,
    /// What each item of a list is.
    pub items: Option<Box<Shape>>,
    /// The only values possible.
    #[serde(rename = "enum")]
    pub choices: Vec<Value>,
    /// The only value possible.
    #[serde(rename = "const")]
    pub only: Option<Value>,
    /// All of these hold.
    pub all_of: Vec<Shape>,
    /// At least one of these holds.
    pub any_of: Vec<Shape>,
    /// Exactly one of these holds.
    pub one_of: Vec<Shape>,
    /// A regular expression that text matches somewhere.
    pub pattern: Option<String>,
    /// Characters.
    pub min_length: Option<u64>,
    /// Characters.
    pub max_length: Option<u64>,
    /// The least number.
    pub minimum: Option<f64>,
    /// The greatest number.
    pub maximum: Option<f64>,
    /// Items of a list.
    pub min_items: Option<u64>,
    /// Items of a list.
    pub max_items: Option<u64>,
}

/// A type of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// A mapping.
    Object,
    /// No value.
    Null,
}

/// What holds for the names of a mapping that its shape does not list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Additional {
    /// Whether there may be any.
    May(bool),
    /// They may be there, and this is what they are.
    As(Box<Shape>),
}

impl Default for Additional {
    fn default() -> Self {
        Additional::May(true)
    }
}

impl Type {
    /// As JSON Schema writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Type::String => "string",
            Type::Integer => "integer",
            Type::Number => "number",
            Type::Boolean => "boolean",
            Type::Array => "array",
            Type::Object => "object",
            Type::Null => "null",
        }
    }
}

impl Shapes {
    /// The shape that is meant: the definition, when this one only refers to it.
    ///
    /// Definitions that refer to each other in a circle without anything between come back as a shape that says nothing.
    pub fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        static ANYTHING: std::sync::LazyLock<Shape> = std::sync::LazyLock::new(Shape::default);
        let mut at = shape;
        for _ in 0..=self.root.definitions.len() {
            let Some(reference) = &at.reference else {
                return at;
            };
            let name = reference
                .strip_prefix("#/definitions/")
                .unwrap_or(reference);
            match self.root.definitions.get(name) {
                Some(next) => at = next,
                None => return &ANYTHING,
            }
        }
        &ANYTHING
    }
}

/// The shape of the resource type `name`, or none when the table does not have it. Parses the type's line: up to 200 kB.
pub fn shapes(name: &str) -> Option<Shapes> {
    serde_json::from_str(json(name)?).ok()
}

/// The same as the JSON Schema that the table holds.
pub fn json(name: &str) -> Option<&'static str> {
    line_of(TABLE, name)?.split_once('\t').map(|(_, json)| json)
}

fn types<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Type>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Types {
        One(Type),
        Several(Vec<Type>),
    }
    Ok(match Types::deserialize(deserializer)? {
        Types::One(one) => vec![one],
        Types::Several(several) => several,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word is read, so that a newer table with another one is noticed.
    const WORDS: [&str; 32] = [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "definitions",
        "dependentExcluded",
        "dependentRequired",
        "else",
        "enum",
        "exclusiveMaximum",
        "if",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "not",
        "oneOf",
        "pattern",
        "patternProperties",
        "prefixItems",
        "properties",
        "required",
        "requiredOr",
        "requiredXor",
        "then",
        "type",
    ];

    fn check(name: &str, schema: &Value) {
        let Some(map) = schema.as_object() else {
            assert!(schema.is_boolean(), "{name}: {schema}");
            return;
        };
        for (word, value) in map {
            assert!(
                WORDS.contains(&word.as_str()) || word == "uniqueItems",
                "{name}: {word}"
            );
            match word.as_str() {
                "properties" | "definitions" | "patternProperties" => value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, one)| check(name, one)),
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|one| check(name, one)),
                "items" | "not" | "if" | "then" | "else" | "additionalProperties" => {
                    check(name, value)
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_line_is_found_by_its_name_and_reads_whole() {
        let names: Vec<_> = TABLE
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert!(
            names.len() > 1800 && names.is_sorted(),
            "the table is searched by halves"
        );
        for name in names {
            check(
                name,
                &serde_json::from_str(json(name).expect("found")).expect("JSON"),
            );
            let shapes = shapes(name).unwrap_or_else(|| panic!("{name} cannot be read"));
            assert!(
                !shapes.root.properties.is_empty() || name.contains("WaitConditionHandle"),
                "{name}"
            );
        }
    }

    #[test]
    fn a_definition_is_found_where_it_is_referred_to() {
        let function = shapes("AWS::Lambda::Function").expect("known");
        let code = function.resolve(&function.root.properties["Code"]);
        assert_eq!(code.types, [Type::Object]);
        assert!(code.properties.contains_key("S3Bucket"));
        assert!(matches!(code.additional_properties, Additional::May(false)));
    }

    #[test]
    fn a_circle_of_definitions_ends() {
        let shapes: Shapes = serde_json::from_str(
            r##"{"definitions":{"A":{"$ref":"#/definitions/B"},"B":{"$ref":"#/definitions/A"}},"$ref":"#/definitions/A"}"##,
        )
        .expect("reads");
        assert!(shapes.resolve(&shapes.root).types.is_empty());
    }
}
