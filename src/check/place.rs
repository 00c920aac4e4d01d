//! Where a fault is shown.
//!
//! What SAM makes has the place of the whole resource it was made of; that is no line to mark, its logical id is.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Diagnostics, Severity, Span};

use super::Input;

/// The resources of the file.
pub(super) struct Places<'a> {
    /// The place of a whole declaration → its id and the place of that.
    declarations: HashMap<Span, (&'a str, Span)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        let declarations = input
            .unrolled
            .resources
            .iter()
            .map(|(id, one)| (one.span, (id.as_str(), one.id_span)))
            .collect();
        Places { declarations }
    }

    /// The diagnostic with labels that mark names instead of whole declarations.
    pub(super) fn placed(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        for label in &mut diagnostic.labels {
            if let Some((_, id_span)) = self.declarations.get(&label.span) {
                label.span = *id_span;
            }
        }
        diagnostic
    }

    /// Whether the transform said of the same resource something about the same name.
    pub(super) fn is_said(&self, diagnostic: &Diagnostic, said: &Diagnostics) -> bool {
        let (Some(span), Some(name)) = (diagnostic.span(), named(&diagnostic.summary)) else {
            return false;
        };
        let Some(owner) = self.owner(span) else {
            return false;
        };
        said.iter()
            .filter(|one| one.severity == Severity::Error && one.code.starts_with("sam/"))
            .filter(|one| one.span().and_then(|span| self.owner(span)) == Some(owner))
            .any(|one| words(&one.summary).any(|word| word == name))
    }

    /// The resource that a place lies in.
    fn owner(&self, span: Span) -> Option<&'a str> {
        let inside = |outer: &Span| {
            outer.source == span.source && outer.start <= span.start && span.end <= outer.end
        };
        self.declarations
            .iter()
            .find(|(whole, (_, id_span))| inside(whole) || inside(id_span))
            .map(|(_, (id, _))| *id)
    }
}

/// The last name of the path that stands first in a summary between backquotes: `Foo` of `` `Events.Foo` ``.
fn named(summary: &str) -> Option<&str> {
    let path = summary.split('`').nth(1)?;
    path.rsplit('.').find(|name| !name.starts_with('['))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
}
