//! README's commands do what it says: its transcript is typed again, and its first command is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text between the fences of the first block in this language.
fn block<'a>(readme: &'a str, language: &str) -> &'a str {
    let (_, rest) = readme
        .split_once(&format!("```{language}\n"))
        .unwrap_or_else(|| panic!("README has no block `{language}`"));
    rest.split_once("\n```").expect("the block ends").0
}

fn hoist(arguments: &[&str], folder: &Path) -> Output {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", temporary)
        .env("HOIST_CACHE_DIR", temporary.join("guests"))
        .stdin(Stdio::null())
        .output()
        .expect("hoist starts")
}

/// What was written to either stream.
fn written(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    format!("{out}{error}")
}

#[test]
fn the_transcript_is_what_happens() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut place: PathBuf = folder.path().to_owned();
    let mut commands = 0;
    let transcript = format!("\n{}", block(&readme, "console"));
    for step in transcript.split("\n$ ").skip(1) {
        let mut lines = step.lines();
        let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
        match words.as_slice() {
            ["cd", into] => place.push(into),
            ["hoist", arguments @ ..] => {
                let output = hoist(arguments, &place);
                let all = written(&output);
                assert_eq!(output.status.code(), Some(0), "{words:?}: {all}");
                let mut rest = all.as_str();
                for line in lines.filter(|line| !line.is_empty()) {
                    let at = rest
                        .find(line)
                        .unwrap_or_else(|| panic!("{words:?} does not say {line:?} but\n{all}"));
                    rest = &rest[at + line.len()..];
                }
                commands += 1;
            }
            _ => panic!("README types something that is not tested: {step}"),
        }
    }
    assert!(commands >= 5, "the transcript was not found");
}

#[test]
fn the_first_command_gives_the_examples_answer() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let command = block(&readme, "sh")
        .lines()
        .find_map(|line| line.strip_prefix("cargo run --release -- "))
        .expect("README begins with a command");
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = hoist(&arguments, root());
    let answer = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", written(&output));
    assert!(answer.contains("Bonjour, Ada!"), "{answer}");
}

/// Every command that README names has a `--help`.
#[test]
fn the_commands_of_the_table_exist() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut names: Vec<Vec<&str>> = Vec::new();
    for row in readme.lines().filter(|line| line.starts_with("| `hoist ")) {
        let cell = row.split('|').nth(1).unwrap_or_default();
        for code in cell.split('`').filter(|code| code.starts_with("hoist ")) {
            let words = code.split(' ').skip(1);
            names.push(
                words
                    .take_while(|word| word.chars().all(char::is_lowercase))
                    .collect(),
            );
        }
    }
    assert!(names.len() >= 8, "the table was not found: {names:?}");
    for name in names {
        let mut arguments = name.clone();
        arguments.push("--help");
        let output = hoist(&arguments, root());
        assert_eq!(
            output.status.code(),
            Some(0),
            "{name:?}: {}",
            written(&output)
        );
    }
}
