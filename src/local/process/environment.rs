//! An execution environment: one process of a function, from its start to its end.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tempfile::TempDir;
use tokio::time::timeout_at;

use super::api::{Answer, Event, Server};
use super::child::{Child, Exit, Launch, signal_name};
use super::output::Output;
use super::prepared::{Prepared, environment_folder};
use super::{ProcessError, memory, program};
use crate::local::sandbox::{
    Completion, Failure, INIT_LIMIT, Invocation, Log, MAX_ANSWER, Outcome, Platform, Report,
    Status, overfull,
};

/// One execution environment. It serves one invocation at a time; between invocations its process is frozen. After a
/// timeout, a crash or an exit it is of no more use.
pub struct Environment {
    prepared: Prepared,
    /// Takes the function's own lines.
    log: Log,
    /// Writes Lambda's lines into the same log.
    platform: Platform,
    phase: Phase,
    /// The init phase's time until the first invocation reports it.
    init: Option<Duration>,
    /// The most memory used so far, in MB.
    peak: u32,
    /// `/tmp` and what belongs to it; dropped last, when the process is gone.
    folder: TempDir,
}

enum Phase {
    Ready(Running),
    /// The init phase took too long; it is tried again within the first invocation.
    Retry,
    Ended(End),
}

/// A process that asks for invocations. The order matters: the process is killed first.
struct Running {
    child: Child,
    server: Server,
    output: Output,
}

/// Why there is no process any more.
#[derive(Debug, Clone)]
enum End {
    /// It exited or was killed.
    Exit(Exit),
    /// It used more memory than it may, and was killed.
    Memory,
    /// It wrote more to `/tmp` than it may, and was killed.
    Tmp,
    /// It ran longer than it may, and was killed.
    Timeout,
    /// It could not be started.
    Entrypoint(String),
    /// It said that it cannot start: the payload.
    Init(String),
}

impl End {
    fn failure(&self, request_id: &str, prepared: &Prepared) -> Failure {
        let function = prepared.function();
        match self {
            End::Exit(Exit::Status(status)) => Failure::exited(request_id, *status),
            End::Exit(Exit::Signal(signal)) => {
                Failure::signalled(request_id, &signal_name(*signal))
            }
            End::Memory => Failure::killed(request_id),
            End::Tmp => Failure::tmp_full(request_id, function.tmp_mb),
            End::Timeout => Failure::timed_out(request_id, function.timeout),
            End::Entrypoint(reason) => Failure::invalid_entrypoint(request_id, reason),
            End::Init(payload) => Failure {
                fatal: true,
                ..Failure::of_function(payload.clone())
            },
        }
    }
}

impl Prepared {
    /// Starts a new environment: Lambda's init phase. A failure of the function's own code while it is loaded is no
    /// error here; the first invocation reports it.
    ///
    /// # Errors
    /// When the environment's folders, its port or its pipes cannot be made.
    pub async fn environment(&self, log: Log) -> Result<Environment, ProcessError> {
        let logging = self.function.logging;
        let platform = Platform::new(log.clone(), logging, &self.function.name);
        let mut environment = Environment {
            prepared: self.clone(),
            log: log.from_level(logging.kept()),
            platform,
            phase: Phase::Retry,
            init: None,
            peak: 0,
            folder: environment_folder()?,
        };
        environment.platform.init_started();
        let started = Instant::now();
        let start = tokio::time::timeout(INIT_LIMIT, environment.start()).await;
        let duration = started.elapsed();
        environment.init = Some(duration);
        let status = match start {
            Ok(phase) => {
                environment.phase = phase?;
                match &environment.phase {
                    Phase::Ended(end) => Status::from(&end.failure("", self)),
                    Phase::Ready(_) | Phase::Retry => Status::Success,
                }
            }
            Err(_) => Status::Timeout,
        };
        environment.platform.init_ended(&status, duration);
        Ok(environment)
    }

    fn launch(&self, server: &Server, folder: &TempDir) -> io::Result<(Launch, String)> {
        let api = ("AWS_LAMBDA_RUNTIME_API", server.address().to_string());
        let mark = format!("{}={}", api.0, api.1);
        let mut environment = self.layout.environment(
            &self.function.environment,
            &self.function.search,
            folder.path(),
        );
        for (name, value) in &self.program.variables {
            if !self.function.environment.contains_key(name) {
                environment.push((name.clone(), value.into()));
            }
        }
        environment.push((api.0.to_owned(), api.1.into()));
        let executable = &self.program.executable;
        let launch = Launch {
            program: PathBuf::from(self.layout.place(&executable.to_string_lossy())),
            arguments: program::placed(&self.program, |path| self.layout.place(path)),
            environment,
            folder: self.layout.task.clone(),
            root: self.layout.root(executable, folder.path())?,
            frames: self.program.frames.then_some("_LAMBDA_TELEMETRY_LOG_FD"),
        };
        Ok((launch, mark))
    }
}

impl Environment {
    /// Whether it can serve another invocation.
    pub fn is_usable(&self) -> bool {
        match &self.phase {
            Phase::Ready(running) => running.child.is_running(),
            Phase::Retry => true,
            Phase::Ended(_) => false,
        }
    }

    /// The init phase: the process, until it asks for an invocation.
    async fn start(&self) -> Result<Phase, ProcessError> {
        let server = Server::start().await.map_err(ProcessError::Start)?;
        let launch = self.prepared.launch(&server, &self.folder);
        let (launch, mark) = launch.map_err(ProcessError::Start)?;
        let (child, output) = match Child::start(launch, mark).await {
            Ok(started) => started,
            Err(error) => {
                return self.not_started(&error).map(Phase::Ended);
            }
        };
        let output = Output::read(output, self.log.clone()).map_err(ProcessError::Start)?;
        let running = Running {
            child,
            server,
            output,
        };
        let ended = tokio::select! {
            ready = running.server.ready() => match ready {
                Ok(()) => None,
                Err(payload) => Some(End::Init(payload)),
            },
            exit = running.child.exited() => {
                Some(running.server.init_error().await.map_or(End::Exit(exit), End::Init))
            }
            () = memory::exceeds(running.child.id(), self.prepared.function.memory_mb) => Some(End::Memory),
        };
        Ok(match ended {
            None => {
                running.rest().await;
                Phase::Ready(running)
            }
            Some(end) => {
                running.end().await;
                Phase::Ended(end)
            }
        })
    }

    /// Why the system did not start the program, in the words that Lambda gives back. What lies in the function's own
    /// hands is its failure; the rest is this machine's.
    fn not_started(&self, error: &io::Error) -> Result<End, ProcessError> {
        let program = &self.prepared.program.executable;
        let is_own = program.starts_with("/var/task") || program.starts_with("/opt");
        let reason = match error.kind() {
            io::ErrorKind::NotFound if is_own && program.ends_with("bootstrap") => {
                let real = self.prepared.layout.task.join("bootstrap");
                if real.exists() {
                    // It is there: what its first line names is not.
                    "no such file or directory"
                } else {
                    return Ok(End::Entrypoint(
                        "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
                            .into(),
                    ));
                }
            }
            io::ErrorKind::NotFound => "no such file or directory",
            io::ErrorKind::PermissionDenied => "permission denied",
            _ if error.raw_os_error() == Some(nix::errno::Errno::ENOEXEC as i32) => {
                "exec format error"
            }
            _ => {
                return Err(ProcessError::Start(io::Error::new(
                    error.kind(),
                    error.to_string(),
                )));
            }
        };
        if !is_own {
            return Err(ProcessError::Start(io::Error::other(format!(
                "{}: {reason}",
                program.display()
            ))));
        }
        let program = program.display();
        Ok(End::Entrypoint(format!("fork/exec {program}: {reason}")))
    }

    /// Runs the function once, with Lambda's START, END and REPORT lines around its output.
    ///
    /// # Errors
    /// When a process that has to be started again cannot be.
    pub async fn invoke(&mut self, invocation: &Invocation) -> Result<Completion, ProcessError> {
        let id = &invocation.request_id;
        self.platform.started(id, &invocation.function_arn);
        let timeout = self.prepared.function.timeout;
        let started = Instant::now();
        let (answer, end) = self.run(invocation, started + timeout).await?;
        let duration = started.elapsed();
        let outcome = self.finish(answer, end, id).await;
        let report = Report {
            // A function that is stopped has run exactly as long as it may.
            duration: duration.min(timeout),
            init: self.init.take(),
            memory_mb: self.prepared.function.memory_mb,
            max_memory_mb: self.peak.min(self.prepared.function.memory_mb),
        };
        self.platform.ended(id, &outcome, &report);
        Ok(Completion { outcome, report })
    }

    /// The invocation itself: the answer, if there was one, and what ended the process, if it ended.
    async fn run(
        &mut self,
        invocation: &Invocation,
        stop: Instant,
    ) -> Result<(Option<Answer>, Option<End>), ProcessError> {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let deadline = epoch.unwrap_or_default() + self.prepared.function.timeout;
        if matches!(self.phase, Phase::Retry) {
            match timeout_at(stop.into(), self.start()).await {
                Ok(phase) => self.phase = phase?,
                Err(_) => return Ok((None, Some(End::Timeout))),
            }
        }
        let running = match &self.phase {
            Phase::Ready(running) => running,
            Phase::Ended(end) => return Ok((None, Some(end.clone()))),
            Phase::Retry => unreachable!("the phase was entered above"),
        };
        let event = Event {
            request_id: invocation.request_id.clone(),
            body: Bytes::from(invocation.event.clone()),
            deadline_ms: deadline.as_millis() as u64,
            function_arn: invocation.function_arn.clone(),
            client_context: invocation.client_context.clone(),
            trace_id: invocation.trace_id.clone(),
        };
        running.child.thaw();
        let mut answer = None;
        let work = async {
            answer = Some(running.server.invoke(event).await);
            // The invocation lasts until the runtime asks for the next one.
            let _ = running.server.ready().await;
        };
        let function = &self.prepared.function;
        let (tmp, tmp_bytes) = (
            self.folder.path().join("tmp"),
            u64::from(function.tmp_mb) << 20,
        );
        let end = tokio::select! {
            biased;
            done = timeout_at(stop.into(), work) => done.is_err().then_some(End::Timeout),
            exit = running.child.exited() => Some(End::Exit(exit)),
            () = memory::exceeds(running.child.id(), function.memory_mb) => Some(End::Memory),
            () = overfull(&tmp, tmp_bytes) => Some(End::Tmp),
        };
        // The process may have ended right after it answered.
        let answer = match (answer, &end) {
            (None, Some(End::Exit(_))) => running.server.answered().await,
            (answer, _) => answer,
        };
        self.peak = self.peak.max(memory::used_mb(running.child.id()));
        if let Some(End::Memory) = end {
            self.peak = function.memory_mb;
        }
        Ok((answer, end))
    }

    /// Turns what the process gave into the outcome, and ends the environment when it cannot go on.
    async fn finish(&mut self, answer: Option<Answer>, end: Option<End>, id: &str) -> Outcome {
        match &end {
            None => {
                if let Phase::Ready(running) = &self.phase {
                    running.rest().await;
                }
            }
            Some(end) => {
                let ended = Phase::Ended(end.clone());
                if let Phase::Ready(running) = std::mem::replace(&mut self.phase, ended) {
                    running.end().await;
                }
            }
        }
        let ended = end.map(|end| end.failure(id, &self.prepared));
        if let Some(log) = ended.as_ref().and_then(|failure| failure.log.as_deref()) {
            self.platform.said(id, log);
        }
        match answer {
            // What was answered stays so, whatever came after it.
            Some(Answer::Response(answer)) if answer.len() <= MAX_ANSWER => {
                Outcome::Answer(answer.to_vec())
            }
            Some(Answer::Error(payload)) => Outcome::Failure(Failure {
                fatal: ended.is_some(),
                ..Failure::of_function(payload)
            }),
            Some(Answer::Response(_) | Answer::TooLarge) => {
                Outcome::Failure(Failure::answer_too_large())
            }
            None => Outcome::Failure(ended.unwrap_or_else(|| Failure::exited(id, 0))),
        }
    }
}

impl Running {
    /// Freezes the process and hands on what it wrote.
    async fn rest(&self) {
        self.child.freeze();
        self.output.drain().await;
    }

    /// Kills the process and hands on what it wrote.
    async fn end(self) {
        drop(self.child);
        self.output.finish().await;
    }
}
