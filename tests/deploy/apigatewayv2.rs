//! HTTP and WebSocket APIs: against both emulators what they can do, and what they cannot against answers of AWS's form.

use hoist::deploy::diff::changes;
use hoist::deploy::provider::{ApiGatewayV2, Existing, Held, Provider, Wanted};
use serde_json::{Map, Value, json};

use crate::cloud::{cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::replay::Replay;

const API: &str = "AWS::ApiGatewayV2::Api";

/// What SAM makes of an HTTP API: a definition with routes by method, by path and for everything else.
fn body(paths: &[&str]) -> Value {
    let integration = |path: &str| {
        json!({
            "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0",
            "uri": format!("arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:000000000000:function:{}/invocations", path.trim_matches('/')),
        })
    };
    let paths: Map<String, Value> = paths
        .iter()
        .map(|path| {
            let operation = json!({
                "x-amazon-apigateway-integration": integration(path), "responses": {},
                "security": [{"Jwt": ["read"]}],
            });
            ((*path).to_owned(), json!({ "get": operation }))
        })
        .collect();
    json!({
        "openapi": "3.0.1",
        "info": {"title": "shop", "version": "1.0"},
        "paths": paths,
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "allowMethods": ["GET"]},
        "components": {"securitySchemes": {"Jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
            "type": "jwt", "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"audience": ["a"], "issuer": "https://issuer.example"},
        }}}},
        "tags": [{"name": "httpapi:createdBy", "x-amazon-apigateway-tag-value": "SAM"}],
    })
}

async fn change(
    provider: &ApiGatewayV2,
    first: &Wanted,
    made: &Existing,
    given: Value,
) -> (Wanted, Held) {
    let mut next = first.clone();
    next.properties = properties(given);
    let before = held(first, made);
    let changes = changes(&before.properties, &next.properties);
    let after = provider.update(&before, &next, &changes).await.unwrap();
    let now = held(&next, &after);
    (next, now)
}

async fn routes(provider_url: &aws_sdk_apigatewayv2::Client, api: &str) -> Vec<String> {
    let answer = provider_url.get_routes().api_id(api).send().await.unwrap();
    let mut keys: Vec<String> = answer
        .items()
        .iter()
        .filter_map(|route| route.route_key().map(str::to_owned))
        .collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn an_api_with_a_definition_is_made_where_there_is_no_import() {
    let Some((_emulator, cloud)) = emulated(Kind::Ministack).await else {
        return;
    };
    let provider = ApiGatewayV2::new(&cloud);
    let client = aws_sdk_apigatewayv2::Client::new(cloud.config());
    let first = wanted(
        &provider,
        API,
        "Http",
        json!({"Body": body(&["/a", "/b/{id}"])}),
    );
    assert_eq!(provider.find(&sought(&first)).await.unwrap(), None);
    let made = provider.create(&first).await.unwrap();
    assert_eq!(provider.create(&first).await.unwrap(), made, "not a second");
    assert_eq!(
        provider.find(&sought(&first)).await.unwrap(),
        Some(made.clone())
    );
    let mut other = sought(&first);
    other.tags.insert("hoist:stack".into(), "another".into());
    assert_eq!(provider.find(&other).await.unwrap(), None, "it is not ours");
    let id = &made.reference;
    assert_eq!(made.attributes["ApiId"], json!(id));
    assert!(
        made.attributes["ApiEndpoint"]
            .as_str()
            .unwrap()
            .contains(id)
    );
    let arn = format!("arn:aws:execute-api:eu-central-1:000000000000:{id}");
    assert_eq!(made.attributes["ExecuteApiArn"], json!(arn));
    assert_eq!(routes(&client, id).await, ["GET /a", "GET /b/{id}"]);
    let integrations = client.get_integrations().api_id(id).send().await.unwrap();
    assert_eq!(integrations.items().len(), 2, "one for each route");
    let authorizers = client.get_authorizers().api_id(id).send().await.unwrap();
    assert_eq!(authorizers.items()[0].name(), Some("Jwt"));
    let kept = client.get_routes().api_id(id).send().await.unwrap();
    let kept = kept
        .items()
        .iter()
        .find(|one| one.route_key() == Some("GET /a"));
    let kept = kept.unwrap().clone();
    assert_eq!(kept.authorizer_id(), authorizers.items()[0].authorizer_id());
    assert_eq!(kept.authorization_scopes(), ["read"]);
    let api = client.get_api().api_id(id).send().await.unwrap();
    assert_eq!(api.name(), Some("shop"));
    assert_eq!(api.cors_configuration().unwrap().allow_origins(), ["*"]);
    assert_eq!(api.tags().unwrap()["httpapi:createdBy"], "SAM");

    let given = json!({"Body": body(&["/a", "/c"]), "Description": "of the shop"});
    let (_, now) = change(&provider, &first, &made, given).await;
    assert_eq!(routes(&client, id).await, ["GET /a", "GET /c"]);
    let after = client.get_routes().api_id(id).send().await.unwrap();
    let same = after
        .items()
        .iter()
        .find(|one| one.route_key() == Some("GET /a"));
    assert_eq!(
        same.unwrap().route_id(),
        kept.route_id(),
        "what stays is not made anew"
    );
    let integrations = client.get_integrations().api_id(id).send().await.unwrap();
    assert_eq!(
        integrations.items().len(),
        2,
        "that of the route that went is gone"
    );
    let read = provider.read(&now).await.unwrap().unwrap();
    assert_eq!(read["Description"], "of the shop");

    provider.delete(&now).await.unwrap();
    provider.delete(&now).await.unwrap();
    assert_eq!(provider.read(&now).await.unwrap(), None);
}

#[tokio::test]
async fn an_api_of_single_resources_lives_its_life() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let provider = ApiGatewayV2::new(&cloud);
        let given = json!({
            "Name": "orders", "ProtocolType": "HTTP", "Description": "d",
            "CorsConfiguration": {"AllowOrigins": ["https://a.example"], "MaxAge": "60"},
        });
        let api = wanted(&provider, API, "Api", given);
        let made = provider.create(&api).await.unwrap();
        assert_eq!(provider.create(&api).await.unwrap(), made, "{kind:?}");
        let given = json!({"Name": "orders", "ProtocolType": "HTTP", "Version": "2", "Tags": {"team": "a"}});
        let (_, api_now) = change(&provider, &api, &made, given).await;
        let read = provider.read(&api_now).await.unwrap().unwrap();
        assert_eq!(read["Version"], "2");
        assert_eq!(
            read.get("CorsConfiguration"),
            None,
            "{kind:?}: it was taken away"
        );
        assert_eq!(read.get("Description"), None, "{kind:?}");
        let api = made.reference;

        let life = Life {
            provider: &provider,
            kind,
        };
        let authorizer = life
            .of(
                "Authorizer",
                json!({"ApiId": api, "Name": "jwt", "AuthorizerType": "JWT",
                    "IdentitySource": ["$request.header.Authorization"],
                    "JwtConfiguration": {"Audience": ["a"], "Issuer": "https://issuer.example"}}),
                json!({"ApiId": api, "Name": "jwt", "AuthorizerType": "JWT",
                    "IdentitySource": ["$request.header.Token"],
                    "JwtConfiguration": {"Audience": ["b"], "Issuer": "https://issuer.example"}}),
                "IdentitySource",
            )
            .await;
        let integration = life
            .of(
                "Integration",
                json!({"ApiId": api, "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
                    "IntegrationUri": "https://a.example", "PayloadFormatVersion": "1.0"}),
                json!({"ApiId": api, "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
                    "IntegrationUri": "https://b.example", "PayloadFormatVersion": "1.0", "TimeoutInMillis": "2000"}),
                "IntegrationUri",
            )
            .await;
        let route = life
            .of(
                "Route",
                json!({"ApiId": api, "RouteKey": "GET /a", "Target": format!("integrations/{}", integration.reference),
                    "AuthorizationType": "JWT", "AuthorizerId": authorizer.reference, "AuthorizationScopes": ["x"]}),
                json!({"ApiId": api, "RouteKey": "GET /b", "Target": format!("integrations/{}", integration.reference)}),
                "RouteKey",
            )
            .await;
        let read = provider.read(&route).await.unwrap().unwrap();
        assert_eq!(read["AuthorizationType"], "NONE", "{kind:?}");
        if matches!(kind, Kind::Ministack) {
            assert_eq!(read.get("AuthorizationScopes"), None, "moto keeps them");
        }
        let stage = life
            .of(
                "Stage",
                json!({"ApiId": api, "StageName": "live", "AutoDeploy": "true",
                    "StageVariables": {"a": "1", "b": "2"}}),
                json!({"ApiId": api, "StageName": "live", "AutoDeploy": true, "StageVariables": {"a": 3},
                    "DefaultRouteSettings": {"ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5},
                    "Description": "second", "Tags": {"team": "b"}}),
                "DefaultRouteSettings",
            )
            .await;
        for one in [&stage, &route, &integration, &authorizer, &api_now] {
            provider.delete(one).await.unwrap();
            provider
                .delete(one)
                .await
                .unwrap_or_else(|fault| panic!("{kind:?} {one:?}: {fault}"));
            assert_eq!(provider.read(one).await.unwrap(), None, "{kind:?} {one:?}");
        }
    }
}

/// Makes, finds and changes one resource.
struct Life<'a> {
    provider: &'a ApiGatewayV2,
    kind: Kind,
}

impl Life<'_> {
    async fn of(&self, short: &str, given: Value, next: Value, changed: &str) -> Held {
        let (kind, provider) = (self.kind, self.provider);
        let resource_type = format!("AWS::ApiGatewayV2::{short}");
        let first = wanted(provider, &resource_type, short, given);
        // Moto cannot list authorizers; its stages come without their tags and cannot be changed.
        let is_listed =
            matches!(kind, Kind::Ministack) || !["Authorizer", "Stage"].contains(&short);
        if is_listed {
            let found = provider.find(&sought(&first)).await.unwrap();
            assert_eq!(found, None, "{kind:?} {short}");
        }
        let made = provider.create(&first).await.unwrap();
        if is_listed {
            let found = provider.find(&sought(&first)).await.unwrap();
            assert_eq!(found, Some(made.clone()), "{kind:?} {short}");
        }
        if matches!(kind, Kind::Moto) && short == "Stage" {
            return held(&first, &made);
        }
        let (next, now) = change(provider, &first, &made, next).await;
        provider.update(&now, &next, &[]).await.unwrap();
        let read = provider.read(&now).await.unwrap().unwrap();
        assert_eq!(read[changed], next.properties[changed], "{kind:?} {short}");
        now
    }
}

/// The answers of API Gateway to an import.
async fn aws() -> Replay {
    let api = json!({
        "apiId": "a1", "apiEndpoint": "https://a1.execute-api.eu-central-1.amazonaws.com", "name": "shop",
    });
    Replay::start(move |call| match call.line.as_str() {
        "GET /v2/apis?maxResults=500" => (200, json!({"items": []})),
        "POST /v2/apis" | "PUT /v2/apis/a1" => (201, api.clone()),
        _ => (200, api.clone()),
    })
    .await
}

#[tokio::test]
async fn a_definition_is_imported_where_there_is_an_import() {
    let aws = aws().await;
    let provider = ApiGatewayV2::new(&cloud(&aws.url()));
    let given = json!({
        "Body": body(&["/a"]), "Name": "mine", "FailOnWarnings": true, "BasePath": "ignore",
        "CorsConfiguration": {"AllowOrigins": ["https://a.example"]}, "Tags": {"team": "a"},
    });
    let first = wanted(&provider, API, "Http", given);
    let made = provider.create(&first).await.unwrap();
    let calls = aws.take();
    let lines: Vec<&str> = calls.iter().map(|call| call.line.as_str()).collect();
    let expected = [
        "GET /v2/apis?maxResults=500",
        "POST /v2/apis",
        "PUT /v2/apis/a1?basepath=ignore&failOnWarnings=true",
        "PATCH /v2/apis/a1",
        "GET /v2/apis/a1",
    ];
    assert_eq!(lines, expected);
    assert_eq!(calls[1].body["tags"]["hoist:stack"], "test");
    assert_eq!(calls[1].body["tags"]["httpapi:createdBy"], "SAM");
    assert_eq!(calls[1].body["tags"]["team"], "a");
    let sent: Value = serde_json::from_str(calls[2].body["body"].as_str().unwrap()).unwrap();
    assert_eq!(sent, body(&["/a"]));
    let settled =
        json!({"name": "mine", "corsConfiguration": {"allowOrigins": ["https://a.example"]}});
    assert_eq!(calls[3].body, settled);

    let only_tags = {
        let mut given = first.properties.clone();
        given.insert("Tags".into(), json!({"owner": "b"}));
        Value::Object(given)
    };
    change(&provider, &first, &made, only_tags).await;
    let lines = aws.lines();
    assert!(
        !lines.iter().any(|line| line.starts_with("PUT /v2/apis")),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("DELETE /v2/tags/") && line.ends_with("?tagKeys=team")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn what_an_import_refuses_is_said_in_its_words() {
    let aws = Replay::start(|call| match call.line.split('?').next() {
        Some("GET /v2/apis") => (200, json!({"items": []})),
        Some("POST /v2/apis") => (201, json!({"apiId": "a1"})),
        _ => (
            400,
            json!({"__type": "BadRequestException", "message": "Unable to parse the definition"}),
        ),
    })
    .await;
    let provider = ApiGatewayV2::new(&cloud(&aws.url()));
    let first = wanted(&provider, API, "Http", json!({"Body": "]["}));
    let fault = provider.create(&first).await.unwrap_err();
    assert!(fault.message.contains("Unable to parse"), "{fault}");
    assert_eq!(aws.lines().len(), 3, "nothing is tried in its place");
}
