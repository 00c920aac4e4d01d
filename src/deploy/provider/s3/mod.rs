//! Amazon S3: buckets with everything that is set of them, and their policies.

mod bucket;
mod filter;
mod lifecycle;
mod listed;
mod metadata;
mod notification;
mod policy;
mod read;
mod replication;
mod setting;
mod simple;
mod website;

use aws_sdk_s3::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault, FaultKind, Refused};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::extent::Extent;
use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted, tag};

/// Names with dots are refused by some features, so that made names have none; 63 characters is S3's own limit.
const NAME: NameRule = NameRule::new("BucketName", 63).lower();

const BUCKET: Kind = Kind {
    // What is notified permits it by the bucket's name.
    late: &["NotificationConfiguration"],
    volatile: &[
        ("MetadataConfiguration", "MetadataConfiguration"),
        ("MetadataTableConfiguration", "MetadataTableConfiguration"),
    ],
    foretold: &[("Ref", "{name}"), ("Arn", "arn:{Partition}:s3:::{name}")],
    ..Kind::new("AWS::S3::Bucket").named(NAME)
};
const BUCKET_POLICY: Kind = Kind {
    identity: &["Bucket"],
    ..Kind::new("AWS::S3::BucketPolicy")
};

/// The provider of `AWS::S3::Bucket` and `AWS::S3::BucketPolicy`.
pub struct S3 {
    client: Client,
    cloud: Cloud,
}

impl S3 {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        S3 {
            client: cloud.s3(),
            cloud: cloud.clone(),
        }
    }
}

/// The answer, or what is wrong.
fn done<T, E: Refused>(
    operation: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<T, Fault> {
    answer.map_err(|error| Fault::of("s3", operation, &error))
}

/// As [`done`]; none when what is asked for is not set. A bucket that is not there is a fault.
fn set<T, E: Refused>(
    operation: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, Fault> {
    match done(operation, answer) {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) => match fault.kind {
            FaultKind::Missing if !is_no_bucket(&fault) => Ok(None),
            _ => Err(fault),
        },
    }
}

fn is_no_bucket(fault: &Fault) -> bool {
    fault.code.as_deref() == Some("NoSuchBucket")
}

impl Provider for S3 {
    fn kinds(&self) -> &'static [Kind] {
        &[BUCKET, BUCKET_POLICY]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::S3::Bucket" => Box::pin(self.create_bucket(wanted)),
            _ => Box::pin(self.create_policy(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::S3::Bucket" => Box::pin(self.find_bucket(sought)),
            _ => Box::pin(self.find_policy(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::S3::Bucket" => Box::pin(self.read_bucket(held)),
            _ => Box::pin(self.read_policy(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::S3::Bucket" => Box::pin(self.update_bucket(held, wanted, changes)),
            _ => Box::pin(self.put_policy(wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::S3::Bucket" => Box::pin(self.delete_bucket(held)),
            _ => Box::pin(self.delete_policy(held)),
        }
    }
}
