//! One environment variable that a file sets.

use std::fmt;

use crate::diag::Span;

/// A value and where it is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Assignment {
    /// What the variable is to hold.
    pub value: String,
    /// The variable's name in the file.
    pub span: Span,
}

/// Without the value, which may be a secret.
impl fmt::Debug for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignment")
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

/// The variables Lambda gives every function itself and lets no configuration set.
///
/// From "Defined runtime environment variables" in the Lambda developer guide, but for the credentials:
/// there is no execution role here that they could come from, so a file may set those.
const RESERVED_VARIABLES: [&str; 14] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED_VARIABLES.contains(&name)
}
