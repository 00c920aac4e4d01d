//! A template's file → the CloudFormation template that SAM's transform makes of it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Sources, Span};
use crate::eval::{self, Inputs, TemplateScope};
use crate::sam::{self, Context, LocalCode, Origin};
use crate::template::{self, Template};

use super::{Options, base_dir, locate, sorted};

/// What came of a template, and everything there is to say about it.
#[derive(Debug)]
pub struct Transformed {
    /// None when the template could not be read, or something in it is wrong.
    pub template: Option<Template>,
    /// As it was read, and with its includes and loops put in; none when it could not be read.
    pub(super) before: Option<(Template, Template)>,
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
    let mut transformed = Transformed {
        template: None,
        before: None,
        origins: IndexMap::new(),
        sources: Sources::new(),
        diagnostics: Diagnostics::new(),
        path: path.to_path_buf(),
    };
    let text = locate::locate(path).and_then(|found| {
        transformed.path = found;
        locate::read(&transformed.path, transformed.path.display())
    });
    match text {
        Ok(text) => transform(&mut transformed, text, options),
        Err(diagnostic) => transformed.diagnostics.push(*diagnostic),
    }
    transformed.diagnostics = sorted(std::mem::take(&mut transformed.diagnostics));
    transformed
}

fn transform(transformed: &mut Transformed, text: String, options: &Options) {
    let (template, found) = template::parse(&mut transformed.sources, &transformed.path, text);
    transformed.diagnostics.extend(found);
    let Some(template) = template else {
        return;
    };
    for parameter in template.parameters.values().filter(|one| one.no_echo) {
        parameter
            .default
            .iter()
            .for_each(|secret| transformed.sources.mask(secret.span));
    }
    let written = template.clone();
    let template = unrolled(transformed, template, options);
    transformed.before = Some((written, template.clone()));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let context = Context {
        region: &options.region,
        parameters: &options.parameters,
        local_code: LocalCode::Keep,
        now: now.unwrap_or_default().as_secs(),
    };
    let expanded = sam::expand(template, &context);
    transformed.diagnostics.extend(expanded.diagnostics);
    if !transformed.diagnostics.has_errors() {
        transformed.template = Some(expanded.template);
        transformed.origins = expanded.origins;
    }
}

/// The template with its includes and loops put in.
fn unrolled(transformed: &mut Transformed, template: Template, options: &Options) -> Template {
    let base = base_dir(&transformed.path);
    let sources = RefCell::new(std::mem::take(&mut transformed.sources));
    let inside = RefCell::new(Diagnostics::new());
    let (template, found) = {
        let loader = |location: &str, span: Span| {
            let text = locate::read(&base.join(location), location).map_err(|diagnostic| {
                let mut diagnostic = *diagnostic;
                diagnostic.help = vec!["The path starts at the template's folder.".into()];
                diagnostic.at(span)
            })?;
            let (node, found) =
                template::read(&mut sources.borrow_mut(), base.join(location), text);
            inside.borrow_mut().extend(found);
            node.ok_or_else(|| {
                Diagnostic::error(
                    "project/include",
                    format!("`{location}` could not be included"),
                )
                .at(span)
            })
        };
        let scope = TemplateScope::new(&options.region);
        let inputs = Inputs {
            parameters: &options.parameters,
            scope: &scope,
            loader: &loader,
        };
        eval::unroll(template, &inputs)
    };
    transformed.sources = sources.into_inner();
    transformed.diagnostics.extend(inside.into_inner());
    transformed.diagnostics.extend(found);
    template
}
