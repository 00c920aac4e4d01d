//! A span of the past: the events of several groups in time order, read page by page.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use futures_util::future::join_all;

use super::merge::{Place, Places};
use super::poll::{Cursor, Question, Reader};
use super::record::{Group, Record};
use crate::aws::{Fault, FaultKind};

/// Reads a span of time of several groups. Holds one page a group.
#[derive(Debug)]
pub struct Listing {
    reader: Reader,
    sources: Vec<Source>,
    places: Places,
}

#[derive(Debug)]
struct Source {
    group: Group,
    question: Question,
    ahead: VecDeque<(Place, Record)>,
    next: Next,
    /// Ids of the page before, where the next one may begin with events of it.
    before: HashSet<String>,
    is_missing: bool,
}

#[derive(Debug)]
enum Next {
    Begin,
    At(Cursor),
    End,
}

impl Listing {
    /// Asks each group its question.
    pub fn new(reader: Reader, questions: impl IntoIterator<Item = (Group, Question)>) -> Self {
        let sources = questions.into_iter().map(|(group, question)| Source {
            group,
            question,
            ahead: VecDeque::new(),
            next: Next::Begin,
            before: HashSet::new(),
            is_missing: false,
        });
        Listing {
            reader,
            sources: sources.collect(),
            places: Places::default(),
        }
    }

    /// The next event. None after the last.
    ///
    /// # Errors
    /// When AWS refuses or cannot be reached.
    pub async fn next(&mut self) -> Result<Option<Record>, Fault> {
        self.fill().await?;
        let first = self
            .sources
            .iter_mut()
            .filter(|source| !source.ahead.is_empty())
            .min_by_key(|source| source.ahead.front().map(|(place, _)| *place));
        let record = first.and_then(|source| source.ahead.pop_front());
        Ok(record.map(|(_, record)| record))
    }

    /// The groups that do not exist, as far as they have been asked.
    pub fn missing(&self) -> impl Iterator<Item = &Group> {
        self.sources
            .iter()
            .filter(|source| source.is_missing)
            .map(|source| &source.group)
    }

    /// Has an event of each group that has any left.
    async fn fill(&mut self) -> Result<(), Fault> {
        let reader = &self.reader;
        let waiting = self
            .sources
            .iter_mut()
            .filter(|source| source.ahead.is_empty() && !matches!(source.next, Next::End));
        let read = join_all(waiting.map(|source| source.read(reader))).await;
        for fetched in read {
            fetched?;
        }
        for source in &mut self.sources {
            source.place(&mut self.places);
        }
        Ok(())
    }
}

impl Source {
    /// Reads pages until one has events.
    async fn read(&mut self, reader: &Reader) -> Result<(), Fault> {
        while self.ahead.is_empty() {
            let cursor = match &self.next {
                Next::Begin => None,
                Next::At(cursor) => Some(cursor),
                Next::End => break,
            };
            let page = match reader.page(&self.group, &self.question, cursor).await {
                Ok(page) => page,
                Err(fault) if fault.kind == FaultKind::Missing => {
                    self.is_missing = true;
                    self.next = Next::End;
                    break;
                }
                Err(fault) => return Err(fault),
            };
            let mut records = page.records;
            if matches!(cursor, Some(Cursor::From(_))) {
                let is_new = |record: &Record| {
                    record
                        .id
                        .as_ref()
                        .is_none_or(|id| !self.before.contains(id))
                };
                records.retain(is_new);
            }
            self.before.clear();
            if let Some(Cursor::From(_)) = &page.next {
                let ids = records.iter().filter_map(|record| record.id.clone());
                self.before.extend(ids);
            }
            self.next = page.next.map_or(Next::End, Next::At);
            let unplaced = Place::default();
            self.ahead = records
                .into_iter()
                .map(|record| (unplaced, record))
                .collect();
        }
        Ok(())
    }

    /// Gives those that were just read their places.
    fn place(&mut self, places: &mut Places) {
        if !matches!(self.ahead.front(), Some((place, _)) if *place == Place::default()) {
            return;
        }
        for (place, record) in &mut self.ahead {
            *place = places.of(record);
        }
        self.ahead
            .make_contiguous()
            .sort_by_key(|(place, _)| *place);
    }
}

/// Where an invocation's records are: by stream, the first and last moment at which it is named.
///
/// # Errors
/// When AWS refuses or cannot be reached.
pub async fn find_request(
    reader: &Reader,
    groups: &[Group],
    id: &str,
    from: i64,
    to: Option<i64>,
) -> Result<Vec<(Group, Question)>, Fault> {
    let question = Question {
        from,
        to,
        // Quoted: the hyphens of an id are no operators.
        pattern: Some(format!("\"{id}\"")),
        streams: Vec::new(),
    };
    let asked = groups.iter().map(|group| (group.clone(), question.clone()));
    let mut listing = Listing::new(reader.clone(), asked);
    // By group and stream: the group, and the times of the first and the last record.
    let mut spans = BTreeMap::<_, (Group, i64, i64)>::new();
    while let Some(record) = listing.next().await? {
        let key = (Arc::clone(&record.group.name), Arc::clone(&record.stream));
        let (_, first, last) = spans
            .entry(key)
            .or_insert_with(|| (record.group.clone(), record.time, record.time));
        *first = (*first).min(record.time);
        *last = (*last).max(record.time);
    }
    let questions = spans
        .into_iter()
        .map(|((_, stream), (group, first, last))| {
            let question = Question {
                from: first,
                to: Some(last),
                pattern: None,
                streams: vec![stream.to_string()],
            };
            (group, question)
        });
    Ok(questions.collect())
}
