//! Values of properties: known here, or unknown with the reason.

use crate::diag::Span;
use crate::template::Reason;

/// The value of one property and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting<T> {
    /// Known here.
    Known {
        /// What was written, or what it was evaluated to.
        value: T,
        /// Where it was written.
        span: Span,
    },
    /// Not known here.
    Unknown {
        /// Why.
        reason: Reason,
        /// Where it was written.
        span: Span,
    },
}

impl<T> Setting<T> {
    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Setting::Known { value, .. } => Some(value),
            Setting::Unknown { .. } => None,
        }
    }

    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Setting::Known { span, .. } | Setting::Unknown { span, .. } => *span,
        }
    }

    /// The same setting with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Setting::Known { value, span } => Setting::Known {
                value: change(value),
                span,
            },
            Setting::Unknown { reason, span } => Setting::Unknown { reason, span },
        }
    }
}

/// A property that names another resource: by a reference to it, by its ARN, by its name or URL.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Logical id of the resource of this template that the value refers to, if it refers to just one.
    pub resource: Option<String>,
    /// The value itself: an ARN, a name, an id, as the property wants it.
    pub value: Setting<String>,
}

impl Link {
    /// Where it was written.
    pub fn span(&self) -> Span {
        self.value.span()
    }
}

/// Says in a few words why a value is not known, to stand behind "because".
pub fn why(reason: &Reason) -> String {
    match reason {
        Reason::Resource(name) => format!("it comes from the resource `{name}`"),
        Reason::Parameter(name) => format!("the parameter `{name}` has no value"),
        Reason::Pseudo(name) => format!("`{name}` is not known here"),
        Reason::Import => "it is exported by another stack".into(),
        Reason::Transform(name) => format!("only CloudFormation can run the macro `{name}`"),
        Reason::Other(text) => text.clone(),
        Reason::Argument => "part of it is not known".into(),
    }
}
