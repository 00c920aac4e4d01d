//! Deployments: an API as it was at a moment, and the stage that may be made with it.

use aws_sdk_apigateway::types::DeploymentCanarySettings;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag::TagChange;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGateway, SERVICE, existing, id, part, setting};

impl ApiGateway {
    pub(super) async fn create_deployment(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let api = properties.required("RestApiId")?;
        let mut request = set!(self.once.create_deployment(), sent;
            text "Description" => set_description,
            text "StageName" => set_stage_name,
        );
        if let Some(stage) = properties.object("StageDescription")? {
            let sent = Sent::of(stage);
            request = set!(request, sent;
                flag "CacheClusterEnabled" => set_cache_cluster_enabled,
                choice("") "CacheClusterSize" => set_cache_cluster_size,
                text "Description" => set_stage_description,
                flag "TracingEnabled" => set_tracing_enabled,
                map "Variables" => set_variables,
            );
        }
        let answer = request
            .rest_api_id(&api)
            .set_canary_settings(canary(properties)?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateDeployment", &error))?;
        let id = id("CreateDeployment", answer.id())?;
        self.describe_stage(&api, &Map::new(), wanted).await?;
        Ok(made(&api, id))
    }

    pub(super) async fn update_deployment(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "RestApiId")?;
        let properties = wanted.properties();
        let description = properties.text("Description")?.unwrap_or_default();
        let operation = super::patch::Op::replace("/description", description);
        self.client
            .update_deployment()
            .rest_api_id(api)
            .deployment_id(&held.reference)
            .set_patch_operations(super::patch::operations(vec![operation]))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateDeployment", &error))?;
        self.describe_stage(api, &held.properties, wanted).await?;
        Ok(made(api, &held.reference))
    }

    /// Sets what `StageDescription` says of the stage that was made with the deployment.
    async fn describe_stage(
        &self,
        api: &str,
        before: &Map<String, Json>,
        wanted: &Wanted,
    ) -> Result<(), Fault> {
        let described = |properties: &Map<String, Json>| {
            let given = properties.get("StageDescription").and_then(Json::as_object);
            given.map(setting::of_description).unwrap_or_default()
        };
        let (before, after) = (described(before), described(&wanted.properties));
        let Some(stage) = wanted.properties().text("StageName")? else {
            return Ok(());
        };
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        self.settle_stage(api, &stage, &before, &after).await?;
        let tags = |stage: &Map<String, Json>| tags_of(&Properties::new(&wanted.id, stage));
        let set = tags(&after)?;
        let removed = tags(&before)?.into_keys();
        let removed = removed.filter(|key| !set.contains_key(key)).collect();
        let path = format!("/restapis/{api}/stages/{stage}");
        self.change_tags(&path, TagChange { set, removed }).await
    }

    /// Deployments have neither a name nor tags: it is one with this very description. SAM writes a hash of the API into it. Any
    /// other whose making was not seen to its end does no harm beside the next, and goes with its API.
    pub(super) async fn find_deployment(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(description)) = (
            properties.text("RestApiId")?,
            properties.text("Description")?,
        ) else {
            return Ok(None);
        };
        let mut pages = self
            .client
            .get_deployments()
            .rest_api_id(&api)
            .into_paginator()
            .page_size(500)
            .items()
            .send();
        while let Some(one) = pages.next().await {
            let one = match one {
                Ok(one) => one,
                Err(error) => return Fault::of(SERVICE, "GetDeployments", &error).unless_missing(),
            };
            if one.description() == Some(&description)
                && let Some(id) = one.id()
            {
                return Ok(Some(made(&api, id)));
            }
        }
        Ok(None)
    }

    pub(super) async fn read_deployment(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_deployment();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        match request.deployment_id(&held.reference).send().await {
            Ok(one) => Ok(Some(
                Live::default()
                    .text("Description", one.description())
                    .done(),
            )),
            Err(error) => Fault::of(SERVICE, "GetDeployment", &error).unless_missing(),
        }
    }

    /// A stage that was made with the deployment and still has it goes first: a deployment in use cannot be deleted.
    pub(super) async fn delete_deployment(&self, held: &Held) -> Result<(), Fault> {
        let api = part(held, "RestApiId")?;
        if let Some(name) = held.properties().text("StageName")? {
            let stage = self.stage(api, &name).await?;
            let has_it = |stage: &aws_sdk_apigateway::operation::get_stage::GetStageOutput| {
                stage.deployment_id() == Some(&held.reference)
            };
            if stage.as_ref().is_some_and(has_it) {
                self.remove_stage(api, &name).await?;
            }
        }
        let request = self.client.delete_deployment().rest_api_id(api);
        let answer = request.deployment_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteDeployment", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("DeploymentId"), json!({ "RestApiId": api }))
}

fn canary(properties: &Properties<'_>) -> Result<Option<DeploymentCanarySettings>, Fault> {
    let Some(given) = properties.object("DeploymentCanarySettings")? else {
        return Ok(None);
    };
    let percent = given.number("PercentTraffic")?;
    let sent = Sent::of(given);
    let built = set!(DeploymentCanarySettings::builder(), sent;
        map "StageVariableOverrides" => set_stage_variable_overrides,
        flag "UseStageCache" => set_use_stage_cache,
    );
    Ok(Some(built.set_percent_traffic(percent).build()))
}

fn tags_of(stage: &Properties<'_>) -> Result<std::collections::BTreeMap<String, String>, Fault> {
    let each = stage.objects("Tags")?.into_iter();
    each.map(|tag| Ok((tag.required("Key")?, tag.text("Value")?.unwrap_or_default())))
        .collect()
}
