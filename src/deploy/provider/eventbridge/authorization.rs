//! How a connection signs in: CloudFormation's properties → the SDK's, which has types of its own for making and for changing.

use aws_sdk_eventbridge::types::{
    ConnectionBodyParameter, ConnectionHeaderParameter, ConnectionHttpParameters,
    ConnectionOAuthHttpMethod, ConnectionQueryStringParameter,
    ConnectivityResourceConfigurationArn, ConnectivityResourceParameters,
    CreateConnectionApiKeyAuthRequestParameters, CreateConnectionAuthRequestParameters,
    CreateConnectionBasicAuthRequestParameters, CreateConnectionOAuthClientRequestParameters,
    CreateConnectionOAuthRequestParameters, UpdateConnectionApiKeyAuthRequestParameters,
    UpdateConnectionAuthRequestParameters, UpdateConnectionBasicAuthRequestParameters,
    UpdateConnectionOAuthClientRequestParameters, UpdateConnectionOAuthRequestParameters,
};

use crate::aws::Fault;
use crate::deploy::provider::Properties;

use super::built;

/// `AuthParameters` of a new connection.
pub(super) fn for_create(
    from: &Properties<'_>,
) -> Result<CreateConnectionAuthRequestParameters, Fault> {
    let api_key = from.part("ApiKeyAuthParameters", |from| {
        built(
            CreateConnectionApiKeyAuthRequestParameters::builder()
                .api_key_name(from.required("ApiKeyName")?)
                .api_key_value(from.required("ApiKeyValue")?)
                .build(),
        )
    })?;
    let basic = from.part("BasicAuthParameters", |from| {
        built(
            CreateConnectionBasicAuthRequestParameters::builder()
                .username(from.required("Username")?)
                .password(from.required("Password")?)
                .build(),
        )
    })?;
    let o_auth = from.part("OAuthParameters", |from| {
        let client = from.part("ClientParameters", |from| {
            built(
                CreateConnectionOAuthClientRequestParameters::builder()
                    .client_id(from.required("ClientID")?)
                    .client_secret(from.required("ClientSecret")?)
                    .build(),
            )
        })?;
        built(
            CreateConnectionOAuthRequestParameters::builder()
                .set_client_parameters(client)
                .authorization_endpoint(from.required("AuthorizationEndpoint")?)
                .set_http_method(method(from)?)
                .set_o_auth_http_parameters(from.part("OAuthHttpParameters", http)?)
                .build(),
        )
    })?;
    Ok(CreateConnectionAuthRequestParameters::builder()
        .set_api_key_auth_parameters(api_key)
        .set_basic_auth_parameters(basic)
        .set_o_auth_parameters(o_auth)
        .set_invocation_http_parameters(from.part("InvocationHttpParameters", http)?)
        .set_connectivity_parameters(from.part("ConnectivityParameters", connectivity)?)
        .build())
}

/// `AuthParameters` of a connection that is there.
pub(super) fn for_update(
    from: &Properties<'_>,
) -> Result<UpdateConnectionAuthRequestParameters, Fault> {
    let api_key = from.part("ApiKeyAuthParameters", |from| {
        Ok(UpdateConnectionApiKeyAuthRequestParameters::builder()
            .set_api_key_name(from.text("ApiKeyName")?)
            .set_api_key_value(from.text("ApiKeyValue")?)
            .build())
    })?;
    let basic = from.part("BasicAuthParameters", |from| {
        Ok(UpdateConnectionBasicAuthRequestParameters::builder()
            .set_username(from.text("Username")?)
            .set_password(from.text("Password")?)
            .build())
    })?;
    let o_auth = from.part("OAuthParameters", |from| {
        let client = from.part("ClientParameters", |from| {
            Ok(UpdateConnectionOAuthClientRequestParameters::builder()
                .set_client_id(from.text("ClientID")?)
                .set_client_secret(from.text("ClientSecret")?)
                .build())
        })?;
        Ok(UpdateConnectionOAuthRequestParameters::builder()
            .set_client_parameters(client)
            .set_authorization_endpoint(from.text("AuthorizationEndpoint")?)
            .set_http_method(method(from)?)
            .set_o_auth_http_parameters(from.part("OAuthHttpParameters", http)?)
            .build())
    })?;
    Ok(UpdateConnectionAuthRequestParameters::builder()
        .set_api_key_auth_parameters(api_key)
        .set_basic_auth_parameters(basic)
        .set_o_auth_parameters(o_auth)
        .set_invocation_http_parameters(from.part("InvocationHttpParameters", http)?)
        .set_connectivity_parameters(from.part("ConnectivityParameters", connectivity)?)
        .build())
}

/// The way to a private endpoint.
pub(super) fn connectivity(from: &Properties<'_>) -> Result<ConnectivityResourceParameters, Fault> {
    let parameters = from.part("ResourceParameters", |from| {
        built(
            ConnectivityResourceConfigurationArn::builder()
                .resource_configuration_arn(from.required("ResourceConfigurationArn")?)
                .build(),
        )
    })?;
    Ok(ConnectivityResourceParameters::builder()
        .set_resource_parameters(parameters)
        .build())
}

fn method(from: &Properties<'_>) -> Result<Option<ConnectionOAuthHttpMethod>, Fault> {
    let method = from.text("HttpMethod")?;
    Ok(method.map(|text| ConnectionOAuthHttpMethod::from(text.as_str())))
}

fn http(from: &Properties<'_>) -> Result<ConnectionHttpParameters, Fault> {
    let headers = from.parts("HeaderParameters", |from| {
        Ok(ConnectionHeaderParameter::builder()
            .set_key(from.text("Key")?)
            .set_value(from.text("Value")?)
            .set_is_value_secret(from.flag("IsValueSecret")?)
            .build())
    })?;
    let query = from.parts("QueryStringParameters", |from| {
        Ok(ConnectionQueryStringParameter::builder()
            .set_key(from.text("Key")?)
            .set_value(from.text("Value")?)
            .set_is_value_secret(from.flag("IsValueSecret")?)
            .build())
    })?;
    let body = from.parts("BodyParameters", |from| {
        Ok(ConnectionBodyParameter::builder()
            .set_key(from.text("Key")?)
            .set_value(from.text("Value")?)
            .set_is_value_secret(from.flag("IsValueSecret")?)
            .build())
    })?;
    Ok(ConnectionHttpParameters::builder()
        .set_header_parameters(headers)
        .set_query_string_parameters(query)
        .set_body_parameters(body)
        .build())
}
