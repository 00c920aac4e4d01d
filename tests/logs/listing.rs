//! What was written before.

use hoist::aws::FaultKind;
use hoist::logs::choice::Choice;
use hoist::logs::list::{Listing, find_request};
use hoist::logs::poll::{Question, Reader};
use hoist::logs::record::{Group, Record};

use crate::cloud::emulated;
use crate::emulator::Kind;
use crate::writer::{check, client, group, make, now, put};

const BOTH: [Kind; 2] = [Kind::Ministack, Kind::Moto];
const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";

async fn all(mut listing: Listing) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(record) = listing.next().await.unwrap() {
        records.push(record);
    }
    records
}

fn ask(groups: &[Group], from: i64, pattern: Option<&str>) -> Vec<(Group, Question)> {
    let question = Question {
        from,
        pattern: pattern.map(str::to_owned),
        ..Question::default()
    };
    groups
        .iter()
        .map(|group| (group.clone(), question.clone()))
        .collect()
}

#[tokio::test]
async fn two_groups_of_several_pages_come_in_the_order_of_time_each_line_once() {
    const LINES: usize = 12_500;
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let (client, reader) = (client(&cloud), Reader::new(&cloud));
        let groups = [group("First"), group("Second")];
        let begin = now() - 60_000;
        for (offset, group) in groups.iter().enumerate() {
            make(&client, group, &["s"]).await;
            // Three lines a millisecond, so that pages end in the middle of one.
            let lines = (0..LINES).map(|number| {
                let time = begin + (number / 3 * 2 + offset) as i64;
                (time, format!("{} {number}", group.label))
            });
            put(&client, group, "s", lines.collect()).await;
        }
        let listing = Listing::new(reader.clone(), ask(&groups, begin, None));
        check(&all(listing).await, &groups, LINES);
        // From the middle on, to the middle.
        let middle = begin + 4000;
        let mut asked = ask(&groups, middle, None);
        for (_, question) in &mut asked {
            question.to = Some(middle + 999);
        }
        let records = all(Listing::new(reader.clone(), asked)).await;
        assert_eq!(records.len(), 3000, "{kind:?}");
    }
}

#[tokio::test]
async fn filters_are_matched_and_missing_groups_named() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let (client, reader) = (client(&cloud), Reader::new(&cloud));
        let (there, missing) = (group("There"), group("Missing"));
        make(&client, &there, &["s"]).await;
        let lines = ["all is fine", "ERROR one", "fine", "ERROR two"];
        let begin = now();
        let lines = lines.iter().map(|line| (begin, (*line).to_owned()));
        put(&client, &there, "s", lines.collect()).await;
        let groups = [there, missing.clone()];
        let mut listing = Listing::new(reader.clone(), ask(&groups, begin, Some("ERROR")));
        let mut texts = Vec::new();
        while let Some(record) = listing.next().await.unwrap() {
            texts.push(record.message);
        }
        assert_eq!(texts, ["ERROR one", "ERROR two"], "{kind:?}");
        assert_eq!(listing.missing().collect::<Vec<_>>(), [&missing]);
        let fault = reader.page(&missing, &Question::default(), None).await;
        assert_eq!(fault.unwrap_err().kind, FaultKind::Missing);
    }
}

#[tokio::test]
async fn one_invocation_is_found_with_the_lines_that_do_not_name_it() {
    for kind in BOTH {
        let Some((_emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let (client, reader) = (client(&cloud), Reader::new(&cloud));
        let own = group("Own");
        make(&client, &own, &["busy", "other"]).await;
        let begin = now() - 1000;
        let mut lines = Vec::new();
        for (number, id) in [ONE, TWO].into_iter().enumerate() {
            let at = begin + 100 * number as i64;
            lines.push((at, format!("START RequestId: {id} Version: $LATEST\n")));
            lines.push((at + 1, format!("printed by {number}\n")));
            lines.push((at + 2, format!("END RequestId: {id}\n")));
            let report = format!(
                "REPORT RequestId: {id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n"
            );
            lines.push((at + 2, report));
        }
        put(&client, &own, "busy", lines).await;
        let other = vec![(begin + 1, "of another environment".to_owned())];
        put(&client, &own, "other", other).await;
        let groups = [own];
        let asked = find_request(&reader, &groups, ONE, begin - 1000, None).await;
        let listing = Listing::new(reader.clone(), asked.unwrap());
        let mut choice = Choice::new(Some(ONE.into()), false);
        let mut records = all(listing).await;
        records.retain_mut(|record| choice.takes(record));
        let texts: Vec<&str> = records
            .iter()
            .map(|record| record.message.split(' ').next().unwrap())
            .collect();
        assert_eq!(texts, ["START", "printed", "END", "REPORT"], "{kind:?}");
        assert!(records[1].message.ends_with('0'));
        assert!(
            records
                .iter()
                .all(|it| it.request_id.as_deref() == Some(ONE))
        );
    }
}
