//! What went wrong with a call to AWS, by what can be done about it.

mod kind;

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

use super::action;

pub use kind::FaultKind;
use kind::{is_about_credentials, kind};

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As in IAM's actions: `lambda`.
    pub service: &'static str,
    /// `CreateFunction`.
    pub operation: &'static str,
    /// What it means for the caller.
    pub kind: FaultKind,
    /// `ResourceConflictException`; none when no answer came.
    pub code: Option<String>,
    /// In AWS's words, or the SDK's when no answer came.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
}

/// Gives the name of a service error, which each service's crate has under its own type.
pub trait Refused: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static {}
impl<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static> Refused for E {}

impl Fault {
    /// What the SDK's error means.
    pub fn of<E: Refused>(
        service: &'static str,
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let metadata = error.meta();
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let code = metadata.code().map(str::to_owned);
        // An answer that says all is well and yet is a fault was torn off on its way, or somebody else gave it.
        let is_torn = code.is_none() && status.is_some_and(|status| status < 300);
        let text = match metadata.message() {
            Some(message) => message.to_owned(),
            None if !is_torn && status.is_some() => {
                code.clone().unwrap_or_else(|| "no reason given".into())
            }
            None => reasons(error),
        };
        let kind = match (&code, status) {
            (None, None) if is_about_credentials(&text) => FaultKind::Credentials,
            (None, None) => FaultKind::Unreachable,
            _ if is_torn => FaultKind::Unreachable,
            _ => kind(code.as_deref().unwrap_or_default(), &text, status),
        };
        Fault {
            service,
            operation,
            kind,
            code,
            message: text,
            request_id: request_id(error, &metadata.extra("aws_request_id")),
        }
    }

    /// An answer that says less than it must.
    pub fn unexpected(service: &'static str, operation: &'static str, message: &str) -> Self {
        Fault {
            service,
            operation,
            kind: FaultKind::Other,
            code: None,
            message: message.to_owned(),
            request_id: None,
        }
    }

    /// A refusal that came inside an answer, not as one: of one entry of several, or of something that was begun earlier.
    pub fn answered(
        service: &'static str,
        operation: &'static str,
        code: &str,
        message: &str,
    ) -> Self {
        Fault {
            kind: kind(code, message, None),
            code: Some(code.to_owned()),
            ..Fault::unexpected(service, operation, message)
        }
    }

    /// None when there is no such thing, and else the fault.
    ///
    /// # Errors
    /// The fault itself.
    pub fn unless_missing<T>(self) -> Result<Option<T>, Fault> {
        match self.kind {
            FaultKind::Missing => Ok(None),
            _ => Err(self),
        }
    }

    /// Something about the request itself that can be said without asking.
    pub fn invalid(service: &'static str, operation: &'static str, message: String) -> Self {
        Fault {
            kind: FaultKind::Invalid,
            message,
            ..Fault::unexpected(service, operation, "")
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::NotYet | FaultKind::Throttled | FaultKind::Server | FaultKind::Unreachable
        )
    }

    /// What is missing in the user's policies, as IAM writes it: `lambda:CreateFunction`.
    pub fn action(&self) -> String {
        action::action(self.service, self.operation)
    }
}

/// What came of deleting something: that it is not there any more is what was wanted.
///
/// # Errors
/// Every other fault.
pub fn gone<T>(result: Result<T, Fault>) -> Result<(), Fault> {
    match result {
        Ok(_) => Ok(()),
        Err(fault) => fault.unless_missing().map(|_: Option<()>| ()),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.service, self.operation)?;
        if let Some(code) = &self.code {
            write!(out, " {code}")?;
        }
        write!(out, ": {}", self.message)?;
        match &self.request_id {
            Some(id) => write!(out, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

impl From<BuildError> for Fault {
    /// A value from the template lacks a part without which it cannot be sent.
    fn from(error: BuildError) -> Self {
        Fault::invalid("template", "property", reasons(&error))
    }
}

fn request_id<E>(error: &SdkError<E, HttpResponse>, recorded: &Option<&str>) -> Option<String> {
    let header = |name| {
        error
            .raw_response()
            .and_then(|response| response.headers().get(name))
    };
    recorded
        .or_else(|| header("x-amzn-requestid"))
        .or_else(|| header("x-amz-request-id"))
        .or_else(|| header("x-amzn-request-id"))
        .map(str::to_owned)
}

/// The error with what caused it.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}
