//! The shapes of `schema/shapes.tsv` as an editor should see them.

use serde_json::{Map, Value, json};

use super::function::ANY;

/// A scalar alone is the most frequent value by far, so each has a definition with a short name.
///
/// CloudFormation takes a number or a boolean where text is wanted and the other way round. Source: CloudFormation
/// user guide, "Template format": values are text in the end.
const SCALARS: [(&str, &str, &[&str]); 4] = [
    ("string", "Text", &["string", "number", "boolean"]),
    ("integer", "Integer", &["integer", "string"]),
    ("number", "Number", &["number", "string"]),
    ("boolean", "Boolean", &["boolean", "string"]),
];

/// Adds the definitions of scalars.
pub fn define_scalars(definitions: &mut Map<String, Value>) {
    for (_, name, types) in SCALARS {
        definitions.insert(
            name.into(),
            json!({"anyOf": [{"type": types}, {"$ref": ANY}]}),
        );
    }
}

/// A schema with its references: those of the type `of`.
pub struct Shape<'a> {
    /// `AWS::SQS::Queue`: definitions are named after it.
    pub of: &'a str,
}

impl Shape<'_> {
    /// What may stand at a place: the shape, or a function that gives such a value.
    pub fn value(&self, shape: &Value) -> Value {
        let own = self.own(shape);
        match &own {
            Value::Object(members) if members.is_empty() => json!(true),
            Value::Object(members) if members.contains_key("$ref") => own,
            Value::Object(members) => match scalar(members) {
                Some(name) => json!({"$ref": format!("#/definitions/{name}")}),
                None => json!({"anyOf": [own, {"$ref": ANY}]}),
            },
            _ => own,
        }
    }

    /// The shape itself, with functions inside.
    pub fn own(&self, shape: &Value) -> Value {
        let Some(members) = shape.as_object() else {
            return shape.clone();
        };
        let mut kept = Map::new();
        for (word, value) in members {
            let value = match (word.as_str(), value) {
                // The few references to other places lead to attributes, which nobody writes.
                ("$ref", Value::String(reference)) => {
                    let Some(name) = reference.strip_prefix("#/definitions/") else {
                        continue;
                    };
                    json!(format!("#/definitions/{}", self.definition(name)))
                }
                ("type", _) => types(value),
                ("enum", Value::Array(choices)) => choices_as_text(choices),
                ("required", _) => value.clone(),
                ("properties", Value::Object(inner)) => inner
                    .iter()
                    .map(|(name, shape)| (name.clone(), self.value(shape)))
                    .collect::<Map<_, _>>()
                    .into(),
                ("additionalProperties" | "items", _) => self.value(value),
                ("allOf", Value::Array(all)) => all.iter().map(|one| self.own(one)).collect(),
                // Functions make more than one fit, so "exactly one" can be said no longer.
                ("anyOf" | "oneOf", Value::Array(all)) => {
                    let all: Value = all.iter().map(|one| self.own(one)).collect();
                    kept.insert("anyOf".into(), all);
                    continue;
                }
                _ => continue,
            };
            kept.insert(word.clone(), value);
        }
        if let Some(named) = members.get("patternProperties").and_then(Value::as_object) {
            self.by_any_name(named, &mut kept);
        }
        // SAM takes nothing for an empty mapping; CloudFormation does not.
        if self.of.starts_with("AWS::Serverless::") && kept.get("type") == Some(&json!("object")) {
            kept.insert("type".into(), json!(["object", "null"]));
        }
        // The choices say the type already, and more exactly.
        if kept.contains_key("enum") {
            kept.remove("type");
        }
        Value::Object(kept)
    }

    /// Members that are known by patterns of their names may have any name: editors read patterns in a dialect of
    /// their own.
    fn by_any_name(&self, named: &Map<String, Value>, kept: &mut Map<String, Value>) {
        let mut shapes: Vec<Value> = named.values().map(|shape| self.value(shape)).collect();
        match kept.get("additionalProperties") {
            None | Some(Value::Bool(false)) => (),
            Some(_) => return,
        }
        let shape = match shapes.len() {
            1 => shapes.remove(0),
            _ => json!({"anyOf": shapes}),
        };
        kept.insert("additionalProperties".into(), shape);
    }

    /// What one of the type's definitions is called.
    pub fn definition(&self, name: &str) -> String {
        format!("{}.{name}", self.of)
    }
}

/// The name of the definition of a scalar about which nothing else is said.
fn scalar(members: &Map<String, Value>) -> Option<&'static str> {
    if members.len() != 1 {
        return None;
    }
    let types = members.get("type")?;
    let found = SCALARS.iter().find(|(_, _, loose)| *types == json!(loose));
    found.map(|(_, name, _)| *name)
}

/// The types with those that CloudFormation takes as well.
fn types(written: &Value) -> Value {
    let written: Vec<&str> = match written {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let mut all: Vec<&str> = Vec::new();
    for one in written {
        let loose = SCALARS.iter().find(|(name, _, _)| *name == one);
        let these = loose.map_or(std::slice::from_ref(&one), |(_, _, types)| *types);
        for &each in these {
            if !all.contains(&each) {
                all.push(each);
            }
        }
    }
    match all[..] {
        [one] => json!(one),
        _ => json!(all),
    }
}

/// Numbers among choices may be written as text.
fn choices_as_text(choices: &[Value]) -> Value {
    let mut all = choices.to_vec();
    for choice in choices {
        if choice.is_number() || choice.is_boolean() {
            let text = json!(choice.to_string());
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    json!(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_is_a_short_reference_and_may_be_written_as_text() {
        let shape = Shape { of: "A::B::C" };
        for (written, expected) in [
            (
                json!({"type": "string", "pattern": "x"}),
                "#/definitions/Text",
            ),
            (
                json!({"type": "integer", "minimum": 1}),
                "#/definitions/Integer",
            ),
            (json!({"type": "boolean"}), "#/definitions/Boolean"),
            (
                json!({"$ref": "#/definitions/D"}),
                "#/definitions/A::B::C.D",
            ),
        ] {
            assert_eq!(shape.value(&written), json!({"$ref": expected}));
        }
        let choices = shape.value(&json!({"enum": [1, "x"], "type": "integer"}));
        assert_eq!(choices["anyOf"][0], json!({"enum": [1, "x", "1"]}));
        assert_eq!(shape.value(&json!({})), json!(true));
        assert_eq!(shape.value(&json!(false)), json!(false));
    }

    #[test]
    fn members_known_by_a_pattern_may_have_any_name() {
        let shape = Shape { of: "A::B::C" };
        let text = json!({"$ref": "#/definitions/Text"});
        for (written, expected) in [
            (json!({"^\\p{L}$": {"type": "string"}}), text.clone()),
            (
                json!({"a": {"type": "string"}, "b": true}),
                json!({"anyOf": [text, true]}),
            ),
        ] {
            let own =
                shape.own(&json!({"patternProperties": written, "additionalProperties": false}));
            assert_eq!(own, json!({"additionalProperties": expected}));
        }
        let open = json!({"patternProperties": {"a": {}}, "additionalProperties": true});
        assert_eq!(shape.own(&open), json!({"additionalProperties": true}));
    }

    #[test]
    fn a_mapping_of_sam_may_be_empty_as_null() {
        let own = |of| Shape { of }.own(&json!({"type": "object"}));
        assert_eq!(
            own("AWS::Serverless::Api")["type"],
            json!(["object", "null"])
        );
        assert_eq!(own("AWS::SQS::Queue")["type"], json!("object"));
    }
}
