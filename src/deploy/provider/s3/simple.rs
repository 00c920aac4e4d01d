//! The settings of a bucket that are small. What is taken away goes back to what a new bucket has.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, set};

impl S3 {
    /// New buckets have `BucketOwnerEnforced`.
    pub(super) async fn put_ownership(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let mut rules = Vec::new();
        match setting.wanted.object("OwnershipControls")? {
            Some(controls) => {
                for rule in controls.objects("Rules")? {
                    rules.push(
                        sdk::OwnershipControlsRule::builder()
                            .set_object_ownership(rule.choice("ObjectOwnership")?)
                            .build()?,
                    );
                }
            }
            None => rules.push(
                sdk::OwnershipControlsRule::builder()
                    .object_ownership(sdk::ObjectOwnership::BucketOwnerEnforced)
                    .build()?,
            ),
        }
        let controls = sdk::OwnershipControls::builder().set_rules(Some(rules));
        let answer = self
            .client
            .put_bucket_ownership_controls()
            .bucket(setting.bucket)
            .ownership_controls(controls.build()?)
            .send()
            .await;
        done("PutBucketOwnershipControls", answer).map(|_| ())
    }

    /// New buckets block everything. What a template does not say of a block is not blocked.
    pub(super) async fn put_public_access(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let block = setting.wanted.object("PublicAccessBlockConfiguration")?;
        let flag = |name: &str| match &block {
            Some(block) => Ok(block.flag(name)?.unwrap_or(false)),
            None => Ok::<bool, Fault>(true),
        };
        let configuration = sdk::PublicAccessBlockConfiguration::builder()
            .block_public_acls(flag("BlockPublicAcls")?)
            .block_public_policy(flag("BlockPublicPolicy")?)
            .ignore_public_acls(flag("IgnorePublicAcls")?)
            .restrict_public_buckets(flag("RestrictPublicBuckets")?)
            .build();
        let answer = self
            .client
            .put_public_access_block()
            .bucket(setting.bucket)
            .public_access_block_configuration(configuration)
            .send()
            .await;
        done("PutPublicAccessBlock", answer).map(|_| ())
    }

    pub(super) async fn put_access_control(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let named = setting.wanted.text("AccessControl")?;
        let acl = named.as_deref().map_or("private".to_owned(), hyphened);
        let answer = self
            .client
            .put_bucket_acl()
            .bucket(setting.bucket)
            .acl(sdk::BucketCannedAcl::from(acl.as_str()))
            .send()
            .await;
        match done("PutBucketAcl", answer) {
            // ACLs are off, which is the same as nobody but the owner having access.
            Err(fault)
                if fault.code.as_deref() == Some("AccessControlListNotSupported")
                    && matches!(acl.as_str(), "private" | "bucket-owner-full-control") =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    pub(super) async fn put_encryption(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let Some(encryption) = setting.wanted.object("BucketEncryption")? else {
            let request = self.client.delete_bucket_encryption();
            let answer = request.bucket(setting.bucket).send().await;
            return set("DeleteBucketEncryption", answer).map(|_| ());
        };
        let mut rules = Vec::new();
        for rule in encryption.objects("ServerSideEncryptionConfiguration")? {
            rules.push(encryption_rule(&rule)?);
        }
        let configuration = sdk::ServerSideEncryptionConfiguration::builder();
        let answer = self
            .client
            .put_bucket_encryption()
            .bucket(setting.bucket)
            .server_side_encryption_configuration(configuration.set_rules(Some(rules)).build()?)
            .send()
            .await;
        done("PutBucketEncryption", answer).map(|_| ())
    }

    /// A bucket that once had versions cannot forget them: it is suspended.
    pub(super) async fn put_versioning(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let status = match setting.wanted.object("VersioningConfiguration")? {
            Some(versioning) => versioning.choice("Status")?,
            None => Some(sdk::BucketVersioningStatus::Suspended),
        };
        let configuration = sdk::VersioningConfiguration::builder().set_status(status);
        let answer = self
            .client
            .put_bucket_versioning()
            .bucket(setting.bucket)
            .versioning_configuration(configuration.build())
            .send()
            .await;
        done("PutBucketVersioning", answer).map(|_| ())
    }

    /// The rule can be changed and taken away; Object Lock itself can only be turned on.
    pub(super) async fn put_object_lock(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let wanted = &setting.wanted;
        let lock = wanted.object("ObjectLockConfiguration")?;
        let is_on = wanted.flag("ObjectLockEnabled")?;
        let had = setting.before.as_ref().is_some_and(|before| {
            before.get("ObjectLockConfiguration").is_some()
                || matches!(before.flag("ObjectLockEnabled"), Ok(Some(true)))
        });
        if lock.is_none() && is_on != Some(true) {
            return match had {
                true => Err(wanted.fault(
                    "ObjectLockEnabled",
                    "must stay true: Object Lock cannot be turned off. Make another bucket instead",
                )),
                false => Ok(()),
            };
        }
        let (mut state, mut rule) = (None, None);
        if let Some(lock) = &lock {
            (state, rule) = (lock.choice("ObjectLockEnabled")?, lock.object("Rule")?);
        }
        let mut configuration = sdk::ObjectLockConfiguration::builder()
            .object_lock_enabled(state.unwrap_or(sdk::ObjectLockEnabled::Enabled));
        if let Some(rule) = rule {
            let mut built = sdk::ObjectLockRule::builder();
            if let Some(retention) = rule.object("DefaultRetention")? {
                built = built.default_retention(default_retention(&retention)?);
            }
            configuration = configuration.rule(built.build());
        }
        let answer = self
            .client
            .put_object_lock_configuration()
            .bucket(setting.bucket)
            .object_lock_configuration(configuration.build())
            .send()
            .await;
        done("PutObjectLockConfiguration", answer).map(|_| ())
    }

    pub(super) async fn put_cors(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let Some(cors) = setting.wanted.object("CorsConfiguration")? else {
            let request = self.client.delete_bucket_cors().bucket(setting.bucket);
            return set("DeleteBucketCors", request.send().await).map(|_| ());
        };
        let mut rules = Vec::new();
        for rule in cors.objects("CorsRules")? {
            rules.push(
                sdk::CorsRule::builder()
                    .set_id(rule.text("Id")?)
                    .set_allowed_headers(rule.texts("AllowedHeaders")?)
                    .set_allowed_methods(rule.texts("AllowedMethods")?)
                    .set_allowed_origins(rule.texts("AllowedOrigins")?)
                    .set_expose_headers(rule.texts("ExposedHeaders")?)
                    .set_max_age_seconds(rule.integer("MaxAge")?)
                    .build()?,
            );
        }
        let configuration = sdk::CorsConfiguration::builder().set_cors_rules(Some(rules));
        let answer = self
            .client
            .put_bucket_cors()
            .bucket(setting.bucket)
            .cors_configuration(configuration.build()?)
            .send()
            .await;
        done("PutBucketCors", answer).map(|_| ())
    }

    pub(super) async fn put_acceleration(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let status = match setting.wanted.object("AccelerateConfiguration")? {
            Some(acceleration) => acceleration.choice("AccelerationStatus")?,
            None => Some(sdk::BucketAccelerateStatus::Suspended),
        };
        let configuration = sdk::AccelerateConfiguration::builder().set_status(status);
        let answer = self
            .client
            .put_bucket_accelerate_configuration()
            .bucket(setting.bucket)
            .accelerate_configuration(configuration.build())
            .send()
            .await;
        done("PutBucketAccelerateConfiguration", answer).map(|_| ())
    }

    /// Without a bucket named the logs go into the bucket itself.
    pub(super) async fn put_logging(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let mut status = sdk::BucketLoggingStatus::builder();
        if let Some(logging) = setting.wanted.object("LoggingConfiguration")? {
            let target = logging.text("DestinationBucketName")?;
            let format = logging.object("TargetObjectKeyFormat")?;
            let format = format.map(|format| key_format(&format)).transpose()?;
            status = status.logging_enabled(
                sdk::LoggingEnabled::builder()
                    .target_bucket(target.unwrap_or_else(|| setting.bucket.to_owned()))
                    .target_prefix(logging.text("LogFilePrefix")?.unwrap_or_default())
                    .set_target_object_key_format(format)
                    .build()?,
            );
        }
        let answer = self
            .client
            .put_bucket_logging()
            .bucket(setting.bucket)
            .bucket_logging_status(status.build())
            .send()
            .await;
        done("PutBucketLogging", answer).map(|_| ())
    }

    pub(super) async fn put_abac(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let status = setting.wanted.choice("AbacStatus")?;
        let status = status.unwrap_or(sdk::BucketAbacStatus::Disabled);
        let answer = self
            .client
            .put_bucket_abac()
            .bucket(setting.bucket)
            .abac_status(sdk::AbacStatus::builder().status(status).build())
            .send()
            .await;
        done("PutBucketAbac", answer).map(|_| ())
    }
}

fn encryption_rule(rule: &Properties<'_>) -> Result<sdk::ServerSideEncryptionRule, Fault> {
    let mut built = sdk::ServerSideEncryptionRule::builder()
        .set_bucket_key_enabled(rule.flag("BucketKeyEnabled")?);
    if let Some(default) = rule.object("ServerSideEncryptionByDefault")? {
        built = built.apply_server_side_encryption_by_default(
            sdk::ServerSideEncryptionByDefault::builder()
                .set_sse_algorithm(default.choice("SSEAlgorithm")?)
                .set_kms_master_key_id(default.text("KMSMasterKeyID")?)
                .build()?,
        );
    }
    if let Some(blocked) = rule.object("BlockedEncryptionTypes")? {
        let types = blocked.texts("EncryptionType")?.unwrap_or_default();
        let types = types
            .iter()
            .map(|one| sdk::EncryptionType::from(one.as_str()));
        built = built.blocked_encryption_types(
            sdk::BlockedEncryptionTypes::builder()
                .set_encryption_type(Some(types.collect()))
                .build(),
        );
    }
    Ok(built.build())
}

fn default_retention(retention: &Properties<'_>) -> Result<sdk::DefaultRetention, Fault> {
    let mut built = sdk::DefaultRetention::builder()
        .set_mode(retention.choice("Mode")?)
        .set_days(retention.integer("Days")?)
        .set_years(retention.integer("Years")?);
    if let Some(hold) = retention.object("DefaultEventHold")? {
        built = built.default_event_hold(
            sdk::EventHoldDuration::builder()
                .set_days(hold.integer("Days")?)
                .set_years(hold.integer("Years")?)
                .build(),
        );
    }
    Ok(built.build())
}

fn key_format(format: &Properties<'_>) -> Result<sdk::TargetObjectKeyFormat, Fault> {
    let mut built = sdk::TargetObjectKeyFormat::builder();
    if format.get("SimplePrefix").is_some() {
        built = built.simple_prefix(sdk::SimplePrefix::builder().build());
    }
    if let Some(partitioned) = format.object("PartitionedPrefix")? {
        built = built.partitioned_prefix(
            sdk::PartitionedPrefix::builder()
                .set_partition_date_source(partitioned.choice("PartitionDateSource")?)
                .build(),
        );
    }
    Ok(built.build())
}

/// `BucketOwnerRead` as the API writes it: `bucket-owner-read`.
fn hyphened(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn acls_are_written_as_the_api_does() {
        assert_eq!(super::hyphened("LogDeliveryWrite"), "log-delivery-write");
        assert_eq!(super::hyphened("Private"), "private");
    }
}
