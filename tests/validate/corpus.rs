//! Public templates: those that AWS takes have no error, and bad ones have the errors they were written for.
//!
//! Each list in `tests/validate/` names the templates that differ, the codes of their errors, and why that is right. It fails
//! both ways: when an error is not listed, and when a listed one is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use hoist::diag::Severity;
use hoist::project::{Options, Scrutiny, validate};

use crate::real::corpus;

/// Runtimes are retired as of this day, so that the lists stay as they are.
const TODAY: &str = "2026-11-21";

/// Errors about what is not in the corpus: files beside the templates.
const NOT_HERE: [&str; 2] = ["project/unreadable", "project/include"];

fn templates(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            templates(&path, into);
        } else if matches!(ending, Some("yaml" | "yml" | "json")) {
            into.push(path);
        }
    }
}

fn errors(path: &Path, region: &str) -> BTreeSet<String> {
    codes(path, region, Severity::Error)
}

/// The codes of what is said about a template that is at least as bad as `least`.
fn codes(path: &Path, region: &str, least: Severity) -> BTreeSet<String> {
    let options = Options {
        region: region.into(),
        ..Options::default()
    };
    let scrutiny = Scrutiny {
        code: false,
        today: TODAY.into(),
    };
    validate(path, &options, &scrutiny)
        .diagnostics
        .iter()
        .filter(|one| one.severity <= least && !NOT_HERE.contains(&one.code))
        .map(|one| one.code.to_owned())
        .collect()
}

/// Errors by template, for those that have any.
fn found(
    folder: &Path,
    region: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> (usize, BTreeMap<String, BTreeSet<String>>) {
    let mut paths = Vec::new();
    templates(folder, &mut paths);
    let mut all = BTreeMap::new();
    let mut count = 0;
    for path in paths {
        let name = path
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if is_wanted(&name) {
            count += 1;
            let errors = errors(&path, region);
            if !errors.is_empty() {
                all.insert(name, errors);
            }
        }
    }
    (count, all)
}

/// The lines of a list: name, codes, and the rest.
fn listed(list: &'static str) -> BTreeMap<String, BTreeSet<String>> {
    list.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, codes, reason] = fields.as_slice() else {
                panic!("three fields, not {line}");
            };
            assert!(!reason.is_empty(), "{name} has no reason");
            let codes = codes.split(' ').map(str::to_owned).collect();
            ((*name).to_owned(), codes)
        })
        .collect()
}

fn compare(found: &BTreeMap<String, BTreeSet<String>>, list: &'static str, file: &str) {
    let listed = listed(list);
    let names: BTreeSet<&String> = found.keys().chain(listed.keys()).collect();
    let wrong: Vec<String> = names
        .into_iter()
        .filter(|name| found.get(*name) != listed.get(*name))
        .map(|name| {
            format!(
                "{name}: {:?}, listed {:?}",
                found.get(name),
                listed.get(name)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

#[test]
fn good_templates_have_no_error() {
    let Some(folder) = corpus("templates/cfn-lint/test/fixtures/templates/good") else {
        return;
    };
    let (count, found) = found(&folder, "us-east-1", |_| true);
    println!(
        "{} of {count} good templates have no error",
        count - found.len()
    );
    compare(&found, include_str!("good.tsv"), "good.tsv");
}

#[test]
fn bad_templates_have_the_errors_they_were_written_for() {
    let Some(folder) = corpus("templates/cfn-lint/test/fixtures/templates/bad") else {
        return;
    };
    let (mut count, mut wrong) = (0, Vec::new());
    for line in include_str!("bad.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, rules, wanted] = fields.as_slice() else {
            panic!("three fields, not {line}");
        };
        let said = codes(&folder.join(name), "us-east-1", Severity::Note);
        count += 1;
        if !wanted.split(' ').all(|code| said.contains(code)) {
            wrong.push(format!("{name}: cfn-lint has {rules}, here are {said:?}"));
        }
    }
    println!("{count} bad templates have the errors they were written for");
    assert!(count >= 15 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn applications_that_aws_takes_have_no_error() {
    let Some(folder) = corpus("templates/serverless-patterns") else {
        return;
    };
    let (count, found) = found(&folder, "us-east-1", |_| true);
    println!(
        "{} of {count} applications have no error",
        count - found.len()
    );
    compare(&found, include_str!("patterns.tsv"), "patterns.tsv");
}

#[test]
fn what_the_translator_takes_has_no_error() {
    let Some(folder) = corpus("sam-translator/input") else {
        return;
    };
    let (count, mut found) = found(&folder, "ap-southeast-1", |name| {
        !name.starts_with("error_")
    });
    for errors in found.values_mut() {
        // Most of them are older than the runtimes of today.
        errors.remove("check/retired-runtime");
    }
    found.retain(|_, errors| !errors.is_empty());
    println!("{} of {count} inputs have no error", count - found.len());
    compare(&found, include_str!("translator.tsv"), "translator.tsv");
}
