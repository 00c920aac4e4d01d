//! Why something could not be built, before it is known for which function.

use std::io;
use std::path::Path;

use crate::diag::Diagnostic;

use super::Target;

/// Why a function or layer could not be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The code of the diagnostic.
    pub code: &'static str,
    /// What happened, to stand behind "cannot build `X`:".
    pub summary: String,
    /// What to do next.
    pub help: Vec<String>,
}

impl Fault {
    /// A fault of the kind `code`.
    pub fn new(code: &'static str, summary: impl Into<String>) -> Self {
        Fault {
            code,
            summary: summary.into(),
            help: Vec::new(),
        }
    }

    /// Adds a next step.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// A file or folder of the user's that cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "it is not there".into(),
            io::ErrorKind::PermissionDenied => "permission denied".into(),
            _ => error.to_string(),
        };
        let fault = Fault::new(
            "build/unreadable",
            format!("cannot read {}: {why}", path.display()),
        );
        match error.kind() {
            io::ErrorKind::PermissionDenied => {
                fault.help("let your user read it, or list it in .hoistignore")
            }
            _ => fault,
        }
    }

    /// Hoist's own files, in the cache or a temporary folder, cannot be written.
    pub fn storage(path: &Path, error: &io::Error) -> Self {
        Fault::new("build/storage", format!("cannot write {}: {error}", path.display()))
            .help("see that there is room on the disk; HOIST_CACHE_DIR names another folder for the cache")
    }

    /// As it is told to the user.
    pub fn diagnostic(&self, target: &Target) -> Diagnostic {
        let summary = format!("cannot build `{}`: {}", target.name, self.summary);
        let mut diagnostic = Diagnostic::error(self.code, summary).at(target.span);
        diagnostic.help.clone_from(&self.help);
        diagnostic
    }
}
