//! Functions whose handler is in a file that is not there.

use std::path::Path;

use crate::diag::{Diagnostic, Span};
use crate::template::{Node, Resource};

use super::Exists;

/// Looks at functions whose code is a folder on this machine and whose handler names a file.
///
/// What a build of the function's own makes (`BuildMethod: makefile`) cannot be known before it ran.
pub(super) fn check(
    id: &str,
    resource: &Resource,
    exists: &Exists<'_>,
    found: &mut Vec<Diagnostic>,
) {
    if resource.resource_type == "AWS::Lambda::LayerVersion" {
        layer(id, resource, exists, found);
    }
    if resource.resource_type != "AWS::Lambda::Function" {
        return;
    }
    let Some(properties) = resource.properties.as_ref() else {
        return;
    };
    let text = |name: &str| properties.get(name).and_then(Node::as_str);
    let (Some(code), Some(handler), Some(runtime)) =
        (text("Code"), text("Handler"), text("Runtime"))
    else {
        return;
    };
    if is_elsewhere(code) {
        return;
    }
    let folder = Path::new(code);
    if !exists(folder) {
        let span = properties
            .get("Code")
            .map_or(resource.id_span, |node| node.span);
        found.push(no_code(id, code, span));
        return;
    }
    let build = metadata(resource, "BuildMethod").and_then(Node::as_str);
    if is_archive(code) || matches!(build, Some("makefile")) || handler.starts_with('/') {
        return;
    }
    let files = files(runtime, handler, build == Some("esbuild"));
    if files.is_empty() || files.iter().any(|file| exists(&folder.join(file))) {
        return;
    }
    if build == Some("esbuild") && is_entry_point(resource, handler) {
        return;
    }
    let span = properties
        .get("Handler")
        .map_or(resource.id_span, |node| node.span);
    let summary = format!(
        "the handler of `{id}` is not there: {code} has no {}",
        files.first().map(String::as_str).unwrap_or_default()
    );
    // A layer may bring the handler along, as those of monitoring services do.
    let fault = match properties.get("Layers") {
        None => Diagnostic::error("check/no-handler", summary),
        Some(_) => Diagnostic::warning("check/no-handler", summary)
            .help("One of the function's layers may have it."),
    };
    found.push(
        fault
            .at(span)
            .help("A handler is written `folder/file.function`, from the folder of the code."),
    );
}

/// The content of a layer that is a folder or a file on this machine.
fn layer(id: &str, resource: &Resource, exists: &Exists<'_>, found: &mut Vec<Diagnostic>) {
    let content = resource
        .properties
        .as_ref()
        .and_then(|properties| properties.get("Content"));
    if let Some(node) = content
        && let Some(path) = node.as_str()
        && !is_elsewhere(path)
        && !exists(Path::new(path))
    {
        found.push(no_code(id, path, node.span));
    }
}

fn no_code(id: &str, path: &str, span: Span) -> Diagnostic {
    let summary = format!("the code of `{id}` is not there: {path}");
    Diagnostic::error("project/no-code", summary)
        .at(span)
        .help("Paths start at the template's folder.")
}

fn is_elsewhere(code: &str) -> bool {
    code.contains("://") || code.contains("{{resolve:") || code.is_empty()
}

fn is_archive(code: &str) -> bool {
    let ending = Path::new(code)
        .extension()
        .and_then(|ending| ending.to_str());
    matches!(ending, Some("zip" | "jar" | "war" | "wasm"))
}

fn metadata<'a>(resource: &'a Resource, name: &str) -> Option<&'a Node> {
    resource.metadata.as_ref()?.get(name)
}

/// The files that may hold a handler, the one that is meant first. None for runtimes whose handlers are no files.
///
/// Source: the pages "Define Lambda function handler" of each language in the AWS Lambda developer guide.
fn files(runtime: &str, handler: &str, is_bundled: bool) -> Vec<String> {
    let endings: &[&str] = if runtime.starts_with("nodejs") {
        match is_bundled {
            true => &["js", "ts", "mjs", "cjs", "mts", "cts", "jsx", "tsx"],
            // TypeScript is for `sam build`, which may be told so on its command line.
            false => &["js", "mjs", "cjs", "ts", "mts", "cts"],
        }
    } else if runtime.starts_with("python") {
        &["py", "pyc", "so"]
    } else if runtime.starts_with("ruby") {
        &["rb"]
    } else {
        return Vec::new();
    };
    let module = if runtime.starts_with("nodejs") {
        // The name ends at the first point after the folders.
        let name_start = handler.rfind('/').map_or(0, |slash| slash + 1);
        match handler[name_start..].find('.') {
            Some(dot) => handler[..name_start + dot].to_owned(),
            None => return Vec::new(),
        }
    } else {
        match handler.rsplit_once('.') {
            // Ruby's method may belong to a class: `file.Class.method`.
            Some((module, _)) if runtime.starts_with("ruby") => {
                module.split('.').next().unwrap_or(module).to_owned()
            }
            Some((module, _)) => module.replace('.', "/"),
            None => return Vec::new(),
        }
    };
    let mut files: Vec<String> = endings
        .iter()
        .map(|ending| format!("{module}.{ending}"))
        .collect();
    if runtime.starts_with("python") {
        files.push(format!("{module}/__init__.py"));
    }
    files
}

/// Whether esbuild makes the handler's file of an entry point that has its name.
fn is_entry_point(resource: &Resource, handler: &str) -> bool {
    let name = handler.rsplit('/').next().unwrap_or(handler);
    let stem = name.split('.').next().unwrap_or(name);
    let points = metadata(resource, "BuildProperties")
        .and_then(|properties| properties.get("EntryPoints"))
        .and_then(Node::as_list);
    points.is_some_and(|points| {
        points.iter().any(|point| match point.as_str() {
            Some(point) => Path::new(point).file_stem().is_some_and(|one| one == stem),
            None => true,
        })
    })
}
