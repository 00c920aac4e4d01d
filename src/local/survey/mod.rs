//! What is there and what is missing to run a project, found without running anything of it.

mod cache;
mod function;
mod python;

pub use cache::{Kept, kept};
pub use function::functions;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Ok,
    /// Good to know; nothing has to be done.
    Note,
    /// It runs, but not all of it, or not as in Lambda.
    Warning,
    /// The project does not run without it.
    Missing,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it stands.
    pub state: State,
    /// What it is about: a logical id, `cache`.
    pub about: String,
    /// What was found, in one line.
    pub text: String,
    /// What to do, where there is something.
    pub help: Vec<String>,
}

impl Finding {
    /// A finding without a next step.
    pub fn new(state: State, about: &str, text: impl Into<String>) -> Self {
        Finding {
            state,
            about: about.to_owned(),
            text: text.into(),
            help: Vec::new(),
        }
    }

    /// Adds a next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
