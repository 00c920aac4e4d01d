//! Dynamic references: `{{resolve:ssm:…}}` and `{{resolve:secretsmanager:…}}` in properties, looked up when a resource is made or
//! changed. What they give is sent and never kept.
//!
//! Source: CloudFormation user guide, "Using dynamic references to specify template values".

use std::collections::HashMap;
use std::pin::Pin;

use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use crate::aws::{Cloud, Fault};
use crate::eval::dynamic_references;

use super::apply::Resolver;

/// Looks up references in Systems Manager and Secrets Manager, each once.
pub struct Lookup {
    ssm: aws_sdk_ssm::Client,
    secrets: aws_sdk_secretsmanager::Client,
    known: Mutex<HashMap<String, String>>,
}

impl Lookup {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Lookup {
            ssm: aws_sdk_ssm::Client::new(cloud.config()),
            secrets: aws_sdk_secretsmanager::Client::new(cloud.config()),
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The value of a Systems Manager parameter: what a template's parameter of the type `AWS::SSM::Parameter::Value<…>` stands for.
    ///
    /// # Errors
    /// When there is none, or AWS refuses.
    pub async fn parameter(&self, name: &str) -> Result<String, Fault> {
        let answer = self
            .ssm
            .get_parameter()
            .name(name)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| about(Fault::of("ssm", "GetParameter", &error), name))?;
        let value = answer.parameter().and_then(|parameter| parameter.value());
        value.map(str::to_owned).ok_or_else(|| {
            Fault::unexpected("ssm", "GetParameter", &format!("`{name}` has no value"))
        })
    }

    async fn secret(&self, key: &str) -> Result<String, Fault> {
        let wanted = Secret::parse(key)?;
        let answer = self
            .secrets
            .get_secret_value()
            .secret_id(wanted.id)
            .set_version_stage(wanted.stage.map(str::to_owned))
            .set_version_id(wanted.version.map(str::to_owned))
            .send()
            .await
            .map_err(|error| {
                let fault = Fault::of("secretsmanager", "GetSecretValue", &error);
                about(fault, wanted.id)
            })?;
        let text = answer.secret_string().unwrap_or_default();
        let Some(member) = wanted.member else {
            return Ok(text.to_owned());
        };
        let json: Option<Json> = serde_json::from_str(text).ok();
        match json.as_ref().and_then(|json| json.get(member)) {
            Some(Json::String(value)) => Ok(value.clone()),
            Some(other) => Ok(other.to_string()),
            None => {
                let text = format!("the secret `{}` has no member `{member}`", wanted.id);
                Err(Fault::invalid("secretsmanager", "GetSecretValue", text))
            }
        }
    }

    async fn value(&self, service: &str, key: &str) -> Result<String, Fault> {
        let name = format!("{service}:{key}");
        let mut known = self.known.lock().await;
        if let Some(value) = known.get(&name) {
            return Ok(value.clone());
        }
        let value = match service {
            "secretsmanager" => self.secret(key).await?,
            _ => self.parameter(key).await?,
        };
        known.insert(name, value.clone());
        Ok(value)
    }

    async fn text(&self, text: &str) -> Result<String, Fault> {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for reference in dynamic_references(text) {
            out.push_str(&text[end..reference.range.start]);
            out.push_str(&self.value(reference.service, reference.key).await?);
            end = reference.range.end;
        }
        out.push_str(&text[end..]);
        Ok(out)
    }

    fn any(&self, value: Json) -> Pin<Box<dyn Future<Output = Result<Json, Fault>> + Send + '_>> {
        Box::pin(async move {
            Ok(match value {
                Json::String(text) if text.contains("{{resolve:") => {
                    Json::String(self.text(&text).await?)
                }
                Json::Array(items) => {
                    let mut out = Vec::with_capacity(items.len());
                    for item in items {
                        out.push(self.any(item).await?);
                    }
                    Json::Array(out)
                }
                Json::Object(map) => Json::Object(self.all(map).await?),
                other => other,
            })
        })
    }

    async fn all(&self, map: Map<String, Json>) -> Result<Map<String, Json>, Fault> {
        let mut out = Map::new();
        for (key, value) in map {
            out.insert(key, self.any(value).await?);
        }
        Ok(out)
    }
}

impl Resolver for Lookup {
    fn resolve(
        &self,
        properties: Map<String, Json>,
    ) -> Pin<Box<dyn Future<Output = Result<Map<String, Json>, Fault>> + Send + '_>> {
        Box::pin(self.all(properties))
    }
}

/// Which secret is meant: `id:SecretString:member:stage:version`, where the id may be an ARN.
#[derive(Debug, PartialEq, Eq)]
struct Secret<'a> {
    id: &'a str,
    member: Option<&'a str>,
    stage: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> Secret<'a> {
    fn parse(key: &'a str) -> Result<Self, Fault> {
        // An ARN of a secret has six colons of its own.
        let own = match key.starts_with("arn:") {
            true => 6,
            false => 0,
        };
        let id_end = key
            .match_indices(':')
            .nth(own)
            .map_or(key.len(), |(at, _)| at);
        let (id, rest) = key.split_at(id_end);
        let mut parts = rest.trim_start_matches(':').split(':');
        let part = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        match part(parts.next()) {
            None | Some("SecretString") => {}
            Some(other) => {
                let text = format!("`{other}` in `{key}`: only SecretString can be resolved");
                return Err(Fault::invalid("secretsmanager", "GetSecretValue", text));
            }
        }
        Ok(Secret {
            id,
            member: part(parts.next()),
            stage: part(parts.next()),
            version: part(parts.next()),
        })
    }
}

/// The fault with what was asked for.
fn about(fault: Fault, name: &str) -> Fault {
    Fault {
        message: format!("`{name}`: {}", fault.message),
        ..fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_its_name_or_its_arn() {
        let arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-1a2b3c";
        let plain = |id, member, stage, version| Secret {
            id,
            member,
            stage,
            version,
        };
        assert_eq!(Secret::parse("db").unwrap(), plain("db", None, None, None));
        assert_eq!(
            Secret::parse("db:SecretString:password").unwrap(),
            plain("db", Some("password"), None, None)
        );
        let key = format!("{arn}:SecretString:user:AWSPREVIOUS");
        assert_eq!(
            Secret::parse(&key).unwrap(),
            plain(arn, Some("user"), Some("AWSPREVIOUS"), None)
        );
        assert_eq!(
            Secret::parse("db:SecretString:::v1").unwrap(),
            plain("db", None, None, Some("v1"))
        );
        assert!(Secret::parse("db:SecretBinary").is_err());
    }
}
