//! Stages: where a REST API can be called.

use aws_sdk_apigateway::operation::get_stage::GetStageOutput;
use aws_sdk_apigateway::types::{CanarySettings, MethodSetting};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Op, Three, operations};
use super::{ApiGateway, SERVICE, existing, not_yet, owns, part, setting};

impl ApiGateway {
    pub(super) async fn create_stage(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let api = properties.required("RestApiId")?;
        let name = properties.required("StageName")?;
        let request = set!(self.once.create_stage(), sent;
            flag "CacheClusterEnabled" => set_cache_cluster_enabled,
            choice("") "CacheClusterSize" => set_cache_cluster_size,
            text "DeploymentId" => set_deployment_id,
            text "Description" => set_description,
            text "DocumentationVersion" => set_documentation_version,
            flag "TracingEnabled" => set_tracing_enabled,
            map "Variables" => set_variables,
        );
        request
            .rest_api_id(&api)
            .stage_name(&name)
            .set_canary_settings(canary(properties)?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateStage", &error))?;
        // What making a stage does not take.
        let later = ["AccessLogSetting", "ClientCertificateId", "MethodSettings"];
        if later.iter().any(|name| properties.get(name).is_some()) {
            self.settle_stage(&api, &name, &Map::new(), &wanted.properties)
                .await?;
        }
        Ok(made(&api, &name))
    }

    pub(super) async fn update_stage(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let (api, name) = (part(held, "RestApiId")?, &held.reference);
        let stage = self
            .settle_stage(api, name, &held.properties, &wanted.properties)
            .await?;
        let change = not_yet(tag::change(held, wanted)?, stage.tags());
        self.change_tags(&format!("/restapis/{api}/stages/{name}"), change)
            .await?;
        Ok(made(api, name))
    }

    /// Sets what is wanted and not there. Gives the stage as it was before.
    pub(super) async fn settle_stage(
        &self,
        api: &str,
        name: &str,
        before: &Map<String, Json>,
        after: &Map<String, Json>,
    ) -> Result<GetStageOutput, Fault> {
        let stage = self.stage(api, name).await?;
        let stage =
            stage.ok_or_else(|| Fault::unexpected(SERVICE, "GetStage", "the stage is gone"))?;
        let live = live(&stage);
        if let Some(operations) = operations(patch(Three::new(&live, before, after))) {
            self.client
                .update_stage()
                .rest_api_id(api)
                .stage_name(name)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateStage", &error))?;
        }
        Ok(stage)
    }

    pub(super) async fn stage(
        &self,
        api: &str,
        name: &str,
    ) -> Result<Option<GetStageOutput>, Fault> {
        let request = self.client.get_stage().rest_api_id(api);
        match request.stage_name(name).send().await {
            Ok(stage) => Ok(Some(stage)),
            Err(error) => Fault::of(SERVICE, "GetStage", &error).unless_missing(),
        }
    }

    pub(super) async fn find_stage(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(name)) =
            (properties.text("RestApiId")?, properties.text("StageName")?)
        else {
            return Ok(None);
        };
        let stage = self.stage(&api, &name).await?;
        let own =
            stage.is_some_and(|stage| stage.tags().is_some_and(|tags| owns(&sought.tags, tags)));
        Ok(own.then(|| made(&api, &name)))
    }

    pub(super) async fn read_stage(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let stage = self
            .stage(part(held, "RestApiId")?, &held.reference)
            .await?;
        Ok(stage.map(|stage| live(&stage)))
    }

    pub(super) async fn delete_stage(&self, held: &Held) -> Result<(), Fault> {
        self.remove_stage(part(held, "RestApiId")?, &held.reference)
            .await
    }

    pub(super) async fn remove_stage(&self, api: &str, name: &str) -> Result<(), Fault> {
        let request = self.client.delete_stage().rest_api_id(api);
        let answer = request.stage_name(name).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteStage", &error)))
    }
}

fn made(api: &str, name: &str) -> Existing {
    existing(name, None, json!({ "RestApiId": api }))
}

fn canary(properties: &Properties<'_>) -> Result<Option<CanarySettings>, Fault> {
    let Some(given) = properties.object("CanarySetting")? else {
        return Ok(None);
    };
    let percent = given.number("PercentTraffic")?;
    let sent = Sent::of(given);
    let built = set!(CanarySettings::builder(), sent;
        text "DeploymentId" => set_deployment_id,
        map "StageVariableOverrides" => set_stage_variable_overrides,
        flag "UseStageCache" => set_use_stage_cache,
    );
    Ok(Some(built.set_percent_traffic(percent).build()))
}

fn live(stage: &GetStageOutput) -> Map<String, Json> {
    let log = stage.access_log_settings().and_then(|log| {
        Live::default()
            .text("DestinationArn", log.destination_arn())
            .text("Format", log.format())
            .value()
    });
    let canary = stage.canary_settings().and_then(|canary| {
        Live::default()
            .text("DeploymentId", canary.deployment_id())
            .with("PercentTraffic", Some(canary.percent_traffic()))
            .map("StageVariableOverrides", canary.stage_variable_overrides())
            .with("UseStageCache", Some(canary.use_stage_cache()))
            .value()
    });
    let settings = stage.method_settings().map(|all| {
        let sorted: std::collections::BTreeMap<_, _> = all.iter().collect();
        let each = sorted.into_iter();
        let each = each.filter_map(|(key, one)| live_setting(key, one));
        each.collect::<Vec<Json>>()
    });
    Live::default()
        .with("AccessLogSetting", log)
        .with("CacheClusterEnabled", Some(stage.cache_cluster_enabled()))
        .text(
            "CacheClusterSize",
            stage.cache_cluster_size().map(|it| it.as_str()),
        )
        .with("CanarySetting", canary)
        .text("ClientCertificateId", stage.client_certificate_id())
        .text("DeploymentId", stage.deployment_id())
        .text("Description", stage.description())
        .text("DocumentationVersion", stage.documentation_version())
        .with(
            "MethodSettings",
            settings.filter(|settings| !settings.is_empty()),
        )
        .text("StageName", stage.stage_name())
        .with("TracingEnabled", Some(stage.tracing_enabled()))
        .map("Variables", stage.variables())
        .done()
}

fn live_setting(key: &str, one: &MethodSetting) -> Option<Json> {
    let mut named = setting::named(key)?;
    let live = Live::default()
        .with("CacheDataEncrypted", Some(one.cache_data_encrypted()))
        .with("CacheTtlInSeconds", Some(one.cache_ttl_in_seconds()))
        .with("CachingEnabled", Some(one.caching_enabled()))
        .with("DataTraceEnabled", Some(one.data_trace_enabled()))
        .text("LoggingLevel", one.logging_level())
        .with("MetricsEnabled", Some(one.metrics_enabled()))
        .with("ThrottlingBurstLimit", Some(one.throttling_burst_limit()))
        .with("ThrottlingRateLimit", Some(one.throttling_rate_limit()));
    named.extend(live.done());
    Some(named.into())
}

/// Source: API Gateway API reference, "Patch operations", `UpdateStage`.
fn patch(three: Three<'_>) -> Vec<Op> {
    let mut ops = Vec::new();
    for (name, path, gone) in [
        (
            "CacheClusterEnabled",
            "/cacheClusterEnabled",
            Gone::To("false"),
        ),
        ("CacheClusterSize", "/cacheClusterSize", Gone::Stays),
        ("ClientCertificateId", "/clientCertificateId", Gone::To("")),
        ("DeploymentId", "/deploymentId", Gone::Stays),
        ("Description", "/description", Gone::To("")),
        (
            "DocumentationVersion",
            "/documentationVersion",
            Gone::To(""),
        ),
        ("TracingEnabled", "/tracingEnabled", Gone::To("false")),
    ] {
        three.scalar(name, path, gone, &mut ops);
    }
    three.map("Variables", "/variables", &mut ops);
    if three.is_gone("AccessLogSetting") {
        ops.push(Op::remove("/accessLogSettings", None));
    } else {
        let log = three.inside("AccessLogSetting");
        let path = "/accessLogSettings/destinationArn";
        log.scalar("DestinationArn", path, Gone::Stays, &mut ops);
        log.scalar("Format", "/accessLogSettings/format", Gone::Stays, &mut ops);
    }
    if three.is_gone("CanarySetting") {
        ops.push(Op::remove("/canarySettings", None));
    } else {
        let canary = three.inside("CanarySetting");
        for (name, path) in [
            ("PercentTraffic", "/canarySettings/percentTraffic"),
            ("DeploymentId", "/canarySettings/deploymentId"),
            ("UseStageCache", "/canarySettings/useStageCache"),
        ] {
            canary.scalar(name, path, Gone::Stays, &mut ops);
        }
        let path = "/canarySettings/stageVariableOverrides";
        canary.map("StageVariableOverrides", path, &mut ops);
    }
    setting::patch(three, &mut ops);
    ops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_moves_to_its_new_deployment_and_loses_what_is_gone() {
        let map = |value: Json| value.as_object().cloned().unwrap_or_default();
        let live = map(json!({
            "DeploymentId": "d1", "TracingEnabled": true, "Variables": {"a": "1"},
            "AccessLogSetting": {"DestinationArn": "arn:1", "Format": "f"},
            "CanarySetting": {"PercentTraffic": 5.0},
        }));
        let before = live.clone();
        let after = map(json!({
            "DeploymentId": "d2", "Variables": {"b": "2"},
            "CanarySetting": {"PercentTraffic": "5", "StageVariableOverrides": {"a": "x"}},
            "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 3}],
        }));
        let ops = patch(Three::new(&live, &before, &after));
        let expected = [
            Op::replace("/deploymentId", "d2"),
            Op::replace("/tracingEnabled", "false"),
            Op::replace("/variables/b", "2"),
            Op::remove("/variables/a", None),
            Op::remove("/accessLogSettings", None),
            Op::replace("/canarySettings/stageVariableOverrides/a", "x"),
            Op::replace("/*/*/throttling/rateLimit", "3"),
        ];
        assert_eq!(ops, expected);
    }
}
