//! Resources: the paths of an API, part by part.

use aws_sdk_apigateway::types::Resource;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::Live;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGateway, SERVICE, existing, id, part};

impl ApiGateway {
    pub(super) async fn create_resource(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let api = properties.required("RestApiId")?;
        let answer = self
            .once
            .create_resource()
            .rest_api_id(&api)
            .parent_id(properties.required("ParentId")?)
            .path_part(properties.required("PathPart")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateResource", &error))?;
        Ok(made(&api, id("CreateResource", answer.id())?))
    }

    /// Every resource of an API; none when there is no such API.
    pub(super) async fn resources(&self, api: &str) -> Result<Option<Vec<Resource>>, Fault> {
        let request = self.client.get_resources().rest_api_id(api);
        let mut pages = request.into_paginator().page_size(500).items().send();
        let mut all = Vec::new();
        while let Some(one) = pages.next().await {
            match one {
                Ok(one) => all.push(one),
                Err(error) => return Fault::of(SERVICE, "GetResources", &error).unless_missing(),
            }
        }
        Ok(Some(all))
    }

    /// A resource is known by its part of the path below its parent.
    pub(super) async fn find_resource(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(parent), Some(part)) = (
            properties.text("RestApiId")?,
            properties.text("ParentId")?,
            properties.text("PathPart")?,
        ) else {
            return Ok(None);
        };
        let all = self.resources(&api).await?.unwrap_or_default();
        let found = all
            .iter()
            .find(|one| one.parent_id() == Some(&parent) && one.path_part() == Some(&part));
        Ok(found.and_then(Resource::id).map(|id| made(&api, id)))
    }

    pub(super) async fn read_resource(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_resource();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        match request.resource_id(&held.reference).send().await {
            Ok(one) => Ok(Some(
                Live::default()
                    .text("ParentId", one.parent_id())
                    .text("PathPart", one.path_part())
                    .done(),
            )),
            Err(error) => Fault::of(SERVICE, "GetResource", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_resource(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_resource();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let answer = request.resource_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteResource", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("ResourceId"), json!({ "RestApiId": api }))
}
