//! The lock on a stack's state: an object that can only be written when it is not there.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::primitives::ByteStream;

use crate::aws::{Fault, FaultKind};
use crate::deploy::state::store::{Holder, StoreError};

use super::bucket::make_bucket;
use super::{S3Store, is_precondition, key};

/// How often the lock's holder writes it again.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many seconds without that its holder counts as gone.
const SILENT: i64 = 60;

/// A lock that is held.
pub(super) struct Lock {
    heartbeat: tokio::task::JoinHandle<()>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

impl S3Store {
    /// Takes the lock.
    pub(super) async fn take(&mut self) -> Result<(), StoreError> {
        let mut condition = None;
        // A second and third time when the lock went or was seen to be a dead one's in between.
        for _ in 0..3 {
            match self.put_lock(condition.as_deref()).await {
                Ok(etag) => {
                    self.hold(etag);
                    return Ok(());
                }
                Err(error) if is_precondition(&error) => match self.current_lock().await? {
                    Some((holder, etag, silent)) => {
                        let is_own = holder == self.holder;
                        if !is_own && !is_dead(&holder, &self.holder, silent) {
                            return Err(StoreError::Locked(holder));
                        }
                        condition = Some(etag);
                    }
                    None => condition = None,
                },
                Err(error) => {
                    let fault = Fault::of("s3", "PutObject", &error);
                    if fault.kind != FaultKind::Missing {
                        return Err(fault.into());
                    }
                    make_bucket(&self.client, &self.bucket, &self.region).await?;
                }
            }
        }
        match self.current_lock().await? {
            Some((holder, ..)) => Err(StoreError::Locked(holder)),
            None => Err(StoreError::Moved),
        }
    }

    async fn put_lock(&self, replaced: Option<&str>) -> Result<String, SdkError<PutObjectError>> {
        put_lock(
            &self.client,
            &self.bucket,
            &self.stack,
            &self.holder,
            replaced,
        )
        .await
    }

    /// Writes the lock again and again, as long as it is this run's.
    fn hold(&mut self, mut etag: String) {
        let (client, bucket, stack, holder) = (
            self.client.clone(),
            self.bucket.clone(),
            self.stack.clone(),
            self.holder.clone(),
        );
        let heartbeat = tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEARTBEAT).await;
                match put_lock(&client, &bucket, &stack, &holder, Some(&etag)).await {
                    Ok(next) => etag = next,
                    // It was taken away. The next save finds out whether the other run did anything.
                    Err(error) if is_precondition(&error) => return,
                    // The next beat tries again.
                    Err(_) => {}
                }
            }
        });
        self.lock = Some(Lock { heartbeat });
    }

    /// Who has the lock, its tag, and for how many seconds it was not written: by S3's clock.
    async fn current_lock(&self) -> Result<Option<(Holder, String, i64)>, StoreError> {
        let Some(object) = self.object("lock.json").await? else {
            return Ok(None);
        };
        let holder = serde_json::from_slice(&object.bytes).unwrap_or_else(|_| Holder::unknown());
        let etag = object.etag.unwrap_or_default();
        Ok(Some((holder, etag, self.age(object.written).await)))
    }

    /// How many seconds ago S3 wrote something, by its own clock, which the answer to a write of ours shows.
    async fn age(&self, written: i64) -> i64 {
        if self.put("clock", Vec::new()).await.is_err() {
            return 0;
        }
        let head = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key(&self.stack, "clock"))
            .send()
            .await;
        let now = head
            .ok()
            .and_then(|answer| answer.last_modified().map(|time| time.secs()));
        let _ = self.delete("clock").await;
        now.map_or(0, |now| now - written)
    }

    /// Removes the lock, when it was this run's. The heartbeat has ended, so that it does not write it again.
    pub(super) async fn give_back(&self, had_lock: bool) -> Result<(), StoreError> {
        match had_lock {
            true => self.delete("lock.json").await,
            false => Ok(()),
        }
    }

    /// Removes the lock of a holder that has ended; says whether there was one.
    pub(super) async fn bury_lock(&self) -> Result<bool, StoreError> {
        let lock = self.current_lock().await?;
        let is_dead =
            lock.is_some_and(|(holder, _, silent)| is_dead(&holder, &self.holder, silent));
        if is_dead {
            self.delete("lock.json").await?;
        }
        Ok(is_dead)
    }

    /// Removes the lock, whoever has it; says who that was.
    pub(super) async fn take_lock_away(&self) -> Result<Option<Holder>, StoreError> {
        let Some((holder, ..)) = self.current_lock().await? else {
            return Ok(None);
        };
        self.delete("lock.json").await?;
        Ok(Some(holder))
    }
}

/// Whether the holder of a lock has ended, or has not been heard of for so long that it must have.
fn is_dead(holder: &Holder, asker: &Holder, silent: i64) -> bool {
    holder.has_ended(asker) || silent >= SILENT
}

/// Writes the lock where there is none, or in place of the one with the tag `replaced`.
async fn put_lock(
    client: &Client,
    bucket: &str,
    stack: &str,
    holder: &Holder,
    replaced: Option<&str>,
) -> Result<String, SdkError<PutObjectError>> {
    let mut request = client
        .put_object()
        .bucket(bucket)
        .key(key(stack, "lock.json"))
        .content_type("application/json")
        .body(ByteStream::from(
            serde_json::to_vec(holder).unwrap_or_default(),
        ));
    request = match replaced {
        Some(etag) => request.if_match(etag),
        None => request.if_none_match("*"),
    };
    let answer = request.send().await?;
    Ok(answer.e_tag().unwrap_or_default().to_owned())
}
