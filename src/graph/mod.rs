//! The application that a template describes: typed resources and what they have to do with each other.
//!
//! [`build`] is pure: it reads no files and asks nobody. It takes the template twice: evaluated with the references to
//! resources left standing (they are the edges), and evaluated as far as a scope knows everything (they are the
//! values). Where nothing is known about resources, as before a deployment, the two are the same.

pub mod api;
pub mod bucket;
mod check;
pub mod cycle;
mod decode;
mod edge;
pub mod facts;
mod fields;
pub mod function;
pub mod hoist;
pub mod invocation;
pub mod logging;
pub mod mapping;
mod module;
pub mod picture;
pub mod queue;
pub(crate) mod reference;
mod resource;
pub mod role;
pub mod route;
pub mod routing;
pub mod rule;
mod setting;
pub mod state_machine;
pub mod stream;
pub mod table;
mod target;
#[cfg(test)]
mod tests;
pub mod topic;
pub mod trigger;
pub mod walk;

use indexmap::{IndexMap, IndexSet};

use crate::diag::Diagnostics;
use crate::template::{Output, Template};

pub use edge::{Edge, Why};
pub use function::{Function, FunctionMetadata, Layer, LayerRef, Package};
pub use hoist::{AllowedHost, HoistSettings, Isolation};
pub use logging::{LogFormat, LogLevel, LoggingConfig};
pub use mapping::{EventSourceMapping, PollService, Polling};
pub use resource::{Body, Origin, Resource};
pub use routing::{ApiRoute, Protocol};
pub use setting::{Link, Setting, why};
pub use trigger::{Trigger, TriggerKind};

use fields::{Context, Fields, Sink, Spot};

/// A whole application.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// By logical id, in the order of the template. What a condition leaves out is not here.
    pub resources: IndexMap<String, Resource>,
    /// What belongs together, and what must exist before what.
    pub edges: Vec<Edge>,
    /// By name, values as far as they are known.
    pub outputs: IndexMap<String, Output>,
}

/// What [`build`] needs: a template without SAM's resources.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Evaluated without knowing any resource.
    pub structure: &'a Template,
    /// The logical ids of the resources that conditions leave out.
    pub excluded: &'a IndexSet<String>,
    /// Evaluated with what the scope knows of resources.
    pub values: &'a Template,
    /// Which resource of the file each resource came from, by logical id; a resource that is not in it came from itself.
    pub origins: &'a IndexMap<String, Origin>,
}

/// Builds the application, and says everything that is wrong with it.
pub fn build(input: Input<'_>) -> (App, Diagnostics) {
    let context = Context {
        sink: Sink::default(),
        resources: &input.structure.resources,
    };
    let mut resources = IndexMap::new();
    for (id, value) in &input.values.resources {
        let structure = input.structure.resources.get(id);
        let origin = input.origins.get(id).cloned().unwrap_or_else(|| Origin {
            id: id.clone(),
            span: value.id_span,
        });
        resources.insert(id.clone(), resource(id, origin, value, structure, &context));
    }
    let mut diagnostics = context.sink.into_diagnostics();
    check::references(
        input.structure,
        input.excluded,
        input.origins,
        &mut diagnostics,
    );
    let edges = edge::edges(&resources, input.structure);
    edge::report_cycles(&edges, &resources, &mut diagnostics);
    let app = App {
        resources,
        edges,
        outputs: input.values.outputs.clone(),
    };
    (app, diagnostics)
}

fn resource(
    id: &str,
    origin: Origin,
    value: &crate::template::Resource,
    structure: Option<&crate::template::Resource>,
    context: &Context<'_>,
) -> Resource {
    let is_layer = value.resource_type == "AWS::Lambda::LayerVersion";
    let owner = match origin.id == id || is_layer {
        true => format!("`{}`", origin.id),
        false => format!("`{id}` (made for `{}`)", origin.id),
    };
    let structure_node = structure.and_then(|structure| structure.properties.as_ref());
    let properties = value.properties.as_ref().map(|value| Spot {
        value,
        structure: structure_node,
    });
    let fields = Fields::new(&owner, value.id_span, properties, context);
    let body = decode::body(id, value, &fields, context);
    Resource {
        id: id.to_owned(),
        span: value.id_span,
        origin,
        resource_type: value.resource_type.clone(),
        type_span: value.type_span,
        body,
        properties: value.properties.clone(),
        structure: structure_node.cloned(),
        condition: value.condition.as_ref().map(|name| name.text.clone()),
        deletion_policy: value.deletion_policy.clone(),
        update_replace_policy: value.update_replace_policy.clone(),
        metadata: value.metadata.clone(),
    }
}

impl App {
    /// The functions, in the order of the template.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.resources.values().filter_map(Resource::as_function)
    }

    /// The function with this logical id.
    pub fn function(&self, id: &str) -> Option<&Function> {
        self.resources.get(id)?.as_function()
    }

    /// The function with this logical id, or else with this `FunctionName`.
    pub fn function_named(&self, name: &str) -> Option<&Function> {
        let has_name = |function: &&Function| function.known_name() == Some(name);
        self.function(name)
            .or_else(|| self.functions().find(has_name))
    }

    /// The layer with this logical id.
    pub fn layer(&self, id: &str) -> Option<&Layer> {
        match &self.resources.get(id)?.body {
            Body::Layer(layer) => Some(layer),
            _ => None,
        }
    }

    /// The edges that start at a resource.
    pub fn edges_from<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Edge> {
        self.edges.iter().filter(move |edge| edge.from == id)
    }
}
