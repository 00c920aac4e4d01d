//! What editors are told: the JSON Schema of templates.
//!
//! It is made from the tables in `schema/` and is deliberately milder than `hoist validate`: patterns and lengths are
//! left out, a function of CloudFormation may stand anywhere, and text may stand for a number, as CloudFormation
//! takes it. An editor that underlines what is right is worse than one that misses what is wrong.

mod function;
mod resource;
mod section;
mod shape;

use serde_json::{Map, Value, json};

/// The JSON Schema of templates, in draft 7: what the YAML language server knows best. About 3 MB as text.
pub fn template() -> Value {
    let mut definitions = Map::new();
    function::define(&mut definitions);
    shape::define_scalars(&mut definitions);
    resource::define(&mut definitions);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "AWS SAM and CloudFormation templates",
        "type": "object",
    });
    section::describe(&mut schema);
    schema["definitions"] = Value::Object(definitions);
    schema
}

/// The schema as text, one definition a line, so that a change of one type is a change of one line.
pub fn text(schema: &Value) -> String {
    let mut text = String::from("{\n");
    let Some(members) = schema.as_object() else {
        return schema.to_string();
    };
    for (at, (name, value)) in members.iter().enumerate() {
        text += &format!("{}:", json!(name));
        match value.as_object() {
            Some(inner) if name == "definitions" || name == "properties" => {
                text += "{\n";
                for (at, (name, value)) in inner.iter().enumerate() {
                    let end = if at + 1 < inner.len() { "," } else { "" };
                    text += &format!("{}:{value}{end}\n", json!(name));
                }
                text.push('}');
            }
            _ => text += &value.to_string(),
        }
        text += if at + 1 < members.len() { ",\n" } else { "\n" };
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_schema() {
        let schema = template();
        let read: Value = serde_json::from_str(&text(&schema)).unwrap();
        assert!(read == schema);
    }

    /// A reference to nothing makes an editor drop the whole schema.
    #[test]
    fn every_reference_leads_somewhere() {
        let schema = template();
        let mut count = 0;
        let mut waiting = vec![&schema];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.strip_prefix('#').expect("of this document");
                        assert!(schema.pointer(pointer).is_some(), "{reference}");
                        count += 1;
                    }
                    waiting.extend(members.values());
                }
                Value::Array(items) => waiting.extend(items),
                _ => (),
            }
        }
        assert!(count > 10_000, "{count}");
    }
}
