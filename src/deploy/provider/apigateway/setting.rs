//! The settings of a stage's methods: `MethodSettings`.
//!
//! Source: API Gateway API reference, "Patch operations", `UpdateStage`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::patch::{Gone, Op, Three, escaped};

/// Each property of a setting, where it is in a patch, and what it is when it is not set.
const SETTINGS: [(&str, &str, &str); 8] = [
    ("CacheDataEncrypted", "caching/dataEncrypted", "false"),
    ("CacheTtlInSeconds", "caching/ttlInSeconds", "300"),
    ("CachingEnabled", "caching/enabled", "false"),
    ("DataTraceEnabled", "logging/dataTrace", "false"),
    ("LoggingLevel", "logging/loglevel", "OFF"),
    ("MetricsEnabled", "metrics/enabled", "false"),
    ("ThrottlingBurstLimit", "throttling/burstLimit", "-1"),
    ("ThrottlingRateLimit", "throttling/rateLimit", "-1"),
];

type ByMethod = BTreeMap<String, Map<String, Json>>;

/// What has to be patched so that the methods of a stage have the settings that are wanted.
pub fn patch(three: Three<'_>, ops: &mut Vec<Op>) {
    let (live, before, after) = (
        by_method(three.live),
        by_method(three.before),
        by_method(three.after),
    );
    for (method, wanted) in &after {
        let one = Three {
            live: live.get(method),
            before: before.get(method),
            after: Some(wanted),
        };
        for (name, path, default) in SETTINGS {
            one.scalar(name, &format!("/{method}/{path}"), Gone::To(default), ops);
        }
    }
    for method in before.keys() {
        if !after.contains_key(method) && live.contains_key(method) {
            ops.push(Op::remove(format!("/{method}"), None));
        }
    }
}

/// The settings of a stage by their method: `*/*`, `~1orders~1{id}/GET`.
fn by_method(stage: Option<&Map<String, Json>>) -> ByMethod {
    let list = stage
        .and_then(|stage| stage.get("MethodSettings"))
        .and_then(Json::as_array);
    let each = list.into_iter().flatten().filter_map(|one| {
        let one = one.as_object()?;
        let text = |name: &str| one.get(name).and_then(Json::as_str);
        let path = path(text("ResourcePath").unwrap_or("/*"));
        let method = text("HttpMethod").unwrap_or("*").to_uppercase();
        Some((format!("{path}/{method}"), one.clone()))
    });
    each.collect()
}

/// A path as it stands in a patch. Templates write it plain, or with `~1` behind a first slash.
fn path(given: &str) -> String {
    match given {
        "/*" | "*" => "*".to_owned(),
        given if given.contains("~1") => given.trim_start_matches('/').to_owned(),
        given => escaped(given),
    }
}

/// The two properties that name a method, from the key that API Gateway gives its settings.
pub fn named(key: &str) -> Option<Map<String, Json>> {
    let (path, method) = key.rsplit_once('/')?;
    let path = match path {
        "*" => "/*".to_owned(),
        path => path.replace("~1", "/").replace("~0", "~"),
    };
    let named = json!({ "ResourcePath": path, "HttpMethod": method });
    named.as_object().cloned()
}

/// The properties of a deployment's `StageDescription` as those of a stage: what it says for all methods is a setting of all.
pub fn of_description(description: &Map<String, Json>) -> Map<String, Json> {
    let mut stage = description.clone();
    let mut all = Map::new();
    for (name, _, _) in SETTINGS {
        if let Some(value) = stage.remove(name) {
            all.insert(name.to_owned(), value);
        }
    }
    if !all.is_empty() {
        all.insert("ResourcePath".to_owned(), json!("/*"));
        all.insert("HttpMethod".to_owned(), json!("*"));
        let mut list = vec![Json::Object(all)];
        if let Some(Json::Array(own)) = stage.remove("MethodSettings") {
            list.extend(own);
        }
        stage.insert("MethodSettings".to_owned(), list.into());
    }
    stage
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn settings_are_patched_method_by_method() {
        let live = map(json!({"MethodSettings": [
            {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 10.0, "LoggingLevel": "INFO"},
            {"ResourcePath": "/old", "HttpMethod": "GET", "MetricsEnabled": true},
        ]}));
        let before = live.clone();
        let after = map(json!({"MethodSettings": [
            {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": "5"},
            {"ResourcePath": "/orders/{id}", "HttpMethod": "get", "CachingEnabled": true},
            {"ResourcePath": "/~1a~1b", "HttpMethod": "POST", "DataTraceEnabled": "true"},
            {"ResourcePath": "/", "HttpMethod": "POST", "MetricsEnabled": true},
        ]}));
        let mut ops = Vec::new();
        patch(Three::new(&live, &before, &after), &mut ops);
        let expected = [
            Op::replace("/*/*/logging/loglevel", "OFF"),
            Op::replace("/*/*/throttling/rateLimit", "5"),
            Op::replace("/~1/POST/metrics/enabled", "true"),
            Op::replace("/~1a~1b/POST/logging/dataTrace", "true"),
            Op::replace("/~1orders~1{id}/GET/caching/enabled", "true"),
            Op::remove("/~1old/GET", None),
        ];
        assert_eq!(ops, expected);
    }

    #[test]
    fn what_a_deployment_says_for_all_methods_is_a_setting_of_all() {
        let description = map(json!({
            "Description": "d", "LoggingLevel": "INFO",
            "MethodSettings": [{"ResourcePath": "/a", "HttpMethod": "GET"}],
        }));
        let expected = map(json!({"Description": "d", "MethodSettings": [
            {"LoggingLevel": "INFO", "ResourcePath": "/*", "HttpMethod": "*"},
            {"ResourcePath": "/a", "HttpMethod": "GET"},
        ]}));
        assert_eq!(of_description(&description), expected);
    }

    #[test]
    fn a_key_of_api_gateway_names_a_method() {
        let expected = map(json!({"ResourcePath": "/a/{b}", "HttpMethod": "GET"}));
        assert_eq!(named("~1a~1{b}/GET"), Some(expected));
        let expected = map(json!({"ResourcePath": "/*", "HttpMethod": "*"}));
        assert_eq!(named("*/*"), Some(expected));
    }
}
