//! The OpenAPI definition of an API: in the template, in a file built from the user's sources, or in S3.

use serde_json::{Map, Value as Json};

use crate::aws::Fault;
use crate::diag::Sources;
use crate::template;

use super::{Wanted, artifact};

/// A definition as it is sent, and as it can be looked into.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// JSON or YAML, as it was given.
    pub text: String,
    /// The same as a value; empty when the text is neither JSON nor YAML: what is wrong with it is AWS's to say.
    pub value: Map<String, Json>,
}

impl Definition {
    /// What a template's `Body` says: a mapping, or a text that has it.
    pub fn of_body(body: &Json) -> Self {
        match body {
            Json::String(text) => Definition::of_text(text.clone()),
            other => Definition {
                text: other.to_string(),
                value: other.as_object().cloned().unwrap_or_default(),
            },
        }
    }

    /// What a file says.
    pub fn of_text(text: String) -> Self {
        let value = match serde_json::from_str(&text) {
            Ok(Json::Object(map)) => map,
            _ => of_yaml(&text),
        };
        Definition { text, value }
    }

    /// The API's name, when the definition has one.
    pub fn title(&self) -> Option<String> {
        let title = self.value.get("info")?.get("title")?.as_str()?;
        (!title.is_empty()).then(|| title.to_owned())
    }
}

fn of_yaml(text: &str) -> Map<String, Json> {
    let (root, _) = template::read(&mut Sources::new(), "definition.yaml", text);
    match root.map(|node| node.to_json()) {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The definition that `Body` or `BodyS3Location` is. None when the template has neither.
///
/// # Errors
/// When the file or the object cannot be read, or is not UTF-8.
pub async fn read(wanted: &Wanted, s3: &aws_sdk_s3::Client) -> Result<Option<Definition>, Fault> {
    let properties = wanted.properties();
    if let Some(body) = properties.get("Body") {
        return Ok(Some(Definition::of_body(body)));
    }
    let Some(location) = properties.object("BodyS3Location")? else {
        return Ok(None);
    };
    if let Some(artifact) = artifact::file(wanted, "BodyS3Location")? {
        return Ok(Some(Definition::of_text(artifact.text().await?)));
    }
    // `ETag` in REST APIs, `Etag` in HTTP APIs.
    let etag = match location.text("ETag")? {
        Some(etag) => Some(etag),
        None => location.text("Etag")?,
    };
    let answer = s3
        .get_object()
        .bucket(location.required("Bucket")?)
        .key(location.required("Key")?)
        .set_version_id(location.text("Version")?)
        .set_if_match(etag)
        .send()
        .await
        .map_err(|error| Fault::of("s3", "GetObject", &error))?;
    let bytes = answer.body.collect().await.map_err(|error| {
        Fault::unexpected("s3", "GetObject", &format!("the object broke off: {error}"))
    })?;
    String::from_utf8(bytes.to_vec())
        .map(|text| Some(Definition::of_text(text)))
        .map_err(|_| properties.fault("BodyS3Location", "means an object that is not UTF-8"))
}

/// The tags that a definition gives its API: `tags` with `x-amazon-apigateway-tag-value`.
/// Source: API Gateway developer guide, "x-amazon-apigateway-tag-value property".
pub fn tags(definition: &Map<String, Json>) -> Vec<(String, String)> {
    let tags = definition.get("tags").and_then(Json::as_array);
    let pair = |tag: &Json| {
        let name = tag.get("name")?.as_str()?;
        let value = match tag.get("x-amazon-apigateway-tag-value")? {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((name.to_owned(), value))
    };
    tags.into_iter().flatten().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_definition_is_read_from_a_mapping_from_json_and_from_yaml() {
        let body = json!({"openapi": "3.0.1", "info": {"title": "shop"}});
        let of_map = Definition::of_body(&body);
        let of_json = Definition::of_body(&Json::from(body.to_string()));
        let of_yaml = Definition::of_body(&json!("openapi: 3.0.1\ninfo: {title: shop}\n"));
        for definition in [of_map, of_json, of_yaml] {
            assert_eq!(definition.title().as_deref(), Some("shop"));
            assert_eq!(definition.value["openapi"], "3.0.1");
        }
        let neither = Definition::of_body(&json!("]["));
        assert_eq!((neither.title(), neither.text.as_str()), (None, "]["));
    }

    #[test]
    fn only_tags_with_a_value_for_api_gateway_are_tags_of_the_api() {
        let definition = json!({"tags": [
            {"name": "team", "x-amazon-apigateway-tag-value": "a"},
            {"name": "documentation", "description": "of the operations"},
        ]});
        let found = tags(definition.as_object().unwrap());
        assert_eq!(found, [("team".to_owned(), "a".to_owned())]);
    }
}
