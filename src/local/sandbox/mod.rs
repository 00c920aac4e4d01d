//! Functions inside WebAssembly: one engine, compiled components on disk, an instance for each execution
//! environment.
//!
//! ```text
//! Function ──prepare──► Prepared ──environment──► Environment ──invoke──► Completion
//! ```
//!
//! A guest has no ambient authority. It sees `/var/task` and `/opt` read-only, a `/tmp` of its own, its own
//! environment variables, and of the network what [`Network`] allows.

mod cache;
mod engine;
mod environment;
mod function;
mod guest;
mod limits;
mod log;
mod mount;
mod need;
mod network;
mod outcome;
mod platform;
mod snapshot;
mod state;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use wasmtime::component::{Component, Linker};

use cache::{CacheError, CodeCache, Compiled, Hindrance, Key};
use engine::GuestEngine;
use environment::Program;
use guest::{nodejs, python, wasm};
use limits::Limits;
use snapshot::Snapshots;
use state::State;

pub use environment::{BareGuest, Completion, Environment, INIT_LIMIT, Opt, Prepared, overfull};
pub use function::{Function, Invocation, PackageFolder, Runtime};
pub use guest::python::MINOR as PYTHON_MINOR;
pub use log::Log;
pub use mount::MountError;
pub use need::{Need, needs};
pub use network::{Endpoint, EndpointError, Network, Pattern, PatternError};
pub use outcome::{Failure, MAX_ANSWER, Outcome, Report, milliseconds};
pub use platform::{Logging, Platform, Status};
pub use snapshot::SnapshotJob;

/// Something other than the function itself went wrong.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Wasmtime does not run on this machine.
    #[error("the sandbox does not run on this machine: {0:#}")]
    Engine(anyhow::Error),
    /// A guest image could not be built or read.
    #[error("cannot build the guest: {0}")]
    Guest(String),
    /// The function's `.wasm` code cannot be used.
    #[error("{0:#}")]
    Code(anyhow::Error),
    /// The function's files cannot be read.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// The function's layers cannot be laid over each other.
    #[error("cannot copy the function's layers together: {0}")]
    Layers(io::Error),
    /// No temporary folder for `/tmp`.
    #[error("cannot make a temporary folder for /tmp: {0}")]
    Tmp(io::Error),
}

/// What the sandbox tells while it works, for a person who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A slow step begins: it is done once and kept.
    Building(String),
    /// That step is over.
    Built,
    /// Something that does not stop it, but should be known.
    Warning(String),
}

type Notify = Arc<dyn Fn(Notice) + Send + Sync>;

/// The sandbox: makes functions ready to run.
pub struct Sandbox {
    engine: Arc<GuestEngine>,
    linker: Linker<State>,
    /// For core modules: WASI preview 1.
    core: wasmtime::Linker<State>,
    cache: CodeCache,
    /// None when no images with packages are wanted.
    snapshots: Option<Snapshots>,
    /// The folder of everything that is kept.
    folder: PathBuf,
    notify: Notify,
}

/// Memory the guest image may use while it is made.
const IMAGE_MEMORY_MB: u32 = 1024;

impl Sandbox {
    /// A sandbox that keeps compiled components below `cache`, and tells `notify` what takes time.
    ///
    /// # Errors
    /// When Wasmtime does not support this machine.
    pub fn new(
        cache: &Path,
        notify: impl Fn(Notice) + Send + Sync + 'static,
    ) -> Result<Self, SandboxError> {
        let make = || -> anyhow::Result<Sandbox> {
            let engine = GuestEngine::new()?;
            let linker = linker(&engine)?;
            let core = wasm::core_linker(engine.engine())?;
            Ok(Sandbox {
                engine: Arc::new(engine),
                linker,
                core,
                cache: CodeCache::new(cache.join("compiled")),
                snapshots: Some(Snapshots::new(cache.join("snapshot"))),
                folder: cache.to_owned(),
                notify: Arc::new(notify),
            })
        };
        make().map_err(SandboxError::Engine)
    }

    /// The same sandbox, in which packages are loaded anew for every environment.
    #[must_use]
    pub fn without_snapshots(self) -> Self {
        Sandbox {
            snapshots: None,
            ..self
        }
    }

    /// Compiles what the function needs, or takes it from the cache.
    ///
    /// # Errors
    /// When the guest cannot be built, or the function's `.wasm` file is missing or not usable.
    pub async fn prepare(&self, function: Function) -> Result<Prepared, SandboxError> {
        let program = match function.runtime {
            Runtime::Nodejs(_) => Program::Nodejs(self.nodejs(&function)?),
            Runtime::Python(_) => Program::Python(self.python(&function.runtime_packages)?),
            Runtime::Wasm => Program::Wasm(self.wasm(&function.task)?),
        };
        let opt = match program {
            Program::Nodejs(_) => None,
            Program::Python(_) | Program::Wasm(_) => {
                merge_layers(&function.layers).map_err(SandboxError::Layers)?
            }
        };
        Ok(Prepared {
            engine: Arc::clone(&self.engine),
            function: Arc::new(function),
            program,
            snapshots: self.snapshots.clone(),
            opt: opt.map(Arc::new),
        })
    }

    /// The Node guest: with the function's packages in it when there is such an image, else as it was built on
    /// the first run ever.
    fn nodejs(&self, function: &Function) -> Result<nodejs::Program, SandboxError> {
        let engine = self.engine.engine();
        let record = self.snapshots.as_ref().and_then(|all| all.find(function));
        let image = record.as_ref().and_then(|record| record.image(function));
        let component = match image.and_then(|key| self.cache.kept(engine, key)) {
            Some(component) => component,
            None => self.plain_nodejs()?,
        };
        nodejs::Program::new(&self.linker, &component)
            .map_err(|error| SandboxError::Guest(format!("{error:#}")))
    }

    /// Whether what `function` needs of the sandbox is compiled and kept already, so that its first run does not wait
    /// for it. Only looks whether the files are there.
    pub fn is_made(&self, function: &Function) -> bool {
        let key = match function.runtime {
            Runtime::Nodejs(_) => self.nodejs_key(),
            Runtime::Python(_) => {
                self.python_key(&python::Packages::new(&function.runtime_packages))
            }
            Runtime::Wasm => {
                let bytes = wasm::find(&function.task).map(std::fs::read);
                let Ok(Ok(bytes)) = bytes else { return false };
                self.wasm_key(&bytes)
            }
        };
        self.cache.holds(&key)
    }

    fn nodejs_key(&self) -> Key {
        let parts: [&[u8]; 2] = [b"nodejs", nodejs::FINGERPRINT.as_bytes()];
        Key::new(self.engine.engine(), &parts)
    }

    fn python_key(&self, packages: &python::Packages) -> Key {
        let parts = [python::fingerprint(), packages.fingerprint()];
        Key::new(
            self.engine.engine(),
            &[b"python", parts[0].as_bytes(), parts[1].as_bytes()],
        )
    }

    fn wasm_key(&self, bytes: &[u8]) -> Key {
        Key::new(self.engine.engine(), &[b"wasm", bytes])
    }

    /// The Node guest without any packages.
    fn plain_nodejs(&self) -> Result<Component, SandboxError> {
        self.compiled(
            &self.nodejs_key(),
            "the Node guest (once; a few seconds)",
            || Ok(self.nodejs_image(None, None)?.wasm),
        )
        .map_err(|error| SandboxError::Guest(format!("{:#}", anyhow::Error::from(error))))
    }

    /// Makes an image of the Node guest; a failure carries what the guest said.
    fn nodejs_image(
        &self,
        files: Option<nodejs::Files>,
        preload: Option<nodejs::Preload<'_>>,
    ) -> anyhow::Result<nodejs::Image> {
        let script = nodejs::script()?;
        let (log, said) = Log::kept();
        let state = nodejs::state(Limits::new(IMAGE_MEMORY_MB), log, files, Network::default());
        let build = nodejs::build(self.engine.engine(), &self.linker, state, &script, preload);
        block_on(build).map_err(|error| match said() {
            said if said.is_empty() => error,
            said => error.context(said),
        })
    }

    /// The Python guest with the runtime's packages: built on the first run ever, and when they change.
    fn python(&self, folders: &[PackageFolder]) -> Result<python::Program, SandboxError> {
        let load = || -> anyhow::Result<python::Program> {
            let packages = python::Packages::new(folders);
            let key = self.python_key(&packages);
            let library = python::Library::unpacked(&self.folder)?;
            let what = match packages.have_sdk() {
                true => "the Python guest with boto3 (once; about a minute)",
                false => "the Python guest (once; about 30 seconds)",
            };
            let component = self.compiled(&key, what, || {
                block_on(python::build(&library, &packages, IMAGE_MEMORY_MB))
            })?;
            python::Program::new(&self.linker, &component, library, packages)
        };
        load().map_err(|error| SandboxError::Guest(format!("{error:#}")))
    }

    /// The `.wasm` file of a function.
    fn wasm(&self, task: &Path) -> Result<wasm::Program, SandboxError> {
        let load = || -> anyhow::Result<wasm::Program> {
            let path = wasm::find(task)?;
            let bytes =
                std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let key = self.wasm_key(&bytes);
            let what = path.display().to_string();
            let program = match wasm::read(&path, &bytes)? {
                wasm::Code::Module(wasm) => {
                    let module = self.compiled(&key, &what, || Ok(wasm))?;
                    wasm::Program::of_module(&self.core, &module)
                }
                wasm::Code::Component(wasm) => {
                    let component = self.compiled(&key, &what, || Ok(wasm))?;
                    wasm::Program::of_component(&self.linker, &component)
                }
            };
            program.with_context(|| format!("cannot run {}", path.display()))
        };
        load().map_err(SandboxError::Code)
    }

    /// Code from the cache; tells when it has to be built.
    fn compiled<C: Compiled>(
        &self,
        key: &Key,
        what: &str,
        build: impl FnOnce() -> anyhow::Result<Vec<u8>>,
    ) -> Result<C, CacheError> {
        let code = self.cache.compiled(
            self.engine.engine(),
            key,
            || {
                (self.notify)(Notice::Building(what.to_owned()));
                build()
            },
            |hindrance| {
                (self.notify)(match hindrance {
                    Hindrance::Busy => Notice::Building(format!("{what}, by another process")),
                    Hindrance::Unwritable(error) => Notice::Warning(error.to_string()),
                });
            },
        );
        (self.notify)(Notice::Built);
        code
    }
}

/// Whether a function's folder holds a `.wasm` file (or its text) for the sandbox to run.
pub fn has_wasm(task: &Path) -> bool {
    wasm::holds_code(task)
}

/// Everything guests may import.
fn linker(engine: &GuestEngine) -> anyhow::Result<Linker<State>> {
    let mut linker = Linker::new(engine.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    nodejs::add_to_linker(&mut linker)?;
    python::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// Runs a future to its end on a thread of its own: building is called from code that is not async,
/// because it happens under a lock on a file.
fn block_on<T: Send>(future: impl Future<Output = anyhow::Result<T>> + Send) -> anyhow::Result<T> {
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?
                    .block_on(future)
            })
            .join()
            .unwrap_or_else(|_| anyhow::bail!("the build panicked"))
    })
}

/// One folder that shows all layers, later ones over earlier ones.
///
/// # Errors
/// When a layer cannot be read, or there is no temporary folder.
pub fn merge_layers(layers: &[PathBuf]) -> io::Result<Option<Opt>> {
    match layers {
        [] => Ok(None),
        [one] => Ok(Some(Opt::Layer(one.clone()))),
        several => {
            let folder = tempfile::Builder::new().prefix("hoist-opt-").tempdir()?;
            for layer in several {
                copy_tree(layer, folder.path())?;
            }
            Ok(Some(Opt::Merged(folder)))
        }
    }
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let mut pending = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = pending.pop() {
        std::fs::create_dir_all(&to)?;
        for entry in std::fs::read_dir(&from)? {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                pending.push((entry.path(), target));
            } else {
                std::fs::copy(entry.path(), &target)?;
            }
        }
    }
    Ok(())
}
