//! Why a module was not found or not loaded, as Node says it.

use serde_json::json;
use thiserror::Error;

use super::syntax::SyntaxError;

/// An error of finding or loading a module.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModuleError {
    /// An error with one of Node's codes, in Node's words.
    #[error("{message}")]
    Coded {
        /// Such as `ERR_MODULE_NOT_FOUND`.
        code: &'static str,
        /// The message without the code.
        message: String,
    },
    /// The file is not the JavaScript that it should be.
    #[error("{path}:{}: SyntaxError: {}", .error.line, .error.message)]
    Syntax {
        /// The file in the guest.
        path: String,
        /// What is wrong with it.
        error: SyntaxError,
    },
}

impl ModuleError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self::Coded {
            code,
            message: message.into(),
        }
    }

    /// The error as the JSON text that the guest reads: `{"code","message"}`, or for a syntax error
    /// `{"name":"SyntaxError","message","path","line","column","text"}` where `text` is the line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let value = match self {
            Self::Coded { code, message } => json!({ "code": code, "message": message }),
            Self::Syntax { path, error } => json!({
                "name": "SyntaxError",
                "message": error.message,
                "path": path,
                "line": error.line,
                "column": error.column,
                "text": error.text,
            }),
        };
        value.to_string()
    }
}
