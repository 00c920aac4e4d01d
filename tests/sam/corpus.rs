//! The translator's own cases: SAM templates, and what AWS's translator makes of them in each partition.
//! How they are compared: ../shared/corpus/README.md.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hoist::diag::Sources;
use hoist::sam::{Context, LocalCode, document_message, expand};
use hoist::template;
use serde_json::{Map, Value};

/// Partition and region of a run, and the folder of its outputs.
pub const PARTITIONS: [(&str, &str, &str); 3] = [
    ("aws", "ap-southeast-1", "output"),
    ("aws-cn", "cn-north-1", "output/aws-cn"),
    ("aws-us-gov", "us-gov-west-1", "output/aws-us-gov"),
];

/// One case in one partition.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub partition: &'static str,
    region: &'static str,
    input: PathBuf,
    output: PathBuf,
}

impl Case {
    pub fn is_error(&self) -> bool {
        self.name.starts_with("error_")
    }

    /// The types of SAM resources in the template.
    pub fn kinds(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.input).unwrap();
        let mut kinds: Vec<String> = text
            .split("AWS::Serverless::")
            .skip(1)
            .map(|rest| {
                rest.chars()
                    .take_while(|letter| letter.is_ascii_alphanumeric())
                    .collect()
            })
            .filter(|kind: &String| !kind.is_empty())
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    pub fn expected(&self) -> Value {
        let text = std::fs::read_to_string(&self.output).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        match json.get("errorMessage") {
            Some(message) if self.is_error() => message.clone(),
            _ => normal(&json),
        }
    }

    /// What the transform makes of it: the template, or the message.
    pub fn actual(&self) -> Value {
        let text = std::fs::read_to_string(&self.input).unwrap();
        let parameters: BTreeMap<String, String> = [("param1", "value1"), ("param2", "value2")]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let context = Context {
            region: self.region,
            parameters: &parameters,
            local_code: LocalCode::Refuse,
            now: 0,
        };
        let mut sources = Sources::new();
        let (template, diagnostics) = template::parse(&mut sources, "case.yaml", text);
        let Some(template) = template else {
            return Value::String(format!("unreadable: {diagnostics:?}"));
        };
        let expanded = expand(template, &context);
        if expanded.faults.is_empty() {
            normal(&expanded.template.root.to_json())
        } else {
            Value::String(document_message(&expanded.faults))
        }
    }

    pub fn passes(&self) -> bool {
        self.actual() == self.expected()
    }
}

/// The folder with the cases; none where it is not there.
pub fn folder() -> Option<PathBuf> {
    crate::real::corpus("sam-translator")
}

/// Every case in every partition that has an output for it.
pub fn cases(folder: &Path) -> Vec<Case> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder.join("input"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let mut cases = Vec::new();
    for (partition, region, outputs) in PARTITIONS {
        for input in &names {
            let name = input.file_stem().unwrap().to_str().unwrap().to_owned();
            let output = folder.join(outputs).join(format!("{name}.json"));
            if output.is_file() {
                cases.push(Case {
                    name,
                    partition,
                    region,
                    input: input.clone(),
                    output,
                });
            }
        }
    }
    cases
}

/// A value in which everything that does not count is alike: the order of lists, the two ways to write `Fn::GetAtt`,
/// the hash of a REST API's deployment.
pub fn normal(json: &Value) -> Value {
    match json {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(normal).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort();
            let mut normalised = Map::new();
            for key in keys {
                let value = match &object[key] {
                    Value::String(text) if key == "Fn::GetAtt" => match text.split_once('.') {
                        Some((id, attribute)) => normal(&Value::from(vec![id, attribute])),
                        None => object[key].clone(),
                    },
                    value => normal(value),
                };
                normalised.insert(masked(key), value);
            }
            Value::Object(normalised)
        }
        Value::String(text) => Value::String(masked(text)),
        // 4.0 is 4.
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => Value::from(float as i64),
            _ => json.clone(),
        },
        other => other.clone(),
    }
}

/// A text with the digits of `…Deployment0123456789` and of the 40-digit hash in a deployment's description masked.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    for marker in ["RestApi deployment id: ", "Deployment"] {
        let length = if marker == "Deployment" { 10 } else { 40 };
        while let Some(at) = rest.find(marker) {
            let end = at + marker.len();
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            let digits = rest
                .bytes()
                .take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                .count();
            if digits == length {
                out.push('#');
                rest = &rest[length..];
            }
        }
    }
    out.push_str(rest);
    out
}
