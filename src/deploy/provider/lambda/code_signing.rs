//! `AWS::Lambda::CodeSigningConfig`: whose code functions take.

use aws_sdk_lambda::types::{
    AllowedPublishers, CodeSigningConfig, CodeSigningPolicies, CodeSigningPolicy,
};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::live::{as_sent, put};
use super::word::{built, word};
use super::{Lambda, live, touches};

const SETTINGS: [&str; 3] = ["AllowedPublishers", "CodeSigningPolicies", "Description"];

impl Lambda {
    pub(super) async fn create_code_signing(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_code_signing_config()
            .set_allowed_publishers(publishers(&properties)?)
            .set_code_signing_policies(policies(&properties)?)
            .set_description(properties.text("Description")?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "CreateCodeSigningConfig", &error))?;
        let config = answer.code_signing_config().ok_or_else(|| {
            let text = "the answer has no configuration";
            Fault::unexpected("lambda", "CreateCodeSigningConfig", text)
        })?;
        Ok(existing(config))
    }

    pub(super) async fn find_code_signing(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let mut pages = self
            .client
            .list_code_signing_configs()
            .into_paginator()
            .items()
            .send();
        while let Some(config) = pages.next().await {
            let config =
                config.map_err(|error| Fault::of("lambda", "ListCodeSigningConfigs", &error))?;
            let tags = self.tags(config.code_signing_config_arn()).await?;
            if sought.owns(
                tags.iter()
                    .map(|(key, value)| (key.as_str(), value.as_str())),
            ) {
                return Ok(Some(existing(&config)));
            }
        }
        Ok(None)
    }

    pub(super) async fn read_code_signing(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .get_code_signing_config()
            .code_signing_config_arn(&held.reference)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("lambda", "GetCodeSigningConfig", &error).unless_missing();
            }
        };
        let Some(config) = answer.code_signing_config() else {
            return Ok(None);
        };
        let mut found = Map::new();
        let publishers = config
            .allowed_publishers()
            .map(|one| json!({"SigningProfileVersionArns": one.signing_profile_version_arns()}));
        put(&mut found, "AllowedPublishers", publishers);
        let policy = config
            .code_signing_policies()
            .and_then(|one| one.untrusted_artifact_on_deployment());
        let policy = policy.map(|one| json!({"UntrustedArtifactOnDeployment": one.as_str()}));
        put(&mut found, "CodeSigningPolicies", policy);
        put(&mut found, "Description", config.description());
        let mut properties = as_sent(held, found, &SETTINGS);
        if held.properties().get("Tags").is_some() {
            let tags = self.tags(&held.reference).await?;
            put(&mut properties, "Tags", live::tags(held, &tags));
        }
        Ok(Some(properties))
    }

    pub(super) async fn update_code_signing(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        if touches(changes, &SETTINGS) {
            let default = CodeSigningPolicies::builder()
                .untrusted_artifact_on_deployment(CodeSigningPolicy::Warn)
                .build();
            self.client
                .update_code_signing_config()
                .code_signing_config_arn(&held.reference)
                .set_allowed_publishers(publishers(&properties)?)
                .code_signing_policies(policies(&properties)?.unwrap_or(default))
                .description(properties.text("Description")?.unwrap_or_default())
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "UpdateCodeSigningConfig", &error))?;
        }
        if touches(changes, &["Tags"]) {
            self.change_tags(&held.reference, held, wanted).await?;
        }
        Ok(live::unchanged(held))
    }

    pub(super) async fn delete_code_signing(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_code_signing_config()
            .code_signing_config_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteCodeSigningConfig", &error)))
    }
}

fn publishers(properties: &Properties<'_>) -> Result<Option<AllowedPublishers>, Fault> {
    let Some(given) = properties.object("AllowedPublishers")? else {
        return Ok(None);
    };
    let publishers = AllowedPublishers::builder()
        .set_signing_profile_version_arns(given.texts("SigningProfileVersionArns")?)
        .build();
    built(properties, "AllowedPublishers", publishers).map(Some)
}

fn policies(properties: &Properties<'_>) -> Result<Option<CodeSigningPolicies>, Fault> {
    let Some(given) = properties.object("CodeSigningPolicies")? else {
        return Ok(None);
    };
    Ok(Some(
        CodeSigningPolicies::builder()
            .set_untrusted_artifact_on_deployment(word(&given, "UntrustedArtifactOnDeployment")?)
            .build(),
    ))
}

fn existing(config: &CodeSigningConfig) -> Existing {
    let arn = config.code_signing_config_arn();
    let attributes = [
        ("CodeSigningConfigArn".to_owned(), json!(arn)),
        (
            "CodeSigningConfigId".to_owned(),
            json!(config.code_signing_config_id()),
        ),
    ];
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter(attributes),
    }
}
