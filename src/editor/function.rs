//! CloudFormation's functions, which may stand in place of any value.

use serde_json::{Map, Value, json};

/// Where the definition of "any function" is.
pub const ANY: &str = "#/definitions/Function";

/// Names of members that are loops or are replaced by a macro: they may stand beside any others.
pub const LOOPS: &str = "^Fn::(ForEach::|Transform$)";

/// Functions with what each of them takes.
///
/// Source: CloudFormation user guide, "Intrinsic function reference". Where the language extensions let a function
/// stand inside, it may.
const FUNCTIONS: [(&str, Takes); 20] = [
    ("Ref", Takes::Text),
    ("Condition", Takes::Text),
    ("Fn::And", Takes::List(1, 10)),
    ("Fn::Base64", Takes::Anything),
    ("Fn::Cidr", Takes::List(2, 3)),
    ("Fn::Equals", Takes::List(2, 2)),
    ("Fn::FindInMap", Takes::List(3, 4)),
    ("Fn::GetAZs", Takes::Text),
    ("Fn::GetAtt", Takes::TextOrList(2, 2)),
    ("Fn::If", Takes::List(3, 3)),
    ("Fn::ImportValue", Takes::Text),
    ("Fn::Join", Takes::List(2, 2)),
    ("Fn::Length", Takes::Anything),
    ("Fn::Not", Takes::List(1, 1)),
    ("Fn::Or", Takes::List(1, 10)),
    ("Fn::Select", Takes::List(2, 2)),
    ("Fn::Split", Takes::List(2, 2)),
    ("Fn::Sub", Takes::TextOrList(1, 2)),
    ("Fn::ToJsonString", Takes::Anything),
    ("Fn::Transform", Takes::Anything),
];

#[derive(Clone, Copy)]
enum Takes {
    Anything,
    /// Text, or a function that gives it.
    Text,
    /// So many items.
    List(usize, usize),
    TextOrList(usize, usize),
}

impl Takes {
    fn schema(self) -> Value {
        let list = |least: usize, most: usize| json!({"type": "array", "minItems": least, "maxItems": most});
        match self {
            Takes::Anything => json!(true),
            Takes::Text => json!({"type": ["string", "object"]}),
            Takes::List(least, most) => list(least, most),
            Takes::TextOrList(least, most) => {
                json!({"anyOf": [{"type": "string"}, list(least, most)]})
            }
        }
    }
}

/// Adds the definition of "any function": one alone in its mapping, a mapping with a loop, or one that a macro fills.
pub fn define(definitions: &mut Map<String, Value>) {
    let known: Map<String, Value> = FUNCTIONS
        .iter()
        .map(|(name, takes)| ((*name).to_owned(), takes.schema()))
        .collect();
    definitions.insert(
        "Function".into(),
        json!({
            "type": "object",
            "anyOf": [
                {"minProperties": 1, "maxProperties": 1, "properties": known, "additionalProperties": false},
                {"required": ["Fn::Transform"]},
                {"not": {"propertyNames": {"not": {"pattern": "^Fn::ForEach::"}}}},
            ],
        }),
    );
}
