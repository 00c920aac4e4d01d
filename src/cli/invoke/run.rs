//! Running one function once or several times, and what is printed of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::project::fail;
use crate::cli::{Exit, Stop, snapshot};
use crate::config::Environment;
use crate::local::prepare::{Ready, Work};
use crate::local::process::{self, ProcessError};
use crate::local::sandbox::{
    Completion, Invocation, Log, Notice, Outcome, Sandbox, SnapshotJob, milliseconds,
};
use crate::local::{Invoke, InvokeError};
use crate::logs::store::{Store, Writer};
use crate::ui::{Format, Progress, Ui};

/// One function invoked once or several times.
pub(super) struct Run<'a> {
    pub(super) ui: &'a Ui,
    pub(super) ready: &'a Ready,
    pub(super) event: String,
    /// Keeps what the function writes, by its logical id, for `hoist logs --local`.
    pub(super) kept: Option<(Store, String)>,
    /// How often.
    pub(super) repeat: u32,
    /// Whether snapshots of packages are used and made.
    pub(super) snapshots: bool,
}

impl Run<'_> {
    /// Runs it so often, in one environment while that lasts.
    ///
    /// # Errors
    /// When something other than the function itself went wrong; it has been said.
    pub(super) async fn to_the_end(&self, settings: &Environment) -> Result<Exit, Stop> {
        let prepared = self.prepared(settings).await?;
        let mut exit = Exit::Ok;
        let mut times = Vec::with_capacity(self.repeat as usize);
        let mut current = None;
        let mut keeping = None;
        for _ in 0..self.repeat {
            let request_id = uuid::Uuid::new_v4().to_string();
            let invocation = Invocation::new(&request_id, &self.ready.arn, &self.event);
            let started = Instant::now();
            let mut environment = match current.take() {
                Some(environment) => environment,
                None => {
                    self.finish(keeping.take())?;
                    keeping = self.kept.as_ref().map(|(store, id)| store.writer(id));
                    let log = log(self.ui, keeping.as_ref());
                    self.said(prepared.environment(log).await)?
                }
            };
            let completion = self.said(environment.invoke(&invocation).await)?;
            times.push(started.elapsed());
            // As in Lambda, an environment that crashed or timed out is not used again.
            current = environment.is_usable().then_some(environment);
            if matches!(completion.outcome, Outcome::Failure(_)) {
                exit = Exit::Function;
            }
            self.answer(&invocation, &completion)?;
        }
        if let Some(job) = current.and_then(|environment| environment.remember_packages()) {
            self.make_snapshot(&job, settings)?;
        }
        self.finish(keeping)?;
        if self.repeat > 1 {
            self.ui.talk_line(&timings(&times))?;
        }
        Ok(exit)
    }

    /// Runs it once and gives what came of it, and how long it took altogether.
    ///
    /// # Errors
    /// When something other than the function itself went wrong; it has been said.
    pub(super) async fn once(
        &self,
        settings: &Environment,
    ) -> Result<(Completion, Duration), Stop> {
        let prepared = self.prepared(settings).await?;
        let request_id = uuid::Uuid::new_v4().to_string();
        let invocation = Invocation::new(&request_id, &self.ready.arn, &self.event);
        let started = Instant::now();
        let mut environment = self.said(prepared.environment(log(self.ui, None)).await)?;
        let completion = self.said(environment.invoke(&invocation).await)?;
        Ok((completion, started.elapsed()))
    }

    /// Has what was written kept to its end.
    fn finish(&self, keeping: Option<Writer>) -> Result<(), Stop> {
        if let Some(Err(error)) = keeping.map(Writer::finish) {
            let text = format!("`hoist logs --local` will not show this run: {error}");
            self.ui.warning(&text)?;
        }
        Ok(())
    }

    /// Lets what runs the function get ready.
    async fn prepared(&self, environment: &Environment) -> Result<Box<dyn Invoke>, Stop> {
        let function = match &self.ready.function {
            Work::Sandbox(function) => function.as_ref().clone(),
            Work::Process(function) => {
                let prepared = process::prepare(function.as_ref().clone()).await;
                let missing = match &prepared {
                    Err(ProcessError::Missing { missing, .. }) => Some(missing.help.clone()),
                    _ => None,
                };
                let prepared = self.said(prepared);
                if let Some(help) = missing {
                    self.ui.help(&help)?;
                }
                let prepared = prepared?;
                let line = format!("hoist: not sandboxed: {}", prepared.limits());
                self.ui.talk_line(&line)?;
                return Ok(Box::new(prepared));
            }
        };
        let cache = match environment.cache_dir() {
            Ok(cache) => cache.value,
            Err(error) => {
                fail(self.ui, &error.to_string())?;
                return Err(Stop::Said(Exit::Input));
            }
        };
        let mut sandbox = self.said(Sandbox::new(&cache, notices(self.ui.clone())))?;
        if !self.snapshots {
            sandbox = sandbox.without_snapshots();
        }
        Ok(Box::new(self.said(sandbox.prepare(function).await)?))
    }

    /// Starts making an image with the function's packages.
    fn make_snapshot(&self, job: &SnapshotJob, settings: &Environment) -> Result<(), Stop> {
        if snapshot::start(job, settings) {
            self.ui.talk_line(
                "hoist: a snapshot of the function's packages is being made in the background: later runs load faster",
            )?;
        }
        Ok(())
    }

    /// The answer alone, or everything about it as one line of JSON.
    fn answer(&self, invocation: &Invocation, completion: &Completion) -> Result<(), Stop> {
        let (payload, failed) = match &completion.outcome {
            Outcome::Answer(answer) => (answer.as_slice(), false),
            Outcome::Failure(failure) => (failure.payload.as_bytes(), true),
        };
        if self.ui.format() == Format::Text {
            self.ui.data(payload)?;
            if !payload.ends_with(b"\n") {
                self.ui.data(b"\n")?;
            }
            return Ok(());
        }
        let payload = serde_json::from_slice(payload)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(payload).into_owned()));
        let report = &completion.report;
        self.ui.data_json(&json!({
            "requestId": invocation.request_id,
            "functionArn": invocation.function_arn,
            "functionError": failed.then_some("Unhandled"),
            "payload": payload,
            "metrics": {
                "durationMs": milliseconds(report.duration),
                "billedDurationMs": report.billed_ms(),
                "memorySizeMB": report.memory_mb,
                "maxMemoryUsedMB": report.max_memory_mb,
                "initDurationMs": report.init.map(milliseconds),
            },
        }))?;
        Ok(())
    }

    /// Says what stopped it.
    fn said<T>(&self, result: Result<T, impl Into<InvokeError>>) -> Result<T, Stop> {
        result.or_else(|error| {
            let error = error.into();
            fail(self.ui, &error.to_string())?;
            Err(Stop::Said(Exit::Input))
        })
    }
}

/// Lambda's log lines on standard error, and kept.
fn log(ui: &Ui, keeping: Option<&Writer>) -> Log {
    let writer = ui.clone();
    let keep = keeping.map(Writer::sink);
    let log = Log::new(move |record| {
        if let Some(keep) = &keep {
            keep(record);
        }
        // A reader of the log that went away must not end the function.
        let _ = writer.talk(record);
    });
    // On a terminal a carriage return would write over what is there.
    if ui.talks_to_terminal() {
        log
    } else {
        log.single_line()
    }
}

/// What the sandbox tells, as a spinner and warnings.
fn notices(ui: Ui) -> impl Fn(Notice) + Send + Sync + 'static {
    let shown: Arc<Mutex<Option<Progress>>> = Arc::default();
    move |notice| {
        let mut shown = shown
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match notice {
            Notice::Building(what) => *shown = Some(ui.progress(&format!("Building {what}"), None)),
            Notice::Built => *shown = None,
            Notice::Warning(text) => {
                let _ = ui.warning(&text);
            }
        }
    }
}

/// `10 invocations: first 1.93 ms; then median 0.05 ms, fastest 0.04 ms, slowest 0.21 ms`.
fn timings(times: &[Duration]) -> String {
    let Some((first, rest)) = times.split_first() else {
        return String::new();
    };
    let mut rest = rest.to_vec();
    rest.sort();
    let ms = |time: &Duration| format!("{:.2} ms", milliseconds(*time));
    let mut line = format!("{} invocations: first {}", times.len(), ms(first));
    if let (Some(fastest), Some(slowest)) = (rest.first(), rest.last()) {
        line.push_str(&format!(
            "; then median {}, fastest {}, slowest {}",
            ms(&rest[rest.len() / 2]),
            ms(fastest),
            ms(slowest)
        ));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_tell_the_first_from_the_rest() {
        let times = [5000, 40, 60, 50].map(Duration::from_micros);
        assert_eq!(
            timings(&times),
            "4 invocations: first 5.00 ms; then median 0.05 ms, fastest 0.04 ms, slowest 0.06 ms"
        );
    }
}
