//! What is wrong with a template, as far as the template itself and what AWS publishes can tell.
//!
//! [`check`] is pure: whether files are there is asked of a closure, today's day is given. Conditions are not evaluated:
//! whatever a template may become is looked at. Nothing is said about a value that is not written out.

mod attribute;
mod circle;
mod handler;
mod name;
mod place;
mod reference;
mod resource;
mod route;
mod runtime;
mod scope;
mod shape;
mod unique;
mod unused;
mod value;

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::template::Template;

use place::Places;
use scope::Scope;

/// Asks whether there is a file or folder; relative paths start at the template's folder.
pub type Exists<'a> = dyn Fn(&Path) -> bool + 'a;

/// What [`check`] looks at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The template as it was read.
    pub written: &'a Template,
    /// With its includes and loops put in, and SAM's resources as they are.
    pub unrolled: &'a Template,
    /// After SAM's transform, as far as it went.
    pub expanded: &'a Template,
    /// The types of SAM's resources that are wrong and therefore missing from `expanded`, by logical id.
    pub failed: &'a IndexMap<String, String>,
    /// What has been said before: nothing is said twice.
    pub said: &'a Diagnostics,
    /// Whether code is there; none when that is not to be looked at.
    pub exists: Option<&'a Exists<'a>>,
    /// `2026-11-21`: which runtimes are retired.
    pub today: &'a str,
}

/// Everything that is wrong, in no particular order.
pub fn check(input: &Input<'_>) -> Diagnostics {
    let last = input.expanded;
    let scope = Scope::new(input);
    let places = Places::new(input);
    let mut found = Vec::new();
    resource::serverless(input, &scope, &mut found);
    for id in input.failed.keys() {
        if let Some(resource) = input.unrolled.resources.get(id) {
            runtime::check(resource, input.today, &mut found);
        }
    }
    for (id, one) in &last.resources {
        // Of two that say the same, the first is kept, and this one knows more of runtimes.
        runtime::check(one, input.today, &mut found);
        resource::check(id, one, &scope, &mut found);
        if let Some(exists) = input.exists {
            handler::check(id, one, exists, &mut found);
        }
    }
    reference::check(last, &scope, &mut found);
    name::check(last, &scope, &mut found);
    circle::check(last, &mut found);
    unique::check(last, &mut found);
    route::check(last, &mut found);
    if !scope.has_foreign_macros {
        unused::check(input.written, &mut found);
    }
    once(found, &places, input.said)
}

/// Leaves out what was said before about the same place, by others or here.
fn once(found: Vec<Diagnostic>, places: &Places<'_>, said: &Diagnostics) -> Diagnostics {
    let mut taken: HashSet<(Span, Option<&str>)> = said
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .filter_map(|one| Some((one.span()?, None)))
        .collect();
    let mut kept = Diagnostics::new();
    for diagnostic in found {
        let diagnostic = places.placed(diagnostic);
        if let Some(span) = diagnostic.span() {
            let is_said = taken.contains(&(span, None)) || places.is_said(&diagnostic, said);
            if is_said || !taken.insert((span, Some(diagnostic.code))) {
                continue;
            }
        }
        kept.push(diagnostic);
    }
    kept
}
