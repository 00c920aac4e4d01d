//! API destinations: HTTP endpoints that a rule can call over a connection.

use aws_sdk_eventbridge::operation::describe_api_destination::DescribeApiDestinationOutput;
use aws_sdk_eventbridge::types::ApiDestinationHttpMethod;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Sought, Wanted};

use super::{EventBridge, for_policy, is_same, present};

/// How often an endpoint is called in a second when the template does not say.
/// Source: Amazon EventBridge user guide, "API destinations".
const USUAL_RATE: i32 = 300;

impl EventBridge {
    pub(super) async fn create_destination(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let method = properties.required("HttpMethod")?;
        let answer = self
            .client
            .create_api_destination()
            .name(&wanted.name)
            .set_description(properties.text("Description")?)
            .connection_arn(properties.required("ConnectionArn")?)
            .invocation_endpoint(properties.required("InvocationEndpoint")?)
            .http_method(ApiDestinationHttpMethod::from(method.as_str()))
            .set_invocation_rate_limit_per_second(
                properties.integer("InvocationRateLimitPerSecond")?,
            )
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "CreateApiDestination", &error))?;
        Ok(existing(answer.api_destination_arn(), &wanted.name))
    }

    /// API destinations have no tags: one with a name that Hoist made is ours, and one with a written name is when it is exactly
    /// what was to be made.
    pub(super) async fn find_destination(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let Some(found) = self.describe_destination(&sought.name).await? else {
            return Ok(None);
        };
        let properties = sought.properties();
        let method = found.http_method().map(ApiDestinationHttpMethod::as_str);
        let is_alike = sought.has_made_name()
            || is_same(properties.text("ConnectionArn")?, found.connection_arn())
                && is_same(
                    properties.text("InvocationEndpoint")?,
                    found.invocation_endpoint(),
                )
                && is_same(properties.text("HttpMethod")?, method)
                && is_same(properties.text("Description")?, found.description());
        Ok(is_alike.then(|| existing(found.api_destination_arn(), &sought.name)))
    }

    pub(super) async fn read_destination(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(found) = self.describe_destination(&held.reference).await? else {
            return Ok(None);
        };
        let method = found.http_method().map(|method| json!(method.as_str()));
        let rate = found.invocation_rate_limit_per_second();
        Ok(Some(present([
            ("ConnectionArn", found.connection_arn().map(Json::from)),
            (
                "Description",
                Some(json!(found.description().unwrap_or_default())),
            ),
            ("HttpMethod", method),
            (
                "InvocationEndpoint",
                found.invocation_endpoint().map(Json::from),
            ),
            ("InvocationRateLimitPerSecond", rate.map(Json::from)),
        ])))
    }

    pub(super) async fn update_destination(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let method = properties.required("HttpMethod")?;
        let rate = properties.integer("InvocationRateLimitPerSecond")?;
        let answer = self
            .client
            .update_api_destination()
            .name(&wanted.name)
            .description(properties.text("Description")?.unwrap_or_default())
            .connection_arn(properties.required("ConnectionArn")?)
            .invocation_endpoint(properties.required("InvocationEndpoint")?)
            .http_method(ApiDestinationHttpMethod::from(method.as_str()))
            .invocation_rate_limit_per_second(rate.unwrap_or(USUAL_RATE))
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "UpdateApiDestination", &error))?;
        Ok(existing(answer.api_destination_arn(), &wanted.name))
    }

    pub(super) async fn delete_destination(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_api_destination()
            .name(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("eventbridge", "DeleteApiDestination", &error)))
    }

    async fn describe_destination(
        &self,
        name: &str,
    ) -> Result<Option<DescribeApiDestinationOutput>, Fault> {
        match self
            .client
            .describe_api_destination()
            .name(name)
            .send()
            .await
        {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => {
                Fault::of("eventbridge", "DescribeApiDestination", &error).unless_missing()
            }
        }
    }
}

fn existing(arn: Option<&str>, name: &str) -> Existing {
    let arn = arn.unwrap_or_default();
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([
            ("Arn".to_owned(), json!(arn)),
            ("ArnForPolicy".to_owned(), json!(for_policy(arn))),
        ]),
    }
}
