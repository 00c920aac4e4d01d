//! `AWS::Serverless::Api`, `AWS::Serverless::HttpApi` and `AWS::Serverless::WebSocketApi`.

use crate::graph::api::{Definition, HttpApi, RestApi};
use crate::graph::fields::Fields;
use crate::graph::function::Package;

use super::function_parts as parts;

pub(super) fn rest_api(fields: &Fields<'_>) -> RestApi {
    if !fields.has("StageName") {
        fields.missing(
            "StageName",
            "It is the first part of every path, for example `prod`.",
        );
    }
    RestApi {
        name: fields.text("Name"),
        stage: fields.text("StageName"),
        definition: definition(fields),
        cors: fields.node("Cors").cloned(),
        auth: fields.node("Auth").cloned(),
        binary_media_types: fields.texts("BinaryMediaTypes"),
        variables: fields.node("Variables").cloned(),
    }
}

pub(super) fn http_api(fields: &Fields<'_>) -> HttpApi {
    HttpApi {
        name: fields.text("Name"),
        websocket: false,
        stage: fields.text("StageName"),
        definition: definition(fields),
        cors: fields.node("CorsConfiguration").cloned(),
        auth: fields.node("Auth").cloned(),
        variables: fields.node("StageVariables").cloned(),
        route_selection: None,
    }
}

pub(super) fn websocket_api(fields: &Fields<'_>) -> HttpApi {
    HttpApi {
        websocket: true,
        definition: Definition::None,
        cors: None,
        route_selection: fields.text("RouteSelectionExpression"),
        ..http_api(fields)
    }
}

fn definition(fields: &Fields<'_>) -> Definition {
    if let Some(body) = fields.node("DefinitionBody") {
        return Definition::Body(body.clone());
    }
    match parts::sam_location(fields, "DefinitionUri") {
        Some(package) => of_location(package),
        None => Definition::None,
    }
}

/// A definition in the place where code could be.
pub(super) fn of_location(package: Package) -> Definition {
    match package {
        Package::Local { path, span } => Definition::Local { path, span },
        Package::S3(location) => Definition::S3(location),
        _ => Definition::None,
    }
}
