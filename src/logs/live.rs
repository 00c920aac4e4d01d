//! A session of CloudWatch's live tail.
//!
//! It gives events about a second after they came, but no ids, no more than 500 a second, only those of log groups that exist, and it
//! ends after three hours. What it leaves out is read by polling; see [`Tail`](super::tail::Tail).
//! Source: CloudWatch Logs API reference, `StartLiveTail`.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{
    LiveTailSessionLogEvent, LiveTailSessionUpdate, StartLiveTailResponseStream,
};
use aws_smithy_types::error::display::DisplayErrorContext;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::record::{Group, Record};
use crate::aws::{Cloud, Fault};

/// The most groups of one session.
pub const GROUPS: usize = 10;
/// An update comes every second, also without events: without one for so long the connection is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// Where sessions are opened.
#[derive(Debug, Clone)]
pub struct Studio {
    client: Client,
    /// `arn:aws:logs:eu-central-1:123456789012:log-group:`.
    prefix: String,
}

/// What a session tells.
#[derive(Debug)]
pub enum Signal {
    /// Events that come from now on are told.
    Started,
    /// What came in the last second; `sampled` when there was more than that.
    Update {
        /// The events, without ids.
        records: Vec<Record>,
        /// Whether some were left out.
        sampled: bool,
    },
    /// AWS did not open it.
    Refused(Fault),
    /// It is over; why.
    Ended(String),
}

/// An open session; it is closed when the value is dropped.
#[derive(Debug)]
pub struct Session {
    /// The groups it is about.
    pub groups: Vec<Group>,
    signals: UnboundedReceiver<Signal>,
    task: JoinHandle<()>,
}

impl Studio {
    /// Opens sessions over a connection. None with an endpoint of the user's: the SDK writes `stream-` before the host's name, which
    /// nobody but AWS answers to.
    pub fn of(cloud: &Cloud, account: &str) -> Option<Self> {
        let client = Client::new(cloud.config());
        (!cloud.has_own_endpoint()).then(|| Self::with_client(client, cloud.region(), account))
    }

    /// Opens sessions with a client made elsewhere.
    pub fn with_client(client: Client, region: &str, account: &str) -> Self {
        let partition = match region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        Studio {
            client,
            prefix: format!("arn:{partition}:logs:{region}:{account}:log-group:"),
        }
    }

    /// Opens a session of at most [`GROUPS`] groups.
    pub fn open(&self, groups: Vec<Group>, pattern: Option<&str>) -> Session {
        let (sender, signals) = unbounded_channel();
        let arns = groups
            .iter()
            .map(|group| format!("{}{}", self.prefix, group.name))
            .collect();
        let call = self
            .client
            .start_live_tail()
            .set_log_group_identifiers(Some(arns))
            .set_log_event_filter_pattern(pattern.map(str::to_owned));
        let watched = groups.clone();
        let task = tokio::spawn(async move {
            let opened = call.send().await;
            let end = match opened {
                Ok(opened) => follow(opened.response_stream, &watched, &sender).await,
                Err(error) => Signal::Refused(Fault::of("logs", "StartLiveTail", &error)),
            };
            // When nobody listens any more there is nobody to tell.
            let _ = sender.send(end);
        });
        Session {
            groups,
            signals,
            task,
        }
    }
}

type Stream = aws_sdk_cloudwatchlogs::primitives::event_stream::EventReceiver<
    StartLiveTailResponseStream,
    aws_sdk_cloudwatchlogs::types::error::StartLiveTailResponseStreamError,
>;

async fn follow(mut stream: Stream, groups: &[Group], sender: &UnboundedSender<Signal>) -> Signal {
    loop {
        let signal = match tokio::time::timeout(SILENCE, stream.recv()).await {
            Err(_) => return Signal::Ended("nothing came for 10 seconds".into()),
            Ok(Ok(None)) => return Signal::Ended("the connection was closed".into()),
            Ok(Err(error)) => return Signal::Ended(DisplayErrorContext(&error).to_string()),
            Ok(Ok(Some(StartLiveTailResponseStream::SessionStart(_)))) => Signal::Started,
            Ok(Ok(Some(StartLiveTailResponseStream::SessionUpdate(update)))) => {
                self::update(update, groups)
            }
            Ok(Ok(Some(_))) => continue,
        };
        if sender.send(signal).is_err() {
            return Signal::Ended("nobody listens".into());
        }
    }
}

fn update(update: LiveTailSessionUpdate, groups: &[Group]) -> Signal {
    let sampled = update.session_metadata.is_some_and(|about| about.sampled);
    let events = update.session_results.unwrap_or_default();
    let records = events
        .into_iter()
        .filter_map(|event| record(event, groups))
        .collect();
    Signal::Update { records, sampled }
}

/// The group is named by its ARN or as `123456789012:/aws/lambda/f`.
fn record(event: LiveTailSessionLogEvent, groups: &[Group]) -> Option<Record> {
    let named = event.log_group_identifier.unwrap_or_default();
    let name = named.rsplit(':').next().unwrap_or_default();
    let group = groups.iter().find(|group| *group.name == *name)?;
    Some(Record::new(
        event.timestamp.unwrap_or_default(),
        group.clone(),
        event.log_stream_name.unwrap_or_default().into(),
        None,
        &event.message.unwrap_or_default(),
    ))
}

impl Session {
    /// The next thing it tells. None after its end.
    pub async fn signal(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}
