//! Deploying: the template's resources → AWS, straight through its SDK.
//!
//! ```text
//! template (no SAM) ─┐
//! state ─────────────┴─► plan ──► apply ──► state
//! ```
//!
//! [`plan`](plan::plan) is pure. [`apply`](apply::apply) walks the plan and keeps the state after every step; what a resource type means in calls is its
//! [`provider`]'s business.

pub mod apply;
pub mod canary;
pub mod diff;
pub mod event;
pub mod foretell;
pub mod name;
pub mod need;
pub mod pace;
pub mod plan;
pub mod policy;
pub mod provider;
pub mod recover;
pub mod resolve;
pub mod rollback;
pub mod scope;
pub mod source;
pub mod state;
pub mod support;
pub mod tagged;
pub mod value;
mod wait;
