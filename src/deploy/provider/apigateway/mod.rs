//! Amazon API Gateway: REST APIs with all that belongs to them.
//!
//! Sources: the API reference of API Gateway, with its list of patch operations; "Return values" of each type in the CloudFormation
//! template reference. Domain names and base path mappings are left to Cloud Control.

mod account;
mod api_key;
mod authorizer;
mod deployment;
mod gateway_response;
mod method;
mod model;
mod patch;
mod resource;
mod rest_api;
mod setting;
mod stage;
mod usage_plan;
mod validator;

use std::collections::HashMap;

use aws_sdk_apigateway::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;
use crate::deploy::wait;
use crate::eval::partition;

use super::gateway::{existing, not_yet, owns, part};
use super::tag::TagChange;
use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted};

const SERVICE: &str = "apigateway";

const KINDS: [Kind; 13] = [
    Kind::new("AWS::ApiGateway::Account"),
    // Values are unique: an old key has to go before a new one gets the same.
    Kind {
        identity: &["Value"],
        ..Kind::new("AWS::ApiGateway::ApiKey").named(NameRule::new("Name", 128))
    },
    Kind::new("AWS::ApiGateway::Authorizer"),
    Kind {
        // A stage is made together with its deployment, and goes with it.
        replacing: &["StageName"],
        ..Kind::new("AWS::ApiGateway::Deployment")
    },
    Kind::new("AWS::ApiGateway::GatewayResponse"),
    Kind::new("AWS::ApiGateway::Method"),
    Kind {
        identity: &["RestApiId", "Name"],
        ..Kind::new("AWS::ApiGateway::Model")
    },
    Kind::new("AWS::ApiGateway::RequestValidator"),
    Kind::new("AWS::ApiGateway::Resource"),
    Kind::new("AWS::ApiGateway::RestApi"),
    Kind::new("AWS::ApiGateway::Stage"),
    Kind::new("AWS::ApiGateway::UsagePlan").named(NameRule::new("UsagePlanName", 128)),
    Kind::new("AWS::ApiGateway::UsagePlanKey"),
];

/// The provider of `AWS::ApiGateway::*`.
pub struct ApiGateway {
    client: Client,
    /// For what is made anew by each call.
    once: Client,
    s3: aws_sdk_s3::Client,
    cloud: Cloud,
}

impl ApiGateway {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        ApiGateway {
            client: Client::new(cloud.config()),
            once: Client::new(&cloud.config_of_one_try()),
            s3: cloud.s3(),
            cloud: cloud.clone(),
        }
    }

    /// Sets the tags that are to be set and takes those away that the template no longer has.
    async fn change_tags(&self, path: &str, change: TagChange) -> Result<(), Fault> {
        let region = self.cloud.region();
        let arn = format!("arn:{}:apigateway:{region}::{path}", partition(region));
        if !change.set.is_empty() {
            self.client
                .tag_resource()
                .resource_arn(&arn)
                .set_tags(Some(change.set.into_iter().collect()))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "TagResource", &error))?;
        }
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(&arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "UntagResource", &error))?;
        }
        Ok(())
    }
}

/// The identifier in an answer.
fn id<'a>(operation: &'static str, id: Option<&'a str>) -> Result<&'a str, Fault> {
    id.ok_or_else(|| Fault::unexpected(SERVICE, operation, "the answer names no identifier"))
}

/// The name of what has one in its API only: the template's, or the logical id with its generation.
fn local_name(wanted: &Wanted) -> Result<String, Fault> {
    let name = wanted.properties().text("Name")?;
    Ok(name.unwrap_or_else(|| made_name(&wanted.id, &wanted.tags)))
}

/// Letters and digits only: a model's name takes nothing else.
fn made_name(id: &str, tags: &std::collections::BTreeMap<String, String>) -> String {
    let generation = tags
        .get(super::RESOURCE_TAG)
        .and_then(|tag| tag.rsplit_once('/'));
    match generation {
        Some((_, generation)) if generation != "0" => format!("{id}{generation}"),
        _ => id.to_owned(),
    }
}

/// Flags by name: whether a parameter is required. `{"Required": true}` is the same as the flag alone.
fn flags(properties: &Properties<'_>, name: &str) -> Result<Option<HashMap<String, bool>>, Fault> {
    let Some(given) = properties.object(name)? else {
        return Ok(None);
    };
    let each = given.names().map(|key| {
        let flag = match given.get(key) {
            Some(Json::Object(_)) => match given.object(key)? {
                Some(inner) => inner.flag("Required")?,
                None => None,
            },
            _ => given.flag(key)?,
        };
        Ok((key.to_owned(), flag.unwrap_or_default()))
    });
    each.collect::<Result<_, Fault>>().map(Some)
}

impl ApiGateway {
    /// Makes a resource with calls that are not repeated.
    fn make<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match short(&wanted.resource_type) {
            "Account" => Box::pin(self.put_account(wanted)),
            "ApiKey" => Box::pin(self.create_key(wanted)),
            "Authorizer" => Box::pin(self.create_authorizer(wanted)),
            "Deployment" => Box::pin(self.create_deployment(wanted)),
            "GatewayResponse" => Box::pin(self.put_gateway_response(wanted)),
            "Method" => Box::pin(self.create_method(wanted)),
            "Model" => Box::pin(self.create_model(wanted)),
            "RequestValidator" => Box::pin(self.create_validator(wanted)),
            "Resource" => Box::pin(self.create_resource(wanted)),
            "RestApi" => Box::pin(self.create_api(wanted)),
            "Stage" => Box::pin(self.create_stage(wanted)),
            "UsagePlan" => Box::pin(self.create_plan(wanted)),
            _ => Box::pin(self.create_plan_key(wanted)),
        }
    }

    /// What a call made whose answer was lost.
    async fn find_lost(&self, wanted: &Wanted) -> Result<Option<Existing>, Fault> {
        match short(&wanted.resource_type) {
            // Making it begins with looking for it, and goes on with what is put into it.
            "RestApi" => Ok(None),
            _ => self.find(&wanted.to_sought()).await,
        }
    }
}

impl Provider for ApiGateway {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        Box::pin(wait::make_once(
            || self.make(wanted),
            || self.find_lost(wanted),
        ))
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match short(&sought.resource_type) {
            "ApiKey" => Box::pin(self.find_key(sought)),
            "Authorizer" => Box::pin(self.find_authorizer(sought)),
            "Deployment" => Box::pin(self.find_deployment(sought)),
            "Method" => Box::pin(self.find_method(sought)),
            "Model" => Box::pin(self.find_model(sought)),
            "RequestValidator" => Box::pin(self.find_validator(sought)),
            "Resource" => Box::pin(self.find_resource(sought)),
            "RestApi" => Box::pin(self.find_api(sought)),
            "Stage" => Box::pin(self.find_stage(sought)),
            "UsagePlan" => Box::pin(self.find_plan(sought)),
            "UsagePlanKey" => Box::pin(self.find_plan_key(sought)),
            // Setting them a second time is the same as finding them.
            _ => Box::pin(async { Ok(None) }),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match short(&held.resource_type) {
            "Account" => Box::pin(self.read_account()),
            "ApiKey" => Box::pin(self.read_key(held)),
            "Authorizer" => Box::pin(self.read_authorizer(held)),
            "Deployment" => Box::pin(self.read_deployment(held)),
            "GatewayResponse" => Box::pin(self.read_gateway_response(held)),
            "Method" => Box::pin(self.read_method(held)),
            "Model" => Box::pin(self.read_model(held)),
            "RequestValidator" => Box::pin(self.read_validator(held)),
            "Resource" => Box::pin(self.read_resource(held)),
            "RestApi" => Box::pin(self.read_api(held)),
            "Stage" => Box::pin(self.read_stage(held)),
            "UsagePlan" => Box::pin(self.read_plan(held)),
            _ => Box::pin(self.read_plan_key(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match short(&wanted.resource_type) {
            "Account" => Box::pin(self.put_account(wanted)),
            "ApiKey" => Box::pin(self.update_key(held, wanted)),
            "Authorizer" => Box::pin(self.update_authorizer(held, wanted)),
            "Deployment" => Box::pin(self.update_deployment(held, wanted)),
            "GatewayResponse" => Box::pin(self.put_gateway_response(wanted)),
            "Method" => Box::pin(self.update_method(held, wanted)),
            "Model" => Box::pin(self.update_model(held, wanted)),
            "RequestValidator" => Box::pin(self.update_validator(held, wanted)),
            "RestApi" => Box::pin(self.update_api(held, wanted, changes)),
            "Stage" => Box::pin(self.update_stage(held, wanted)),
            "UsagePlan" => Box::pin(self.update_plan(held, wanted)),
            // Every property of a resource and of a usage plan's key makes a new one necessary.
            _ => Box::pin(async {
                Ok(Existing {
                    reference: held.reference.clone(),
                    handle: held.handle.clone(),
                    attributes: held.attributes.clone(),
                })
            }),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match short(&held.resource_type) {
            // The role is the account's, and other stacks write logs with it. CloudFormation leaves it too.
            "Account" => Box::pin(async { Ok(()) }),
            "ApiKey" => Box::pin(self.delete_key(held)),
            "Authorizer" => Box::pin(self.delete_authorizer(held)),
            "Deployment" => Box::pin(self.delete_deployment(held)),
            "GatewayResponse" => Box::pin(self.delete_gateway_response(held)),
            "Method" => Box::pin(self.delete_method(held)),
            "Model" => Box::pin(self.delete_model(held)),
            "RequestValidator" => Box::pin(self.delete_validator(held)),
            "Resource" => Box::pin(self.delete_resource(held)),
            "RestApi" => Box::pin(self.delete_api(held)),
            "Stage" => Box::pin(self.delete_stage(held)),
            "UsagePlan" => Box::pin(self.delete_plan(held)),
            _ => Box::pin(self.delete_plan_key(held)),
        }
    }
}

/// `Stage` of `AWS::ApiGateway::Stage`.
fn short(resource_type: &str) -> &str {
    resource_type.rsplit("::").next().unwrap_or_default()
}
