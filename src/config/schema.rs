//! The JSON Schema of `hoist.toml`, for editors: made from the table of settings.

use serde_json::{Map, Value, json};

use super::hoist_file::{FUNCTION, OF_FUNCTIONS, of_section, sections};
use super::setting::{Definition, Kind};

/// The schema, in draft 7: what editors know best.
pub fn schema() -> Value {
    let mut tables: Map<String, Value> = sections()
        .map(|section| {
            let about = format!("Settings of `hoist {section}`");
            (section.to_owned(), table(&about, of_section(section)))
        })
        .collect();
    let of_one = OF_FUNCTIONS.iter().map(|setting| setting.definition());
    tables.insert(
        FUNCTION.into(),
        json!({
            "type": "object",
            "description": "Settings of single functions, by logical id or `FunctionName`, beside those of [invoke]",
            "additionalProperties": table("Settings of one function", of_one),
        }),
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "hoist.toml",
        "description": "Settings of Hoist that the AWS SAM CLI has no word for; the others belong in samconfig.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": tables,
    })
}

fn table(about: &str, settings: impl Iterator<Item = &'static Definition>) -> Value {
    let properties: Map<String, Value> = settings
        .map(|definition| (definition.name.to_owned(), property(definition)))
        .collect();
    json!({
        "type": "object",
        "description": about,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn property(definition: &Definition) -> Value {
    let mut property = match definition.kind {
        Kind::Text | Kind::Path => json!({"type": "string", "minLength": 1}),
        Kind::Paths | Kind::Texts | Kind::Parameters | Kind::Tags => {
            json!({"type": "array", "items": {"type": "string", "minLength": 1}})
        }
        Kind::Switch => json!({"type": "boolean"}),
        Kind::Seconds => json!({"type": "integer", "minimum": 1, "maximum": 900}),
    };
    let mut about = definition.about.to_owned();
    match definition.kind {
        Kind::Paths | Kind::Path => about.push_str("; from this file's folder on"),
        Kind::Switch => property["default"] = (definition.default == "true").into(),
        _ => {}
    }
    property["description"] = about.into();
    property
}
