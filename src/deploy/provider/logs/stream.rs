//! Streams of a log group.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};

use super::{Existing, Held, Logs, Sought, Wanted, done, named, there};

impl Logs {
    pub(super) async fn create_stream(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let answer = self
            .client
            .create_log_stream()
            .log_group_name(wanted.properties().required("LogGroupName")?)
            .log_stream_name(&wanted.name)
            .send()
            .await;
        match done("CreateLogStream", answer) {
            // A stream has no tags and nothing to be set: the one of this name in this group is the one.
            Err(fault) if fault.kind == FaultKind::Exists => Ok(named(&wanted.name)),
            other => other.map(|_| named(&wanted.name)),
        }
    }

    pub(super) async fn find_stream(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let group = sought.properties.get("LogGroupName").and_then(Json::as_str);
        let Some(group) = group else { return Ok(None) };
        let is_there = self.has_stream(group, &sought.name).await?;
        Ok(is_there.then(|| named(&sought.name)))
    }

    pub(super) async fn read_stream(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let group = held.properties().required("LogGroupName")?;
        let is_there = self.has_stream(&group, &held.reference).await?;
        Ok(is_there.then(|| {
            Map::from_iter([
                ("LogGroupName".to_owned(), json!(group)),
                ("LogStreamName".to_owned(), json!(held.reference)),
            ])
        }))
    }

    async fn has_stream(&self, group: &str, name: &str) -> Result<bool, Fault> {
        let mut next = None;
        loop {
            let answer = self
                .client
                .describe_log_streams()
                .log_group_name(group)
                .log_stream_name_prefix(name)
                .set_next_token(next)
                .send()
                .await;
            let Some(answer) = there("DescribeLogStreams", answer)? else {
                return Ok(false);
            };
            let mut streams = answer.log_streams().iter();
            if streams.any(|stream| stream.log_stream_name() == Some(name)) {
                return Ok(true);
            }
            match answer.next_token {
                Some(token) => next = Some(token),
                None => return Ok(false),
            }
        }
    }

    pub(super) async fn delete_stream(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_log_stream()
            .log_group_name(held.properties().required("LogGroupName")?)
            .log_stream_name(&held.reference)
            .send()
            .await;
        there("DeleteLogStream", answer).map(|_| ())
    }
}
