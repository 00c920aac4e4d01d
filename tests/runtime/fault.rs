//! Registries that are broken, hostile or gone, and processes that end too early.

use serde_json::{Map, Value, json};

use super::command::Machine;
use super::registry::{Answer, Server, npm_archive, tarball};

const PACKAGE: &str = "/@aws-sdk%2fx";
const ARCHIVE: &str = "/files/@aws-sdk/x-1.0.0.tgz";

fn packages() -> Map<String, Value> {
    let packages = json!({ "@aws-sdk/x": { "versions": { "1.0.0": {} } } });
    packages.as_object().unwrap().clone()
}

fn world() -> (Server, Machine) {
    let server = Server::new();
    server.npm(&packages());
    let machine = Machine::new().with("NPM_CONFIG_REGISTRY", &server.address);
    (server, machine)
}

const ADD: [&str; 2] = ["add", "@aws-sdk/x"];

#[test]
fn a_registry_that_refuses_or_fails_is_explained() {
    for (status, texts) in [
        (401, ["answers 401 Unauthorized", "wants credentials"]),
        (403, ["answers 403 Forbidden", "wants credentials"]),
        (404, ["answers 404 Not Found", "does not know it"]),
        (
            500,
            ["answers 500 Internal Server Error", "try again later"],
        ),
    ] {
        let (server, machine) = world();
        server.put(PACKAGE, Answer::Status(status));
        machine.run(&ADD).badly(1, &texts);
        assert_eq!(machine.packages("nodejs"), None);
    }
}

#[test]
fn trouble_that_passes_is_waited_out() {
    let (server, machine) = world();
    let archive = npm_archive("@aws-sdk/x", "1.0.0");
    server.put(ARCHIVE, Answer::Later(vec![503, 429], archive));
    machine.run(&ADD).well();
}

#[test]
fn a_dead_registry_is_explained() {
    let (server, machine) = world();
    drop(server);
    machine
        .run(&ADD)
        .badly(1, &["cannot reach http://127.0.0.1:", "HTTPS_PROXY"]);
    let machine = Machine::new().with("NPM_CONFIG_REGISTRY", "registry.example.com");
    machine.run(&ADD).badly(
        1,
        &["is no http:// or https:// address", "NPM_CONFIG_REGISTRY"],
    );
}

#[test]
fn an_answer_that_is_no_registrys_is_explained() {
    let (server, machine) = world();
    server.put(
        PACKAGE,
        Answer::Body(b"<html>Log in to the hotel's network</html>".to_vec()),
    );
    let texts = ["the registry's answer about @aws-sdk/x cannot be understood"];
    machine.run(&ADD).badly(1, &texts);
    server.put(
        PACKAGE,
        Answer::Body(
            b"{\"versions\": {\"1.0.0\": 5}, \"dist-tags\": {\"latest\": \"1.0.0\"}}".to_vec(),
        ),
    );
    machine
        .run(&ADD)
        .badly(1, &["@aws-sdk/x@1.0.0 cannot be understood"]);
    server.put(PACKAGE, Answer::Redirect("/@aws-sdk%2fx".into()));
    machine.run(&ADD).badly(1, &["too many redirections"]);
}

#[test]
fn a_changed_archive_is_refused() {
    let (server, machine) = world();
    server.put(ARCHIVE, Answer::Body(npm_archive("@aws-sdk/x", "6.6.6")));
    machine.run(&ADD).badly(
        1,
        &[
            "the archive of @aws-sdk/x@1.0.0 is refused: its checksum is not the one",
            "not to be trusted",
        ],
    );
    assert_eq!(machine.stored("nodejs"), ["lock"]);
}

#[test]
fn a_hostile_archive_is_refused_and_nothing_is_left_of_it() {
    let (server, machine) = world();
    let hostile = tarball(&[
        ("package/package.json", r#"{"version":"1.0.0"}"#),
        ("package/../../../../../../escaped", "x"),
    ]);
    let sum = {
        use base64::Engine;
        use sha2::Digest;
        base64::engine::general_purpose::STANDARD.encode(sha2::Sha512::digest(&hostile))
    };
    let packument = json!({
        "dist-tags": { "latest": "1.0.0" },
        "versions": { "1.0.0": { "dist": {
            "tarball": format!("{}hostile.tgz", server.address),
            "integrity": format!("sha512-{sum}"),
        } } },
    });
    server.put(PACKAGE, Answer::Body(packument.to_string().into_bytes()));
    server.put("/hostile.tgz", Answer::Body(hostile));
    machine.run(&ADD).badly(
        1,
        &["is refused: package/../../../../../../escaped leads out of it"],
    );
    assert_eq!(machine.stored("nodejs"), ["lock"]);
    assert_eq!(
        super::command::names(machine.folder.path()),
        ["bin", "cache"]
    );
}

#[test]
fn a_password_in_the_registrys_address_is_not_shown() {
    let (server, machine) = world();
    server.put(PACKAGE, Answer::Status(403));
    let address = server.address.replace("http://", "http://me:hunter2@");
    let machine = machine.with("NPM_CONFIG_REGISTRY", &address);
    let ended = machine.run(&ADD).badly(1, &["answers 403"]);
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
}

#[test]
fn a_process_that_is_killed_leaves_what_was_there() {
    let (server, machine) = world();
    machine.run(&ADD).well();
    let before = machine.packages("nodejs").unwrap();
    server.put(ARCHIVE, Answer::Silence);
    server.wait_for(ARCHIVE);
    let mut child = machine.command(&ADD).spawn().unwrap();
    server.wait_for(ARCHIVE);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(machine.packages("nodejs"), Some(before.clone()));
    let unfinished = || {
        machine
            .stored("nodejs")
            .iter()
            .any(|name| name.starts_with(".new-"))
    };
    assert!(unfinished(), "it was killed in the middle");

    server.npm(&packages());
    machine.run(&ADD).well();
    assert_ne!(machine.packages("nodejs"), Some(before));
    assert!(!unfinished(), "{:?}", machine.stored("nodejs"));
}

#[cfg(unix)]
#[test]
fn an_interrupted_process_clears_up() {
    use nix::sys::signal::{Signal, kill};
    let (server, machine) = world();
    server.put(ARCHIVE, Answer::Silence);
    let mut child = machine.command(&ADD).spawn().unwrap();
    server.wait_for(ARCHIVE);
    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    kill(id, Signal::SIGINT).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{status}");
    assert_eq!(machine.stored("nodejs"), ["lock"]);
}

#[test]
fn packages_are_listed_and_removed() {
    let (_server, machine) = world();
    let added = machine
        .run(&["add", "@aws-sdk/x@^1", "--output", "json"])
        .well();
    let package = added.json()["packages"][0].clone();
    assert_eq!(package["name"], "@aws-sdk/x");
    assert_eq!(package["version"], "1.0.0");
    assert_eq!(package["installer"], "registry");
    let folder = package["folder"].as_str().unwrap().to_owned();
    assert!(
        std::path::Path::new(&folder)
            .join("@aws-sdk/x/index.js")
            .is_file()
    );
    let listed = machine.run(&["list"]).well();
    assert_eq!(
        listed.out,
        "LANGUAGE  PACKAGE     VERSION  ASKED FOR\nnodejs    @aws-sdk/x  1.0.0    ^1\n"
    );
    let ended = machine.run(&["remove", "@aws-sdk/x"]).well();
    assert_eq!(ended.err, "removed @aws-sdk/x\n");
    assert_eq!(machine.stored("nodejs"), ["lock"]);
}

#[test]
fn what_is_removed_takes_along_what_nobody_else_needs() {
    let server = Server::new();
    let packages = json!({
        "@aws-sdk/x": { "versions": { "1.0.0": { "dependencies": { "only-x": "1", "both": "1" } } } },
        "@aws-sdk/y": { "versions": { "1.0.0": { "dependencies": { "both": "1" } } } },
        "only-x": { "versions": { "1.0.0": {} } },
        "both": { "versions": { "1.0.0": {} } },
    });
    server.npm(packages.as_object().unwrap());
    let machine = Machine::new().with("NPM_CONFIG_REGISTRY", &server.address);
    machine.run(&["add", "@aws-sdk/x", "@aws-sdk/y"]).well();
    machine.run(&["remove", "@aws-sdk/x"]).well();
    let tree = super::resolution::npm_tree(&machine.packages("nodejs").unwrap());
    let names: Vec<&str> = tree.keys().map(String::as_str).collect();
    assert_eq!(names, ["node_modules/@aws-sdk/y", "node_modules/both"]);
}
