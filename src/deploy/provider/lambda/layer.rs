//! `AWS::Lambda::LayerVersion` and `AWS::Lambda::LayerVersionPermission`.

use aws_sdk_lambda::operation::get_layer_version::GetLayerVersionOutput;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::provider::artifact::digest;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::Lambda;
use super::live::{as_sent, put};
use super::owner::{layer_name, statement_id};
use super::permission::{principal, statement};
use super::word::words;

const READABLE: [&str; 4] = [
    "CompatibleArchitectures",
    "CompatibleRuntimes",
    "Description",
    "LicenseInfo",
];

impl Lambda {
    pub(super) async fn publish_layer(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let name = properties.text("LayerName")?;
        let name = name.unwrap_or_else(|| layer_name(&wanted.tags));
        let content = self.code(wanted, "Content").await?;
        let answer = self
            .once
            .publish_layer_version()
            .layer_name(name)
            .content(content.layer())
            .set_compatible_architectures(words(&properties, "CompatibleArchitectures")?)
            .set_compatible_runtimes(words(&properties, "CompatibleRuntimes")?)
            .set_description(properties.text("Description")?)
            .set_license_info(properties.text("LicenseInfo")?)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "PublishLayerVersion", &error))?;
        Ok(existing(answer.layer_version_arn().unwrap_or_default()))
    }

    /// A layer has no tags. The newest version is the one that was made when it has the same content and says the same; what was
    /// not made from a file of ours cannot be recognised, and is made again.
    pub(super) async fn find_layer(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let content = sought.properties.get("Content").and_then(Json::as_object);
        let Some(digest) = content.and_then(digest) else {
            return Ok(None);
        };
        let name = properties.text("LayerName")?;
        let name = name.unwrap_or_else(|| layer_name(&sought.tags));
        let answer = self
            .client
            .list_layer_versions()
            .layer_name(&name)
            .max_items(1)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("lambda", "ListLayerVersions", &error).unless_missing(),
        };
        let Some(newest) = answer.layer_versions().first() else {
            return Ok(None);
        };
        let Some(layer) = self.layer(&name, newest.version()).await? else {
            return Ok(None);
        };
        let hash = layer.content().and_then(|content| content.code_sha256());
        let says = |property: &str| properties.text(property).map(Option::unwrap_or_default);
        let is_it = hash.is_some_and(|hash| is_hash_of(hash, digest))
            && layer.description().unwrap_or_default() == says("Description")?
            && layer.license_info().unwrap_or_default() == says("LicenseInfo")?;
        Ok(layer.layer_version_arn().filter(|_| is_it).map(existing))
    }

    pub(super) async fn read_layer(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let (name, version) = place(&held.reference)?;
        let Some(layer) = self.layer(name, version).await? else {
            return Ok(None);
        };
        let mut found = Map::new();
        let each = layer.compatible_architectures().iter();
        let each = each.map(|one| one.as_str()).collect::<Vec<_>>();
        found.insert("CompatibleArchitectures".into(), json!(each));
        let each = layer.compatible_runtimes().iter();
        let each = each.map(|one| one.as_str()).collect::<Vec<_>>();
        found.insert("CompatibleRuntimes".into(), json!(each));
        put(&mut found, "Description", layer.description());
        put(&mut found, "LicenseInfo", layer.license_info());
        Ok(Some(as_sent(held, found, &READABLE)))
    }

    async fn layer(
        &self,
        name: &str,
        version: i64,
    ) -> Result<Option<GetLayerVersionOutput>, Fault> {
        let answer = self
            .client
            .get_layer_version()
            .layer_name(name)
            .version_number(version)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("lambda", "GetLayerVersion", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_layer(&self, held: &Held) -> Result<(), Fault> {
        let (name, version) = place(&held.reference)?;
        let answer = self
            .client
            .delete_layer_version()
            .layer_name(name)
            .version_number(version)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteLayerVersion", &error)))
    }

    /// Permits others to use a layer. A statement with this id is the stack's own: it is put anew.
    pub(super) async fn share_layer(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let arn = properties.required("LayerVersionArn")?;
        let statement = statement_id(&wanted.tags);
        match self.add_share(&arn, &statement, &properties).await {
            Err(fault) if fault.kind == FaultKind::Exists => {
                self.remove_share(&arn, &statement).await?;
                self.add_share(&arn, &statement, &properties).await?;
            }
            other => other?,
        }
        let id = format!("{arn}#{statement}");
        Ok(Existing {
            reference: id.clone(),
            handle: Json::Null,
            attributes: Map::from_iter([("Id".to_owned(), json!(id))]),
        })
    }

    async fn add_share(
        &self,
        arn: &str,
        statement: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        let (name, version) = place(arn)?;
        self.client
            .add_layer_version_permission()
            .layer_name(name)
            .version_number(version)
            .statement_id(statement)
            .set_action(properties.text("Action")?)
            .set_principal(properties.text("Principal")?)
            .set_organization_id(properties.text("OrganizationId")?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "AddLayerVersionPermission", &error))
    }

    async fn remove_share(&self, arn: &str, statement: &str) -> Result<(), Fault> {
        let (name, version) = place(arn)?;
        let answer = self
            .client
            .remove_layer_version_permission()
            .layer_name(name)
            .version_number(version)
            .statement_id(statement)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "RemoveLayerVersionPermission", &error)))
    }

    pub(super) async fn unshare_layer(&self, held: &Held) -> Result<(), Fault> {
        match held.reference.split_once('#') {
            Some((arn, statement)) => self.remove_share(arn, statement).await,
            None => Ok(()),
        }
    }

    pub(super) async fn read_layer_share(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some((arn, id)) = held.reference.split_once('#') else {
            return Ok(None);
        };
        let (name, version) = place(arn)?;
        let answer = self
            .client
            .get_layer_version_policy()
            .layer_name(name)
            .version_number(version)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("lambda", "GetLayerVersionPolicy", &error).unless_missing();
            }
        };
        let Some(statement) = statement(answer.policy().unwrap_or_default(), id) else {
            return Ok(None);
        };
        let mut found = Map::new();
        put(&mut found, "Action", statement.get("Action").cloned());
        let sent = held.properties.get("Principal");
        put(&mut found, "Principal", principal(&statement, sent));
        let organization = statement.pointer("/Condition/StringEquals/aws:PrincipalOrgID");
        put(&mut found, "OrganizationId", organization.cloned());
        Ok(Some(as_sent(
            held,
            found,
            &["Action", "OrganizationId", "Principal"],
        )))
    }
}

/// The layer's name and the version's number.
fn place(arn: &str) -> Result<(&str, i64), Fault> {
    arn.rsplit_once(':')
        .and_then(|(layer, version)| {
            let (_, name) = layer.split_once(":layer:")?;
            Some((name, version.parse().ok()?))
        })
        .ok_or_else(|| {
            let text = format!("`{arn}` is not the ARN of a layer's version");
            Fault::invalid("lambda", "GetLayerVersion", text)
        })
}

/// Whether a hash as Lambda writes it, in base64, is the same as one in hex digits.
fn is_hash_of(base64: &str, digits: &str) -> bool {
    let bytes = STANDARD.decode(base64);
    bytes.is_ok_and(|bytes| hex::encode(bytes).eq_ignore_ascii_case(digits))
}

fn existing(arn: &str) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("LayerVersionArn".to_owned(), json!(arn))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_version_is_found_by_its_arn() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:layer:lib:7";
        let layer = "arn:aws:lambda:eu-central-1:123456789012:layer:lib";
        assert_eq!(place(arn), Ok(("lib", 7)));
        assert!(place(layer).is_err());
        assert!(place("").is_err());
    }

    #[test]
    fn hashes_are_the_same_in_both_writings() {
        assert!(is_hash_of("qxI=", "ab12"));
        assert!(!is_hash_of("qxI=", "ab13"));
        assert!(!is_hash_of("?", "ab12"));
    }
}
