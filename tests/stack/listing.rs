//! Everything that there is on an emulated AWS, comparable.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value as Json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Asks the services what they have: a Python program, for boto3 gives all answers in one form.
pub struct Lister {
    _program: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Lister {
    /// Starts it with the Python beside the emulator's program, which has boto3.
    pub fn start(emulator: &Path) -> Self {
        let mut program = Command::new(emulator.with_file_name("python"))
            .args(["-c", include_str!("listing.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let questions = program.stdin.take().unwrap();
        let answers = BufReader::new(program.stdout.take().unwrap()).lines();
        Lister {
            _program: program,
            questions,
            answers,
        }
    }

    /// What there is on the server at `url`.
    pub async fn list(&mut self, url: &str) -> Json {
        let question = format!("{url}\n");
        self.questions.write_all(question.as_bytes()).await.unwrap();
        let answer = self.answers.next_line().await.unwrap();
        serde_json::from_str(&answer.expect("the services answer")).unwrap()
    }
}

/// Where the first listing differs from the second, one line a difference.
pub fn differences(expected: &Json, found: &Json) -> Vec<String> {
    let mut all = Vec::new();
    compare("", expected, found, &mut all);
    all
}

fn compare(path: &str, expected: &Json, found: &Json, all: &mut Vec<String>) {
    match (expected, found) {
        (Json::Object(one), Json::Object(other)) => {
            let mut names: Vec<_> = one.keys().chain(other.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let value = |map: &serde_json::Map<String, Json>| {
                    map.get(name).cloned().unwrap_or_default()
                };
                compare(&format!("{path}.{name}"), &value(one), &value(other), all);
            }
        }
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}[{index}]"), one, other, all);
            }
        }
        _ if expected == found => {}
        _ => all.push(format!("{path}: {expected} became {found}")),
    }
}
