//! Hoist runs the serverless application of a SAM or CloudFormation template on this machine.
//!
//! ```text
//! text ──► template ──► graph ──► local ──► sandbox
//! (YAML/JSON, spans)    App
//! ```
//!
//! Layers, each using only those before it: [`diag`]; [`template`], [`config`], [`ui`]; [`eval`]; [`graph`];
//! [`check`], [`project`], [`sample`]; [`local`], [`scaffold`]; [`cli`].

pub mod check;
pub mod cli;
pub mod config;
pub mod diag;
pub mod editor;
pub mod eval;
pub mod graph;
pub mod local;
pub mod project;
pub mod sam;
pub mod sample;
pub mod scaffold;
pub mod schema;
pub mod template;
pub mod ui;
