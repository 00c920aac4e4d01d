//! Hoist runs the serverless application of a SAM or CloudFormation template on this machine.

pub mod diag;
pub mod eval;
pub mod template;
