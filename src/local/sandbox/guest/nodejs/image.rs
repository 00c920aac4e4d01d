//! The guest image: QuickJS with our bootstrap and Node's builtins already evaluated.
//!
//! The engine comes as a Wasm library from `componentize-qjs`. It is linked with glue for our world, run
//! once up to the point where a handler could be loaded, and that state is kept as the image (a snapshot by
//! Wizer), so that no environment pays for it again.

use anyhow::{Context, anyhow};
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};
use wasmtime_wizer::{WasmtimeWizerComponent, Wizer};
use wit_component::StringEncoding;
use wit_parser::{Resolve, WorldId};

use super::builtin::{BUILTINS, Builtin, Source};
use super::module::transform;
use crate::local::sandbox::state::State;

mod sources {
    include!(concat!(env!("OUT_DIR"), "/node_sources.rs"));
}

const WORLD: &str = include_str!("world.wit");
const LISTS: &str = include_str!("lists.wat");
const BOOTSTRAP: &str = include_str!("js/main.js");

/// Stack of the guest itself, in bytes. At the default of 64 KB, 1,000 frames of JavaScript trap.
const GUEST_STACK: u32 = 8 << 20;

/// The one script the snapshot is made from: the bootstrap, the builtins as a table of functions, and the
/// world's exports.
///
/// # Errors
/// When a builtin's source is missing or does not parse: a fault of this build.
pub fn script() -> anyhow::Result<String> {
    let mut script = String::from("import host from \"hoist:nodejs/host\";\nconst BUILTINS = {\n");
    for builtin in BUILTINS {
        script.push_str(&entry(builtin)?);
    }
    script.push_str("};\n");
    script.push_str(BOOTSTRAP);
    script.push_str("\nexport { load, invoke };\n");
    Ok(script)
}

/// Changes whenever the image would: the cache's key.
pub const FINGERPRINT: &str = sources::FINGERPRINT;

/// One builtin as an entry of the table the bootstrap loads modules from.
fn entry(builtin: &Builtin) -> anyhow::Result<String> {
    let (table, name) = match builtin.source {
        Source::Vendored(name) => (sources::VENDORED, name),
        Source::Own(name) => (sources::OWN, name),
    };
    let (_, source) = table
        .iter()
        .find(|(file, _)| *file == name)
        .with_context(|| format!("the builtin source {name} is missing"))?;
    let module = transform::module(source)
        .map_err(|fault| anyhow!("{name}:{}:{}: {}", fault.line, fault.column, fault.message))?;
    Ok(format!(
        "{}: {{ requests: {}, stars: {}, async: {}, exports: {}, imports: {}, eager: {}, body: {} }},\n",
        serde_json::to_string(builtin.specifier)?,
        serde_json::to_string(&module.requests)?,
        serde_json::to_string(&module.stars)?,
        module.awaits,
        serde_json::to_string(&module.exports)?,
        serde_json::to_string(&module.imports)?,
        builtin.eager,
        module.code,
    ))
}

/// Links the engine with our world and evaluates `script`; gives the snapshot as a component.
///
/// # Errors
/// When the script throws, with what it threw.
pub async fn build(
    engine: &Engine,
    linker: &Linker<State>,
    state: State,
    script: &str,
) -> anyhow::Result<Vec<u8>> {
    let (resolve, world) = world()?;
    let linked = link(&resolve, world)?;
    let shim = componentize_qjs::codegen::generate_shim(&resolve, world);

    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(&linked)?;
    let component = Component::new(engine, &instrumented)?;
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limits);
    store.set_epoch_deadline(u64::MAX / 2);
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let init = instance
        .get_typed_func::<(String, String, bool), (Result<(), String>,)>(&mut store, "init")?;
    // The engine's garbage collection frees values that suspended async generators still use (quickjs-ng in
    // componentize-qjs 0.2.2; `tests/node_table` fails with it on). So it is off, and the bootstrap runs it
    // between invocations.
    let garbage_off = true;
    let (result,) = init
        .call_async(&mut store, (shim, script.to_owned(), garbage_off))
        .await?;
    result.map_err(|thrown| anyhow!("the guest's bootstrap failed: {thrown}"))?;
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

fn world() -> anyhow::Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("world.wit", WORLD)?;
    let world = resolve.select_world(&[package], Some("nodejs"))?;
    Ok((resolve, world))
}

/// The glue, with the function that takes lists replaced by the one of `lists.wat`: of the same length, so
/// that nothing else of the module changes.
fn freeing(mut glue: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    const TAKES: &[u8] = b"\x03env\x13wit_dylib_push_list\x00";
    let at = glue
        .windows(TAKES.len())
        .position(|window| window == TAKES)
        .context("the glue imports no wit_dylib_push_list")?;
    glue[at + TAKES.len() - 2] = b'T';
    Ok(glue)
}

/// The engine, the glue for our world and the WASI adapter as one component.
fn link(resolve: &Resolve, world: WorldId) -> anyhow::Result<Vec<u8>> {
    let mut glue = freeing(wit_dylib::create(resolve, world, None))?;
    wit_component::embed_component_metadata(&mut glue, resolve, world, StringEncoding::UTF8)?;
    wit_component::Linker::default()
        .stack_size(GUEST_STACK)
        .library(
            "quickjs.wasm",
            componentize_qjs::default_runtime_wasm(),
            false,
        )?
        .library("glue.wasm", &glue, false)?
        .library("lists.wasm", &wat::parse_str(LISTS)?, false)?
        .adapter(
            "wasi_snapshot_preview1",
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode()
        .context("the guest does not link")
}
