//! Hoist runs the serverless application of a SAM or CloudFormation template on this machine.

pub mod config;
pub mod diag;
pub mod eval;
pub mod graph;
pub mod project;
pub mod template;
pub mod ui;
