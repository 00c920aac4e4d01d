//! Everything that can be said about a template before it is run or deployed.

use std::path::{Path, PathBuf};

use crate::check::{self, Exists};
use crate::diag::{Diagnostics, Sources};
use crate::template::{Parameter, ParameterType, Template};

use super::front::base_dir;
use super::{Options, Transformed, expand, sorted};

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
    let with_placeholders = placeholders(&transformed, options);
    if with_placeholders.parameters.len() > options.parameters.len() {
        transformed = expand(path, &with_placeholders);
    }
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

/// The same options with something for every parameter that has no value: loops and SAM's transform need one, and whatever
/// it is, the template has to hold.
///
/// A parameter whose pattern would have to be met stays without.
fn placeholders(transformed: &Transformed, options: &Options) -> Options {
    let mut options = options.clone();
    let Some((written, _)) = &transformed.before else {
        return options;
    };
    for (name, parameter) in &written.parameters {
        if parameter.default.is_some() || options.parameters.contains_key(name) {
            continue;
        }
        if let Some(value) = placeholder(parameter) {
            options.parameters.insert(name.clone(), value);
        }
    }
    options
}

fn placeholder(parameter: &Parameter) -> Option<String> {
    if let Some(first) = parameter.allowed_values.first() {
        return first.scalar_text();
    }
    if parameter.allowed_pattern.is_some() {
        return None;
    }
    match parameter.kind {
        ParameterType::String | ParameterType::StringList => {
            let length = usize::try_from(parameter.min_length.unwrap_or(0)).ok()?;
            let longest = usize::try_from(parameter.max_length.unwrap_or(u64::MAX)).ok()?;
            let text = format!("{PLACEHOLDER:x<length$}");
            Some(text.chars().take(longest.max(1)).collect())
        }
        ParameterType::Number | ParameterType::NumberList => {
            let least = parameter.min_value.unwrap_or(1.0);
            let number = parameter.max_value.map_or(least, |most| least.min(most));
            Some(number.to_string())
        }
        _ => None,
    }
}

/// Alphanumeric, so that it can be part of a logical id.
const PLACEHOLDER: &str = "value";
