//! Models: what a body looks like.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Three, operations};
use super::{ApiGateway, SERVICE, existing, local_name, made_name, part};

impl ApiGateway {
    pub(super) async fn create_model(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let api = sent.wanted().required("RestApiId")?;
        let name = local_name(wanted)?;
        let kind = sent.wanted().text("ContentType")?;
        let request = set!(self.once.create_model(), sent;
            text "Description" => set_description,
            document "Schema" => set_schema,
        );
        request
            .rest_api_id(&api)
            .name(&name)
            .content_type(kind.unwrap_or_else(|| "application/json".to_owned()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateModel", &error))?;
        Ok(made(&api, &name))
    }

    pub(super) async fn update_model(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "RestApiId")?;
        let live = self.read_model(held).await?;
        let live =
            live.ok_or_else(|| Fault::unexpected(SERVICE, "GetModel", "the model is gone"))?;
        let three = Three::new(&live, &held.properties, &wanted.properties);
        let mut ops = Vec::new();
        three.scalar("Description", "/description", Gone::To(""), &mut ops);
        three.scalar("Schema", "/schema", Gone::Stays, &mut ops);
        if let Some(operations) = operations(ops) {
            self.client
                .update_model()
                .rest_api_id(api)
                .model_name(&held.reference)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateModel", &error))?;
        }
        Ok(made(api, &held.reference))
    }

    /// A model is known by its name in its API.
    pub(super) async fn find_model(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(api) = properties.text("RestApiId")? else {
            return Ok(None);
        };
        let name = properties.text("Name")?;
        let name = name.unwrap_or_else(|| made_name(&sought.id, &sought.tags));
        let request = self.client.get_model().rest_api_id(&api);
        match request.model_name(&name).send().await {
            Ok(_) => Ok(Some(made(&api, &name))),
            Err(error) => Fault::of(SERVICE, "GetModel", &error).unless_missing(),
        }
    }

    pub(super) async fn read_model(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self
            .client
            .get_model()
            .rest_api_id(part(held, "RestApiId")?);
        let model = match request.model_name(&held.reference).send().await {
            Ok(model) => model,
            Err(error) => return Fault::of(SERVICE, "GetModel", &error).unless_missing(),
        };
        let schema = model
            .schema()
            .map(|text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)));
        let live = Live::default()
            .text("ContentType", model.content_type())
            .text("Description", model.description())
            .with("Schema", schema);
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_model(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_model();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let answer = request.model_name(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteModel", &error)))
    }
}

fn made(api: &str, name: &str) -> Existing {
    existing(name, None, json!({ "RestApiId": api }))
}
