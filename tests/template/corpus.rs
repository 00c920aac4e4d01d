//! The corpus: real templates, and what AWS's language extensions make of theirs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoist::diag::{Diagnostic, Severity, Span};
use hoist::template::Node;
use serde_json::Value as Json;

use crate::real::corpus;
use crate::{Run, scope};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

const EXPECTED: [&str; 3] = ["Expected", "_expected", "Resolved"];

/// The expected result of a case, under any of the names the corpus uses.
fn expected_of(case: &Path) -> Option<PathBuf> {
    EXPECTED
        .iter()
        .map(|ending| case.with_file_name(format!("{}{ending}.json", stem(case))))
        .find(|path| path.is_file())
}

/// The transform under test has names of its own in its tests, and a placeholder stands for an attribute.
fn case_text(path: &Path) -> String {
    std::fs::read_to_string(path)
        .unwrap()
        .replace(
            "\"AWS::LanguageExtensionsDev\"",
            "\"AWS::LanguageExtensions\"",
        )
        .replace("\"LanguageExtensionsDev\"", "\"AWS::LanguageExtensions\"")
        .replace("$RESOURCE_ATTRIBUTE", "DeletionPolicy")
}

#[test]
fn language_extensions_evaluate_to_what_is_expected() {
    let Some(folder) = corpus("language-extensions") else {
        return;
    };
    let mut compared = 0;
    let mut different = Vec::new();
    for path in files(&folder) {
        let Some(expected) = expected_of(&path) else {
            continue;
        };
        let run = Run::of("t.json", &case_text(&path), &[]);
        let expected: Json = serde_json::from_str(&case_text(&expected)).unwrap();
        compared += 1;
        let found = run.json();
        // One case refers to a resource it does not have; its expected result keeps that reference.
        let mut errors = run.errors();
        errors.retain(|error| !error.contains("eval/unknown-reference"));
        if found != expected || !errors.is_empty() {
            different.push(format!(
                "{}\n  {found}\n  {expected}\n  {errors:?}",
                path.display()
            ));
        }
    }
    println!("{compared} cases compared");
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(compared >= 20, "only {compared} cases found");
}

/// Cases that AWS's own tests want refused, besides those named `Invalid`, `Conflicting` or `NotResolvable`.
const REFUSED: [&str; 19] = [
    "fnFindInMapWithMapNameNotResolveToString",
    "fnFindInMapWithUnsupportedFunctionFnGetAtt",
    "fnFindInMapWithUnsupportedFunctionFnRef",
    "fnFindInMapWithUnsupportedFunctionInMapName",
    "fnForEachWithNoEchoParameter",
    "fnForEachWithNoIdentifierInOutputKeyAndNotValid",
    "fnForEachWithOutputKeyExistingInParentLevel",
    "fnForEachWithOutputKeyWithParam",
    "resourceAttributesWithAwsNoValue",
    "templateFnInMapInWhenTrueConditionInOutputWithInvalidParam",
    "templateFnInMapInWhenTrueConditionInResourceWithInvalidParam",
    "templateWithFnMapInCondition",
    "templateWithIntrinsicFunctionsAndDefaultValue",
    "templateWithNonresolvableConditions",
    "templateWithNullResources",
    "templateWithResourceConditionWithoutReferencedInConditionSection",
    "templateWithResourcesDefinedAsNull",
    "templateWithSelfReferenceCircularConditions",
    "toJsonStringWithInvalidLayout",
];

/// Cases with `Invalid` in their name that are fine, because what is invalid in them is never evaluated.
const NEVER_EVALUATED: [&str; 2] = [
    "templateFindInMapWithInvalidRef",
    "templateFnInMapInWhenFalseConditionInResourceWithInvalidStringPath",
];

#[test]
fn language_extensions_refuse_what_aws_refuses() {
    let Some(folder) = corpus("language-extensions") else {
        return;
    };
    let (mut refused, mut accepted) = (0, Vec::new());
    for path in files(&folder) {
        let name = stem(&path);
        let is_result = EXPECTED.iter().any(|ending| name.ends_with(ending));
        if is_result || NEVER_EVALUATED.contains(&name.as_str()) {
            continue;
        }
        let run = Run::of("t.json", &case_text(&path), &[]);
        let named_so = ["Invalid", "Conflicting", "NotResolvable"]
            .iter()
            .any(|part| name.contains(part));
        if named_so || REFUSED.contains(&name.as_str()) {
            refused += 1;
            if run.errors().is_empty() {
                accepted.push(path.display().to_string());
            }
        }
    }
    println!("{refused} cases to refuse");
    assert!(accepted.is_empty(), "accepted:\n{}", accepted.join("\n"));
    assert!(refused >= 30, "only {refused} cases found");
}

/// Evaluates every template below a folder; returns how many were read and how many of them are without an error.
fn run_all(part: &str) -> Option<(usize, usize)> {
    let folder = corpus(part)?;
    let (mut count, mut clean) = (0, 0);
    let mut times: Vec<(Duration, PathBuf)> = Vec::new();
    for path in files(&folder) {
        let named_as_one = ["yaml", "yml", "json", "template"]
            .iter()
            .any(|ending| path.extension().is_some_and(|found| found == *ending));
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if !named_as_one {
            continue;
        }
        // The corpus has the templates without the files beside them.
        let include = |_: &str, span: Span| -> Result<Node, Diagnostic> {
            Ok(Node::new(
                span,
                hoist::template::Value::Map(hoist::template::Map::new()),
            ))
        };
        let started = Instant::now();
        let run = Run::with(&path.to_string_lossy(), &text, &[], &scope(), &include);
        times.push((started.elapsed(), path.clone()));
        count += 1;
        // What SAM makes is not there: its transform runs before the evaluation, and not in these tests.
        let is_fault = |one: &Diagnostic| {
            one.severity == Severity::Error && one.code != "eval/unknown-reference"
        };
        clean += usize::from(!run.diagnostics.iter().any(is_fault));
        for diagnostic in run.diagnostics.iter() {
            println!("{}:{}", path.display(), run.line(diagnostic));
            assert!(diagnostic.span().is_some(), "no place: {diagnostic:?}");
        }
    }
    times.sort();
    for (time, path) in times.iter().rev().take(3) {
        println!("{time:?} {}", path.display());
    }
    println!("{part}: {count} templates, {clean} without an error");
    Some((count, clean))
}

#[test]
fn real_applications_are_read_and_evaluated() {
    let Some((count, clean)) = run_all("templates/serverless-patterns") else {
        return;
    };
    assert!(count > 100, "only {count} templates found");
    assert!(
        clean * 100 >= count * 95,
        "only {clean} of {count} are without an error"
    );
}

#[test]
fn good_and_bad_templates_are_read_without_panic() {
    let Some((count, _)) = run_all("templates/cfn-lint/test/fixtures/templates") else {
        return;
    };
    assert!(count > 50, "only {count} templates found");
}

#[test]
fn every_template_of_the_translator_is_read_without_panic() {
    let Some((count, _)) = run_all("sam-translator/input") else {
        return;
    };
    assert!(count > 100, "only {count} templates found");
}

#[test]
fn damaged_templates_are_read_without_panic() {
    let Some(folder) = corpus("templates/serverless-patterns") else {
        return;
    };
    for path in files(&folder).into_iter().step_by(40) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let name = path.to_string_lossy();
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(97).collect();
        for at in cuts {
            // The front half alone, and everything with one character taken out.
            Run::of(&name, &text[..at], &[]);
            let mut without = text.clone();
            without.remove(at);
            Run::of(&name, &without, &[]);
        }
    }
}
