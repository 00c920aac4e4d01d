//! Which records are shown: those of one invocation, those that tell of errors.

use std::collections::HashMap;
use std::sync::Arc;

use super::record::{Group, Kind, Record};

/// Which records are shown. An empty choice shows all.
#[derive(Debug, Default)]
pub struct Choice {
    /// Only those of this invocation.
    pub request: Option<String>,
    /// Only those that tell of errors.
    pub errors: bool,
    /// The invocation that each environment serves.
    serving: HashMap<(Group, Arc<str>), String>,
    /// Whether the last record of a stream was shown: what goes on with it is too.
    shown: HashMap<(Group, Arc<str>), bool>,
}

impl Choice {
    /// Shows what belongs to the invocation, and only errors, where that is wanted.
    pub fn new(request: Option<String>, errors: bool) -> Self {
        Choice {
            request,
            errors,
            ..Choice::default()
        }
    }

    /// Says of the next record whether it is shown, and fills in the invocation it belongs to: an environment serves one at a
    /// time, so that what stands between its START and REPORT belongs to it. Needs the records of each stream in order.
    pub fn takes(&mut self, record: &mut Record) -> bool {
        let stream = (record.group.clone(), Arc::clone(&record.stream));
        match (&record.request_id, &record.kind) {
            (Some(id), _) => {
                self.serving.insert(stream.clone(), id.clone());
            }
            (None, Kind::Init) => {
                self.serving.remove(&stream);
            }
            (None, _) => record.request_id = self.serving.get(&stream).cloned(),
        }
        let of_request = self
            .request
            .as_ref()
            .is_none_or(|wanted| record.request_id.as_ref() == Some(wanted));
        let goes_on = record.is_continuation() && self.shown.get(&stream) == Some(&true);
        let is_shown = of_request && (!self.errors || record.is_error() || goes_on);
        if matches!(record.kind, Kind::Report(_)) {
            self.serving.remove(&stream);
        }
        self.shown.insert(stream, is_shown);
        is_shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "11111111-1111-4111-8111-111111111111";
    const TWO: &str = "22222222-2222-4222-8222-222222222222";

    fn shown(choice: &mut Choice, lines: &[&str]) -> Vec<String> {
        let group = Group::new("g", "G");
        let mut records: Vec<Record> = lines
            .iter()
            .map(|line| Record::new(0, group.clone(), "s".into(), None, line))
            .collect();
        records.retain_mut(|record| choice.takes(record));
        records.into_iter().map(|record| record.message).collect()
    }

    #[test]
    fn lines_without_an_id_belong_to_the_invocation_around_them() {
        let lines = [
            &format!("START RequestId: {ONE} Version: $LATEST"),
            "printed by one",
            &format!("END RequestId: {ONE}"),
            &format!("REPORT RequestId: {ONE}\tDuration: 1.00 ms\t"),
            "between",
            &format!("START RequestId: {TWO} Version: $LATEST"),
            "printed by two",
        ];
        let mut choice = Choice::new(Some(ONE.into()), false);
        let one = shown(&mut choice, &lines);
        assert_eq!(one.len(), 4, "{one:?}");
        assert_eq!(one[1], "printed by one");
        let mut choice = Choice::new(Some(TWO.into()), false);
        assert_eq!(shown(&mut choice, &lines)[1..], ["printed by two"]);
    }

    #[test]
    fn errors_are_shown_with_what_goes_on_with_them() {
        let mut choice = Choice::new(None, true);
        let lines = [
            "INFO fine",
            "  fine still",
            "ERROR boom",
            "    at f (x.js:1)",
            "fine again",
            "{\"level\":\"error\",\"message\":\"x\"}",
            &format!("REPORT RequestId: {ONE}\tDuration: 1.00 ms\tStatus: timeout\t"),
            &format!("REPORT RequestId: {TWO}\tDuration: 1.00 ms\t"),
            &format!("2026-11-21T20:00:00.000Z {ONE} Task timed out after 3.00 seconds"),
        ];
        let errors = shown(&mut choice, &lines);
        assert_eq!(errors.len(), 5, "{errors:?}");
        assert_eq!(errors[1], "    at f (x.js:1)");
    }
}
