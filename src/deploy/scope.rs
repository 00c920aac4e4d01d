//! What the resources of a stack turned into, for the functions of its template.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::eval::{Answer, Scope, TemplateScope};
use crate::template::Reason;

use super::foretell::Foretold;

/// The stack's surroundings, and those of its resources that are known.
#[derive(Debug, Clone)]
pub struct StackScope {
    pseudo: TemplateScope,
    known: HashMap<String, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    reference: Option<String>,
    attributes: Map<String, Json>,
    /// False while it is only told what it is going to be.
    is_there: bool,
}

impl StackScope {
    /// A stack none of whose resources is known.
    pub fn new(pseudo: TemplateScope) -> Self {
        StackScope {
            pseudo,
            known: HashMap::new(),
        }
    }

    /// Takes in what a resource is.
    pub fn know(&mut self, id: &str, reference: &str, attributes: Map<String, Json>) {
        let known = Known {
            reference: Some(reference.to_owned()),
            attributes,
            is_there: true,
        };
        self.known.insert(id.to_owned(), known);
    }

    /// Takes in what a resource is going to be.
    pub fn foretell(&mut self, id: &str, told: Foretold) {
        let known = Known {
            reference: told.reference,
            attributes: told.attributes,
            is_there: false,
        };
        self.known.insert(id.to_owned(), known);
    }

    /// Forgets what did not come true.
    pub fn forget_foretold(&mut self) {
        self.known.retain(|_, known| known.is_there);
    }
}

impl Scope for StackScope {
    fn pseudo(&self, name: &str) -> Answer {
        Scope::pseudo(&self.pseudo, name)
    }

    fn reference(&self, logical_id: &str) -> Answer {
        let known = self.known.get(logical_id);
        match known.and_then(|known| known.reference.as_ref()) {
            Some(reference) => Answer::Known(Json::String(reference.clone())),
            None => Answer::Unknown(Reason::Resource(logical_id.to_owned())),
        }
    }

    fn attribute(&self, logical_id: &str, attribute: &str) -> Answer {
        self.known
            .get(logical_id)
            .and_then(|known| within(&known.attributes, attribute))
            .map_or_else(
                || Answer::Unknown(Reason::Resource(logical_id.to_owned())),
                |value| Answer::Known(value.clone()),
            )
    }

    fn import(&self, name: &str) -> Answer {
        Scope::import(&self.pseudo, name)
    }

    fn zones(&self, region: &str) -> Answer {
        Scope::zones(&self.pseudo, region)
    }
}

/// An attribute by its name, or by its path: `Endpoint.Address`.
fn within<'a>(attributes: &'a Map<String, Json>, attribute: &str) -> Option<&'a Json> {
    if let Some(value) = attributes.get(attribute) {
        return Some(value);
    }
    let (first, rest) = attribute.split_once('.')?;
    within(attributes.get(first)?.as_object()?, rest)
}
