//! The passes, in their order.
//!
//! First those over the whole template, then one for each type of SAM resource. The order matters: the events of
//! functions and state machines change the APIs they belong to, so APIs come after them; connectors look at what
//! everything else became, so they come last. Source: the translator's `translator/translator.py`.

use std::collections::HashMap;

use super::fault::{Fault, Result};
use super::parameter::Mappings;
use super::resource::{Resource, SamResource, is_logical_id};
use super::work::Work;
use super::{
    api, application, capacity_provider, check, connector, deployment, function, globals,
    graphql_api, http_api, layer_version, python_order, reference, simple_table, state_machine,
    websocket_api,
};

/// A pass over the whole template. What it returns as an error ends the transform.
type Pass = fn(&mut Work<'_>) -> std::result::Result<(), Vec<Fault>>;

/// What a SAM resource becomes.
type Expand = fn(&mut Work<'_>, &SamResource) -> Result<Vec<Resource>>;

/// A type of SAM resource.
struct Kind {
    name: &'static str,
    expand: Expand,
    /// What can be named as `Id.Property`, and the type it stands for.
    references: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// Whether the properties are read in the translator's order: the first that is wrong is reported.
    fn is_api(&self) -> bool {
        matches!(
            self.name,
            "AWS::Serverless::Api" | "AWS::Serverless::HttpApi"
        )
    }

    /// The resources of the type, in the order in which they are expanded. With REST APIs it is the translator's: it
    /// decides which of two same routes is refused, and what the resources that APIs share get from which API.
    fn ids(&self, work: &Work<'_>) -> Vec<String> {
        let mut ids = work.ids(self.name);
        let is_ordered = self.is_api()
            || matches!(
                self.name,
                "AWS::Serverless::Function" | "AWS::Serverless::StateMachine"
            );
        if is_ordered && ids.len() > 1 {
            let order = python_order::resources(work);
            let places: HashMap<String, usize> = order.into_iter().zip(0..).collect();
            ids.sort_by_key(|id| places.get(id).copied());
        }
        ids
    }
}

const BEFORE: &[(&str, Pass)] = &[
    ("the sections are there", check::sections),
    ("locations of applications", application::locate),
    ("default definitions of REST APIs", api::definition::add),
    (
        "default definitions of HTTP APIs",
        http_api::definition::add,
    ),
    ("the implicit REST API", api::implicit::rest),
    ("the implicit HTTP API", http_api::implicit::http),
    ("globals", globals::merge),
    ("versions of OpenAPI", api::definition::set_versions),
    ("embedded connectors", connector::embedded),
];

const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Serverless::Function",
        expand: function::expand,
        references: &function::REFERENCES,
    },
    Kind {
        name: "AWS::Serverless::StateMachine",
        expand: state_machine::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::Api",
        expand: api::rest_api::expand,
        references: &api::rest_api::REFERENCES,
    },
    Kind {
        name: "AWS::Serverless::HttpApi",
        expand: http_api::expansion::expand,
        references: &http_api::expansion::REFERENCES,
    },
    Kind {
        name: "AWS::Serverless::WebSocketApi",
        expand: websocket_api::expand,
        references: &websocket_api::REFERENCES,
    },
    Kind {
        name: "AWS::Serverless::SimpleTable",
        expand: simple_table::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::LayerVersion",
        expand: layer_version::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::Application",
        expand: application::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::GraphQLApi",
        expand: graphql_api::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::CapacityProvider",
        expand: capacity_provider::expand,
        references: &[],
    },
    Kind {
        name: "AWS::Serverless::Connector",
        expand: connector::expand,
        references: &[],
    },
];

const AFTER: &[(&str, Pass)] = &[
    ("gradual deployments", deployment::finish),
    ("references", reference::rewrite),
];

/// Runs them all. Faults end up in `work.faults`; what is not touched by one is expanded all the same. False when that
/// came to an end before any SAM resource was expanded.
pub(super) fn run(work: &mut Work<'_>) -> bool {
    if ends(work, BEFORE) {
        give_up(work);
        return false;
    }
    match Mappings::new(&work.source) {
        Ok(mappings) => work.mappings = mappings,
        Err(fault) => {
            work.faults.push(fault);
            give_up(work);
            return false;
        }
    }
    // From here on both stand beside each other.
    work.output = work.source.clone();
    expand_all(work);
    work.output.remove("Transform");
    work.output.remove("Globals");
    if work.faults.is_empty() {
        ends(work, AFTER);
    } else {
        // The translator stops here. What did expand still has to refer to the right ids.
        let faults = std::mem::take(&mut work.faults);
        ends(work, AFTER);
        work.faults = faults;
    }
    true
}

fn expand_all(work: &mut Work<'_>) {
    let mut last: Option<Fault> = None;
    for kind in KINDS {
        for id in kind.ids(work) {
            if let Err(fault) = expand(work, kind, &id) {
                work.made_mut().remove(&id);
                work.failed.insert(id);
                match &last {
                    None if fault.ends() => last = Some(fault),
                    None => work.faults.push(fault),
                    Some(_) => work.later.push(fault),
                }
            }
        }
    }
    if let Some(fault) = last {
        // The translator gives up at it and says nothing else.
        let others = std::mem::replace(&mut work.faults, vec![fault]);
        work.later.extend(others);
    }
}

/// Nothing of SAM's can be expanded: what is left are the other resources.
fn give_up(work: &mut Work<'_>) {
    work.output = work.source.clone();
    work.output.remove("Transform");
    work.output.remove("Globals");
    for kind in KINDS {
        for id in work.ids(kind.name) {
            work.made_mut().remove(&id);
            work.failed.insert(id);
        }
    }
}

/// Runs passes over the whole template; true when one of them ended the transform.
fn ends(work: &mut Work<'_>, passes: &[(&str, Pass)]) -> bool {
    for (_, pass) in passes {
        if let Err(faults) = pass(work) {
            work.faults.extend(faults);
            return true;
        }
    }
    false
}

fn expand(work: &mut Work<'_>, kind: &Kind, id: &str) -> Result<()> {
    let mut sam = work.read(id)?;
    if kind.is_api() {
        sam.properties = work.order.of_api(&sam.properties);
    }
    let made = (kind.expand)(work, &sam).map_err(|fault| fault.at(sam.span))?;
    if let Some(wrong) = made.iter().find(|one| !is_logical_id(&one.id)) {
        let fault = Fault::resource(&wrong.id, "Logical ids must be alphanumeric.");
        return Err(fault.at(sam.span));
    }
    work.references.add(id, kind.references, &made);
    work.replace(&sam, made);
    Ok(())
}
