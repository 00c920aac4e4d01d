//! A resource of SAM as a pass reads it, and a resource of CloudFormation as a pass makes it.

use crate::diag::Span;
use crate::template::{Entry, Map, Node, Value};

use super::build::{IntoNode, map, put};
use super::fault::{Fault, Result};
use super::intrinsic;
use super::property::{self, Property};

/// Attributes that go from a SAM resource to the resource it becomes.
pub(crate) const OWN_ATTRIBUTES: [&str; 5] = [
    "DeletionPolicy",
    "UpdatePolicy",
    "Condition",
    "UpdateReplacePolicy",
    "Metadata",
];

/// Attributes that go to every resource made from a SAM resource.
pub(crate) const PASSED_ATTRIBUTES: [&str; 3] =
    ["Condition", "DeletionPolicy", "UpdateReplacePolicy"];

/// Whether a text can be a logical id: letters and digits.
pub(crate) fn is_logical_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// An `AWS::Serverless::*` resource.
#[derive(Debug, Clone)]
pub(crate) struct SamResource {
    /// Its logical id.
    pub id: String,
    /// Where the logical id stands.
    pub span: Span,
    /// `AWS::Serverless::Function`.
    pub kind: String,
    /// Its properties; empty when there are none.
    pub properties: Map,
    /// The whole declaration.
    pub declaration: Map,
}

impl SamResource {
    /// Reads the declaration behind a logical id.
    ///
    /// # Errors
    /// A logical id that is not alphanumeric, properties that are no mapping.
    pub(crate) fn read(id: &str, entry: &Entry) -> Result<Self> {
        let span = entry.key_span;
        if !is_logical_id(id) {
            return Err(Fault::resource(id, "Logical ids must be alphanumeric.").at(span));
        }
        let declaration = entry.node.as_map().cloned().unwrap_or_default();
        let properties = match declaration.get("Properties") {
            None => Map::new(),
            Some(node) => node.as_map().cloned().ok_or_else(|| {
                Fault::resource(id, "Properties of a resource must be an object.").at(node.span)
            })?,
        };
        Ok(SamResource {
            id: id.to_owned(),
            span,
            kind: declaration
                .get("Type")
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned(),
            properties,
            declaration,
        })
    }

    /// Checks the properties against the table of the type.
    ///
    /// # Errors
    /// The first fault.
    pub(crate) fn check(&self, table: &[Property]) -> Result<()> {
        property::check(&self.id, &self.kind, &self.properties, table)
            .map_err(|fault| fault.at(self.span))
    }

    /// The property `name`, unless it is absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.properties
            .get(name)
            .filter(|node| node.value != Value::Null)
    }

    /// The property `name`, unless it is absent, null, false, zero or empty.
    pub(crate) fn truthy(&self, name: &str) -> Option<&Node> {
        super::value::truthy(self.properties.get(name))
    }

    /// The attribute `name` of the declaration.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Node> {
        self.declaration.get(name)
    }

    /// The attributes for the resource it becomes.
    pub(crate) fn own_attributes(&self) -> Map {
        self.attributes(&OWN_ATTRIBUTES)
    }

    /// The attributes for everything made from it.
    pub(crate) fn passed_attributes(&self) -> Map {
        self.attributes(&PASSED_ATTRIBUTES)
    }

    fn attributes(&self, names: &[&str]) -> Map {
        let mut attributes = Map::new();
        for name in names {
            if let Some(entry) = self.declaration.entry(name) {
                attributes.insert(*name, entry.key_span, entry.node.clone());
            }
        }
        attributes
    }

    /// A fault of this resource.
    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::resource(&self.id, message).at(self.span)
    }
}

/// A resource of CloudFormation.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// Its logical id.
    pub id: String,
    /// `AWS::Lambda::Function`.
    pub kind: String,
    /// What its parts without a place of their own get.
    pub span: Span,
    /// Its properties.
    pub properties: Map,
    /// `Condition`, `DeletionPolicy` and the other attributes.
    pub attributes: Map,
    /// `DependsOn`: a name or a list of names.
    pub depends_on: Option<Node>,
}

impl Resource {
    /// A resource without properties.
    pub(crate) fn new(id: impl Into<String>, kind: &str, span: Span) -> Self {
        Resource {
            id: id.into(),
            kind: kind.to_owned(),
            span,
            properties: Map::new(),
            attributes: Map::new(),
            depends_on: None,
        }
    }

    /// The resource that a SAM resource becomes: same id, attributes and `DependsOn`.
    pub(crate) fn from_sam(sam: &SamResource, kind: &str) -> Self {
        let mut resource = Resource::new(&sam.id, kind, sam.span);
        resource.attributes = sam.own_attributes();
        resource.depends_on = sam.attribute("DependsOn").cloned();
        resource
    }

    /// A resource with these attributes.
    pub(crate) fn with_attributes(mut self, attributes: Map) -> Self {
        self.attributes = attributes;
        self
    }

    /// The resource after these.
    pub(crate) fn depending_on(mut self, depends_on: Option<Node>) -> Self {
        self.depends_on = depends_on;
        self
    }

    /// Sets a property; `None` leaves it away.
    pub(crate) fn set(&mut self, name: &str, value: impl IntoNode) {
        put(&mut self.properties, self.span, name, value);
    }

    /// The resource with one more property; `None` leaves it away.
    pub(crate) fn with(mut self, name: &str, value: impl IntoNode) -> Self {
        self.set(name, value);
        self
    }

    /// Sets an attribute such as `Condition`.
    pub(crate) fn set_attribute(&mut self, name: &str, value: impl IntoNode) {
        put(&mut self.attributes, self.span, name, value);
    }

    /// The property `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.properties.get(name)
    }

    /// `{"Ref": id}`.
    pub(crate) fn reference(&self) -> Node {
        intrinsic::reference(self.span, &self.id)
    }

    /// `{"Fn::GetAtt": [id, name]}`.
    pub(crate) fn attribute(&self, name: &str) -> Node {
        intrinsic::attribute(self.span, &self.id, name)
    }

    /// The declaration as it stands in a template.
    pub(crate) fn declaration(&self) -> Node {
        let mut node = map!(self.span; "Type" => &self.kind);
        if let Some(map) = node.as_map_mut() {
            if let Some(depends_on) = super::value::truthy(self.depends_on.as_ref()) {
                put(map, self.span, "DependsOn", depends_on);
            }
            for (name, entry) in self.attributes.entries() {
                map.insert(name, entry.key_span, entry.node.clone());
            }
            let mut properties = Map::new();
            for (name, entry) in self.properties.entries() {
                if entry.node.value != Value::Null {
                    properties.insert(name, entry.key_span, entry.node.clone());
                }
            }
            put(map, self.span, "Properties", properties);
        }
        node
    }
}
