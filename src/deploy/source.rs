//! The user's files → what a plan is made from and carried out with.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::diag::Sources;
use crate::eval::{Content, Parameters, TemplateScope, partition};
use crate::project::{ARTIFACT_BUCKET, Loaded};
use crate::template::{self, Function, Node, Template, Value};

use super::apply::{Resolver, World};
use super::pace::Paces;
use super::plan::Request;
use super::provider::Providers;
use super::state::{RECORD_FORMAT, Record, State};
use super::value::Secrets;

/// Where a stack is, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The stack's name.
    pub stack: String,
    /// `eu-central-1`.
    pub region: String,
    /// 12 digits.
    pub account: String,
}

impl Place {
    /// The stack's ARN. AWS does not know it; templates cut pieces out of it that have to be the same at every deployment.
    pub fn stack_id(&self) -> String {
        let Place {
            stack,
            region,
            account,
        } = self;
        let hash = Sha256::digest(format!("{account}/{region}/{stack}"));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        // A UUID made from a hash; source: RFC 9562, version 8.
        let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
        let partition = partition(region);
        format!("arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/{id}")
    }

    /// The stack's surroundings for the functions of its template.
    pub fn pseudo(&self) -> TemplateScope {
        TemplateScope::new(&self.region)
            .account(&self.account)
            .stack_name(&self.stack)
            .stack_id(self.stack_id())
    }
}

/// A template that can be deployed, with the files that go along.
#[derive(Debug)]
pub struct Source {
    /// The files that diagnostics point into.
    pub sources: Sources,
    /// Documents that the template names by their paths.
    pub documents: Vec<PathBuf>,
    /// Where it goes.
    pub place: Place,
    parameters: Parameters,
    expanded: Json,
    pseudo: TemplateScope,
    secrets: Secrets,
    structure: Template,
    files: Arc<HashMap<String, PathBuf>>,
}

impl Source {
    /// A template with the files that its artifacts are, by their SHA-256. None when the template could not be read.
    pub fn new(
        mut loaded: Loaded,
        place: Place,
        mut files: HashMap<String, PathBuf>,
    ) -> Option<Self> {
        let structure = loaded.structure.take()?;
        for document in &loaded.documents {
            files.insert(document.digest.clone(), document.path.clone());
        }
        let documents = loaded.documents.iter();
        Some(Source {
            documents: documents.map(|document| document.path.clone()).collect(),
            secrets: Secrets::new(&loaded.parameters, &place.stack_id()),
            pseudo: place.pseudo(),
            structure,
            expanded: loaded
                .expanded
                .map_or(Json::Null, |template| template.root.to_json()),
            sources: loaded.sources,
            parameters: loaded.parameters,
            place,
            files: Arc::new(files),
        })
    }

    /// The same template, with what it imports from other stacks.
    pub fn importing(mut self, exports: impl IntoIterator<Item = (String, Json)>) -> Self {
        for (name, value) in exports {
            self.pseudo = self.pseudo.import(name, value);
        }
        self
    }

    /// Adds files that the template names by their SHA-256.
    pub fn add_files(&mut self, files: impl IntoIterator<Item = (String, PathBuf)>) {
        Arc::make_mut(&mut self.files).extend(files);
    }

    /// Whether the template imports anything from other stacks.
    pub fn imports(&self) -> bool {
        imports(&self.structure.root)
    }

    /// A template without anything: what a stack becomes that is destroyed.
    pub fn nothing(place: Place) -> Self {
        let mut sources = Sources::new();
        let (template, _) = template::parse(
            &mut sources,
            Path::new("nothing"),
            "{\"Resources\": {}}".to_owned(),
        );
        let structure = template.unwrap_or_else(|| unreachable!("an empty template can be read"));
        Source {
            sources,
            documents: Vec::new(),
            secrets: Secrets::default(),
            pseudo: place.pseudo(),
            parameters: Parameters::default(),
            expanded: Json::Null,
            structure,
            place,
            files: Arc::default(),
        }
    }

    /// The template without SAM's types, references to resources left standing.
    pub fn structure(&self) -> &Template {
        &self.structure
    }

    /// What must not be shown.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What is kept of a deployment that is done. None when there is nothing to go back to.
    pub fn record(&self, state: &State) -> Option<Record> {
        let number = state.deployments.last()?.number;
        let given = |name: &str| {
            let value = self.parameters.value(name)?;
            let text = match &value.content {
                Content::Text(text) => text.clone(),
                Content::List(items) => items.join(","),
                Content::Missing | Content::Remote(_) => return None,
            };
            (value.given && !value.no_echo).then(|| (name.to_owned(), text))
        };
        let is_hidden = |name: &&str| {
            self.parameters
                .value(name)
                .is_some_and(|value| value.no_echo)
        };
        self.expanded.is_object().then(|| Record {
            format: RECORD_FORMAT,
            number,
            template: self.expanded.clone(),
            parameters: self.parameters.names().filter_map(given).collect(),
            hidden: self
                .parameters
                .names()
                .filter(is_hidden)
                .map(str::to_owned)
                .collect(),
            tags: state.tags.clone().into_iter().collect(),
            resources: state.resources.clone(),
        })
    }

    /// What planning needs.
    pub fn request<'a>(&'a self, state: &'a State, providers: &'a Providers) -> Request<'a> {
        Request {
            tags: None,
            structure: &self.structure,
            parameters: &self.parameters,
            pseudo: &self.pseudo,
            state,
            providers,
            secrets: &self.secrets,
            only: &[],
            exclude_code: false,
        }
    }

    /// What carrying a plan out needs. `now` is seconds since 1970.
    pub fn world<'a>(
        &'a self,
        providers: &'a Providers,
        resolver: &'a dyn Resolver,
        tags: &'a BTreeMap<String, String>,
        now: u64,
    ) -> World<'a> {
        World {
            providers,
            structure: &self.structure,
            parameters: &self.parameters,
            pseudo: &self.pseudo,
            secrets: &self.secrets,
            resolver,
            tags,
            artifacts: Arc::clone(&self.files),
            code: self.code(),
            back_to: None,
            now,
            paces: Paces::default(),
            stop: Arc::default(),
        }
    }

    /// The SHA-256 of the code of each function that is built from the user's files, by logical id.
    pub fn code(&self) -> BTreeMap<String, String> {
        let functions = self
            .structure
            .resources
            .iter()
            .filter(|(_, resource)| resource.resource_type == "AWS::Lambda::Function");
        functions
            .filter_map(|(id, resource)| {
                let code = resource.properties.as_ref()?.get("Code")?;
                let bucket = code.get("S3Bucket").and_then(Node::as_str)?;
                let digest = code.get("S3Key").and_then(Node::as_str)?;
                (bucket == ARTIFACT_BUCKET).then(|| (id.clone(), digest.to_owned()))
            })
            .collect()
    }
}

fn imports(node: &Node) -> bool {
    let is_import = |function: &Function| *function == Function::ImportValue;
    match &node.value {
        Value::Call(call) => is_import(&call.function) || imports(&call.argument),
        Value::Unknown(unknown) => {
            is_import(&unknown.call.function) || imports(&unknown.call.argument)
        }
        Value::List(items) => items.iter().any(imports),
        Value::Map(map) => map.iter().any(|(_, item)| imports(item)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_stack_has_aws_form_and_stays() {
        let place = Place {
            stack: "orders".into(),
            region: "cn-north-1".into(),
            account: "123456789012".into(),
        };
        let id = place.stack_id();
        assert!(
            id.starts_with("arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/orders/"),
            "{id}"
        );
        assert_eq!(id.rsplit('/').next().unwrap().len(), 36);
        assert_eq!(id, place.stack_id());
        let other = Place {
            stack: "other".into(),
            ..place
        };
        assert_ne!(id, other.stack_id());
    }
}
