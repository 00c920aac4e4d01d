//! `hoist invoke --local` with processes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{is_here, search};

/// A project in a folder of its own.
struct Project(TempDir);

impl Project {
    /// One function `F` with these properties, more template below it, and files.
    fn new(properties: &str, more: &str, files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let template = format!(
            "Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: src, {properties}}}
{more}"
        );
        let project = Project(folder);
        project.write("template.yaml", &template);
        std::fs::create_dir_all(project.0.path().join("src")).unwrap();
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn node(more: &str, code: &str) -> Self {
        let properties = "Runtime: nodejs22.x, Handler: index.handler";
        Project::new(properties, more, &[("src/index.js", code)])
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        command
            .env_clear()
            // Version managers look there for what PATH names.
            .env("HOME", std::env::var("HOME").unwrap_or_default())
            .env("PATH", search())
            .env("HOIST_CACHE_DIR", tmp.join("hoist-cache"))
            .stdin(Stdio::null())
            .current_dir(self.0.path())
            .args(["invoke", "--local"])
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("hoist starts")
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const LINE: &str = "hoist: not sandboxed: ";

#[test]
fn a_process_is_asked_for_by_the_flag_or_by_the_template_and_said_once() {
    if !is_here("node") {
        return;
    }
    let code = "exports.handler = async () => require('fs').existsSync('/etc/passwd')";
    let plain = Project::node("", code);
    let output = plain.run(&[]);
    assert_eq!(output.stdout, b"false\n", "{}", stderr(&output));
    assert!(!stderr(&output).contains(LINE));
    let output = plain.run(&["--process", "--repeat", "3"]);
    assert_eq!(output.stdout, b"true\ntrue\ntrue\n", "{}", stderr(&output));
    assert_eq!(
        stderr(&output).matches(LINE).count(),
        1,
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).starts_with(LINE), "{}", stderr(&output));
    let metadata = "    Metadata: {Hoist: {Sandbox: process}}\n";
    let output = Project::node(metadata, code).run(&[]);
    assert_eq!(output.stdout, b"true\n", "{}", stderr(&output));
    assert!(stderr(&output).contains(LINE));
    let metadata = "    Metadata: {Hoist: {Sandbox: wasm}}\n";
    let output = Project::node(metadata, code).run(&[]);
    assert_eq!(output.stdout, b"false\n", "{}", stderr(&output));
}

#[test]
fn settings_that_hoist_does_not_know_are_named() {
    let code = "exports.handler = async () => 1";
    let said = |settings: &str| {
        let metadata = format!("    Metadata: {{Hoist: {settings}}}\n");
        let output = Project::node(&metadata, code).run(&[]);
        (output.status.code(), stderr(&output))
    };
    let (code, text) = said("{Sanbox: process}");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("`Sanbox`") && text.contains("Did you mean `Sandbox`?"),
        "{text}"
    );
    let (code, text) = said("{Sandbox: docker}");
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("cannot be `docker`") && text.contains("template.yaml:6"),
        "{text}"
    );
    let (code, text) = said("{AllowNet: [\"http://x/y\"]}");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`AllowNet`"), "{text}");
    let (code, text) = said("{AllowNet: [{a: b}]}");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("a mapping"), "{text}");
    let (code, text) = said("[process]");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("must be a mapping"), "{text}");
}

#[test]
fn layers_of_the_command_line_lie_over_those_of_the_template() {
    let code = "exports.handler = async () => [require('shared'), require('fs').readdirSync('/opt').sort()]";
    let properties = "Runtime: nodejs22.x, Handler: index.handler, Layers: [!Ref L]";
    let more = "  L:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: one}
";
    let shared = "nodejs/node_modules/shared/index.js";
    let project = Project::new(properties, more, &[("src/index.js", code)]);
    for name in ["one", "two", "three"] {
        project.write(
            &format!("{name}/{shared}"),
            &format!("module.exports = '{name}'"),
        );
        project.write(&format!("{name}/{name}.txt"), "");
    }
    assert_eq!(project.answer(&[]), json!(["one", ["nodejs", "one.txt"]]));
    let all = json!(["three", ["nodejs", "one.txt", "three.txt", "two.txt"]]);
    assert_eq!(project.answer(&["F", "--layers", "two", "three"]), all);
    assert_eq!(project.answer(&["--layers", "two,three"]), all);
    if is_here("node") {
        assert_eq!(
            project.answer(&["--process", "--layers", "two", "--layers", "three"])[0],
            "three"
        );
    }
    let output = project.run(&["--layers", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere"), "{}", stderr(&output));
    let output = project.run(&["--layers", "template.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    project.write("two/extensions/agent", "");
    let output = project.run(&["--layers", "two"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("not started: agent"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_native_bootstrap_runs_as_a_process_without_a_word_but_the_line() {
    let properties = "Runtime: provided.al2023, Handler: x";
    let project = Project::new(properties, "", &[("src/bootstrap", "#!/bin/sh\nexit 4\n")]);
    let bootstrap = project.0.path().join("src/bootstrap");
    let output = project.run(&[]);
    assert_eq!(output.status.code(), Some(4));
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("permission denied")
    );
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&bootstrap, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = project.run(&[]);
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("exit status 4")
    );
    assert!(stderr(&output).contains(LINE), "{}", stderr(&output));
    std::fs::remove_file(bootstrap).unwrap();
    let output = project.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("neither a .wasm file nor a `bootstrap`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_a_runtime_needs_is_named_with_the_next_step() {
    for (runtime, program, next) in [
        ("java21", "java", "install a JDK"),
        ("dotnet8", "dotnet", "install the .NET runtime"),
        ("ruby3.4", "ruby", "install Ruby"),
        ("nodejs22.x", "node", "install Node.js"),
        ("python3.13", "python3", "install Python 3.13"),
    ] {
        let properties = format!("Runtime: {runtime}, Handler: \"a.b\"");
        let project = Project::new(&properties, "", &[("src/a.x", "")]);
        let mut command = project.command(&["--process"]);
        // A machine without any program.
        let output = command.env("PATH", project.0.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = stderr(&output);
        assert!(
            text.contains(&format!("there is no `{program}` in PATH")),
            "{text}"
        );
        assert!(text.contains(next), "{text}");
    }
}

/// Starts a function that never ends, and gives Hoist and the process that runs the function.
#[cfg(target_os = "linux")]
fn hanging(project: &Project) -> (std::process::Child, u64) {
    let mut hoist = project
        .command(&["--process", "--timeout", "60"])
        // Killed, Hoist cannot remove its folders: they go with the project's.
        .env("TMPDIR", project.0.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(hoist.stderr.take().unwrap());
    let mut said = String::new();
    for line in log.lines() {
        let line = line.unwrap();
        if let Some((_, id)) = line.split_once("I am ") {
            return (hoist, id.trim().parse().unwrap());
        }
        said.push_str(&line);
    }
    let ended = hoist.wait();
    panic!("{ended:?}: {said}");
}

#[cfg(target_os = "linux")]
const HANGING: &str =
    "exports.handler = async () => { console.log('I am ' + process.pid); for (;;); }";

#[cfg(target_os = "linux")]
#[test]
fn a_process_ends_when_hoist_is_stopped() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if !is_here("node") {
        return;
    }
    let project = Project::node("", HANGING);
    let (mut hoist, process) = hanging(&project);
    assert!(!super::is_dead(process));
    kill(Pid::from_raw(hoist.id() as i32), Signal::SIGTERM).unwrap();
    assert_eq!(hoist.wait().unwrap().code(), Some(130));
    assert!(super::dies(process));
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_ends_even_when_hoist_is_killed() {
    if !is_here("node") {
        return;
    }
    let project = Project::node("", HANGING);
    let (mut hoist, process) = hanging(&project);
    hoist.kill().unwrap();
    hoist.wait().unwrap();
    // The system kills it once Hoist is gone, which may be a moment later.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !super::is_dead(process) {
        assert!(std::time::Instant::now() < end, "{process} is alive");
        std::thread::yield_now();
    }
}
