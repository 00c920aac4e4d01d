//! What AWS says a resource is now, cut to what the template says of it, so that only real differences show.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use crate::deploy::provider::{Existing, Held};
use crate::deploy::value::is_secret;

/// The properties among `readable` that were sent, as they are now. What AWS fills in by itself is left out; what was sent and is no
/// longer there is null.
pub(super) fn as_sent(
    held: &Held,
    mut live: Map<String, Json>,
    readable: &[&str],
) -> Map<String, Json> {
    let mut found = Map::new();
    for name in readable {
        let Some(sent) = held.properties.get(*name).filter(|sent| !is_empty(sent)) else {
            continue;
        };
        let now = live.remove(*name).filter(|now| !is_empty(now));
        let now = now.map_or(Json::Null, |now| within(sent, now));
        found.insert((*name).to_owned(), now);
    }
    found
}

/// A live value without what was not sent. A secret cannot be compared and must not be written down, so its mark stays.
pub(super) fn within(sent: &Json, live: Json) -> Json {
    match (sent, live) {
        _ if is_secret(sent) => sent.clone(),
        (Json::Object(sent), Json::Object(live)) => live
            .into_iter()
            .filter_map(|(key, value)| {
                let value = within(sent.get(&key)?, value);
                Some((key, value))
            })
            .collect(),
        (Json::Array(sent), Json::Array(live)) if sent.len() == live.len() => sent
            .iter()
            .zip(live)
            .map(|(sent, live)| within(sent, live))
            .collect(),
        (_, live) => live,
    }
}

/// Puts the lists in the order they were sent in, where they have the same items and their order means nothing.
pub(super) fn order(sent: Option<&Json>, live: &mut Json, lists: &[&str]) {
    for list in lists {
        let sent = sent
            .and_then(|sent| sent.get(list))
            .and_then(Json::as_array);
        let now = live.get_mut(list).and_then(Json::as_array_mut);
        if let (Some(sent), Some(now)) = (sent, now)
            && sent.len() == now.len()
            && sent.iter().all(|item| now.contains(item))
        {
            now.clone_from(sent);
        }
    }
}

/// Texts by name, all of them, with the marks of secrets kept.
pub(super) fn variables(sent: Option<&Json>, live: &HashMap<String, String>) -> Json {
    let sent = sent.and_then(Json::as_object);
    let mut names: Vec<&String> = live.keys().collect();
    names.sort();
    let each = names.into_iter().map(|name| {
        let sent = sent.and_then(|sent| sent.get(name));
        let value = match sent {
            Some(sent) if is_secret(sent) => sent.clone(),
            _ => json!(live[name]),
        };
        (name.clone(), value)
    });
    Json::Object(each.collect())
}

/// The template's own tags as they are now, in the order it gives them.
pub(super) fn tags(held: &Held, live: &HashMap<String, String>) -> Option<Json> {
    let sent = held.properties.get("Tags")?.as_array()?;
    let each = sent.iter().filter_map(|tag| {
        let key = tag.get("Key")?.as_str()?;
        let value = live.get(key)?;
        Some(match tag.get("Value").is_some_and(is_secret) {
            true => tag.clone(),
            false => json!({"Key": key, "Value": value}),
        })
    });
    Some(each.collect())
}

/// The name or ARN of a function as it was sent, when `arn` is the same function.
pub(super) fn function(held: &Held, property: &str, arn: &str) -> Json {
    let sent = held.properties.get(property).and_then(Json::as_str);
    match sent {
        Some(sent) if arn == sent || arn.ends_with(&format!(":function:{sent}")) => json!(sent),
        // `123456789012:function:name`.
        Some(sent) if sent.contains(":function:") && arn.ends_with(&format!(":{sent}")) => {
            json!(sent)
        }
        _ => json!(arn),
    }
}

/// Puts in what is there.
pub(super) fn put<T: Into<Json>>(live: &mut Map<String, Json>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        live.insert(name.to_owned(), value.into());
    }
}

/// A mapping of those that are there.
pub(super) fn object<const N: usize>(entries: [(&str, Option<Json>); N]) -> Json {
    let each = entries
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(each.collect())
}

/// What is known of a resource that an update did not have to ask about.
pub(super) fn unchanged(held: &Held) -> Existing {
    Existing {
        reference: held.reference.clone(),
        handle: held.handle.clone(),
        attributes: held.attributes.clone(),
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        // A list of filters that is empty filters nothing.
        Json::Object(map) => map.values().all(is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(properties: Json) -> Held {
        let Json::Object(properties) = properties else {
            panic!("properties are an object");
        };
        Held {
            id: "F".into(),
            resource_type: "AWS::Lambda::Function".into(),
            reference: String::new(),
            handle: Json::Null,
            attributes: Map::new(),
            properties,
        }
    }

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_aws_fills_in_is_no_difference_and_what_is_gone_is_one() {
        let held = held(json!({
            "LoggingConfig": {"LogGroup": "g"}, "Layers": [], "KmsKeyArn": "k", "Other": 1
        }));
        let live = json!({
            "LoggingConfig": {"LogGroup": "g", "LogFormat": "Text"}, "Layers": [], "Timeout": 3
        });
        let found = as_sent(
            &held,
            map(live),
            &["LoggingConfig", "Layers", "KmsKeyArn", "Timeout"],
        );
        assert_eq!(
            Json::Object(found),
            json!({"LoggingConfig": {"LogGroup": "g"}, "KmsKeyArn": null})
        );
    }

    #[test]
    fn a_secret_is_never_read_back() {
        let mark = json!({"Hoist::Secret": "abc"});
        let sent = json!({"A": mark, "B": "1"});
        let live = HashMap::from([
            ("A".to_owned(), "clear".to_owned()),
            ("B".to_owned(), "2".to_owned()),
            ("C".to_owned(), "3".to_owned()),
        ]);
        assert_eq!(
            variables(Some(&sent), &live),
            json!({"A": mark, "B": "2", "C": "3"})
        );
    }

    #[test]
    fn a_function_is_the_same_by_name_and_by_arn() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:f:live";
        for sent in ["f:live", arn, "123456789012:function:f:live"] {
            let held = held(json!({"FunctionName": sent}));
            assert_eq!(function(&held, "FunctionName", arn), json!(sent));
        }
        let other = held(json!({"FunctionName": "g"}));
        assert_eq!(function(&other, "FunctionName", arn), json!(arn));
    }
}
