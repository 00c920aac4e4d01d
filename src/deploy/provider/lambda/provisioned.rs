//! Environments of a version or an alias that are kept ready.

use std::time::Duration;

use aws_sdk_lambda::types::ProvisionedConcurrencyStatusEnum as Status;

use crate::aws::{Fault, gone};
use crate::deploy::provider::Properties;
use crate::deploy::wait;

use super::Lambda;

/// How long they are waited for. A few take a minute or two; Lambda makes up to 6,000 a minute.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

impl Lambda {
    /// Has as many as `ProvisionedConcurrencyConfig` says, or none, and waits until they are there, as CloudFormation does: what
    /// cannot be had would not be known otherwise.
    pub(super) async fn provision(
        &self,
        name: &str,
        qualifier: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        let Some(config) = properties.object("ProvisionedConcurrencyConfig")? else {
            let answer = self
                .client
                .delete_provisioned_concurrency_config()
                .function_name(name)
                .qualifier(qualifier)
                .send()
                .await;
            return gone(answer.map_err(|error| {
                Fault::of("lambda", "DeleteProvisionedConcurrencyConfig", &error)
            }));
        };
        let answer = self
            .client
            .put_provisioned_concurrency_config()
            .function_name(name)
            .qualifier(qualifier)
            .set_provisioned_concurrent_executions(
                config.integer("ProvisionedConcurrentExecutions")?,
            )
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "PutProvisionedConcurrencyConfig", &error))?;
        if is_there(answer.status(), answer.status_reason())? {
            return Ok(());
        }
        wait::until("GetProvisionedConcurrencyConfig", PATIENCE, || async {
            let answer = self
                .client
                .get_provisioned_concurrency_config()
                .function_name(name)
                .qualifier(qualifier)
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetProvisionedConcurrencyConfig", &error))?;
            let is_there = is_there(answer.status(), answer.status_reason())?;
            Ok(is_there.then_some(()))
        })
        .await
    }

    /// How many were asked for; none when there is no such setting.
    pub(super) async fn provisioned(
        &self,
        name: &str,
        qualifier: &str,
    ) -> Result<Option<i32>, Fault> {
        let answer = self
            .client
            .get_provisioned_concurrency_config()
            .function_name(name)
            .qualifier(qualifier)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(answer.requested_provisioned_concurrent_executions()),
            Err(error) => {
                Fault::of("lambda", "GetProvisionedConcurrencyConfig", &error).unless_missing()
            }
        }
    }
}

fn is_there(status: Option<&Status>, reason: Option<&str>) -> Result<bool, Fault> {
    match status {
        Some(Status::Failed) => Err(Fault::unexpected(
            "lambda",
            "PutProvisionedConcurrencyConfig",
            reason.unwrap_or("Lambda could not make the environments ready, and does not say why"),
        )),
        Some(Status::InProgress) => Ok(false),
        _ => Ok(true),
    }
}
