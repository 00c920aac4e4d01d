//! REST APIs: `AWS::Serverless::Api`, the API that events without one belong to, and the routes of functions and
//! state machines. HTTP APIs share the passes and the reading of paths.
//!
//! Source: the translator's `model/api/api_generator.py`, `swagger/swagger.py` and `plugins/api/`.

pub(crate) mod combined;
pub(crate) mod definition;
pub(crate) mod editor;
pub(crate) mod event;
pub(crate) mod implicit;
