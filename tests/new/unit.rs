//! The unit tests of new projects, each in its own language.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs a command in the project; what it printed is the message of a failure.
fn run(command: &mut Command, folder: &Path) -> String {
    let output = command.current_dir(folder).output().unwrap();
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?}: {printed}");
    String::from_utf8(output.stdout).unwrap()
}

/// The numbers in what a program prints as its version.
fn version(program: &Path) -> Option<Vec<u32>> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let numbers = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    Some(
        numbers
            .split(|letter: char| !letter.is_ascii_digit())
            .map_while(|part| part.parse().ok())
            .collect(),
    )
}

/// A program of at least this version: the one in the path, or one of `HOIST_TEST_TOOLS`.
fn program(name: &str, tool: &str, least: &[u32]) -> Option<PathBuf> {
    let tools = std::env::var_os("HOIST_TEST_TOOLS").map(|tools| Path::new(&tools).join(tool));
    let found = std::iter::once(PathBuf::from(name))
        .chain(tools)
        .find(|program| version(program).is_some_and(|version| version.as_slice() >= least));
    if found.is_none() {
        println!("skipped: unit tests need {name} {least:?} or newer");
    }
    found
}

/// `node --test`, as `package.json` has it.
pub fn javascript(folder: &Path) {
    if let Some(node) = program("node", "node/bin/node", &[20]) {
        let printed = run(Command::new(node).arg("--test"), folder);
        assert!(!printed.contains("tests 0"), "{printed}");
    }
}

/// `node --test` over TypeScript, which Node runs as it is from 22.18 on.
pub fn typescript(folder: &Path) {
    if let Some(node) = program("node", "node/bin/node", &[22, 18]) {
        let mut command = Command::new(node);
        let printed = run(command.args(["--test", "tests/**/*.test.ts"]), folder);
        assert!(!printed.contains("tests 0"), "{printed}");
    }
}

/// `python3 -m unittest`, as the README has it.
pub fn python(folder: &Path) {
    if let Some(python) = program("python3", "ministack/bin/python3", &[3, 11]) {
        let mut command = Command::new(python);
        // Fails where there is no test from Python 3.12 on.
        run(
            command.args(["-m", "unittest", "discover", "-t", ".", "-s", "tests"]),
            folder,
        );
    }
}

/// Where Cargo builds, so that the packages are compiled once for all runs.
fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-rust")
}

/// Cargo in the project, with the packages that are on the machine: Hoist itself needs the same ones.
fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .args(arguments)
        .arg("--offline")
        .env("CARGO_TARGET_DIR", target_folder())
        .current_dir(folder);
    command
}

/// The project's formatting and its unit tests.
pub fn rust(folder: &Path) {
    run(&mut cargo(folder, &["test", "--quiet"]), folder);
    let mut format = Command::new("cargo");
    match format.args(["fmt", "--version"]).output() {
        Ok(output) if output.status.success() => {
            run(Command::new("cargo").args(["fmt", "--check"]), folder);
        }
        _ => println!("skipped: cargo fmt is not there"),
    }
}

/// What the program prints for an event when it is compiled for this machine.
pub fn run_rust(folder: &Path, event: &Path) -> String {
    let mut command = cargo(folder, &["run", "--quiet"]);
    run(
        command.stdin(Stdio::from(File::open(event).unwrap())),
        folder,
    )
}

/// Compiles the project to WebAssembly. False, with the reason on standard output, when this machine cannot.
pub fn build_wasm(folder: &Path) -> bool {
    let target = "wasm32-wasip1";
    let rustc = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output();
    let there = rustc.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success() && Path::new(path.trim()).is_dir()
    });
    if !there {
        println!("skipped: the target {target} is not installed (`rustup target add {target}`)");
        return false;
    }
    run(
        &mut cargo(folder, &["build", "--release", "--target", target]),
        folder,
    );
    // As if it had been built in the project.
    let made = Path::new(target).join("release/slug.wasm");
    let place = folder.join("target").join(&made);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::copy(target_folder().join(made), place).unwrap();
    true
}
