//! `hoist expand`: real applications, hostile templates, and the command from outside.

mod real;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use hoist::diag::Sources;
use hoist::sam::{Context, Expanded, LocalCode, expand};
use hoist::template::{self, Node, Template, Value, to_yaml};

use real::{corpus, templates};

fn parsed(path: &Path) -> Option<Template> {
    let text = std::fs::read_to_string(path).ok()?;
    template::parse(&mut Sources::new(), path, text).0
}

fn expanded(template: Template, local_code: LocalCode) -> Expanded {
    let parameters = BTreeMap::new();
    let context = Context {
        region: "eu-central-1",
        parameters: &parameters,
        local_code,
        now: 0,
    };
    expand(template, &context)
}

#[test]
fn what_aws_takes_expands() {
    let Some(folder) = corpus("templates/serverless-patterns") else {
        return;
    };
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sam/refused.txt");
    let list = std::fs::read_to_string(list).unwrap();
    let refused: BTreeSet<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    let all = templates(&folder);
    assert!(all.len() > 200, "only {} templates", all.len());
    let mut wrong = Vec::new();
    for path in all {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        if refused.contains(name) {
            continue;
        }
        let Some(template) = parsed(&path) else {
            wrong.push(format!("{name}: unreadable"));
            continue;
        };
        let expanded = expanded(template, LocalCode::Keep);
        wrong.extend(
            expanded
                .faults
                .iter()
                .map(|fault| format!("{name}: {fault}")),
        );
        for (id, resource) in &expanded.template.resources {
            if resource.resource_type.starts_with("AWS::Serverless::") {
                wrong.push(format!("{name}: {id} is still {}", resource.resource_type));
            }
            if !expanded.origins.contains_key(id) && expanded.faults.is_empty() {
                wrong.push(format!("{name}: {id} has no origin"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_written_template_reads_back_as_the_same_tree() {
    let Some(folder) = corpus("") else {
        return;
    };
    let mut count = 0;
    for part in ["templates", "sam-translator/input", "language-extensions"] {
        for path in templates(&folder.join(part)) {
            let Some(template) = parsed(&path) else {
                continue;
            };
            let yaml = to_yaml(&template.root, &|_| None);
            let (again, found) = template::read(&mut Sources::new(), "again.yaml", yaml.clone());
            let again = again.unwrap_or_else(|| panic!("{}: {found:?}\n{yaml}", path.display()));
            assert_eq!(
                again.to_json(),
                template.root.to_json(),
                "{}",
                path.display()
            );
            assert_eq!(calls(&again), calls(&template.root), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 500, "only {count} templates were read");
}

fn calls(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => items.iter().map(calls).sum(),
        Value::Map(map) => map.iter().map(|(_, item)| calls(item)).sum(),
        Value::Call(call) => 1 + calls(&call.argument),
        _ => 0,
    }
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// What is put in place of something else.
fn junk(numbers: &mut Numbers) -> serde_json::Value {
    let all = serde_json::json!([
        null, true, 0, -1.5, "", "text", "\u{0}$", [], {}, [[]], ["a"], {"a": "b"}, {"Ref": "X"}, {"Ref": []},
        {"Ref": "AWS::NoValue"}, {"Fn::If": ["C", "x"]}, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, "x"]},
        {"Fn::GetAtt": "A.B.C"}, {"Fn::Sub": "${"}, {"Fn::Sub": ["${A", {}]}, {"Fn::ForEach::X": []}, {"Fn::Transform": {}}
    ]);
    all[numbers.below(all.as_array().map_or(0, Vec::len))].clone()
}

/// Changes one value somewhere inside: takes it away or puts junk in its place.
fn damage(json: &mut serde_json::Value, numbers: &mut Numbers) {
    let deeper = numbers.below(8) != 0;
    match json {
        serde_json::Value::Object(object) if !object.is_empty() => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = &keys[numbers.below(keys.len())];
            if deeper {
                damage(&mut object[key], numbers);
            } else if numbers.below(3) == 0 {
                object.remove(key);
            } else {
                object.insert(key.clone(), junk(numbers));
            }
        }
        serde_json::Value::Array(items) if !items.is_empty() => {
            let at = numbers.below(items.len());
            damage(&mut items[at], numbers);
        }
        other => *other = junk(numbers),
    }
}

#[test]
fn no_template_makes_the_transform_panic() {
    let Some(folder) = corpus("sam-translator/input") else {
        return;
    };
    let mut numbers = Numbers(7);
    let mut count = 0;
    for path in templates(&folder) {
        let Some(template) = parsed(&path) else {
            continue;
        };
        let whole = template.root.to_json();
        for _ in 0..12 {
            let mut damaged = whole.clone();
            for _ in 0..=numbers.below(3) {
                damage(&mut damaged, &mut numbers);
            }
            let text = damaged.to_string();
            let (template, _) = template::parse(&mut Sources::new(), "damaged.json", text);
            if let Some(template) = template {
                let expanded = expanded(template, LocalCode::Keep);
                to_yaml(&expanded.template.root, &|_| None);
                count += 1;
            }
        }
    }
    assert!(count > 1000, "only {count} templates were expanded");
}

fn hoist(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .expect("hoist starts")
}

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: live}
Globals:
  Function: {Timeout: 7}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      CodeUri: ./src
      AutoPublishAlias: !Ref Stage
Outputs:
  Arn: {Value: !Ref Hello.Alias}
";

fn folder_with(template: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    folder
}

#[test]
fn expand_prints_a_template_for_cloudformation() {
    let folder = folder_with(TEMPLATE);
    let output = hoist(
        &[
            "expand",
            "--region",
            "cn-north-1",
            "--parameter-overrides",
            "Stage=test",
        ],
        folder.path(),
    );
    let yaml = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{yaml}");
    for expected in [
        "    Type: AWS::Lambda::Function\n",
        "      Timeout: 7\n",
        "      Code: ./src\n",
        "      Role: !GetAtt HelloRole.Arn\n",
        "  HelloAliastest:\n",
        "    Value: !Ref HelloAliastest\n",
        "arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ] {
        assert!(yaml.contains(expected), "{expected} is not in\n{yaml}");
    }
    assert!(!yaml.contains("Serverless"), "{yaml}");
}

#[test]
fn origins_name_the_resource_and_its_line() {
    let folder = folder_with(TEMPLATE);
    let yaml = hoist(&["expand", "--origin"], folder.path()).stdout;
    let yaml = String::from_utf8(yaml).unwrap();
    let expected = "  # from Hello (template.yaml:7)\n  HelloRole:\n";
    assert!(yaml.contains(expected), "{yaml}");
    let json = hoist(&["expand", "--origin", "--json"], folder.path()).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(
        json["Metadata"]["Hoist::Origin"]["HelloAliaslive"],
        "Hello (template.yaml:7)"
    );
    assert_eq!(json["Resources"]["Hello"]["Type"], "AWS::Lambda::Function");
}

#[test]
fn a_wrong_template_is_told_and_nothing_is_printed() {
    let folder = folder_with(&TEMPLATE.replace("      Handler: index.handler\n", ""));
    let output = hoist(&["expand"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("Runtime and Handler needs to be present"),
        "{said}"
    );
    assert!(said.contains("template.yaml:7"), "{said}");
}
