//! The sections of a template.

use serde_json::{Map, Value, json};

use super::function::{ANY, LOOPS};
use crate::template::globals;

/// Adds the sections to the schema of a template.
pub fn describe(schema: &mut Value) {
    let text = json!({"$ref": "#/definitions/Text"});
    // A section whose lines are all commented out is nothing.
    schema["required"] = json!(["Resources"]);
    schema["properties"] = json!({
        "AWSTemplateFormatVersion": {"enum": ["2010-09-09"]},
        "Description": {"type": "string"},
        "Metadata": {"type": ["object", "null"]},
        "Parameters": {"type": ["object", "null"], "additionalProperties": parameter()},
        "Mappings": {"type": ["object", "null"]},
        "Conditions": {"type": ["object", "null"], "additionalProperties": {"anyOf": [{"$ref": ANY}, {"type": ["array", "boolean"]}]}},
        "Rules": {"type": ["object", "null"]},
        "Hooks": {"type": ["object", "null"]},
        "Transform": {"anyOf": [
            {"enum": ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"]},
            {"type": ["string", "object"]},
            {"type": "array", "items": {"type": ["string", "object"]}},
        ]},
        "Globals": globals(),
        "Resources": {
            "type": "object",
            "patternProperties": {LOOPS: true},
            "additionalProperties": {"$ref": "#/definitions/Resource"},
        },
        "Outputs": {
            "type": ["object", "null"],
            "patternProperties": {LOOPS: true},
            "additionalProperties": {
                "type": "object",
                "required": ["Value"],
                "properties": {
                    "Condition": {"type": "string"},
                    "Description": text,
                    "Export": {"type": "object", "required": ["Name"], "properties": {"Name": text}},
                    "Value": true,
                },
                "additionalProperties": false,
            },
        },
    });
    schema["patternProperties"] = json!({"^Fn::Transform$": true});
    schema["additionalProperties"] = json!(false);
}

/// Source: CloudFormation user guide, "Parameters".
fn parameter() -> Value {
    let number = json!({"type": ["number", "string"]});
    json!({
        "type": "object",
        "required": ["Type"],
        "properties": {
            "Type": {"anyOf": [
                {"enum": ["String", "Number", "List<Number>", "CommaDelimitedList"]},
                {"type": "string", "pattern": "^(List<.+>|AWS::.+)$"},
            ]},
            "AllowedPattern": {"type": "string"},
            "AllowedValues": {"type": "array"},
            "ConstraintDescription": {"type": "string"},
            "Default": {"type": ["string", "number", "boolean"]},
            "Description": {"type": "string"},
            "MaxLength": number,
            "MaxValue": number,
            "MinLength": number,
            "MinValue": number,
            "NoEcho": {"type": ["boolean", "string"]},
        },
        "additionalProperties": false,
    })
}

/// SAM's `Globals`: the larger sections refer to the properties of their types.
fn globals() -> Value {
    let of_type = |name: &str, properties: &[&str]| -> Value {
        let properties: Map<String, Value> = properties
            .iter()
            .map(|property| {
                let place = format!("#/definitions/{name}/anyOf/0/properties/{property}");
                ((*property).to_owned(), json!({"$ref": place}))
            })
            .collect();
        json!({"type": "object", "properties": properties, "additionalProperties": false})
    };
    json!({
        "type": "object",
        "properties": {
            "Function": of_type("AWS::Serverless::Function", &globals::FUNCTION),
            "Api": of_type("AWS::Serverless::Api", &globals::API),
            "HttpApi": of_type("AWS::Serverless::HttpApi", &globals::HTTP_API),
        },
        "additionalProperties": {"type": "object"},
    })
}
