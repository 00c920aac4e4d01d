//! Usage plans: how much may be called with an API key, and which keys.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_apigateway::operation::get_usage_plan::GetUsagePlanOutput;
use aws_sdk_apigateway::types::{ApiStage, QuotaSettings, ThrottleSettings};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Op, Three, operations, text};
use super::{ApiGateway, SERVICE, existing, id, not_yet, owns, part};

impl ApiGateway {
    pub(super) async fn create_plan(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let request = set!(self.once.create_usage_plan(), sent;
            text "Description" => set_description,
        );
        let answer = request
            .name(&wanted.name)
            .set_api_stages(Some(stages(properties)?))
            .set_quota(quota(properties)?)
            .set_throttle(properties.object("Throttle")?.map(throttle).transpose()?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateUsagePlan", &error))?;
        Ok(made(id("CreateUsagePlan", answer.id())?))
    }

    pub(super) async fn update_plan(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let id = &held.reference;
        let plan = self.plan(id).await?;
        let plan =
            plan.ok_or_else(|| Fault::unexpected(SERVICE, "GetUsagePlan", "the plan is gone"))?;
        let live = live(&plan);
        let ops = patch(Three::new(&live, &held.properties, &wanted.properties));
        self.change_plan(id, ops).await?;
        let change = not_yet(tag::change(held, wanted)?, plan.tags());
        self.change_tags(&format!("/usageplans/{id}"), change)
            .await?;
        Ok(made(id))
    }

    async fn change_plan(&self, id: &str, ops: Vec<Op>) -> Result<(), Fault> {
        let Some(operations) = operations(ops) else {
            return Ok(());
        };
        let request = self.client.update_usage_plan().usage_plan_id(id);
        let answer = request.set_patch_operations(Some(operations)).send().await;
        answer
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "UpdateUsagePlan", &error))
    }

    async fn plan(&self, id: &str) -> Result<Option<GetUsagePlanOutput>, Fault> {
        match self.client.get_usage_plan().usage_plan_id(id).send().await {
            Ok(plan) => Ok(Some(plan)),
            Err(error) => Fault::of(SERVICE, "GetUsagePlan", &error).unless_missing(),
        }
    }

    pub(super) async fn find_plan(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let request = self.client.get_usage_plans().into_paginator();
        let mut pages = request.page_size(500).items().send();
        while let Some(plan) = pages.next().await {
            let plan = plan.map_err(|error| Fault::of(SERVICE, "GetUsagePlans", &error))?;
            let is_own = plan.tags().is_some_and(|tags| owns(&sought.tags, tags));
            if let Some(id) = plan.id().filter(|_| is_own) {
                return Ok(Some(made(id)));
            }
        }
        Ok(None)
    }

    pub(super) async fn read_plan(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let plan = self.plan(&held.reference).await?;
        Ok(plan.map(|plan| live(&plan)))
    }

    /// A plan that still has stages cannot be deleted.
    pub(super) async fn delete_plan(&self, held: &Held) -> Result<(), Fault> {
        let id = &held.reference;
        let Some(plan) = self.plan(id).await? else {
            return Ok(());
        };
        let ops = plan.api_stages().iter().filter_map(|one| {
            let name = format!("{}:{}", one.api_id()?, one.stage()?);
            Some(Op::remove("/apiStages", Some(name)))
        });
        let taken = self.change_plan(id, ops.collect()).await;
        if let Err(fault) = taken {
            fault.unless_missing().map(|_: Option<()>| ())?;
        }
        let answer = self.client.delete_usage_plan().usage_plan_id(id).send();
        let fault = |error| Fault::of(SERVICE, "DeleteUsagePlan", &error);
        gone(answer.await.map_err(fault))
    }

    pub(super) async fn create_plan_key(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let plan = properties.required("UsagePlanId")?;
        let key = properties.required("KeyId")?;
        let kind = properties.text("KeyType")?;
        self.once
            .create_usage_plan_key()
            .usage_plan_id(&plan)
            .key_id(&key)
            .key_type(kind.unwrap_or_else(|| "API_KEY".to_owned()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateUsagePlanKey", &error))?;
        Ok(made_key(&plan, &key))
    }

    async fn has_plan_key(&self, plan: &str, key: &str) -> Result<bool, Fault> {
        let request = self.client.get_usage_plan_key().usage_plan_id(plan);
        match request.key_id(key).send().await {
            Ok(_) => Ok(true),
            Err(error) => Fault::of(SERVICE, "GetUsagePlanKey", &error)
                .unless_missing()
                .map(|_: Option<()>| false),
        }
    }

    pub(super) async fn find_plan_key(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(plan), Some(key)) = (properties.text("UsagePlanId")?, properties.text("KeyId")?)
        else {
            return Ok(None);
        };
        let has = self.has_plan_key(&plan, &key).await?;
        Ok(has.then(|| made_key(&plan, &key)))
    }

    pub(super) async fn read_plan_key(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let (plan, key) = (part(held, "UsagePlanId")?, part(held, "KeyId")?);
        let has = self.has_plan_key(plan, key).await?;
        Ok(has.then(|| {
            Live::default()
                .text("KeyId", Some(key))
                .text("UsagePlanId", Some(plan))
                .done()
        }))
    }

    pub(super) async fn delete_plan_key(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_usage_plan_key();
        let request = request.usage_plan_id(part(held, "UsagePlanId")?);
        let answer = request.key_id(part(held, "KeyId")?).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteUsagePlanKey", &error)))
    }
}

fn made(id: &str) -> Existing {
    existing(id, Some("Id"), Json::Null)
}

/// CloudFormation calls it by both, with a colon between them.
fn made_key(plan: &str, key: &str) -> Existing {
    let handle = json!({ "UsagePlanId": plan, "KeyId": key });
    existing(&format!("{key}:{plan}"), Some("Id"), handle)
}

fn stages(properties: &Properties<'_>) -> Result<Vec<ApiStage>, Fault> {
    let each = properties.objects("ApiStages")?.into_iter().map(|given| {
        let limits = match given.object("Throttle")? {
            None => None,
            Some(all) => {
                let mut limits = HashMap::new();
                for method in all.names() {
                    if let Some(one) = all.object(method)? {
                        limits.insert(method.to_owned(), throttle(one)?);
                    }
                }
                Some(limits)
            }
        };
        let sent = Sent::of(given);
        let built = set!(ApiStage::builder(), sent;
            text "ApiId" => set_api_id,
            text "Stage" => set_stage,
        );
        Ok(built.set_throttle(limits).build())
    });
    each.collect()
}

fn throttle(given: Properties<'_>) -> Result<ThrottleSettings, Fault> {
    let builder = ThrottleSettings::builder()
        .set_burst_limit(given.integer("BurstLimit")?)
        .set_rate_limit(given.number("RateLimit")?);
    Ok(builder.build())
}

fn quota(properties: &Properties<'_>) -> Result<Option<QuotaSettings>, Fault> {
    let Some(given) = properties.object("Quota")? else {
        return Ok(None);
    };
    let sent = Sent::of(given);
    let built = set!(QuotaSettings::builder(), sent;
        integer(None) "Limit" => set_limit,
        integer(None) "Offset" => set_offset,
        choice("") "Period" => set_period,
    );
    Ok(Some(built.build()))
}

fn live(plan: &GetUsagePlanOutput) -> Map<String, Json> {
    let limits = |one: &ThrottleSettings| {
        Live::default()
            .with("BurstLimit", Some(one.burst_limit()))
            .with("RateLimit", Some(one.rate_limit()))
            .done()
    };
    let stages = plan.api_stages().iter().map(|one| {
        let all = one.throttle().map(|all| {
            let sorted: BTreeMap<_, _> = all.iter().collect();
            let each = sorted.into_iter();
            Json::Object(
                each.map(|(key, one)| (key.clone(), limits(one).into()))
                    .collect(),
            )
        });
        let live = Live::default()
            .text("ApiId", one.api_id())
            .text("Stage", one.stage())
            .with("Throttle", all);
        Json::Object(live.done())
    });
    let stages: Vec<Json> = stages.collect();
    let quota = plan.quota().and_then(|quota| {
        Live::default()
            .with("Limit", Some(quota.limit()))
            .with("Offset", Some(quota.offset()))
            .text("Period", quota.period().map(|it| it.as_str()))
            .value()
    });
    Live::default()
        .with("ApiStages", (!stages.is_empty()).then_some(stages))
        .text("Description", plan.description())
        .with("Quota", quota)
        .with("Throttle", plan.throttle().map(limits))
        .text("UsagePlanName", plan.name())
        .done()
}

/// Source: API Gateway API reference, "Patch operations", `UpdateUsagePlan`.
fn patch(three: Three<'_>) -> Vec<Op> {
    let mut ops = Vec::new();
    three.scalar("Description", "/description", Gone::To(""), &mut ops);
    three.scalar("UsagePlanName", "/name", Gone::Stays, &mut ops);
    for (name, path, fields) in [
        (
            "Quota",
            "/quota",
            &[
                ("Limit", "limit"),
                ("Offset", "offset"),
                ("Period", "period"),
            ][..],
        ),
        (
            "Throttle",
            "/throttle",
            &[("BurstLimit", "burstLimit"), ("RateLimit", "rateLimit")][..],
        ),
    ] {
        if three.is_gone(name) {
            let is_there = three.inside(name).live.is_some();
            ops.extend(is_there.then(|| Op::remove(path, None)));
            continue;
        }
        for (field, step) in fields {
            let path = format!("{path}/{step}");
            three
                .inside(name)
                .scalar(field, &path, Gone::Stays, &mut ops);
        }
    }
    patch_stages(three, &mut ops);
    ops
}

type Stages<'a> = BTreeMap<String, Option<&'a Map<String, Json>>>;

/// A stage whose limits lose something is taken out and put in again: limits cannot be taken away one by one.
fn patch_stages(three: Three<'_>, ops: &mut Vec<Op>) {
    let is_said = three.is_gone("ApiStages")
        || three
            .after
            .is_some_and(|after| after.contains_key("ApiStages"));
    if !is_said {
        return;
    }
    let (live, after) = (stages_of(three.live), stages_of(three.after));
    let loses = |name: &String, limits: &Option<&Map<String, Json>>| match after.get(name) {
        None => true,
        Some(wanted) => limits
            .iter()
            .flat_map(|limits| limits.keys())
            .any(|method| !wanted.is_some_and(|wanted| wanted.contains_key(method))),
    };
    let mut kept: Stages<'_> = live.clone();
    for (name, limits) in &live {
        if loses(name, limits) {
            ops.push(Op::remove("/apiStages", Some(name.clone())));
            kept.remove(name);
        }
    }
    for (name, limits) in &after {
        if !kept.contains_key(name) {
            ops.push(Op::add("/apiStages", Some(name.clone())));
        }
        for (method, limit) in limits.iter().flat_map(|limits| limits.iter()) {
            let one = Three {
                live: kept
                    .get(name)
                    .and_then(|limits| limits.as_ref()?.get(method)?.as_object()),
                before: None,
                after: limit.as_object(),
            };
            for (field, step) in [("BurstLimit", "burstLimit"), ("RateLimit", "rateLimit")] {
                let path = format!("/apiStages/{name}/throttle/{method}/{step}");
                one.scalar(field, &path, Gone::Stays, ops);
            }
        }
    }
}

/// The limits of each stage by `api:stage`.
fn stages_of(plan: Option<&Map<String, Json>>) -> Stages<'_> {
    let list = plan
        .and_then(|plan| plan.get("ApiStages"))
        .and_then(Json::as_array);
    let each = list.into_iter().flatten().filter_map(|one| {
        let name = format!("{}:{}", text(one.get("ApiId")?), text(one.get("Stage")?));
        Some((name, one.get("Throttle").and_then(Json::as_object)))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_limits_and_quotas_come_and_go() {
        let map = |value: Json| value.as_object().cloned().unwrap_or_default();
        let live = map(json!({
            "ApiStages": [
                {"ApiId": "a", "Stage": "old"},
                {"ApiId": "a", "Stage": "live", "Throttle": {"/x/GET": {"RateLimit": 1.0, "BurstLimit": 2}}},
                {"ApiId": "b", "Stage": "live", "Throttle": {"/y/GET": {"RateLimit": 1.0, "BurstLimit": 2}}},
            ],
            "Quota": {"Limit": 5, "Offset": 0, "Period": "DAY"}, "Throttle": {"RateLimit": 1.0, "BurstLimit": 2},
        }));
        let before = live.clone();
        let after = map(json!({
            "ApiStages": [
                {"ApiId": "a", "Stage": "live", "Throttle": {"/x/GET": {"RateLimit": 3, "BurstLimit": 2}}},
                {"ApiId": "b", "Stage": "live"},
                {"ApiId": "c", "Stage": "live"},
            ],
            "Throttle": {"RateLimit": "1", "BurstLimit": "4"},
        }));
        let expected = [
            Op::remove("/quota", None),
            Op::replace("/throttle/burstLimit", "4"),
            Op::remove("/apiStages", Some("a:old".into())),
            Op::remove("/apiStages", Some("b:live".into())),
            Op::replace("/apiStages/a:live/throttle//x/GET/rateLimit", "3"),
            Op::add("/apiStages", Some("b:live".into())),
            Op::add("/apiStages", Some("c:live".into())),
        ];
        assert_eq!(patch(Three::new(&live, &before, &after)), expected);
    }
}
