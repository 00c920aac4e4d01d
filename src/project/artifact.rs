//! Files on this machine that go to AWS: where the template names them, and putting what was made of them in their place.
//!
//! This is what `aws cloudformation package` and `sam package` do before SAM's transform runs; the names of versions and layers
//! that the transform makes then follow from the contents. Source: the resources in `samcli/lib/package/packageable_resources.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Map, Node, Template, Value};

/// The "bucket" of what was made from the user's files; the "key" is the SHA-256 of the contents in hex. No bucket of AWS can be
/// called so.
pub const ARTIFACT_BUCKET: &str = "Hoist::Artifact";

/// Contents by the logical id of the resource in the file that they belong to.
pub type Artifacts = BTreeMap<String, String>;

/// A property that may name a file or folder on this machine.
struct Place {
    resource_type: &'static str,
    property: &'static str,
    bucket: &'static str,
    key: &'static str,
    /// The file is sent as it is, and not built.
    is_document: bool,
}

const fn code(resource_type: &'static str, property: &'static str) -> Place {
    Place {
        resource_type,
        property,
        bucket: "Bucket",
        key: "Key",
        is_document: false,
    }
}

const fn document(resource_type: &'static str, property: &'static str) -> Place {
    Place {
        is_document: true,
        ..code(resource_type, property)
    }
}

const PLACES: [Place; 10] = [
    code("AWS::Serverless::Function", "CodeUri"),
    code("AWS::Serverless::LayerVersion", "ContentUri"),
    Place {
        bucket: "S3Bucket",
        key: "S3Key",
        ..code("AWS::Lambda::Function", "Code")
    },
    Place {
        bucket: "S3Bucket",
        key: "S3Key",
        ..code("AWS::Lambda::LayerVersion", "Content")
    },
    document("AWS::Serverless::Api", "DefinitionUri"),
    document("AWS::Serverless::HttpApi", "DefinitionUri"),
    document("AWS::Serverless::StateMachine", "DefinitionUri"),
    document("AWS::ApiGateway::RestApi", "BodyS3Location"),
    document("AWS::ApiGatewayV2::Api", "BodyS3Location"),
    document("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
];

/// A document that a template names by its path: a definition of an API or a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The logical id of the resource that it belongs to.
    pub id: String,
    /// The SHA-256 of its contents, in hex.
    pub digest: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The documents that a template names by their paths. One that cannot be read is an error.
pub(super) fn documents(template: &Template, base_dir: &Path) -> (Vec<Document>, Diagnostics) {
    let mut found = Vec::new();
    let mut diagnostics = Diagnostics::new();
    for (id, resource) in &template.resources {
        let places = PLACES
            .iter()
            .filter(|place| place.is_document && place.resource_type == resource.resource_type);
        for place in places {
            let written = resource
                .properties
                .as_ref()
                .and_then(|properties| properties.get(place.property));
            let Some((path, span)) = written.and_then(|node| Some((node.as_str()?, node.span)))
            else {
                continue;
            };
            if path.contains("://") || path.contains("{{resolve:") {
                continue;
            }
            match read(id, place.property, &base_dir.join(path), span) {
                Ok(document) => found.push(document),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
    }
    (found, diagnostics)
}

fn read(id: &str, property: &str, path: &Path, span: Span) -> Result<Document, Box<Diagnostic>> {
    match fs::read(path) {
        Ok(contents) => Ok(Document {
            id: id.to_owned(),
            digest: hex::encode(Sha256::digest(&contents)),
            path: path.to_owned(),
        }),
        Err(error) => {
            let summary = format!(
                "`{id}.{property}` cannot be read: {}: {error}",
                path.display()
            );
            let fault = Diagnostic::error("project/no-document", summary)
                .at(span)
                .help("It is a path from the template's folder.");
            Err(Box::new(fault))
        }
    }
}

/// The template with the contents in place of the paths. Resources that have none stay as they are.
pub(super) fn put_in(template: Template, artifacts: &Artifacts) -> Template {
    if artifacts.is_empty() {
        return template;
    }
    let Some(mut root) = template.root.as_map().cloned() else {
        return template;
    };
    let Some(resources) = root.get_mut("Resources").and_then(Node::as_map_mut) else {
        return template;
    };
    for (id, digest) in artifacts {
        let Some(place) = template.resources.get(id).and_then(|resource| {
            PLACES
                .iter()
                .find(|place| place.resource_type == resource.resource_type)
        }) else {
            continue;
        };
        if let Some(resource) = resources.get_mut(id) {
            put(resource, place, digest);
        }
    }
    let root = Node::new(template.root.span, Value::Map(root));
    // What is wrong with the sections was said when they were first read.
    Template::from_root(root, &mut Diagnostics::new()).unwrap_or(template)
}

fn put(resource: &mut Node, place: &Place, digest: &str) {
    let whole = resource.span;
    let Some(declaration) = resource.as_map_mut() else {
        return;
    };
    if !declaration.contains_key("Properties") {
        let empty = Node::new(whole, Value::Map(Map::new()));
        declaration.insert("Properties", whole, empty);
    }
    let Some(properties) = declaration.get_mut("Properties").and_then(Node::as_map_mut) else {
        return;
    };
    let (key_span, span) = properties
        .entry(place.property)
        .map_or((whole, whole), |entry| (entry.key_span, entry.node.span));
    let mut location = Map::new();
    location.insert(place.bucket, span, Node::string(span, ARTIFACT_BUCKET));
    location.insert(place.key, span, Node::string(span, digest));
    properties.insert(
        place.property,
        key_span,
        Node::new(span, Value::Map(location)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    fn template(text: &str) -> Template {
        let mut sources = Sources::new();
        let (template, found) =
            crate::template::parse(&mut sources, Path::new("t.yaml"), text.to_owned());
        assert!(!found.has_errors(), "{found:?}");
        template.unwrap()
    }

    const TEXT: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: src, Handler: a.b}}
  Bare: {Type: 'AWS::Serverless::Function'}
  L: {Type: 'AWS::Lambda::LayerVersion', Properties: {Content: layer}}
  M: {Type: 'AWS::Serverless::StateMachine', Properties: {DefinitionUri: m.json}}
  S: {Type: 'AWS::Serverless::StateMachine', Properties: {DefinitionUri: 's3://b/k'}}
";

    #[test]
    fn contents_take_the_place_of_paths_in_the_form_that_each_type_has() {
        let artifacts = ["F", "Bare", "L"].map(|id| (id.to_owned(), format!("digest-of-{id}")));
        let template = put_in(template(TEXT), &Artifacts::from(artifacts));
        let property = |id: &str, name: &str| {
            let properties = template.resources[id].properties.as_ref().unwrap();
            properties.get(name).unwrap().to_json().to_string()
        };
        assert_eq!(
            property("F", "CodeUri"),
            r#"{"Bucket":"Hoist::Artifact","Key":"digest-of-F"}"#
        );
        assert_eq!(
            property("Bare", "CodeUri"),
            r#"{"Bucket":"Hoist::Artifact","Key":"digest-of-Bare"}"#
        );
        assert_eq!(
            property("L", "Content"),
            r#"{"S3Bucket":"Hoist::Artifact","S3Key":"digest-of-L"}"#
        );
        assert_eq!(property("M", "DefinitionUri"), "\"m.json\"");
        assert_eq!(property("F", "Handler"), "\"a.b\"");
    }

    #[test]
    fn documents_are_read_and_missing_ones_are_said_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let template = template(TEXT);
        let (found, diagnostics) = documents(&template, folder.path());
        assert!(found.is_empty());
        assert_eq!(
            diagnostics.iter().next().unwrap().code,
            "project/no-document"
        );
        fs::write(folder.path().join("m.json"), "{}").unwrap();
        let (found, diagnostics) = documents(&template, folder.path());
        assert!(diagnostics.is_empty());
        assert_eq!(found[0].id, "M");
        assert!(found[0].digest.starts_with("44136fa355b3678a"));
    }
}
