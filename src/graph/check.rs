//! References to nothing.

use indexmap::{IndexMap, IndexSet};

use crate::diag::{Diagnostic, Diagnostics, Severity, Span, nearest};
use crate::template::{Node, Resource, Template};

use super::resource::Origin;
use super::{module, reference};

/// Reports references to what the template does not declare, and to what its conditions leave out.
///
/// `structure` is the template after conditions were applied; `excluded` is what they left out.
pub(super) fn references(
    structure: &Template,
    excluded: &IndexSet<String>,
    origins: &IndexMap<String, Origin>,
    diagnostics: &mut Diagnostics,
) {
    let check = Check {
        resources: &structure.resources,
        excluded,
        parameters: structure.parameters.keys().map(String::as_str).collect(),
        foreign_macros: structure
            .transforms
            .iter()
            .any(|transform| !is_aws_transform(&transform.name)),
    };
    for (id, resource) in &structure.resources {
        let owner = format!("`{}`", origins.get(id).map_or(id, |origin| &origin.id));
        for name in &resource.depends_on {
            check.dependency(&owner, &name.text, name.span, diagnostics);
        }
        let values = [
            &resource.properties,
            &resource.metadata,
            &resource.update_policy,
        ];
        for node in values.into_iter().flatten() {
            check.tree(&owner, node, diagnostics);
        }
    }
    for (id, output) in &structure.outputs {
        let owner = format!("the output `{id}`");
        for node in [&output.value, &output.export].into_iter().flatten() {
            check.tree(&owner, node, diagnostics);
        }
    }
}

/// Transforms that make no resources beyond those that are known here.
fn is_aws_transform(name: &str) -> bool {
    name.starts_with("AWS::Serverless")
        || name == "AWS::LanguageExtensions"
        || name == "AWS::SecretsManager-2020-07-23"
}

struct Check<'a> {
    resources: &'a IndexMap<String, Resource>,
    excluded: &'a IndexSet<String>,
    parameters: Vec<&'a str>,
    /// A macro of somebody else's may make the resource.
    foreign_macros: bool,
}

impl Check<'_> {
    fn tree(&self, owner: &str, node: &Node, diagnostics: &mut Diagnostics) {
        for found in reference::references(node) {
            let name = found.name.as_str();
            if name.starts_with("AWS::") || self.parameters.contains(&name) || self.exists(name) {
                continue;
            }
            diagnostics.push(if self.excluded.contains(name) {
                left_out(owner, name, found.span)
            } else {
                self.unknown(owner, "refers to", name, found.span)
            });
        }
    }

    /// CloudFormation ignores a `DependsOn` of something that a condition left out.
    fn dependency(&self, owner: &str, name: &str, span: Span, diagnostics: &mut Diagnostics) {
        if !self.exists(name) && !self.excluded.contains(name) {
            diagnostics.push(self.unknown(owner, "depends on", name, span));
        }
    }

    fn exists(&self, name: &str) -> bool {
        self.resources.contains_key(name) || module::owner(name, self.resources).is_some()
    }

    fn unknown(&self, owner: &str, verb: &str, name: &str, span: Span) -> Diagnostic {
        let summary = format!("{owner} {verb} `{name}`, which is not in the template");
        let mut diagnostic = Diagnostic::error("graph/unknown-reference", summary).at(span);
        if self.foreign_macros {
            diagnostic.severity = Severity::Warning;
            return diagnostic.help("A macro of the template may make it when it is deployed.");
        }
        let names = self.resources.keys().map(String::as_str);
        let names = names.chain(self.parameters.iter().copied());
        match nearest(name, names) {
            Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
            None => diagnostic.help("Names are case sensitive; inside `Fn::Sub`, text like `${this}` is written `${!this}`."),
        }
    }
}

fn left_out(owner: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "graph/absent-resource",
        format!("{owner} refers to `{name}`, which its condition leaves out"),
    )
    .at(span)
    .help(format!(
        "Refer to `{name}` only under the same condition, with `Fn::If`."
    ))
}
