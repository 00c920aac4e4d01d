//! Templates as their authors write them: SAM and CloudFormation, YAML and JSON, every value with its place.
//!
//! [`parse`] reads a whole template. What comes back still holds its functions as [`Value::Call`]; the layer `eval`
//! answers them. Faults are collected; a template comes back with them whenever enough of it could be read.

mod document;
mod entry;
mod function;
pub mod globals;
mod indent;
mod json;
pub mod limit;
mod map;
mod offset;
mod parameter;
mod resource;
mod scalar;
mod section;
mod value;
mod write;
mod yaml;

use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};

pub use document::{
    Assertion, Condition, Mapping, Name, Output, Parameter, ParameterType, Resource, Rule,
    Template, Transform,
};
pub use function::{LOOP_PREFIX, is_loop};
pub use map::{Entry, Key, Map};
pub use value::{Call, Function, Node, Reason, Unknown, Value};
pub use write::to_yaml;

/// Reads a template: text → tree → sections. `path` is what messages call the file, and its ending chooses between
/// JSON and YAML; any other ending is JSON when the text starts with `{`.
///
/// `None` comes back only when the text cannot be read at all or is not a mapping.
pub fn parse(
    sources: &mut Sources,
    path: impl Into<PathBuf>,
    text: impl Into<String>,
) -> (Option<Template>, Diagnostics) {
    let (root, mut diagnostics) = read(sources, path, text);
    let template = root.and_then(|root| Template::from_root(root, &mut diagnostics));
    (template, diagnostics)
}

/// Reads a file into a tree without asking what its sections are, with the functions recognised.
pub fn read(
    sources: &mut Sources,
    path: impl Into<PathBuf>,
    text: impl Into<String>,
) -> (Option<Node>, Diagnostics) {
    let path = path.into();
    let source = sources.add(path.clone(), text);
    let mut diagnostics = Diagnostics::new();
    let text = sources.file(source).text.as_str();
    let root = match read_tree(source, &path, text, &mut diagnostics) {
        Ok(root) => Some(function::recognise_document(root, &mut diagnostics)),
        Err(fault) => {
            diagnostics.push(*fault);
            None
        }
    };
    (root, diagnostics)
}

/// Turns the long forms of a whole document (`{"Fn::Sub": …}`) into calls, as [`read`] does for what it reads.
pub fn recognise(root: Node, diagnostics: &mut Diagnostics) -> Node {
    function::recognise_document(root, diagnostics)
}

fn read_tree(
    source: SourceId,
    path: &Path,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Node, Box<Diagnostic>> {
    if text.len() > limit::MAX_BYTES {
        return Err(Box::new(
            Diagnostic::error(
                "template/too-big",
                format!(
                    "this file is larger than {} MB",
                    limit::MAX_BYTES / 1024 / 1024
                ),
            )
            .at(Span::new(source, 0, 0)),
        ));
    }
    if is_json(path, text) {
        json::read(source, text, diagnostics)
    } else {
        yaml::read(source, text, diagnostics)
    }
}

fn is_json(path: &Path, text: &str) -> bool {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("json") => true,
        Some("yaml" | "yml") => false,
        _ => text
            .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
            .starts_with('{'),
    }
}
