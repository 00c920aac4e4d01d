//! What a resource is called: by Cloud Control, by `Ref`, by `Fn::GetAtt`.

use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;
use crate::deploy::provider::Existing;
use crate::graph::facts::Facts;

/// What stands between the parts of an identifier.
const BETWEEN: char = '|';

/// Types whose identifier has several parts, all of them given, of which `Ref` is the last.
/// Source: "Return values" on the types' pages of the CloudFormation template reference.
const LAST: [&str; 9] = [
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Cognito::UserPoolIdentityProvider",
    "AWS::Cognito::UserPoolResourceServer",
    "AWS::Cognito::UserPoolUser",
    "AWS::Glue::Table",
    "AWS::Logs::LogStream",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::SubscriptionFilter",
];

/// The identifier, when the properties have all of it.
pub(super) fn identifier(facts: &Facts, properties: &Map<String, Json>) -> Option<String> {
    let parts: Option<Vec<String>> = facts
        .primary_id
        .iter()
        .map(|path| match value(properties, path)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    parts
        .filter(|parts| !parts.is_empty())
        .map(|parts| parts.join("|"))
}

/// The resource as others see it.
pub(super) fn existing(
    facts: &Facts,
    identifier: &str,
    live: &Map<String, Json>,
) -> Result<Existing, Fault> {
    let mut attributes: Map<String, Json> = live
        .iter()
        .filter(|(name, _)| is_attribute(facts, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (path, part) in facts.primary_id.iter().zip(identifier.split(BETWEEN)) {
        let is_single = facts.primary_id.len() == 1;
        let text = if is_single { identifier } else { part };
        if !path.contains('/') && !attributes.contains_key(*path) {
            attributes.insert((*path).to_owned(), json!(text));
        }
    }
    Ok(Existing {
        reference: reference(facts, identifier),
        handle: json!(identifier),
        attributes,
    })
}

/// What `Ref` gives: the identifier, and of one with several parts the one that AWS makes.
fn reference(facts: &Facts, identifier: &str) -> String {
    if facts.primary_id.len() < 2 {
        return identifier.to_owned();
    }
    let parts: Vec<&str> = identifier.split(BETWEEN).collect();
    if parts.len() != facts.primary_id.len() {
        return identifier.to_owned();
    }
    let made = facts
        .primary_id
        .iter()
        .zip(&parts)
        .find(|(path, _)| facts.flags(path).read_only())
        .map(|(_, part)| *part);
    let last = parts.last().copied().filter(|_| LAST.contains(&facts.name));
    made.or(last).unwrap_or(identifier).to_owned()
}

/// Whether a property is for `Fn::GetAtt`: AWS sets it, or something in it. What the template set is not written down a second time:
/// it may be a secret.
fn is_attribute(facts: &Facts, name: &str) -> bool {
    let below = format!("{name}/");
    facts.flags(name).read_only()
        || facts.primary_id.contains(&name)
        || facts
            .nested
            .iter()
            .any(|nested| nested.flags.read_only() && nested.path.starts_with(&below))
}

/// The value at a path such as `Endpoint/Address`.
fn value<'a>(properties: &'a Map<String, Json>, path: &str) -> Option<&'a Json> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let value = properties.get(first)?;
    match rest {
        "" => Some(value),
        _ => self::value(value.as_object()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::facts;

    fn reference_of(resource_type: &str, identifier: &str) -> String {
        let facts = facts::resource_type(resource_type).expect("known");
        existing(&facts, identifier, &Map::new())
            .expect("it exists")
            .reference
    }

    #[test]
    fn a_reference_is_the_part_that_aws_makes() {
        let client = reference_of("AWS::Cognito::UserPoolClient", "pool|client");
        assert_eq!(client, "client");
        assert_eq!(reference_of("AWS::ECS::Service", "arn:s|cluster"), "arn:s");
        assert_eq!(reference_of("AWS::EC2::EIP", "1.2.3.4|alloc"), "1.2.3.4");
        assert_eq!(
            reference_of("AWS::Cognito::UserPoolGroup", "pool|admins"),
            "admins"
        );
        assert_eq!(reference_of("AWS::Logs::LogGroup", "/a|b"), "/a|b");
    }

    #[test]
    fn a_resource_is_known_by_its_properties_only_when_they_say_all() {
        let group = facts::resource_type("AWS::Cognito::UserPoolGroup").expect("known");
        let map = |value: Json| value.as_object().cloned().unwrap_or_default();
        let all = map(json!({"UserPoolId": "p", "GroupName": "g"}));
        assert_eq!(identifier(&group, &all).as_deref(), Some("p|g"));
        assert_eq!(identifier(&group, &map(json!({"GroupName": "g"}))), None);
    }
}
