//! What an OpenAPI 3 definition of an HTTP API means in authorizers, integrations and routes, as API Gateway's own import makes them.
//! For endpoints that have no import; what is made is said in the properties of the CloudFormation types.
//!
//! Source: API Gateway developer guide, "Working with OpenAPI definitions for HTTP APIs" and "OpenAPI extensions for API Gateway".

use serde_json::{Map, Value as Json, json};

/// An HTTP API as a definition describes it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct HttpApi {
    /// Properties of `AWS::ApiGatewayV2::Api`.
    pub properties: Map<String, Json>,
    /// Properties of `AWS::ApiGatewayV2::Authorizer` without the API.
    pub authorizers: Vec<Map<String, Json>>,
    /// The routes, in the definition's order.
    pub routes: Vec<HttpRoute>,
}

/// A route with what answers it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct HttpRoute {
    /// `GET /orders/{id}`, or `$default`.
    pub key: String,
    /// Properties of `AWS::ApiGatewayV2::Route` without the API, the integration and the authorizer.
    pub properties: Map<String, Json>,
    /// The name of its authorizer.
    pub authorizer: Option<String>,
    /// Properties of `AWS::ApiGatewayV2::Integration` without the API.
    pub integration: Option<Map<String, Json>>,
}

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
const ANY: &str = "x-amazon-apigateway-any-method";
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// The keys of an integration in a definition, with the properties they are.
const INTEGRATION_KEYS: [(&str, &str); 13] = [
    ("connectionId", "ConnectionId"),
    ("connectionType", "ConnectionType"),
    ("credentials", "CredentialsArn"),
    ("description", "Description"),
    ("httpMethod", "IntegrationMethod"),
    ("integrationSubtype", "IntegrationSubtype"),
    ("passthroughBehavior", "PassthroughBehavior"),
    ("payloadFormatVersion", "PayloadFormatVersion"),
    ("requestParameters", "RequestParameters"),
    ("requestTemplates", "RequestTemplates"),
    ("timeoutInMillis", "TimeoutInMillis"),
    ("type", "IntegrationType"),
    ("uri", "IntegrationUri"),
];

const AUTHORIZER_KEYS: [(&str, &str); 7] = [
    ("authorizerCredentials", "AuthorizerCredentialsArn"),
    (
        "authorizerPayloadFormatVersion",
        "AuthorizerPayloadFormatVersion",
    ),
    (
        "authorizerResultTtlInSeconds",
        "AuthorizerResultTtlInSeconds",
    ),
    ("authorizerUri", "AuthorizerUri"),
    ("enableSimpleResponses", "EnableSimpleResponses"),
    ("identitySource", "IdentitySource"),
    (
        "identityValidationExpression",
        "IdentityValidationExpression",
    ),
];

const CORS_KEYS: [(&str, &str); 6] = [
    ("allowCredentials", "AllowCredentials"),
    ("allowHeaders", "AllowHeaders"),
    ("allowMethods", "AllowMethods"),
    ("allowOrigins", "AllowOrigins"),
    ("exposeHeaders", "ExposeHeaders"),
    ("maxAge", "MaxAge"),
];

/// What the definition means. `base_path` is how the path in `servers` is taken: `ignore`, the default, or `prepend`.
///
/// # Errors
/// What cannot be made of the definition, for people.
pub fn api(definition: &Map<String, Json>, base_path: Option<&str>) -> Result<HttpApi, String> {
    let prefix = match base_path.unwrap_or("ignore") {
        "ignore" => String::new(),
        "prepend" => server_path(definition),
        other => {
            return Err(format!(
                "needs `BasePath: {other}`, which this endpoint's API Gateway cannot do: write the path into the paths"
            ));
        }
    };
    let mut routes = Vec::new();
    for (path, item) in entries(definition.get("paths")) {
        let Json::Object(item) = resolve(definition, item)? else {
            return Err(format!("has the path `{path}` that is no mapping"));
        };
        for (method, operation) in item {
            let verb = match method.as_str() {
                ANY => "ANY".to_owned(),
                method if METHODS.contains(&method) => method.to_uppercase(),
                _ => continue,
            };
            let key = match path.as_str() {
                "$default" | "/$default" => "$default".to_owned(),
                path => format!("{verb} {prefix}{path}"),
            };
            routes.push(route(definition, key, operation)?);
        }
    }
    Ok(HttpApi {
        properties: properties(definition),
        authorizers: authorizers(definition),
        routes,
    })
}

fn properties(definition: &Map<String, Json>) -> Map<String, Json> {
    let mut properties = Map::new();
    let info = definition.get("info").and_then(Json::as_object);
    for (key, property) in [
        ("title", "Name"),
        ("version", "Version"),
        ("description", "Description"),
    ] {
        if let Some(value) = info.and_then(|info| info.get(key)) {
            properties.insert(property.to_owned(), value.clone());
        }
    }
    if let Some(Json::Object(cors)) = definition.get("x-amazon-apigateway-cors") {
        let cors = renamed(cors, &CORS_KEYS);
        properties.insert("CorsConfiguration".to_owned(), cors.into());
    }
    properties
}

fn route(
    definition: &Map<String, Json>,
    key: String,
    operation: &Json,
) -> Result<HttpRoute, String> {
    let empty = Map::new();
    let operation = operation.as_object().unwrap_or(&empty);
    let mut properties = Map::new();
    properties.insert("RouteKey".to_owned(), json!(key));
    if let Some(id) = operation.get("operationId") {
        properties.insert("OperationName".to_owned(), id.clone());
    }
    let mut authorizer = None;
    let required = operation
        .get("security")
        .or_else(|| definition.get("security"));
    let iam = operation.get("x-amazon-apigateway-auth");
    let is_iam = iam.and_then(|auth| auth.get("type")) == Some(&json!("AWS_IAM"));
    let mut kind = if is_iam { "AWS_IAM" } else { "NONE" };
    if let Some((name, scopes)) = required.and_then(first_requirement).filter(|_| !is_iam) {
        kind = authorization(definition, name)
            .ok_or_else(|| format!("requires `{name}` of `{key}`, which is no security scheme"))?;
        authorizer = ["JWT", "CUSTOM"].contains(&kind).then(|| name.to_owned());
        let has_scopes = scopes.as_array().is_some_and(|scopes| !scopes.is_empty());
        if kind == "JWT" && has_scopes {
            properties.insert("AuthorizationScopes".to_owned(), scopes.clone());
        }
    }
    properties.insert("AuthorizationType".to_owned(), json!(kind));
    let integration = match operation.get(INTEGRATION) {
        None => None,
        Some(given) => match resolve(definition, given)? {
            Json::Object(given) => Some(integration(given)),
            _ => return Err(format!("has an integration of `{key}` that is no mapping")),
        },
    };
    Ok(HttpRoute {
        key,
        properties,
        authorizer,
        integration,
    })
}

fn first_requirement(security: &Json) -> Option<(&str, &Json)> {
    let first = security.as_array()?.first()?.as_object()?;
    first.iter().next().map(|(name, it)| (name.as_str(), it))
}

fn integration(given: &Map<String, Json>) -> Map<String, Json> {
    let mut properties = renamed(given, &INTEGRATION_KEYS);
    for name in ["IntegrationType", "ConnectionType"] {
        if let Some(Json::String(text)) = properties.get_mut(name) {
            *text = text.to_uppercase();
        }
    }
    version(&mut properties, "PayloadFormatVersion");
    let tls = given
        .get("tlsConfig")
        .and_then(|tls| tls.get("serverNameToVerify"));
    if let Some(name) = tls {
        properties.insert(
            "TlsConfig".to_owned(),
            json!({ "ServerNameToVerify": name }),
        );
    }
    let responses = entries(given.get("responseParameters")).map(|(status, parameters)| {
        let each = entries(Some(parameters))
            .map(|(destination, source)| json!({"Destination": destination, "Source": source}))
            .collect::<Vec<_>>();
        (status.clone(), json!({ "ResponseParameters": each }))
    });
    let responses: Map<String, Json> = responses.collect();
    if !responses.is_empty() {
        properties.insert("ResponseParameters".to_owned(), responses.into());
    }
    properties
}

fn authorizers(definition: &Map<String, Json>) -> Vec<Map<String, Json>> {
    let each = schemes(definition).filter_map(|(name, scheme)| {
        let given = scheme.get("x-amazon-apigateway-authorizer")?.as_object()?;
        let mut properties = renamed(given, &AUTHORIZER_KEYS);
        version(&mut properties, "AuthorizerPayloadFormatVersion");
        properties.insert("Name".to_owned(), json!(name));
        let kind = authorizer_type(given);
        properties.insert("AuthorizerType".to_owned(), json!(kind));
        if let Some(source) = properties.get_mut("IdentitySource")
            && source.is_string()
        {
            *source = json!([source]);
        }
        if let Some(Json::Object(jwt)) = given.get("jwtConfiguration") {
            let keys = [("audience", "Audience"), ("issuer", "Issuer")];
            properties.insert("JwtConfiguration".to_owned(), renamed(jwt, &keys).into());
        }
        Some(properties)
    });
    each.collect()
}

fn authorizer_type(given: &Map<String, Json>) -> &'static str {
    match given.get("type").and_then(Json::as_str) {
        Some(kind) if kind.eq_ignore_ascii_case("jwt") => "JWT",
        _ => "REQUEST",
    }
}

/// What a route that requires the scheme `name` has as its `AuthorizationType`.
fn authorization(definition: &Map<String, Json>, name: &str) -> Option<&'static str> {
    let (_, scheme) = schemes(definition).find(|(scheme, _)| *scheme == name)?;
    let auth = scheme
        .get("x-amazon-apigateway-authtype")
        .and_then(Json::as_str);
    match scheme.get("x-amazon-apigateway-authorizer") {
        Some(Json::Object(given)) if authorizer_type(given) == "JWT" => Some("JWT"),
        Some(_) => Some("CUSTOM"),
        None if auth.is_some_and(|auth| auth.eq_ignore_ascii_case("awsSigv4")) => Some("AWS_IAM"),
        // A scheme for readers only.
        None => Some("NONE"),
    }
}

fn schemes(definition: &Map<String, Json>) -> impl Iterator<Item = (&String, &Json)> {
    entries(
        definition
            .get("components")
            .and_then(|it| it.get("securitySchemes")),
    )
}

/// Versions are texts, and people write `2.0` as a number.
fn version(properties: &mut Map<String, Json>, name: &str) {
    if let Some(value) = properties.get_mut(name)
        && let Some(number) = value.as_f64()
    {
        *value = json!(format!("{number:.1}"));
    }
}

fn server_path(definition: &Map<String, Json>) -> String {
    let url = definition
        .get("servers")
        .and_then(|servers| servers.get(0)?.get("url")?.as_str());
    let Some(url) = url else {
        return String::new();
    };
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_host.find('/').map_or("", |at| &after_host[at..]);
    path.trim_end_matches('/').to_owned()
}

/// Follows a reference to another place of the definition: `{"$ref": "#/components/x-amazon-apigateway-integrations/orders"}`.
fn resolve<'a>(definition: &'a Map<String, Json>, value: &'a Json) -> Result<&'a Json, String> {
    let Some(reference) = value.get("$ref").and_then(Json::as_str) else {
        return Ok(value);
    };
    let steps = reference.strip_prefix("#/").unwrap_or_default().split('/');
    let mut steps = steps.map(|step| step.replace("~1", "/").replace("~0", "~"));
    let first = steps.next().and_then(|step| definition.get(&step));
    steps
        .try_fold(first, |at, step| Some(at?.get(&step)))
        .flatten()
        .ok_or_else(|| format!("refers to `{reference}`, which is not in it"))
}

fn renamed(given: &Map<String, Json>, keys: &[(&str, &str)]) -> Map<String, Json> {
    let pairs = keys.iter().filter_map(|(key, property)| {
        let value = given.get(*key).filter(|value| !value.is_null())?;
        Some(((*property).to_owned(), value.clone()))
    });
    pairs.collect()
}

fn entries(value: Option<&Json>) -> impl Iterator<Item = (&String, &Json)> {
    value.and_then(Json::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests;
