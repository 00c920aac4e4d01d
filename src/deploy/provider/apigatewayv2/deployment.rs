//! Deployments: an API as it was at a moment.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::Live;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

impl ApiGatewayV2 {
    pub(super) async fn create_deployment(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let api = properties.required("ApiId")?;
        let answer = self
            .once
            .create_deployment()
            .api_id(&api)
            .set_description(properties.text("Description")?)
            .set_stage_name(properties.text("StageName")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateDeployment", &error))?;
        Ok(made(&api, id("CreateDeployment", answer.deployment_id())?))
    }

    /// A stage that is no longer named keeps the deployment it has: it is its own resource.
    pub(super) async fn update_deployment(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let properties = wanted.properties();
        let description = properties.text("Description")?.unwrap_or_default();
        self.client
            .update_deployment()
            .api_id(api)
            .deployment_id(&held.reference)
            .description(description)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateDeployment", &error))?;
        if let Some(stage) = properties.text("StageName")? {
            self.client
                .update_stage()
                .api_id(api)
                .stage_name(stage)
                .deployment_id(&held.reference)
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateStage", &error))?;
        }
        Ok(made(api, &held.reference))
    }

    /// Deployments have neither a name nor tags. One whose making was not seen to its end does no harm beside the next, and goes
    /// with its API.
    pub(super) async fn find_deployment(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(description)) =
            (properties.text("ApiId")?, properties.text("Description")?)
        else {
            return Ok(None);
        };
        let mut token = None;
        loop {
            let request = self.client.get_deployments().api_id(&api);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetDeployments", &error).unless_missing(),
            };
            let mut items = page.items.unwrap_or_default().into_iter();
            let found = items.find(|one| {
                one.description() == Some(&description) && one.auto_deployed() != Some(true)
            });
            if let Some(id) = found.and_then(|one| one.deployment_id) {
                return Ok(Some(made(&api, &id)));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn read_deployment(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_deployment().api_id(part(held, "ApiId")?);
        match request.deployment_id(&held.reference).send().await {
            Ok(one) => Ok(Some(
                Live::default()
                    .text("Description", one.description())
                    .done(),
            )),
            Err(error) => Fault::of(SERVICE, "GetDeployment", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_deployment(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_deployment().api_id(part(held, "ApiId")?);
        let answer = request.deployment_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteDeployment", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("DeploymentId"), json!({ "ApiId": api }))
}
