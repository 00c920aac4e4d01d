//! Functions that are Wasm themselves: a WASI command, or a component that handles HTTP.

mod command;
mod http;
mod stream;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtxBuilder};
use wasmtime_wasi_http::p2::WasiHttpHooks;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, OutgoingRequestConfig};

pub use command::CommandProgram;
pub use http::{HttpInstance, HttpProgram};

use super::super::function::Function;
use super::super::state::State;

/// The file in a function's folder that is its code: `bootstrap.wasm`, else the only `.wasm` (or `.wat`).
///
/// # Errors
/// When there is none or more than one; the message lists what was found.
pub fn find(task: &Path) -> anyhow::Result<PathBuf> {
    let found = candidates(task).with_context(|| format!("cannot list {}", task.display()))?;
    if let Some(bootstrap) = found
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == "bootstrap"))
    {
        return Ok(bootstrap.clone());
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!("there is no .wasm file in {}", task.display()),
        several => {
            let names: Vec<_> = several
                .iter()
                .filter_map(|path| path.file_name()?.to_str())
                .collect();
            bail!(
                "{} holds several .wasm files ({}): call the function's own bootstrap.wasm",
                task.display(),
                names.join(", ")
            )
        }
    }
}

/// Whether there is any file that [`find`] could choose.
pub fn holds_code(task: &Path) -> bool {
    candidates(task).is_ok_and(|found| !found.is_empty())
}

fn candidates(task: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(task)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "wasm" || ending == "wat")
        })
        .collect();
    found.sort();
    Ok(found)
}

/// A function's code, in the binary format.
#[derive(Debug)]
pub enum Code {
    /// A core module: a command of WASI preview 1.
    Module(Vec<u8>),
    /// A component.
    Component(Vec<u8>),
}

/// The code in the file `path`, which holds `bytes`; text is assembled.
///
/// # Errors
/// When it is no Wasm, or imports what no environment has; the message lists that.
pub fn read(path: &Path, bytes: &[u8]) -> anyhow::Result<Code> {
    let wasm = wat::Parser::new()
        .parse_bytes(Some(path), bytes)
        .map_err(|error| anyhow!("{} is not WebAssembly: {error}", path.display()))?;
    if wasmparser::Parser::is_component(&wasm) {
        return Ok(Code::Component(wasm.into_owned()));
    }
    let foreign = foreign_imports(&wasm)?;
    if !foreign.is_empty() {
        bail!(
            "{} imports what the sandbox does not have: {}. A module may import wasi_snapshot_preview1 only",
            path.display(),
            foreign.join(", ")
        );
    }
    Ok(Code::Module(wasm.into_owned()))
}

/// What core modules may import.
///
/// # Errors
/// Never for a new linker.
pub fn core_linker(engine: &Engine) -> wasmtime::Result<wasmtime::Linker<State>> {
    let mut linker = wasmtime::Linker::new(engine);
    wasmtime_wasi::p1::add_to_linker_async(&mut linker, State::preview1)?;
    Ok(linker)
}

/// The modules a core module imports from, other than WASI preview 1.
fn foreign_imports(wasm: &[u8]) -> anyhow::Result<Vec<String>> {
    let mut foreign = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                let import = import?;
                if import.module != "wasi_snapshot_preview1" {
                    foreign.push(format!("{}.{}", import.module, import.name));
                }
            }
        }
    }
    Ok(foreign)
}

/// What a component imports that the linker does not have.
fn missing_imports(linker: &Linker<State>, component: &Component) -> Vec<String> {
    let engine = linker.engine();
    component
        .component_type()
        .imports(engine)
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.starts_with("wasi:"))
        .collect()
}

/// How a `.wasm` function is run.
#[derive(Clone)]
pub enum Program {
    /// Reads the event on standard input and answers on standard output; one instance an invocation.
    Command(CommandProgram),
    /// Handles HTTP requests made from the event.
    Http(HttpProgram),
}

impl Program {
    /// A program from a compiled core module.
    ///
    /// # Errors
    /// When it has no `_start`, or needs more of WASI than there is.
    pub fn of_module(
        linker: &wasmtime::Linker<State>,
        module: &wasmtime::Module,
    ) -> anyhow::Result<Self> {
        if module.get_export("_start").is_none() {
            bail!("it is not a WASI command: it exports no function _start");
        }
        let pre = linker.instantiate_pre(module)?;
        Ok(Program::Command(CommandProgram::of_module(pre)))
    }

    /// A program from a compiled component.
    ///
    /// # Errors
    /// When it exports neither `wasi:cli/run` nor `wasi:http/incoming-handler`, or imports what is not there.
    pub fn of_component(linker: &Linker<State>, component: &Component) -> anyhow::Result<Self> {
        let exports: Vec<String> = component
            .component_type()
            .exports(linker.engine())
            .map(|(name, _)| name.to_owned())
            .collect();
        let missing = missing_imports(linker, component);
        if !missing.is_empty() {
            bail!(
                "the component imports what the sandbox does not have: {}",
                missing.join(", ")
            );
        }
        let pre = linker.instantiate_pre(component)?;
        let has = |interface: &str| exports.iter().any(|name| name.starts_with(interface));
        if has("wasi:http/incoming-handler@0.2") {
            Ok(Program::Http(HttpProgram::new(pre)?))
        } else if has("wasi:cli/run@0.2") {
            Ok(Program::Command(CommandProgram::of_component(pre)?))
        } else {
            bail!(
                "the component exports neither wasi:cli/run nor wasi:http/incoming-handler (0.2); it exports: {}",
                if exports.is_empty() {
                    "nothing".to_owned()
                } else {
                    exports.join(", ")
                }
            )
        }
    }
}

/// The folders a `.wasm` function sees, on this machine.
#[derive(Debug, Clone)]
pub struct Folders {
    /// `/var/task`, read-only.
    pub task: PathBuf,
    /// `/opt`, read-only.
    pub opt: Option<PathBuf>,
    /// `/tmp`.
    pub tmp: PathBuf,
}

/// WASI as every environment of `function` has it: its folders and its environment, nothing else.
fn wasi(function: &Function, folders: &Folders) -> wasmtime::Result<WasiCtxBuilder> {
    let mut wasi = WasiCtxBuilder::new();
    mount(&mut wasi, folders)?;
    for (name, value) in &function.environment {
        wasi.env(name, value);
    }
    wasi.arg(&function.name);
    Ok(wasi)
}

/// Gives a guest that uses WASI's files its folders.
///
/// # Errors
/// When a folder cannot be opened.
pub(super) fn mount(wasi: &mut WasiCtxBuilder, folders: &Folders) -> wasmtime::Result<()> {
    let read = (DirPerms::READ, FilePerms::READ);
    wasi.preopened_dir(&folders.task, "/var/task", read.0, read.1)?;
    if let Some(opt) = &folders.opt {
        wasi.preopened_dir(opt, "/opt", read.0, read.1)?;
    }
    wasi.preopened_dir(&folders.tmp, "/tmp", DirPerms::all(), FilePerms::all())?;
    Ok(())
}

/// Refuses every outgoing HTTP request: the sandbox has no network yet.
pub struct NoNetwork;

impl WasiHttpHooks for NoNetwork {
    fn send_request(
        &mut self,
        _request: hyper::Request<HyperOutgoingBody>,
        _config: OutgoingRequestConfig,
    ) -> wasmtime_wasi_http::p2::HttpResult<HostFutureIncomingResponse> {
        Err(ErrorCode::HttpRequestDenied.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn the_code_is_bootstrap_else_the_only_wasm_file() {
        let both = task(&[("a.wasm", ""), ("bootstrap.wasm", "")]);
        assert_eq!(
            find(both.path()).unwrap(),
            both.path().join("bootstrap.wasm")
        );
        let one = task(&[("a.wat", ""), ("notes.txt", "")]);
        assert_eq!(find(one.path()).unwrap(), one.path().join("a.wat"));
        let two = task(&[("a.wasm", ""), ("b.wasm", "")]);
        let error = find(two.path()).unwrap_err().to_string();
        assert!(error.contains("a.wasm, b.wasm"), "{error}");
        let none = task(&[("index.js", "")]);
        let error = find(none.path()).unwrap_err().to_string();
        assert!(error.contains("no .wasm file"), "{error}");
    }

    #[test]
    fn a_module_that_imports_more_than_wasi_is_refused_with_the_names() {
        let folder = task(&[(
            "a.wat",
            r#"(module (import "env" "secret" (func)) (memory (export "memory") 1) (func (export "_start")))"#,
        )]);
        let path = folder.path().join("a.wat");
        let bytes = std::fs::read(&path).unwrap();
        let error = read(&path, &bytes).unwrap_err().to_string();
        assert!(error.contains("env.secret"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_wasm_is_refused() {
        let error = read(Path::new("a.wasm"), b"hello").unwrap_err().to_string();
        assert!(error.contains("is not WebAssembly"), "{error}");
    }
}
