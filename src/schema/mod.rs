//! What AWS publishes, as tables that are embedded in the program: the shapes of resource types, the runtimes of Lambda.
//!
//! `schema/README.md` says where each comes from. A lookup is a binary search over the text; nothing is parsed until it is
//! asked for.

mod line;
mod name;
mod runtime;
mod shape;

pub use line::line_of;
pub use name::name_property;
pub use runtime::{Runtime, runtime, runtimes};
pub use shape::{Additional, Shape, Shapes, Type, json, shapes};
