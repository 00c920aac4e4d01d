use super::*;

fn map(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        other => panic!("a mapping is needed, not {other}"),
    }
}

/// What SAM makes of an `AWS::Serverless::HttpApi` with two authorizers and three events.
fn of_sam() -> Map<String, Json> {
    let uri = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:f/invocations";
    let integration = json!({
        "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": uri
    });
    map(json!({
        "openapi": "3.0.1",
        "info": {"version": "1.0", "title": "shop"},
        "paths": {
            "/a/{id}": {
                "get": {
                    INTEGRATION: integration, "responses": {},
                    "parameters": [{"name": "id", "in": "path", "required": true}],
                    "security": [{"Jwt": ["read"]}],
                },
                "parameters": [],
            },
            "/b": {ANY: {INTEGRATION: {"type": "aws_proxy", "uri": uri, "timeoutInMillis": 3000},
                "security": [{"Lam": []}]}},
            "$default": {ANY: {INTEGRATION: integration, "isDefaultRoute": true, "security": []}},
        },
        "security": [{"Jwt": []}],
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "maxAge": 60},
        "components": {"securitySchemes": {
            "Jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
                "type": "jwt", "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {"audience": ["a"], "issuer": "https://i"},
            }},
            "Lam": {"type": "apiKey", "name": "Unused", "in": "header", "x-amazon-apigateway-authorizer": {
                "type": "request", "authorizerUri": "arn:auth", "authorizerResultTtlInSeconds": 30,
                "identitySource": ["$request.header.Authorization"],
                "authorizerPayloadFormatVersion": 2.0, "enableSimpleResponses": true,
            }},
        }},
    }))
}

#[test]
fn every_method_of_every_path_is_a_route_with_its_own_integration() {
    let api = api(&of_sam(), None).unwrap();
    let keys: Vec<&str> = api.routes.iter().map(|route| route.key.as_str()).collect();
    assert_eq!(keys, ["GET /a/{id}", "ANY /b", "$default"]);
    let integration = api.routes[1].integration.as_ref().unwrap();
    assert_eq!(integration["IntegrationType"], "AWS_PROXY");
    assert_eq!(integration["TimeoutInMillis"], 3000);
    assert_eq!(
        api.routes[0].integration.as_ref().unwrap()["PayloadFormatVersion"],
        "2.0"
    );
}

#[test]
fn security_of_an_operation_comes_before_that_of_the_api_and_may_be_none() {
    let api = api(&of_sam(), None).unwrap();
    let found: Vec<_> = api
        .routes
        .iter()
        .map(|route| {
            (
                route.properties["AuthorizationType"].clone(),
                route.authorizer.as_deref(),
            )
        })
        .collect();
    let expected = [
        (json!("JWT"), Some("Jwt")),
        (json!("CUSTOM"), Some("Lam")),
        (json!("NONE"), None),
    ];
    assert_eq!(found, expected);
    assert_eq!(
        api.routes[0].properties["AuthorizationScopes"],
        json!(["read"])
    );
}

#[test]
fn authorizers_and_cors_are_said_in_properties() {
    let api = api(&of_sam(), None).unwrap();
    let cors = json!({"AllowOrigins": ["*"], "MaxAge": 60});
    assert_eq!(api.properties["CorsConfiguration"], cors);
    assert_eq!(api.properties["Name"], "shop");
    let expected = json!([
        {
            "AuthorizerType": "JWT", "Name": "Jwt",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Audience": ["a"], "Issuer": "https://i"},
        },
        {
            "AuthorizerType": "REQUEST", "Name": "Lam", "AuthorizerUri": "arn:auth",
            "AuthorizerResultTtlInSeconds": 30, "AuthorizerPayloadFormatVersion": "2.0",
            "IdentitySource": ["$request.header.Authorization"], "EnableSimpleResponses": true,
        },
    ]);
    assert_eq!(json!(api.authorizers), expected);
}

#[test]
fn integrations_may_stand_elsewhere_and_have_parameters_of_responses() {
    let definition = map(json!({
        "paths": {"/x": {"post": {INTEGRATION: {"$ref": "#/components/x-amazon-apigateway-integrations/one"}}}},
        "components": {"x-amazon-apigateway-integrations": {"one": {
            "type": "http_proxy", "uri": "https://example.com", "httpMethod": "GET",
            "tlsConfig": {"serverNameToVerify": "example.com"},
            "responseParameters": {"500": {"append:header.a": "b"}},
        }}},
    }));
    let api = api(&definition, None).unwrap();
    let expected = map(json!({
        "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET",
        "TlsConfig": {"ServerNameToVerify": "example.com"},
        "ResponseParameters": {"500": {"ResponseParameters": [{"Destination": "append:header.a", "Source": "b"}]}},
    }));
    assert_eq!(api.routes[0].integration, Some(expected));
}

#[test]
fn iam_is_known_in_both_its_forms() {
    let definition = map(json!({
        "paths": {
            "/a": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}},
            "/b": {"get": {"security": [{"Sig": []}]}},
        },
        "components": {"securitySchemes": {"Sig": {"x-amazon-apigateway-authtype": "awsSigv4"}}},
    }));
    for route in api(&definition, None).unwrap().routes {
        assert_eq!(
            route.properties["AuthorizationType"], "AWS_IAM",
            "{route:?}"
        );
        assert_eq!(route.authorizer, None);
    }
}

#[test]
fn the_path_of_the_server_is_put_before_paths_when_that_is_wanted() {
    let definition = map(json!({
        "servers": [{"url": "https://example.com/v1/"}], "paths": {"/a": {"get": {}}},
    }));
    let key = |base| api(&definition, base).map(|api| api.routes[0].key.clone());
    assert_eq!(key(Some("prepend")).unwrap(), "GET /v1/a");
    assert_eq!(key(None).unwrap(), "GET /a");
    assert!(key(Some("split")).unwrap_err().contains("BasePath"));
}

#[test]
fn what_cannot_be_made_is_named() {
    let lost = map(json!({"paths": {"/a": {"get": {INTEGRATION: {"$ref": "#/components/none"}}}}}));
    assert!(api(&lost, None).unwrap_err().contains("#/components/none"));
    let scheme = map(json!({"paths": {"/a": {"get": {"security": [{"Lost": []}]}}}}));
    assert!(api(&scheme, None).unwrap_err().contains("`Lost`"));
    let path = map(json!({"paths": {"/a": 1}}));
    assert!(api(&path, None).unwrap_err().contains("`/a`"));
}
