//! Authorizers: who may call a method.

use aws_sdk_apigateway::operation::get_authorizer::GetAuthorizerOutput;
use aws_sdk_apigateway::types::Authorizer;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Op, Three, as_value, operations};
use super::{ApiGateway, SERVICE, existing, id, part};

impl ApiGateway {
    pub(super) async fn create_authorizer(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let api = sent.wanted().required("RestApiId")?;
        let request = set!(self.once.create_authorizer(), sent;
            text "AuthType" => set_auth_type,
            text "AuthorizerCredentials" => set_authorizer_credentials,
            integer(None) "AuthorizerResultTtlInSeconds" => set_authorizer_result_ttl_in_seconds,
            text "AuthorizerUri" => set_authorizer_uri,
            text "IdentitySource" => set_identity_source,
            text "IdentityValidationExpression" => set_identity_validation_expression,
            text "Name" => set_name,
            texts "ProviderARNs" => set_provider_arns,
            choice("") "Type" => set_type,
        );
        let answer = request
            .rest_api_id(&api)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateAuthorizer", &error))?;
        Ok(made(&api, id("CreateAuthorizer", answer.id())?))
    }

    pub(super) async fn update_authorizer(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let (api, id) = (part(held, "RestApiId")?, &held.reference);
        let one = self.authorizer(api, id).await?;
        let one = one
            .ok_or_else(|| Fault::unexpected(SERVICE, "GetAuthorizer", "the authorizer is gone"))?;
        let live = live(&one);
        let ops = patch(Three::new(&live, &held.properties, &wanted.properties));
        if let Some(operations) = operations(ops) {
            self.client
                .update_authorizer()
                .rest_api_id(api)
                .authorizer_id(id)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateAuthorizer", &error))?;
        }
        Ok(made(api, id))
    }

    async fn authorizer(&self, api: &str, id: &str) -> Result<Option<GetAuthorizerOutput>, Fault> {
        let request = self.client.get_authorizer().rest_api_id(api);
        match request.authorizer_id(id).send().await {
            Ok(one) => Ok(Some(one)),
            Err(error) => Fault::of(SERVICE, "GetAuthorizer", &error).unless_missing(),
        }
    }

    /// An authorizer is known by its name in its API.
    pub(super) async fn find_authorizer(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(name)) = (properties.text("RestApiId")?, properties.text("Name")?)
        else {
            return Ok(None);
        };
        let mut position = None;
        loop {
            let request = self.client.get_authorizers().rest_api_id(&api);
            let answer = request.limit(500).set_position(position).send().await;
            let page = match answer {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetAuthorizers", &error).unless_missing(),
            };
            let mut items = page.items().iter();
            let found = items.find(|one| one.name() == Some(&name));
            if let Some(id) = found.and_then(Authorizer::id) {
                return Ok(Some(made(&api, id)));
            }
            position = page.position;
            if position.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn read_authorizer(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let api = part(held, "RestApiId")?;
        let one = self.authorizer(api, &held.reference).await?;
        Ok(one.map(|one| live(&one)))
    }

    pub(super) async fn delete_authorizer(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_authorizer();
        let request = request.rest_api_id(part(held, "RestApiId")?);
        let answer = request.authorizer_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteAuthorizer", &error)))
    }
}

fn made(api: &str, id: &str) -> Existing {
    existing(id, Some("AuthorizerId"), json!({ "RestApiId": api }))
}

fn live(one: &GetAuthorizerOutput) -> Map<String, Json> {
    Live::default()
        .text("AuthType", one.auth_type())
        .text("AuthorizerCredentials", one.authorizer_credentials())
        .with(
            "AuthorizerResultTtlInSeconds",
            one.authorizer_result_ttl_in_seconds(),
        )
        .text("AuthorizerUri", one.authorizer_uri())
        .text("IdentitySource", one.identity_source())
        .text(
            "IdentityValidationExpression",
            one.identity_validation_expression(),
        )
        .text("Name", one.name())
        .texts("ProviderARNs", one.provider_arns())
        .text("Type", one.r#type().map(|it| it.as_str()))
        .done()
}

/// Source: API Gateway API reference, "Patch operations", `UpdateAuthorizer`.
fn patch(three: Three<'_>) -> Vec<Op> {
    let mut ops = Vec::new();
    for (name, path, gone) in [
        ("AuthType", "/authType", Gone::To("")),
        (
            "AuthorizerCredentials",
            "/authorizerCredentials",
            Gone::To(""),
        ),
        (
            "AuthorizerResultTtlInSeconds",
            "/authorizerResultTtlInSeconds",
            Gone::To("300"),
        ),
        ("AuthorizerUri", "/authorizerUri", Gone::Stays),
        ("IdentitySource", "/identitySource", Gone::To("")),
        (
            "IdentityValidationExpression",
            "/identityValidationExpression",
            Gone::To(""),
        ),
        ("Name", "/name", Gone::Stays),
        ("Type", "/type", Gone::Stays),
    ] {
        three.scalar(name, path, gone, &mut ops);
    }
    three.list("ProviderARNs", &mut ops, as_value("/providerARNs"));
    ops
}
