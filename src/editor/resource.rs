//! The section `Resources`: what each type's properties may be.

use serde_json::{Map, Value, json};

use super::function::{ANY, LOOPS};
use super::shape::Shape;
use crate::graph::facts;
use crate::schema;

/// Services whose types are described all the way down however long that is: those of serverless applications.
const SERVICES: [&str; 26] = [
    "ApiGateway",
    "ApiGatewayV2",
    "AppSync",
    "CloudFormation",
    "CloudFront",
    "CloudWatch",
    "CodeDeploy",
    "Cognito",
    "DynamoDB",
    "Events",
    "IAM",
    "IoT",
    "KMS",
    "Kinesis",
    "KinesisFirehose",
    "Lambda",
    "Logs",
    "Pipes",
    "S3",
    "SNS",
    "SQS",
    "SSM",
    "Scheduler",
    "SecretsManager",
    "Serverless",
    "StepFunctions",
];

/// Of other services, types whose shape is longer than so many bytes are described by their own properties only: all
/// of them in full would make a schema of 7 MB, which editors are slow with.
const LONGEST: usize = 2_500;

/// The types of functions, which `Metadata: Hoist` speaks to.
const FUNCTIONS: [&str; 2] = ["AWS::Lambda::Function", "AWS::Serverless::Function"];

/// Adds the definitions of all types, and that of any resource.
pub fn define(definitions: &mut Map<String, Value>) {
    let mut choices = Vec::new();
    for name in facts::type_names() {
        let Some((properties, others)) = properties(name) else {
            continue;
        };
        choices.push(choice(name, &properties));
        definitions.extend(others);
        let either = json!({"anyOf": [properties, {"$ref": ANY}]});
        definitions.insert(name.to_owned(), either);
    }
    definitions.insert("HoistMetadata".into(), hoist());
    definitions.insert("Resource".into(), resource(choices));
}

/// The shape of a type's `Properties`, and the definitions it refers to.
fn properties(name: &str) -> Option<(Value, Map<String, Value>)> {
    let text = schema::json(name)?;
    let written: Value = serde_json::from_str(text).ok()?;
    let shape = Shape { of: name };
    let mut properties = match is_whole(name, text) {
        true => shape.own(&written),
        false => shape.own(&flat(&written)),
    };
    if let Some(known) = properties
        .get_mut("properties")
        .and_then(Value::as_object_mut)
    {
        let facts = facts::resource_type(name);
        let is_attribute = |property: &String| {
            let property = facts.as_ref().and_then(|facts| facts.property(property));
            property.is_some_and(|property| property.flags.read_only())
        };
        // SAM's types are not in the registry, so nothing of theirs is certain to be set by AWS alone.
        known
            .retain(|property, _| name.starts_with("AWS::Serverless::") || !is_attribute(property));
        if FUNCTIONS.contains(&name) {
            known.insert("Runtime".into(), runtime());
        }
    }
    let mut others = Map::new();
    if is_whole(name, text)
        && let Some(definitions) = written["definitions"].as_object()
    {
        for (definition, value) in definitions {
            let mut value = value.clone();
            correct(definition, &mut value);
            others.insert(shape.definition(definition), shape.value(&value));
        }
    }
    Some((properties, others))
}

/// What SAM takes and the table does not have. Source: SAM's developer guide, "EventBridgeRule" (`State`) and "MSK"
/// (`SchemaRegistryConfig` with a `SchemaRegistryURI`); the
/// translator takes one trigger of a user pool without a list (corpus/sam-translator/input/cognito_*.yaml).
fn correct(definition: &str, value: &mut Value) {
    let addition = match definition {
        "EventBridgeRuleEventProperties" => ("State", json!({"type": "string"})),
        "CognitoEventProperties" => ("Trigger", json!({})),
        "MSKEventProperties" => ("SchemaRegistryConfig", json!({"type": "object"})),
        _ => return,
    };
    if let Some(properties) = value.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(addition.0.into(), addition.1);
    }
}

fn is_whole(name: &str, text: &str) -> bool {
    let service = name
        .strip_prefix("AWS::")
        .and_then(|rest| rest.split("::").next());
    text.len() <= LONGEST || service.is_some_and(|service| SERVICES.contains(&service))
}

/// The shape without what is inside of its properties.
fn flat(written: &Value) -> Value {
    let mut flat = written.clone();
    let properties = flat.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        let types = property.get("type").cloned();
        *property = types.map_or_else(|| json!({}), |types| json!({"type": types}));
    }
    flat
}

/// Lambda's runtimes as suggestions; a newer one than Hoist knows is no fault.
fn runtime() -> Value {
    let known: Vec<&str> = schema::runtimes().map(|runtime| runtime.name).collect();
    json!({"anyOf": [{"enum": known}, {"type": "string"}, {"$ref": ANY}]})
}

/// What holds for a resource of a type.
fn choice(name: &str, properties: &Value) -> Value {
    let mut then = json!({"properties": {"Properties": {"$ref": format!("#/definitions/{name}")}}});
    let required = properties["required"].as_array();
    if required.is_some_and(|names| !names.is_empty()) {
        then["required"] = json!(["Properties"]);
    }
    if FUNCTIONS.contains(&name) {
        then["properties"]["Metadata"] =
            json!({"properties": {"Hoist": {"$ref": "#/definitions/HoistMetadata"}}});
    }
    json!({"if": {"properties": {"Type": {"const": name}}, "required": ["Type"]}, "then": then})
}

/// A resource of any type.
fn resource(choices: Vec<Value>) -> Value {
    let names: Vec<&str> = facts::type_names().collect();
    let text = json!({"$ref": "#/definitions/Text"});
    json!({
        "type": "object",
        "properties": {
            // Names of others' types are not known: custom resources, modules, private types.
            "Type": {"anyOf": [{"enum": names}, {"type": "string", "not": {"pattern": "^AWS::"}},
                {"type": "string", "pattern": "::MODULE$"},
            ]},
            "Properties": {"type": "object"},
            "Condition": {"type": "string"},
            "Connectors": {"type": "object"},
            "CreationPolicy": {"type": "object"},
            "DeletionPolicy": policy(&["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]),
            "DependsOn": {"anyOf": [text, {"type": "array", "items": text}]},
            "IgnoreGlobals": {"anyOf": [{"const": "*"}, {"type": "array", "items": {"type": "string"}}]},
            "Metadata": {"type": "object"},
            "UpdatePolicy": {"type": "object"},
            "Version": text,
            "UpdateReplacePolicy": policy(&["Delete", "Retain", "Snapshot"]),
        },
        "patternProperties": {LOOPS: true},
        "additionalProperties": false,
        "anyOf": [{"required": ["Type"]}, {"required": ["Fn::Transform"]}],
        "allOf": choices,
    })
}

fn policy(choices: &[&str]) -> Value {
    json!({"anyOf": [{"enum": choices}, {"$ref": ANY}]})
}

/// `Metadata: Hoist` of a function.
fn hoist() -> Value {
    let host = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "Settings of Hoist; AWS ignores them",
        "properties": {
            "Sandbox": {
                "enum": ["wasm", "process"],
                "description": "What keeps the function from this machine: the WebAssembly sandbox, or nothing",
            },
            "AllowNet": {
                "anyOf": [host, {"type": "array", "items": host}],
                "description": "Hosts that the function may reach: example.com, *.example.com:8443",
            },
        },
        "additionalProperties": false,
    })
}
