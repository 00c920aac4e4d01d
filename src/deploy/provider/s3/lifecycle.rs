//! When objects move to another storage class, and when they go.

use aws_sdk_s3::types as sdk;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, filter, set};

impl S3 {
    pub(super) async fn put_lifecycle(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let Some(lifecycle) = setting.wanted.object("LifecycleConfiguration")? else {
            let request = self.client.delete_bucket_lifecycle().bucket(setting.bucket);
            return set("DeleteBucketLifecycle", request.send().await).map(|_| ());
        };
        let rules = rules(&lifecycle)?;
        let configuration = sdk::BucketLifecycleConfiguration::builder().set_rules(Some(rules));
        let answer = self
            .client
            .put_bucket_lifecycle_configuration()
            .bucket(setting.bucket)
            .lifecycle_configuration(configuration.build()?)
            .set_transition_default_minimum_object_size(
                lifecycle.choice("TransitionDefaultMinimumObjectSize")?,
            )
            .send()
            .await;
        done("PutBucketLifecycleConfiguration", answer).map(|_| ())
    }
}

pub(super) fn rules(lifecycle: &Properties<'_>) -> Result<Vec<sdk::LifecycleRule>, Fault> {
    lifecycle.objects("Rules")?.iter().map(rule).collect()
}

fn rule(rule: &Properties<'_>) -> Result<sdk::LifecycleRule, Fault> {
    let mut moves = Vec::new();
    // One of the older form, and a list of the newer.
    for one in rule
        .object("Transition")?
        .iter()
        .chain(&rule.objects("Transitions")?)
    {
        moves.push(transition(one)?);
    }
    let mut old_moves = Vec::new();
    let single = rule.object("NoncurrentVersionTransition")?;
    for one in single
        .iter()
        .chain(&rule.objects("NoncurrentVersionTransitions")?)
    {
        old_moves.push(
            sdk::NoncurrentVersionTransition::builder()
                .set_noncurrent_days(one.integer("TransitionInDays")?)
                .set_newer_noncurrent_versions(one.integer("NewerNoncurrentVersions")?)
                .set_storage_class(storage_class(one)?)
                .build(),
        );
    }
    let abort = rule.object("AbortIncompleteMultipartUpload")?;
    let abort = abort.map(|abort| {
        Ok::<_, Fault>(
            sdk::AbortIncompleteMultipartUpload::builder()
                .set_days_after_initiation(abort.integer("DaysAfterInitiation")?)
                .build(),
        )
    });
    Ok(sdk::LifecycleRule::builder()
        .set_id(rule.text("Id")?)
        .set_status(rule.choice("Status")?)
        .filter(filter::lifecycle(rule)?)
        .set_expiration(expiration(rule)?)
        .set_transitions((!moves.is_empty()).then_some(moves))
        .set_noncurrent_version_transitions((!old_moves.is_empty()).then_some(old_moves))
        .set_noncurrent_version_expiration(old_expiration(rule)?)
        .set_abort_incomplete_multipart_upload(abort.transpose()?)
        .build()?)
}

fn expiration(rule: &Properties<'_>) -> Result<Option<sdk::LifecycleExpiration>, Fault> {
    let date = date(rule, "ExpirationDate")?;
    let days = rule.integer("ExpirationInDays")?;
    let marker = rule.flag("ExpiredObjectDeleteMarker")?;
    if date.is_none() && days.is_none() && marker.is_none() {
        return Ok(None);
    }
    let built = sdk::LifecycleExpiration::builder()
        .set_date(date)
        .set_days(days)
        .set_expired_object_delete_marker(marker);
    Ok(Some(built.build()))
}

fn old_expiration(
    rule: &Properties<'_>,
) -> Result<Option<sdk::NoncurrentVersionExpiration>, Fault> {
    let built = sdk::NoncurrentVersionExpiration::builder();
    if let Some(expiration) = rule.object("NoncurrentVersionExpiration")? {
        let built = built
            .set_noncurrent_days(expiration.integer("NoncurrentDays")?)
            .set_newer_noncurrent_versions(expiration.integer("NewerNoncurrentVersions")?);
        return Ok(Some(built.build()));
    }
    let days = rule.integer("NoncurrentVersionExpirationInDays")?;
    Ok(days.map(|days| built.noncurrent_days(days).build()))
}

fn transition(one: &Properties<'_>) -> Result<sdk::Transition, Fault> {
    Ok(sdk::Transition::builder()
        .set_date(date(one, "TransitionDate")?)
        .set_days(one.integer("TransitionInDays")?)
        .set_storage_class(storage_class(one)?)
        .build())
}

/// CloudFormation also takes `Glacier`.
fn storage_class(one: &Properties<'_>) -> Result<Option<sdk::TransitionStorageClass>, Fault> {
    let class = one.text("StorageClass")?;
    Ok(class.map(|class| match class.as_str() {
        "Glacier" => sdk::TransitionStorageClass::Glacier,
        other => sdk::TransitionStorageClass::from(other),
    }))
}

/// A moment, or a day, which is its midnight.
fn date(owner: &Properties<'_>, name: &str) -> Result<Option<DateTime>, Fault> {
    let Some(text) = owner.text(name)? else {
        return Ok(None);
    };
    let whole = match text.contains('T') {
        true => text.clone(),
        false => format!("{text}T00:00:00Z"),
    };
    DateTime::from_str(&whole, Format::DateTimeWithOffset)
        .map(Some)
        .map_err(|_| {
            let what = format!("must be a time such as 2030-01-31T00:00:00Z, and is `{text}`");
            owner.fault(name, &what)
        })
}
