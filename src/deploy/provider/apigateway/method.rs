//! Methods: what may be asked of a resource, what answers it, and with what.
//!
//! A method is changed by making it anew: calls reach it through a deployment, which is a copy, so that nobody sees the moment between.

use aws_sdk_apigateway::operation::get_method::GetMethodOutput;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGateway, SERVICE, existing, flags, part};

/// Where a method is.
struct Place<'a> {
    api: &'a str,
    resource: &'a str,
    method: &'a str,
}

impl Place<'_> {
    /// It is known by these three.
    fn made(&self) -> Existing {
        let handle = json!({
            "RestApiId": self.api, "ResourceId": self.resource, "HttpMethod": self.method,
        });
        let id = format!("{}|{}|{}", self.api, self.resource, self.method);
        existing(&id, None, handle)
    }
}

impl ApiGateway {
    pub(super) async fn create_method(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let (api, resource, method) = (
            properties.required("RestApiId")?,
            properties.required("ResourceId")?,
            properties.required("HttpMethod")?,
        );
        let place = Place {
            api: &api,
            resource: &resource,
            method: &method,
        };
        self.put_method(&place, wanted).await?;
        Ok(place.made())
    }

    pub(super) async fn update_method(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        self.delete_method(held).await?;
        let place = place(held)?;
        self.put_method(&place, wanted).await?;
        Ok(place.made())
    }

    async fn put_method(&self, place: &Place<'_>, wanted: &Wanted) -> Result<(), Fault> {
        let sent = Sent::new(wanted);
        let properties = sent.wanted();
        let request = set!(self.client.put_method(), sent;
            flag "ApiKeyRequired" => set_api_key_required,
            texts "AuthorizationScopes" => set_authorization_scopes,
            text "AuthorizerId" => set_authorizer_id,
            text "OperationName" => set_operation_name,
            map "RequestModels" => set_request_models,
            text "RequestValidatorId" => set_request_validator_id,
        );
        let authorization = properties.text("AuthorizationType")?;
        request
            .rest_api_id(place.api)
            .resource_id(place.resource)
            .http_method(place.method)
            .authorization_type(authorization.unwrap_or_else(|| "NONE".to_owned()))
            .set_request_parameters(flags(properties, "RequestParameters")?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "PutMethod", &error))?;
        for response in properties.objects("MethodResponses")? {
            self.put_method_response(place, response).await?;
        }
        if let Some(integration) = properties.object("Integration")? {
            self.put_integration(place, integration).await?;
        }
        Ok(())
    }

    async fn put_method_response(
        &self,
        place: &Place<'_>,
        response: Properties<'_>,
    ) -> Result<(), Fault> {
        let parameters = flags(&response, "ResponseParameters")?;
        let sent = Sent::of(response);
        let request = set!(self.client.put_method_response(), sent;
            map "ResponseModels" => set_response_models,
            text "StatusCode" => set_status_code,
        );
        request
            .rest_api_id(place.api)
            .resource_id(place.resource)
            .http_method(place.method)
            .set_response_parameters(parameters)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(SERVICE, "PutMethodResponse", &error))
    }

    async fn put_integration(
        &self,
        place: &Place<'_>,
        integration: Properties<'_>,
    ) -> Result<(), Fault> {
        let responses = integration.objects("IntegrationResponses")?;
        let sent = Sent::of(integration);
        let request = set!(self.client.put_integration(), sent;
            texts "CacheKeyParameters" => set_cache_key_parameters,
            text "CacheNamespace" => set_cache_namespace,
            text "ConnectionId" => set_connection_id,
            choice("") "ConnectionType" => set_connection_type,
            choice("") "ContentHandling" => set_content_handling,
            text "Credentials" => set_credentials,
            text "IntegrationHttpMethod" => set_integration_http_method,
            text "IntegrationTarget" => set_integration_target,
            text "PassthroughBehavior" => set_passthrough_behavior,
            map "RequestParameters" => set_request_parameters,
            map "RequestTemplates" => set_request_templates,
            choice("") "ResponseTransferMode" => set_response_transfer_mode,
            integer(None) "TimeoutInMillis" => set_timeout_in_millis,
            choice("") "Type" => set_type,
            text "Uri" => set_uri,
        );
        request
            .rest_api_id(place.api)
            .resource_id(place.resource)
            .http_method(place.method)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "PutIntegration", &error))?;
        for response in responses {
            let sent = Sent::of(response);
            let request = set!(self.client.put_integration_response(), sent;
                choice("") "ContentHandling" => set_content_handling,
                map "ResponseParameters" => set_response_parameters,
                map "ResponseTemplates" => set_response_templates,
                text "SelectionPattern" => set_selection_pattern,
                text "StatusCode" => set_status_code,
            );
            request
                .rest_api_id(place.api)
                .resource_id(place.resource)
                .http_method(place.method)
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "PutIntegrationResponse", &error))?;
        }
        Ok(())
    }

    async fn method(&self, place: &Place<'_>) -> Result<Option<GetMethodOutput>, Fault> {
        let request = self.client.get_method().rest_api_id(place.api);
        let request = request.resource_id(place.resource);
        match request.http_method(place.method).send().await {
            Ok(method) => Ok(Some(method)),
            Err(error) => Fault::of(SERVICE, "GetMethod", &error).unless_missing(),
        }
    }

    pub(super) async fn find_method(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let (Some(api), Some(resource), Some(method)) = (
            properties.text("RestApiId")?,
            properties.text("ResourceId")?,
            properties.text("HttpMethod")?,
        ) else {
            return Ok(None);
        };
        let place = Place {
            api: &api,
            resource: &resource,
            method: &method,
        };
        Ok(self.method(&place).await?.map(|_| place.made()))
    }

    /// The integration and the responses are not compared: what API Gateway adds to them by itself would look like a change.
    pub(super) async fn read_method(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(method) = self.method(&place(held)?).await? else {
            return Ok(None);
        };
        let live = Live::default()
            .with("ApiKeyRequired", method.api_key_required())
            .texts("AuthorizationScopes", method.authorization_scopes())
            .text("AuthorizationType", method.authorization_type())
            .text("AuthorizerId", method.authorizer_id())
            .text("OperationName", method.operation_name())
            .map("RequestModels", method.request_models())
            .text("RequestValidatorId", method.request_validator_id());
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_method(&self, held: &Held) -> Result<(), Fault> {
        let place = place(held)?;
        let request = self.client.delete_method().rest_api_id(place.api);
        let request = request.resource_id(place.resource);
        let answer = request.http_method(place.method).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteMethod", &error)))
    }
}

fn place(held: &Held) -> Result<Place<'_>, Fault> {
    Ok(Place {
        api: part(held, "RestApiId")?,
        resource: part(held, "ResourceId")?,
        method: part(held, "HttpMethod")?,
    })
}
