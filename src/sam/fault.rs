//! What is wrong with a SAM template, in the words of AWS's translator.
//!
//! Source of the words and of their order: the translator's `model/exceptions.py`, and corpus/sam-translator.

use std::collections::HashSet;
use std::fmt;

use crate::diag::{Diagnostic, Span};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: Kind,
    span: Option<Span>,
    /// Whether the transform ends with this fault, and says nothing but it.
    ends: bool,
    /// What to do next, where the translator's words do not say it.
    help: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Resource {
        id: String,
        message: String,
    },
    Event {
        id: String,
        message: String,
    },
    Template(String),
    Globals(String),
    Duplicate {
        id: String,
        new: String,
        resource_type: String,
    },
}

/// The result of a pass over one resource.
pub(crate) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    /// A resource is wrong.
    pub(crate) fn resource(id: impl Into<String>, message: impl Into<String>) -> Self {
        Fault::new(Kind::Resource {
            id: id.into(),
            message: message.into(),
        })
    }

    /// An event of a function or state machine is wrong.
    pub(crate) fn event(id: impl Into<String>, message: impl Into<String>) -> Self {
        Fault::new(Kind::Event {
            id: id.into(),
            message: message.into(),
        })
    }

    /// The template as a whole is wrong.
    pub(crate) fn template(message: impl Into<String>) -> Self {
        Fault::new(Kind::Template(message.into()))
    }

    /// The section `Globals` is wrong.
    pub(crate) fn globals(message: impl Into<String>) -> Self {
        Fault::new(Kind::Globals(message.into()))
    }

    /// A resource would have to make one whose logical id is taken.
    pub(crate) fn duplicate(
        id: impl Into<String>,
        new: impl Into<String>,
        resource_type: impl Into<String>,
    ) -> Self {
        Fault::new(Kind::Duplicate {
            id: id.into(),
            new: new.into(),
            resource_type: resource_type.into(),
        })
    }

    fn new(kind: Kind) -> Self {
        Fault {
            kind,
            span: None,
            ends: false,
            help: None,
        }
    }

    /// The same fault with advice, which is ours and not the translator's.
    pub(crate) fn advise(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// Marks the place, unless a closer one is marked already.
    pub(crate) fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    /// The same fault, which ends the transform: the translator gives up at once and reports only this one.
    pub(crate) fn ending(mut self) -> Self {
        self.ends = true;
        self
    }

    /// Whether the transform ends with this fault.
    pub(crate) fn ends(&self) -> bool {
        self.ends
    }

    /// Whether the fault is one of an event.
    pub(crate) fn is_event(&self) -> bool {
        matches!(self.kind, Kind::Event { .. })
    }

    /// The fault of an event as a fault of the resource it belongs to; every other fault as it is.
    pub(crate) fn owned_by(self, id: &str) -> Fault {
        match &self.kind {
            Kind::Event { .. } => Fault {
                span: self.span,
                ends: self.ends,
                help: self.help.clone(),
                ..Fault::resource(id, self.to_string())
            },
            _ => self,
        }
    }

    /// The resource that is wrong, when it is one.
    pub(crate) fn culprit(&self) -> Option<&str> {
        match &self.kind {
            Kind::Resource { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What the faults of a document are ordered by.
    fn order(&self) -> String {
        match &self.kind {
            Kind::Resource { id, .. } | Kind::Event { id, .. } | Kind::Duplicate { id, .. } => {
                id.clone()
            }
            Kind::Globals(_) => "Globals".into(),
            Kind::Template(_) => self.to_string(),
        }
    }

    /// The fault for the user, at its place.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let code = match &self.kind {
            Kind::Resource { .. } => "sam/resource",
            Kind::Event { .. } => "sam/event",
            Kind::Template(_) => "sam/template",
            Kind::Globals(_) => "sam/globals",
            Kind::Duplicate { .. } => "sam/duplicate-id",
        };
        let summary = self.to_string();
        let mut diagnostic = Diagnostic::error(code, summary.trim_end_matches('.'));
        diagnostic.help.extend(self.help.clone());
        match self.span {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Resource { id, message } => {
                write!(f, "Resource with id [{id}] is invalid. {message}")
            }
            Kind::Event { id, message } => write!(f, "Event with id [{id}] is invalid. {message}"),
            Kind::Template(message) => {
                write!(f, "Structure of the SAM template is invalid. {message}")
            }
            Kind::Globals(message) => write!(f, "'Globals' section is invalid. {message}"),
            Kind::Duplicate {
                id,
                new,
                resource_type,
            } => write!(
                f,
                "Transforming resource with id [{id}] attempts to create a new resource with id [{new}] and type \
                 \"{resource_type}\". A resource with that id already exists within this template. Please use a \
                 different id for that resource."
            ),
        }
    }
}

impl std::error::Error for Fault {}

/// The message of a whole document, as CloudFormation shows it: how many faults, and each of them once, in the order of
/// their ids.
pub fn document_message(faults: &[Fault]) -> String {
    let mut seen = HashSet::new();
    let mut unique: Vec<&Fault> = faults
        .iter()
        .filter(|fault| seen.insert(fault.to_string()))
        .collect();
    unique.sort_by_key(|fault| fault.order());
    let mut message = format!(
        "Invalid Serverless Application Specification document. Number of errors found: {}.",
        unique.len()
    );
    for fault in unique {
        message.push(' ');
        message.push_str(&fault.to_string());
    }
    message
}
