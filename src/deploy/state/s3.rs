//! States in a bucket of the account.
//!
//! One bucket for all stacks of an account in a region, made with the first deployment: private, with versions, so that a state
//! that was overwritten by mistake can be had back. The lock is an object that can only be written when it is not there;
//! whoever has it writes it again every few seconds, so that the lock of a killed run is seen to be one.

mod bucket;
mod lock;

use std::pin::Pin;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;

use crate::aws::{Cloud, Fault, FaultKind, gone};

use super::State;
use super::store::{Holder, KeptAndUnlocked, Pending, StateStore, StoreError};

pub use bucket::{bucket_name, make_bucket};
use lock::Lock;

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

/// An object as it was read.
struct Object {
    bytes: Vec<u8>,
    etag: Option<String>,
    /// When it was written, in seconds since 1970 by S3's clock.
    written: i64,
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
                return Ok(Fault::of("s3", "GetObject", &error).unless_missing()?);
            }
        };
        let etag = answer.e_tag().map(str::to_owned);
        let written = answer.last_modified().map_or(0, |time| time.secs());
        let body = answer.body.collect().await.map_err(|error| {
            Fault::unexpected("s3", "GetObject", &format!("the answer broke off: {error}"))
        })?;
        Ok(Some(Object {
            bytes: body.to_vec(),
            etag,
            written,
        }))
    }

    async fn read(&mut self) -> Result<Option<State>, StoreError> {
        match self.object("state.json").await? {
            Some(object) => {
                self.etag = object.etag;
                Ok(Some(State::from_json(&object.bytes)?))
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
            Some(object) if object.bytes == text => {
                self.etag = object.etag;
                Ok(())
            }
            _ => Err(StoreError::Moved),
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
        let answer = answer.map_err(|error| Fault::of("s3", "DeleteObject", &error));
        Ok(gone(answer)?)
    }
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
        Box::pin(async move { Ok(self.object(name).await?.map(|object| object.bytes)) })
    }

    fn others(&mut self) -> Pending<'_, Vec<State>> {
        Box::pin(async move {
            let mut states = Vec::new();
            for stack in self.stacks().await? {
                if stack == self.stack {
                    continue;
                }
                if let Some(object) = self.object_of(&stack, "state.json").await? {
                    // A damaged or newer state of another stack exports nothing here.
                    states.extend(State::from_json(&object.bytes).ok());
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
        Box::pin(self.bury_lock())
    }

    fn break_lock(&mut self) -> Pending<'_, Option<Holder>> {
        Box::pin(self.take_lock_away())
    }

    fn leaves_locks(&self) -> bool {
        true
    }

    fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket, key(&self.stack, "state.json"))
    }
}
