//! `hoist doctor` on temporary folders, from outside.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A machine with nothing on it, and a project in it.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(files: &[(&str, &str)]) -> Self {
        let machine = Machine(tempfile::tempdir().unwrap());
        fs::create_dir_all(machine.project()).unwrap();
        fs::create_dir_all(machine.0.path().join("bin")).unwrap();
        for (name, text) in files {
            let path = machine.project().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        machine
    }

    fn project(&self) -> std::path::PathBuf {
        self.0.path().join("project")
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hoist"))
            .arg("doctor")
            .args(arguments)
            .env_clear()
            .env("HOME", self.0.path())
            .env("PATH", self.0.path().join("bin"))
            .envs(variables.iter().copied())
            .current_dir(self.project())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn json(&self, variables: &[(&str, &str)]) -> (i32, Value) {
        let output = self.run(&["--output", "json"], variables);
        let value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), value)
    }
}

/// The findings about a subject, as `state: text` with the next steps behind.
fn about<'v>(report: &'v Value, section: &str, about: &str) -> Vec<String> {
    let findings = report["sections"][section].as_array();
    findings
        .into_iter()
        .flatten()
        .filter(|finding| finding["about"] == about)
        .map(|finding: &'v Value| {
            let help = finding["help"].as_array().unwrap().iter();
            let help: String = help
                .map(|help| format!(" -> {}", help.as_str().unwrap()))
                .collect();
            let text = finding["text"].as_str().unwrap();
            format!("{}: {text}{help}", finding["state"].as_str().unwrap())
        })
        .collect()
}

fn template(functions: &[(&str, &str, &str)]) -> String {
    let mut text = "Transform: AWS::Serverless-2016-10-31\nResources:\n".to_owned();
    for (id, runtime, handler) in functions {
        text += &format!(
            "  {id}:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: {runtime}\n      Handler: {handler}\n      CodeUri: src\n"
        );
    }
    text
}

#[test]
fn a_folder_without_a_project_lacks_nothing() {
    let (code, report) = Machine::new(&[]).json(&[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["missing"], 0);
    let found = about(&report, "project", "template");
    assert!(found[0].starts_with("note: there is none"), "{found:?}");
    let version = about(&report, "hoist", "version");
    assert_eq!(version, [concat!("ok: hoist ", env!("CARGO_PKG_VERSION"))]);
}

#[test]
fn a_template_that_was_named_and_is_not_there_is_missing() {
    let output = Machine::new(&[]).run(&["-t", "other.yaml"], &[]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn packages_that_lambda_brings_are_named_with_the_command_that_gets_them() {
    let machine = Machine::new(&[
        (
            "template.yaml",
            &template(&[
                ("Get", "nodejs24.x", "a.handler"),
                ("Py", "python3.14", "b.handler"),
            ]),
        ),
        (
            "src/a.mjs",
            "import { S3Client } from '@aws-sdk/client-s3';\nimport './lib.mjs';\nimport fs from 'node:fs';\nexport const handler = () => 1;\n",
        ),
        (
            "src/lib.mjs",
            "import '@aws-sdk/lib-dynamodb';\nimport 'lodash';\n",
        ),
        (
            "src/b.py",
            "import boto3\ndef handler(event, context): pass\n",
        ),
    ]);
    let (code, report) = machine.json(&[]);
    assert_eq!(code, 1, "{report}");
    let found = about(&report, "functions", "Get");
    assert!(
        found[0].starts_with("ok: sandbox, Node 24; its first run makes the guest"),
        "{found:?}"
    );
    assert_eq!(
        found[1],
        "missing: not on this machine, where Lambda brings it along: @aws-sdk/client-s3, @aws-sdk/lib-dynamodb \
         -> hoist runtime add @aws-sdk/client-s3 @aws-sdk/lib-dynamodb"
    );
    assert!(
        found[2].starts_with("missing: lib.mjs asks for `lodash`"),
        "{found:?}"
    );
    assert!(found[2].contains("npm install lodash"), "{found:?}");
    let found = about(&report, "functions", "Py");
    assert!(
        found[1].ends_with("-> hoist runtime add boto3"),
        "{found:?}"
    );
    assert_eq!(report["missing"], 3);
    // Looking makes nothing.
    assert!(!machine.0.path().join(".cache/hoist/compiled").exists());
}

#[test]
fn packages_of_the_project_are_enough() {
    let machine = Machine::new(&[
        (
            "template.yaml",
            &template(&[("Get", "nodejs24.x", "a.handler")]),
        ),
        (
            "src/a.js",
            "const s3 = require('@aws-sdk/client-s3');\ntry { require('optional') } catch {}\n",
        ),
        ("node_modules/@aws-sdk/client-s3/index.js", ""),
    ]);
    let (code, report) = machine.json(&[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(about(&report, "functions", "Get").len(), 1, "{report}");
}

#[test]
fn native_addons_are_warned_of() {
    let machine = Machine::new(&[
        (
            "template.yaml",
            &template(&[("Get", "nodejs24.x", "a.handler")]),
        ),
        ("src/a.js", "require('sharp'); require('plain');"),
        (
            "src/node_modules/sharp/package.json",
            r#"{"optionalDependencies": {"@img/sharp-linux-x64": "1"}}"#,
        ),
        ("src/node_modules/sharp/index.js", ""),
        ("src/node_modules/@img/sharp-linux-x64/lib/sharp.node", ""),
        ("src/node_modules/plain/index.js", ""),
    ]);
    let (code, report) = machine.json(&[]);
    assert_eq!(code, 0, "{report}");
    let found = about(&report, "functions", "Get");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[1].starts_with("warn: the package sharp has native code"),
        "{found:?}"
    );
    assert!(found[1].contains("--process"), "{found:?}");
}

#[test]
fn what_a_process_needs_is_missing_when_it_is_not_on_the_path() {
    let machine = Machine::new(&[
        (
            "template.yaml",
            &template(&[("J", "java21", "a.B::c"), ("P", "provided.al2023", "x")]),
        ),
        ("src/a.txt", ""),
    ]);
    let (code, report) = machine.json(&[]);
    assert_eq!(code, 1);
    for id in ["J", "P"] {
        let found = about(&report, "functions", id);
        assert!(found[0].starts_with("missing: "), "{found:?}");
        assert!(found[0].contains(" -> "), "{found:?}");
    }
}

#[test]
fn a_faulty_template_is_missing_with_its_first_fault() {
    let machine = Machine::new(&[("template.yaml", "Resources: [")]);
    let (code, report) = machine.json(&[]);
    assert_eq!(code, 1);
    let found = about(&report, "project", "template");
    assert!(
        found[0].contains("`hoist validate` shows them"),
        "{found:?}"
    );
}

#[test]
fn an_endpoint_is_tried_when_one_is_set() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let machine = Machine::new(&[]);
    let (code, report) = machine.json(&[("AWS_ENDPOINT_URL", &url)]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(
        about(&report, "aws", "endpoint"),
        [format!("ok: {url} takes connections")]
    );
    drop(listener);
    let (code, report) = machine.json(&[("AWS_ENDPOINT_URL", &url)]);
    assert_eq!(code, 1);
    assert!(about(&report, "aws", "endpoint")[0].starts_with("missing: "));
}

#[test]
fn the_region_and_the_credentials_say_where_they_come_from() {
    let machine = Machine::new(&[]);
    let (_, report) = machine.json(&[
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
    ]);
    let region = about(&report, "aws", "region");
    assert_eq!(region, ["ok: eu-west-1 (environment variable AWS_REGION)"]);
    let credentials = about(&report, "aws", "credentials");
    assert_eq!(credentials, ["ok: from AWS_ACCESS_KEY_ID; not tried"]);
    assert!(!report.to_string().contains("hush"));
}

#[test]
fn people_get_a_table() {
    let machine = Machine::new(&[
        (
            "template.yaml",
            &template(&[("Get", "nodejs24.x", "a.handler")]),
        ),
        ("src/a.js", "require('@aws-sdk/client-s3');"),
    ]);
    let output = machine.run(&[], &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Hoist\n  ok"), "{text}");
    assert!(
        text.contains("→ hoist runtime add @aws-sdk/client-s3\n"),
        "{text}"
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.ends_with("error: 1 thing missing for this project, 0 warnings\n"),
        "{said}"
    );
    assert!(Path::new(&machine.project()).is_dir());
}
