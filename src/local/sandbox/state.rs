//! What the store of one environment holds.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p2::{WasiHttpCtxView, WasiHttpView};

use super::guest::wasm::NoNetwork;
use super::guest::{nodejs, python};
use super::limits::Limits;

/// The host's side of one environment.
pub struct State {
    /// WASI as this environment sees it.
    pub wasi: WasiCtx,
    /// WASI's handles.
    pub table: ResourceTable,
    /// Memory in use and its limit.
    pub limits: Limits,
    /// The Node world's part, in a Node environment.
    pub node: Option<nodejs::Host>,
    /// The Python world's part, in a Python environment.
    pub python: Option<python::Host>,
    /// WASI preview 1, in the environment of a core module.
    preview1: Option<WasiP1Ctx>,
    http: WasiHttpCtx,
    network: NoNetwork,
}

impl State {
    /// The state of a new environment.
    pub fn new(wasi: WasiCtx, limits: Limits, node: Option<nodejs::Host>) -> Self {
        State {
            wasi,
            table: ResourceTable::new(),
            limits,
            node,
            python: None,
            preview1: None,
            http: WasiHttpCtx::new(),
            network: NoNetwork,
        }
    }

    /// The state of a new environment of a core module.
    pub fn of_module(wasi: WasiP1Ctx, limits: Limits) -> Self {
        State {
            preview1: Some(wasi),
            ..State::new(WasiCtxBuilder::new().build(), limits, None)
        }
    }

    /// The state of a new environment of a Python function.
    pub fn of_python(wasi: WasiCtx, limits: Limits, python: python::Host) -> Self {
        State {
            python: Some(python),
            ..State::new(wasi, limits, None)
        }
    }

    /// WASI preview 1 as this environment sees it: nothing, unless it is a core module's.
    pub fn preview1(&mut self) -> &mut WasiP1Ctx {
        self.preview1
            .get_or_insert_with(|| WasiCtxBuilder::new().build_p1())
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.network,
        }
    }
}

/// The guest ended itself with this status: `process.exit(3)`.
#[derive(Debug, thiserror::Error)]
#[error("the function's process ended with status {0}")]
pub struct Exit(pub i32);
