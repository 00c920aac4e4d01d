//! The life of a bucket.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::deploy::diff::Change;
use crate::deploy::name::Owner;
use crate::deploy::provider::{RESOURCE_TAG, STACK_TAG};
use crate::deploy::wait;
use crate::eval::{partition, url_suffix};

use super::{Existing, Extent, Held, NAME, S3, Sought, Wanted, done, is_no_bucket, tag};

/// The region whose buckets have no location, and where making one's own bucket again is no fault.
const FIRST_REGION: &str = "us-east-1";

/// Whose a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// There is none of this name.
    Free,
    /// It is the one that is looked for.
    Ours,
    /// It is another one.
    Another,
}

impl S3 {
    pub(super) async fn create_bucket(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let name = &wanted.name;
        let mut standing = Standing::Free;
        if self.cloud.region() == FIRST_REGION {
            standing = self.standing(name, &wanted.tags, false).await?;
        }
        if standing == Standing::Free {
            match self.make_bucket(wanted).await {
                Err(fault) if fault.code.as_deref() == Some("BucketAlreadyOwnedByYou") => {
                    standing = self.standing(name, &wanted.tags, true).await?;
                }
                made => made?,
            }
        }
        if standing == Standing::Another {
            let text = format!(
                "your account has a bucket `{name}` already, which is not this stack's. Choose another `BucketName`, or leave it out"
            );
            return Err(Fault {
                kind: FaultKind::Exists,
                code: Some("BucketAlreadyOwnedByYou".into()),
                ..Fault::unexpected("s3", "CreateBucket", &text)
            });
        }
        self.put_tags(wanted).await.map_err(not_seen_yet)?;
        let extent = Extent::new(wanted);
        self.settle(wanted, None, &extent)
            .await
            .map_err(not_seen_yet)?;
        self.existing(name, &wanted.properties).await
    }

    async fn make_bucket(&self, wanted: &Wanted) -> Result<(), Fault> {
        let properties = wanted.properties();
        if properties.get("BucketNamePrefix").is_some() {
            let what = "cannot be used: Hoist makes names that it finds again. Write `BucketName`";
            return Err(properties.fault("BucketNamePrefix", what));
        }
        let mut configuration = sdk::CreateBucketConfiguration::builder();
        if self.cloud.region() != FIRST_REGION {
            let region = sdk::BucketLocationConstraint::from(self.cloud.region());
            configuration = configuration.location_constraint(region);
        }
        // With the bucket, so that there is no moment in which nobody knows whose it is.
        configuration = configuration.set_tags(Some(tags(wanted)?));
        let locks = properties.flag("ObjectLockEnabled")?.unwrap_or(false)
            || properties.get("ObjectLockConfiguration").is_some();
        let answer = self
            .client
            .create_bucket()
            .bucket(&wanted.name)
            .create_bucket_configuration(configuration.build())
            .set_bucket_namespace(properties.choice("BucketNamespace")?)
            .set_object_lock_enabled_for_bucket(locks.then_some(true))
            .send()
            .await;
        let mut fault = match done("CreateBucket", answer) {
            Ok(_) => return Ok(()),
            Err(fault) => fault,
        };
        if fault.code.as_deref() == Some("BucketAlreadyExists") {
            fault.message = format!(
                "the bucket name `{}` is taken by another account: names are one for all of AWS. Choose another `BucketName`, or leave it out",
                wanted.name
            );
        }
        Err(fault)
    }

    /// Whose the bucket of this name is. `is_own` when it is known to be in our account.
    async fn standing(
        &self,
        name: &str,
        wanted: &BTreeMap<String, String>,
        is_own: bool,
    ) -> Result<Standing, Fault> {
        let answer = self.client.get_bucket_tagging().bucket(name).send().await;
        let found: BTreeMap<String, String> = match done("GetBucketTagging", answer) {
            Ok(answer) => {
                let each = answer.tag_set.into_iter();
                each.map(|tag| (tag.key, tag.value)).collect()
            }
            Err(fault) if is_no_bucket(&fault) => return Ok(Standing::Free),
            // It has no tags.
            Err(fault) if fault.kind == FaultKind::Missing => BTreeMap::new(),
            // It is another account's, as far as we may know: making it says more.
            Err(fault) if fault.kind == FaultKind::Denied && !is_own => return Ok(Standing::Free),
            Err(fault) => return Err(fault),
        };
        if found.is_empty() {
            // The name says whose it is when it is one that only this resource gets.
            let is_ours = self.is_made_name(name, wanted).await?
                && (is_own || self.is_in_own_account(name).await?);
            return Ok(match is_ours {
                true => Standing::Ours,
                false => Standing::Another,
            });
        }
        let is_ours = [STACK_TAG, RESOURCE_TAG]
            .iter()
            .all(|tag| found.get(*tag) == wanted.get(*tag));
        Ok(match is_ours {
            true => Standing::Ours,
            false => Standing::Another,
        })
    }

    /// Whether a name is the one made for the resource with these tags.
    async fn is_made_name(
        &self,
        name: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<bool, Fault> {
        let resource = tags.get(RESOURCE_TAG).map_or("", String::as_str);
        let (id, generation) = resource.rsplit_once('/').unwrap_or((resource, ""));
        let account = self.cloud.account().await?;
        let owner = Owner {
            account,
            region: self.cloud.region(),
            stack: tags.get(STACK_TAG).map_or("", String::as_str),
            id,
            generation: generation.parse().unwrap_or_default(),
        };
        Ok(name == NAME.name(&owner, ""))
    }

    async fn is_in_own_account(&self, name: &str) -> Result<bool, Fault> {
        let account = self.cloud.account().await?;
        let answer = self
            .client
            .head_bucket()
            .bucket(name)
            .expected_bucket_owner(account)
            .send()
            .await;
        match done("HeadBucket", answer) {
            Ok(_) => Ok(true),
            Err(fault) if matches!(fault.kind, FaultKind::Denied | FaultKind::Missing) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    pub(super) async fn find_bucket(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let standing = self.standing(&sought.name, &sought.tags, false).await?;
        if standing != Standing::Ours {
            return Ok(None);
        }
        self.existing(&sought.name, &sought.properties)
            .await
            .map(Some)
    }

    pub(super) async fn update_bucket(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let only_late = !changes.is_empty()
            && changes
                .iter()
                .all(|change| change.property() == "NotificationConfiguration");
        if !only_late {
            self.put_tags(wanted).await?;
        }
        let extent = Extent::of(held, wanted, changes);
        self.settle(wanted, Some(held), &extent).await?;
        self.existing(&held.reference, &wanted.properties).await
    }

    /// All tags at once: S3 sets them whole.
    async fn put_tags(&self, wanted: &Wanted) -> Result<(), Fault> {
        let tagging = sdk::Tagging::builder().set_tag_set(Some(tags(wanted)?));
        let answer = self
            .client
            .put_bucket_tagging()
            .bucket(&wanted.name)
            .tagging(tagging.build()?)
            .send()
            .await;
        done("PutBucketTagging", answer).map(|_| ())
    }

    /// Deletes a bucket without any objects. Others stay: what is in them is not Hoist's.
    pub(super) async fn delete_bucket(&self, held: &Held) -> Result<(), Fault> {
        let name = &held.reference;
        let answer = self.client.delete_bucket().bucket(name).send().await;
        match done("DeleteBucket", answer) {
            Ok(_) => {}
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(()),
            Err(fault) if fault.code.as_deref() == Some("BucketNotEmpty") => {
                let message = format!(
                    "the bucket `{name}` is not empty, and Hoist deletes no objects. Empty it (`aws s3 rm s3://{name} --recursive`; of a bucket with versioning every version), then run the command again. To keep it, give it `DeletionPolicy: Retain`"
                );
                return Err(Fault { message, ..fault });
            }
            Err(fault) => return Err(fault),
        }
        let gone = wait::until(
            "deletion of the bucket",
            Duration::from_secs(60),
            || async {
                let answer = self.client.head_bucket().bucket(name).send().await;
                match done("HeadBucket", answer) {
                    Err(fault) if fault.kind == FaultKind::Missing => Ok(Some(())),
                    _ => Ok(None),
                }
            },
        );
        // AWS took it; that it still shows hinders nobody but a bucket of the same name, which is refused for now then.
        let _ = gone.await;
        Ok(())
    }

    /// What `Ref` and `Fn::GetAtt` give.
    async fn existing(
        &self,
        name: &str,
        properties: &Map<String, Json>,
    ) -> Result<Existing, Fault> {
        let mut attributes = addresses(name, self.cloud.region());
        self.add_metadata(name, properties, &mut attributes).await?;
        Ok(Existing {
            reference: name.to_owned(),
            handle: Json::Null,
            attributes,
        })
    }
}

/// A bucket that was just made is not seen everywhere at once.
fn not_seen_yet(fault: Fault) -> Fault {
    match is_no_bucket(&fault) {
        true => Fault {
            kind: FaultKind::NotYet,
            ..fault
        },
        false => fault,
    }
}

fn tags(wanted: &Wanted) -> Result<Vec<sdk::Tag>, Fault> {
    let mut tags = Vec::new();
    for (key, value) in tag::merged(wanted)? {
        tags.push(sdk::Tag::builder().key(key).value(value).build()?);
    }
    Ok(tags)
}

/// Where a bucket is.
/// Sources: AWS::S3::Bucket, "Return values"; Amazon S3 endpoints and quotas, "Amazon S3 website endpoints".
fn addresses(name: &str, region: &str) -> Map<String, Json> {
    /// The regions whose website endpoints have a hyphen before the region.
    const HYPHENED: [&str; 9] = [
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "us-gov-west-1",
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
    ];
    let suffix = url_suffix(region);
    let mark = match HYPHENED.contains(&region) {
        true => '-',
        false => '.',
    };
    let found = json!({
        "Arn": format!("arn:{}:s3:::{name}", partition(region)),
        "DomainName": format!("{name}.s3.{suffix}"),
        "DualStackDomainName": format!("{name}.s3.dualstack.{region}.{suffix}"),
        "RegionalDomainName": format!("{name}.s3.{region}.{suffix}"),
        "WebsiteURL": format!("http://{name}.s3-website{mark}{region}.{suffix}"),
    });
    found.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_cloudformation_gives() {
        let found = addresses("uploads", "eu-central-1");
        assert_eq!(found["Arn"], "arn:aws:s3:::uploads");
        assert_eq!(found["DomainName"], "uploads.s3.amazonaws.com");
        assert_eq!(
            found["WebsiteURL"],
            "http://uploads.s3-website.eu-central-1.amazonaws.com"
        );
        let old = addresses("uploads", "us-east-1");
        assert_eq!(
            old["WebsiteURL"],
            "http://uploads.s3-website-us-east-1.amazonaws.com"
        );
    }
}
