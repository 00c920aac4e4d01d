//! What a resource is going to be known by, before it is made.
//!
//! Names are the template's or Hoist's own, and the ARNs of many types are made of nothing else. Where such a name or ARN is only
//! written down, as in a role's policy, nobody has to wait until the resource is there: a table takes seconds, and so does a role.
//! A function waits for what its environment names all the same: it may be called as soon as it is there.

use serde_json::{Map, Value as Json};

use crate::eval::{Answer, Scope, TemplateScope};
use crate::graph::reference;
use crate::template::{Node, Resource};

use super::provider::Kind;

/// What is known of a resource that is not there yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// What `Ref` gives, where that can be told.
    pub reference: Option<String>,
    /// What `Fn::GetAtt` gives, as far as it can be told.
    pub attributes: Map<String, Json>,
}

/// What a resource of this name is going to be known by. None when its type does not tell.
pub fn foretell(kind: &Kind, name: &str, pseudo: &TemplateScope) -> Option<Foretold> {
    // Where a name is allowed to be an ARN, it makes none.
    if kind.foretold.is_empty() || name.contains(':') {
        return None;
    }
    let mut told = Foretold {
        reference: None,
        attributes: Map::new(),
    };
    for (attribute, form) in kind.foretold {
        let mut text = form.replace("{name}", name);
        for part in ["Partition", "Region", "AccountId"] {
            let mark = format!("{{{part}}}");
            if text.contains(&mark) {
                let Answer::Known(Json::String(value)) =
                    Scope::pseudo(pseudo, &format!("AWS::{part}"))
                else {
                    return None;
                };
                text = text.replace(&mark, &value);
            }
        }
        match *attribute {
            "Ref" => told.reference = Some(text),
            attribute => drop(told.attributes.insert(attribute.to_owned(), text.into())),
        }
    }
    Some(told)
}

/// Whether a resource of `kind` has to wait for `needed`, of which `told` says what can be told.
pub fn must_wait(resource: &Resource, kind: &Kind, needed: &str, told: &Foretold) -> bool {
    if resource.depends_on.iter().any(|name| name.text == needed) {
        return true;
    }
    let properties = resource.properties.as_ref().and_then(Node::as_map);
    let mut properties = properties.into_iter().flat_map(|map| map.iter());
    properties.any(|(property, node)| {
        let only_writes_down = kind.writes_down.contains(&property);
        reference::references(node).iter().any(|found| {
            let is_told = match &found.attribute {
                Some(attribute) => told.attributes.contains_key(attribute),
                None => told.reference.is_some(),
            };
            found.name == needed && !(only_writes_down && is_told)
        })
    })
}
