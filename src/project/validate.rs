//! Everything that can be said about a template before it is run or deployed.

use std::path::{Path, PathBuf};

use crate::check::{self, Exists};
use crate::diag::{Diagnostics, Sources};
use crate::template::Template;

use super::{Options, base_dir, expand, sorted};

/// What is looked at besides the template.
#[derive(Debug, Clone)]
pub struct Scrutiny {
    /// Whether the code of functions is there.
    pub code: bool,
    /// `2026-11-21`, UTC: which runtimes are retired.
    pub today: String,
}

/// A template that was looked at.
#[derive(Debug)]
pub struct Validated {
    /// What CloudFormation would get; none when it could not be made.
    pub template: Option<Template>,
    /// Every file that was read: diagnostics point into them.
    pub sources: Sources,
    /// In the order of the text.
    pub diagnostics: Diagnostics,
    /// The template, as it was named or found.
    pub path: PathBuf,
}

/// Reads the template `path` (or the one in that folder) and says what is wrong with it: the template's own faults,
/// then the transform's, then every resource against what AWS publishes.
///
/// Reads the template's files, the clock, and the names of the files of its functions' code.
pub fn validate(path: &Path, options: &Options, scrutiny: &Scrutiny) -> Validated {
    let mut transformed = expand(path, options);
    let base = base_dir(&transformed.path);
    let there = |path: &Path| base.join(path).exists();
    let exists: Option<&Exists<'_>> = scrutiny.code.then_some(&there);
    let mut diagnostics = std::mem::take(&mut transformed.diagnostics);
    if let Some((written, unrolled)) = &transformed.before {
        let found = check::check(&check::Input {
            written,
            unrolled,
            expanded: transformed.template.as_ref(),
            origins: &transformed.origins,
            said: &diagnostics,
            exists,
            today: &scrutiny.today,
        });
        diagnostics.extend(found);
    }
    Validated {
        template: transformed.template,
        sources: transformed.sources,
        diagnostics: sorted(diagnostics),
        path: transformed.path,
    }
}
