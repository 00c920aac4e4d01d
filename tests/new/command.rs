//! The command line of `hoist new`, where there is no terminal.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{hoist, stderr, stdout};

fn new(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = hoist();
    let command = command.arg("new").args(arguments);
    command.current_dir(folder).output().unwrap()
}

/// The command is refused with this exit code and these words, and nothing is written.
fn refused(arguments: &[&str], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let output = new(folder.path(), arguments);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "{arguments:?}"
    );
}

#[test]
fn without_a_terminal_what_is_missing_is_named() {
    refused(&[], 2, &["hoist new TEMPLATE", "hoist new --list"]);
    refused(
        &["http-api-table"],
        2,
        &["--language javascript|typescript|python"],
    );
}

#[test]
fn a_mistyped_project_or_language_is_named_with_what_is_there() {
    refused(
        &["quue-worker"],
        2,
        &["did you mean `queue-worker`?", "--list"],
    );
    refused(
        &["http-api-tabel-ts"],
        2,
        &["did you mean `http-api-table-ts`?"],
    );
    refused(&["cobol"], 2, &["there is no project `cobol`", "--list"]);
    refused(
        &["queue-worker", "--language", "rust"],
        2,
        &["it comes in javascript"],
    );
    refused(
        &["http-api-table-ts", "--language", "python"],
        2,
        &["`http-api-table-ts` is not there in python"],
    );
    refused(&["queue-worker", "--language", "cobol"], 2, &["typescript"]);
}

#[test]
fn a_name_that_not_every_tool_takes_is_refused() {
    refused(&["schedule", "--name", "My App"], 2, &["`my-app` would do"]);
    for name in ["", "../x", "a_b", "1st", "naïve", "a--b"] {
        refused(&["schedule", "--name", name], 2, &["name"]);
    }
    refused(&["schedule", "--name", &"a".repeat(41)], 2, &["at most 40"]);
    refused(
        &["schedule", &"a".repeat(300)],
        1,
        &["too long for the file system"],
    );
}

#[test]
fn the_list_has_every_project() {
    let folder = tempfile::tempdir().unwrap();
    let text = stdout(&new(folder.path(), &["--list"]));
    let listed: Value =
        serde_json::from_slice(&new(folder.path(), &["--list", "--output", "json"]).stdout)
            .unwrap();
    assert_eq!(
        listed.as_array().unwrap().len(),
        hoist::scaffold::PROJECTS.len()
    );
    for project in listed.as_array().unwrap() {
        for member in ["template", "language", "summary"] {
            assert!(text.contains(project[member].as_str().unwrap()), "{text}");
        }
    }
}

#[test]
fn the_folder_is_the_name_and_the_name_is_the_folder() {
    let base = tempfile::tempdir().unwrap();
    let readme = |folder: &str| {
        let text = fs::read_to_string(base.path().join(folder).join("README.md")).unwrap();
        text.lines().next().unwrap().to_owned()
    };
    new(base.path(), &["schedule"]);
    assert_eq!(readme("schedule"), "# schedule");
    new(base.path(), &["schedule", "--name", "morning"]);
    assert_eq!(readme("morning"), "# morning");
    new(base.path(), &["schedule", "deep/My Folder"]);
    assert_eq!(readme("deep/My Folder"), "# my-folder");
    new(base.path(), &["schedule", "x", "--name", "evening"]);
    assert_eq!(readme("x"), "# evening");
    new(base.path(), &["http-api-table", "y", "--language", "ts"]);
    assert!(base.path().join("y/tsconfig.json").is_file());
}

#[test]
fn the_folder_one_is_in_is_filled_when_it_is_empty() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("Orders");
    fs::create_dir(&folder).unwrap();
    fs::create_dir(folder.join(".git")).unwrap();
    let output = new(&folder, &["queue-worker", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stderr(&output).contains("cd "), "{}", stderr(&output));
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(readme.starts_with("# orders\n"), "{readme}");
}

#[test]
fn a_folder_that_is_not_empty_stays_as_it_is() {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir(base.path().join("app")).unwrap();
    fs::write(base.path().join("app/notes.txt"), "mine").unwrap();
    fs::write(base.path().join("file"), "mine").unwrap();
    for (folder, words) in [
        ("app", "app is not empty: it has `notes.txt`"),
        ("file", "is no folder"),
        ("file/inner", "cannot write file/inner"),
    ] {
        let output = new(base.path(), &["schedule", folder, "--output", "json"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(stdout(&output).contains("\"error\""), "{}", stdout(&output));
    }
    assert_eq!(fs::read_dir(base.path().join("app")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(base.path()).unwrap().count(), 2);
}
