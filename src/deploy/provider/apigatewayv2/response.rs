//! What WebSocket APIs answer: responses of integrations and of routes.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::route::{constraints, live_constraints};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

/// The setters that making and changing a response of an integration have in common.
macro_rules! integration_settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            choice("") "ContentHandlingStrategy" => set_content_handling_strategy,
            text "IntegrationResponseKey" => set_integration_response_key,
            map "ResponseParameters" => set_response_parameters,
            map "ResponseTemplates" => set_response_templates,
            text "TemplateSelectionExpression" => set_template_selection_expression,
        )
    };
}

/// The setters that making and changing a response of a route have in common.
macro_rules! route_settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            text "ModelSelectionExpression" => set_model_selection_expression,
            map "ResponseModels" => set_response_models,
            text "RouteResponseKey" => set_route_response_key,
        )
    };
}

impl ApiGatewayV2 {
    pub(super) async fn create_integration_response(
        &self,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let api = properties.required("ApiId")?;
        let integration = properties.required("IntegrationId")?;
        let sent = Sent::new(wanted);
        let request = self.once.create_integration_response().api_id(&api);
        let answer = integration_settings!(request.integration_id(&integration), sent)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateIntegrationResponse", &error))?;
        let id = id(
            "CreateIntegrationResponse",
            answer.integration_response_id(),
        )?;
        Ok(of_integration(&api, &integration, id))
    }

    pub(super) async fn update_integration_response(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let (api, integration) = (part(held, "ApiId")?, part(held, "IntegrationId")?);
        let sent = Sent::change(held, wanted);
        let request = self.client.update_integration_response().api_id(api);
        let request = request
            .integration_id(integration)
            .integration_response_id(&held.reference);
        integration_settings!(request, sent)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateIntegrationResponse", &error))?;
        Ok(of_integration(api, integration, &held.reference))
    }

    /// It is known by its key in its integration.
    pub(super) async fn find_integration_response(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(integration)) =
            (properties.text("ApiId")?, properties.text("IntegrationId")?)
        else {
            return Ok(None);
        };
        let key = properties.text("IntegrationResponseKey")?;
        let request = self.client.get_integration_responses().api_id(&api);
        let answer = request
            .integration_id(&integration)
            .max_results("500")
            .send();
        let page = match answer.await {
            Ok(page) => page,
            Err(error) => {
                return Fault::of(SERVICE, "GetIntegrationResponses", &error).unless_missing();
            }
        };
        let mut items = page.items().iter();
        let found = items.find(|one| one.integration_response_key() == key.as_deref());
        let id = found.and_then(|one| one.integration_response_id());
        Ok(id.map(|id| of_integration(&api, &integration, id)))
    }

    pub(super) async fn read_integration_response(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self
            .client
            .get_integration_response()
            .api_id(part(held, "ApiId")?)
            .integration_id(part(held, "IntegrationId")?);
        let answer = request.integration_response_id(&held.reference).send();
        let one = match answer.await {
            Ok(one) => one,
            Err(error) => {
                return Fault::of(SERVICE, "GetIntegrationResponse", &error).unless_missing();
            }
        };
        let handling = one.content_handling_strategy().map(|it| it.as_str());
        let live = Live::default()
            .text("ContentHandlingStrategy", handling)
            .text("IntegrationResponseKey", one.integration_response_key())
            .map("ResponseParameters", one.response_parameters())
            .map("ResponseTemplates", one.response_templates())
            .text(
                "TemplateSelectionExpression",
                one.template_selection_expression(),
            );
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_integration_response(&self, held: &Held) -> Result<(), Fault> {
        let request = self
            .client
            .delete_integration_response()
            .api_id(part(held, "ApiId")?)
            .integration_id(part(held, "IntegrationId")?);
        let answer = request.integration_response_id(&held.reference).send();
        let fault = |error| Fault::of(SERVICE, "DeleteIntegrationResponse", &error);
        gone(answer.await.map_err(fault))
    }

    pub(super) async fn create_route_response(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let api = properties.required("ApiId")?;
        let route = properties.required("RouteId")?;
        let sent = Sent::new(wanted);
        let request = self.once.create_route_response().api_id(&api);
        let answer = route_settings!(request.route_id(&route), sent)
            .set_response_parameters(constraints(&properties, "ResponseParameters")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateRouteResponse", &error))?;
        let id = id("CreateRouteResponse", answer.route_response_id())?;
        Ok(of_route(&api, &route, id))
    }

    pub(super) async fn update_route_response(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let (api, route) = (part(held, "ApiId")?, part(held, "RouteId")?);
        let sent = Sent::change(held, wanted);
        let request = self.client.update_route_response().api_id(api);
        let request = request.route_id(route).route_response_id(&held.reference);
        route_settings!(request, sent)
            .set_response_parameters(constraints(sent.wanted(), "ResponseParameters")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateRouteResponse", &error))?;
        Ok(of_route(api, route, &held.reference))
    }

    /// It is known by its key in its route.
    pub(super) async fn find_route_response(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(route)) = (properties.text("ApiId")?, properties.text("RouteId")?)
        else {
            return Ok(None);
        };
        let key = properties.text("RouteResponseKey")?;
        let request = self.client.get_route_responses().api_id(&api);
        let page = match request.route_id(&route).max_results("500").send().await {
            Ok(page) => page,
            Err(error) => return Fault::of(SERVICE, "GetRouteResponses", &error).unless_missing(),
        };
        let mut items = page.items().iter();
        let found = items.find(|one| one.route_response_key() == key.as_deref());
        let id = found.and_then(|one| one.route_response_id());
        Ok(id.map(|id| of_route(&api, &route, id)))
    }

    pub(super) async fn read_route_response(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self
            .client
            .get_route_response()
            .api_id(part(held, "ApiId")?)
            .route_id(part(held, "RouteId")?);
        let one = match request.route_response_id(&held.reference).send().await {
            Ok(one) => one,
            Err(error) => return Fault::of(SERVICE, "GetRouteResponse", &error).unless_missing(),
        };
        let parameters = one.response_parameters().and_then(live_constraints);
        let live = Live::default()
            .text("ModelSelectionExpression", one.model_selection_expression())
            .map("ResponseModels", one.response_models())
            .with("ResponseParameters", parameters)
            .text("RouteResponseKey", one.route_response_key());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_route_response(&self, held: &Held) -> Result<(), Fault> {
        let request = self
            .client
            .delete_route_response()
            .api_id(part(held, "ApiId")?)
            .route_id(part(held, "RouteId")?);
        let answer = request.route_response_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteRouteResponse", &error)))
    }
}

fn of_integration(api: &str, integration: &str, id: &str) -> Existing {
    let handle = json!({ "ApiId": api, "IntegrationId": integration });
    existing(id, Some("IntegrationResponseId"), handle)
}

fn of_route(api: &str, route: &str, id: &str) -> Existing {
    let handle = json!({ "ApiId": api, "RouteId": route });
    existing(id, Some("RouteResponseId"), handle)
}
