//! API keys.

use aws_sdk_apigateway::operation::get_api_key::GetApiKeyOutput;
use aws_sdk_apigateway::types::StageKey;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Op, Three, as_value, operations, text};
use super::{ApiGateway, SERVICE, existing, id, not_yet, owns};

impl ApiGateway {
    pub(super) async fn create_key(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let request = set!(self.once.create_api_key(), sent;
            text "CustomerId" => set_customer_id,
            text "Description" => set_description,
            flag "Enabled" => set_enabled,
            flag "GenerateDistinctId" => set_generate_distinct_id,
            text "Value" => set_value,
        );
        let answer = request
            .name(&wanted.name)
            .set_stage_keys(Some(stages(sent.wanted())?))
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateApiKey", &error))?;
        Ok(made(id("CreateApiKey", answer.id())?))
    }

    pub(super) async fn update_key(&self, held: &Held, wanted: &Wanted) -> Result<Existing, Fault> {
        let id = &held.reference;
        let key = self.key(id).await?;
        let key = key.ok_or_else(|| Fault::unexpected(SERVICE, "GetApiKey", "the key is gone"))?;
        let ops = patch(&live(&key), &held.properties, &wanted.properties);
        if let Some(operations) = operations(ops) {
            self.client
                .update_api_key()
                .api_key(id)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateApiKey", &error))?;
        }
        let change = not_yet(tag::change(held, wanted)?, key.tags());
        self.change_tags(&format!("/apikeys/{id}"), change).await?;
        Ok(made(id))
    }

    async fn key(&self, id: &str) -> Result<Option<GetApiKeyOutput>, Fault> {
        match self.client.get_api_key().api_key(id).send().await {
            Ok(key) => Ok(Some(key)),
            Err(error) => Fault::of(SERVICE, "GetApiKey", &error).unless_missing(),
        }
    }

    pub(super) async fn find_key(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let request = self.client.get_api_keys().name_query(&sought.name);
        let mut pages = request.into_paginator().page_size(500).items().send();
        while let Some(key) = pages.next().await {
            let key = key.map_err(|error| Fault::of(SERVICE, "GetApiKeys", &error))?;
            let is_own = key.tags().is_some_and(|tags| owns(&sought.tags, tags));
            if let Some(id) = key.id().filter(|_| is_own) {
                return Ok(Some(made(id)));
            }
        }
        Ok(None)
    }

    pub(super) async fn read_key(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let key = self.key(&held.reference).await?;
        Ok(key.map(|key| live(&key)))
    }

    pub(super) async fn delete_key(&self, held: &Held) -> Result<(), Fault> {
        let answer = self.client.delete_api_key().api_key(&held.reference).send();
        let fault = |error| Fault::of(SERVICE, "DeleteApiKey", &error);
        gone(answer.await.map_err(fault))
    }
}

fn made(id: &str) -> Existing {
    existing(id, Some("APIKeyId"), Json::Null)
}

fn stages(properties: &Properties<'_>) -> Result<Vec<StageKey>, Fault> {
    let each = properties.objects("StageKeys")?.into_iter().map(|given| {
        let sent = Sent::of(given);
        let built = set!(StageKey::builder(), sent;
            text "RestApiId" => set_rest_api_id,
            text "StageName" => set_stage_name,
        );
        Ok(built.build())
    });
    each.collect()
}

fn live(key: &GetApiKeyOutput) -> Map<String, Json> {
    let stages = key.stage_keys().iter().filter_map(|one| {
        let (api, stage) = one.split_once('/')?;
        Some(json!({ "RestApiId": api, "StageName": stage }))
    });
    let stages: Vec<Json> = stages.collect();
    Live::default()
        .text("CustomerId", key.customer_id())
        .text("Description", key.description())
        .with("Enabled", Some(key.enabled()))
        .text("Name", key.name())
        .with("StageKeys", (!stages.is_empty()).then_some(stages))
        .done()
}

/// Source: API Gateway API reference, "Patch operations", `UpdateApiKey`.
fn patch(
    live: &Map<String, Json>,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> Vec<Op> {
    let mut ops = Vec::new();
    let three = Three::new(live, before, after);
    three.scalar("CustomerId", "/customerId", Gone::To(""), &mut ops);
    three.scalar("Description", "/description", Gone::To(""), &mut ops);
    // Keys are disabled when nothing is said.
    three.scalar("Enabled", "/enabled", Gone::To("false"), &mut ops);
    let (live, before, after) = (named(live), named(before), named(after));
    let three = Three::new(&live, &before, &after);
    three.list("StageKeys", &mut ops, as_value("/stages"));
    ops
}

/// The stages as API Gateway writes them: `api/stage`.
fn named(key: &Map<String, Json>) -> Map<String, Json> {
    let list = key.get("StageKeys").and_then(Json::as_array);
    let Some(list) = list else {
        return Map::new();
    };
    let each = list.iter().filter_map(|one| {
        let (api, stage) = (one.get("RestApiId")?, one.get("StageName")?);
        Some(json!(format!("{}/{}", text(api), text(stage))))
    });
    Map::from_iter([("StageKeys".to_owned(), Json::Array(each.collect()))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_disabled_and_moves_to_another_stage() {
        let map = |value: Json| value.as_object().cloned().unwrap_or_default();
        let live =
            map(json!({"Enabled": true, "StageKeys": [{"RestApiId": "a", "StageName": "s"}]}));
        let after = map(json!({"StageKeys": [{"RestApiId": "a", "StageName": "t"}]}));
        let expected = [
            Op::replace("/enabled", "false"),
            Op::remove("/stages", Some("a/s".into())),
            Op::add("/stages", Some("a/t".into())),
        ];
        assert_eq!(patch(&live, &live, &after), expected);
    }
}
