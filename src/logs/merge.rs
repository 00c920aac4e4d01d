//! Records of several sources in time order.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use super::record::{Group, Record};

/// How long after the one before it a line may still go on with it, in milliseconds.
const TOGETHER: i64 = 1000;

/// Gives each record its place: by time, and lines that go on with another right after that one.
#[derive(Debug)]
pub struct Places {
    /// By stream: the time of its last record, and the place of the record that this went on with.
    last: HashMap<(Group, Arc<str>), (i64, Place)>,
    next: u64,
}

/// Where a record stands: records of one stream and time are not torn apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    time: i64,
    /// The number of the record that others go on with.
    head: u64,
    own: u64,
}

impl Default for Places {
    fn default() -> Self {
        // From 1 on: no record's place is the default one.
        Places {
            last: HashMap::new(),
            next: 1,
        }
    }
}

impl Places {
    /// The place of the next record of its stream.
    pub fn of(&mut self, record: &Record) -> Place {
        let own = self.next;
        self.next += 1;
        let mut place = Place {
            time: record.time,
            head: own,
            own,
        };
        let key = (record.group.clone(), Arc::clone(&record.stream));
        if record.is_continuation()
            && let Some((time, head)) = self.last.get(&key)
            && (0..=TOGETHER).contains(&(record.time - time))
        {
            place.time = head.time;
            place.head = head.head;
        }
        self.last.insert(key, (record.time, place));
        place
    }
}

/// Holds records back for a while, so that those that come later with an earlier time stand before them.
#[derive(Debug)]
pub struct Merge {
    hold: i64,
    held: BinaryHeap<Held>,
    places: Places,
}

#[derive(Debug)]
struct Held {
    place: Place,
    /// When it came.
    arrival: i64,
    record: Record,
}

impl Ord for Held {
    /// The earliest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.place.cmp(&self.place)
    }
}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Held {}

impl Merge {
    /// Holds each record for `hold` milliseconds.
    pub fn new(hold: i64) -> Self {
        Merge {
            hold,
            held: BinaryHeap::new(),
            places: Places::default(),
        }
    }

    /// Takes records that came at `now`, by any clock that only goes forward; those of one stream in their order.
    pub fn take(&mut self, records: impl IntoIterator<Item = Record>, now: i64) {
        for record in records {
            let place = self.places.of(&record);
            self.held.push(Held {
                place,
                arrival: now,
                record,
            });
        }
    }

    /// The records that have waited long enough at `now`, and all that stand before one of them.
    pub fn release(&mut self, now: i64) -> Vec<Record> {
        let due = self
            .held
            .iter()
            .filter(|held| held.arrival + self.hold <= now)
            .map(|held| held.place)
            .max();
        let mut records = Vec::new();
        while let (Some(due), Some(first)) = (due, self.held.peek()) {
            if first.place > due {
                break;
            }
            records.extend(self.held.pop().map(|held| held.record));
        }
        records
    }

    /// Everything that is held: there will be no more.
    pub fn rest(&mut self) -> Vec<Record> {
        let held = std::mem::take(&mut self.held);
        let mut held = held.into_vec();
        held.sort_by_key(|held| held.place);
        held.into_iter().map(|held| held.record).collect()
    }

    /// Holds records longer or shorter from now on.
    pub fn hold(&mut self, hold: i64) {
        self.hold = hold;
    }

    /// When the next record is due. None when nothing is held.
    pub fn due(&self) -> Option<i64> {
        self.held.iter().map(|held| held.arrival + self.hold).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(stream: &str, time: i64, text: &str) -> Record {
        let group = Group::new(&format!("/aws/lambda/{stream}"), stream);
        Record::new(time, group, stream.into(), None, text)
    }

    fn texts(records: &[Record]) -> Vec<&str> {
        records
            .iter()
            .map(|record| record.message.as_str())
            .collect()
    }

    #[test]
    fn what_comes_late_with_an_earlier_time_still_stands_before() {
        let mut merge = Merge::new(100);
        merge.take([record("a", 1000, "a1"), record("a", 1040, "a2")], 0);
        assert!(merge.release(99).is_empty());
        merge.take([record("b", 990, "b1"), record("b", 1020, "b2")], 90);
        assert_eq!(merge.due(), Some(100));
        // b2 has not waited long enough, but a2 stands behind it and has.
        assert_eq!(texts(&merge.release(100)), ["b1", "a1", "b2", "a2"]);
        assert!(merge.release(1000).is_empty());
        assert_eq!(merge.due(), None);
    }

    #[test]
    fn what_comes_after_its_time_was_shown_is_shown_late_and_not_lost() {
        let mut merge = Merge::new(10);
        merge.take([record("a", 1000, "a1")], 0);
        assert_eq!(merge.release(10).len(), 1);
        merge.take([record("b", 500, "b1")], 20);
        assert_eq!(texts(&merge.release(30)), ["b1"]);
    }

    #[test]
    fn lines_of_a_stack_trace_stay_under_their_first() {
        let mut merge = Merge::new(0);
        merge.take(
            [
                record("a", 10, "ERROR boom"),
                record("a", 12, "    at f (x.js:1)"),
                record("a", 13, "    at g (x.js:2)"),
                record("a", 14, "next"),
                record("a", 9000, "  not of it"),
            ],
            0,
        );
        merge.take([record("b", 11, "other"), record("b", 12, "  own")], 0);
        assert_eq!(
            texts(&merge.rest()),
            [
                "ERROR boom",
                "    at f (x.js:1)",
                "    at g (x.js:2)",
                "other",
                "  own",
                "next",
                "  not of it"
            ]
        );
    }

    #[test]
    fn records_of_one_moment_keep_the_order_they_came_in() {
        let mut merge = Merge::new(0);
        merge.take((0..50).map(|n| record("a", 7, &n.to_string())), 0);
        let expected: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        assert_eq!(texts(&merge.release(0)), expected);
    }
}
