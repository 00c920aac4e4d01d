//! The guest image: CPython with our bootstrap and the modules handlers use most already imported.
//!
//! The interpreter comes as Wasm libraries from `eryx-runtime`. They are linked, run up to the point where a
//! handler could be loaded, and that state is kept as the image (a snapshot by Wizer), so that no environment
//! pays for it again.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use eryx_runtime::linker::base_libraries as base;
use wasmtime::component::{Component, ComponentType, Lift, Linker};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtxBuilder};
use wasmtime_wizer::{WasmtimeWizerComponent, Wizer};

use super::host::{self, Host};
use super::library::Library;
use super::packages::Packages;
use crate::local::sandbox::limits::Limits;
use crate::local::sandbox::log::Log;
use crate::local::sandbox::network::Network;
use crate::local::sandbox::state::State;

/// Stack of the guest itself, in bytes. At the default of 1 MiB a deep recursion in C (JSON of many thousand
/// levels) runs over its end into nothing; with this the engine's own limit is met first, and known for what
/// it is.
const GUEST_STACK: u32 = 4 << 20;

const START: &str = include_str!("py/start.py");

/// Our modules inside the guest, `hoist_` before their names.
const SOURCES: &[(&str, &str)] = &[
    ("channel", include_str!("py/channel.py")),
    ("marshal", include_str!("py/marshal.py")),
    ("context", include_str!("py/context.py")),
    ("log", include_str!("py/log.py")),
    ("sockets", include_str!("py/sockets.py")),
    ("tls", include_str!("py/tls.py")),
    ("threads", include_str!("py/threads.py")),
    ("loop", include_str!("py/loop.py")),
    ("missing", include_str!("py/missing.py")),
    ("native", include_str!("py/native.py")),
    ("sdk", include_str!("py/sdk.py")),
    ("world", include_str!("py/world.py")),
    ("bootstrap", include_str!("py/bootstrap.py")),
];

/// What `execute` gives back.
#[derive(Debug, ComponentType, Lift)]
#[component(record)]
#[allow(
    dead_code,
    reason = "the record must have the shape of the world, whoever reads it"
)]
pub struct ExecuteOutput {
    stdout: String,
    stderr: String,
    #[component(name = "result-json")]
    result_json: String,
    #[component(name = "result-error")]
    result_error: String,
}

/// What `execute` takes and gives.
pub type Execute = wasmtime::component::TypedFunc<(String,), (Result<ExecuteOutput, String>,)>;

/// Changes whenever the image would: the cache's key.
pub fn fingerprint() -> String {
    let mut text = format!("eryx 0.5.0, stack {GUEST_STACK}{START}");
    for (name, source) in SOURCES {
        text.push_str(name);
        text.push_str(source);
    }
    text
}

/// The environment variables the interpreter starts with; the function's own come later.
fn variables(packages: &Packages) -> Vec<(&'static str, String)> {
    let mut path = vec!["/python-stdlib".to_owned()];
    path.extend(packages.guest_folders());
    vec![
        ("PYTHONHOME", "/python-stdlib".to_owned()),
        ("PYTHONPATH", path.join(":")),
        ("PYTHONUNBUFFERED", "1".to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
    ]
}

/// The interpreter's own folders, mounted read-only.
pub fn mount(
    wasi: &mut WasiCtxBuilder,
    library: &Library,
    packages: &Packages,
) -> wasmtime::Result<()> {
    let folders = [
        (library.modules.as_path(), "/python-stdlib".to_owned()),
        (library.zones.as_path(), "/usr/share/zoneinfo".to_owned()),
    ];
    for (folder, at) in folders.into_iter().chain(packages.mounts()) {
        wasi.preopened_dir(folder, at, DirPerms::READ, FilePerms::READ)?;
    }
    Ok(())
}

/// The script the image is made by: our modules as a table of sources, and what imports them.
fn script(packages: &Packages) -> anyhow::Result<String> {
    let sources: BTreeMap<_, _> = SOURCES.iter().copied().collect();
    let sdk = if packages.have_sdk() { "True" } else { "False" };
    // What JSON writes for a table of texts is Python as well.
    let table = serde_json::to_string(&sources)?;
    Ok(format!("SOURCES = {table}\nSDK = {sdk}\n{START}"))
}

/// The interpreter's libraries and the WASI adapter as one component.
///
/// `eryx_runtime::linker::link_with_extensions` does the same with a smaller stack.
fn link() -> anyhow::Result<Vec<u8>> {
    let mut linker = wit_component::Linker::default()
        .use_built_in_libdl(true)
        .stack_size(GUEST_STACK);
    // The order is that of looking up symbols.
    for (name, library) in [
        (
            "libwasi-emulated-process-clocks.so",
            base::LIBWASI_EMULATED_PROCESS_CLOCKS,
        ),
        ("libwasi-emulated-signal.so", base::LIBWASI_EMULATED_SIGNAL),
        ("libwasi-emulated-mman.so", base::LIBWASI_EMULATED_MMAN),
        ("libwasi-emulated-getpid.so", base::LIBWASI_EMULATED_GETPID),
        ("libc.so", base::LIBC),
        ("libc++abi.so", base::LIBCXXABI),
        ("libc++.so", base::LIBCXX),
        ("libpython3.14.so", base::LIBPYTHON),
        ("liberyx_runtime.so", base::LIBERYX_RUNTIME),
        ("liberyx_bindings.so", base::LIBERYX_BINDINGS),
    ] {
        linker = linker.library(name, &zstd::decode_all(library)?, false)?;
    }
    linker
        .adapter(
            "wasi_snapshot_preview1",
            &zstd::decode_all(base::WASI_ADAPTER)?,
        )?
        .encode()
        .context("the guest does not link")
}

/// Links the interpreter and runs it up to a handler; gives the snapshot as a component.
///
/// # Errors
/// When a module cannot be imported, with Python's message.
pub async fn build(
    library: &Library,
    packages: &Packages,
    memory_mb: u32,
) -> anyhow::Result<Vec<u8>> {
    let linked = link()?;
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(&linked)?;

    // An engine of its own: this code runs once, so that it is compiled quickly and not well.
    let engine = Engine::new(&crate::local::sandbox::engine::once())?;
    let component = Component::new(&engine, &instrumented)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    host::add_to_linker(&mut linker)?;

    let mut wasi = WasiCtxBuilder::new();
    mount(&mut wasi, library, packages)?;
    for (name, value) in variables(packages) {
        wasi.env(name, value);
    }
    let host = Host::new(Log::none(), None, Network::default());
    let state = State::of_python(wasi.build(), Limits::new(memory_mb), host);
    let mut store = Store::new(&engine, state);
    store.limiter(|state| &mut state.limits);
    let instance = linker.instantiate_async(&mut store, &component).await?;

    let execute: Execute = instance.get_typed_func(&mut store, "execute")?;
    let (result,) = execute
        .call_async(&mut store, (script(packages)?,))
        .await
        .map_err(|error| anyhow::Error::from(error).context("the interpreter ended"))?;
    result.map_err(|thrown| anyhow!("the guest's bootstrap failed: {thrown}"))?;
    // Forgets the open files: an environment opens its own.
    let finalize = instance.get_typed_func::<(), ()>(&mut store, "finalize-preinit")?;
    finalize.call_async(&mut store, ()).await?;
    Ok(wizer
        .snapshot_component(
            context,
            &mut WasmtimeWizerComponent {
                store: &mut store,
                instance,
            },
        )
        .await?)
}
