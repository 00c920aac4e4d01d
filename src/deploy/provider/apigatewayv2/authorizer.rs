//! Authorizers: who may call a route.

use aws_sdk_apigatewayv2::types::{Authorizer, JwtConfiguration};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, part};

/// The setters that making and changing have in common.
macro_rules! settings {
    ($request:expr, $sent:expr) => {
        set!($request, $sent;
            text "AuthorizerCredentialsArn" => set_authorizer_credentials_arn,
            choice("") "AuthorizerPayloadFormatVersion" => set_authorizer_payload_format_version,
            integer(Some(300)) "AuthorizerResultTtlInSeconds" => set_authorizer_result_ttl_in_seconds,
            choice("") "AuthorizerType" => set_authorizer_type,
            choice("") "AuthorizerUri" => set_authorizer_uri,
            flag "EnableSimpleResponses" => set_enable_simple_responses,
            texts "IdentitySource" => set_identity_source,
            text "IdentityValidationExpression" => set_identity_validation_expression,
            text "Name" => set_name,
        )
    };
}

impl ApiGatewayV2 {
    pub(super) async fn create_authorizer(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let api = wanted.properties().required("ApiId")?;
        let id = self.add_authorizer(&api, &Sent::new(wanted)).await?;
        Ok(made(&api, &id))
    }

    /// Makes an authorizer in `api`, and says what it is called.
    pub(super) async fn add_authorizer(&self, api: &str, sent: &Sent<'_>) -> Result<String, Fault> {
        let answer = settings!(self.once.create_authorizer().api_id(api), sent)
            .set_jwt_configuration(jwt(sent.wanted())?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateAuthorizer", &error))?;
        Ok(id("CreateAuthorizer", answer.authorizer_id())?.to_owned())
    }

    pub(super) async fn update_authorizer(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let api = part(held, "ApiId")?;
        let sent = Sent::change(held, wanted);
        self.change_authorizer(api, &held.reference, &sent).await?;
        Ok(made(api, &held.reference))
    }

    pub(super) async fn change_authorizer(
        &self,
        api: &str,
        id: &str,
        sent: &Sent<'_>,
    ) -> Result<(), Fault> {
        let request = self.client.update_authorizer().api_id(api);
        settings!(request.authorizer_id(id), sent)
            .set_jwt_configuration(jwt(sent.wanted())?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "UpdateAuthorizer", &error))
    }

    /// An authorizer is known by its name in its API.
    pub(super) async fn find_authorizer(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(name)) = (properties.text("ApiId")?, properties.text("Name")?) else {
            return Ok(None);
        };
        let all = self.authorizers(&api).await?.unwrap_or_default();
        let found = all.iter().find(|one| one.name() == Some(&name));
        Ok(found
            .and_then(Authorizer::authorizer_id)
            .map(|id| made(&api, id)))
    }

    /// Every authorizer of an API; none when there is no such API.
    pub(super) async fn authorizers(&self, api: &str) -> Result<Option<Vec<Authorizer>>, Fault> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_authorizers().api_id(api);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetAuthorizers", &error).unless_missing(),
            };
            all.extend(page.items.unwrap_or_default());
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Some(all));
            }
        }
    }

    pub(super) async fn read_authorizer(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_authorizer().api_id(part(held, "ApiId")?);
        let one = match request.authorizer_id(&held.reference).send().await {
            Ok(one) => one,
            Err(error) => return Fault::of(SERVICE, "GetAuthorizer", &error).unless_missing(),
        };
        let jwt = one.jwt_configuration().and_then(|jwt| {
            Live::default()
                .texts("Audience", jwt.audience())
                .text("Issuer", jwt.issuer())
                .value()
        });
        let live = Live::default()
            .text("AuthorizerCredentialsArn", one.authorizer_credentials_arn())
            .text(
                "AuthorizerPayloadFormatVersion",
                one.authorizer_payload_format_version(),
            )
            .with(
                "AuthorizerResultTtlInSeconds",
                one.authorizer_result_ttl_in_seconds(),
            )
            .text(
                "AuthorizerType",
                one.authorizer_type().map(|it| it.as_str()),
            )
            .text("AuthorizerUri", one.authorizer_uri())
            .with("EnableSimpleResponses", one.enable_simple_responses())
            .texts("IdentitySource", one.identity_source())
            .text(
                "IdentityValidationExpression",
                one.identity_validation_expression(),
            )
            .with("JwtConfiguration", jwt)
            .text("Name", one.name());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_authorizer(&self, held: &Held) -> Result<(), Fault> {
        self.remove_authorizer(part(held, "ApiId")?, &held.reference)
            .await
    }

    pub(super) async fn remove_authorizer(&self, api: &str, id: &str) -> Result<(), Fault> {
        let request = self.client.delete_authorizer().api_id(api);
        let answer = request.authorizer_id(id).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteAuthorizer", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("AuthorizerId"), json!({ "ApiId": api }))
}

fn jwt(properties: &Properties<'_>) -> Result<Option<JwtConfiguration>, Fault> {
    let Some(jwt) = properties.object("JwtConfiguration")? else {
        return Ok(None);
    };
    let sent = Sent::of(jwt);
    let built = set!(JwtConfiguration::builder(), sent;
        texts "Audience" => set_audience,
        text "Issuer" => set_issuer,
    );
    Ok(Some(built.build()))
}
