//! Functions in Python: CPython 3.14 with Lambda's runtime around the handler.

mod host;
mod image;
mod library;
mod net;
mod packages;

use std::pin::Pin;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Engine, Store, Trap, format_err};
use wasmtime_wasi::WasiCtxBuilder;

pub use host::{Host, add_to_linker};
pub use image::{build, fingerprint};
pub use library::Library;
pub use packages::Packages;

use super::super::function::{Function, Invocation, Runtime};
use super::super::limits::{Limits, Peak};
use super::super::log::Log;
use super::super::outcome::{Failure, Outcome};
use super::super::state::State;
use super::wasm::Folders;
use host::{Channel, Reply};
use image::Execute;

/// The minor version of the guest's Python.
pub const MINOR: u32 = 14;

/// Runs the loop that takes events and gives answers.
const LOOP: &str = "import hoist_bootstrap\nhoist_bootstrap.run()\n";

/// The Python guest, compiled: environments are made from it.
#[derive(Clone)]
pub struct Program {
    pre: InstancePre<State>,
    library: Library,
    packages: Packages,
}

impl Program {
    /// A program from the compiled image, with the folders it was made with.
    ///
    /// # Errors
    /// When the component is not the Python guest.
    pub fn new(
        linker: &Linker<State>,
        component: &Component,
        library: Library,
        packages: Packages,
    ) -> anyhow::Result<Self> {
        Ok(Program {
            pre: linker.instantiate_pre(component)?,
            library,
            packages,
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
        folders: &Folders,
        log: Log,
    ) -> wasmtime::Result<Instance> {
        let mut wasi = WasiCtxBuilder::new();
        super::wasm::mount(&mut wasi, folders)?;
        image::mount(&mut wasi, &self.library, &self.packages)?;
        let (requests, incoming) = unbounded_channel();
        let (outgoing, replies) = unbounded_channel();
        let channel = Channel {
            incoming: Arc::new(Mutex::new(incoming)),
            outgoing,
        };
        let limits = Limits::new(function.memory_mb);
        let peak = limits.peak();
        let host = Host::new(log, Some(channel), function.network.clone());
        let state = State::of_python(wasi.build(), limits, host);
        let mut store = super::store(engine, state);
        let instance = self.pre.instantiate_async(&mut store).await?;
        let execute: Execute = instance.get_typed_func(&mut store, "execute")?;
        Ok(Instance {
            run: Box::pin(run(store, execute)),
            requests,
            replies,
            peak,
        })
    }
}

/// The guest's loop from its start to its end; it only ends by a fault.
async fn run(mut store: Store<State>, execute: Execute) -> wasmtime::Error {
    match execute.call_async(&mut store, (LOOP.to_owned(),)).await {
        Ok((Ok(_),)) => format_err!("the guest's bootstrap returned"),
        Ok((Err(thrown),)) => format_err!("the guest's bootstrap failed: {thrown}"),
        Err(error) => error,
    }
}

/// One Python environment. Its guest runs only while it is loaded or invoked.
pub struct Instance {
    run: Pin<Box<dyn Future<Output = wasmtime::Error> + Send>>,
    requests: UnboundedSender<Vec<u8>>,
    replies: UnboundedReceiver<Reply>,
    peak: Peak,
}

impl Instance {
    /// Loads the handler: the second half of Lambda's init phase.
    ///
    /// # Errors
    /// What the function's own code raised, or how the guest ended.
    pub async fn load(&mut self, function: &Function) -> Result<(), Failure> {
        let settings = json!({
            "handler": function.handler,
            "minor": minor(function.runtime),
            "env": function.environment,
        });
        self.send(settings.to_string().into_bytes());
        match self.reply().await {
            Ok(Reply::Error(payload)) => Err(Failure {
                fatal: true,
                ..Failure::of_function(payload)
            }),
            Ok(Reply::Loaded | Reply::Answer(_)) => Ok(()),
            Err(error) => Err(failure(&error, "")),
        }
    }

    /// Runs the handler once.
    ///
    /// # Errors
    /// What the function raised, or how the guest ended.
    pub async fn invoke(
        &mut self,
        invocation: &Invocation,
        deadline: SystemTime,
    ) -> Result<Outcome, Failure> {
        self.send(context(invocation, deadline).into_bytes());
        self.send(invocation.event.clone().into_bytes());
        match self.reply().await {
            Ok(Reply::Answer(answer)) => Ok(Outcome::Answer(answer)),
            Ok(Reply::Error(payload)) => Err(Failure::of_function(payload)),
            Ok(Reply::Loaded) => Err(Failure::crashed(
                &invocation.request_id,
                "the guest's bootstrap loaded the handler twice",
            )),
            Err(error) => Err(failure(&error, &invocation.request_id)),
        }
    }

    fn send(&self, message: Vec<u8>) {
        // The other end is in the guest's store; when that is gone, `reply` says why.
        let _ = self.requests.send(message);
    }

    /// Lets the guest run until it says something, or ends.
    async fn reply(&mut self) -> wasmtime::Result<Reply> {
        tokio::select! {
            biased;
            Some(reply) = self.replies.recv() => Ok(reply),
            // The last thing it said is what counts.
            ended = &mut self.run => self.replies.try_recv().map_err(|_| ended),
        }
    }

    /// The most memory used so far, in MB.
    pub fn peak_memory_mb(&self) -> u32 {
        self.peak.mb()
    }
}

/// What Lambda would answer for a guest that ended with `error`.
fn failure(error: &wasmtime::Error, request_id: &str) -> Failure {
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => Failure::recursion(request_id),
        _ => super::failure(error, request_id),
    }
}

/// What Lambda's runtime client reads from the headers of an invocation.
fn context(invocation: &Invocation, deadline: SystemTime) -> String {
    let deadline_ms = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis() as u64;
    json!({
        "id": invocation.request_id,
        "arn": invocation.function_arn,
        "deadline_ms": deadline_ms,
        "client_context": invocation.client_context,
        "trace": invocation.trace_id,
    })
    .to_string()
}

/// Python's minor version in the function's runtime.
fn minor(runtime: Runtime) -> u32 {
    match runtime {
        Runtime::Python(minor) => minor,
        Runtime::Nodejs(_) | Runtime::Wasm => MINOR,
    }
}
