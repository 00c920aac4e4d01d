//! What of an application is to be built: one target for each function and layer whose code is on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::graph::function::Architecture;
use crate::graph::{App, Body, FunctionMetadata, LayerRef, Package, Resource, Setting};

use super::fault::Fault;
use super::method::{self, Method};
use super::rule::{self, Rules};

/// A function or layer whose code is on this machine.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its logical id in the application.
    pub id: String,
    /// Its logical id in the template; that of a layer differs from `id`, because SAM makes a new one for each version.
    pub name: String,
    /// `function` or `layer`.
    pub noun: &'static str,
    /// The folder or file with its code, absolute and without links on the way.
    pub source: PathBuf,
    /// The template's folder, absolute and without links on the way.
    pub base: PathBuf,
    /// Where the template says where the code is.
    pub span: Span,
    /// How it is built.
    pub method: Method,
    /// The layers of this template that the function has, by their ids in the application.
    pub layers: Vec<String>,
    /// Files and folders that are never packed wherever they lie, absolute and without links on the way.
    pub left_out: Vec<PathBuf>,
}

impl Target {
    /// Which files of `folder`, its source folder or a part of that, stay out of the artifact. `extra` are rules of the method.
    ///
    /// # Errors
    /// As [`Rules::of`].
    pub(super) fn rules(&self, folder: &Path, extra: &[&str]) -> Result<Rules, Fault> {
        let own: Vec<String> = self
            .left_out
            .iter()
            .filter_map(|path| rule::exactly(path.strip_prefix(folder).ok()?))
            .collect();
        let all: Vec<&str> = own
            .iter()
            .map(String::as_str)
            .chain(extra.iter().copied())
            .collect();
        Rules::of(folder, &self.base, &all)
    }
}

/// What the choice of the method depends on.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The logical id in the template.
    pub name: &'a str,
    /// Whether it is a layer.
    pub is_layer: bool,
    /// `nodejs22.x`; of a layer the first that it is made for.
    pub runtime: Option<&'a str>,
    /// `index.handler`.
    pub handler: Option<&'a str>,
    /// The processor.
    pub architecture: Architecture,
    /// `Metadata`.
    pub metadata: &'a FunctionMetadata,
    /// The folder or file with the code.
    pub source: &'a Path,
    /// The template's folder.
    pub base: &'a Path,
}

/// What is to be built, in the order of the template, and what is wrong with it.
///
/// Inline code and code that is in S3 already need no build. A container image that names no `ImageUri` is an error,
/// and so is code that is not there. Looks at the file system to choose the methods, and starts no tool.
pub fn targets(app: &App, base_dir: &Path) -> (Vec<Target>, Diagnostics) {
    targets_among(app, base_dir, &|_| true)
}

/// The same for those functions and layers that are wanted.
pub fn targets_among(
    app: &App,
    base_dir: &Path,
    is_wanted: &dyn Fn(&Resource) -> bool,
) -> (Vec<Target>, Diagnostics) {
    let mut targets = Vec::new();
    let mut diagnostics = Diagnostics::new();
    let base = fs::canonicalize(base_dir).unwrap_or_else(|_| base_dir.to_owned());
    for resource in app
        .resources
        .values()
        .filter(|resource| is_wanted(resource))
    {
        match target(resource, &base) {
            Ok(Some((target, warnings))) => {
                targets.push(target);
                diagnostics.extend(warnings);
            }
            Ok(None) => {}
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (targets, diagnostics)
}

fn target(
    resource: &Resource,
    base: &Path,
) -> Result<Option<(Target, Vec<Diagnostic>)>, Box<Diagnostic>> {
    let (package, metadata) = match &resource.body {
        Body::Function(function) => (&function.package, &function.metadata),
        Body::Layer(layer) => (&layer.content, &layer.metadata),
        _ => return Ok(None),
    };
    let name = resource.shown_id();
    let Some((path, span)) = local(name, package)? else {
        return Ok(None);
    };
    let source = fs::canonicalize(base.join(path))
        .map_err(|error| missing(name, &base.join(path), span, &error))?;
    let known = |setting: &Setting<String>| setting.known().cloned();
    let (noun, runtime, handler, architecture, layers) = match &resource.body {
        Body::Function(function) => (
            "function",
            function.runtime.as_ref().and_then(known),
            function.handler.as_ref().and_then(known),
            function.architecture,
            function.layers.iter().filter_map(own_layer).collect(),
        ),
        Body::Layer(layer) => {
            let runtime = layer.compatible_runtimes.iter().find_map(known);
            (
                "layer",
                runtime,
                None,
                layer_architecture(resource),
                Vec::new(),
            )
        }
        _ => return Ok(None),
    };
    let subject = Subject {
        name,
        is_layer: noun == "layer",
        runtime: runtime.as_deref(),
        handler: handler.as_deref(),
        architecture,
        metadata,
        source: &source,
        base,
    };
    let (method, warnings) = method::choose(&subject).map_err(|fault| {
        let at = fault_span(metadata, span);
        let mut diagnostic = Diagnostic::error(
            fault.code,
            format!("cannot build `{name}`: {}", fault.summary),
        )
        .at(at);
        diagnostic.help = fault.help;
        Box::new(diagnostic)
    })?;
    let warnings = warnings
        .into_iter()
        .map(|fault| {
            let mut warning =
                Diagnostic::warning(fault.code, format!("`{name}`: {}", fault.summary)).at(span);
            warning.help = fault.help;
            warning
        })
        .collect();
    let target = Target {
        id: resource.id.clone(),
        name: name.to_owned(),
        noun,
        source,
        base: base.to_owned(),
        span,
        method,
        layers,
        left_out: Vec::new(),
    };
    Ok(Some((target, warnings)))
}

/// The path, where the code is on this machine.
fn local<'a>(name: &str, package: &'a Package) -> Result<Option<(&'a str, Span)>, Box<Diagnostic>> {
    match package {
        Package::Local { path, span } => Ok(Some((path, *span))),
        Package::Image { uri: None, span } => Err(Box::new(
            Diagnostic::error(
                "build/image",
                format!("`{name}` is a container image that is yet to be built"),
            )
            .at(*span)
            .help("Hoist deploys zip packages only; push the image yourself and give `ImageUri`"),
        )),
        // What is unknown has been said when the application was read.
        Package::Image { .. }
        | Package::Inline { .. }
        | Package::S3(_)
        | Package::Unknown { .. } => Ok(None),
    }
}

fn missing(name: &str, path: &Path, span: Span, error: &std::io::Error) -> Box<Diagnostic> {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Box::new(
            Diagnostic::error(
                "build/no-source",
                format!("the code of `{name}` is not there: {}", path.display()),
            )
            .at(span)
            .help("it is a path from the template's folder"),
        );
    }
    Box::new(
        Diagnostic::error(
            "build/unreadable",
            format!(
                "the code of `{name}` cannot be read: {}: {error}",
                path.display()
            ),
        )
        .at(span),
    )
}

/// A fault of the method is at the method, where one is written.
fn fault_span(metadata: &FunctionMetadata, span: Span) -> Span {
    metadata.build_method.as_ref().map_or(span, Setting::span)
}

fn own_layer(layer: &LayerRef) -> Option<String> {
    match layer {
        LayerRef::Resource { id, .. } => Some(id.clone()),
        _ => None,
    }
}

/// `Metadata: BuildArchitecture`, else the first of `CompatibleArchitectures`, else `x86_64`, as in SAM.
fn layer_architecture(resource: &Resource) -> Architecture {
    let metadata = resource.metadata.as_ref();
    let text = metadata
        .and_then(|all| all.get("BuildArchitecture"))
        .and_then(|node| node.scalar_text())
        .or_else(|| {
            let properties = resource.properties.as_ref()?;
            let all = properties.get("CompatibleArchitectures")?.as_list()?;
            all.first()?.scalar_text()
        });
    match text.as_deref() {
        Some("arm64") => Architecture::Arm64,
        _ => Architecture::X86_64,
    }
}
