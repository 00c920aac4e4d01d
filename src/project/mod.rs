//! The whole front half in one call: a template's file → the application it describes.

mod artifact;
mod expand;
mod front;
mod local_scope;
mod locate;
mod outline;
mod physical;
mod validate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Severity, Sources, Span};
use crate::eval::{self, Evaluation, Evaluator, Inputs, Parameters, Scope, TemplateScope};
use crate::graph::{self, App, Package};
use crate::sam::Origin;
use crate::template::{Map, Node, Template, Value};

use front::Front;
use local_scope::LocalScope;

pub use artifact::{ARTIFACT_BUCKET, Artifacts, Document};
pub use expand::{Transformed, expand};
pub use locate::{TEMPLATE_NAMES, locate};
pub use outline::{Named, Outline, outline};
pub use validate::{Scrutiny, Validated, validate};

/// The account that local ARNs name: the one AWS's documentation uses for examples.
pub const LOCAL_ACCOUNT: &str = "123456789012";

/// What a template is evaluated with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Values for the template's parameters, by name.
    pub parameters: BTreeMap<String, String>,
    /// `eu-central-1`; the template's `AWS::Region`.
    pub region: String,
    /// 12 digits.
    pub account: String,
    /// The folder's name when none is given.
    pub stack_name: Option<String>,
    /// Whether it is for a deployment: documents that the template names are read too.
    pub for_deployment: bool,
    /// What was made of the files that the template names, for a deployment; empty otherwise.
    pub artifacts: Artifacts,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            parameters: BTreeMap::new(),
            region: "us-east-1".into(),
            account: LOCAL_ACCOUNT.into(),
            stack_name: None,
            for_deployment: false,
            artifacts: Artifacts::new(),
        }
    }
}

/// A project as far as it could be loaded, and everything there is to say about it.
#[derive(Debug)]
pub struct Loaded {
    /// None when the template could not be read at all.
    pub app: Option<App>,
    /// Evaluated with what is known locally.
    pub template: Option<Template>,
    /// Evaluated without knowing any resource: references to them stand. What is deployed.
    pub structure: Option<Template>,
    /// As SAM's transform made it, nothing evaluated, for a deployment.
    pub expanded: Option<Template>,
    /// Documents that the template names by their paths.
    pub documents: Vec<Document>,
    /// The values of its parameters; those of `NoEcho` ones are hidden in messages.
    pub parameters: Parameters,
    /// Every file that was read: diagnostics point into them.
    pub sources: Sources,
    /// In the order of the text.
    pub diagnostics: Diagnostics,
    /// The template, as it was named or found.
    pub path: PathBuf,
    /// The template's folder, absolute when it exists: relative paths in the template start here.
    pub base_dir: PathBuf,
    /// The stack's name that was used.
    pub stack_name: String,
    /// The types of SAM's resources that are wrong and therefore missing from `app`, by logical id.
    pub failed: IndexMap<String, String>,
    /// Where each resource of the file is declared, from its logical id to its end, by logical id.
    pub declarations: IndexMap<String, Span>,
}

/// Loads the template `path`, or the one in the folder `path` (the empty path is the current folder): reads it, puts
/// includes in, runs loops and SAM's transform, evaluates what comes out and builds the application of it.
///
/// Reads files and the clock, and nothing else of the machine. Whatever goes wrong is among the diagnostics.
pub fn load(path: &Path, options: &Options) -> Loaded {
    let mut loaded = of_front(front::run(path, options), options);
    loaded.diagnostics = sorted(loaded.diagnostics);
    loaded
}

/// Evaluates what SAM's transform made and builds the application of it.
fn of_front(front: Front, options: &Options) -> Loaded {
    let mut loaded = Loaded {
        app: None,
        template: None,
        structure: None,
        expanded: None,
        documents: front.documents,
        parameters: Parameters::default(),
        sources: front.sources,
        diagnostics: front.diagnostics,
        stack_name: stack_name(options, &front.base_dir),
        path: front.path,
        base_dir: front.base_dir,
        failed: IndexMap::new(),
        declarations: IndexMap::new(),
    };
    if let Some(expansion) = front.expanded {
        let before = front.before.as_ref().map(|(_, unrolled)| unrolled);
        loaded.build(expansion, before, options);
    }
    loaded
}

/// SAM's transform drops the `Metadata` of a layer, and building it depends on that: takes it from the template as it
/// was `before`.
fn keep_layer_metadata(
    template: &mut Template,
    before: &Template,
    origins: &IndexMap<String, graph::Origin>,
) {
    for (id, resource) in &mut template.resources {
        if resource.resource_type == "AWS::Lambda::LayerVersion" && resource.metadata.is_none() {
            let origin = origins.get(id).map_or(id, |origin| &origin.id);
            let written = before.resources.get(origin);
            resource.metadata = written.and_then(|written| written.metadata.clone());
        }
    }
}

impl Loaded {
    /// The logical ids of the functions that are wrong and therefore missing from the application.
    pub fn failed_functions(&self) -> impl Iterator<Item = &str> {
        self.failed
            .iter()
            .filter(|(_, kind)| *kind == "AWS::Serverless::Function")
            .map(|(id, _)| id.as_str())
    }

    fn build(&mut self, expansion: front::Expansion, before: Option<&Template>, options: &Options) {
        self.failed = expansion.failed;
        self.declarations = expansion.declarations;
        let pseudo = TemplateScope::new(&options.region)
            .account(&options.account)
            .stack_name(&self.stack_name);
        if options.for_deployment {
            self.expanded = Some(expansion.template.clone());
        }
        let origins = expansion.origins.into_iter().map(|(id, origin)| {
            let Origin { id: from, span } = origin;
            (id, graph::Origin { id: from, span })
        });
        let origins = origins.collect();
        let mut evaluation = self.evaluate(expansion.template, options, &pseudo);
        if let Some(before) = before {
            keep_layer_metadata(&mut evaluation.template, before, &origins);
        }
        let local = LocalScope::new(
            &evaluation.template,
            &evaluation.parameters,
            &pseudo,
            &options.region,
            &options.account,
        );
        let values = known_values(&evaluation, &local, &mut self.diagnostics);
        let (app, diagnostics) = graph::build(graph::Input {
            structure: &evaluation.template,
            excluded: &evaluation.excluded,
            values: &values,
            origins: &origins,
        });
        for diagnostic in diagnostics {
            if !already_said(&diagnostic, &self.diagnostics) && !self.is_about_failed(&diagnostic) {
                self.diagnostics
                    .push(masked(diagnostic, &evaluation.parameters));
            }
        }
        self.app = Some(app);
        self.template = Some(values);
        self.structure = Some(evaluation.template);
        self.parameters = evaluation.parameters;
    }

    /// Evaluates without knowing any resource, so that references to them stay.
    fn evaluate(
        &mut self,
        template: Template,
        options: &Options,
        pseudo: &TemplateScope,
    ) -> Evaluation {
        // What could be included was, before SAM's transform; why the rest could not be has been said.
        let loader = |_: &str, span: Span| Err(Diagnostic::error(SAID_BEFORE, "").at(span));
        let inputs = Inputs {
            parameters: &options.parameters,
            scope: pseudo,
            loader: &loader,
        };
        let (evaluation, diagnostics) = eval::evaluate(template, &inputs);
        let new = diagnostics
            .into_iter()
            .filter(|one| one.code != SAID_BEFORE && !self.is_about_failed(one));
        let new: Vec<Diagnostic> = new.collect();
        self.diagnostics.extend(new);
        evaluation
    }

    /// Whether a diagnostic is only about the absence of what SAM could not make: why it could not has been said.
    fn is_about_failed(&self, diagnostic: &Diagnostic) -> bool {
        if !matches!(
            diagnostic.code,
            "eval/unknown-reference" | "graph/unknown-reference"
        ) {
            return false;
        }
        // Every second part stands in backquotes. What SAM makes is named after what it is made for.
        let names = diagnostic.summary.split('`').skip(1).step_by(2);
        names.last().is_some_and(|name| {
            self.failed
                .keys()
                .any(|failed| name.starts_with(failed.as_str()))
                || (!self.failed.is_empty() && name.starts_with("Serverless"))
        })
    }
}

/// The code of what was said when includes were put in.
const SAID_BEFORE: &str = "project/include";

/// The template with what the local scope knows put in.
fn known_values(
    evaluation: &Evaluation,
    scope: &dyn Scope,
    diagnostics: &mut Diagnostics,
) -> Template {
    let structure = &evaluation.template;
    let mut values = structure.clone();
    let mut evaluator = Evaluator::new(structure, &evaluation.parameters, scope);
    for resource in values.resources.values_mut() {
        resource.properties = resource
            .properties
            .as_ref()
            .and_then(|node| evaluator.value(node));
        resource.metadata = resource
            .metadata
            .as_ref()
            .and_then(|node| evaluator.value(node));
    }
    for output in values.outputs.values_mut() {
        output.value = output.value.as_ref().and_then(|node| evaluator.value(node));
        output.export = output
            .export
            .as_ref()
            .and_then(|node| evaluator.value(node));
    }
    values.root = with_resources(structure, &values);
    for diagnostic in evaluator.into_diagnostics() {
        // Only what the first evaluation could not see is new: it knew the same names.
        let about_names = matches!(
            diagnostic.code,
            "eval/unknown-reference" | "eval/excluded-resource"
        );
        if !about_names {
            diagnostics.push(diagnostic);
        }
    }
    values
}

/// The tree again, with the properties that are known now.
fn with_resources(structure: &Template, values: &Template) -> Node {
    let root = &structure.root;
    let (Some(map), Some(section)) = (root.as_map(), root.get("Resources").and_then(Node::as_map))
    else {
        return root.clone();
    };
    let mut resources = section.clone();
    for (id, resource) in &values.resources {
        let (Some(entry), Some(properties)) = (section.entry(id), &resource.properties) else {
            continue;
        };
        let (Some(attributes), Some(span)) = (
            entry.node.as_map(),
            entry.node.as_map().and_then(|map| map.entry("Properties")),
        ) else {
            continue;
        };
        let mut attributes: Map = attributes.clone();
        attributes.insert("Properties", span.key_span, properties.clone());
        let node = Node::new(entry.node.span, Value::Map(attributes));
        resources.insert(id, entry.key_span, node);
    }
    let mut sections = map.clone();
    if let Some(entry) = map.entry("Resources") {
        let node = Node::new(entry.node.span, Value::Map(resources));
        sections.insert("Resources", entry.key_span, node);
    }
    Node::new(root.span, Value::Map(sections))
}

/// Whether the evaluation said the same about the same place: both look for names that are not there.
fn already_said(diagnostic: &Diagnostic, said: &Diagnostics) -> bool {
    let twin = match diagnostic.code {
        // A value that is unknown because it is wrong.
        "graph/unknown-value" => {
            return diagnostic.span().is_some_and(|span| is_wrong(span, said));
        }
        "graph/unknown-reference" => "eval/unknown-reference",
        "graph/absent-resource" => "eval/excluded-resource",
        _ => return false,
    };
    said.iter().any(|other| {
        other.code == twin
            && other.span() == diagnostic.span()
            && other
                .summary
                .split('`')
                .nth(1)
                .is_some_and(|name| diagnostic.summary.contains(&format!("`{name}`")))
    })
}

/// Values of `NoEcho` parameters never appear in a message.
fn masked(mut diagnostic: Diagnostic, parameters: &Parameters) -> Diagnostic {
    diagnostic.summary = parameters.mask(&diagnostic.summary);
    for label in &mut diagnostic.labels {
        label.message = parameters.mask(&label.message);
    }
    for help in &mut diagnostic.help {
        *help = parameters.mask(help);
    }
    diagnostic
}

/// Whether there is an error about this very place.
fn is_wrong(span: Span, said: &Diagnostics) -> bool {
    said.iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error && diagnostic.span() == Some(span))
}

/// In the order of the text; what has no place comes first.
fn sorted(diagnostics: Diagnostics) -> Diagnostics {
    let mut all: Vec<Diagnostic> = diagnostics.into_iter().collect();
    all.sort_by_key(|diagnostic| diagnostic.span().map(|span| (span.source, span.start)));
    let mut sorted = Diagnostics::new();
    sorted.extend(all);
    sorted
}

/// Checks that the local code of every function and layer is there.
///
/// # Errors
/// None: what is missing comes back as diagnostics.
pub fn check_code(app: &App, base_dir: &Path) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let packages = app
        .resources
        .values()
        .filter_map(|resource| match &resource.body {
            graph::Body::Function(function) => Some((resource.shown_id(), &function.package)),
            graph::Body::Layer(layer) => Some((resource.shown_id(), &layer.content)),
            _ => None,
        });
    for (id, package) in packages {
        let Package::Local { path, span } = package else {
            continue;
        };
        let absolute = base_dir.join(path);
        if !absolute.exists() {
            diagnostics.push(
                Diagnostic::error(
                    "project/no-code",
                    format!("the code of `{id}` is not there: {}", absolute.display()),
                )
                .at(*span)
                .help("It is a path from the template's folder."),
            );
        }
    }
    diagnostics
}

/// The name of a stack that nobody named: that of the folder of the template `path` (or of the folder `path`).
pub fn default_stack_name(path: &Path) -> String {
    let found = locate::locate(path).unwrap_or_else(|_| path.join(TEMPLATE_NAMES[0]));
    name_of_folder(&front::base_dir(&found))
}

fn stack_name(options: &Options, base_dir: &Path) -> String {
    match &options.stack_name {
        Some(name) => name.clone(),
        None => name_of_folder(base_dir),
    }
}

/// A folder's name as a stack may be called: letters, digits and hyphens, a letter first.
fn name_of_folder(base_dir: &Path) -> String {
    let folder = base_dir
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        "local".into()
    }
}
