//! Hoist runs the serverless application of a SAM or CloudFormation template on this machine, and deploys it to AWS.
//!
//! ```text
//! text ──► template ──► sam ──► graph ──┬──► deploy ──► AWS
//! (YAML/JSON, spans)            App     └──► local  ──► sandbox
//! ```
//!
//! Layers, each using only those before it: [`diag`]; [`template`], [`config`], [`ui`], [`aws`]; [`eval`]; [`sam`];
//! [`graph`]; [`check`], [`editor`], [`project`], [`build`], [`sample`]; [`deploy`], [`local`], [`logs`], [`scaffold`]; [`cli`].

pub mod aws;
pub mod build;
pub mod check;
pub mod cli;
pub mod config;
pub mod deploy;
pub mod diag;
pub mod editor;
pub mod eval;
pub mod graph;
pub mod local;
pub mod logs;
pub mod metrics;
pub mod project;
pub mod sam;
pub mod sample;
pub mod scaffold;
pub mod schema;
pub mod template;
pub mod ui;
