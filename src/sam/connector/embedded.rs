//! `Connectors` inside a resource: connectors whose source is that resource.

use crate::diag::Span;
use crate::template::{Entry, Map, Node, Value};

use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::work::Work;

const KIND: &str = "AWS::Serverless::Connector";

/// The pass: makes resources of the connectors inside resources. Their faults are said together with all others.
pub(in crate::sam) fn embedded(work: &mut Work<'_>) -> std::result::Result<(), Vec<Fault>> {
    let mut found: Vec<(String, Entry)> = Vec::new();
    for (id, entry) in work.resources() {
        if let Some(entry) = entry.node.as_map().and_then(|map| map.entry("Connectors")) {
            found.push((id.to_owned(), entry.clone()));
        }
    }
    let mut made: Vec<Resource> = Vec::new();
    for (source, connectors) in found {
        let path = format!("{source}.Connectors");
        match Owner::Attribute(&source).map(Some(&connectors.node), &path) {
            Err(fault) => work.faults.push(fault),
            Ok(map) => {
                for (name, entry) in map.entries() {
                    match connector(work, &source, name, entry) {
                        Ok(connector) => made.push(connector),
                        Err(fault) => work.faults.push(fault.at(entry.key_span)),
                    }
                }
            }
        }
    }
    let resources = work.resources_mut();
    for connector in made {
        let span: Span = connector.span;
        resources.insert(&connector.id, span, connector.declaration());
    }
    let ids: Vec<String> = resources.keys().map(str::to_owned).collect();
    for id in ids {
        if let Some(declaration) = resources.get_mut(&id).and_then(Node::as_map_mut) {
            declaration.remove("Connectors");
        }
    }
    Ok(())
}

fn connector(work: &Work<'_>, source: &str, name: &str, entry: &Entry) -> Result<Resource> {
    let id = format!("{source}{name}");
    let span = entry.key_span;
    let Some(given) = entry.node.as_map() else {
        let message = format!("{source}.{id} should be a map.");
        return Err(Fault::resource(&id, message).at(entry.node.span));
    };
    let path = format!("Connectors.{name}.Properties");
    let mut properties = Owner::Attribute(source)
        .map(given.get("Properties"), &path)?
        .clone();
    let mut end = Map::new();
    put(&mut end, span, "Id", source);
    if let Some(reference) = properties.get("SourceReference").cloned() {
        let path = format!("{path}.SourceReference");
        let reference = Owner::Resource(source).map(Some(&reference), &path)?;
        if reference.contains_key("Id") {
            let message = "'Id' shouldn't be defined in 'SourceReference'.";
            return Err(Fault::resource(name, message));
        }
        for (key, entry) in reference.entries() {
            end.insert(key, entry.key_span, entry.node.clone());
        }
        properties.remove("SourceReference");
    }
    put(&mut properties, span, "Source", end);
    let mut declaration = given.clone();
    put(&mut declaration, span, "Type", KIND);
    put(&mut declaration, span, "Properties", properties);
    let entry = Entry {
        key_span: span,
        node: Node::new(entry.node.span, Value::Map(declaration)),
    };
    let sam = SamResource::read(&id, &entry)?;
    super::check_properties(&sam)?;
    let mut resource = Resource::from_sam(&sam, KIND);
    resource.properties = sam.properties;
    if work.resource(&id).is_some() {
        return Err(Fault::duplicate(source, &id, KIND));
    }
    Ok(resource)
}
