//! Invoking a function without knowing what runs it.

use std::pin::Pin;

use super::process::{self, ProcessError};
use super::sandbox::{self, Completion, Invocation, Log, SandboxError, SnapshotJob};

/// What an asynchronous call gives back.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, InvokeError>> + Send + 'a>>;

/// Something other than the function itself went wrong.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// In the sandbox.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// With a process.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// A function ready to run.
pub trait Invoke: Send + Sync {
    /// Starts a new execution environment, which writes to `log`: Lambda's init phase. A failure of the function's own
    /// code is no error here; the first invocation reports it.
    fn environment(&self, log: Log) -> Pending<'_, Box<dyn Execution>>;
}

/// An execution environment: it serves one invocation at a time.
pub trait Execution: Send {
    /// Runs the function once, with Lambda's lines around its output.
    fn invoke<'a>(&'a mut self, invocation: &'a Invocation) -> Pending<'a, Completion>;

    /// Whether it can serve another invocation.
    fn is_usable(&self) -> bool;

    /// Writes down which packages it has loaded; gives a job when an image with them would pay.
    fn remember_packages(&self) -> Option<SnapshotJob> {
        None
    }
}

impl Invoke for sandbox::Prepared {
    fn environment(&self, log: Log) -> Pending<'_, Box<dyn Execution>> {
        Box::pin(async move {
            let environment = sandbox::Prepared::environment(self, log).await?;
            Ok(Box::new(environment) as Box<dyn Execution>)
        })
    }
}

impl Execution for sandbox::Environment {
    fn invoke<'a>(&'a mut self, invocation: &'a Invocation) -> Pending<'a, Completion> {
        Box::pin(async move { Ok(sandbox::Environment::invoke(self, invocation).await?) })
    }

    fn is_usable(&self) -> bool {
        sandbox::Environment::is_usable(self)
    }

    fn remember_packages(&self) -> Option<SnapshotJob> {
        // A cache that cannot be written was warned about when the guest was kept there.
        sandbox::Environment::remember_packages(self).ok().flatten()
    }
}

impl Invoke for process::Prepared {
    fn environment(&self, log: Log) -> Pending<'_, Box<dyn Execution>> {
        Box::pin(async move {
            let environment = process::Prepared::environment(self, log).await?;
            Ok(Box::new(environment) as Box<dyn Execution>)
        })
    }
}

impl Execution for process::Environment {
    fn invoke<'a>(&'a mut self, invocation: &'a Invocation) -> Pending<'a, Completion> {
        Box::pin(async move { Ok(process::Environment::invoke(self, invocation).await?) })
    }

    fn is_usable(&self) -> bool {
        process::Environment::is_usable(self)
    }
}
