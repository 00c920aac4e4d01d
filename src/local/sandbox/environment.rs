//! An execution environment: one instance of a function, from its start to its end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use super::SandboxError;
use super::function::{Function, Invocation};
use super::guest::wasm::Folders;
use super::guest::{nodejs, python, wasm};
use super::log::Log;
use super::mount::Mounts;
use super::outcome::{Failure, MAX_ANSWER, Outcome, Report};
use super::platform::{Platform, Status};
use super::snapshot::Snapshots;

/// How long the init phase may take before it counts as part of the first invocation.
pub const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How often a `.wasm` function's `/tmp` is measured while it runs.
const TMP_CHECK: Duration = Duration::from_millis(50);

/// A function's compiled code.
#[derive(Clone)]
pub enum Program {
    /// JavaScript in the Node guest.
    Nodejs(nodejs::Program),
    /// Python in the CPython guest.
    Python(python::Program),
    /// A `.wasm` file.
    Wasm(wasm::Program),
}

/// What an environment is made from: shared by all of a function's environments.
#[derive(Clone)]
pub struct Prepared {
    pub(super) engine: Arc<super::engine::GuestEngine>,
    pub(super) function: Arc<Function>,
    pub(super) program: Program,
    /// Where is written down which packages are loaded; none when no images with packages are wanted.
    pub(super) snapshots: Option<Snapshots>,
    /// `/opt` for guests that see one folder only: the layers laid over each other.
    pub(super) opt: Option<Arc<Opt>>,
}

/// The folder behind `/opt`.
pub enum Opt {
    /// The only layer.
    Layer(PathBuf),
    /// Several layers copied over each other.
    Merged(TempDir),
}

impl Opt {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Opt::Layer(path) => path,
            Opt::Merged(folder) => folder.path(),
        }
    }
}

/// One execution environment. It serves one invocation at a time and keeps its globals and `/tmp` for the
/// next; after a timeout, a crash or an exit it is of no more use.
pub struct Environment {
    prepared: Prepared,
    /// Takes the function's own lines.
    log: Log,
    /// Writes Lambda's lines into the same log.
    platform: Platform,
    /// `/tmp`; gone with the environment.
    tmp: TempDir,
    phase: Phase,
    /// The init phase's time until the first invocation reports it.
    init: Option<Duration>,
    /// How long the init phase took.
    load: Duration,
}

enum Phase {
    Ready(Instance),
    /// The init phase took too long; it is tried again within the first invocation.
    Retry,
    /// The init phase failed, or a later invocation ended the process.
    Ended(Failure),
}

enum Instance {
    Nodejs(Box<nodejs::Instance>),
    Python(Box<python::Instance>),
    Command(wasm::CommandProgram),
    Http(Box<wasm::HttpInstance>),
}

/// The end of one invocation.
#[derive(Debug, Clone)]
pub struct Completion {
    /// What it gave back.
    pub outcome: Outcome,
    /// Its figures.
    pub report: Report,
}

impl Prepared {
    /// The function it runs.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Starts a new environment: Lambda's init phase. A failure of the function's own code while it is
    /// loaded is no error here; the first invocation reports it.
    ///
    /// # Errors
    /// When the environment's folders cannot be made.
    pub async fn environment(&self, log: Log) -> Result<Environment, SandboxError> {
        let tmp = tempfile::Builder::new()
            .prefix("hoist-tmp-")
            .tempdir()
            .map_err(SandboxError::Tmp)?;
        let logging = self.function.logging;
        let platform = Platform::new(log.clone(), logging, &self.function.name);
        let mut environment = Environment {
            prepared: self.clone(),
            log: log.from_level(logging.kept()),
            platform,
            tmp,
            phase: Phase::Retry,
            init: None,
            load: Duration::ZERO,
        };
        environment.platform.init_started();
        let started = Instant::now();
        let start = tokio::time::timeout(INIT_LIMIT, environment.start()).await;
        let duration = started.elapsed();
        environment.load = duration;
        environment.init = Some(duration);
        let status = match start {
            Ok(phase) => {
                environment.phase = phase?;
                match &environment.phase {
                    Phase::Ended(failure) => Status::from(failure),
                    Phase::Ready(_) | Phase::Retry => Status::Success,
                }
            }
            Err(_) => Status::Timeout,
        };
        environment.platform.init_ended(&status, duration);
        Ok(environment)
    }
}

/// A Node guest without an environment around it: what the engine alone takes, for benchmarks.
pub struct BareGuest {
    instance: nodejs::Instance,
    _tmp: TempDir,
}

impl BareGuest {
    /// Calls the handler: no timeout, no log lines, no report.
    ///
    /// # Errors
    /// As [`Environment::invoke`] reports them.
    pub async fn call(&mut self, invocation: &Invocation) -> Result<Outcome, Failure> {
        self.instance.invoke(invocation, SystemTime::now()).await
    }
}

impl Prepared {
    /// The guest of a JavaScript function with its handler loaded; none for other functions.
    ///
    /// # Errors
    /// When the handler cannot be loaded.
    pub async fn bare(&self) -> Result<Option<BareGuest>, Failure> {
        let Program::Nodejs(program) = &self.program else {
            return Ok(None);
        };
        let failed = |error: String| Failure::crashed("", &error);
        let tmp = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let function = &self.function;
        let mounts = Mounts::new(&function.task, &function.layers, tmp.path(), 0)
            .and_then(|mounts| mounts.with_runtime(&function.runtime_packages))
            .map_err(|error| failed(error.to_string()))?;
        let mut instance = program
            .instance(
                self.engine.engine(),
                function,
                Arc::new(mounts),
                Log::none(),
            )
            .await
            .map_err(|error| failed(format!("{error:#}")))?;
        instance.load(function).await?;
        Ok(Some(BareGuest {
            instance,
            _tmp: tmp,
        }))
    }
}

impl Environment {
    /// Whether it can serve another invocation.
    pub fn is_usable(&self) -> bool {
        !matches!(self.phase, Phase::Ended(_))
    }

    /// The function it runs.
    pub fn function(&self) -> &Function {
        &self.prepared.function
    }

    pub(super) fn snapshots(&self) -> Option<&Snapshots> {
        self.prepared.snapshots.as_ref()
    }

    /// The packages that a JavaScript function has loaded so far, and how long its init phase took.
    pub(super) fn packages(&self) -> Option<(&nodejs::Packages, Duration)> {
        match &self.phase {
            Phase::Ready(Instance::Nodejs(node)) => Some((node.packages()?, self.load)),
            _ => None,
        }
    }

    /// Runs the function once, with Lambda's START, END and REPORT lines around its output.
    ///
    /// # Errors
    /// When the environment's folders cannot be read.
    pub async fn invoke(&mut self, invocation: &Invocation) -> Result<Completion, SandboxError> {
        let id = &invocation.request_id;
        self.platform.started(id, &invocation.function_arn);
        let timeout = self.prepared.function.timeout;
        let deadline = SystemTime::now() + timeout;
        let started = Instant::now();
        let run = tokio::time::timeout(timeout, self.run(invocation, deadline)).await;
        let duration = started.elapsed();
        let (result, peak) = match run {
            Ok(run) => run?,
            Err(_) => (Err(Failure::timed_out(id, timeout)), self.peak_memory_mb()),
        };
        let outcome = self.finish(result, id);
        let report = Report {
            // A function that is stopped has run exactly as long as it may.
            duration: duration.min(timeout),
            init: self.init.take(),
            memory_mb: self.prepared.function.memory_mb,
            max_memory_mb: peak,
        };
        self.platform.ended(id, &outcome, &report);
        Ok(Completion { outcome, report })
    }

    /// Turns what the guest gave into the outcome, and ends the environment when it cannot go on.
    fn finish(&mut self, result: Result<Outcome, Failure>, request_id: &str) -> Outcome {
        let failure = match result {
            Ok(Outcome::Answer(answer)) if answer.len() > MAX_ANSWER => Failure::answer_too_large(),
            Ok(outcome) => return outcome,
            Err(failure) => failure,
        };
        if let Some(log) = &failure.log {
            self.platform.said(request_id, log);
        }
        if failure.fatal {
            self.phase = Phase::Ended(failure.clone());
        }
        Outcome::Failure(failure)
    }

    /// The init phase: instance and handler.
    async fn start(&mut self) -> Result<Phase, SandboxError> {
        let Prepared {
            engine,
            function,
            program,
            ..
        } = &self.prepared;
        let engine = engine.engine();
        let instance = match program {
            Program::Nodejs(program) => {
                let mounts = self.mounts()?;
                match program
                    .instance(engine, function, Arc::new(mounts), self.log.clone())
                    .await
                {
                    Ok(mut instance) => instance
                        .load(function)
                        .await
                        .map(|()| Instance::Nodejs(Box::new(instance))),
                    Err(error) => Err(super::guest::failure(&error, "")),
                }
            }
            Program::Python(program) => {
                match program
                    .instance(engine, function, &self.folders(), self.log.clone())
                    .await
                {
                    Ok(mut instance) => instance
                        .load(function)
                        .await
                        .map(|()| Instance::Python(Box::new(instance))),
                    Err(error) => Err(super::guest::failure(&error, "")),
                }
            }
            Program::Wasm(wasm::Program::Command(program)) => {
                Ok(Instance::Command(program.clone()))
            }
            Program::Wasm(wasm::Program::Http(program)) => program
                .instance(engine, function, &self.folders(), self.log.clone())
                .await
                .map(|instance| Instance::Http(Box::new(instance)))
                .map_err(|error| super::guest::failure(&error, "")),
        };
        Ok(match instance {
            Ok(instance) => Phase::Ready(instance),
            Err(failure) => Phase::Ended(failure),
        })
    }

    /// The invocation itself, and the most memory used so far in MB.
    async fn run(
        &mut self,
        invocation: &Invocation,
        deadline: SystemTime,
    ) -> Result<(Result<Outcome, Failure>, u32), SandboxError> {
        if matches!(self.phase, Phase::Retry) {
            self.phase = self.start().await?;
        }
        let folders = self.folders();
        let function = Arc::clone(&self.prepared.function);
        let tmp_limit = u64::from(function.tmp_mb) << 20;
        let instance = match &mut self.phase {
            Phase::Ready(instance) => instance,
            Phase::Ended(failure) => return Ok((Err(failure.clone()), 0)),
            Phase::Retry => unreachable!("the phase was entered above"),
        };
        let id = &invocation.request_id;
        Ok(match instance {
            Instance::Nodejs(node) => {
                let result = node.invoke(invocation, deadline).await;
                (result, node.peak_memory_mb())
            }
            Instance::Python(python) => {
                let result = tokio::select! {
                    ended = python.invoke(invocation, deadline) => ended,
                    () = overfull(&folders.tmp, tmp_limit) => Err(Failure::tmp_full(id, function.tmp_mb)),
                };
                (result, python.peak_memory_mb())
            }
            Instance::Command(program) => {
                let engine = self.prepared.engine.engine();
                let log = self.log.clone();
                let call = program.invoke(engine, &function, &folders, invocation, log);
                tokio::select! {
                    ended = call => ended,
                    () = overfull(&folders.tmp, tmp_limit) => (Err(Failure::tmp_full(id, function.tmp_mb)), 0),
                }
            }
            Instance::Http(http) => {
                let result = tokio::select! {
                    ended = http.invoke(invocation) => ended,
                    () = overfull(&folders.tmp, tmp_limit) => Err(Failure::tmp_full(id, function.tmp_mb)),
                };
                (result, http.peak_memory_mb())
            }
        })
    }

    fn peak_memory_mb(&self) -> u32 {
        match &self.phase {
            Phase::Ready(Instance::Nodejs(node)) => node.peak_memory_mb(),
            Phase::Ready(Instance::Python(python)) => python.peak_memory_mb(),
            Phase::Ready(Instance::Http(http)) => http.peak_memory_mb(),
            Phase::Ready(Instance::Command(_)) | Phase::Retry | Phase::Ended(_) => 0,
        }
    }

    fn mounts(&self) -> Result<Mounts, SandboxError> {
        let function = &self.prepared.function;
        let mounts = Mounts::new(
            &function.task,
            &function.layers,
            self.tmp.path(),
            u64::from(function.tmp_mb) << 20,
        )?;
        Ok(mounts.with_runtime(&function.runtime_packages)?)
    }

    fn folders(&self) -> Folders {
        Folders {
            task: self.prepared.function.task.clone(),
            opt: self.prepared.opt.as_ref().map(|opt| opt.path().to_owned()),
            tmp: self.tmp.path().to_owned(),
        }
    }
}

/// Comes back when the folder holds more than `limit` bytes. WASI itself knows no quota, and a process neither, so
/// their `/tmp` is measured from outside.
pub async fn overfull(folder: &Path, limit: u64) {
    let mut clock = tokio::time::interval(TMP_CHECK);
    loop {
        clock.tick().await;
        if size(folder) > limit {
            return;
        }
    }
}

fn size(folder: &Path) -> u64 {
    let mut total = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => total += metadata.len(),
                Err(_) => (),
            }
        }
    }
    total
}
