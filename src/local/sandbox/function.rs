//! What the sandbox needs to know of a function.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::network::Network;
use super::platform::Logging;

/// A function ready to run: everything known, nothing of the template left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// `FunctionName`, or the logical id where the template gives none.
    pub name: String,
    /// What runs it.
    pub runtime: Runtime,
    /// `Handler`: `index.handler`. Unused by `.wasm` functions.
    pub handler: String,
    /// The folder seen as `/var/task`.
    pub task: PathBuf,
    /// Folders seen as `/opt`, later ones over earlier ones.
    pub layers: Vec<PathBuf>,
    /// Packages that Lambda's runtime would bring, in the order they are looked through.
    pub runtime_packages: Vec<PackageFolder>,
    /// 1–900 seconds.
    pub timeout: Duration,
    /// `MemorySize`, 128–10,240 MB.
    pub memory_mb: u32,
    /// `EphemeralStorage`: the size of `/tmp`, 512–10,240 MB.
    pub tmp_mb: u32,
    /// The whole environment the function sees: its own variables and Lambda's.
    pub environment: IndexMap<String, String>,
    /// What it may reach.
    #[serde(skip)]
    pub network: Network,
    /// How its log is written.
    #[serde(skip)]
    pub logging: Logging,
}

impl Function {
    /// A function with Lambda's defaults: 3 seconds, 128 MB of memory, 512 MB of `/tmp`, no variables, no network.
    pub fn new(name: &str, runtime: Runtime, handler: &str, task: &Path) -> Self {
        Function {
            name: name.to_owned(),
            runtime,
            handler: handler.to_owned(),
            task: task.to_owned(),
            layers: vec![],
            runtime_packages: vec![],
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            tmp_mb: 512,
            environment: IndexMap::new(),
            network: Network::default(),
            logging: Logging::default(),
        }
    }
}

/// A folder of packages that are not the function's own but its runtime's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFolder {
    /// Where it is on this machine.
    pub folder: PathBuf,
    /// Where the guest sees it, from `/var/runtime` on: `node_modules`. Folders lie to each other as on this
    /// machine, so that links from one to another work.
    pub at: PathBuf,
}

/// The runtimes that have a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runtime {
    /// `nodejs22.x` and its like, with the major version.
    Nodejs(u32),
    /// `python3.13` and its like, with the minor version.
    Python(u32),
    /// `provided.*` with a `.wasm` file in its code.
    Wasm,
}

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The request's id, a UUID.
    pub request_id: String,
    /// The event: JSON.
    pub event: String,
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`.
    pub function_arn: String,
    /// The caller's client context as JSON, as mobile SDKs send it.
    pub client_context: Option<String>,
    /// The trace header, for `_X_AMZN_TRACE_ID`.
    pub trace_id: Option<String>,
}

impl Invocation {
    /// An invocation of the function `function_arn` with an event, without a client context and a trace.
    pub fn new(request_id: &str, function_arn: &str, event: &str) -> Self {
        Invocation {
            request_id: request_id.to_owned(),
            event: event.to_owned(),
            function_arn: function_arn.to_owned(),
            client_context: None,
            trace_id: None,
        }
    }
}
