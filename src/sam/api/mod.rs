//! REST APIs: `AWS::Serverless::Api`, the API that events without one belong to, and the routes of functions and
//! state machines. HTTP APIs share the passes, the reading of paths and the DNS records.
//!
//! Source: the translator's `model/api/api_generator.py`, `swagger/swagger.py` and `plugins/api/`.

mod auth;
mod authorizer;
mod body;
pub(crate) mod combined;
pub(crate) mod definition;
mod domain;
pub(crate) mod editor;
pub(crate) mod event;
mod gateway_response;
pub(crate) mod implicit;
pub(crate) mod record_set;
pub(crate) mod rest_api;
mod shared;
mod stage;
mod usage_plan;

pub(crate) use shared::Shared;
