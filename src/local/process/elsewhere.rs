//! Systems that are no Unix: there are no processes here that could be stopped with all they started.

// On a Unix it is there for its test alone.
#![cfg_attr(unix, allow(dead_code))]

use std::convert::Infallible;

use super::function::{Function, ProcessError};
use crate::local::sandbox::{Completion, Invocation, Log};

/// There is none on this system.
pub struct Prepared(Infallible);

/// There is none on this system.
pub struct Environment(Infallible);

/// Says that this system has no processes for functions.
///
/// # Errors
/// Always.
pub async fn prepare(function: Function) -> Result<Prepared, ProcessError> {
    Err(ProcessError::System(function.name))
}

impl Prepared {
    /// Never called, as all of these.
    pub fn program(&self) -> &str {
        match self.0 {}
    }

    /// Never called.
    pub fn limits(&self) -> String {
        match self.0 {}
    }

    /// Never called.
    ///
    /// # Errors
    /// Never.
    pub async fn environment(&self, _log: Log) -> Result<Environment, ProcessError> {
        match self.0 {}
    }
}

impl Environment {
    /// Never called.
    pub fn is_usable(&self) -> bool {
        match self.0 {}
    }

    /// Never called.
    ///
    /// # Errors
    /// Never.
    pub async fn invoke(&mut self, _invocation: &Invocation) -> Result<Completion, ProcessError> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::process::Language;

    #[tokio::test]
    async fn the_next_step_is_named() {
        let function = Function {
            name: "orders".into(),
            language: Language::Provided,
            runtime: "provided.al2023".into(),
            handler: "x".into(),
            task: "/".into(),
            layers: vec![],
            runtime_packages: vec![],
            timeout: std::time::Duration::from_secs(1),
            memory_mb: 128,
            tmp_mb: 512,
            environment: indexmap::IndexMap::new(),
            logging: Default::default(),
            search: String::new(),
        };
        let Err(error) = prepare(function).await;
        let text = error.to_string();
        assert!(text.contains("`orders`"), "{text}");
        assert!(text.contains("Subsystem for Linux"), "{text}");
    }
}
