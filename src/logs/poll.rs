//! Pages of a log group's events, no faster than CloudWatch lets an account ask for them.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::record::{Group, Record};
use crate::aws::{Cloud, Fault};

/// Between two calls on average: half of what an account may do in a region, so that others can read too.
/// Source: CloudWatch Logs quotas, `FilterLogEvents`: 10 requests a second.
pub const PACE: Duration = Duration::from_millis(200);
/// So many calls may come at once after a pause.
const BURST: u32 = 5;
/// The most events of a page. Source: CloudWatch Logs API reference, `FilterLogEvents`, `limit`.
const PAGE: usize = 10_000;

/// Reads log groups. Clones share their pace.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
    /// When the next call would be due if calls came evenly.
    next: Arc<Mutex<Instant>>,
}

/// What is asked of one group.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Milliseconds since 1970; events from then on.
    pub from: i64,
    /// Events until then.
    pub to: Option<i64>,
    /// CloudWatch's filter pattern.
    pub pattern: Option<String>,
    /// Only these log streams; none for all.
    pub streams: Vec<String>,
}

/// Some events of a group, in time order.
#[derive(Debug)]
pub struct Page {
    /// The events.
    pub records: Vec<Record>,
    /// Where it goes on. None after the last page.
    pub next: Option<Cursor>,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// CloudWatch's token.
    Token(String),
    /// At this time: events of it may come again.
    From(i64),
}

impl Reader {
    /// Reads over a connection.
    pub fn new(cloud: &Cloud) -> Self {
        Self::with_client(Client::new(cloud.config()))
    }

    /// Reads with a client made elsewhere.
    pub fn with_client(client: Client) -> Self {
        Reader {
            client,
            next: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// The next page of a group's answer.
    ///
    /// # Errors
    /// When AWS refuses or cannot be reached; [`FaultKind::Missing`](crate::aws::FaultKind::Missing) when there is no such group.
    pub async fn page(
        &self,
        group: &Group,
        question: &Question,
        cursor: Option<&Cursor>,
    ) -> Result<Page, Fault> {
        self.turn().await;
        let (from, token) = match cursor {
            Some(Cursor::From(from)) => (*from, None),
            Some(Cursor::Token(token)) => (question.from, Some(token.clone())),
            None => (question.from, None),
        };
        let streams = (!question.streams.is_empty()).then(|| question.streams.clone());
        // AWS always gives the streams of a group in one time order; emulators of it only when asked to.
        #[allow(deprecated)]
        let call = self.client.filter_log_events().interleaved(true);
        let answer = call
            .log_group_name(&*group.name)
            .start_time(from.max(0))
            .set_end_time(question.to.map(|to| to.max(0)))
            .set_filter_pattern(question.pattern.clone())
            .set_log_stream_names(streams)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| Fault::of("logs", "FilterLogEvents", &error))?;
        let events = answer.events.unwrap_or_default();
        let times = |event: Option<&aws_sdk_cloudwatchlogs::types::FilteredLogEvent>| {
            event.and_then(|event| event.timestamp).unwrap_or_default()
        };
        let (first, last) = (times(events.first()), times(events.last()));
        let next = match answer.next_token {
            Some(token) if !token.is_empty() => Some(Cursor::Token(token)),
            // A full page is not the end, though it is not said where it goes on.
            _ if events.len() >= PAGE => Some(Cursor::From(last + i64::from(first == last))),
            _ => None,
        };
        let records = events.into_iter().map(|event| {
            Record::new(
                event.timestamp.unwrap_or_default(),
                group.clone(),
                event.log_stream_name.unwrap_or_default().into(),
                event.event_id,
                &event.message.unwrap_or_default(),
            )
        });
        Ok(Page {
            records: records.collect(),
            next,
        })
    }

    /// Waits until the next call may be made.
    async fn turn(&self) {
        let due = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let earliest = now.checked_sub(PACE * BURST).unwrap_or(now);
            let due = (*next).max(earliest);
            *next = due + PACE;
            due
        };
        tokio::time::sleep_until(due).await;
    }
}
