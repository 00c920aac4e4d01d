//! Each event once, though it is read several times and in two ways.
//!
//! Polling reads the last seconds again and again, because CloudWatch makes events readable late; it gives each event an id. Live
//! tail gives none. So an event of live tail is known by its stream, time and text, and by how often that was there.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::record::Record;

/// Which events were there already.
#[derive(Debug, Default)]
pub struct Seen {
    /// Times of the events, by their ids.
    ids: HashMap<u128, i64>,
    /// By stream, time and text: how many more came live (positive) or polled (negative) than the other way.
    balance: HashMap<u128, (i64, i64)>,
}

impl Seen {
    /// Whether a polled event is new.
    pub fn polled(&mut self, record: &Record) -> bool {
        let id = match &record.id {
            Some(id) => hash(&(&record.group.name, id)),
            // What has no id at all is told apart by what it is.
            None => content(record),
        };
        if self.ids.insert(id, record.time).is_some() {
            return false;
        }
        let (_, balance) = self
            .balance
            .entry(content(record))
            .or_insert((record.time, 0));
        *balance -= 1;
        *balance < 0
    }

    /// Whether an event of live tail is new.
    pub fn live(&mut self, record: &Record) -> bool {
        let (_, balance) = self
            .balance
            .entry(content(record))
            .or_insert((record.time, 0));
        *balance += 1;
        *balance > 0
    }

    /// Forgets events from before `time`: they must not be read again.
    pub fn forget_before(&mut self, time: i64) {
        self.ids.retain(|_, at| *at >= time);
        self.balance.retain(|_, (at, _)| *at >= time);
    }
}

fn content(record: &Record) -> u128 {
    hash(&(
        &record.group.name,
        &record.stream,
        record.time,
        &record.message,
    ))
}

/// 128 bits: two different events of a session do not meet by chance.
fn hash(value: &impl Hash) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        value.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::record::Group;

    fn record(time: i64, id: Option<&str>, text: &str) -> Record {
        let group = Group::new("/aws/lambda/a", "A");
        Record::new(time, group, "s".into(), id.map(str::to_owned), text)
    }

    #[test]
    fn an_event_read_again_is_not_new_and_an_equal_one_is() {
        let mut seen = Seen::default();
        assert!(seen.polled(&record(1, Some("1"), "x")));
        assert!(!seen.polled(&record(1, Some("1"), "x")));
        assert!(seen.polled(&record(1, Some("2"), "x")));
    }

    #[test]
    fn live_and_polled_events_meet_whichever_comes_first() {
        let mut seen = Seen::default();
        assert!(seen.live(&record(1, None, "x")));
        assert!(seen.live(&record(1, None, "x")));
        assert!(!seen.polled(&record(1, Some("1"), "x")));
        assert!(!seen.polled(&record(1, Some("2"), "x")));
        // The third of them was not delivered live: it was lost in a gap.
        assert!(seen.polled(&record(1, Some("3"), "x")));
        assert!(!seen.polled(&record(1, Some("1"), "x")));
        assert!(seen.polled(&record(2, Some("4"), "y")));
        assert!(!seen.live(&record(2, None, "y")));
        assert!(seen.live(&record(2, None, "y")));
    }

    #[test]
    fn what_is_forgotten_is_only_what_is_old() {
        let mut seen = Seen::default();
        seen.polled(&record(1, Some("1"), "x"));
        seen.polled(&record(5, Some("2"), "x"));
        seen.forget_before(5);
        assert!(!seen.polled(&record(5, Some("2"), "x")));
        assert!(seen.polled(&record(1, Some("1"), "x")));
    }
}
