//! JavaScript modules, seen from the host: found as Node finds them, read, and turned into text that the
//! guest can evaluate.

mod binding;
mod depth;
mod edit;
mod error;
mod format;
mod hint;
mod import;
mod load;
mod need;
mod package;
mod request;
mod require;
mod resolve;
mod rewrite;
mod rules;
mod syntax;
mod target;
#[cfg(test)]
mod tests;
pub mod transform;
mod tsconfig;
mod typescript;
mod url;

pub use resolve::{Kind, Resolver};
pub use rules::Rules;
