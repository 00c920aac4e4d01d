//! Functions in JavaScript: QuickJS with Node's world around it.

mod builtin;
mod host;
mod image;
pub mod module;
mod package;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, TypedFunc};
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtxBuilder;

pub use host::{Files, Host, derive};
pub use image::{FINGERPRINT, Image, Preload, build, script};
pub use package::Packages;

use super::super::function::{Function, Invocation, Runtime};
use super::super::limits::Limits;
use super::super::log::Log;
use super::super::mount::Mounts;
use super::super::network::Network;
use super::super::outcome::{Failure, Outcome};
use super::super::state::State;

/// Node's versions that a guest says it is, by the major version of the function's runtime. Older
/// runtimes get 22: the AWS SDK warns about anything below.
const NODE_VERSIONS: &[(u32, &str)] = &[(24, "v24.11.1"), (22, "v22.21.1")];

/// The Node guest, compiled: environments are made from it.
#[derive(Clone)]
pub struct Program {
    pre: InstancePre<State>,
    load: ComponentExportIndex,
    invoke: ComponentExportIndex,
}

type Load = TypedFunc<(String,), (Result<(), String>,)>;
type Invoke = TypedFunc<(String, String), (Result<String, String>,)>;

impl Program {
    /// A program from the compiled image.
    ///
    /// # Errors
    /// When the component is not the Node guest.
    pub fn new(linker: &Linker<State>, component: &Component) -> anyhow::Result<Self> {
        let export = |name| {
            component
                .get_export_index(None, name)
                .ok_or_else(|| anyhow::anyhow!("the guest image does not export {name}"))
        };
        Ok(Program {
            load: export("load")?,
            invoke: export("invoke")?,
            pre: linker.instantiate_pre(component)?,
        })
    }

    /// A new environment. `load` comes next.
    ///
    /// # Errors
    /// When it does not fit into the function's memory, or the process has no room for one more.
    pub async fn instance(
        &self,
        engine: &Engine,
        function: &Function,
        mounts: Arc<Mounts>,
        log: Log,
    ) -> wasmtime::Result<Instance> {
        let files = files(function, mounts);
        let network = function.network.clone();
        let state = state(Limits::new(function.memory_mb), log, Some(files), network);
        let mut store = super::store(engine, state);
        let instance = self.pre.instantiate_async(&mut store).await?;
        let load = instance.get_typed_func(&mut store, self.load)?;
        let invoke = instance.get_typed_func(&mut store, self.invoke)?;
        Ok(Instance {
            store,
            load,
            invoke,
        })
    }
}

/// Offers guests of this kind what they import beside WASI.
///
/// # Errors
/// When the linker already has it.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    host::add_to_linker(linker)
}

/// The files of a function as its modules see them.
pub fn files(function: &Function, mounts: Arc<Mounts>) -> Files {
    let variable = |name| function.environment.get(name).map(String::as_str);
    let rules = module::Rules::new(
        major(function.runtime),
        variable("NODE_PATH"),
        variable("NODE_OPTIONS"),
    );
    Files {
        resolver: module::Resolver::with_rules(Arc::clone(&mounts), rules),
        mounts,
    }
}

/// The state of a Node environment; WASI gives it nothing but clocks.
pub fn state(limits: Limits, log: Log, files: Option<Files>, network: Network) -> State {
    let wasi = WasiCtxBuilder::new().build();
    State::new(wasi, limits, Some(Host::new(log, files, network)))
}

/// One Node environment.
pub struct Instance {
    store: Store<State>,
    load: Load,
    invoke: Invoke,
}

impl Instance {
    /// Loads the handler: the second half of Lambda's init phase.
    ///
    /// # Errors
    /// What the function's own code threw, or how the guest ended.
    pub async fn load(&mut self, function: &Function) -> Result<(), Failure> {
        let settings = json!({
            "handler": function.handler,
            "taskRoot": "/var/task",
            "env": function.environment,
            "nodeVersion": node_version(function.runtime),
        })
        .to_string();
        let loaded = self.load.call_async(&mut self.store, (settings,)).await;
        if let Some(host) = &mut self.store.data_mut().node {
            host.handler_is_loaded();
        }
        match loaded {
            Ok((Ok(()),)) => Ok(()),
            Ok((Err(payload),)) => Err(Failure {
                fatal: true,
                ..Failure::of_function(payload)
            }),
            Err(error) => Err(super::failure(&error, "")),
        }
    }

    /// Runs the handler once.
    ///
    /// # Errors
    /// What the function threw, or how the guest ended.
    pub async fn invoke(
        &mut self,
        invocation: &Invocation,
        deadline: SystemTime,
    ) -> Result<Outcome, Failure> {
        let context = context(invocation, deadline);
        let call = self
            .invoke
            .call_async(&mut self.store, (invocation.event.clone(), context))
            .await;
        match call {
            Ok((Ok(answer),)) => Ok(Outcome::Answer(answer.into_bytes())),
            Ok((Err(payload),)) => Err(match payload.strip_prefix('!') {
                // Lambda's process would have ended with this error.
                Some(payload) => Failure {
                    fatal: true,
                    ..Failure::of_function(payload.to_owned())
                },
                None => Failure::of_function(payload),
            }),
            Err(error) => Err(super::failure(&error, &invocation.request_id)),
        }
    }

    /// The packages that were loaded so far.
    pub fn packages(&self) -> Option<&Packages> {
        self.store.data().node.as_ref().map(Host::packages)
    }

    /// The most memory used so far, in MB.
    pub fn peak_memory_mb(&self) -> u32 {
        self.store.data().limits.peak_mb()
    }
}

/// What Lambda's runtime client reads from the headers of an invocation.
fn context(invocation: &Invocation, deadline: SystemTime) -> String {
    let deadline_ms = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis() as u64;
    let mut context = json!({
        "awsRequestId": invocation.request_id,
        "invokedFunctionArn": invocation.function_arn,
        "deadlineMs": deadline_ms,
    });
    if let Some(client) = &invocation.client_context {
        context["clientContext"] = json!(client);
    }
    if let Some(trace) = &invocation.trace_id {
        context["traceId"] = json!(trace);
    }
    context.to_string()
}

/// The version that `process.version` tells.
pub fn node_version(runtime: Runtime) -> &'static str {
    let major = major(runtime);
    NODE_VERSIONS
        .iter()
        .find(|(version, _)| *version == major)
        .map_or(NODE_VERSIONS[NODE_VERSIONS.len() - 1].1, |(_, text)| text)
}

/// Node's major version in the function's runtime.
fn major(runtime: Runtime) -> u32 {
    match runtime {
        Runtime::Nodejs(major) => major,
        Runtime::Python(_) | Runtime::Wasm => 0,
    }
}
