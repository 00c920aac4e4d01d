//! What runs a function: a guest in the sandbox, or a process of this machine.

use std::path::Path;

use super::bundle;
use super::code;
use super::process;
use super::sandbox;
use crate::diag::Diagnostic;
use crate::graph::{Function, Isolation, Package, Setting};

/// What runs a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// A guest in the sandbox.
    Guest(sandbox::Runtime),
    /// A process, which is not sandboxed.
    Process(process::Language),
}

/// What would run a function, before anything is made ready for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Runner {
    /// A guest in the sandbox, or a process.
    Choice(Choice),
    /// Nothing on this machine, and why.
    None(Box<Diagnostic>),
}

/// What would run `function`, without asking for a process; `base` is the template's folder.
///
/// The code is looked at where the choice depends on it: a zip file is unpacked for that.
pub fn foresee(function: &Function, base: &Path) -> Runner {
    let name = function.runtime.as_ref().and_then(Setting::known);
    let name = name.map(String::as_str).unwrap_or_default();
    let folder = match (&function.package, name.starts_with("provided")) {
        (Package::Image { .. }, _) | (_, true) => {
            match code::folder(&function.package, base, "index") {
                Ok(folder) => Some(folder),
                Err(diagnostic) => return Runner::None(diagnostic),
            }
        }
        _ => None,
    };
    let task = folder
        .as_ref()
        .map_or(Path::new(""), |folder| folder.path());
    match choose(function, name, task, false) {
        Ok(choice) => Runner::Choice(choice),
        Err(diagnostic) => Runner::None(diagnostic),
    }
}

/// What runs `function`, whose runtime is `name` and whose code is in `task`: a process where the user or the template
/// asks for one, or where the runtime has no guest.
///
/// # Errors
/// When nothing runs it, with what to do about it.
pub fn choose(
    function: &Function,
    name: &str,
    task: &Path,
    process_asked: bool,
) -> Result<Choice, Box<Diagnostic>> {
    let asked = process_asked || function.metadata.hoist.isolation == Some(Isolation::Process);
    if !asked && let Some(guest) = guest(name, task) {
        return Ok(Choice::Guest(guest));
    }
    needs_no_build(function, name)?;
    let Some(language) = process::Language::of(name) else {
        let span = function
            .runtime
            .as_ref()
            .map_or(function.span, Setting::span);
        return Err(Box::new(
            Diagnostic::error(
                "local/no-guest",
                format!("the runtime `{name}` does not run locally"),
            )
            .at(span)
            .help("in the sandbox run `nodejs24.x`, `python3.14` and earlier ones of that form, and `provided.*` with a .wasm file; java, dotnet, ruby, go and native programs run as processes"),
        ));
    };
    if language == process::Language::Provided && !asked && !task.join("bootstrap").exists() {
        return Err(Box::new(
            Diagnostic::error(
                "local/native-bootstrap",
                format!("`{}` holds neither a .wasm file nor a `bootstrap`", function.id),
            )
            .at(function.package.span())
            .help("compile it for wasm32-wasip1 or wasm32-wasip2 and put the .wasm file into the function's folder: that runs in the sandbox")
            .help("or put a native program named `bootstrap` there: it runs as a process; with one in a layer, add --process"),
        ));
    }
    Ok(Choice::Process(language))
}

/// The guest for a runtime.
fn guest(name: &str, task: &Path) -> Option<sandbox::Runtime> {
    if let Some(major) = name
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"))
        .and_then(|major| major.parse().ok())
    {
        return Some(sandbox::Runtime::Nodejs(major));
    }
    if let Some(minor) = name
        .strip_prefix("python3.")
        .and_then(|minor| minor.parse().ok())
    {
        return Some(sandbox::Runtime::Python(minor));
    }
    (name.starts_with("provided") && sandbox::has_wasm(task)).then_some(sandbox::Runtime::Wasm)
}

/// The sandbox runs the sources of what esbuild would bundle; the machine's own `node` need not.
fn needs_no_build(function: &Function, name: &str) -> Result<(), Box<Diagnostic>> {
    if !name.starts_with("nodejs") || !bundle::is_bundled(&function.metadata) {
        return Ok(());
    }
    Err(Box::new(
        Diagnostic::error(
            "local/needs-build",
            format!("`{}` is bundled with esbuild, and Hoist does not build for a process", function.id),
        )
        .at(function.package.span())
        .help("build it first, and run the template the build wrote: `hoist invoke … -t .aws-sam/build/template.yaml`"),
    ))
}
