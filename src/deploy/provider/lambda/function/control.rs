//! What of a function is set by calls of their own: how many of it may run at once, what happens to loops, who moves its runtime on,
//! whose code it takes.

use aws_sdk_lambda::types::{FunctionScalingConfig, RecursiveLoop, UpdateRuntimeOn};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::lambda::word::word;
use crate::deploy::provider::lambda::{Lambda, touches};
use crate::deploy::provider::{Held, Properties, Wanted};

/// What functions on instances of the user's own run.
const LATEST_PUBLISHED: &str = "$LATEST.PUBLISHED";

impl Lambda {
    /// Sets what the template says, of a function that has none of it yet.
    pub(super) async fn set_controls(&self, wanted: &Wanted) -> Result<(), Fault> {
        let properties = wanted.properties();
        let name = &wanted.name;
        if properties.get("ReservedConcurrentExecutions").is_some() {
            self.control_concurrency(name, &properties).await?;
        }
        if properties.get("RecursiveLoop").is_some() {
            self.control_recursion(name, &properties).await?;
        }
        if properties.get("RuntimeManagementConfig").is_some() {
            self.control_runtime(name, &properties).await?;
        }
        self.scale(name, LATEST_PUBLISHED, &properties, false).await
    }

    /// Sets what an update is about, back to the default where the template says nothing.
    pub(super) async fn change_controls(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<(), Fault> {
        let properties = wanted.properties();
        let name = &held.reference;
        if touches(changes, &["ReservedConcurrentExecutions"]) {
            self.control_concurrency(name, &properties).await?;
        }
        if touches(changes, &["RecursiveLoop"]) {
            self.control_recursion(name, &properties).await?;
        }
        if touches(changes, &["RuntimeManagementConfig"]) {
            self.control_runtime(name, &properties).await?;
        }
        if touches(changes, &["FunctionScalingConfig"]) {
            let was_set = held.properties().get("FunctionScalingConfig").is_some();
            self.scale(name, LATEST_PUBLISHED, &properties, was_set)
                .await?;
        }
        Ok(())
    }

    async fn control_concurrency(
        &self,
        name: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        let Some(count) = properties.integer("ReservedConcurrentExecutions")? else {
            let answer = self
                .client
                .delete_function_concurrency()
                .function_name(name)
                .send()
                .await;
            return gone(
                answer.map_err(|error| Fault::of("lambda", "DeleteFunctionConcurrency", &error)),
            );
        };
        self.client
            .put_function_concurrency()
            .function_name(name)
            .reserved_concurrent_executions(count)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "PutFunctionConcurrency", &error))
    }

    async fn control_recursion(
        &self,
        name: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        let given = word(properties, "RecursiveLoop")?;
        let is_given = given.is_some();
        let answer = self
            .client
            .put_function_recursion_config()
            .function_name(name)
            .recursive_loop(given.unwrap_or(RecursiveLoop::Terminate))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "PutFunctionRecursionConfig", &error));
        reset_or(is_given, answer)
    }

    async fn control_runtime(&self, name: &str, properties: &Properties<'_>) -> Result<(), Fault> {
        let given = properties.object("RuntimeManagementConfig")?;
        // An image brings its own.
        let is_image = properties.text("PackageType")?.as_deref() == Some("Image");
        match given {
            Some(given) => self.manage_runtime(name, None, &given).await,
            None if is_image => Ok(()),
            None => {
                let answer = self
                    .client
                    .put_runtime_management_config()
                    .function_name(name)
                    .update_runtime_on(UpdateRuntimeOn::Auto)
                    .send()
                    .await;
                gone(
                    answer
                        .map_err(|error| Fault::of("lambda", "PutRuntimeManagementConfig", &error)),
                )
            }
        }
    }

    /// Says when the runtime of a function, or of the version `qualifier`, moves on.
    pub(in super::super) async fn manage_runtime(
        &self,
        name: &str,
        qualifier: Option<&str>,
        given: &Properties<'_>,
    ) -> Result<(), Fault> {
        self.client
            .put_runtime_management_config()
            .function_name(name)
            .set_qualifier(qualifier.map(str::to_owned))
            .set_update_runtime_on(word(given, "UpdateRuntimeOn")?)
            .set_runtime_version_arn(given.text("RuntimeVersionArn")?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "PutRuntimeManagementConfig", &error))
    }

    /// Says how many environments there are of a function on instances of the user's own.
    pub(in super::super) async fn scale(
        &self,
        name: &str,
        qualifier: &str,
        properties: &Properties<'_>,
        was_set: bool,
    ) -> Result<(), Fault> {
        let mut scaling = FunctionScalingConfig::builder();
        match properties.object("FunctionScalingConfig")? {
            Some(given) => {
                scaling = scaling
                    .set_min_execution_environments(given.integer("MinExecutionEnvironments")?)
                    .set_max_execution_environments(given.integer("MaxExecutionEnvironments")?);
            }
            None if was_set => {}
            None => return Ok(()),
        }
        self.client
            .put_function_scaling_config()
            .function_name(name)
            .qualifier(qualifier)
            .function_scaling_config(scaling.build())
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "PutFunctionScalingConfig", &error))
    }

    pub(super) async fn control_code_signing(
        &self,
        name: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        let Some(arn) = properties.text("CodeSigningConfigArn")? else {
            let answer = self
                .client
                .delete_function_code_signing_config()
                .function_name(name)
                .send()
                .await;
            return gone(
                answer.map_err(|error| {
                    Fault::of("lambda", "DeleteFunctionCodeSigningConfig", &error)
                }),
            );
        };
        self.client
            .put_function_code_signing_config()
            .function_name(name)
            .code_signing_config_arn(arn)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("lambda", "PutFunctionCodeSigningConfig", &error))
    }
}

/// Where a setting is not known at all, it has its default.
fn reset_or(is_given: bool, answer: Result<(), Fault>) -> Result<(), Fault> {
    match is_given {
        true => answer,
        false => gone(answer),
    }
}
