//! The bucket for the states of all stacks.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration,
    PublicAccessBlockConfiguration, VersioningConfiguration,
};

use crate::aws::Fault;

/// The bucket that keeps the states of an account in a region.
pub fn bucket_name(account: &str, region: &str) -> String {
    format!("hoist-state-{account}-{region}")
}

/// Makes the bucket of an account in a region: private, with versions. One that is there already gets both again.
///
/// # Errors
/// When AWS refuses, or somebody else has a bucket of this name.
pub async fn make_bucket(client: &Client, bucket: &str, region: &str) -> Result<(), Fault> {
    let mut request = client.create_bucket().bucket(bucket);
    // The oldest region is the one that must not be named.
    if region != "us-east-1" {
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build();
        request = request.create_bucket_configuration(place);
    }
    if let Err(error) = request.send().await {
        let fault = Fault::of("s3", "CreateBucket", &error);
        if fault.code.as_deref() != Some("BucketAlreadyOwnedByYou") {
            return Err(fault);
        }
    }
    let private = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true)
        .build();
    client
        .put_public_access_block()
        .bucket(bucket)
        .public_access_block_configuration(private)
        .send()
        .await
        .map_err(|error| Fault::of("s3", "PutBucketPublicAccessBlock", &error))?;
    let versions = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    client
        .put_bucket_versioning()
        .bucket(bucket)
        .versioning_configuration(versions)
        .send()
        .await
        .map_err(|error| Fault::of("s3", "PutBucketVersioning", &error))?;
    Ok(())
}
