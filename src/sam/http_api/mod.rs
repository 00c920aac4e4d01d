//! HTTP APIs: `AWS::Serverless::HttpApi`, the API that `HttpApi` events without one belong to, and the routes of
//! functions. They share the passes and the reading of paths with the REST APIs; their domains are those of WebSocket
//! APIs too.
//!
//! Source: the translator's `model/api/http_api_generator.py`, `open_api/open_api.py` and `plugins/api/`.

mod authorizer;
mod body;
pub(crate) mod definition;
pub(crate) mod domain;
mod editor;
pub(crate) mod event;
mod event_auth;
pub(crate) mod expansion;
pub(crate) mod implicit;
mod stage;

pub(crate) use authorizer::permission as authorizer_permission;
