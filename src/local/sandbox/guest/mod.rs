//! The engines a function's code can run on.

pub mod nodejs;
pub mod python;
pub mod wasm;

use wasmtime::{Engine, Store, Trap};

use super::limits::OutOfMemory;
use super::outcome::Failure;
use super::state::{Exit, State};

/// A store for one environment: its limits watched, and yielding at every tick so that timeouts are kept.
pub(super) fn store(engine: &Engine, state: State) -> Store<State> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limits);
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    store
}

/// What Lambda would answer for a guest that ended with `error` instead of an answer.
pub(super) fn failure(error: &wasmtime::Error, request_id: &str) -> Failure {
    if let Some(Exit(status)) = error.downcast_ref::<Exit>() {
        return Failure::exited(request_id, *status);
    }
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        return Failure::exited(request_id, exit.0);
    }
    if error.downcast_ref::<OutOfMemory>().is_some() {
        return Failure::killed(request_id);
    }
    if error.downcast_ref::<Trap>() == Some(&Trap::StackOverflow) {
        return Failure::stack_overflow();
    }
    Failure::crashed(request_id, &format!("{error:#}"))
}
