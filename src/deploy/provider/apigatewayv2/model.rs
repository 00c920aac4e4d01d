//! Models: what the body of a message looks like.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            choice("application/json") "ContentType" => set_content_type,
            text "Description" => set_description,
            text "Name" => set_name,
            document "Schema" => set_schema,
        )
    };
}

impl ApiGatewayV2 {
    pub(super) async fn create_model(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let api = wanted.properties().required("ApiId")?;
        let sent = Sent::new(wanted);
        let answer = settings!(self.once.create_model().api_id(&api), sent)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateModel", &error))?;
        Ok(made(&api, id("CreateModel", answer.model_id())?))
    }

    pub(super) async fn update_model(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let sent = Sent::change(held, wanted);
        let request = self.client.update_model().api_id(api);
        settings!(request.model_id(&held.reference), sent)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateModel", &error))?;
        Ok(made(api, &held.reference))
    }

    /// A model is known by its name in its API.
    pub(super) async fn find_model(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(name)) = (properties.text("ApiId")?, properties.text("Name")?) else {
            return Ok(None);
        };
        let mut token = None;
        loop {
            let request = self.client.get_models().api_id(&api);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetModels", &error).unless_missing(),
            };
            let mut items = page.items.unwrap_or_default().into_iter();
            let found = items.find(|one| one.name() == Some(&name));
            if let Some(id) = found.and_then(|one| one.model_id) {
                return Ok(Some(made(&api, &id)));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn read_model(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_model().api_id(part(held, "ApiId")?);
        let model = match request.model_id(&held.reference).send().await {
            Ok(model) => model,
            Err(error) => return Fault::of(SERVICE, "GetModel", &error).unless_missing(),
        };
        let schema = model
            .schema()
            .map(|text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)));
        let live = Live::default()
            .text("ContentType", model.content_type())
            .text("Description", model.description())
            .text("Name", model.name())
            .with("Schema", schema);
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_model(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_model().api_id(part(held, "ApiId")?);
        let answer = request.model_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteModel", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("ModelId"), json!({ "ApiId": api }))
}
