//! The program with a cache of its own, and what does not need a registry.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A machine: a cache folder, and a `PATH`.
pub struct Machine {
    pub folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    /// One without npm, uv and pip.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        Machine {
            folder,
            variables: vec![],
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
        command
            .arg("runtime")
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", self.folder.path().join("bin"))
            .env("HOIST_CACHE_DIR", self.cache())
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().expect("hoist starts"))
    }

    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The folder of a language's packages, if there is one.
    pub fn packages(&self, language: &str) -> Option<PathBuf> {
        let folder = self.cache().join("runtime").join(language);
        let current = std::fs::read_to_string(folder.join("current")).ok()?;
        Some(folder.join(current.trim()))
    }

    /// Names in the store's folder of a language.
    pub fn stored(&self, language: &str) -> Vec<String> {
        names(&self.cache().join("runtime").join(language))
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What a run left.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    pub fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }

    /// Ended with `code`, saying all of `texts`.
    pub fn badly(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.err);
        for text in texts {
            assert!(self.err.contains(text), "`{text}` is not in:\n{}", self.err);
        }
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

#[test]
fn what_lambda_does_not_bring_cannot_be_added() {
    let machine = Machine::new();
    let ended = machine.run(&["add", "lodash", "@aws-sdk/client-s3", "bto3"]);
    ended.badly(
        2,
        &[
            "error: Lambda's runtimes do not bring `lodash` along",
            "help: put it into the function's own package",
            "error: Lambda's runtimes do not bring `bto3` along",
            "help: did you mean `boto3`?",
        ],
    );
    assert!(!machine.cache().exists(), "nothing was begun");
    let ended = machine.run(&["add", "boto3@1.40.1"]);
    ended.badly(2, &["follows ==", "boto3==1.40.1"]);
    let ended = machine.run(&["add", "lodash", "--output", "json"]);
    let ended = ended.badly(2, &[]);
    assert_eq!(
        ended.json()["error"],
        "Lambda's runtimes do not bring `lodash` along"
    );
    machine.run(&["add"]).badly(2, &["PACKAGE"]);
}

#[test]
fn an_empty_store_says_how_to_fill_it() {
    let machine = Machine::new();
    let ended = machine.run(&["list"]).well();
    assert_eq!(ended.out, "");
    assert!(
        ended.err.contains("hoist runtime add @aws-sdk/client-s3"),
        "{}",
        ended.err
    );
    let ended = machine.run(&["list", "--output", "json"]).well();
    assert_eq!(ended.json(), serde_json::json!({ "packages": [] }));
    let ended = machine.run(&["remove", "boto3"]);
    ended.badly(1, &["boto3 is not there", "hoist runtime list"]);
    machine.run(&["remove", "--all"]).well();
    machine.run(&["remove"]).badly(2, &["<PACKAGE>"]);
}

#[test]
fn an_installer_that_is_not_there_is_said() {
    let machine = Machine::new();
    let add =
        |package: &str, installer: &str| machine.run(&["add", package, "--installer", installer]);
    let next = "--installer registry";
    add("@aws-sdk/x", "npm").badly(1, &["npm cannot be used: it is not on the PATH", next]);
    add("boto3", "uv").badly(1, &["uv cannot be used: it is not on the PATH", next]);
    add("boto3", "pip").badly(1, &["pip cannot be used: it is not on the PATH", next]);
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let machine = Machine::new();
    std::fs::write(machine.cache(), "a file").unwrap();
    let ended = machine.run(&["add", "boto3"]);
    ended.badly(
        1,
        &[
            "cannot write",
            "cache/runtime/python",
            "set HOIST_CACHE_DIR",
        ],
    );
}

#[test]
fn the_virtual_environment_that_comes_first_is_told() {
    let machine = Machine::new();
    let site = machine
        .folder
        .path()
        .join(".venv/lib/python3.13/site-packages");
    for (file, text) in [
        ("boto3/__init__.py", ""),
        ("boto3-1.40.2.dist-info/METADATA", "Name: boto3\n"),
        ("boto3-1.40.2.dist-info/RECORD", "boto3/__init__.py,,\n"),
    ] {
        std::fs::create_dir_all(site.join(file).parent().unwrap()).unwrap();
        std::fs::write(site.join(file), text).unwrap();
    }
    let ended = machine.run(&["list"]).well();
    let text = "Python functions of this folder get boto3 1.40.2 of the virtual environment .venv";
    assert!(ended.err.contains(text), "{}", ended.err);
}
