//! New projects: the built-in ones, and writing one into a folder.
//!
//! A built-in project is a folder of `projects/`, embedded whole. Its files go into the new project under their own
//! names, but for what a source tree cannot hold: `dot-gitignore` becomes `.gitignore`, and `Cargo.toml.in` and
//! `main.rs.in` lose their ending (a folder with a `Cargo.toml` would be left out of Hoist's own package, and its
//! Rust sources would be taken for Hoist's). `{{name}}` in a file is the new project's name.

mod editor;
mod file;
mod name;
mod project;
mod write;

pub use file::File;
pub use name::{Name, NameError};
pub use project::{Language, PROJECTS, Project, kinds, of_kind};
pub use write::{ScaffoldError, check_folder, write};
