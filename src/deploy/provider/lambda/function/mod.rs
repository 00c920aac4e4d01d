//! `AWS::Lambda::Function`.

mod control;
mod read;
mod setting;

use aws_sdk_lambda::types::FunctionVersionLatestPublished;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::standing::Standing;
use super::word::{word, words};
use super::{Lambda, live, touches};
use setting::{CONFIGURATION, Settings};

/// What `UpdateFunctionCode` is about.
const CODE: [&str; 2] = ["Architectures", "Code"];

impl Lambda {
    pub(super) async fn create_function(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let settings = Settings::of(&properties)?;
        let code = self.code(wanted, "Code").await?;
        let published = publishes_latest(&properties)?;
        let answer = self
            .client
            .create_function()
            .function_name(&wanted.name)
            .code(code.function())
            .set_architectures(words(&properties, "Architectures")?)
            .set_capacity_provider_config(settings.capacity_provider)
            .set_code_signing_config_arn(properties.text("CodeSigningConfigArn")?)
            .set_dead_letter_config(settings.dead_letter)
            .set_description(settings.description)
            .set_durable_config(settings.durable)
            .set_environment(settings.environment)
            .set_ephemeral_storage(settings.ephemeral_storage)
            .set_file_system_configs(settings.file_systems)
            .set_handler(settings.handler)
            .set_image_config(settings.image)
            .set_kms_key_arn(settings.kms_key)
            .set_layers(settings.layers)
            .set_logging_config(settings.logging)
            .set_memory_size(settings.memory)
            .set_package_type(word(&properties, "PackageType")?)
            .set_publish(published.as_ref().map(|_| true))
            .set_publish_to(published)
            .set_role(settings.role)
            .set_runtime(settings.runtime)
            .set_snap_start(settings.snap_start)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .set_tenancy_config(setting::tenancy(&properties)?)
            .set_timeout(settings.timeout)
            .set_tracing_config(settings.tracing)
            .set_vpc_config(settings.vpc)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "CreateFunction", &error))?;
        let standing = Standing::from(&answer);
        let standing = self.ready(&wanted.name, None, standing).await?;
        self.set_controls(wanted).await?;
        Ok(existing(&wanted.name, &standing))
    }

    pub(super) async fn find_function(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let answer = self
            .client
            .get_function()
            .function_name(&sought.name)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("lambda", "GetFunction", &error).unless_missing(),
        };
        let tags = answer.tags().into_iter().flatten();
        let is_ours = sought.owns(tags.map(|(key, value)| (key.as_str(), value.as_str())));
        let found = answer.configuration().filter(|_| is_ours);
        Ok(found.map(|found| existing(&sought.name, &Standing::from(found))))
    }

    pub(super) async fn update_function(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let name = &held.reference;
        let mut standing = None;
        if touches(changes, &["CodeSigningConfigArn"]) {
            // First, because new code is checked against it.
            self.control_code_signing(name, &properties).await?;
        }
        if touches(changes, &CONFIGURATION) {
            standing = Some(self.configure(held, wanted, changes).await?);
        }
        if touches(changes, &CODE) {
            standing = Some(self.replace_code(name, wanted).await?);
        } else if standing.is_some()
            && let Some(published) = publishes_latest(&properties)?
        {
            self.publish_latest(name, published).await?;
        }
        self.change_controls(held, wanted, changes).await?;
        if touches(changes, &["Tags"]) {
            self.change_tags(arn(held)?, held, wanted).await?;
        }
        Ok(match standing {
            Some(standing) => existing(name, &standing),
            None => live::unchanged(held),
        })
    }

    async fn configure(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Standing, Fault> {
        let properties = wanted.properties();
        let name = &held.reference;
        let settings = Settings::of(&properties)?;
        let defaults = Settings::defaults(&properties, name)?;
        let change = settings.or(defaults, |property| touches(changes, &[property]));
        let answer = self
            .client
            .update_function_configuration()
            .function_name(name)
            .set_capacity_provider_config(change.capacity_provider)
            .set_dead_letter_config(change.dead_letter)
            .set_description(change.description)
            .set_durable_config(change.durable)
            .set_environment(change.environment)
            .set_ephemeral_storage(change.ephemeral_storage)
            .set_file_system_configs(change.file_systems)
            .set_handler(change.handler)
            .set_image_config(change.image)
            .set_kms_key_arn(change.kms_key)
            .set_layers(change.layers)
            .set_logging_config(change.logging)
            .set_memory_size(change.memory)
            .set_role(change.role)
            .set_runtime(change.runtime)
            .set_snap_start(change.snap_start)
            .set_timeout(change.timeout)
            .set_tracing_config(change.tracing)
            .set_vpc_config(change.vpc)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "UpdateFunctionConfiguration", &error))?;
        self.ready(name, None, Standing::from(&answer)).await
    }

    async fn replace_code(&self, name: &str, wanted: &Wanted) -> Result<Standing, Fault> {
        let properties = wanted.properties();
        let published = publishes_latest(&properties)?;
        let code = self.code(wanted, "Code").await?.function();
        let answer = self
            .client
            .update_function_code()
            .function_name(name)
            .set_architectures(words(&properties, "Architectures")?)
            .set_zip_file(code.zip_file)
            .set_s3_bucket(code.s3_bucket)
            .set_s3_key(code.s3_key)
            .set_s3_object_version(code.s3_object_version)
            .set_s3_object_storage_mode(code.s3_object_storage_mode)
            .set_image_uri(code.image_uri)
            .set_source_kms_key_arn(code.source_kms_key_arn)
            .set_publish(published.as_ref().map(|_| true))
            .set_publish_to(published)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "UpdateFunctionCode", &error))?;
        self.ready(name, None, Standing::from(&answer)).await
    }

    async fn publish_latest(
        &self,
        name: &str,
        published: FunctionVersionLatestPublished,
    ) -> Result<(), Fault> {
        let answer = self
            .client
            .publish_version()
            .function_name(name)
            .publish_to(published)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "PublishVersion", &error))?;
        let standing = Standing::from(&answer);
        let qualifier = standing.version.clone();
        self.ready(name, Some(&qualifier), standing).await?;
        Ok(())
    }

    /// Its versions, aliases, permissions and its address go with it.
    pub(super) async fn delete_function(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_function()
            .function_name(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteFunction", &error)))
    }
}

/// Whether what is sent is to be what runs on instances of the user's own: there `$LATEST` itself does not.
/// Source: Lambda developer guide, "$LATEST.PUBLISHED version in Lambda Managed Instances": CloudFormation always publishes it.
fn publishes_latest(
    properties: &Properties<'_>,
) -> Result<Option<FunctionVersionLatestPublished>, Fault> {
    let is_managed = properties.get("CapacityProviderConfig").is_some();
    let is_wanted = properties.flag("PublishToLatestPublished")?;
    Ok(is_wanted
        .unwrap_or(is_managed)
        .then_some(FunctionVersionLatestPublished::LatestPublished))
}

fn arn(held: &Held) -> Result<&str, Fault> {
    held.attributes
        .get("Arn")
        .and_then(Json::as_str)
        .ok_or_else(|| Fault::unexpected("hoist", "state", "the function's ARN is not known"))
}

fn existing(name: &str, standing: &Standing) -> Existing {
    let mut attributes = Map::from_iter([("Arn".to_owned(), json!(unqualified(&standing.arn)))]);
    if let Some(snap_start) = &standing.snap_start {
        let response = live::object([
            (
                "ApplyOn",
                snap_start.apply_on().map(|on| json!(on.as_str())),
            ),
            (
                "OptimizationStatus",
                snap_start
                    .optimization_status()
                    .map(|status| json!(status.as_str())),
            ),
        ]);
        attributes.insert("SnapStartResponse".to_owned(), response);
    }
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes,
    }
}

/// An answer to a call that also publishes has the version in the ARN.
fn unqualified(arn: &str) -> &str {
    match arn.splitn(8, ':').nth(7) {
        Some(qualifier) => &arn[..arn.len() - qualifier.len() - 1],
        None => arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_loses_its_version() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:f";
        assert_eq!(unqualified(arn), arn);
        assert_eq!(unqualified(&format!("{arn}:$LATEST.PUBLISHED")), arn);
    }
}
