//! Stages: where an API can be called.

use std::collections::HashMap;

use aws_sdk_apigatewayv2::types::{AccessLogSettings, RouteSettings};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, mapping, owns, part};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            flag "AutoDeploy" => set_auto_deploy,
            text "ClientCertificateId" => set_client_certificate_id,
            // A stage that deploys by itself says which deployment it has, and cannot be told.
            choice("") "DeploymentId" => set_deployment_id,
            text "Description" => set_description,
        )
    };
}

impl ApiGatewayV2 {
    pub(super) async fn create_stage(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let api = properties.required("ApiId")?;
        let name = properties.required("StageName")?;
        let sent = Sent::new(wanted);
        settings!(self.once.create_stage().api_id(&api), sent)
            .stage_name(&name)
            .set_access_log_settings(log(&properties)?)
            .set_default_route_settings(default_settings(&sent)?)
            .set_route_settings(route_settings(&properties)?)
            .set_stage_variables(variables(&sent)?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateStage", &error))?;
        Ok(made(&api, &name))
    }

    pub(super) async fn update_stage(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let name = &held.reference;
        let sent = Sent::change(held, wanted);
        let properties = sent.wanted();
        let request = self.client.update_stage().api_id(api).stage_name(name);
        settings!(request, sent)
            .set_access_log_settings(log(properties)?)
            .set_default_route_settings(default_settings(&sent)?)
            .set_route_settings(route_settings(properties)?)
            .set_stage_variables(variables(&sent)?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateStage", &error))?;
        if sent.is_gone("AccessLogSettings") {
            let request = self.client.delete_access_log_settings().api_id(api);
            let answer = request.stage_name(name).send().await;
            let fault = |error| Fault::of(SERVICE, "DeleteAccessLogSettings", &error);
            gone(answer.map_err(fault))?;
        }
        let wanted_keys = mapping(properties, "RouteSettings")?;
        for key in mapping(&held.properties(), "RouteSettings")?.keys() {
            if !wanted_keys.contains_key(key) {
                let request = self.client.delete_route_settings().api_id(api);
                let answer = request.stage_name(name).route_key(key).send().await;
                let fault = |error| Fault::of(SERVICE, "DeleteRouteSettings", &error);
                gone(answer.map_err(fault))?;
            }
        }
        let change = tag::change(held, wanted)?;
        self.change_tags(&format!("/apis/{api}/stages/{name}"), change)
            .await?;
        Ok(made(api, name))
    }

    pub(super) async fn find_stage(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(name)) = (properties.text("ApiId")?, properties.text("StageName")?)
        else {
            return Ok(None);
        };
        let stage = self.stage(&api, &name).await?;
        let own =
            stage.is_some_and(|stage| stage.tags().is_some_and(|tags| owns(&sought.tags, tags)));
        Ok(own.then(|| made(&api, &name)))
    }

    async fn stage(
        &self,
        api: &str,
        name: &str,
    ) -> Result<Option<aws_sdk_apigatewayv2::operation::get_stage::GetStageOutput>, Fault> {
        let request = self.client.get_stage().api_id(api).stage_name(name);
        match request.send().await {
            Ok(stage) => Ok(Some(stage)),
            Err(error) => Fault::of(SERVICE, "GetStage", &error).unless_missing(),
        }
    }

    pub(super) async fn read_stage(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let api = part(held, "ApiId")?;
        let Some(stage) = self.stage(api, &held.reference).await? else {
            return Ok(None);
        };
        let log = stage.access_log_settings().and_then(|log| {
            Live::default()
                .text("DestinationArn", log.destination_arn())
                .text("Format", log.format())
                .value()
        });
        let settings = stage.route_settings().map(|all| {
            let sorted: std::collections::BTreeMap<_, _> = all.iter().collect();
            let each = sorted.into_iter();
            Json::Object(
                each.map(|(key, one)| (key.clone(), live_settings(one)))
                    .collect(),
            )
        });
        let live = Live::default()
            .with("AccessLogSettings", log)
            .with("AutoDeploy", stage.auto_deploy())
            .text("ClientCertificateId", stage.client_certificate_id())
            .with(
                "DefaultRouteSettings",
                stage.default_route_settings().map(live_settings),
            )
            .text("DeploymentId", stage.deployment_id())
            .text("Description", stage.description())
            .with("RouteSettings", settings)
            .text("StageName", stage.stage_name())
            .map("StageVariables", stage.stage_variables());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_stage(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_stage().api_id(part(held, "ApiId")?);
        let answer = request.stage_name(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteStage", &error)))
    }
}

fn made(api: &str, name: &str) -> Existing {
    existing(name, None, json!({ "ApiId": api }))
}

fn log(properties: &Properties<'_>) -> Result<Option<AccessLogSettings>, Fault> {
    let Some(log) = properties.object("AccessLogSettings")? else {
        return Ok(None);
    };
    let sent = Sent::of(log);
    let built = set!(AccessLogSettings::builder(), sent;
        text "DestinationArn" => set_destination_arn,
        text "Format" => set_format,
    );
    Ok(Some(built.build()))
}

/// The settings of routes that have none of their own. When they are gone, nothing is logged or counted any more; limits of a route
/// cannot be taken away by the API but by deleting the stage.
fn default_settings(sent: &Sent<'_>) -> Result<Option<RouteSettings>, Fault> {
    match sent.wanted().object("DefaultRouteSettings")? {
        Some(given) => settings_of(given).map(Some),
        None if sent.is_gone("DefaultRouteSettings") => {
            let builder = RouteSettings::builder()
                .data_trace_enabled(false)
                .detailed_metrics_enabled(false);
            Ok(Some(builder.build()))
        }
        None => Ok(None),
    }
}

fn route_settings(
    properties: &Properties<'_>,
) -> Result<Option<HashMap<String, RouteSettings>>, Fault> {
    let all = mapping(properties, "RouteSettings")?;
    if all.is_empty() {
        return Ok(None);
    }
    let routes = Properties::new("RouteSettings", &all);
    let each = routes.names().map(|key| {
        let given = routes.object(key)?;
        let given = given.ok_or_else(|| properties.fault("RouteSettings", "has an empty route"))?;
        Ok((key.to_owned(), settings_of(given)?))
    });
    each.collect::<Result<_, Fault>>().map(Some)
}

fn settings_of(given: Properties<'_>) -> Result<RouteSettings, Fault> {
    let rate = given.number("ThrottlingRateLimit")?;
    let sent = Sent::of(given);
    let built = set!(RouteSettings::builder(), sent;
        flag "DataTraceEnabled" => set_data_trace_enabled,
        flag "DetailedMetricsEnabled" => set_detailed_metrics_enabled,
        choice("") "LoggingLevel" => set_logging_level,
        integer(None) "ThrottlingBurstLimit" => set_throttling_burst_limit,
    );
    Ok(built.set_throttling_rate_limit(rate).build())
}

fn live_settings(settings: &RouteSettings) -> Json {
    let level = settings.logging_level().map(|level| level.as_str());
    let live = Live::default()
        .with("DataTraceEnabled", settings.data_trace_enabled())
        .with(
            "DetailedMetricsEnabled",
            settings.detailed_metrics_enabled(),
        )
        .text("LoggingLevel", level)
        .with("ThrottlingBurstLimit", settings.throttling_burst_limit())
        .with("ThrottlingRateLimit", settings.throttling_rate_limit());
    live.done().into()
}

/// Variables, which the template may write as JSON text too; those that are gone are empty, which takes them away.
fn variables(sent: &Sent<'_>) -> Result<Option<HashMap<String, String>>, Fault> {
    if !matches!(sent.wanted().get("StageVariables"), Some(Json::String(_))) {
        return sent.map("StageVariables");
    }
    let given = mapping(sent.wanted(), "StageVariables")?;
    let each = Properties::new("StageVariables", &given);
    let pairs = each
        .names()
        .map(|name| Ok((name.to_owned(), each.required(name)?)));
    pairs.collect::<Result<_, Fault>>().map(Some)
}
