//! The policy of a bucket.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::value::same;

use super::{Existing, Held, S3, Sought, Wanted, done, is_no_bucket, set};

impl S3 {
    /// Sets the policy of a bucket that has none. One that is there and says something else is not ours.
    pub(super) async fn create_policy(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let bucket = properties.required("Bucket")?;
        if let Some(live) = self.policy(&bucket).await?
            && !is_same(&live, wanted.properties.get("PolicyDocument"))
        {
            let text = format!(
                "the bucket `{bucket}` has a policy already, which is not this stack's, and a bucket has one at most. Take it away or put its statements into this one's place by hand"
            );
            return Err(Fault {
                kind: FaultKind::Exists,
                ..Fault::unexpected("s3", "PutBucketPolicy", &text)
            });
        }
        self.put_policy(wanted).await
    }

    pub(super) async fn put_policy(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let bucket = properties.required("Bucket")?;
        let document = properties
            .document("PolicyDocument")
            .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))?;
        let request = self.client.put_bucket_policy().bucket(&bucket);
        done("PutBucketPolicy", request.policy(document).send().await)?;
        Ok(existing(&bucket))
    }

    /// It has no tags: it is the one that is looked for when it says the same.
    pub(super) async fn find_policy(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(bucket) = sought.properties.get("Bucket").and_then(Json::as_str) else {
            return Ok(None);
        };
        let live = self.policy(bucket).await?;
        let document = sought.properties.get("PolicyDocument");
        Ok(live
            .filter(|live| is_same(live, document))
            .map(|_| existing(bucket)))
    }

    pub(super) async fn read_policy(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let bucket = held.properties().required("Bucket")?;
        let live = self.policy(&bucket).await?;
        Ok(live.map(|live| {
            Map::from_iter([
                ("Bucket".to_owned(), json!(bucket)),
                ("PolicyDocument".to_owned(), live),
            ])
        }))
    }

    pub(super) async fn delete_policy(&self, held: &Held) -> Result<(), Fault> {
        let bucket = held.properties().required("Bucket")?;
        let request = self.client.delete_bucket_policy().bucket(bucket);
        gone(done("DeleteBucketPolicy", request.send().await))
    }

    /// The policy that a bucket has; none when there is no bucket either.
    async fn policy(&self, bucket: &str) -> Result<Option<Json>, Fault> {
        let answer = self.client.get_bucket_policy().bucket(bucket).send().await;
        let answer = match set("GetBucketPolicy", answer) {
            Err(fault) if is_no_bucket(&fault) => None,
            other => other?,
        };
        Ok(answer
            .and_then(|answer| answer.policy)
            .map(|text| serde_json::from_str(&text).unwrap_or(Json::String(text))))
    }
}

fn existing(bucket: &str) -> Existing {
    Existing {
        reference: bucket.to_owned(),
        handle: Json::Null,
        attributes: Map::new(),
    }
}

/// Whether a policy says what is wanted, which may be written as text.
fn is_same(live: &Json, wanted: Option<&Json>) -> bool {
    match wanted {
        Some(Json::String(text)) => {
            serde_json::from_str::<Json>(text).is_ok_and(|wanted| same(live, &wanted))
        }
        Some(wanted) => same(live, wanted),
        None => false,
    }
}
