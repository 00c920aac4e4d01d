//! The types of values: CloudFormation takes `"3"` for a number, Cloud Control does not.

use serde_json::{Map, Value as Json, json};

use crate::schema::{Additional, Shape, Shapes, Type, shapes};

/// How deep definitions that refer to themselves are followed.
const DEEPEST: usize = 32;

/// Gives every value the type that the schema of the resource type has for it, where it can be read as that.
pub(super) fn coerce(resource_type: &str, properties: &mut Map<String, Json>) {
    let Some(shapes) = shapes(resource_type) else {
        return;
    };
    for (name, value) in properties.iter_mut() {
        if let Some(shape) = member(&shapes.root, name) {
            walk(&shapes, shape, value, 0);
        }
    }
}

fn walk(shapes: &Shapes, shape: &Shape, value: &mut Json, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    let shape = shapes.resolve(shape);
    match &mut *value {
        Json::Object(map) => {
            for (name, value) in map.iter_mut() {
                if let Some(shape) = member(shape, name) {
                    walk(shapes, shape, value, depth + 1);
                }
            }
        }
        Json::Array(items) => {
            if let Some(shape) = &shape.items {
                for item in items {
                    walk(shapes, shape, item, depth + 1);
                }
            }
        }
        scalar => {
            if let Some(changed) = converted(&shape.types, scalar) {
                *scalar = changed;
            }
        }
    }
    for part in shape
        .all_of
        .iter()
        .chain(&shape.any_of)
        .chain(&shape.one_of)
    {
        walk(shapes, part, value, depth + 1);
    }
}

/// What the member `name` of a mapping is.
fn member<'a>(shape: &'a Shape, name: &str) -> Option<&'a Shape> {
    shape
        .properties
        .get(name)
        .or_else(|| shape.pattern_properties.values().next())
        .or(match &shape.additional_properties {
            Additional::As(shape) => Some(shape),
            Additional::May(_) => None,
        })
}

/// The value in one of the types; none when it is in one already, or cannot be read as one.
fn converted(types: &[Type], value: &Json) -> Option<Json> {
    let has = |one: Type| types.contains(&one);
    match value {
        Json::String(text) if !types.is_empty() && !has(Type::String) => {
            let text = text.trim();
            if has(Type::Boolean) && ["true", "false"].contains(&text.to_lowercase().as_str()) {
                return Some(json!(text.eq_ignore_ascii_case("true")));
            }
            if let Some(number) = text
                .parse::<i64>()
                .ok()
                .filter(|_| has(Type::Integer) || has(Type::Number))
            {
                return Some(json!(number));
            }
            let number = text.parse::<f64>().ok().filter(|_| has(Type::Number))?;
            serde_json::Number::from_f64(number).map(Json::Number)
        }
        Json::Number(number) if has(Type::String) && !has(Type::Number) && !has(Type::Integer) => {
            Some(json!(number.to_string()))
        }
        // `3.0` for a whole number.
        Json::Number(number) if has(Type::Integer) && !has(Type::Number) && !number.is_i64() => {
            let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
            Some(json!(number as i64))
        }
        Json::Bool(flag) if has(Type::String) && !has(Type::Boolean) => {
            Some(json!(flag.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_the_schema_says_and_the_other_way_round() {
        let mut properties = json!({
            "LogGroupName": 7, "RetentionInDays": "14", "Tags": [{"Key": "a", "Value": true}]
        });
        let map = properties.as_object_mut().unwrap();
        coerce("AWS::Logs::LogGroup", map);
        assert_eq!(
            properties,
            json!({"LogGroupName": "7", "RetentionInDays": 14, "Tags": [{"Key": "a", "Value": "true"}]})
        );
    }

    #[test]
    fn what_cannot_be_read_as_its_type_stays_for_aws_to_refuse() {
        assert_eq!(converted(&[Type::Integer], &json!("many")), None);
        assert_eq!(converted(&[Type::Integer], &json!(2.5)), None);
        assert_eq!(converted(&[], &json!("3")), None);
        assert_eq!(converted(&[Type::Number], &json!("2.5")), Some(json!(2.5)));
        assert_eq!(
            converted(&[Type::Boolean], &json!("True")),
            Some(json!(true))
        );
    }
}
