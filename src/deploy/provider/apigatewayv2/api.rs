//! APIs: made from their properties, or from an OpenAPI definition.
//!
//! One with a definition is made empty first and the definition put into it then: so it has its tags from its first moment, by which
//! it is found again after a kill.

use std::collections::BTreeMap;

use aws_sdk_apigatewayv2::types::{Api, Cors};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::diff::Change;
use crate::eval::partition;

use super::super::definition::{self, Definition};
use super::super::setter::{Live, Sent, set};
use super::super::tag::{self, TagChange};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, id, openapi, owns};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            text "ApiKeySelectionExpression" => set_api_key_selection_expression,
            text "Description" => set_description,
            flag "DisableExecuteApiEndpoint" => set_disable_execute_api_endpoint,
            flag "DisableSchemaValidation" => set_disable_schema_validation,
            choice("ipv4") "IpAddressType" => set_ip_address_type,
            choice("$request.method $request.path") "RouteSelectionExpression" => set_route_selection_expression,
            text "Version" => set_version,
        )
    };
}

/// The properties that the definition of an API does not say, or says otherwise.
const BESIDES: [&str; 9] = [
    "ApiKeySelectionExpression",
    "CorsConfiguration",
    "Description",
    "DisableExecuteApiEndpoint",
    "DisableSchemaValidation",
    "IpAddressType",
    "Name",
    "RouteSelectionExpression",
    "Version",
];

impl ApiGatewayV2 {
    pub(super) async fn create_api(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let definition = definition::read(wanted, &self.s3).await?;
        // A call that is repeated must not make a second one, and nothing but its tags tells the first.
        let made = self.own_api(&wanted.tags).await?;
        let id = match (&made, &definition) {
            (Some(api), _) => id("GetApis", api.api_id())?.to_owned(),
            (None, Some(definition)) => self.create_empty(wanted, definition).await?,
            (None, None) => return self.create_whole(wanted).await,
        };
        let sent = Sent::new(wanted);
        if let Some(definition) = &definition {
            self.import(&id, wanted, definition).await?;
        }
        if definition.is_none() || says_more(wanted) {
            self.change_api(&id, &sent).await?;
        }
        self.existing_api(&id).await
    }

    async fn create_whole(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let request = settings!(self.once.create_api(), sent);
        let request = set!(request, sent;
            text "CredentialsArn" => set_credentials_arn,
            text "Name" => set_name,
            choice("HTTP") "ProtocolType" => set_protocol_type,
            text "RouteKey" => set_route_key,
            text "Target" => set_target,
        );
        let answer = request
            .set_cors_configuration(cors(properties)?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateApi", &error))?;
        self.existing_api(id("CreateApi", answer.api_id())?).await
    }

    /// An API for a definition to be put into.
    async fn create_empty(
        &self,
        wanted: &Wanted,
        definition: &Definition,
    ) -> Result<String, Fault> {
        let name = match wanted.properties().text("Name")? {
            Some(name) => name,
            None => definition.title().unwrap_or_else(|| wanted.id.clone()),
        };
        let answer = self
            .once
            .create_api()
            .name(name)
            .protocol_type("HTTP".into())
            .set_tags(Some(tags(wanted, definition)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateApi", &error))?;
        Ok(id("CreateApi", answer.api_id())?.to_owned())
    }

    /// Puts the definition into the API. Where the user's own endpoint does not know how to do that, it is done call by call.
    async fn import(
        &self,
        id: &str,
        wanted: &Wanted,
        definition: &Definition,
    ) -> Result<(), Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .reimport_api()
            .api_id(id)
            .body(&definition.text)
            .set_basepath(properties.text("BasePath")?)
            .set_fail_on_warnings(properties.flag("FailOnWarnings")?)
            .send()
            .await;
        let fault = match answer {
            Ok(_) => return Ok(()),
            Err(error) => Fault::of(SERVICE, "ReimportApi", &error),
        };
        let is_unknown = fault.kind == FaultKind::Missing && self.cloud.has_own_endpoint();
        // The API is there: so it is the call that is not.
        if !is_unknown || self.api(id).await?.is_none() {
            return Err(fault);
        }
        let base_path = properties.text("BasePath")?;
        let api = openapi::api(&definition.value, base_path.as_deref())
            .map_err(|what| properties.fault("Body", &what))?;
        self.build(id, &api).await
    }

    pub(super) async fn update_api(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let id = &held.reference;
        let definition = definition::read(wanted, &self.s3).await?;
        let only_tags =
            !changes.is_empty() && changes.iter().all(|change| change.property() == "Tags");
        match &definition {
            _ if only_tags => {}
            // What the template says no longer goes back to what the definition says.
            Some(definition) => {
                self.import(id, wanted, definition).await?;
                if says_more(wanted) {
                    self.change_api(id, &Sent::new(wanted)).await?;
                }
            }
            None => self.change_api(id, &Sent::change(held, wanted)).await?,
        }
        let change = tag_change(held, wanted, definition.as_ref())?;
        self.change_tags(&format!("/apis/{id}"), change).await?;
        self.existing_api(id).await
    }

    /// Sets the properties that the template says.
    async fn change_api(&self, id: &str, sent: &Sent<'_>) -> Result<(), Fault> {
        let request = settings!(self.client.update_api().api_id(id), sent);
        let request = set!(request, sent;
            text "CredentialsArn" => set_credentials_arn,
            text "RouteKey" => set_route_key,
            text "Target" => set_target,
        );
        request
            .set_name(sent.wanted().text("Name")?)
            .set_cors_configuration(cors(sent.wanted())?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateApi", &error))?;
        if sent.is_gone("CorsConfiguration") {
            let answer = self.client.delete_cors_configuration().api_id(id).send();
            let fault = |error| Fault::of(SERVICE, "DeleteCorsConfiguration", &error);
            gone(answer.await.map_err(fault))?;
        }
        Ok(())
    }

    pub(super) async fn find_api(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let found = self.own_api(&sought.tags).await?;
        match found.as_ref().and_then(Api::api_id) {
            Some(id) => self.existing_api(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The API whose tags are the right ones.
    async fn own_api(&self, own: &BTreeMap<String, String>) -> Result<Option<Api>, Fault> {
        let mut token = None;
        loop {
            let page = self
                .client
                .get_apis()
                .max_results("500")
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "GetApis", &error))?;
            let mut items = page.items.unwrap_or_default().into_iter();
            let found = items.find(|api| api.tags().is_some_and(|tags| owns(own, tags)));
            if found.is_some() {
                return Ok(found);
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    async fn api(
        &self,
        id: &str,
    ) -> Result<Option<aws_sdk_apigatewayv2::operation::get_api::GetApiOutput>, Fault> {
        match self.client.get_api().api_id(id).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of(SERVICE, "GetApi", &error).unless_missing(),
        }
    }

    async fn existing_api(&self, id: &str) -> Result<Existing, Fault> {
        let api = self
            .api(id)
            .await?
            .ok_or_else(|| Fault::unexpected(SERVICE, "GetApi", "the API is gone"))?;
        let region = self.cloud.region();
        let account = self.cloud.account().await?;
        let arn = format!(
            "arn:{}:execute-api:{region}:{account}:{id}",
            partition(region)
        );
        let attributes = json!({
            "ApiId": id,
            "ApiEndpoint": api.api_endpoint().unwrap_or_default(),
            "ExecuteApiArn": arn,
        });
        Ok(Existing {
            reference: id.to_owned(),
            handle: Json::Null,
            attributes: attributes.as_object().cloned().unwrap_or_default(),
        })
    }

    pub(super) async fn read_api(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(api) = self.api(&held.reference).await? else {
            return Ok(None);
        };
        let live = Live::default()
            .text(
                "ApiKeySelectionExpression",
                api.api_key_selection_expression(),
            )
            .text("Description", api.description())
            .with(
                "DisableExecuteApiEndpoint",
                api.disable_execute_api_endpoint(),
            )
            .with("DisableSchemaValidation", api.disable_schema_validation())
            .text("IpAddressType", api.ip_address_type().map(|it| it.as_str()))
            .text("Name", api.name())
            .text("ProtocolType", api.protocol_type().map(|it| it.as_str()))
            .text("RouteSelectionExpression", api.route_selection_expression())
            .text("Version", api.version())
            .with("CorsConfiguration", api.cors_configuration().map(live_cors));
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_api(&self, held: &Held) -> Result<(), Fault> {
        let answer = self.client.delete_api().api_id(&held.reference).send();
        gone(
            answer
                .await
                .map_err(|error| Fault::of(SERVICE, "DeleteApi", &error)),
        )
    }
}

/// Whether the template says anything that is not in the definition.
fn says_more(wanted: &Wanted) -> bool {
    let properties = wanted.properties();
    BESIDES.iter().any(|name| properties.get(name).is_some())
}

/// The tags of an API with a definition: the template's come before the definition's, and those before the stack's.
fn tags(wanted: &Wanted, definition: &Definition) -> Result<BTreeMap<String, String>, Fault> {
    let own = wanted.properties().text_map("Tags")?.unwrap_or_default();
    let mut all = tag::merged(wanted)?;
    for (key, value) in definition::tags(&definition.value) {
        let is_said = own.iter().any(|(said, _)| *said == key);
        if !is_said && !key.starts_with("hoist:") {
            all.insert(key, value);
        }
    }
    Ok(all)
}

fn tag_change(
    held: &Held,
    wanted: &Wanted,
    definition: Option<&Definition>,
) -> Result<TagChange, Fault> {
    let mut change = tag::change(held, wanted)?;
    if let Some(definition) = definition {
        change.set = tags(wanted, definition)?;
    }
    let before = held.properties.get("Body").map(Definition::of_body);
    let before = before.map(|before| definition::tags(&before.value));
    let keys = before.into_iter().flatten().map(|(key, _)| key);
    change.removed.extend(keys);
    change.removed.retain(|key| !change.set.contains_key(key));
    change.removed.sort();
    change.removed.dedup();
    Ok(change)
}

/// Who may call from a browser.
pub(super) fn cors(properties: &Properties<'_>) -> Result<Option<Cors>, Fault> {
    let Some(cors) = properties.object("CorsConfiguration")? else {
        return Ok(None);
    };
    let sent = Sent::of(cors);
    let built = set!(Cors::builder(), sent;
        flag "AllowCredentials" => set_allow_credentials,
        texts "AllowHeaders" => set_allow_headers,
        texts "AllowMethods" => set_allow_methods,
        texts "AllowOrigins" => set_allow_origins,
        texts "ExposeHeaders" => set_expose_headers,
        integer(None) "MaxAge" => set_max_age,
    );
    Ok(Some(built.build()))
}

fn live_cors(cors: &Cors) -> Json {
    Live::default()
        .with("AllowCredentials", cors.allow_credentials())
        .texts("AllowHeaders", cors.allow_headers())
        .texts("AllowMethods", cors.allow_methods())
        .texts("AllowOrigins", cors.allow_origins())
        .texts("ExposeHeaders", cors.expose_headers())
        .with("MaxAge", cors.max_age())
        .done()
        .into()
}
