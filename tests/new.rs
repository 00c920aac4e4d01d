//! `hoist new`: every built-in project is made, validated and invoked by the program itself, and its unit tests run.
//!
//! `tests/new/<project>.json` lists the project's events with their answers, in the order they are sent:
//!
//! | member | what |
//! |---|---|
//! | `function`, `event` | what is invoked with what, from `events/` |
//! | `arguments` | of `hoist invoke` besides |
//! | `emulated` | the answer needs an AWS endpoint |
//! | `answer` | the answer. A body in JSON stands there as what it says; ids and times are `<id>` and `<time>` |
//!
//! What is not on the machine (Node, Python, an emulator, the WebAssembly target of Rust) is said to be skipped.

#[path = "new/command.rs"]
mod command;
#[path = "new/emulated.rs"]
mod emulated;
#[allow(dead_code, reason = "the tests of the SDK use more of it")]
#[path = "sdk/emulator.rs"]
mod emulator;
#[allow(dead_code, reason = "the tests of npm packages use more of it")]
#[path = "npm/installation.rs"]
mod installation;
#[cfg(unix)]
#[path = "new/terminal.rs"]
mod terminal;
#[path = "new/unit.rs"]
mod unit;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fancy_regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// Hoist with a clean environment and a cache that all tests share.
fn hoist() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    clean(&mut command).stdin(Stdio::null());
    command
}

/// Takes the tests' own environment away.
fn clean(command: &mut Command) -> &mut Command {
    command
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("PATH", "/usr/bin:/bin")
        .env(
            "HOIST_CACHE_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache"),
        )
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// One line of `tests/new/<project>.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    function: String,
    event: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    emulated: bool,
    answer: Value,
}

impl Case {
    /// As it stands in a README.
    fn line(&self) -> String {
        let mut line = format!(
            "hoist invoke {} --local -e events/{}",
            self.function, self.event
        );
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(argument);
        }
        line
    }
}

/// A project that `hoist new` made.
struct Made {
    project: String,
    folder: PathBuf,
    /// What it says to type next.
    next: Vec<String>,
    _base: TempDir,
}

impl Made {
    fn new(project: &str) -> Self {
        Self::within(project, tempfile::tempdir().unwrap())
    }

    fn within(project: &str, base: TempDir) -> Self {
        let output = hoist()
            .args(["new", project, "my-app", "--output", "json"])
            .current_dir(base.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        let next = made["next"].as_array().unwrap().iter();
        Made {
            project: project.to_owned(),
            folder: base.path().join("my-app"),
            next: next.map(|line| line.as_str().unwrap().to_owned()).collect(),
            _base: base,
        }
    }

    fn cases(&self) -> Vec<Case> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/new");
        let text = fs::read(folder.join(format!("{}.json", self.project))).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// Sends an event; gives the answer in the form of `tests/new`.
    fn invoke(&self, case: &Case, variables: &[(&str, &str)]) -> Value {
        let mut command = hoist();
        let output = command
            .current_dir(&self.folder)
            .args(["invoke", &case.function, "--local", "-e"])
            .arg(format!("events/{}", case.event))
            .args(&case.arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let log = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{}: {log}", case.line());
        assert!(!log.contains("warning"), "{}: {log}", case.line());
        readable(&stdout(&output), &self.event(case))
    }

    /// The text of an event.
    fn event(&self, case: &Case) -> String {
        fs::read_to_string(self.folder.join("events").join(&case.event)).unwrap()
    }

    /// The codes of what is wrong with the project.
    fn faults(&self) -> Vec<String> {
        let mut command = hoist();
        let command = command.args(["validate", "--output", "json"]);
        let output = command.current_dir(&self.folder).output().unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = found.as_array().unwrap().iter();
        found
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Types what `hoist new` says, word by word.
    fn type_next(&self, event: &str) -> Value {
        let program = Path::new(env!("CARGO_BIN_EXE_hoist"));
        let mut shell = Command::new("sh");
        let output = clean(&mut shell)
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", program.parent().unwrap().display()),
            )
            .args(["-ec", &self.next.join("\n")])
            .current_dir(self.folder.parent().unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        readable(&stdout(&output), event)
    }

    /// Everything that a project is promised to do without an AWS endpoint.
    fn check(&self) {
        assert_eq!(self.faults(), [""; 0], "{}", self.project);
        let cases = self.cases();
        self.check_lists(&cases);
        for case in &cases {
            match case.emulated {
                // `emulated.rs` sends it.
                true => println!("skipped without an AWS endpoint: {}", case.line()),
                false => assert_eq!(self.invoke(case, &[]), case.answer, "{}", case.line()),
            }
        }
        let last = self.next.last().unwrap();
        let first = cases.iter().find(|case| case.line() == *last).unwrap();
        assert!(!first.emulated, "{last}");
        #[cfg(unix)]
        assert_eq!(self.type_next(&self.event(first)), first.answer);
    }

    /// No event is left out of `tests/new`, and the README invents none.
    fn check_lists(&self, cases: &[Case]) {
        let used: BTreeSet<_> = cases.iter().map(|case| case.event.clone()).collect();
        let there: BTreeSet<_> = fs::read_dir(self.folder.join("events"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "variables.json")
            .collect();
        assert_eq!(used, there, "{}", self.project);
        let readme = fs::read_to_string(self.folder.join("README.md")).unwrap();
        let typed: Vec<_> = readme
            .lines()
            .filter(|line| line.starts_with("hoist invoke"))
            .collect();
        assert!(!typed.is_empty(), "{}", self.project);
        for line in typed {
            let known = cases.iter().any(|case| case.line() == line);
            assert!(known, "{}: `{line}` is not in tests/new", self.project);
        }
    }
}

/// An answer as it stands in `tests/new`. Ids that the event had stay what they are.
fn readable(text: &str, event: &str) -> Value {
    let mut text = text.to_owned();
    for (pattern, name) in [
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (
            r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)",
            "<time>",
        ),
    ] {
        let pattern = Regex::new(pattern).unwrap();
        let replaced = pattern.replace_all(&text, |found: &Captures<str>| {
            let found = &found[0];
            let given = event.contains(found);
            (if given { found } else { name }).to_owned()
        });
        text = replaced.into_owned();
    }
    let mut answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text:?}"));
    if let Some(body) = answer.get_mut("body")
        && let Some(inner) = body
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
    {
        *body = inner;
    }
    answer
}

#[test]
fn the_http_api_with_a_table_in_javascript_answers() {
    let made = Made::new("http-api-table-js");
    made.check();
    unit::javascript(&made.folder);
}

#[test]
fn the_http_api_with_a_table_in_typescript_answers() {
    let made = Made::new("http-api-table-ts");
    made.check();
    unit::typescript(&made.folder);
}

#[test]
fn the_http_api_with_a_table_in_python_answers() {
    let made = Made::new("http-api-table-python");
    made.check();
    unit::python(&made.folder);
}

#[test]
fn the_queue_worker_answers() {
    let made = Made::new("queue-worker");
    made.check();
    unit::javascript(&made.folder);
}

#[test]
fn the_bucket_trigger_answers() {
    let made = Made::new("bucket-trigger");
    made.check();
    unit::python(&made.folder);
}

#[test]
fn the_schedule_answers() {
    let made = Made::new("schedule");
    made.check();
    unit::python(&made.folder);
}

#[test]
fn the_event_bus_answers() {
    let made = Made::new("event-bus");
    made.check();
    unit::javascript(&made.folder);
}

#[test]
fn the_stream_processor_answers() {
    let made = Made::new("stream-processor");
    made.check();
    unit::typescript(&made.folder);
}

#[test]
fn the_authorizer_answers() {
    let made = Made::new("authorizer");
    made.check();
    unit::javascript(&made.folder);
}

#[test]
fn the_webassembly_function_answers() {
    let made = Made::new("wasm-rust");
    let cases = made.cases();
    made.check_lists(&cases);
    unit::rust(&made.folder);
    for case in &cases {
        let event = made.folder.join("events").join(&case.event);
        let printed = unit::run_rust(&made.folder, &event);
        let answer = readable(&printed, &made.event(case));
        assert_eq!(answer, case.answer, "{}", case.line());
    }
    // The template names what the compiler makes, and nothing else is wrong with it.
    assert_eq!(made.faults(), ["project/no-code"]);
    if unit::build_wasm(&made.folder) {
        assert_eq!(made.faults(), [""; 0]);
        for case in &cases {
            assert_eq!(made.invoke(case, &[]), case.answer, "{}", case.line());
        }
    }
}

#[test]
fn every_built_in_project_is_tested() {
    let listed: BTreeSet<String> = hoist::scaffold::PROJECTS
        .iter()
        .map(|project| format!("{}.json", project.name))
        .collect();
    let tested: BTreeSet<String> =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/new"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".json"))
            .collect();
    assert_eq!(listed, tested);
}
