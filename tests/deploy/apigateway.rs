//! REST APIs: against both emulators what they can do, and imports against answers of AWS's form.

use hoist::deploy::diff::changes;
use hoist::deploy::provider::{ApiGateway, Existing, Held, Provider, Wanted};
use serde_json::{Value, json};

use crate::cloud::{cloud, emulated, held, properties, sought, wanted};
use crate::emulator::Kind;
use crate::replay::{Call, Replay};

const API: &str = "AWS::ApiGateway::RestApi";

async fn change(
    provider: &ApiGateway,
    first: &Wanted,
    made: &Existing,
    given: Value,
) -> (Wanted, Held) {
    let mut next = first.clone();
    let mut given = properties(given);
    if let Some(rule) = provider.kind(&first.resource_type).unwrap().name {
        let name = first.properties[rule.property].clone();
        given.entry(rule.property).or_insert(name);
    }
    next.properties = given;
    let before = held(first, made);
    let changes = changes(&before.properties, &next.properties);
    let after = provider.update(&before, &next, &changes).await.unwrap();
    let now = held(&next, &after);
    (next, now)
}

/// Makes, finds and changes resources one after the other.
struct Life<'a> {
    provider: &'a ApiGateway,
    kind: Kind,
}

impl Life<'_> {
    /// `changed` is the property whose new value must be there afterwards.
    async fn of(&self, short: &str, given: Value, next: Value, changed: &[&str]) -> Held {
        let (kind, provider) = (self.kind, self.provider);
        let (first, made) = self.made(short, given).await;
        let (next, now) = change(provider, &first, &made, next).await;
        provider.update(&now, &next, &[]).await.unwrap();
        let read = provider.read(&now).await.unwrap().unwrap();
        for property in changed {
            assert_eq!(
                read.get(*property),
                next.properties.get(*property),
                "{kind:?} {short} {property}"
            );
        }
        now
    }

    async fn made(&self, short: &str, given: Value) -> (Wanted, Existing) {
        let (kind, provider) = (self.kind, self.provider);
        let resource_type = format!("AWS::ApiGateway::{short}");
        let first = wanted(provider, &resource_type, short, given);
        let found = provider.find(&sought(&first)).await.unwrap();
        assert_eq!(found, None, "{kind:?} {short}");
        let made = provider.create(&first).await;
        let made = made.unwrap_or_else(|fault| panic!("{kind:?} {short}: {fault}"));
        let found = provider.find(&sought(&first)).await.unwrap();
        // Responses and the account's role are set again, not found.
        if !["Account", "GatewayResponse"].contains(&short) {
            assert_eq!(found, Some(made.clone()), "{kind:?} {short}");
        }
        (first, made)
    }
}

#[tokio::test]
async fn an_api_of_single_resources_lives_its_life() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let provider = ApiGateway::new(&cloud);
        let life = Life {
            provider: &provider,
            kind,
        };
        // Moto tags stages only.
        let tags = match kind {
            Kind::Ministack => json!([{"Key": "a", "Value": "b"}]),
            Kind::Moto => json!([]),
        };
        let api = life
            .of(
                "RestApi",
                json!({"Name": "orders", "Description": "first", "BinaryMediaTypes": ["image/png"],
                    "EndpointConfiguration": {"Types": ["REGIONAL"]}}),
                json!({"Name": "shop", "Description": "second",
                    "EndpointConfiguration": {"Types": ["REGIONAL"]}, "Tags": tags}),
                &["Name", "Description"],
            )
            .await;
        let id = api.reference.clone();
        let root = api.attributes["RootResourceId"].clone();
        let (_, resource) = life
            .made(
                "Resource",
                json!({"RestApiId": id, "ParentId": root, "PathPart": "orders"}),
            )
            .await;
        let validator = life
            .of(
                "RequestValidator",
                json!({"RestApiId": id, "ValidateRequestBody": "true"}),
                json!({"RestApiId": id, "ValidateRequestParameters": true}),
                &["ValidateRequestParameters"],
            )
            .await;
        // Moto cannot change models.
        let schema = if matches!(kind, Kind::Moto) {
            "object"
        } else {
            "array"
        };
        let model = life
            .of(
                "Model",
                json!({"RestApiId": id, "Schema": {"type": "object"}}),
                json!({"RestApiId": id, "Schema": {"type": schema}}),
                &["Schema"],
            )
            .await;
        let authorizer = life
            .of(
                "Authorizer",
                json!({"RestApiId": id, "Name": "token", "Type": "TOKEN", "IdentitySource": "method.request.header.A",
                    "AuthorizerUri": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/f/invocations",
                    "AuthorizerResultTtlInSeconds": "10"}),
                json!({"RestApiId": id, "Name": "token", "Type": "TOKEN", "IdentitySource": "method.request.header.B",
                    "AuthorizerUri": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/f/invocations",
                    // Ministack answers with what was patched as a text, which the SDK cannot read.
                    "AuthorizerResultTtlInSeconds": 10}),
                &["IdentitySource"],
            )
            .await;
        let mut integration = json!({
            "Type": "MOCK", "RequestTemplates": {"application/json": "{\"statusCode\": 200}"},
        });
        // Moto fails on responses of integrations.
        if matches!(kind, Kind::Ministack) {
            integration["IntegrationResponses"] =
                json!([{"StatusCode": "200", "ResponseTemplates": {"application/json": ""}}]);
        }
        let method = life
            .of(
                "Method",
                json!({"RestApiId": id, "ResourceId": resource.reference, "HttpMethod": "GET",
                    "AuthorizationType": "CUSTOM", "AuthorizerId": authorizer.reference,
                    "RequestParameters": {"method.request.querystring.q": "true"},
                    "MethodResponses": [{"StatusCode": "200"}], "Integration": integration}),
                json!({"RestApiId": id, "ResourceId": resource.reference, "HttpMethod": "GET",
                    "AuthorizationType": "NONE", "OperationName": "listOrders",
                    "MethodResponses": [{"StatusCode": 200, "ResponseModels": {"application/json": "Empty"}}],
                    "Integration": integration}),
                &["AuthorizationType", "OperationName", "AuthorizerId"],
            )
            .await;
        let response = life
            .of(
                "GatewayResponse",
                json!({"RestApiId": id, "ResponseType": "UNAUTHORIZED", "StatusCode": "401"}),
                json!({"RestApiId": id, "ResponseType": "UNAUTHORIZED", "StatusCode": "403",
                    "ResponseParameters": {"gatewayresponse.header.A": "'b'"}}),
                &["StatusCode", "ResponseParameters"],
            )
            .await;
        let (_, deployment) = life
            .made(
                "Deployment",
                json!({"RestApiId": id, "Description": "hash 1"}),
            )
            .await;
        let stage = life
            .of(
                "Stage",
                json!({"RestApiId": id, "DeploymentId": deployment.reference, "StageName": "live",
                    "Variables": {"a": "1", "b": "2"}, "TracingEnabled": "true", "Description": "first",
                    "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": true}]}),
                json!({"RestApiId": id, "DeploymentId": deployment.reference, "StageName": "live",
                    "Variables": {"a": "3"}, "Description": "second",
                    "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 5}]}),
                &["Variables", "Description"],
            )
            .await;
        let read = provider.read(&stage).await.unwrap().unwrap();
        assert_eq!(read["TracingEnabled"], false, "{kind:?}");
        let settings = &read["MethodSettings"][0];
        assert_eq!(settings["ThrottlingRateLimit"], 5.0, "{kind:?}");
        assert_eq!(settings["MetricsEnabled"], false, "{kind:?}");
        let key = life
            .of(
                "ApiKey",
                json!({"Enabled": true, "Description": "first"}),
                // Ministack answers with what was patched as a text, which the SDK cannot read.
                json!({"Enabled": !matches!(kind, Kind::Moto), "Description": "second", "Tags": tags}),
                &["Enabled", "Description"],
            )
            .await;
        // As above: with ministack the numbers stay.
        let rate = if matches!(kind, Kind::Moto) { 3 } else { 1 };
        let plan = life
            .of(
                "UsagePlan",
                json!({"ApiStages": [{"ApiId": id, "Stage": "live"}], "Quota": {"Limit": "5", "Period": "DAY"},
                    "Throttle": {"BurstLimit": "2", "RateLimit": "1"}}),
                json!({"Throttle": {"BurstLimit": 2, "RateLimit": rate}, "Description": "slow"}),
                &["Description", "ApiStages"],
            )
            .await;
        let read = provider.read(&plan).await.unwrap().unwrap();
        assert_eq!(read["Throttle"]["RateLimit"], f64::from(rate), "{kind:?}");
        let (first, made) = life
            .made(
                "UsagePlanKey",
                json!({"KeyId": key.reference, "KeyType": "API_KEY", "UsagePlanId": plan.reference}),
            )
            .await;
        let plan_key = held(&first, &made);
        let (first, made) = life
            .made(
                "Account",
                json!({"CloudWatchRoleArn": "arn:aws:iam::000000000000:role/logs"}),
            )
            .await;
        provider.delete(&held(&first, &made)).await.unwrap();
        for one in [
            &plan_key,
            &plan,
            &key,
            &stage,
            &response,
            &method,
            &authorizer,
            &model,
            &validator,
            &api,
        ] {
            let deleted = provider.delete(one).await;
            deleted.unwrap_or_else(|fault| panic!("{kind:?} {one:?}: {fault}"));
            // Moto breaks down over some of what is not there.
            if matches!(kind, Kind::Moto) {
                continue;
            }
            let again = provider.delete(one).await;
            again.unwrap_or_else(|fault| panic!("{one:?}: {fault}"));
            assert_eq!(provider.read(one).await.unwrap(), None, "{one:?}");
        }
    }
}

/// An API and its stage as API Gateway keeps them; the deployment in use is counted up.
async fn aws() -> Replay {
    Replay::start(|call| {
        let path = call.line.split('?').next().unwrap_or_default();
        match path {
            "GET /restapis" => (200, json!({"item": []})),
            "POST /restapis" | "PUT /restapis/a1" | "GET /restapis/a1" | "PATCH /restapis/a1" => (
                200,
                json!({"id": "a1", "name": "of the definition", "rootResourceId": "r0",
                    "apiKeySource": "HEADER", "endpointConfiguration": {"types": ["EDGE"]}}),
            ),
            "POST /restapis/a1/deployments" => (201, json!({"id": "d2"})),
            "GET /restapis/a1/stages/Stage" => {
                (200, json!({"deploymentId": "d2", "stageName": "Stage"}))
            }
            "GET /restapis/a1/stages/Prod" => (
                200,
                json!({"deploymentId": "d1", "stageName": "Prod",
                "tags": {"hoist:stack": "test", "hoist:resource": "Prod/0"}}),
            ),
            "POST /restapis/a1/stages" => (
                409,
                json!({"__type": "ConflictException", "message": "Stage already exists"}),
            ),
            "PATCH /restapis/a1/stages/Prod" | "PATCH /restapis/a1/stages/Stage" => {
                (200, json!({}))
            }
            _ if path.starts_with("DELETE ") => (202, Value::Null),
            _ if path.starts_with("PUT /tags/") => (204, Value::Null),
            _ => (
                404,
                json!({"__type": "NotFoundException", "message": "Invalid path"}),
            ),
        }
    })
    .await
}

fn lines(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.line.as_str()).collect()
}

#[tokio::test]
async fn a_definition_is_put_into_an_api_that_has_its_tags_already() {
    let aws = aws().await;
    let provider = ApiGateway::new(&cloud(&aws.url()));
    let body = json!({"swagger": "2.0", "info": {"title": "shop", "version": "1"}, "paths": {}});
    let given = json!({
        "Body": body, "Name": "mine", "Parameters": {"endpointConfigurationTypes": "REGIONAL"},
        "EndpointConfiguration": {"Types": ["REGIONAL"]}, "FailOnWarnings": "true",
        "BinaryMediaTypes": ["image/*"],
    });
    let first = wanted(&provider, API, "Rest", given);
    let made = provider.create(&first).await.unwrap();
    assert_eq!(
        made.attributes,
        properties(json!({"RestApiId": "a1", "RootResourceId": "r0"}))
    );
    let calls = aws.take();
    let put =
        "PUT /restapis/a1?endpointConfigurationTypes=REGIONAL&mode=overwrite&failonwarnings=true";
    let expected = [
        "GET /restapis?limit=500",
        "POST /restapis",
        put,
        "GET /restapis/a1",
        "PATCH /restapis/a1",
        "GET /restapis/a1",
    ];
    assert_eq!(lines(&calls), expected);
    assert_eq!(calls[1].body["tags"]["hoist:resource"], "Rest/0");
    assert_eq!(calls[2].body, body);
    let patched = json!({"patchOperations": [
        {"op": "replace", "path": "/name", "value": "mine"},
        {"op": "add", "path": "/binaryMediaTypes/image~1*"},
        {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"},
    ]});
    assert_eq!(calls[4].body, patched);

    let merged = json!({"Body": body, "Mode": "merge"});
    change(&provider, &first, &made, merged).await;
    let calls = aws.take();
    assert_eq!(lines(&calls)[0], "PUT /restapis/a1?mode=merge");
}

#[tokio::test]
async fn a_stage_moves_to_its_new_deployment_and_the_old_one_goes() {
    let aws = aws().await;
    let provider = ApiGateway::new(&cloud(&aws.url()));
    // SAM makes a new deployment for every change, each with the same stage beside the one that is wanted.
    let given = json!({"RestApiId": "a1", "StageName": "Stage", "Description": "hash 2",
        "StageDescription": {"LoggingLevel": "INFO", "Tags": [{"Key": "a", "Value": "b"}]}});
    let next = wanted(
        &provider,
        "AWS::ApiGateway::Deployment",
        "Deployment2",
        given,
    );
    let made = provider.create(&next).await.unwrap();
    assert_eq!(made.reference, "d2");
    let calls = aws.take();
    assert_eq!(calls[3].body, json!({"tags": {"a": "b"}}));
    assert_eq!(
        calls[0].body,
        json!({"description": "hash 2", "stageName": "Stage"})
    );
    let level = json!({"patchOperations": [{"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"}]});
    assert_eq!(calls[2].body, level);

    let given = json!({"RestApiId": "a1", "StageName": "Prod", "DeploymentId": "d1"});
    let stage = wanted(&provider, "AWS::ApiGateway::Stage", "Prod", given);
    let fault = provider.create(&stage).await.unwrap_err();
    assert_eq!(fault.kind, hoist::aws::FaultKind::Exists);
    let found = provider.find(&sought(&stage)).await.unwrap().unwrap();
    aws.take();
    let mut moved = stage.clone();
    moved.properties.insert("DeploymentId".into(), json!("d2"));
    provider
        .update(&held(&stage, &found), &moved, &[])
        .await
        .unwrap();
    let calls = aws.take();
    let expected =
        json!({"patchOperations": [{"op": "replace", "path": "/deploymentId", "value": "d2"}]});
    assert_eq!(calls[1].body, expected);

    let old = |id: &str| Held {
        id: "Deployment1".into(),
        resource_type: "AWS::ApiGateway::Deployment".into(),
        reference: id.into(),
        handle: json!({"RestApiId": "a1"}),
        attributes: properties(json!({})),
        properties: properties(json!({"RestApiId": "a1", "StageName": "Stage"})),
    };
    provider.delete(&old("d1")).await.unwrap();
    let expected = [
        "GET /restapis/a1/stages/Stage",
        "DELETE /restapis/a1/deployments/d1",
    ];
    assert_eq!(
        lines(&aws.take()),
        expected,
        "the stage has another deployment by now"
    );
    provider.delete(&old("d2")).await.unwrap();
    let expected = [
        "GET /restapis/a1/stages/Stage",
        "DELETE /restapis/a1/stages/Stage",
        "DELETE /restapis/a1/deployments/d2",
    ];
    assert_eq!(
        lines(&aws.take()),
        expected,
        "a deployment in use cannot be deleted"
    );
}
