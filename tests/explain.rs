//! Every code that the program can give is explained, and nothing else is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hoist::diag::explanations;

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path
            .file_name()
            .is_some_and(|name| name == "tests" || name == "tests.rs");
        if path.is_dir() && !is_test {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
            files.push(path);
        }
    }
}

/// The file's code without its unit tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Codes that are never shown.
const INTERNAL: [&str; 1] = ["project/said-before"];

/// String literals of the form `area/what`.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).filter(|text| {
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        text.split_once('/')
            .is_some_and(|(area, what)| is_word(area) && is_word(what))
    })
}

/// The first literal behind `Diagnostic::error(` and its sisters.
fn given(code: &str) -> impl Iterator<Item = &str> {
    ["error", "warning", "note"]
        .into_iter()
        .flat_map(move |severity| {
            let call = format!("Diagnostic::{severity}(");
            code.match_indices(call.as_str())
                .filter_map(|(at, call)| {
                    let argument = code[at + call.len()..].trim_start();
                    let (literal, _) = argument.strip_prefix('"')?.split_once('"')?;
                    Some(literal)
                })
                .collect::<Vec<_>>()
        })
}

#[test]
fn every_code_of_the_sources_is_explained_and_every_explained_code_is_in_them() {
    let mut files = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    rust_files(&source, &mut files);
    let codes: Vec<String> = files.iter().map(|path| code(path)).collect();
    let given: BTreeSet<&str> = codes.iter().flat_map(|code| given(code)).collect();
    assert!(given.len() > 50, "the sources were not found");
    // Some codes are chosen before the diagnostic is made; their areas are those of the others.
    let areas: BTreeSet<&str> = given
        .iter()
        .filter_map(|code| code.split('/').next())
        .collect();
    let written: BTreeSet<&str> = codes
        .iter()
        .flat_map(|code| literals(code))
        .filter(|literal| {
            literal
                .split('/')
                .next()
                .is_some_and(|area| areas.contains(area))
        })
        .collect();
    let explained: Vec<&str> = explanations()
        .filter(|one| !one.is_topic())
        .flat_map(|one| one.codes)
        .collect();
    let missing: Vec<&&str> = written
        .union(&given)
        .filter(|code| !explained.contains(code) && !INTERNAL.contains(code))
        .collect();
    assert!(
        missing.is_empty(),
        "explain these in src/diag/explain/<area>.md: {missing:?}"
    );
    let extra: Vec<&&str> = explained
        .iter()
        .filter(|code| !written.contains(*code))
        .collect();
    assert!(
        extra.is_empty(),
        "nothing gives these codes any more: {extra:?}"
    );
}
