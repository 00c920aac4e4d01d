//! `AWS::Lambda::EventInvokeConfig`: what becomes of asynchronous invocations. Putting one replaces whatever there was.

use aws_sdk_lambda::types::{DestinationConfig, OnFailure, OnSuccess};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::Lambda;
use super::live::{as_sent, object, put};

const READABLE: [&str; 3] = [
    "DestinationConfig",
    "MaximumEventAgeInSeconds",
    "MaximumRetryAttempts",
];

impl Lambda {
    pub(super) async fn put_invoke_config(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let function = properties.required("FunctionName")?;
        let qualifier = properties.required("Qualifier")?;
        self.client
            .put_function_event_invoke_config()
            .function_name(&function)
            .qualifier(&qualifier)
            .set_destination_config(destinations(&properties)?)
            .set_maximum_event_age_in_seconds(properties.integer("MaximumEventAgeInSeconds")?)
            .set_maximum_retry_attempts(properties.integer("MaximumRetryAttempts")?)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "PutFunctionEventInvokeConfig", &error))?;
        Ok(Existing {
            reference: format!("{function}|{qualifier}"),
            handle: Json::Null,
            attributes: Map::new(),
        })
    }

    pub(super) async fn read_invoke_config(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let properties = held.properties();
        let answer = self
            .client
            .get_function_event_invoke_config()
            .function_name(properties.required("FunctionName")?)
            .qualifier(properties.required("Qualifier")?)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("lambda", "GetFunctionEventInvokeConfig", &error)
                    .unless_missing();
            }
        };
        let mut found = Map::new();
        put(
            &mut found,
            "DestinationConfig",
            answer.destination_config().map(live_destinations),
        );
        put(
            &mut found,
            "MaximumEventAgeInSeconds",
            answer.maximum_event_age_in_seconds(),
        );
        put(
            &mut found,
            "MaximumRetryAttempts",
            answer.maximum_retry_attempts(),
        );
        Ok(Some(as_sent(held, found, &READABLE)))
    }

    pub(super) async fn delete_invoke_config(&self, held: &Held) -> Result<(), Fault> {
        let properties = held.properties();
        let answer = self
            .client
            .delete_function_event_invoke_config()
            .function_name(properties.required("FunctionName")?)
            .qualifier(properties.required("Qualifier")?)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteFunctionEventInvokeConfig", &error)))
    }
}

/// `DestinationConfig`, which mappings have too.
pub(super) fn destinations(
    properties: &Properties<'_>,
) -> Result<Option<DestinationConfig>, Fault> {
    let Some(given) = properties.object("DestinationConfig")? else {
        return Ok(None);
    };
    let mut config = DestinationConfig::builder();
    if let Some(one) = given.object("OnFailure")? {
        let to = OnFailure::builder().set_destination(one.text("Destination")?);
        config = config.on_failure(to.build());
    }
    if let Some(one) = given.object("OnSuccess")? {
        let to = OnSuccess::builder().set_destination(one.text("Destination")?);
        config = config.on_success(to.build());
    }
    Ok(Some(config.build()))
}

pub(super) fn live_destinations(config: &DestinationConfig) -> Json {
    let failure = config.on_failure().and_then(|one| one.destination());
    let success = config.on_success().and_then(|one| one.destination());
    object([
        ("OnFailure", failure.map(|to| json!({"Destination": to}))),
        ("OnSuccess", success.map(|to| json!({"Destination": to}))),
    ])
}
