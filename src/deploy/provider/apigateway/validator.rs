//! Request validators: what of a request is checked before it is answered.

use aws_sdk_apigateway::types::RequestValidator;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Three, operations};
use super::{ApiGateway, SERVICE, existing, id, local_name, made_name, part};

impl ApiGateway {
    pub(super) async fn create_validator(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let api = sent.wanted().required("RestApiId")?;
        let request = set!(self.once.create_request_validator(), sent;
            flag "ValidateRequestBody" => set_validate_request_body,
            flag "ValidateRequestParameters" => set_validate_request_parameters,
        );
        let answer = request
            .rest_api_id(&api)
            .name(local_name(wanted)?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateRequestValidator", &error))?;
        Ok(made(&api, id("CreateRequestValidator", answer.id())?))
    }

    pub(super) async fn update_validator(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "RestApiId")?;
        let live = self.read_validator(held).await?.ok_or_else(|| {
            Fault::unexpected(SERVICE, "GetRequestValidator", "the validator is gone")
        })?;
        let three = Three::new(&live, &held.properties, &wanted.properties);
        let mut ops = Vec::new();
        for (name, path) in [
            ("ValidateRequestBody", "/validateRequestBody"),
            ("ValidateRequestParameters", "/validateRequestParameters"),
        ] {
            three.scalar(name, path, Gone::To("false"), &mut ops);
        }
        if let Some(operations) = operations(ops) {
            self.client
                .update_request_validator()
                .rest_api_id(api)
                .request_validator_id(&held.reference)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateRequestValidator", &error))?;
        }
        Ok(made(api, &held.reference))
    }

    /// A validator is known by its name in its API.
    pub(super) async fn find_validator(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(api) = properties.text("RestApiId")? else {
            return Ok(None);
        };
        let name = properties.text("Name")?;
        let name = name.unwrap_or_else(|| made_name(&sought.id, &sought.tags));
        let mut position = None;
        loop {
            let request = self.client.get_request_validators().rest_api_id(&api);
            let answer = request.limit(500).set_position(position).send().await;
            let page = match answer {
                Ok(page) => page,
                Err(error) => {
                    return Fault::of(SERVICE, "GetRequestValidators", &error).unless_missing();
                }
            };
            let mut items = page.items().iter();
            let found = items.find(|one| one.name() == Some(&name));
            if let Some(id) = found.and_then(RequestValidator::id) {
                return Ok(Some(made(&api, id)));
            }
            position = page.position;
            if position.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn read_validator(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_request_validator();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        match request.request_validator_id(&held.reference).send().await {
            Ok(one) => Ok(Some(
                Live::default()
                    .with("ValidateRequestBody", Some(one.validate_request_body()))
                    .with(
                        "ValidateRequestParameters",
                        Some(one.validate_request_parameters()),
                    )
                    .done(),
            )),
            Err(error) => Fault::of(SERVICE, "GetRequestValidator", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_validator(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_request_validator();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let answer = request.request_validator_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteRequestValidator", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("RequestValidatorId"), json!({ "RestApiId": api }))
}
