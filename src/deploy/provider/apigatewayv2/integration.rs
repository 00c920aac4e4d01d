//! Integrations: what answers a route.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_apigatewayv2::types::{Integration, TlsConfigInput};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, json_map, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            text "ConnectionId" => set_connection_id,
            choice("INTERNET") "ConnectionType" => set_connection_type,
            choice("") "ContentHandlingStrategy" => set_content_handling_strategy,
            text "CredentialsArn" => set_credentials_arn,
            text "Description" => set_description,
            text "IntegrationMethod" => set_integration_method,
            text "IntegrationSubtype" => set_integration_subtype,
            choice("") "IntegrationType" => set_integration_type,
            text "IntegrationUri" => set_integration_uri,
            choice("WHEN_NO_MATCH") "PassthroughBehavior" => set_passthrough_behavior,
            choice("1.0") "PayloadFormatVersion" => set_payload_format_version,
            map "RequestParameters" => set_request_parameters,
            map "RequestTemplates" => set_request_templates,
            text "TemplateSelectionExpression" => set_template_selection_expression,
            integer(None) "TimeoutInMillis" => set_timeout_in_millis,
        )
    };
}

/// The integrations that this run made.
#[derive(Default)]
pub(super) struct Made {
    /// Held for reading while one is made.
    making: tokio::sync::RwLock<()>,
    ids: Mutex<Vec<String>>,
}

impl Made {
    fn take(&self, id: &str) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.push(id.to_owned());
    }

    fn taken(&self) -> Vec<String> {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.clone()
    }
}

/// An integration that is as one that is looked for.
struct Same {
    existing: Existing,
    is_used: bool,
}

impl ApiGatewayV2 {
    pub(super) async fn create_integration(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let api = wanted.properties().required("ApiId")?;
        let under_way = self.made_integrations.making.read().await;
        let id = self.add_integration(&api, &Sent::new(wanted)).await?;
        self.made_integrations.take(&id);
        drop(under_way);
        Ok(made(&api, &id))
    }

    /// One that a call made whose answer was lost: no route can use it, and no call of this run was told of it. While it is looked
    /// for none is made, so that it is told from others that are the same.
    pub(super) async fn find_lost_integration(
        &self,
        wanted: &Wanted,
    ) -> Result<Option<Existing>, Fault> {
        let _alone = self.made_integrations.making.write().await;
        let mut sought = wanted.to_sought();
        sought.taken = self.made_integrations.taken();
        let found = self.same_integrations(&sought).await?;
        let lost = found.into_iter().find(|found| !found.is_used);
        Ok(lost.map(|lost| {
            self.made_integrations.take(&lost.existing.reference);
            lost.existing
        }))
    }

    /// Makes an integration in `api`, and says what it is called.
    pub(super) async fn add_integration(
        &self,
        api: &str,
        sent: &Sent<'_>,
    ) -> Result<String, Fault> {
        let request = settings!(self.once.create_integration().api_id(api), sent);
        let answer = request
            .set_response_parameters(response_parameters(sent)?)
            .set_tls_config(tls(sent)?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateIntegration", &error))?;
        Ok(id("CreateIntegration", answer.integration_id())?.to_owned())
    }

    pub(super) async fn update_integration(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let sent = Sent::change(held, wanted);
        self.change_integration(api, &held.reference, &sent).await?;
        Ok(made(api, &held.reference))
    }

    pub(super) async fn change_integration(
        &self,
        api: &str,
        id: &str,
        sent: &Sent<'_>,
    ) -> Result<(), Fault> {
        let request = self.client.update_integration().api_id(api);
        settings!(request.integration_id(id), sent)
            .set_response_parameters(response_parameters(sent)?)
            .set_tls_config(tls(sent)?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "UpdateIntegration", &error))
    }

    /// Integrations have neither a name nor tags: it is one that is as it was sent and that no other resource of the stack is. Its
    /// route may have been made before the run was killed, but of several it is rather one that no route uses.
    pub(super) async fn find_integration(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let found = self.same_integrations(sought).await?;
        let best = found.into_iter().min_by_key(|found| found.is_used);
        Ok(best.map(|best| best.existing))
    }

    /// Those that are as the one that is looked for, and are no other of the stack.
    async fn same_integrations(&self, sought: &Sought) -> Result<Vec<Same>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(api) = properties.text("ApiId")? else {
            return Ok(Vec::new());
        };
        let Some(routes) = self.routes(&api).await? else {
            return Ok(Vec::new());
        };
        let all = self.integrations(&api).await?.unwrap_or_default();
        let same = all.iter().filter_map(|integration| {
            let id = integration.integration_id()?;
            let target = format!("integrations/{id}");
            let is_taken = sought.taken.iter().any(|taken| taken == id);
            let is_it = !is_taken && is_same(&live(integration), &sought.properties);
            is_it.then(|| Same {
                existing: made(&api, id),
                is_used: routes.iter().any(|route| route.target() == Some(&target)),
            })
        });
        Ok(same.collect())
    }

    /// Every integration of an API; none when there is no such API.
    pub(super) async fn integrations(&self, api: &str) -> Result<Option<Vec<Integration>>, Fault> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_integrations().api_id(api);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => {
                    return Fault::of(SERVICE, "GetIntegrations", &error).unless_missing();
                }
            };
            all.extend(page.items.unwrap_or_default());
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Some(all));
            }
        }
    }

    pub(super) async fn read_integration(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let all = self.integrations(part(held, "ApiId")?).await?;
        let mut all = all.into_iter().flatten();
        let found = all.find(|one| one.integration_id() == Some(&held.reference));
        Ok(found.map(|integration| live(&integration)))
    }

    pub(super) async fn delete_integration(&self, held: &Held) -> Result<(), Fault> {
        self.remove_integration(part(held, "ApiId")?, &held.reference)
            .await
    }

    pub(super) async fn remove_integration(&self, api: &str, id: &str) -> Result<(), Fault> {
        let request = self.client.delete_integration().api_id(api);
        let answer = request.integration_id(id).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteIntegration", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("IntegrationId"), json!({ "ApiId": api }))
}

/// Whether what is there is what was sent, as far as it can be read back and was not masked.
fn is_same(live: &Map<String, Json>, sent: &Map<String, Json>) -> bool {
    let compared = ["IntegrationType", "IntegrationUri", "IntegrationMethod"];
    compared.iter().all(|name| match sent.get(*name) {
        None | Some(Json::Object(_)) => true,
        sent => live.get(*name) == sent,
    })
}

fn tls(sent: &Sent<'_>) -> Result<Option<TlsConfigInput>, Fault> {
    let name = match sent.wanted().object("TlsConfig")? {
        Some(tls) => tls.text("ServerNameToVerify")?,
        None if sent.is_gone("TlsConfig") => Some(String::new()),
        None => return Ok(None),
    };
    let builder = TlsConfigInput::builder().set_server_name_to_verify(name);
    Ok(Some(builder.build()))
}

/// Parameters by status.
type ByStatus = HashMap<String, HashMap<String, String>>;

/// Parameters by status; statuses that are gone have none, which takes them away.
fn response_parameters(sent: &Sent<'_>) -> Result<Option<ByStatus>, Fault> {
    let mut all = HashMap::new();
    for status in sent.gone_keys("ResponseParameters")? {
        all.insert(status, HashMap::new());
    }
    let Some(wanted) = sent.wanted().object("ResponseParameters")? else {
        return Ok((!all.is_empty()).then_some(all));
    };
    for status in wanted.names() {
        let each = match wanted.object(status)? {
            Some(each) => each.objects("ResponseParameters")?,
            None => Vec::new(),
        };
        let each = each.iter().map(|one| {
            Ok((
                one.required("Destination")?,
                one.text("Source")?.unwrap_or_default(),
            ))
        });
        all.insert(status.to_owned(), each.collect::<Result<_, Fault>>()?);
    }
    Ok(Some(all))
}

fn live(integration: &Integration) -> Map<String, Json> {
    let connection = integration.connection_type().map(|it| it.as_str());
    let handling = integration.content_handling_strategy();
    let passthrough = integration.passthrough_behavior().map(|it| it.as_str());
    let tls = integration
        .tls_config()
        .and_then(|tls| tls.server_name_to_verify());
    let responses = integration.response_parameters().map(|responses| {
        let each = responses.iter().map(|(status, parameters)| {
            let sorted: std::collections::BTreeMap<_, _> = parameters.iter().collect();
            let list: Vec<Json> = sorted
                .into_iter()
                .map(|(destination, source)| json!({"Destination": destination, "Source": source}))
                .collect();
            (status.clone(), json!({ "ResponseParameters": list }))
        });
        Json::Object(each.collect())
    });
    Live::default()
        .text("ConnectionId", integration.connection_id())
        .text("ConnectionType", connection)
        .text("ContentHandlingStrategy", handling.map(|it| it.as_str()))
        .text("CredentialsArn", integration.credentials_arn())
        .text("Description", integration.description())
        .text("IntegrationMethod", integration.integration_method())
        .text("IntegrationSubtype", integration.integration_subtype())
        .text(
            "IntegrationType",
            integration.integration_type().map(|it| it.as_str()),
        )
        .text("IntegrationUri", integration.integration_uri())
        .text("PassthroughBehavior", passthrough)
        .text("PayloadFormatVersion", integration.payload_format_version())
        .map("RequestParameters", integration.request_parameters())
        .with(
            "RequestTemplates",
            integration.request_templates().map(json_map),
        )
        .with("ResponseParameters", responses)
        .text(
            "TemplateSelectionExpression",
            integration.template_selection_expression(),
        )
        .with("TimeoutInMillis", integration.timeout_in_millis())
        .with(
            "TlsConfig",
            tls.map(|name| json!({ "ServerNameToVerify": name })),
        )
        .done()
}
