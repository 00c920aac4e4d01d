//! REST APIs: made from their properties, or from an OpenAPI definition.
//!
//! One with a definition is made empty first and the definition put into it then: so it has its tags from its first moment, by which
//! it is found again after a kill.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_apigateway::operation::get_rest_api::GetRestApiOutput;
use aws_sdk_apigateway::types::{EndpointConfiguration, RestApi};
use aws_smithy_types::Blob;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;

use super::super::definition::{self, Definition};
use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::patch::{Gone, Op, Three, as_value, in_path, operations};
use super::{ApiGateway, SERVICE, id, not_yet, owns};

impl ApiGateway {
    pub(super) async fn create_api(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let definition = definition::read(wanted, &self.s3).await?;
        // A call that is repeated must not make a second one, and nothing but its tags tells the first.
        let made = match self.own_api(&wanted.tags).await? {
            Some(made) => made,
            None => self.make_api(wanted, definition.as_ref()).await?,
        };
        if let Some(definition) = &definition {
            self.put(&made, wanted, definition).await?;
        }
        self.settle(&made, &Map::new(), wanted).await?;
        self.existing_api(&made).await
    }

    async fn make_api(
        &self,
        wanted: &Wanted,
        definition: Option<&Definition>,
    ) -> Result<String, Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let name = match properties.text("Name")? {
            None => definition.and_then(Definition::title),
            name => name,
        };
        let name = name.ok_or_else(|| {
            properties.fault(
                "Name",
                "is missing, and there is no definition with a title",
            )
        })?;
        let request = set!(self.once.create_rest_api(), sent;
            choice("") "ApiKeySourceType" => set_api_key_source,
            texts "BinaryMediaTypes" => set_binary_media_types,
            text "CloneFrom" => set_clone_from,
            text "Description" => set_description,
            flag "DisableExecuteApiEndpoint" => set_disable_execute_api_endpoint,
            choice("") "EndpointAccessMode" => set_endpoint_access_mode,
            integer(None) "MinimumCompressionSize" => set_minimum_compression_size,
            document "Policy" => set_policy,
            choice("") "SecurityPolicy" => set_security_policy,
            text "Version" => set_version,
        );
        let answer = request
            .name(name)
            .set_endpoint_configuration(endpoint(properties)?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateRestApi", &error))?;
        Ok(id("CreateRestApi", answer.id())?.to_owned())
    }

    /// Puts the definition into the API.
    async fn put(&self, id: &str, wanted: &Wanted, definition: &Definition) -> Result<(), Fault> {
        let properties = wanted.properties();
        let mode = properties.text("Mode")?;
        let parameters = properties.text_map("Parameters")?;
        let parameters: Option<HashMap<String, String>> =
            parameters.map(|given| given.into_iter().collect());
        self.client
            .put_rest_api()
            .rest_api_id(id)
            .mode(mode.as_deref().unwrap_or("overwrite").into())
            .set_fail_on_warnings(properties.flag("FailOnWarnings")?)
            .set_parameters(parameters)
            .body(Blob::new(definition.text.as_bytes()))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "PutRestApi", &error))
    }

    pub(super) async fn update_api(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let id = &held.reference;
        let only_tags =
            !changes.is_empty() && changes.iter().all(|change| change.property() == "Tags");
        if !only_tags {
            if let Some(definition) = definition::read(wanted, &self.s3).await? {
                self.put(id, wanted, &definition).await?;
            }
            self.settle(id, &held.properties, wanted).await?;
        }
        let api = self.api(id).await?.ok_or_else(|| is_gone("GetRestApi"))?;
        let change = not_yet(tag::change(held, wanted)?, api.tags());
        self.change_tags(&format!("/restapis/{id}"), change).await?;
        self.existing_api(id).await
    }

    /// Sets what the template says and the API has not.
    async fn settle(
        &self,
        id: &str,
        before: &Map<String, Json>,
        wanted: &Wanted,
    ) -> Result<(), Fault> {
        let api = self.api(id).await?.ok_or_else(|| is_gone("GetRestApi"))?;
        let live = live(&api);
        let ops = patch(Three::new(&live, before, &wanted.properties));
        if let Some(operations) = operations(ops) {
            self.client
                .update_rest_api()
                .rest_api_id(id)
                .set_patch_operations(Some(operations))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UpdateRestApi", &error))?;
        }
        Ok(())
    }

    async fn api(&self, id: &str) -> Result<Option<GetRestApiOutput>, Fault> {
        match self.client.get_rest_api().rest_api_id(id).send().await {
            Ok(api) => Ok(Some(api)),
            Err(error) => Fault::of(SERVICE, "GetRestApi", &error).unless_missing(),
        }
    }

    async fn existing_api(&self, id: &str) -> Result<Existing, Fault> {
        let api = self.api(id).await?.ok_or_else(|| is_gone("GetRestApi"))?;
        let root = match api.root_resource_id() {
            Some(root) => root.to_owned(),
            // Emulators and older answers leave it out.
            None => self.root(id).await?,
        };
        let attributes = json!({ "RestApiId": id, "RootResourceId": root });
        Ok(Existing {
            reference: id.to_owned(),
            handle: Json::Null,
            attributes: attributes.as_object().cloned().unwrap_or_default(),
        })
    }

    async fn root(&self, id: &str) -> Result<String, Fault> {
        let resources = self.resources(id).await?.unwrap_or_default();
        let root = resources.into_iter().find(|one| one.path() == Some("/"));
        root.and_then(|root| root.id)
            .ok_or_else(|| Fault::unexpected(SERVICE, "GetResources", "the API has no root"))
    }

    pub(super) async fn find_api(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        match self.own_api(&sought.tags).await? {
            Some(id) => self.existing_api(&id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The identifier of the API whose tags are the right ones.
    async fn own_api(&self, own: &BTreeMap<String, String>) -> Result<Option<String>, Fault> {
        let mut pages = self
            .client
            .get_rest_apis()
            .into_paginator()
            .page_size(500)
            .items()
            .send();
        while let Some(api) = pages.next().await {
            let api: RestApi = api.map_err(|error| Fault::of(SERVICE, "GetRestApis", &error))?;
            if api.tags().is_some_and(|tags| owns(own, tags)) {
                return Ok(api.id);
            }
        }
        Ok(None)
    }

    pub(super) async fn read_api(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let api = self.api(&held.reference).await?;
        Ok(api.map(|api| live(&api)))
    }

    pub(super) async fn delete_api(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_rest_api();
        let answer = request.rest_api_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteRestApi", &error)))
    }
}

fn is_gone(operation: &'static str) -> Fault {
    Fault::unexpected(SERVICE, operation, "the API is gone")
}

fn endpoint(properties: &Properties<'_>) -> Result<Option<EndpointConfiguration>, Fault> {
    let Some(given) = properties.object("EndpointConfiguration")? else {
        return Ok(None);
    };
    let types = given.texts("Types")?;
    let types = types.map(|types| types.iter().map(|kind| kind.as_str().into()).collect());
    let sent = Sent::of(given);
    let built = set!(EndpointConfiguration::builder(), sent;
        choice("") "IpAddressType" => set_ip_address_type,
        texts "VpcEndpointIds" => set_vpc_endpoint_ids,
    );
    Ok(Some(built.set_types(types).build()))
}

fn live(api: &GetRestApiOutput) -> Map<String, Json> {
    let endpoint = api.endpoint_configuration().and_then(|given| {
        let types = given.types().iter();
        let types: Vec<String> = types.map(|kind| kind.as_str().to_owned()).collect();
        Live::default()
            .text(
                "IpAddressType",
                given.ip_address_type().map(|it| it.as_str()),
            )
            .texts("Types", &types)
            .texts("VpcEndpointIds", given.vpc_endpoint_ids())
            .value()
    });
    Live::default()
        .text(
            "ApiKeySourceType",
            api.api_key_source().map(|it| it.as_str()),
        )
        .texts("BinaryMediaTypes", api.binary_media_types())
        .text("Description", api.description())
        .with(
            "DisableExecuteApiEndpoint",
            Some(api.disable_execute_api_endpoint()),
        )
        .text(
            "EndpointAccessMode",
            api.endpoint_access_mode().map(|it| it.as_str()),
        )
        .with("EndpointConfiguration", endpoint)
        .with("MinimumCompressionSize", api.minimum_compression_size())
        .text("Name", api.name())
        .with("Policy", api.policy().and_then(policy))
        .text(
            "SecurityPolicy",
            api.security_policy().map(|it| it.as_str()),
        )
        .text("Version", api.version())
        .done()
}

/// API Gateway gives policies as the inside of a JSON text: `{\"Version\":…}`.
fn policy(text: &str) -> Option<Json> {
    if text.is_empty() {
        return None;
    }
    let inside = serde_json::from_str::<String>(&format!("\"{text}\""));
    let text = inside.unwrap_or_else(|_| text.to_owned());
    Some(serde_json::from_str(&text).unwrap_or(Json::String(text)))
}

/// Source: API Gateway API reference, "Patch operations", `UpdateRestApi`.
fn patch(three: Three<'_>) -> Vec<Op> {
    let mut ops = Vec::new();
    for (name, path, gone) in [
        ("ApiKeySourceType", "/apiKeySource", Gone::To("HEADER")),
        ("Description", "/description", Gone::To("")),
        (
            "DisableExecuteApiEndpoint",
            "/disableExecuteApiEndpoint",
            Gone::To("false"),
        ),
        ("EndpointAccessMode", "/endpointAccessMode", Gone::Stays),
        (
            "MinimumCompressionSize",
            "/minimumCompressionSize",
            Gone::Nothing,
        ),
        ("Name", "/name", Gone::Stays),
        ("Policy", "/policy", Gone::To("")),
        ("SecurityPolicy", "/securityPolicy", Gone::Stays),
        ("Version", "/version", Gone::To("")),
    ] {
        three.scalar(name, path, gone, &mut ops);
    }
    three.list("BinaryMediaTypes", &mut ops, in_path("/binaryMediaTypes"));
    let endpoint = three.inside("EndpointConfiguration");
    endpoint.scalar(
        "IpAddressType",
        "/endpointConfiguration/ipAddressType",
        Gone::Stays,
        &mut ops,
    );
    let first = |map: Option<&Map<String, Json>>| -> Option<String> {
        match map?.get("Types")? {
            Json::Array(types) => types.first()?.as_str().map(str::to_owned),
            single => single.as_str().map(str::to_owned),
        }
    };
    if let Some(kind) = first(endpoint.after)
        && first(endpoint.live) != Some(kind.clone())
    {
        ops.push(Op::replace("/endpointConfiguration/types/0", kind));
    }
    endpoint.list(
        "VpcEndpointIds",
        &mut ops,
        as_value("/endpointConfiguration/vpcEndpointIds"),
    );
    ops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_gets_what_the_definition_took_away() {
        let map = |value: Json| value.as_object().cloned().unwrap_or_default();
        let live = map(json!({
            "Name": "of the definition", "EndpointConfiguration": {"Types": ["EDGE"]},
            "MinimumCompressionSize": 10,
        }));
        let before = map(json!({"MinimumCompressionSize": 10}));
        let after = map(json!({
            "Name": "mine", "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "BinaryMediaTypes": ["image/*"], "Policy": {"Version": "2012-10-17"},
        }));
        let ops = patch(Three::new(&live, &before, &after));
        let expected = [
            Op {
                op: "replace",
                path: "/minimumCompressionSize".into(),
                value: None,
            },
            Op::replace("/name", "mine"),
            Op::replace("/policy", r#"{"Version":"2012-10-17"}"#),
            Op::add("/binaryMediaTypes/image~1*", None),
            Op::replace("/endpointConfiguration/types/0", "REGIONAL"),
        ];
        assert_eq!(ops, expected);
    }

    #[test]
    fn a_policy_is_read_as_api_gateway_writes_it() {
        let expected = Some(json!({"a": "b"}));
        assert_eq!(policy(r#"{\"a\":\"b\"}"#), expected);
        assert_eq!(policy(r#"{"a":"b"}"#), expected);
        assert_eq!(policy(""), None);
    }
}
