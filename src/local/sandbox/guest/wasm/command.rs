//! WASI commands: the event on standard input, the answer on standard output.

use wasmtime::{Engine, InstancePre, Store, component};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};

use super::super::super::function::{Function, Invocation};
use super::super::super::limits::Limits;
use super::super::super::log::Log;
use super::super::super::outcome::{Failure, MAX_ANSWER, Outcome};
use super::super::super::state::State;
use super::stream::LogStream;
use super::{Folders, wasi};

/// A compiled command.
#[derive(Clone)]
pub struct CommandProgram(Code);

#[derive(Clone)]
enum Code {
    /// Preview 1: `_start`.
    Module(InstancePre<State>),
    /// Preview 2: `wasi:cli/run`.
    Component(CommandPre<State>),
}

impl CommandProgram {
    pub(super) fn of_module(pre: InstancePre<State>) -> Self {
        CommandProgram(Code::Module(pre))
    }

    pub(super) fn of_component(pre: component::InstancePre<State>) -> wasmtime::Result<Self> {
        Ok(CommandProgram(Code::Component(CommandPre::new(pre)?)))
    }

    /// The command from its start to its end; false when it says itself that it failed.
    async fn run(&self, store: &mut Store<State>) -> wasmtime::Result<bool> {
        match &self.0 {
            Code::Module(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
                start.call_async(store, ()).await.map(|()| true)
            }
            Code::Component(pre) => {
                let command = pre.instantiate_async(&mut *store).await?;
                let ended = command.wasi_cli_run().call_run(store).await?;
                Ok(ended.is_ok())
            }
        }
    }

    /// Runs the command once in a new instance: a command's globals do not outlive it, its `/tmp` does.
    /// Gives the most memory it used, in MB, beside its outcome.
    pub async fn invoke(
        &self,
        engine: &Engine,
        function: &Function,
        folders: &Folders,
        invocation: &Invocation,
        log: Log,
    ) -> (Result<Outcome, Failure>, u32) {
        // One byte more than allowed tells an answer that is too large from one that just fits.
        let answer = MemoryOutputPipe::new(MAX_ANSWER + 1);
        let state = match wasi(function, folders) {
            Ok(mut wasi) => {
                wasi.stdin(MemoryInputPipe::new(invocation.event.clone()))
                    .stdout(answer.clone())
                    .stderr(LogStream::new(log));
                if let Some(trace) = &invocation.trace_id {
                    wasi.env("_X_AMZN_TRACE_ID", trace);
                }
                wasi.env("AWS_REQUEST_ID", &invocation.request_id);
                let limits = Limits::new(function.memory_mb);
                match self.0 {
                    Code::Module(_) => State::of_module(wasi.build_p1(), limits),
                    Code::Component(_) => State::new(wasi.build(), limits, None),
                }
            }
            Err(error) => {
                return (
                    Err(super::super::failure(&error, &invocation.request_id)),
                    0,
                );
            }
        };
        let mut store = super::super::store(engine, state);
        let ended = self.run(&mut store).await;
        let peak = store.data().limits.peak_mb();
        drop(store);
        let answer = answer.contents();
        let outcome = match ended {
            _ if answer.len() > MAX_ANSWER => Err(Failure::answer_too_large()),
            Ok(true) => Ok(Outcome::Answer(answer.to_vec())),
            Ok(false) => Err(Failure::exited(&invocation.request_id, 1)),
            Err(error) => match error.downcast_ref::<wasmtime_wasi::I32Exit>() {
                Some(exit) if exit.0 == 0 => Ok(Outcome::Answer(answer.to_vec())),
                _ => Err(super::super::failure(&error, &invocation.request_id)),
            },
        };
        (outcome, peak)
    }
}
