//! SAM's transform against the cases of AWS's own translator.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "sam/corpus.rs"]
mod corpus;
#[path = "sam/hostile.rs"]
mod hostile;
#[allow(dead_code)]
mod real;

/// The least share of success cases that must come out the same, in each partition, and of error cases.
const SUCCESS: f64 = 0.95;
const ERRORS: f64 = 0.85;

/// `tests/sam/exceptions.tsv`: case, partitions joined by `,`, reason. A line that starts with `#` says something.
fn exceptions() -> BTreeMap<(String, String), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sam/exceptions.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut listed = BTreeMap::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, partitions, reason] = fields.as_slice() else {
            panic!("`{line}` has not three fields");
        };
        assert!(reason.len() > 10, "`{name}` has no reason");
        for partition in partitions.split(',') {
            listed.insert(
                ((*name).to_owned(), partition.to_owned()),
                (*reason).to_owned(),
            );
        }
    }
    listed
}

#[test]
fn the_cases_of_the_translator_come_out_the_same() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let cases = corpus::cases(&folder);
    assert!(cases.len() > 500, "only {} cases were found", cases.len());
    let listed = exceptions();
    let mut failed = BTreeSet::new();
    let mut counts: BTreeMap<(&str, bool), (usize, usize)> = BTreeMap::new();
    let mut by_kind: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in &cases {
        let passes = case.passes();
        let count = counts.entry((case.partition, case.is_error())).or_default();
        count.0 += usize::from(passes);
        count.1 += 1;
        for kind in case.kinds() {
            let count = by_kind.entry(kind).or_default();
            count.0 += usize::from(passes);
            count.1 += 1;
        }
        if !passes {
            failed.insert((case.name.clone(), case.partition.to_owned()));
        }
    }
    // Shown with `cargo test --test sam -- --nocapture`.
    for (kind, (passed, all)) in &by_kind {
        println!("{kind}: {passed} of {all} cases");
    }
    for ((partition, is_error), (passed, all)) in &counts {
        let kind = if *is_error { "error" } else { "success" };
        println!("{partition}: {passed} of {all} {kind} cases");
    }
    let listed: BTreeSet<_> = listed.into_keys().collect();
    let unlisted: Vec<_> = failed.difference(&listed).collect();
    let outdated: Vec<_> = listed.difference(&failed).collect();
    assert!(
        unlisted.is_empty() && outdated.is_empty(),
        "cases that fail and are not in tests/sam/exceptions.tsv: {unlisted:#?}\ncases there that do not fail: {outdated:#?}"
    );
    for ((partition, is_error), (passed, all)) in counts {
        let wanted = if is_error { ERRORS } else { SUCCESS };
        assert!(
            passed as f64 >= wanted * all as f64,
            "{partition}: {passed} of {all} are fewer than {wanted}"
        );
    }
}
