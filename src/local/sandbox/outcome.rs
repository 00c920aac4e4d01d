//! How an invocation ended, in the words Lambda uses.
//!
//! Sources: `aws-behaviour.md` §1, §2 and §11; payloads marked (rec) there were recorded against Lambda.

use std::time::Duration;

use serde_json::json;

/// The largest synchronous answer, in bytes: 6 MB and what Lambda adds for its envelope.
pub const MAX_ANSWER: usize = 6_291_556;

/// `errorType` of an invocation that ran longer than it may.
const TIMED_OUT: &str = "Sandbox.Timedout";

/// What an invocation gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function's answer, as it wrote it.
    Answer(Vec<u8>),
    /// The function failed: what Lambda answers with `X-Amz-Function-Error: Unhandled`.
    Failure(Failure),
}

/// A failed invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The error's JSON payload.
    pub payload: String,
    /// What ended it, where Lambda itself and not the function did: a line for the log.
    pub log: Option<String>,
    /// Whether the environment can serve the next invocation. A killed process cannot.
    pub fatal: bool,
}

impl Failure {
    /// The function's own error, reported by its runtime.
    pub fn of_function(payload: String) -> Self {
        Failure {
            payload,
            log: None,
            fatal: false,
        }
    }

    /// `Task timed out`: the function ran longer than its `Timeout`.
    pub fn timed_out(request_id: &str, limit: Duration) -> Self {
        let text = format!("Task timed out after {:.2} seconds", limit.as_secs_f64());
        Failure {
            payload: json!({
                "errorType": TIMED_OUT,
                "errorMessage": format!("RequestId: {request_id} Error: {text}"),
            })
            .to_string(),
            log: Some(text),
            fatal: true,
        }
    }

    /// The runtime's process ended by itself, with a status or without a reason.
    pub fn exited(request_id: &str, status: i32) -> Self {
        let reason = if status == 0 {
            "Runtime exited without providing a reason".to_owned()
        } else {
            format!("Runtime exited with error: exit status {status}")
        };
        Self::runtime_ended(request_id, &reason)
    }

    /// The runtime's process was killed, as Lambda does when the memory is used up.
    pub fn killed(request_id: &str) -> Self {
        Self::runtime_ended(request_id, "Runtime exited with error: signal: killed")
    }

    /// The runtime's process was ended by a signal: `segmentation fault`.
    pub fn signalled(request_id: &str, signal: &str) -> Self {
        Self::runtime_ended(
            request_id,
            &format!("Runtime exited with error: signal: {signal}"),
        )
    }

    /// The runtime's program could not be started at all.
    pub fn invalid_entrypoint(request_id: &str, reason: &str) -> Self {
        Self::ended("Runtime.InvalidEntrypoint", request_id, reason)
    }

    /// The guest trapped: a crash of the runtime's process. `detail` goes to the log.
    pub fn crashed(request_id: &str, detail: &str) -> Self {
        let mut failure =
            Self::runtime_ended(request_id, "Runtime exited with error: signal: aborted");
        failure.log = failure.log.map(|log| format!("{detail}\n{log}"));
        failure
    }

    /// The function recursed without end: what Node reports, but the environment is lost with it.
    pub fn stack_overflow() -> Self {
        Failure {
            payload: json!({
                "errorType": "RangeError",
                "errorMessage": "Maximum call stack size exceeded",
                "trace": ["RangeError: Maximum call stack size exceeded"],
            })
            .to_string(),
            log: Some("Maximum call stack size exceeded: the environment is lost with it".into()),
            fatal: true,
        }
    }

    /// The function recursed without end in C: what Python reports, but the environment is lost with it.
    pub fn recursion(request_id: &str) -> Self {
        Failure {
            payload: json!({
                "errorMessage": "maximum recursion depth exceeded",
                "errorType": "RecursionError",
                "requestId": request_id,
                "stackTrace": [],
            })
            .to_string(),
            log: Some("maximum recursion depth exceeded: the environment is lost with it".into()),
            fatal: true,
        }
    }

    /// A `.wasm` function wrote more to `/tmp` than its `EphemeralStorage`.
    pub fn tmp_full(request_id: &str, limit_mb: u32) -> Self {
        let mut failure =
            Self::runtime_ended(request_id, "Runtime exited with error: signal: killed");
        failure.log = failure
            .log
            .map(|log| format!("No space left on device: /tmp holds {limit_mb} MB\n{log}"));
        failure
    }

    fn runtime_ended(request_id: &str, reason: &str) -> Self {
        Self::ended("Runtime.ExitError", request_id, reason)
    }

    fn ended(error_type: &str, request_id: &str, reason: &str) -> Self {
        let text = format!("RequestId: {request_id} Error: {reason}");
        Failure {
            payload: json!({"errorType": error_type, "errorMessage": text}).to_string(),
            log: Some(format!("{text}\n{error_type}")),
            fatal: true,
        }
    }

    /// The answer is larger than Lambda takes.
    pub fn answer_too_large() -> Self {
        Failure {
            payload: json!({
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes)."
                ),
            })
            .to_string(),
            log: None,
            fatal: false,
        }
    }

    /// Whether Lambda stopped the function because its time was over.
    pub fn is_timeout(&self) -> bool {
        self.fatal && self.error_type().as_deref() == Some(TIMED_OUT)
    }

    /// The error's `errorType`.
    pub fn error_type(&self) -> Option<String> {
        let payload: serde_json::Value = serde_json::from_str(&self.payload).ok()?;
        payload.get("errorType")?.as_str().map(str::to_owned)
    }
}

/// The figures of one invocation, as the REPORT line gives them.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// From handing the event over to the answer.
    pub duration: Duration,
    /// Making the environment and loading the handler; only for the first invocation of one.
    pub init: Option<Duration>,
    /// The function's `MemorySize`, in MB.
    pub memory_mb: u32,
    /// The most memory in use so far in this environment, in MB.
    pub max_memory_mb: u32,
}

impl Report {
    /// Duration and, since August 2025, initialisation, in started milliseconds.
    pub fn billed_ms(&self) -> u64 {
        let total = self.duration + self.init.unwrap_or_default();
        total.as_micros().div_ceil(1000) as u64
    }

    /// The REPORT line: fields end with a tab, `Init Duration` last and only on a cold start.
    pub fn line(&self, request_id: &str) -> String {
        let mut line = format!(
            "REPORT RequestId: {request_id}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: {} MB\t",
            milliseconds(self.duration),
            self.billed_ms(),
            self.memory_mb,
            self.max_memory_mb,
        );
        if let Some(init) = self.init {
            line.push_str(&format!("Init Duration: {:.2} ms\t", milliseconds(init)));
        }
        line
    }
}

/// A duration in milliseconds with its fraction.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_line_is_lambdas() {
        let report = Report {
            duration: Duration::from_micros(250_060),
            init: Some(Duration::from_micros(100_770)),
            memory_mb: 128,
            max_memory_mb: 36,
        };
        assert_eq!(
            report.line("id"),
            "REPORT RequestId: id\tDuration: 250.06 ms\tBilled Duration: 351 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 100.77 ms\t"
        );
        let warm = Report {
            init: None,
            ..report
        };
        assert_eq!(
            warm.line("id"),
            "REPORT RequestId: id\tDuration: 250.06 ms\tBilled Duration: 251 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t"
        );
    }

    #[test]
    fn a_timeout_reads_as_lambda_writes_it() {
        let failure = Failure::timed_out("0a-1b", Duration::from_secs(1));
        assert_eq!(
            failure.payload,
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 0a-1b Error: Task timed out after 1.00 seconds"}"#
        );
        assert!(failure.fatal);
    }

    #[test]
    fn exits_read_as_lambda_writes_them() {
        let message = |failure: Failure| {
            serde_json::from_str::<serde_json::Value>(&failure.payload).unwrap()["errorMessage"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            message(Failure::exited("i", 0)),
            "RequestId: i Error: Runtime exited without providing a reason"
        );
        assert_eq!(
            message(Failure::exited("i", 127)),
            "RequestId: i Error: Runtime exited with error: exit status 127"
        );
    }
}
