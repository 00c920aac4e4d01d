//! npm, uv and pip: what they are told, and what is made of what they say. They are scripts here.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use super::command::Machine;

/// Puts a program on the `PATH` of the machine; it finds its own arguments in `$*`.
fn program(machine: &Machine, name: &str, script: &str) {
    let path = machine.folder.path().join("bin").join(name);
    let log = machine.folder.path().join("called");
    let text = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\necho \"{name} $*\" >> '{}'\n{script}\n",
        log.display()
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn called(machine: &Machine) -> String {
    std::fs::read_to_string(machine.folder.path().join("called")).unwrap_or_default()
}

/// What npm does, as far as Hoist can see.
const NPM: &str = "\
grep -q '\"@aws-sdk/x\":\"\\^1\"' package.json || exit 9
mkdir -p node_modules/@aws-sdk/x
echo '{\"version\":\"1.2.3\"}' > node_modules/@aws-sdk/x/package.json";

/// The same for pip: the folder follows `--target`.
const PIP: &str = "\
while [ \"$1\" != --target ]; do shift; done
mkdir -p \"$2/boto3\" \"$2/boto3-1.40.1.dist-info\" \"$2/bin\"
echo > \"$2/boto3/__init__.py\"; echo > \"$2/bin/script\"";

#[test]
fn npm_installs_without_running_scripts() {
    let machine = Machine::new();
    program(&machine, "npm", NPM);
    let ended = machine.run(&["add", "@aws-sdk/x@^1"]).well();
    assert!(
        ended
            .err
            .contains("added @aws-sdk/x 1.2.3 for Node.js functions, with npm"),
        "{}",
        ended.err
    );
    let called = called(&machine);
    for word in [
        "install --prefix",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--omit=dev",
    ] {
        assert!(called.contains(word), "{called}");
    }
    let listed = machine.run(&["list", "--output", "json"]).well().json();
    assert_eq!(listed["packages"][0]["installer"], "npm");
}

#[test]
fn pip_installs_pure_wheels_for_the_guests_python() {
    let machine = Machine::new();
    program(&machine, "pip", PIP);
    machine.run(&["add", "boto3==1.40.1"]).well();
    let called = called(&machine);
    for word in [
        "--only-binary=:all:",
        "--abi none",
        "--python-version 3.14",
        "--target",
        "boto3==1.40.1",
    ] {
        assert!(called.contains(word), "{called}");
    }
    let folder = machine.packages("python").unwrap().join("site-packages");
    assert_eq!(
        super::command::names(&folder),
        ["boto3", "boto3-1.40.1.dist-info"]
    );
}

#[test]
fn uv_is_asked_before_pip_unless_pip_is_wanted() {
    let machine = Machine::new();
    program(&machine, "uv", PIP);
    program(&machine, "pip", PIP);
    machine.run(&["add", "boto3"]).well();
    assert!(
        called(&machine).starts_with("uv pip install"),
        "{}",
        called(&machine)
    );
    machine.run(&["add", "boto3", "--installer", "pip"]).well();
    assert!(
        called(&machine).contains("\npip install"),
        "{}",
        called(&machine)
    );
}

#[test]
fn a_tool_that_fails_is_quoted() {
    let machine = Machine::new();
    program(&machine, "npm", "echo 'npm error code E401' >&2; exit 1");
    let ended = machine.run(&["add", "@aws-sdk/x"]);
    ended.badly(
        1,
        &[
            "npm failed (exit status: 1)",
            "npm error code E401",
            "--installer registry",
        ],
    );
    assert_eq!(machine.stored("nodejs"), ["lock"]);
}

#[test]
fn a_tool_that_installs_nothing_or_native_code_is_not_believed() {
    let machine = Machine::new();
    program(&machine, "npm", "exit 0");
    let ended = machine.run(&["add", "@aws-sdk/x"]);
    ended.badly(
        1,
        &["npm ended without an error, but @aws-sdk/x is not there"],
    );
    program(
        &machine,
        "pip",
        &format!("{PIP}; touch \"$2/boto3/fast.so\""),
    );
    let ended = machine.run(&["add", "boto3"]);
    ended.badly(1, &["boto3/fast.so is native code"]);
    assert_eq!(machine.packages("python"), None);
}

#[test]
fn a_tool_that_cannot_be_started_is_said() {
    let machine = Machine::new();
    program(&machine, "npm", "");
    std::fs::write(
        machine.folder.path().join("bin/npm"),
        "#!/nonexistent/node\n",
    )
    .unwrap();
    let ended = machine.run(&["add", "@aws-sdk/x"]);
    ended.badly(1, &["npm cannot be used", "--installer registry"]);
}
