//! Completion: the generated files are the program's own, and real shells complete with them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String}
Resources:
  GetNoteFunction: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs24.x}}
  PutNoteFunction: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.14}}
  Notes: {Type: AWS::SQS::Queue}
";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), TEMPLATE).unwrap();
    folder
}

/// A folder with the generated files: not the committed ones, which `HOIST_BLESS` may be writing at this moment.
fn scripts() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("man")).unwrap();
    for (name, text) in hoist::cli::generated().unwrap() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// `PATH` with the program under test in front.
fn search() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_hoist")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", folder.display())
}

/// Whether this machine has a shell; says so when it has not.
fn has(shell: &str) -> bool {
    let found = Command::new(shell)
        .args(["-c", "exit 0"])
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        println!("skipped: {shell} is not here");
    }
    found
}

/// Everything below a folder, by its path in it.
fn files(folder: &Path, below: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(below)).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let name = match below {
            "" => name,
            _ => format!("{below}/{name}"),
        };
        match entry.path().is_dir() {
            true => found.extend(files(folder, &name)),
            false => found.push(name),
        }
    }
    found
}

/// With `HOIST_BLESS=1` the files are written anew.
#[test]
fn the_generated_files_are_those_of_this_program() {
    let folder = Path::new(FOLDER);
    let generated = hoist::cli::generated().unwrap();
    if std::env::var_os("HOIST_BLESS").is_some() {
        let _ = fs::remove_dir_all(folder.join("man"));
        fs::create_dir_all(folder.join("man")).unwrap();
        for (name, text) in &generated {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let mut expected: Vec<&str> = generated.iter().map(|(name, _)| name.as_str()).collect();
    let mut there = files(folder, "");
    there.retain(|name| name != "README.md");
    expected.sort_unstable();
    there.sort();
    let hint = "`HOIST_BLESS=1 cargo test --test completions` writes them anew";
    assert_eq!(there, expected, "{hint}");
    for (name, text) in &generated {
        let found = fs::read(folder.join(name)).unwrap();
        assert!(found == *text, "completions/{name} is out of date: {hint}");
    }
}

/// What bash offers for the last of `words`.
fn bash(folder: &Path, words: &[&str]) -> Vec<String> {
    let driver = r#"
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
_clap_complete_hoist hoist "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;
    let scripts = scripts();
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-c", driver, "bash"])
        .arg(scripts.path().join("hoist.bash"))
        .args(words)
        .env("PATH", search())
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_completes_the_functions_of_the_folder() {
    if !has("bash") {
        return;
    }
    let folder = project();
    let offered = bash(folder.path(), &["hoist", "invoke", "Put"]);
    assert_eq!(offered, ["PutNoteFunction"]);
    let offered = bash(folder.path(), &["hoist", "invoke", ""]);
    assert_eq!(offered[..2], ["GetNoteFunction", "PutNoteFunction"]);
    let offered = bash(folder.path(), &["hoist", "inv"]);
    assert_eq!(offered, ["invoke"]);
    let offered = bash(folder.path(), &["hoist", "validate", "tem"]);
    assert_eq!(offered, ["template.yaml"]);

    let elsewhere = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let offered = bash(elsewhere.path(), &["hoist", "invoke", "-t", place, "G"]);
    assert_eq!(offered, ["GetNoteFunction"]);
    let offered = bash(elsewhere.path(), &["hoist", "invoke", "G"]);
    assert!(offered.is_empty(), "{offered:?}");
}

#[test]
fn bash_is_told_nothing_about_a_broken_template() {
    if !has("bash") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for text in ["Resources: [", "a: b: c", "\u{1}"] {
        fs::write(folder.path().join("template.yaml"), text).unwrap();
        let offered = bash(folder.path(), &["hoist", "invoke", "G"]);
        assert!(offered.is_empty(), "{offered:?}");
    }
}

/// The line after Tab is pressed at its end in an interactive zsh.
fn zsh(folder: &Path, line: &str) -> String {
    let scripts = scripts();
    let child = Command::new("zsh")
        .arg("-f")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/completions/line.zsh"
        ))
        .arg(scripts.path())
        .arg(line)
        .env("PATH", search())
        .env("TERM", "dumb")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A shell that waits for more than comes would wait for ever.
    let id = child.id();
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(Duration::from_secs(60)) else {
        let _ = Command::new("kill").arg(id.to_string()).status();
        panic!("zsh did not complete `{line}` within a minute");
    };
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{said}");
    let line = String::from_utf8(output.stdout).unwrap();
    line.trim_end_matches('\n').to_owned()
}

#[test]
fn zsh_completes_the_functions_of_the_folder() {
    if !has("zsh") {
        return;
    }
    let folder = project();
    for (typed, then) in [
        ("hoist invoke Put", "hoist invoke PutNoteFunction "),
        ("hoist val", "hoist validate "),
        ("hoist invoke Nothing", "hoist invoke Nothing"),
    ] {
        assert_eq!(zsh(folder.path(), typed), then);
    }
}

/// The other shells are asked for what they would get: none of them is expected on the machine.
#[test]
fn fish_powershell_and_elvish_get_names_with_what_they_are() {
    let folder = project();
    for (shell, index, expected) in [
        ("fish", None, "PutNoteFunction\tpython3.14\n"),
        ("powershell", None, "PutNoteFunction\tpython3.14\n"),
        ("elvish", Some("2"), "PutNoteFunction"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
        command
            .args(["--", "hoist", "invoke", "Put"])
            .env("HOIST_COMPLETE", shell)
            .current_dir(folder.path());
        if let Some(index) = index {
            command.env("_CLAP_COMPLETE_INDEX", index);
        }
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn the_command_prints_what_the_folder_holds() {
    let scripts = scripts();
    for (shell, file) in [("bash", "hoist.bash"), ("zsh", "_hoist")] {
        let output = Command::new(env!("CARGO_BIN_EXE_hoist"))
            .args(["completions", shell])
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(output.stdout, fs::read(scripts.path().join(file)).unwrap());
    }
}

/// Nobody waits at a prompt. The bound is wide for a debug build on a busy machine; see the notes for real figures.
#[test]
fn an_answer_comes_at_once_even_from_a_large_template() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "Resources:\n".to_owned();
    for number in 0..500 {
        text += &format!(
            "  F{number}:\n    Type: AWS::Serverless::Function\n    Properties: {{Runtime: nodejs24.x, Handler: a.b}}\n"
        );
    }
    fs::write(folder.path().join("template.yaml"), text).unwrap();
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(["--", "hoist", "invoke", "F49"])
        .env("HOIST_COMPLETE", "fish")
        .env("HOIST_CACHE_DIR", folder.path().join("cache"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let took = begun.elapsed();
    println!("{took:?}");
    assert_eq!(output.stdout.split(|byte| *byte == b'\n').count(), 12);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(!folder.path().join("cache").exists());
}
