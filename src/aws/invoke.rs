//! Invoking a deployed function.

use std::time::{Duration, Instant};

use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, LogType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Cloud, Fault};

/// A synchronous invocation answers at the latest after the longest `Timeout` there is.
const LONGEST: Duration = Duration::from_secs(15 * 60 + 30);

/// One invocation of a deployed function.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Its name or ARN.
    pub function: &'a str,
    /// A version or an alias; `$LATEST` without one.
    pub qualifier: Option<&'a str>,
    /// What is waited for.
    pub wait: Wait,
    /// The event: JSON.
    pub payload: &'a str,
}

/// What an invocation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The function's answer.
    Answer,
    /// That Lambda took the event.
    Acceptance,
    /// Nothing: Lambda only checks whether it could be invoked.
    Check,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// 200, 202 or 204.
    pub status: u16,
    /// The function's answer, or what it failed with; empty when it was not waited for.
    pub payload: Vec<u8>,
    /// `Unhandled` or `Handled` when the function failed.
    pub error: Option<String>,
    /// The last 4 KB of the log.
    pub log: String,
    /// The version that ran.
    pub version: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// From the request to the answer.
    pub took: Duration,
}

impl Cloud {
    /// Invokes a deployed function, once: a call whose answer is lost may have run, so it is not made again.
    ///
    /// # Errors
    /// When Lambda does not take it. A function that fails is an answer.
    pub async fn invoke(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(LONGEST)
            .build();
        let config = aws_sdk_lambda::config::Builder::from(self.config())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled())
            .build();
        let kind = match call.wait {
            Wait::Answer => InvocationType::RequestResponse,
            Wait::Acceptance => InvocationType::Event,
            Wait::Check => InvocationType::DryRun,
        };
        let begun = Instant::now();
        let answer = aws_sdk_lambda::Client::from_conf(config)
            .invoke()
            .function_name(call.function)
            .set_qualifier(call.qualifier.map(str::to_owned))
            .invocation_type(kind)
            .set_log_type((call.wait == Wait::Answer).then_some(LogType::Tail))
            .payload(Blob::new(call.payload.as_bytes()))
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "Invoke", &error))?;
        let log = answer
            .log_result()
            .and_then(|log| STANDARD.decode(log).ok())
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default();
        Ok(Answer {
            status: u16::try_from(answer.status_code()).unwrap_or_default(),
            payload: answer
                .payload()
                .map(|payload| payload.as_ref().to_vec())
                .unwrap_or_default(),
            error: answer.function_error().map(str::to_owned),
            request_id: request_id(&log).or_else(|| {
                use aws_sdk_lambda::operation::RequestId;
                answer.request_id().map(str::to_owned)
            }),
            log,
            version: answer.executed_version().map(str::to_owned),
            took: begun.elapsed(),
        })
    }
}

impl Answer {
    /// A figure of the log's last line, in its unit: `Duration`, `Billed Duration`, `Memory Size`, `Max Memory Used`, `Init Duration`.
    /// Source: the REPORT line, "Using Lambda function logs".
    pub fn figure(&self, name: &str) -> Option<f64> {
        let report = self
            .log
            .lines()
            .rev()
            .find(|line| line.starts_with("REPORT "))?;
        let part = report
            .split('\t')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(": "))?;
        part.split(' ').next()?.parse().ok()
    }
}

fn request_id(log: &str) -> Option<String> {
    let line = log.lines().find_map(|line| {
        line.strip_prefix("START RequestId: ")
            .or_else(|| line.strip_prefix("REPORT RequestId: "))
    })?;
    line.split([' ', '\t']).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_the_report_whatever_else_the_function_logs() {
        let answer = Answer {
            status: 200,
            payload: Vec::new(),
            error: None,
            log: "START RequestId: 1-2 Version: 3\nDuration: 1\nREPORT RequestId: 1-2\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n".into(),
            version: None,
            request_id: None,
            took: Duration::ZERO,
        };
        assert_eq!(answer.figure("Duration"), Some(3.01));
        assert_eq!(answer.figure("Billed Duration"), Some(4.0));
        assert_eq!(answer.figure("Max Memory Used"), Some(36.0));
        assert_eq!(answer.figure("Init Duration"), None);
        assert_eq!(request_id(&answer.log).as_deref(), Some("1-2"));
    }
}
