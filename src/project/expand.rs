//! A template's file → the CloudFormation template that SAM's transform makes of it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::diag::{Diagnostics, Sources};
use crate::sam::Origin;
use crate::template::Template;

use super::{Options, front, sorted};

/// What came of a template, and everything there is to say about it.
#[derive(Debug)]
pub struct Transformed {
    /// None when the template could not be read, or something in it is wrong.
    pub template: Option<Template>,
    /// For every resource of `template`, by logical id, which one of the file it came from.
    pub origins: IndexMap<String, Origin>,
    /// Every file that was read: diagnostics and origins point into them.
    pub sources: Sources,
    /// In the order of the text.
    pub diagnostics: Diagnostics,
    /// The template, as it was named or found.
    pub path: PathBuf,
}

/// Reads the template `path` (or the one in that folder), puts its includes in, runs its loops and then SAM's transform.
///
/// Reads files and the clock, and nothing else of the machine. Paths to code stay as they are.
pub fn expand(path: &Path, options: &Options) -> Transformed {
    let front = front::run(path, options);
    let mut transformed = Transformed {
        template: None,
        origins: IndexMap::new(),
        sources: front.sources,
        diagnostics: sorted(front.diagnostics),
        path: front.path,
    };
    if let Some(expanded) = front.expanded
        && !transformed.diagnostics.has_errors()
    {
        transformed.template = Some(expanded.template);
        transformed.origins = expanded.origins;
    }
    transformed
}
