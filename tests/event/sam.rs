//! SAM's 68 events, once from its files with a reader of our own, once from `sam` itself where there is one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hoist::sample::{Sample, service};
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::corpus;

const FOLDER: &str = "events/generate-event/samcli/lib/generated_sample_events";

/// SAM's table of events.
struct Mapping {
    folder: std::path::PathBuf,
    table: Value,
}

/// One event of the table.
struct Entry<'a> {
    service: &'a str,
    event: &'a str,
    file: &'a str,
    tags: &'a Map<String, Value>,
}

impl Mapping {
    fn read() -> Option<Self> {
        let folder = corpus(FOLDER)?;
        let text = std::fs::read_to_string(folder.join("event-mapping.json")).unwrap();
        Some(Mapping {
            folder,
            table: serde_json::from_str(&text).unwrap(),
        })
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let services = self.table.as_object().unwrap();
        let entries = services.iter().flat_map(|(service, events)| {
            let events = events.as_object().unwrap();
            events.iter().map(move |(event, entry)| Entry {
                service,
                event,
                file: entry["filename"].as_str().unwrap(),
                tags: entry["tags"].as_object().unwrap(),
            })
        });
        entries.collect()
    }

    /// What SAM's files mean with these values, put in as SAM does it but into JSON that is read already.
    fn event(&self, entry: &Entry<'_>, given: &BTreeMap<&str, &str>) -> Value {
        let path = self.folder.join("events").join(entry.service);
        let text = std::fs::read_to_string(path.join(format!("{}.json", entry.file))).unwrap();
        let mut texts = BTreeMap::new();
        let mut whole = BTreeMap::new();
        for (tag, properties) in entry.tags {
            let default = properties["default"].as_str().unwrap();
            let value = given.get(tag.as_str()).copied().unwrap_or(default);
            let written = format!("{{{{{{{}}}}}}}", tag.replace('-', "_"));
            if properties["type"] == "dict" {
                whole.insert(written, serde_json::from_str(value).unwrap());
                continue;
            }
            texts.insert(written, encoded(properties, value));
            for (child, properties) in properties["children"].as_object().into_iter().flatten() {
                texts.insert(format!("{{{{{{{child}}}}}}}"), encoded(properties, value));
            }
        }
        // The one tag that SAM names in no mapping: it becomes nothing.
        texts.insert("{{{accountId}}}".into(), String::new());
        // The one tag that is written with two braces only.
        if let Some(account) = texts.get("{{{account_id}}}").cloned() {
            texts.insert("{{account_id}}".into(), account);
        }
        let mut event = serde_json::from_str(&text).unwrap();
        put(&mut event, &texts, &whole);
        event
    }
}

fn encoded(properties: &Value, value: &str) -> String {
    match (
        properties["encoding"].as_str(),
        properties["hashing"].as_str(),
    ) {
        (Some("base64"), None) => STANDARD.encode(value),
        (Some("url"), None) => value
            .bytes()
            .map(|byte| match byte {
                b'_' | b'.' | b'-' | b'~' | b'/' => char::from(byte).to_string(),
                letter if letter.is_ascii_alphanumeric() => char::from(letter).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect(),
        (None, Some("md5")) => format!("{:x}", Md5::digest(value)),
        (None, None) => value.to_owned(),
        other => panic!("an encoding that is not known: {other:?}"),
    }
}

fn put(value: &mut Value, texts: &BTreeMap<String, String>, whole: &BTreeMap<String, Value>) {
    match value {
        Value::String(text) => {
            if let Some(other) = whole.get(text) {
                *value = other.clone();
                return;
            }
            // Longer tags first, so that two braces are not found inside three.
            for (tag, with) in texts.iter().rev() {
                *text = text.replace(tag, with);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| put(item, texts, whole)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| put(member, texts, whole)),
        _ => (),
    }
}

fn ours(entry: &Entry<'_>) -> &'static Sample {
    let service = service(entry.service).unwrap_or_else(|| panic!("no {}", entry.service));
    service
        .sample(entry.event)
        .unwrap_or_else(|| panic!("no {}/{}", entry.service, entry.event))
}

fn rendered(sample: &Sample, given: &BTreeMap<&str, &str>) -> Value {
    let given = given.iter().map(|(name, text)| (*name, *text));
    sample.render(&sample.read(given).unwrap())
}

/// A value other than the default, of the parameter's type.
fn changed(properties: &Value, plain: bool) -> &'static str {
    match (properties["type"].as_str(), plain) {
        (Some("dict"), _) => r#"{"a": "1", "b": ["x", null]}"#,
        (_, true) => "changed-1",
        (_, false) => "changed \"1\" \\ é/ü&<x>'\n\t",
    }
}

#[test]
fn every_event_of_sam_is_there_with_its_parameters() {
    let Some(mapping) = Mapping::read() else {
        return;
    };
    let entries = mapping.entries();
    assert_eq!(entries.len(), 68);
    for entry in entries {
        let sample = ours(&entry);
        assert_eq!(
            sample.parameters.len(),
            entry.tags.len(),
            "{}",
            sample.name()
        );
        for (tag, properties) in entry.tags {
            let (_, parameter) = sample.parameter(tag).unwrap();
            match properties["type"] == "dict" {
                true => assert_eq!(
                    parameter.default,
                    serde_json::from_str::<Value>(properties["default"].as_str().unwrap()).unwrap()
                ),
                false => assert_eq!(parameter.default, properties["default"], "{tag}"),
            }
        }
    }
}

#[test]
fn events_equal_sams_with_defaults_and_with_each_parameter_changed() {
    let Some(mapping) = Mapping::read() else {
        return;
    };
    let mut compared = 0;
    for entry in mapping.entries() {
        let sample = ours(&entry);
        let nothing = BTreeMap::new();
        let defaults = rendered(sample, &nothing);
        assert_eq!(
            defaults,
            mapping.event(&entry, &nothing),
            "{}",
            sample.name()
        );
        for (tag, properties) in entry.tags {
            // SAM's way of putting text into JSON inside a string breaks it; ours is tested beside the code.
            let json_inside = entry.service == "config";
            for plain in [true, false] {
                let given = BTreeMap::from([(tag.as_str(), changed(properties, plain))]);
                if !plain && json_inside {
                    continue;
                }
                let event = rendered(sample, &given);
                assert_eq!(
                    event,
                    mapping.event(&entry, &given),
                    "{} {tag}",
                    sample.name()
                );
                assert_ne!(event, defaults, "{} {tag} is used", sample.name());
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

/// What `sam` prints for each list of arguments, run in one process: `sam` takes seconds to start.
const DRIVER: &str = r#"
import json, sys
from click.testing import CliRunner
from samcli.commands.local.generate_event import event_generation as g

def command(service, event):
    services = g.GenerateEventCommand()
    command = services.get_command(None, service).get_command(None, event)
    library, tags = services.events_lib, services.all_cmds[service][event]["tags"]
    command.callback = lambda **values: print(library.generate_event(service, event, values))
    names = {tag.replace("-", "_").lower() for tag in tags}
    command.params = [one for one in command.params if one.name in names]
    return command

answers = []
for service, event, arguments in json.load(sys.stdin):
    result = CliRunner().invoke(command(service, event), arguments)
    answers.append(result.output if result.exit_code == 0 else None)
json.dump(answers, sys.stdout)
"#;

#[test]
fn events_equal_those_of_sam_itself() {
    let Some(sam) = std::env::var_os("HOIST_TEST_SAM") else {
        eprintln!("skipped: HOIST_TEST_SAM does not name a `sam` that pip installed");
        return;
    };
    let Some(mapping) = Mapping::read() else {
        return;
    };
    let mut jobs = Vec::new();
    let mut expected = Vec::new();
    for entry in mapping.entries() {
        let sample = ours(&entry);
        jobs.push(json!([entry.service, entry.event, []]));
        expected.push((sample.name(), rendered(sample, &BTreeMap::new())));
        for (tag, properties) in entry.tags {
            // `sam` takes this one and leaves it out: click makes its name lower case.
            if tag == "restApiId" {
                continue;
            }
            let value = changed(properties, true);
            jobs.push(json!([
                entry.service,
                entry.event,
                [format!("--{tag}"), value]
            ]));
            let event = rendered(sample, &BTreeMap::from([(tag.as_str(), value)]));
            expected.push((format!("{} --{tag}", sample.name()), event));
        }
    }
    let answers = asked(Path::new(&sam), &Value::from(jobs));
    assert_eq!(answers.len(), expected.len());
    for ((name, ours), theirs) in expected.iter().zip(&answers) {
        let theirs = theirs
            .as_deref()
            .unwrap_or_else(|| panic!("sam refused {name}"));
        let read: Value = serde_json::from_str(theirs).unwrap();
        assert_eq!(ours, &read, "{name}");
        if theirs.is_ascii() && !theirs.contains("\\u") {
            let text = serde_json::to_string_pretty(ours).unwrap();
            assert_eq!(text, theirs.trim_end(), "{name}: byte for byte");
        }
    }
    eprintln!(
        "{} events equal those of {}",
        answers.len(),
        Path::new(&sam).display()
    );
}

fn asked(sam: &Path, jobs: &Value) -> Vec<Option<String>> {
    let script = std::fs::read_to_string(sam).expect("`sam` as pip installs it: a script");
    let first = script.lines().next().unwrap_or_default();
    let python = first
        .strip_prefix("#!")
        .expect("a script that names its Python");
    let mut child = Command::new(python.trim())
        .args(["-c", DRIVER])
        .env("SAM_CLI_TELEMETRY", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sam's Python starts");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(jobs.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
