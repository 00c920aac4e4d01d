//! What loading and expanding have in common: a template's file → the CloudFormation template it stands for.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Sources, Span};
use crate::eval::{self, Inputs, TemplateScope};
use crate::sam::{self, Context, LocalCode, Origin};
use crate::template::{self, Node, Template, Value};

use super::artifact::{self, Document};
use super::{Options, locate};

const SAM: &str = "AWS::Serverless::";
const SAM_TRANSFORM: &str = "AWS::Serverless-";

/// A template after SAM's transform, as far as it could be made.
#[derive(Debug)]
pub(super) struct Front {
    /// The template, as it was named or found.
    pub path: PathBuf,
    /// The template's folder, absolute when it exists.
    pub base_dir: PathBuf,
    /// Every file that was read.
    pub sources: Sources,
    /// Everything there is to say so far.
    pub diagnostics: Diagnostics,
    /// As it was read, and with its includes and loops put in; none when it could not be read.
    pub before: Option<(Template, Template)>,
    /// Documents that the template names by their paths.
    pub documents: Vec<Document>,
    /// None when the template could not be read.
    pub expanded: Option<Expansion>,
}

/// What SAM's transform made of a template.
#[derive(Debug)]
pub(super) struct Expansion {
    /// Without SAM's resources; what is wrong is missing.
    pub template: Template,
    /// For every resource of `template`, by logical id, which one of the file it came from.
    pub origins: IndexMap<String, Origin>,
    /// The types of SAM's resources that could not be expanded, by logical id.
    pub failed: IndexMap<String, String>,
    /// Where the resources of the file are declared, by their logical ids.
    pub declarations: IndexMap<String, Span>,
}

/// Reads the template `path` (or the one in that folder), puts its includes in, runs its loops and then SAM's transform.
///
/// Reads files and the clock, and nothing else of the machine. Paths to code stay as they are.
pub(super) fn run(path: &Path, options: &Options) -> Front {
    let mut front = Front {
        path: path.to_path_buf(),
        base_dir: path.to_path_buf(),
        sources: Sources::new(),
        diagnostics: Diagnostics::new(),
        before: None,
        documents: Vec::new(),
        expanded: None,
    };
    let text = locate::locate(path).and_then(|found| {
        front.path = found;
        locate::read(&front.path, front.path.display())
    });
    front.base_dir = base_dir(&front.path);
    match text {
        Ok(text) => front.read(text, options),
        Err(diagnostic) => front.diagnostics.push(*diagnostic),
    }
    front
}

impl Front {
    fn read(&mut self, text: String, options: &Options) {
        let (template, found) = template::parse(&mut self.sources, &self.path, text);
        self.diagnostics.extend(found);
        let Some(template) = template else {
            return;
        };
        for parameter in template.parameters.values().filter(|one| one.no_echo) {
            // Whatever diagnostic shows the line, now or later, shows no secret.
            parameter
                .default
                .iter()
                .for_each(|secret| self.sources.mask(secret.span));
        }
        let written = template.clone();
        let template = self.unrolled(template, options);
        self.before = Some((written, template.clone()));
        check_transform(&template, &mut self.diagnostics);
        let declarations = declarations(&template);
        if options.for_deployment {
            let (documents, found) = artifact::documents(&template, &self.base_dir);
            self.documents = documents;
            self.diagnostics.extend(found);
        }
        let template = artifact::put_in(template, &options.artifacts);
        // What is wrong with the section has been said by the reader.
        let is_empty = template.resources.is_empty() && self.diagnostics.has_errors();
        let (template, origins, failed) = match is_sam(&template) && !is_empty {
            true => self.transformed(template, options),
            false => {
                let origins = itself(&template);
                (template, origins, IndexMap::new())
            }
        };
        self.expanded = Some(Expansion {
            template,
            origins,
            failed,
            declarations,
        });
    }

    /// The template with its includes and loops put in.
    fn unrolled(&mut self, template: Template, options: &Options) -> Template {
        let sources = RefCell::new(std::mem::take(&mut self.sources));
        let inside = RefCell::new(Diagnostics::new());
        let (template, found) = {
            let loader = |location: &str, span: Span| {
                let path = self.base_dir.join(location);
                let text = locate::read(&path, location).map_err(|diagnostic| {
                    let mut diagnostic = *diagnostic;
                    diagnostic.help = vec!["The path starts at the template's folder.".into()];
                    diagnostic.at(span)
                })?;
                let (node, found) = template::read(&mut sources.borrow_mut(), &path, text);
                inside.borrow_mut().extend(found);
                node.ok_or_else(|| {
                    Diagnostic::error(
                        "project/include",
                        format!("`{location}` could not be included"),
                    )
                    .at(span)
                })
            };
            let scope = TemplateScope::new(&options.region);
            let inputs = Inputs {
                parameters: &options.parameters,
                scope: &scope,
                loader: &loader,
            };
            eval::unroll(template, &inputs)
        };
        self.sources = sources.into_inner();
        self.diagnostics.extend(inside.into_inner());
        self.diagnostics.extend(found);
        template
    }

    fn transformed(
        &mut self,
        template: Template,
        options: &Options,
    ) -> (Template, IndexMap<String, Origin>, IndexMap<String, String>) {
        let mut others = template.transforms.clone();
        others.retain(|transform| !transform.name.starts_with(SAM_TRANSFORM));
        let types: IndexMap<String, String> = template
            .resources
            .iter()
            .map(|(id, resource)| (id.clone(), resource.resource_type.clone()))
            .collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let context = Context {
            region: &options.region,
            parameters: &options.parameters,
            local_code: LocalCode::Keep,
            now: now.unwrap_or_default().as_secs(),
        };
        let mut expanded = sam::expand(template, &context);
        self.diagnostics.extend(expanded.diagnostics);
        // What the other transforms allow is still allowed.
        expanded.template.transforms = others;
        let failed = expanded.failed.into_iter().map(|id| {
            let kind = types.get(&id).cloned().unwrap_or_default();
            (id, kind)
        });
        (expanded.template, expanded.origins, failed.collect())
    }
}

/// Whether the template has anything that SAM's transform would change. The transform's checks are not meant for others.
fn is_sam(template: &Template) -> bool {
    template
        .transforms
        .iter()
        .any(|transform| transform.name.starts_with(SAM_TRANSFORM))
        || template.globals.is_some()
        || template.resources.values().any(|resource| {
            resource.resource_type.starts_with(SAM) || resource.connectors.is_some()
        })
}

/// The origins of resources that SAM did not make.
fn itself(template: &Template) -> IndexMap<String, Origin> {
    let origin = |(id, resource): (&String, &template::Resource)| {
        let origin = Origin {
            id: id.clone(),
            span: resource.id_span,
        };
        (id.clone(), origin)
    };
    template.resources.iter().map(origin).collect()
}

/// From the logical id to the end of each declaration.
fn declarations(template: &Template) -> IndexMap<String, Span> {
    let resources = template.root.get("Resources").and_then(Node::as_map);
    resources
        .into_iter()
        .flat_map(|map| map.entries())
        .filter(|(_, entry)| matches!(entry.node.value, Value::Map(_)))
        .map(|(id, entry)| {
            let mut span = entry.key_span;
            if entry.node.span.source == span.source {
                span.end = span.end.max(entry.node.span.end);
            }
            (id.to_owned(), span)
        })
        .collect()
}

/// SAM's types mean nothing without SAM's transform.
fn check_transform(template: &Template, diagnostics: &mut Diagnostics) {
    if template
        .transforms
        .iter()
        .any(|transform| transform.name.starts_with(SAM_TRANSFORM))
    {
        return;
    }
    let mut resources = template.resources.values();
    if let Some(first) = resources.find(|resource| resource.resource_type.starts_with(SAM)) {
        diagnostics.push(
            Diagnostic::warning(
                "project/no-transform",
                format!(
                    "`{}` is a type of SAM, and the template does not say that it is one",
                    first.resource_type
                ),
            )
            .at(first.type_span)
            .help("Write `Transform: AWS::Serverless-2016-10-31` at the top; CloudFormation refuses it otherwise."),
        );
    }
}

pub(super) fn base_dir(template: &Path) -> PathBuf {
    let parent = match template.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    parent
        .canonicalize()
        .unwrap_or_else(|_| parent.to_path_buf())
}
