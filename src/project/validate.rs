//! Everything that can be said about a template before it is run or deployed.

use std::path::{Path, PathBuf};

use crate::check::{self, Exists};
use crate::diag::{Diagnostic, Diagnostics, Sources};
use crate::template::{Function, Node, Parameter, ParameterType, Resource, Template, Value};

use super::front::{self, Front};
use super::{Options, of_front, sorted};

/// What is looked at besides the template.
#[derive(Debug, Clone)]
pub struct Scrutiny {
    /// Whether the code of functions is there.
    pub code: bool,
    /// `2026-11-21`, UTC: which runtimes are retired.
    pub today: String,
}

/// A template that was looked at.
#[derive(Debug)]
pub struct Validated {
    /// How many functions the template declares.
    pub functions: usize,
    /// The logical ids of the functions, and their names as far as they are known.
    pub function_names: Vec<String>,
    /// How many resources it declares, functions among them.
    pub resources: usize,
    /// Every file that was read: diagnostics point into them.
    pub sources: Sources,
    /// In the order of the text.
    pub diagnostics: Diagnostics,
    /// The template, as it was named or found.
    pub path: PathBuf,
}

/// Reads the template `path` (or the one in that folder) and says what is wrong with it: the template's own faults,
/// then the transform's, then every resource against what AWS publishes.
///
/// Reads the template's files, the clock, and the names of the files of its functions' code.
pub fn validate(path: &Path, options: &Options, scrutiny: &Scrutiny) -> Validated {
    let mut front = front::run(path, options);
    let with_placeholders = placeholders(&front, options);
    if with_placeholders.parameters.len() > options.parameters.len() {
        front = front::run(path, &with_placeholders);
    }
    let there = |path: &Path| front.base_dir.join(path).exists();
    let exists: Option<&Exists<'_>> = scrutiny.code.then_some(&there);
    let mut diagnostics = std::mem::take(&mut front.diagnostics);
    if let (Some((written, unrolled)), Some(expansion)) = (&front.before, &front.expanded) {
        let found = check::check(&check::Input {
            written,
            unrolled,
            expanded: &expansion.template,
            failed: &expansion.failed,
            said: &diagnostics,
            exists,
            today: &scrutiny.today,
        });
        diagnostics.extend(found);
    }
    let resources = front
        .before
        .as_ref()
        .map(|(_, unrolled)| &unrolled.resources);
    let is_function = |one: &&Resource| {
        matches!(
            one.resource_type.as_str(),
            "AWS::Serverless::Function" | "AWS::Lambda::Function"
        )
    };
    let functions = resources.map_or(0, |all| all.values().filter(is_function).count());
    let resources = resources.map_or(0, |all| all.len());
    // With the parameters that were given: what they make wrong is wrong.
    let loaded = of_front(front, options);
    let function_names = loaded
        .app
        .iter()
        .flat_map(|app| app.functions())
        .flat_map(|function| std::iter::once(function.id.as_str()).chain(function.known_name()))
        .map(str::to_owned)
        .collect();
    let unsaid = unsaid(&loaded.diagnostics, &diagnostics);
    diagnostics.extend(unsaid);
    Validated {
        functions,
        function_names,
        resources,
        sources: loaded.sources,
        diagnostics: sorted(diagnostics),
        path: loaded.path,
    }
}

/// What evaluating the template with its parameters, and reading its resources, says beyond what was said.
fn unsaid(found: &Diagnostics, said: &Diagnostics) -> Vec<Diagnostic> {
    let has_cycle = said
        .iter()
        .any(|one| matches!(one.code, "check/cycle" | "check/possible-cycle"));
    let is_said = |one: &Diagnostic| {
        let about_running_here = one.code == "graph/unknown-value";
        about_running_here
            || one.code == "graph/cycle" && has_cycle
            || said.iter().any(|other| {
                other.severity <= one.severity
                    && other.span().is_some()
                    && other.span() == one.span()
            })
    };
    found.iter().filter(|one| !is_said(one)).cloned().collect()
}

/// The same options with something for every parameter that has no value: loops and SAM's transform need one, and whatever
/// it is, the template has to hold.
///
/// A parameter whose pattern would have to be met stays without.
fn placeholders(front: &Front, options: &Options) -> Options {
    let mut options = options.clone();
    let Some((written, _)) = &front.before else {
        return options;
    };
    for (name, parameter) in &written.parameters {
        if parameter.default.is_some() || options.parameters.contains_key(name) {
            continue;
        }
        let allowed = &parameter.allowed_values;
        let key = key_of_mapping(written, name).filter(|key| {
            let is_key = |one: &Node| one.scalar_text().as_ref() == Some(key);
            allowed.is_empty() || allowed.iter().any(is_key)
        });
        if let Some(value) = key.or_else(|| placeholder(parameter)) {
            options.parameters.insert(name.clone(), value);
        }
    }
    options
}

/// The first key of the mapping that the parameter `name` chooses from with `Fn::FindInMap`.
fn key_of_mapping(template: &Template, name: &str) -> Option<String> {
    let resources = template.root.get("Resources")?;
    let mapping = asked_with(resources, name)?;
    let (key, _) = template.mappings.get(mapping)?.values.iter().next()?;
    Some(key.to_owned())
}

/// The mapping whose first key is asked for with the parameter `name`, somewhere in a tree.
fn asked_with<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    match &node.value {
        Value::List(items) => items.iter().find_map(|item| asked_with(item, name)),
        Value::Map(map) => map.iter().find_map(|(_, item)| asked_with(item, name)),
        Value::Call(call) => {
            if let (Function::FindInMap, Some([mapping, key, ..])) =
                (&call.function, call.argument.as_list())
                && let Value::Call(inner) = &key.value
                && inner.function == Function::Ref
                && inner.argument.as_str() == Some(name)
            {
                return mapping.as_str();
            }
            asked_with(&call.argument, name)
        }
        _ => None,
    }
}

fn placeholder(parameter: &Parameter) -> Option<String> {
    if let Some(first) = parameter.allowed_values.first() {
        return first.scalar_text();
    }
    if parameter.allowed_pattern.is_some() {
        return None;
    }
    match parameter.kind {
        ParameterType::String | ParameterType::StringList => {
            let length = usize::try_from(parameter.min_length.unwrap_or(0)).ok()?;
            let longest = usize::try_from(parameter.max_length.unwrap_or(u64::MAX)).ok()?;
            let text = format!("{PLACEHOLDER:x<length$}");
            Some(text.chars().take(longest.max(1)).collect())
        }
        ParameterType::Number | ParameterType::NumberList => {
            let least = parameter.min_value.unwrap_or(1.0);
            let number = parameter.max_value.map_or(least, |most| least.min(most));
            Some(number.to_string())
        }
        _ => None,
    }
}

/// Alphanumeric, so that it can be part of a logical id.
const PLACEHOLDER: &str = "value";
