//! What an API answers by itself: to a request without a token, to one too many.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Wanted};
use super::{ApiGateway, SERVICE, existing, part};

impl ApiGateway {
    /// Making and changing are one call, which replaces the whole.
    pub(super) async fn put_gateway_response(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let api = sent.wanted().required("RestApiId")?;
        let kind = sent.wanted().required("ResponseType")?;
        let request = set!(self.client.put_gateway_response(), sent;
            map "ResponseParameters" => set_response_parameters,
            map "ResponseTemplates" => set_response_templates,
            text "StatusCode" => set_status_code,
        );
        request
            .rest_api_id(&api)
            .response_type(kind.as_str().into())
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "PutGatewayResponse", &error))?;
        let handle = json!({ "RestApiId": api, "ResponseType": kind });
        Ok(existing(&format!("{api}|{kind}"), Some("Id"), handle))
    }

    pub(super) async fn read_gateway_response(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_gateway_response();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let kind = part(held, "ResponseType")?;
        let one = match request.response_type(kind.into()).send().await {
            // Every API has every response; it is ours as long as it is not the default.
            Ok(one) if one.default_response() => return Ok(None),
            Ok(one) => one,
            Err(error) => return Fault::of(SERVICE, "GetGatewayResponse", &error).unless_missing(),
        };
        let live = Live::default()
            .map("ResponseParameters", one.response_parameters())
            .map("ResponseTemplates", one.response_templates())
            .text("StatusCode", one.status_code());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_gateway_response(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_gateway_response();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let kind = part(held, "ResponseType")?;
        let answer = request.response_type(kind.into()).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteGatewayResponse", &error)))
    }
}
