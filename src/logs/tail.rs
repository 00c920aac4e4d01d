//! What is written from now on, each event once and in time order.
//!
//! Events are read in rounds: each group from shortly before the round before it, as CloudWatch makes events readable some seconds
//! late and not in order. Where a live session is open it is quicker; rounds then only fill its gaps: after it opened, after it left
//! something out, and every half minute.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use super::live::{GROUPS, Session, Signal, Studio};
use super::merge::Merge;
use super::poll::{PACE, Question, Reader};
use super::record::{Group, Record};
use super::seen::Seen;
use crate::aws::{Fault, FaultKind};

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(1);
/// How far before the last round each one reads, in milliseconds.
const OVERLAP: i64 = 10_000;
/// Between two rounds that read further back, and how far.
const DEEP_ROUND: Duration = Duration::from_secs(30);
const DEEP_OVERLAP: i64 = 120_000;
/// How long records wait for earlier ones, in milliseconds: usually, and while gaps are filled.
const HOLD: i64 = 2_000;
const LONG_HOLD: i64 = 5_000;
/// How long after a gap of a live session rounds go on.
const MENDING: Duration = Duration::from_secs(20);
/// Between tries to reach AWS at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long records of some groups wait while others cannot be read.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many sessions in a row that end before they say anything are enough.
const SESSIONS: u32 = 3;

/// Follows several log groups.
#[derive(Debug)]
pub struct Tail {
    reader: Reader,
    watched: Vec<Watched>,
    pattern: Option<String>,
    /// Events from before are not shown.
    from: i64,
    seen: Seen,
    merge: Merge,
    /// The merge's clock.
    start: Instant,
    next_round: Instant,
    next_deep: Instant,
    live: Option<Live>,
    lost: Option<Lost>,
    notes: Vec<Note>,
}

#[derive(Debug)]
struct Watched {
    group: Group,
    /// The beginning of the last round that read it to its end.
    covered: Option<i64>,
    /// Whether it exists; none when that is not known yet.
    exists: Option<bool>,
}

#[derive(Debug)]
struct Live {
    studio: Studio,
    session: Option<Session>,
    /// Whether it has said so.
    is_open: bool,
    /// Until then rounds fill a gap.
    mending: Instant,
    /// Sessions in a row that ended before they said anything.
    failures: u32,
}

#[derive(Debug)]
struct Lost {
    since: Instant,
    tries: u32,
}

/// What is to be said about the tail itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// Live tail is not used; why.
    Polling(String),
    /// The group does not exist yet.
    Missing(Group),
    /// The group is there now.
    Appeared(Group),
    /// AWS does not answer; it is tried again.
    Lost(Fault),
    /// It answers again.
    Back,
}

/// What has come.
#[derive(Debug, Default)]
pub struct News {
    /// In time order, and after those of the news before.
    pub records: Vec<Record>,
    /// What is to be said.
    pub notes: Vec<Note>,
}

impl Tail {
    /// Follows the groups: events from the moment `from` on, those that match CloudWatch's filter pattern. With a studio through live
    /// sessions where that is possible.
    pub fn new(
        reader: Reader,
        groups: Vec<Group>,
        from: i64,
        pattern: Option<String>,
        studio: Option<Studio>,
    ) -> Self {
        let now = Instant::now();
        let mut notes = Vec::new();
        let is_too_many = groups.len() > GROUPS && studio.is_some();
        if is_too_many {
            let count = groups.len();
            notes.push(Note::Polling(format!(
                "a session has at most {GROUPS} log groups, and these are {count}"
            )));
        }
        let watched = groups.into_iter().map(|group| Watched {
            group,
            covered: None,
            exists: None,
        });
        Tail {
            reader,
            watched: watched.collect(),
            pattern,
            from,
            seen: Seen::default(),
            merge: Merge::new(HOLD),
            start: now,
            next_round: now,
            next_deep: now + DEEP_ROUND,
            live: studio.filter(|_| !is_too_many).map(|studio| Live {
                studio,
                session: None,
                is_open: false,
                mending: now + MENDING,
                failures: 0,
            }),
            lost: None,
            notes,
        }
    }

    /// Takes note of an event that was shown already: it does not come again.
    pub fn know(&mut self, record: &Record) {
        self.seen.polled(record);
    }

    /// Says that events until `time` have been read, but for those that come late.
    pub fn is_covered_until(&mut self, time: i64) {
        for watched in &mut self.watched {
            watched.covered = Some(time);
        }
    }

    /// Waits for the next news.
    ///
    /// # Errors
    /// When AWS refuses for good. A lost connection is a note, and tried again.
    pub async fn next(&mut self) -> Result<News, Fault> {
        loop {
            let news = self.news();
            if !news.records.is_empty() || !news.notes.is_empty() {
                return Ok(news);
            }
            let due = self
                .merge
                .due()
                .map(|due| self.start + Duration::from_millis(due.max(0) as u64));
            let wake = match due {
                Some(due) if self.may_release() => due.min(self.next_round),
                _ => self.next_round,
            };
            let signal = async {
                match self.live.as_mut().and_then(|live| live.session.as_mut()) {
                    Some(session) => session.signal().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                signal = signal => self.signal(signal),
                () = tokio::time::sleep_until(wake) => (),
            }
            if Instant::now() >= self.next_round {
                self.round().await?;
            }
        }
    }

    /// Everything that is still waiting for its turn: there will be no more.
    pub fn rest(&mut self) -> Vec<Record> {
        self.merge.rest()
    }

    fn clock(&self) -> i64 {
        i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// While some groups cannot be read, the records of others wait: those of the former may be earlier.
    fn may_release(&self) -> bool {
        self.lost
            .as_ref()
            .is_none_or(|lost| lost.since.elapsed() > PATIENCE)
    }

    fn news(&mut self) -> News {
        let clock = self.clock();
        News {
            records: match self.may_release() {
                true => self.merge.release(clock),
                false => Vec::new(),
            },
            notes: std::mem::take(&mut self.notes),
        }
    }

    fn signal(&mut self, signal: Option<Signal>) {
        let clock = self.clock();
        let Some(live) = self.live.as_mut() else {
            return;
        };
        let mut has_gap = true;
        match signal {
            Some(Signal::Started) => {
                live.failures = 0;
                live.is_open = true;
            }
            Some(Signal::Update { records, sampled }) => {
                has_gap = sampled;
                let from = self.from;
                let new = records
                    .into_iter()
                    .filter(|record| record.time >= from)
                    .filter(|record| self.seen.live(record))
                    .collect::<Vec<_>>();
                self.merge.take(new, clock);
            }
            Some(Signal::Refused(fault)) if !fault.is_transient() => {
                self.live = None;
                self.merge.hold(HOLD);
                self.notes.push(Note::Polling(fault.to_string()));
                self.next_round = Instant::now();
                return;
            }
            Some(Signal::Refused(_) | Signal::Ended(_)) | None => {
                live.session = None;
                live.is_open = false;
                live.failures += 1;
                if live.failures >= SESSIONS {
                    self.live = None;
                    self.merge.hold(HOLD);
                    let why = "its sessions end at once".to_owned();
                    self.notes.push(Note::Polling(why));
                    self.next_round = Instant::now();
                    return;
                }
            }
        }
        if has_gap {
            let now = Instant::now();
            live.mending = now + MENDING;
            self.merge.hold(LONG_HOLD);
            self.next_round = self.next_round.min(now + PACE);
        }
    }

    /// Reads every group from where the round before left it.
    async fn round(&mut self) -> Result<(), Fault> {
        let began = Timestamp::now().as_millisecond();
        let is_deep = Instant::now() >= self.next_deep;
        let overlap = match is_deep {
            true => DEEP_OVERLAP,
            false => OVERLAP,
        };
        let (reader, from, pattern) = (&self.reader, self.from, &self.pattern);
        let reads = self.watched.iter().map(|watched| {
            let question = Question {
                from: from.max(watched.covered.map_or(from, |covered| covered - overlap)),
                pattern: pattern.clone(),
                ..Question::default()
            };
            read(reader, &watched.group, question)
        });
        let read = join_all(reads).await;
        let clock = self.clock();
        let mut lost = None;
        for (watched, (mut records, end)) in self.watched.iter_mut().zip(read) {
            records.retain(|record| self.seen.polled(record));
            self.merge.take(records, clock);
            match end {
                Ok(()) => {
                    watched.covered = Some(began);
                    if watched.exists == Some(false) {
                        self.notes.push(Note::Appeared(watched.group.clone()));
                    }
                    watched.exists = Some(true);
                }
                Err(fault) if fault.kind == FaultKind::Missing => {
                    if watched.exists.is_none() {
                        self.notes.push(Note::Missing(watched.group.clone()));
                    }
                    watched.exists = Some(false);
                }
                Err(fault) if fault.is_transient() => lost = Some(fault),
                Err(fault) => return Err(fault),
            }
        }
        match lost {
            Some(fault) => self.retry(fault),
            None => self.plan(is_deep),
        }
        Ok(())
    }

    /// Not all groups could be read.
    fn retry(&mut self, fault: Fault) {
        let now = Instant::now();
        if self.lost.is_none() {
            self.notes.push(Note::Lost(fault));
        }
        let lost = self.lost.get_or_insert(Lost {
            since: now,
            tries: 0,
        });
        self.next_round = now + (ROUND * 2u32.pow(lost.tries.min(8))).min(LONGEST_PAUSE);
        lost.tries += 1;
    }

    /// All groups were read: says when they are read next, and has a live session of those that exist.
    fn plan(&mut self, was_deep: bool) {
        let now = Instant::now();
        if self.lost.take().is_some() {
            self.notes.push(Note::Back);
        }
        if was_deep {
            self.next_deep = now + DEEP_ROUND;
            let covered = self.watched.iter().filter_map(|watched| watched.covered);
            let oldest = covered.min().unwrap_or_default();
            self.seen.forget_before(oldest - 2 * DEEP_OVERLAP);
        }
        // No more than half of the pace goes into looking: the rest is for pages.
        let calm = ROUND.max(PACE * 2 * u32::try_from(self.watched.len()).unwrap_or(u32::MAX));
        self.next_round = now + calm;
        let Some(live) = &mut self.live else { return };
        let existing: Vec<Group> = self
            .watched
            .iter()
            .filter(|watched| watched.exists == Some(true))
            .map(|watched| watched.group.clone())
            .collect();
        let is_of_them = live
            .session
            .as_ref()
            .is_some_and(|session| session.groups == existing);
        if !is_of_them && !existing.is_empty() {
            live.session = Some(live.studio.open(existing, self.pattern.as_deref()));
            live.is_open = false;
            live.mending = now + MENDING;
        } else if live.is_open
            && now >= live.mending
            && self.watched.iter().all(|it| it.exists == Some(true))
        {
            self.merge.hold(HOLD);
            self.next_round = self.next_deep;
        }
    }
}

/// All pages of an answer, or those before a fault.
async fn read(
    reader: &Reader,
    group: &Group,
    question: Question,
) -> (Vec<Record>, Result<(), Fault>) {
    let mut records = Vec::new();
    let mut cursor = None;
    loop {
        match reader.page(group, &question, cursor.as_ref()).await {
            Ok(page) => {
                records.extend(page.records);
                cursor = page.next;
            }
            Err(fault) => return (records, Err(fault)),
        }
        if cursor.is_none() {
            return (records, Ok(()));
        }
    }
}
