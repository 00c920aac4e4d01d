//! Putting a definition into an API call by call, for endpoints of the user's that have no import.
//!
//! What is there is brought to what is wanted: routes are known by their key, authorizers by their name. As with API Gateway's own
//! import, what the definition does not say goes.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::Properties;
use super::super::setter::Sent;
use super::openapi::{HttpApi, HttpRoute};
use super::{ApiGatewayV2, api};

const WHERE: &str = "Body";

impl ApiGatewayV2 {
    /// Makes the API what the definition says.
    pub(super) async fn build(&self, id: &str, wanted: &HttpApi) -> Result<(), Fault> {
        self.settle(id, wanted).await?;
        let before = self.authorizers(id).await?.unwrap_or_default();
        let before: HashMap<String, String> = before
            .into_iter()
            .filter_map(|one| Some((one.name?, one.authorizer_id?)))
            .collect();
        let mut authorizers = HashMap::new();
        for properties in &wanted.authorizers {
            let sent = Sent::of(Properties::new(WHERE, properties));
            let name = sent.wanted().required("Name")?;
            let authorizer = match before.get(&name) {
                Some(known) => {
                    self.change_authorizer(id, known, &sent).await?;
                    known.clone()
                }
                None => self.add_authorizer(id, &sent).await?,
            };
            authorizers.insert(name, authorizer);
        }
        self.build_routes(id, wanted, &authorizers).await?;
        for (name, authorizer) in before {
            if !authorizers.contains_key(&name) {
                self.remove_authorizer(id, &authorizer).await?;
            }
        }
        Ok(())
    }

    /// The properties of the API itself that the definition says.
    async fn settle(&self, id: &str, wanted: &HttpApi) -> Result<(), Fault> {
        let properties = Properties::new(WHERE, &wanted.properties);
        let cors = api::cors(&properties)?;
        let has_cors = cors.is_some();
        self.client
            .update_api()
            .api_id(id)
            .set_name(properties.text("Name")?)
            .set_version(properties.text("Version")?)
            .set_description(properties.text("Description")?)
            .set_cors_configuration(cors)
            .send()
            .await
            .map_err(|error| Fault::of(super::SERVICE, "UpdateApi", &error))?;
        if !has_cors {
            let answer = self.client.delete_cors_configuration().api_id(id).send();
            let fault = |error| Fault::of(super::SERVICE, "DeleteCorsConfiguration", &error);
            gone(answer.await.map_err(fault))?;
        }
        Ok(())
    }

    async fn build_routes(
        &self,
        id: &str,
        wanted: &HttpApi,
        authorizers: &HashMap<String, String>,
    ) -> Result<(), Fault> {
        let routes = self.routes(id).await?.unwrap_or_default();
        let before: HashMap<String, (String, Option<String>)> = routes
            .into_iter()
            .filter_map(|route| {
                let integration = route.target.as_deref().and_then(integration_of);
                Some((
                    route.route_key?,
                    (route.route_id?, integration.map(str::to_owned)),
                ))
            })
            .collect();
        for route in &wanted.routes {
            let known = before.get(&route.key);
            let used = known.and_then(|(_, integration)| integration.as_deref());
            let target = self.build_integration(id, route, used).await?;
            let properties = properties(route, target.as_deref(), authorizers);
            let sent = Sent::of(Properties::new(WHERE, &properties));
            match known {
                Some((known, _)) => self.change_route(id, known, &sent).await?,
                None => {
                    self.add_route(id, &sent).await?;
                }
            }
        }
        for (key, (route, _)) in &before {
            if !wanted.routes.iter().any(|wanted| wanted.key == *key) {
                self.remove_route(id, route).await?;
            }
        }
        self.clear_integrations(id).await
    }

    async fn build_integration(
        &self,
        id: &str,
        route: &HttpRoute,
        used: Option<&str>,
    ) -> Result<Option<String>, Fault> {
        let Some(properties) = &route.integration else {
            return Ok(None);
        };
        let sent = Sent::of(Properties::new(WHERE, properties));
        match used {
            Some(used) => {
                self.change_integration(id, used, &sent).await?;
                Ok(Some(used.to_owned()))
            }
            None => self.add_integration(id, &sent).await.map(Some),
        }
    }

    /// Takes away what no route uses: those of routes that went, and what a run made that was killed before it made the route.
    async fn clear_integrations(&self, id: &str) -> Result<(), Fault> {
        let routes = self.routes(id).await?.unwrap_or_default();
        let used: Vec<&str> = routes
            .iter()
            .filter_map(|route| integration_of(route.target()?))
            .collect();
        for integration in self.integrations(id).await?.unwrap_or_default() {
            if let Some(integration) = integration.integration_id()
                && !used.contains(&integration)
            {
                self.remove_integration(id, integration).await?;
            }
        }
        Ok(())
    }
}

/// `abc` of `integrations/abc`.
fn integration_of(target: &str) -> Option<&str> {
    target.strip_prefix("integrations/")
}

fn properties(
    route: &HttpRoute,
    integration: Option<&str>,
    authorizers: &HashMap<String, String>,
) -> Map<String, Json> {
    let mut properties = route.properties.clone();
    // Set in any case, so that what a route had before goes.
    let target = integration.map_or_else(String::new, |id| format!("integrations/{id}"));
    properties.insert("Target".to_owned(), json!(target));
    let authorizer = route
        .authorizer
        .as_ref()
        .and_then(|name| authorizers.get(name));
    properties.insert(
        "AuthorizerId".to_owned(),
        json!(authorizer.map_or("", String::as_str)),
    );
    properties
        .entry("AuthorizationScopes")
        .or_insert_with(|| json!([]));
    properties
}
