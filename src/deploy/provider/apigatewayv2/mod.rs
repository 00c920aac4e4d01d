//! Amazon API Gateway, version 2: HTTP and WebSocket APIs with all that belongs to them.
//!
//! Sources: the API reference of API Gateway V2; "Return values" of each type in the CloudFormation template reference. What takes a
//! value away where a `PATCH` with nothing leaves it as it is: empty texts, and calls of their own for CORS, access logs, settings
//! and parameters of routes.

mod api;
mod authorizer;
mod deployment;
mod domain;
mod import;
mod integration;
mod model;
mod openapi;
mod response;
mod route;
mod stage;
mod vpc_link;

use aws_sdk_apigatewayv2::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;
use crate::deploy::wait;
use crate::eval::partition;

use super::gateway::{existing, mapping, owns, part};
use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

const SERVICE: &str = "apigatewayv2";

/// The types, which are called what AWS calls them; only links to a VPC need a name of their own.
const KINDS: [Kind; 12] = [
    Kind::new("AWS::ApiGatewayV2::Api"),
    Kind::new("AWS::ApiGatewayV2::ApiMapping"),
    Kind::new("AWS::ApiGatewayV2::Authorizer"),
    Kind::new("AWS::ApiGatewayV2::Deployment"),
    Kind::new("AWS::ApiGatewayV2::DomainName"),
    Kind::new("AWS::ApiGatewayV2::Integration"),
    Kind::new("AWS::ApiGatewayV2::IntegrationResponse"),
    Kind::new("AWS::ApiGatewayV2::Model"),
    Kind::new("AWS::ApiGatewayV2::Route"),
    Kind::new("AWS::ApiGatewayV2::RouteResponse"),
    Kind::new("AWS::ApiGatewayV2::Stage"),
    Kind::new("AWS::ApiGatewayV2::VpcLink").named(NameRule::new("Name", 128)),
];

/// The provider of `AWS::ApiGatewayV2::*`.
pub struct ApiGatewayV2 {
    client: Client,
    /// For what is made anew by each call.
    once: Client,
    s3: aws_sdk_s3::Client,
    cloud: Cloud,
    made_integrations: integration::Made,
}

impl ApiGatewayV2 {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        ApiGatewayV2 {
            client: Client::new(cloud.config()),
            once: Client::new(&cloud.config_of_one_try()),
            s3: cloud.s3(),
            cloud: cloud.clone(),
            made_integrations: integration::Made::default(),
        }
    }

    /// The name of what is at `path` below the service, by which tags are set: API Gateway's names have no account in them.
    fn arn(&self, path: &str) -> String {
        let region = self.cloud.region();
        format!("arn:{}:apigateway:{region}::{path}", partition(region))
    }

    /// Sets the tags that are to be set and takes those away that the template no longer has.
    async fn change_tags(&self, path: &str, change: super::tag::TagChange) -> Result<(), Fault> {
        let arn = self.arn(path);
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

impl ApiGatewayV2 {
    /// Makes a resource with calls that are not repeated.
    fn make<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match short(&wanted.resource_type) {
            "Api" => Box::pin(self.create_api(wanted)),
            "ApiMapping" => Box::pin(self.create_mapping(wanted)),
            "Authorizer" => Box::pin(self.create_authorizer(wanted)),
            "Deployment" => Box::pin(self.create_deployment(wanted)),
            "DomainName" => Box::pin(self.create_domain(wanted)),
            "Integration" => Box::pin(self.create_integration(wanted)),
            "IntegrationResponse" => Box::pin(self.create_integration_response(wanted)),
            "Model" => Box::pin(self.create_model(wanted)),
            "Route" => Box::pin(self.create_route(wanted)),
            "RouteResponse" => Box::pin(self.create_route_response(wanted)),
            "Stage" => Box::pin(self.create_stage(wanted)),
            _ => Box::pin(self.create_link(wanted)),
        }
    }

    /// What a call made whose answer was lost.
    async fn find_lost(&self, wanted: &Wanted) -> Result<Option<Existing>, Fault> {
        match short(&wanted.resource_type) {
            // Making it begins with looking for it, and goes on with what is put into it.
            "Api" => Ok(None),
            "Integration" => self.find_lost_integration(wanted).await,
            _ => self.find(&wanted.to_sought()).await,
        }
    }
}

impl Provider for ApiGatewayV2 {
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
            "Api" => Box::pin(self.find_api(sought)),
            "ApiMapping" => Box::pin(self.find_mapping(sought)),
            "Authorizer" => Box::pin(self.find_authorizer(sought)),
            "Deployment" => Box::pin(self.find_deployment(sought)),
            "DomainName" => Box::pin(self.find_domain(sought)),
            "Integration" => Box::pin(self.find_integration(sought)),
            "IntegrationResponse" => Box::pin(self.find_integration_response(sought)),
            "Model" => Box::pin(self.find_model(sought)),
            "Route" => Box::pin(self.find_route(sought)),
            "RouteResponse" => Box::pin(self.find_route_response(sought)),
            "Stage" => Box::pin(self.find_stage(sought)),
            _ => Box::pin(self.find_link(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match short(&held.resource_type) {
            "Api" => Box::pin(self.read_api(held)),
            "ApiMapping" => Box::pin(self.read_mapping(held)),
            "Authorizer" => Box::pin(self.read_authorizer(held)),
            "Deployment" => Box::pin(self.read_deployment(held)),
            "DomainName" => Box::pin(self.read_domain(held)),
            "Integration" => Box::pin(self.read_integration(held)),
            "IntegrationResponse" => Box::pin(self.read_integration_response(held)),
            "Model" => Box::pin(self.read_model(held)),
            "Route" => Box::pin(self.read_route(held)),
            "RouteResponse" => Box::pin(self.read_route_response(held)),
            "Stage" => Box::pin(self.read_stage(held)),
            _ => Box::pin(self.read_link(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match short(&wanted.resource_type) {
            "Api" => Box::pin(self.update_api(held, wanted, changes)),
            "ApiMapping" => Box::pin(self.update_mapping(held, wanted)),
            "Authorizer" => Box::pin(self.update_authorizer(held, wanted)),
            "Deployment" => Box::pin(self.update_deployment(held, wanted)),
            "DomainName" => Box::pin(self.update_domain(held, wanted)),
            "Integration" => Box::pin(self.update_integration(held, wanted)),
            "IntegrationResponse" => Box::pin(self.update_integration_response(held, wanted)),
            "Model" => Box::pin(self.update_model(held, wanted)),
            "Route" => Box::pin(self.update_route(held, wanted)),
            "RouteResponse" => Box::pin(self.update_route_response(held, wanted)),
            "Stage" => Box::pin(self.update_stage(held, wanted)),
            _ => Box::pin(self.update_link(held, wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match short(&held.resource_type) {
            "Api" => Box::pin(self.delete_api(held)),
            "ApiMapping" => Box::pin(self.delete_mapping(held)),
            "Authorizer" => Box::pin(self.delete_authorizer(held)),
            "Deployment" => Box::pin(self.delete_deployment(held)),
            "DomainName" => Box::pin(self.delete_domain(held)),
            "Integration" => Box::pin(self.delete_integration(held)),
            "IntegrationResponse" => Box::pin(self.delete_integration_response(held)),
            "Model" => Box::pin(self.delete_model(held)),
            "Route" => Box::pin(self.delete_route(held)),
            "RouteResponse" => Box::pin(self.delete_route_response(held)),
            "Stage" => Box::pin(self.delete_stage(held)),
            _ => Box::pin(self.delete_link(held)),
        }
    }
}

/// `Route` of `AWS::ApiGatewayV2::Route`.
fn short(resource_type: &str) -> &str {
    resource_type.rsplit("::").next().unwrap_or_default()
}
