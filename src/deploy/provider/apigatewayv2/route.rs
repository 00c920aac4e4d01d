//! Routes: which requests go to which integration.

use std::collections::HashMap;

use aws_sdk_apigatewayv2::types::{ParameterConstraints, Route};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            flag "ApiKeyRequired" => set_api_key_required,
            texts "AuthorizationScopes" => set_authorization_scopes,
            choice("NONE") "AuthorizationType" => set_authorization_type,
            text "AuthorizerId" => set_authorizer_id,
            text "ModelSelectionExpression" => set_model_selection_expression,
            text "OperationName" => set_operation_name,
            map "RequestModels" => set_request_models,
            text "RouteKey" => set_route_key,
            text "RouteResponseSelectionExpression" => set_route_response_selection_expression,
            text "Target" => set_target,
        )
    };
}

impl ApiGatewayV2 {
    pub(super) async fn create_route(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let api = wanted.properties().required("ApiId")?;
        let id = self.add_route(&api, &Sent::new(wanted)).await?;
        Ok(made(&api, &id))
    }

    /// Makes a route in `api`, and says what it is called.
    pub(super) async fn add_route(&self, api: &str, sent: &Sent<'_>) -> Result<String, Fault> {
        let answer = settings!(self.once.create_route().api_id(api), sent)
            .set_request_parameters(constraints(sent.wanted(), "RequestParameters")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateRoute", &error))?;
        Ok(id("CreateRoute", answer.route_id())?.to_owned())
    }

    pub(super) async fn update_route(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let sent = Sent::change(held, wanted);
        self.change_route(api, &held.reference, &sent).await?;
        Ok(made(api, &held.reference))
    }

    pub(super) async fn change_route(
        &self,
        api: &str,
        id: &str,
        sent: &Sent<'_>,
    ) -> Result<(), Fault> {
        for key in sent.gone_keys("RequestParameters")? {
            let request = self.client.delete_route_request_parameter().api_id(api);
            let answer = request.route_id(id).request_parameter_key(key).send().await;
            let fault = |error| Fault::of(SERVICE, "DeleteRouteRequestParameter", &error);
            gone(answer.map_err(fault))?;
        }
        settings!(self.client.update_route().api_id(api).route_id(id), sent)
            .set_request_parameters(constraints(sent.wanted(), "RequestParameters")?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "UpdateRoute", &error))
    }

    /// A route is known by its key in its API.
    pub(super) async fn find_route(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(key)) = (properties.text("ApiId")?, properties.text("RouteKey")?)
        else {
            return Ok(None);
        };
        let routes = self.routes(&api).await?.unwrap_or_default();
        let found = routes.iter().find(|route| route.route_key() == Some(&key));
        Ok(found
            .and_then(Route::route_id)
            .map(|route| made(&api, route)))
    }

    /// Every route of an API; none when there is no such API.
    pub(super) async fn routes(&self, api: &str) -> Result<Option<Vec<Route>>, Fault> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_routes().api_id(api);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetRoutes", &error).unless_missing(),
            };
            all.extend(page.items.unwrap_or_default());
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Some(all));
            }
        }
    }

    pub(super) async fn read_route(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_route().api_id(part(held, "ApiId")?);
        let route = match request.route_id(&held.reference).send().await {
            Ok(route) => route,
            Err(error) => return Fault::of(SERVICE, "GetRoute", &error).unless_missing(),
        };
        let live = Live::default()
            .with("ApiKeyRequired", route.api_key_required())
            .texts("AuthorizationScopes", route.authorization_scopes())
            .text(
                "AuthorizationType",
                route.authorization_type().map(|it| it.as_str()),
            )
            .text("AuthorizerId", route.authorizer_id())
            .text(
                "ModelSelectionExpression",
                route.model_selection_expression(),
            )
            .text("OperationName", route.operation_name())
            .map("RequestModels", route.request_models())
            .with(
                "RequestParameters",
                route.request_parameters().and_then(live_constraints),
            )
            .text("RouteKey", route.route_key())
            .text(
                "RouteResponseSelectionExpression",
                route.route_response_selection_expression(),
            )
            .text("Target", route.target());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_route(&self, held: &Held) -> Result<(), Fault> {
        self.remove_route(part(held, "ApiId")?, &held.reference)
            .await
    }

    pub(super) async fn remove_route(&self, api: &str, id: &str) -> Result<(), Fault> {
        let answer = self.client.delete_route().api_id(api).route_id(id).send();
        gone(
            answer
                .await
                .map_err(|error| Fault::of(SERVICE, "DeleteRoute", &error)),
        )
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("RouteId"), json!({ "ApiId": api }))
}

/// Which parameters a request must have: `{"route.request.querystring.q": {"Required": true}}`, or the flag alone.
pub(super) fn constraints(
    properties: &Properties<'_>,
    name: &str,
) -> Result<Option<HashMap<String, ParameterConstraints>>, Fault> {
    let Some(given) = properties.object(name)? else {
        return Ok(None);
    };
    let each = given.names().map(|key| {
        let required = match given.get(key) {
            Some(Json::Object(_)) => match given.object(key)? {
                Some(one) => one.flag("Required")?,
                None => None,
            },
            _ => given.flag(key)?,
        };
        let constraint = ParameterConstraints::builder().set_required(required);
        Ok((key.to_owned(), constraint.build()))
    });
    each.collect::<Result<_, Fault>>().map(Some)
}

pub(super) fn live_constraints(given: &HashMap<String, ParameterConstraints>) -> Option<Json> {
    let sorted: std::collections::BTreeMap<_, _> = given.iter().collect();
    let each = sorted.into_iter().map(|(key, constraint)| {
        let required = constraint.required().unwrap_or_default();
        (key.clone(), json!({ "Required": required }))
    });
    let map: Map<String, Json> = each.collect();
    (!map.is_empty()).then_some(Json::Object(map))
}
