//! HTTP APIs: `AWS::Serverless::HttpApi`, the API that `HttpApi` events without one belong to, and the routes of
//! functions. They share the passes and the reading of paths with the REST APIs, and their domains with WebSocket APIs.
//!
//! Source: the translator's `model/api/http_api_generator.py`, `open_api/open_api.py` and `plugins/api/`.

mod authorizer;
mod body;
pub(crate) mod definition;
mod editor;
pub(crate) mod event;
mod event_auth;
pub(crate) mod expansion;
pub(crate) mod implicit;
mod stage;
