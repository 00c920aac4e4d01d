//! Copies of a bucket's objects in other buckets.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, filter, set};

impl S3 {
    pub(super) async fn put_replication(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let Some(wanted) = setting.wanted.object("ReplicationConfiguration")? else {
            let request = self.client.delete_bucket_replication();
            let answer = request.bucket(setting.bucket).send().await;
            return set("DeleteBucketReplication", answer).map(|_| ());
        };
        let answer = self
            .client
            .put_bucket_replication()
            .bucket(setting.bucket)
            .replication_configuration(replication(&wanted)?)
            .send()
            .await;
        done("PutBucketReplication", answer).map(|_| ())
    }
}

pub(super) fn replication(wanted: &Properties<'_>) -> Result<sdk::ReplicationConfiguration, Fault> {
    let rules = wanted.objects("Rules")?;
    let rules = rules.iter().map(rule).collect::<Result<Vec<_>, Fault>>()?;
    Ok(sdk::ReplicationConfiguration::builder()
        .set_role(wanted.text("Role")?)
        .set_rules(Some(rules))
        .build()?)
}

// The older form has its prefix in the rule, where the SDK calls it deprecated; a rule has one or the other.
#[allow(deprecated)]
fn rule(rule: &Properties<'_>) -> Result<sdk::ReplicationRule, Fault> {
    let markers = match rule.object("DeleteMarkerReplication")? {
        Some(markers) => Some(
            sdk::DeleteMarkerReplication::builder()
                .set_status(markers.choice("Status")?)
                .build(),
        ),
        None => None,
    };
    let filter = rule.object("Filter")?;
    let filter = filter.map(|filter| filter::replication(&filter));
    let source = rule.object("SourceSelectionCriteria")?;
    let source = source.map(|source| criteria(&source));
    let to = rule.object("Destination")?;
    let to = to.map(|to| destination(&to));
    Ok(sdk::ReplicationRule::builder()
        .set_id(rule.text("Id")?)
        .set_prefix(rule.text("Prefix")?)
        .set_priority(rule.integer("Priority")?)
        .set_status(rule.choice("Status")?)
        .set_filter(filter.transpose()?)
        .set_source_selection_criteria(source.transpose()?)
        .set_destination(to.transpose()?)
        .set_delete_marker_replication(markers)
        .build()?)
}

fn criteria(source: &Properties<'_>) -> Result<sdk::SourceSelectionCriteria, Fault> {
    let mut built = sdk::SourceSelectionCriteria::builder();
    if let Some(replicas) = source.object("ReplicaModifications")? {
        built = built.replica_modifications(
            sdk::ReplicaModifications::builder()
                .set_status(replicas.choice("Status")?)
                .build()?,
        );
    }
    if let Some(encrypted) = source.object("SseKmsEncryptedObjects")? {
        built = built.sse_kms_encrypted_objects(
            sdk::SseKmsEncryptedObjects::builder()
                .set_status(encrypted.choice("Status")?)
                .build()?,
        );
    }
    Ok(built.build())
}

fn destination(to: &Properties<'_>) -> Result<sdk::Destination, Fault> {
    let mut built = sdk::Destination::builder()
        .set_bucket(to.text("Bucket")?)
        .set_account(to.text("Account")?)
        .set_storage_class(to.choice("StorageClass")?);
    if let Some(access) = to.object("AccessControlTranslation")? {
        built = built.access_control_translation(
            sdk::AccessControlTranslation::builder()
                .set_owner(access.choice("Owner")?)
                .build()?,
        );
    }
    if let Some(encryption) = to.object("EncryptionConfiguration")? {
        built = built.encryption_configuration(
            sdk::EncryptionConfiguration::builder()
                .set_replica_kms_key_id(encryption.text("ReplicaKmsKeyID")?)
                .build(),
        );
    }
    if let Some(time) = to.object("ReplicationTime")? {
        built = built.replication_time(
            sdk::ReplicationTime::builder()
                .set_status(time.choice("Status")?)
                .set_time(minutes(&time, "Time")?)
                .build()?,
        );
    }
    if let Some(metrics) = to.object("Metrics")? {
        built = built.metrics(
            sdk::Metrics::builder()
                .set_status(metrics.choice("Status")?)
                .set_event_threshold(minutes(&metrics, "EventThreshold")?)
                .build()?,
        );
    }
    Ok(built.build()?)
}

fn minutes(owner: &Properties<'_>, name: &str) -> Result<Option<sdk::ReplicationTimeValue>, Fault> {
    let Some(value) = owner.object(name)? else {
        return Ok(None);
    };
    let built = sdk::ReplicationTimeValue::builder().set_minutes(value.integer("Minutes")?);
    Ok(Some(built.build()))
}
