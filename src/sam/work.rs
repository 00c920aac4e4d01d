//! What the passes share: the template before and after, and what one pass leaves for another.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Entry, Map, Node, Template, Value, recognise};

use super::api::Shared;
use super::deployment::Deployments;
use super::fault::{Fault, Result};
use super::parameter::{Mappings, Parameters};
use super::plain::plain;
use super::python_order::Order;
use super::reference::References;
use super::resource::{Resource, SamResource};
use super::{Context, Expanded, Origin};

/// A template on its way through the passes, in the plain form.
pub(crate) struct Work<'a> {
    /// What was given besides the template.
    pub context: &'a Context<'a>,
    /// What is known of parameters.
    pub parameters: Parameters,
    /// What is known of mappings.
    pub mappings: Mappings,
    /// The template as the passes before the resources left it: the functions' events still change the APIs here.
    pub source: Map,
    /// The template that comes out: SAM's resources are replaced here one after the other.
    pub output: Map,
    /// What is wrong so far.
    pub faults: Vec<Fault>,
    /// What is wrong behind the fault at which the translator ends.
    pub later: Vec<Fault>,
    /// The ids of the SAM resources that could not be expanded.
    pub failed: IndexSet<String>,
    /// What is worth knowing and no fault.
    pub warnings: Diagnostics,
    /// Where the resources of `output` came from, as far as SAM made them.
    pub origins: IndexMap<String, Origin>,
    /// What `!Ref MyFunction.Alias` and the like stand for, and ids that changed.
    pub references: References,
    /// The gradual deployments that functions and state machines asked for.
    pub deployments: Deployments,
    /// What several APIs add to.
    pub shared: Shared,
    /// In which order the translator walks over this template.
    pub order: Order,
    /// When the resources of `output` were made, counted from one.
    times: HashMap<String, usize>,
    made: usize,
    span: Span,
}

impl<'a> Work<'a> {
    pub(super) fn new(template: &Template, context: &'a Context<'a>) -> Self {
        let root = plain(&template.root);
        let parameters = Parameters::new(context, &root);
        let span = root.span;
        let source = match root.value {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        Work {
            context,
            parameters,
            order: Order::of(&source),
            mappings: Mappings::default(),
            output: Map::new(),
            source,
            faults: Vec::new(),
            later: Vec::new(),
            failed: IndexSet::new(),
            warnings: Diagnostics::new(),
            origins: IndexMap::new(),
            references: References::default(),
            deployments: Deployments::default(),
            shared: Shared::default(),
            times: HashMap::new(),
            made: 0,
            span,
        }
    }

    /// The first place of the document, for what is not in it.
    pub(super) fn start(&self) -> Span {
        Span {
            end: self.span.start,
            ..self.span
        }
    }

    /// The resources before the transform; empty when there is no such section.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &Entry)> {
        section(&self.source, "Resources")
            .into_iter()
            .flat_map(Map::entries)
    }

    /// The declaration of a resource before the transform.
    pub(crate) fn resource(&self, id: &str) -> Option<&Entry> {
        section(&self.source, "Resources")?.entry(id)
    }

    /// The resources before the transform, to be changed: an event may change the API it belongs to.
    pub(crate) fn resources_mut(&mut self) -> &mut Map {
        section_mut(&mut self.source, "Resources", self.span)
    }

    /// The properties of a resource before the transform, to be changed; made when they are missing.
    pub(crate) fn properties_mut(&mut self, id: &str) -> Option<&mut Map> {
        let declaration = self.resources_mut().get_mut(id)?;
        let span = declaration.span;
        let declaration = declaration.as_map_mut()?;
        if !declaration.contains_key("Properties") {
            declaration.insert("Properties", span, Node::new(span, Value::Map(Map::new())));
        }
        declaration.get_mut("Properties")?.as_map_mut()
    }

    /// The ids of the SAM resources of a type, in the order of the template.
    pub(crate) fn ids(&self, kind: &str) -> Vec<String> {
        self.resources()
            .filter(|(_, entry)| entry.node.get("Type").and_then(Node::as_str) == Some(kind))
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    /// The resources that come out, as far as they are made.
    pub(crate) fn made(&self) -> Option<&Map> {
        section(&self.output, "Resources")
    }

    /// The resources that come out, to be changed.
    pub(crate) fn made_mut(&mut self) -> &mut Map {
        section_mut(&mut self.output, "Resources", self.span)
    }

    /// The conditions that come out; None when the template has no such section.
    pub(crate) fn conditions(&self) -> Option<&Map> {
        section(&self.output, "Conditions")
    }

    /// Adds a condition to those that come out.
    pub(crate) fn add_condition(&mut self, name: &str, expression: Node) {
        let span = expression.span;
        section_mut(&mut self.output, "Conditions", self.span).insert(name, span, expression);
    }

    /// Takes a condition out of those that come out.
    pub(crate) fn remove_condition(&mut self, name: &str) {
        let conditions = self.output.get_mut("Conditions");
        if let Some(conditions) = conditions.and_then(Node::as_map_mut) {
            conditions.remove(name);
        }
    }

    /// Puts a resource into the output, which came from the SAM resource `origin`.
    pub(crate) fn add(&mut self, origin: &Origin, resource: &Resource) {
        let declaration = resource.declaration();
        if self
            .made()
            .is_none_or(|made| !made.contains_key(&resource.id))
        {
            self.note_time(&resource.id);
        }
        self.origins.insert(resource.id.clone(), origin.clone());
        self.made_mut()
            .insert(&resource.id, resource.span, declaration);
    }

    fn note_time(&mut self, id: &str) {
        self.made += 1;
        self.times.insert(id.to_owned(), self.made);
    }

    /// Puts what a SAM resource became in its place.
    pub(super) fn replace(&mut self, sam: &SamResource, made: Vec<Resource>) {
        let origin = Origin {
            id: sam.id.clone(),
            span: sam.span,
        };
        // A resource that keeps the id takes the place too: taking one out moves all behind it.
        if !made.iter().any(|one| one.id == sam.id) {
            self.made_mut().remove(&sam.id);
        }
        for resource in made {
            if resource.id == sam.id {
                self.note_time(&sam.id);
            }
            if self.is_free(&resource) {
                // A bucket or a user pool that an event changes is still the one of the template.
                let itself = self.resource(&resource.id).map(|entry| Origin {
                    id: resource.id.clone(),
                    span: entry.key_span,
                });
                self.add(itself.as_ref().unwrap_or(&origin), &resource);
            } else {
                let fault = Fault::duplicate(&sam.id, &resource.id, &resource.kind);
                self.faults.push(fault.at(sam.span));
            }
        }
    }

    /// Whether a made resource takes no id of a resource in the template, or takes that of the one it replaces.
    pub(crate) fn is_free(&self, resource: &Resource) -> bool {
        let Some(there) = self.resource(&resource.id) else {
            return true;
        };
        let there = there
            .node
            .get("Type")
            .and_then(Node::as_str)
            .unwrap_or_default();
        REPLACES
            .iter()
            .any(|(made, before)| *made == resource.kind && before.contains(&there))
    }

    /// The SAM resource behind an id.
    ///
    /// # Errors
    /// A malformed id or properties.
    pub(super) fn read(&self, id: &str) -> Result<SamResource> {
        match self.resource(id) {
            Some(entry) => SamResource::read(id, entry),
            None => Err(Fault::resource(id, "Resource is missing.")),
        }
    }

    /// Puts the resources in the order of those they came from, and those of one in the order they were made.
    fn sort(&mut self) {
        let places: HashMap<String, usize> = self
            .resources()
            .enumerate()
            .map(|(at, (id, _))| (id.to_owned(), at))
            .collect();
        let place = |id: &str| {
            let origin = self.origins.get(id).map_or(id, |origin| &origin.id);
            let place = places.get(origin).copied().unwrap_or(places.len());
            (place, self.times.get(id).copied())
        };
        let Some(made) = self.made() else {
            return;
        };
        let mut entries: Vec<(&str, &Entry)> = made.entries().collect();
        entries.sort_by_cached_key(|(id, _)| place(id));
        let mut sorted = Map::new();
        for (id, entry) in entries {
            sorted.insert(id, entry.key_span, entry.node.clone());
        }
        *self.made_mut() = sorted;
    }

    pub(super) fn finish(mut self, before: Template) -> Expanded {
        let mut diagnostics: Diagnostics = self
            .faults
            .iter()
            .chain(&self.later)
            .map(Fault::diagnostic)
            .collect();
        self.sort();
        // What only one template holds is changed where it is.
        self.source = Map::new();
        let root = Node::new(self.span, Value::Map(std::mem::take(&mut self.output)));
        // What the reader says of the template was said when it was read the first time.
        let root = recognise(root, &mut Diagnostics::new());
        let mut found = Diagnostics::new();
        let template = Template::from_root(root, &mut found).unwrap_or(before);
        diagnostics.extend(
            found
                .into_iter()
                .filter(|one| one.code == "template/too-many"),
        );
        diagnostics.extend(self.warnings);
        diagnostics.extend(left_over(&template));
        let origins = template
            .resources
            .iter()
            .map(|(id, resource)| {
                let itself = || Origin {
                    id: id.clone(),
                    span: resource.id_span,
                };
                let origin = self.origins.get(id).cloned().unwrap_or_else(itself);
                (id.clone(), origin)
            })
            .collect();
        Expanded {
            template,
            origins,
            failed: self.failed,
            faults: self.faults,
            diagnostics,
        }
    }
}

/// Types whose resources may take the id of a resource that is in the template.
/// Source: the translator's `translator/verify_logical_id.py`.
const REPLACES: [(&str, &[&str]); 18] = [
    (
        "AWS::ApiGateway::BasePathMapping",
        &["AWS::ApiGateway::BasePathMapping"],
    ),
    (
        "AWS::ApiGateway::BasePathMappingV2",
        &["AWS::ApiGateway::BasePathMappingV2"],
    ),
    (
        "AWS::ApiGateway::DomainName",
        &["AWS::ApiGateway::DomainName"],
    ),
    (
        "AWS::ApiGateway::DomainNameV2",
        &["AWS::ApiGateway::DomainNameV2"],
    ),
    ("AWS::ApiGateway::RestApi", &["AWS::Serverless::Api"]),
    (
        "AWS::ApiGatewayV2::Api",
        &["AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi"],
    ),
    ("AWS::AppSync::GraphQLApi", &["AWS::Serverless::GraphQLApi"]),
    (
        "AWS::CloudFormation::Stack",
        &["AWS::Serverless::Application"],
    ),
    ("AWS::Cognito::UserPool", &["AWS::Cognito::UserPool"]),
    ("AWS::DynamoDB::Table", &["AWS::Serverless::SimpleTable"]),
    (
        "AWS::Lambda::CapacityProvider",
        &["AWS::Serverless::CapacityProvider"],
    ),
    ("AWS::Lambda::Function", &["AWS::Serverless::Function"]),
    (
        "AWS::Lambda::LayerVersion",
        &["AWS::Serverless::LayerVersion"],
    ),
    (
        "AWS::Lambda::MicrovmImage",
        &["AWS::Serverless::MicrovmImage"],
    ),
    (
        "AWS::Lambda::NetworkConnector",
        &["AWS::Serverless::NetworkConnector"],
    ),
    ("AWS::S3::Bucket", &["AWS::S3::Bucket"]),
    ("AWS::SNS::Topic", &["AWS::SNS::Topic"]),
    (
        "AWS::StepFunctions::StateMachine",
        &["AWS::Serverless::StateMachine"],
    ),
];

/// SAM's types that nothing here knows: they stay, and CloudFormation will refuse them.
fn left_over(template: &Template) -> impl Iterator<Item = Diagnostic> {
    template
        .resources
        .values()
        .filter(|resource| resource.resource_type.starts_with("AWS::Serverless::"))
        .map(|resource| {
            let kind = &resource.resource_type;
            Diagnostic::warning(
                "sam/unknown-type",
                format!("`{kind}` is no type of SAM that is known here; it stays as it is"),
            )
            .at(resource.type_span)
            .help("CloudFormation refuses it unless another macro makes something of it.")
        })
}

fn section<'m>(root: &'m Map, name: &str) -> Option<&'m Map> {
    root.get(name).and_then(Node::as_map)
}

/// The section, which is made when it is missing or no mapping.
fn section_mut<'m>(root: &'m mut Map, name: &str, span: Span) -> &'m mut Map {
    if section(root, name).is_none() {
        root.insert(name, span, Node::new(span, Value::Map(Map::new())));
    }
    match root.get_mut(name).and_then(Node::as_map_mut) {
        Some(map) => map,
        None => unreachable!("the section was just made"),
    }
}
