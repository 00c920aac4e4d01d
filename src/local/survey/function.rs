//! What each function of a project runs on, and what it lacks.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Finding, State, python};
use crate::graph::{App, Function};
use crate::local::bundle;
use crate::local::prepare::{Overrides, Ready, Work, prepare};
use crate::local::process;
use crate::local::provided::Sdk;
use crate::local::sandbox::{self, Need, Runtime, Sandbox};

/// Looks at all functions of `app`; `base` is the template's folder, `sandbox` what runs them where there is one.
pub async fn functions(
    app: &App,
    base: &Path,
    overrides: &Overrides,
    sandbox: Option<&Sandbox>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in app.functions() {
        findings.extend(one(app, function, base, overrides, sandbox).await);
    }
    findings
}

async fn one(
    app: &App,
    function: &Function,
    base: &Path,
    overrides: &Overrides,
    sandbox: Option<&Sandbox>,
) -> Vec<Finding> {
    let id = function.id.as_str();
    let ready = match prepare(app, function, base, overrides) {
        Ok(ready) => ready,
        Err(fault) => {
            let mut finding = Finding::new(State::Missing, id, fault.summary.clone());
            finding.help = fault.help.clone();
            return vec![finding];
        }
    };
    let mut findings = match &ready.function {
        Work::Sandbox(work) => in_sandbox(function, work, sandbox),
        Work::Process(work) => vec![as_process(id, work).await],
    };
    findings.extend(warnings(id, &ready));
    findings
}

/// What preparing it warns of: layers that are elsewhere, variables without a value.
fn warnings<'r>(id: &'r str, ready: &'r Ready) -> impl Iterator<Item = Finding> + 'r {
    ready.warnings.iter().map(move |warning| {
        let mut finding = Finding::new(State::Warning, id, warning.summary.clone());
        finding.help = warning.help.clone();
        finding
    })
}

fn in_sandbox(
    function: &Function,
    work: &sandbox::Function,
    sandbox: Option<&Sandbox>,
) -> Vec<Finding> {
    let id = function.id.as_str();
    let (engine, wait) = match work.runtime {
        Runtime::Nodejs(major) => (format!("sandbox, Node {major}"), "a few seconds"),
        Runtime::Python(_) => (
            format!("sandbox, Python 3.{}", sandbox::PYTHON_MINOR),
            "up to a minute",
        ),
        Runtime::Wasm => ("sandbox, WebAssembly".to_owned(), "a moment"),
    };
    let mut text = engine;
    if bundle::is_bundled(&function.metadata) {
        text.push_str(", from its sources (esbuild is not needed)");
    }
    if sandbox.is_some_and(|sandbox| !sandbox.is_made(work)) {
        text.push_str(&format!("; its first run makes the guest ({wait}, once)"));
    }
    let mut findings = vec![Finding::new(State::Ok, id, text)];
    match work.runtime {
        Runtime::Nodejs(major) => findings.extend(nodejs(id, work, major)),
        Runtime::Python(_) => findings.extend(of_python(id, work)),
        Runtime::Wasm => (),
    }
    findings
}

fn nodejs(id: &str, work: &sandbox::Function, major: u32) -> Vec<Finding> {
    let (needs, packages) = match sandbox::needs(work) {
        Ok(found) => found,
        Err(error) => return vec![Finding::new(State::Missing, id, error.to_string())],
    };
    let mut findings = Vec::new();
    let brought = |need: &&Need| {
        need.package
            .as_deref()
            .is_some_and(|name| Sdk::of(name) == Some(Sdk::of_node(major)))
    };
    let (sdk, others): (Vec<&Need>, Vec<&Need>) = needs.iter().partition(brought);
    if !sdk.is_empty() {
        let names: Vec<&str> = sdk
            .iter()
            .filter_map(|need| need.package.as_deref())
            .collect();
        let text = format!(
            "not on this machine, where Lambda brings it along: {}",
            names.join(", ")
        );
        findings.push(
            Finding::new(State::Missing, id, text)
                .help(format!("hoist runtime add {}", names.join(" "))),
        );
    }
    for need in others {
        let text = format!(
            "{} asks for `{}`, which is not there",
            need.from, need.specifier
        );
        let finding = Finding::new(State::Missing, id, text);
        findings.push(match &need.package {
            Some(name) => finding.help(format!("npm install {name}, in {}", work.task.display())),
            None => finding.help("if a build makes the file, run the build first"),
        });
    }
    for package in packages {
        if let Some(file) = native(&work.task.join("node_modules"), &package) {
            let text = format!(
                "the package {package} has native code ({}), which does not load in the sandbox",
                file.display()
            );
            findings.push(Finding::new(State::Warning, id, text).help(
                "run it with --process, or say `Metadata: Hoist: {Sandbox: process}` at the function",
            ));
        }
    }
    findings
}

/// The first native addon in a package or in the packages that it brings for one system each.
fn native(node_modules: &Path, package: &str) -> Option<PathBuf> {
    let own = node_modules.join(package);
    let manifest = fs::read(own.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
    let optional = manifest["optionalDependencies"].as_object();
    let optional = optional.into_iter().flat_map(|all| all.keys());
    std::iter::once(own)
        .chain(optional.map(|name| node_modules.join(name)))
        .find_map(|folder| addon(&folder))
        .map(|file| {
            file.strip_prefix(node_modules)
                .map_or(file.clone(), Path::to_owned)
        })
}

/// Files of a package that are looked at, at most.
const MOST_FILES: usize = 5_000;

fn addon(folder: &Path) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut left = MOST_FILES;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            left = left.checked_sub(1)?;
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && entry.file_name() != "node_modules" {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "node") {
                return Some(path);
            }
        }
    }
    None
}

fn of_python(id: &str, work: &sandbox::Function) -> Vec<Finding> {
    let look = python::look(&work.task, &work.layers);
    let mut findings = Vec::new();
    if let Some(file) = look.asks_for_sdk
        && !look.has_sdk
        && work.runtime_packages.is_empty()
    {
        let text = format!(
            "{} imports boto3, which is not on this machine; Lambda brings it along",
            file.display()
        );
        findings.push(Finding::new(State::Missing, id, text).help("hoist runtime add boto3"));
    }
    if let Some(file) = look.native {
        let text = format!(
            "{} is native code, which does not load in the sandbox",
            file.display()
        );
        findings.push(Finding::new(State::Warning, id, text).help(
            "run it with --process, or say `Metadata: Hoist: {Sandbox: process}` at the function",
        ));
    }
    findings
}

async fn as_process(id: &str, work: &process::Function) -> Finding {
    match process::prepare(work.clone()).await {
        Ok(prepared) => Finding::new(
            State::Ok,
            id,
            format!(
                "process of this machine, not sandboxed: {}",
                prepared.program()
            ),
        ),
        Err(process::ProcessError::Missing { missing, .. }) => {
            Finding::new(State::Missing, id, missing.summary).help(missing.help)
        }
        Err(error) => Finding::new(State::Missing, id, error.to_string()),
    }
}
