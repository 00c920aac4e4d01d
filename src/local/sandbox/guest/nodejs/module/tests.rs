//! Tests over files: resolution, loading, and the vendored modules.

mod layout;
mod loading;
mod resolution;
mod runtime;
mod transformation;
mod typescript;
mod vendored;
