//! States in a bucket of the account.
//!
//! One bucket for all stacks of an account in a region, made with the first deployment: private, with versions, so that a state
//! that was overwritten by mistake can be had back. The lock is an object that can only be written when it is not there;
//! whoever has it writes it again every few seconds, so that the lock of a killed run is seen to be one.

use std::pin::Pin;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration,
    PublicAccessBlockConfiguration, VersioningConfiguration,
};

use crate::aws::{Cloud, Fault, FaultKind};

use super::State;
use super::store::{Holder, KeptAndUnlocked, Pending, StateStore, StoreError};

/// How often the lock's holder writes it again.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many seconds without that its holder counts as gone.
const SILENT: i64 = 60;

/// The state of one stack in S3.
pub struct S3Store {
    client: Client,
    region: String,
    bucket: String,
    stack: String,
    holder: Holder,
    /// Of the state's object, as loaded or saved last.
    etag: Option<String>,
    lock: Option<Lock>,
}

/// The bytes of an object and its tag.
type Object = (Vec<u8>, Option<String>);

/// A lock that is held.
struct Lock {
    heartbeat: tokio::task::JoinHandle<()>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// The bucket that keeps the states of an account in a region.
pub fn bucket_name(account: &str, region: &str) -> String {
    format!("hoist-state-{account}-{region}")
}

/// The folder in the bucket that holds what belongs to a stack.
fn key(stack: &str, what: &str) -> String {
    format!("stack/{stack}/{what}")
}

impl S3Store {
    /// The state of `stack`, in the bucket of this account and region.
    pub fn new(cloud: &Cloud, account: &str, stack: &str, holder: Holder) -> Self {
        S3Store {
            client: cloud.s3(),
            region: cloud.region().to_owned(),
            bucket: bucket_name(account, cloud.region()),
            stack: stack.to_owned(),
            holder,
            etag: None,
            lock: None,
        }
    }

    /// The names of all stacks in the bucket.
    ///
    /// # Errors
    /// When AWS refuses.
    pub async fn stacks(&self) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix("stack/")
            .delimiter("/")
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    let fault = Fault::of("s3", "ListBucket", &error);
                    return match fault.kind {
                        FaultKind::Missing => Ok(names),
                        _ => Err(fault.into()),
                    };
                }
            };
            let found = page.common_prefixes().iter().filter_map(|one| one.prefix());
            names.extend(found.filter_map(|prefix| {
                Some(
                    prefix
                        .strip_prefix("stack/")?
                        .trim_end_matches('/')
                        .to_owned(),
                )
            }));
        }
        Ok(names)
    }

    /// An object of the stack and its tag; none when there is no such object or no bucket.
    async fn object(&self, name: &str) -> Result<Option<Object>, StoreError> {
        self.object_of(&self.stack, name).await
    }

    async fn object_of(&self, stack: &str, name: &str) -> Result<Option<Object>, StoreError> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key(stack, name));
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let fault = Fault::of("s3", "GetObject", &error);
                return match fault.kind {
                    FaultKind::Missing => Ok(None),
                    _ => Err(fault.into()),
                };
            }
        };
        let etag = answer.e_tag().map(str::to_owned);
        let body = answer.body.collect().await.map_err(|error| {
            Fault::unexpected("s3", "GetObject", &format!("the answer broke off: {error}"))
        })?;
        Ok(Some((body.to_vec(), etag)))
    }

    async fn read(&mut self) -> Result<Option<State>, StoreError> {
        match self.object("state.json").await? {
            Some((bytes, etag)) => {
                self.etag = etag;
                Ok(Some(State::from_json(&bytes)?))
            }
            None => {
                self.etag = None;
                Ok(None)
            }
        }
    }

    /// Deletes what was kept beside the state.
    async fn delete_beside(&self) -> Result<(), StoreError> {
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(key(&self.stack, ""))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::of("s3", "ListBucket", &error))?;
            for object in page.contents() {
                let name = object.key().unwrap_or_default();
                let own = name.strip_prefix(&key(&self.stack, "")).unwrap_or(name);
                if !matches!(own, "state.json" | "lock.json") {
                    self.delete(own).await?;
                }
            }
        }
        Ok(())
    }

    async fn write(&mut self, text: Vec<u8>) -> Result<(), StoreError> {
        let mut request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key(&self.stack, "state.json"))
            .content_type("application/json")
            .body(ByteStream::from(text.clone()));
        request = match &self.etag {
            Some(etag) => request.if_match(etag),
            None => request.if_none_match("*"),
        };
        match request.send().await {
            Ok(answer) => {
                self.etag = answer.e_tag().map(str::to_owned);
                Ok(())
            }
            Err(error) if is_precondition(&error) => self.written_before(&text).await,
            Err(error) => {
                let fault = Fault::of("s3", "PutObject", &error);
                match fault.kind {
                    // Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes": the object went.
                    FaultKind::Missing if self.etag.is_some() => Err(StoreError::Moved),
                    _ => Err(fault.into()),
                }
            }
        }
    }

    /// The condition does not hold: either another run wrote, or this one did and the answer was lost.
    async fn written_before(&mut self, text: &[u8]) -> Result<(), StoreError> {
        match self.object("state.json").await? {
            Some((there, etag)) if there == text => {
                self.etag = etag;
                Ok(())
            }
            _ => Err(StoreError::Moved),
        }
    }

    async fn take(&mut self) -> Result<(), StoreError> {
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

    async fn put_lock(
        &self,
        replaced: Option<&str>,
    ) -> Result<String, SdkError<aws_sdk_s3::operation::put_object::PutObjectError>> {
        let etag = put_lock(
            &self.client,
            &self.bucket,
            &self.stack,
            &self.holder,
            replaced,
        )
        .await?;
        Ok(etag)
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
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key(&self.stack, "lock.json"))
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let fault = Fault::of("s3", "GetObject", &error);
                return match fault.kind {
                    FaultKind::Missing => Ok(None),
                    _ => Err(fault.into()),
                };
            }
        };
        let etag = answer.e_tag().unwrap_or_default().to_owned();
        let written = answer.last_modified().map_or(0, |time| time.secs());
        let body = answer.body.collect().await.map_err(|error| {
            Fault::unexpected("s3", "GetObject", &format!("the answer broke off: {error}"))
        })?;
        let holder: Holder = serde_json::from_slice(&body.into_bytes()).unwrap_or(Holder {
            who: "another run".into(),
            machine: String::new(),
            process: 0,
            since: 0,
        });
        Ok(Some((holder, etag, self.age(written).await)))
    }

    /// How many seconds ago S3 wrote something, by its own clock, which the answer to a write of ours shows.
    async fn age(&self, written: i64) -> i64 {
        let probe = key(&self.stack, "clock");
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&probe)
            .body(ByteStream::from_static(b""))
            .send()
            .await;
        if put.is_err() {
            return 0;
        }
        let head = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(&probe)
            .send()
            .await;
        let now = head
            .ok()
            .and_then(|answer| answer.last_modified().map(|time| time.secs()));
        let _ = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(&probe)
            .send()
            .await;
        now.map_or(0, |now| now - written)
    }

    /// Removes the lock, when it was this run's. The heartbeat has ended, so that it does not write it again.
    async fn give_back(&self, had_lock: bool) -> Result<(), StoreError> {
        match had_lock {
            true => self.delete("lock.json").await,
            false => Ok(()),
        }
    }

    /// Keeps an object of the stack, whatever was there.
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key(&self.stack, name))
            .body(ByteStream::from(bytes));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::of("s3", "PutObject", &error).into()),
        }
    }

    async fn delete(&self, what: &str) -> Result<(), StoreError> {
        let answer = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(key(&self.stack, what))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => {
                let fault = Fault::of("s3", "DeleteObject", &error);
                match fault.kind {
                    FaultKind::Missing => Ok(()),
                    _ => Err(fault.into()),
                }
            }
        }
    }
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
) -> Result<String, SdkError<aws_sdk_s3::operation::put_object::PutObjectError>> {
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

/// Whether S3 refused because the condition of a write does not hold.
/// Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes": 412, and 409 when two write at once.
fn is_precondition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    matches!(
        code,
        Some("PreconditionFailed" | "ConditionalRequestConflict")
    ) || error
        .raw_response()
        .is_some_and(|response| response.status().as_u16() == 412)
}

impl StateStore for S3Store {
    fn load(&mut self) -> Pending<'_, Option<State>> {
        Box::pin(self.read())
    }

    fn lock(&mut self) -> Pending<'_, ()> {
        Box::pin(self.take())
    }

    fn save<'a>(&'a mut self, state: &State) -> Pending<'a, ()> {
        Box::pin(self.write(state.to_json()))
    }

    fn keep<'a>(&'a mut self, name: &'a str, bytes: Vec<u8>) -> Pending<'a, ()> {
        Box::pin(self.put(name, bytes))
    }

    fn fetch<'a>(&'a mut self, name: &'a str) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move { Ok(self.object(name).await?.map(|(bytes, _)| bytes)) })
    }

    fn others(&mut self) -> Pending<'_, Vec<State>> {
        Box::pin(async move {
            let mut states = Vec::new();
            for stack in self.stacks().await? {
                if stack == self.stack {
                    continue;
                }
                if let Some((bytes, _)) = self.object_of(&stack, "state.json").await? {
                    // A damaged or newer state of another stack exports nothing here.
                    states.extend(State::from_json(&bytes).ok());
                }
            }
            Ok(states)
        })
    }

    fn remove(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.delete_beside().await?;
            self.delete("state.json").await?;
            self.etag = None;
            Ok(())
        })
    }

    fn unlock(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            let had_lock = self.lock.take().is_some();
            self.give_back(had_lock).await
        })
    }

    fn keep_and_unlock<'a>(
        &'a mut self,
        name: &'a str,
        bytes: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = KeptAndUnlocked> + Send + 'a>> {
        Box::pin(async move {
            let had_lock = self.lock.take().is_some();
            tokio::join!(self.put(name, bytes), self.give_back(had_lock))
        })
    }

    fn bury(&mut self) -> Pending<'_, bool> {
        Box::pin(async move {
            let lock = self.current_lock().await?;
            let is_dead =
                lock.is_some_and(|(holder, _, silent)| is_dead(&holder, &self.holder, silent));
            if is_dead {
                self.delete("lock.json").await?;
            }
            Ok(is_dead)
        })
    }

    fn break_lock(&mut self) -> Pending<'_, Option<Holder>> {
        Box::pin(async move {
            let Some((holder, ..)) = self.current_lock().await? else {
                return Ok(None);
            };
            self.delete("lock.json").await?;
            Ok(Some(holder))
        })
    }

    fn leaves_locks(&self) -> bool {
        true
    }

    fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket, key(&self.stack, "state.json"))
    }
}
