//! What a case gives, and how it is compared with the record.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use fancy_regex::Regex;

type Checks = BTreeMap<String, String>;

/// What a handler gave somewhere.
pub struct Given {
    /// The text of each check, or why there is none.
    pub answer: Result<Checks, String>,
    /// What it logged, redacted.
    pub log: String,
}

/// The checks of an answer: its members, those that are no text as JSON.
///
/// # Errors
/// The answer, when it is no object.
pub fn answer_of(answer: &[u8]) -> Result<Checks, String> {
    let value: serde_json::Value = serde_json::from_slice(answer)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(answer)))?;
    let members = value.as_object().ok_or_else(|| value.to_string())?;
    Ok(members
        .iter()
        .map(|(name, value)| {
            let text = value.as_str().map(str::to_owned);
            (name.clone(), text.unwrap_or_else(|| value.to_string()))
        })
        .collect())
}

/// A log without what changes from run to run: Lambda's START, END and REPORT lines, the prefix that Lambda puts
/// before what `console` writes, times, and the frames of stacks (engines show different ones).
pub fn redacted(log: &str) -> String {
    let replacements = [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>"),
        (
            r"(?m)^<time>\t[-\w]*\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t",
            "",
        ),
        (r"\b1[6-9]\d{11}\b", "<ms>"),
        (
            r#""stack":"((?:[^"\\]|\\.)*?)\\n +at(?:[^"\\]|\\.)*""#,
            "\"stack\":\"$1\"",
        ),
        (r#""location":"[^"]*""#, "\"location\":\"<place>\""),
        (r#""responseTime":[\d.]+"#, "\"responseTime\":<ms>"),
        (r"\r", "\n"),
        (r"(?m)^    at .*\n", ""),
    ];
    let mut log = log.to_owned();
    for (pattern, replacement) in replacements {
        let pattern = Regex::new(pattern).unwrap();
        log = pattern.replace_all(&log, replacement).into_owned();
    }
    let platform = ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "];
    log.lines()
        .filter(|line| !platform.iter().any(|start| line.starts_with(start)))
        .map(|line| format!("{line}\n"))
        .collect()
}

impl Given {
    /// This without the port of the server, which changes from run to run.
    pub fn without(self, server: SocketAddr) -> Self {
        let hidden = |text: &str| text.replace(&server.to_string(), "127.0.0.1:<port>");
        Given {
            answer: self.answer.map(|checks| {
                let checks = checks.into_iter();
                checks.map(|(name, text)| (name, hidden(&text))).collect()
            }),
            log: hidden(&self.log),
        }
    }

    /// Keeps this as what is expected.
    ///
    /// # Errors
    /// What the handler failed with.
    pub fn record(&self, folder: &Path) -> Result<(), String> {
        let checks = self.answer.as_ref().map_err(Clone::clone)?;
        let mut text = serde_json::to_string_pretty(checks).unwrap();
        text.push('\n');
        fs::write(folder.join("expected.json"), text).unwrap();
        let log = folder.join("expected-log.txt");
        if !self.log.is_empty() {
            fs::write(log, &self.log).unwrap();
        } else if log.exists() {
            fs::remove_file(log).unwrap();
        }
        Ok(())
    }

    /// Where the record is not what Node gives now.
    pub fn faults_of_record(&self, case: &str, folder: &Path) -> Vec<String> {
        let said = "the record is not what node gives, record it anew";
        self.compared(folder)
            .into_iter()
            .filter(|(_, difference)| difference.is_some())
            .map(|(check, difference)| format!("{case}/{check}: {said}: {}", difference.unwrap()))
            .collect()
    }

    /// Every check of the record and of this, with how they differ. The log is a check named `log`.
    fn compared(&self, folder: &Path) -> BTreeMap<String, Option<String>> {
        let read = |name| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let mut expected: Checks = serde_json::from_str(&read("expected.json"))
            .unwrap_or_else(|error| panic!("{}/expected.json: {error}", folder.display()));
        expected.insert("log".into(), read("expected-log.txt"));
        let mut found = match &self.answer {
            Ok(checks) => checks.clone(),
            Err(reason) => return [("answer".into(), Some(reason.clone()))].into(),
        };
        found.insert("log".into(), self.log.clone());
        let names = expected.keys().chain(found.keys()).cloned();
        names
            .map(|name| {
                let difference = match (expected.get(&name), found.get(&name)) {
                    (Some(expected), Some(found)) if expected == found => None,
                    (Some(expected), Some(found)) => {
                        Some(format!("expected\n{expected}\nfound\n{found}\n"))
                    }
                    (Some(_), None) => Some("it was not run".into()),
                    (None, found) => Some(format!(
                        "it is not in the record: {}",
                        found.map_or("", String::as_str)
                    )),
                };
                (name, difference)
            })
            .collect()
    }
}

/// The differences that are known, with their reasons.
pub struct Known(BTreeMap<String, String>);

impl Known {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        Known(
            serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        )
    }

    /// What differs without being known, and what is known without differing.
    pub fn faults(&mut self, case: &str, folder: &Path, given: &Given) -> Vec<String> {
        let mut faults = Vec::new();
        for (check, difference) in given.compared(folder) {
            let name = format!("{case}/{check}");
            match (difference, self.0.remove(&name)) {
                (None, None) | (Some(_), Some(_)) => {}
                (None, Some(reason)) => {
                    faults.push(format!("{name} is equal now; listed as: {reason}"));
                }
                (Some(difference), None) => faults.push(format!("{name}: {difference}")),
            }
        }
        faults
    }

    /// What is listed for `cases` and was no check of theirs.
    pub fn stale<'a>(&self, cases: impl Iterator<Item = &'a str>) -> Vec<String> {
        let cases: Vec<&str> = cases.collect();
        self.0
            .keys()
            .filter(|name| {
                let case = name.split('/').next().unwrap_or_default();
                cases.contains(&case)
            })
            .map(|name| format!("differences.json names {name}, which is no check"))
            .collect()
    }
}
