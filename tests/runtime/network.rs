//! The real registries. Only where `HOIST_TEST_NETWORK` is set: other tests need no network.

use std::time::Instant;

use super::command::Machine;
use super::resolution::{npm_tree, python_packages};

/// Whether the network may be used; says so when not.
fn allowed(test: &str) -> bool {
    let allowed = std::env::var_os("HOIST_TEST_NETWORK").is_some();
    if !allowed {
        eprintln!(
            "skipped {test}: set HOIST_TEST_NETWORK=1 to ask registry.npmjs.org and pypi.org"
        );
    }
    allowed
}

/// A machine with the `PATH` and the settings of this one.
fn machine() -> Machine {
    let kept = [
        "PATH",
        "PIP_CERT",
        "NODE_EXTRA_CA_CERTS",
        "NPM_CONFIG_CAFILE",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "NPM_CONFIG_REGISTRY",
        "PIP_INDEX_URL",
    ];
    kept.iter()
        .fold(Machine::new(), |machine, name| match std::env::var(name) {
            Ok(value) => machine.with(name, &value),
            Err(_) => machine,
        })
}

#[test]
fn hoist_installs_the_aws_sdk_as_npm_does() {
    if !allowed("hoist_installs_the_aws_sdk_as_npm_does") {
        return;
    }
    let packages = [
        "@aws-sdk/client-dynamodb",
        "@aws-sdk/lib-dynamodb",
        "@aws-sdk/client-s3",
    ];
    let mut trees = Vec::new();
    for installer in ["registry", "npm"] {
        let machine = machine();
        let started = Instant::now();
        let arguments: Vec<&str> = ["add", "--installer", installer]
            .into_iter()
            .chain(packages)
            .collect();
        let ended = machine.run(&arguments);
        if installer == "npm" && ended.err.contains("not on the PATH") {
            eprintln!("skipped the comparison with npm: it is not on the PATH");
            return;
        }
        ended.well();
        let tree = npm_tree(&machine.packages("nodejs").unwrap());
        eprintln!(
            "{installer}: {} packages in {:.1} s",
            tree.len(),
            started.elapsed().as_secs_f64()
        );
        trees.push(tree);
    }
    assert_eq!(trees[0], trees[1]);
}

#[test]
fn hoist_installs_boto3_as_pip_does() {
    if !allowed("hoist_installs_boto3_as_pip_does") {
        return;
    }
    let mut found = Vec::new();
    for installer in ["registry", "pip", "uv"] {
        let machine = machine();
        let started = Instant::now();
        let ended = machine.run(&["add", "boto3", "--installer", installer]);
        if installer != "registry" && ended.err.contains("not on the PATH") {
            eprintln!("skipped the comparison with {installer}: it is not on the PATH");
            continue;
        }
        ended.well();
        let packages = python_packages(&machine.packages("python").unwrap());
        eprintln!(
            "{installer}: {} packages in {:.1} s",
            packages.len(),
            started.elapsed().as_secs_f64()
        );
        found.push(packages);
    }
    for other in &found {
        assert_eq!(*other, found[0]);
    }
}
