//! What the resources of a stack turned into, for the functions of its template.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::eval::{Answer, Scope, TemplateScope};
use crate::template::Reason;

/// The stack's surroundings, and those of its resources that are known.
#[derive(Debug, Clone)]
pub struct StackScope {
    pseudo: TemplateScope,
    known: HashMap<String, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    reference: String,
    attributes: Map<String, Json>,
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
            reference: reference.to_owned(),
            attributes,
        };
        self.known.insert(id.to_owned(), known);
    }
}

impl Scope for StackScope {
    fn pseudo(&self, name: &str) -> Answer {
        Scope::pseudo(&self.pseudo, name)
    }

    fn reference(&self, logical_id: &str) -> Answer {
        match self.known.get(logical_id) {
            Some(known) => Answer::Known(Json::String(known.reference.clone())),
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
