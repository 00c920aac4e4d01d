//! Answers a template's functions as far as they can be answered.
//!
//! [`evaluate`] takes a template through a listed sequence of steps: includes are put in, parameters get their values,
//! loops are run, rules and conditions are answered, and then every value of the resources and outputs. What the
//! [`Scope`] does not know stays [`Value::Unknown`] with its [`Reason`](crate::template::Reason).

mod argument;
mod condition;
mod constraint;
mod dynamic;
mod each;
mod evaluator;
mod list;
mod mapping;
mod network;
mod parameter;
mod reference;
mod rule;
mod scope;
mod sub;
mod transform;

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Entry, Map, Node, Template, Value, is_loop};

pub use condition::Truth;
pub use dynamic::{DynamicReference, dynamic_references, holds_dynamic_reference};
pub use evaluator::Evaluator;
pub use parameter::{Content, ParameterValue, Parameters};
pub use scope::{Answer, PSEUDO_PARAMETERS, Scope, TemplateScope, partition, url_suffix};
pub use sub::{Piece, pieces};
pub use transform::Loader;

/// What an evaluation needs besides the template.
pub struct Inputs<'a> {
    /// Values given for parameters, by name.
    pub parameters: &'a BTreeMap<String, String>,
    /// What is known outside the template.
    pub scope: &'a dyn Scope,
    /// Reads the files of `AWS::Include`; see [`no_includes`].
    pub loader: &'a Loader<'a>,
}

/// A template with its functions answered.
#[derive(Debug)]
pub struct Evaluation {
    /// The template after evaluation. Resources and outputs whose condition is false are missing from its sections; in
    /// its `root` they stand as they were written, as in CloudFormation's processed template.
    pub template: Template,
    /// The values of the parameters.
    pub parameters: Parameters,
    /// Every condition's answer.
    pub conditions: IndexMap<String, Truth>,
    /// The logical ids of the resources whose condition is false.
    pub excluded: IndexSet<String>,
}

/// A [`Loader`] for callers that cannot read files: every include is an error.
pub fn no_includes(location: &str, span: Span) -> Result<Node, Diagnostic> {
    Err(Diagnostic::error(
        "eval/include",
        format!("`{location}` cannot be included here"),
    )
    .at(span))
}

/// Evaluates a whole template. Faults do not stop it: a template comes back whatever they are.
pub fn evaluate(template: Template, inputs: &Inputs<'_>) -> (Evaluation, Diagnostics) {
    let (template, parameters, mut diagnostics) = unrolled(template, inputs);
    let mut pass = Pass {
        evaluator: Evaluator::new(&template, &parameters, inputs.scope),
        excluded: IndexSet::new(),
        excluded_outputs: IndexSet::new(),
    };
    pass.rules();
    let conditions = pass.conditions();
    let root = pass.root();
    let Pass {
        evaluator,
        excluded,
        excluded_outputs,
    } = pass;
    diagnostics.extend(evaluator.into_diagnostics());
    let mut template = decoded(root, template.clone(), &mut diagnostics);
    template.resources.retain(|id, _| !excluded.contains(id));
    template
        .outputs
        .retain(|id, _| !excluded_outputs.contains(id));
    for resource in template.resources.values_mut() {
        // CloudFormation ignores a dependency on something that is not created.
        resource
            .depends_on
            .retain(|name| !excluded.contains(&name.text));
    }
    let evaluation = Evaluation {
        template,
        parameters,
        conditions,
        excluded,
    };
    (evaluation, diagnostics)
}

/// The first steps of [`evaluate`] alone: includes are put in and loops are run. Every other function stays, so that what
/// comes back is still a template for CloudFormation.
pub fn unroll(template: Template, inputs: &Inputs<'_>) -> (Template, Diagnostics) {
    let (template, _, diagnostics) = unrolled(template, inputs);
    (template, diagnostics)
}

/// The template without includes and loops, and its parameters.
fn unrolled(template: Template, inputs: &Inputs<'_>) -> (Template, Parameters, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let template = included(template, inputs, &mut diagnostics);
    let (parameters, faults) = Parameters::resolve(&template, inputs.parameters);
    diagnostics.extend(faults);
    let template = match each::expand(&template, &parameters, inputs.scope, &mut diagnostics) {
        Some(root) => decoded(root, template, &mut diagnostics),
        None => template,
    };
    (template, parameters, diagnostics)
}

fn included(template: Template, inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) -> Template {
    match transform::include(&template, inputs.loader, diagnostics) {
        Some(root) => decoded(root, template, diagnostics),
        None => template,
    }
}

/// Decodes a changed tree; the template before the change stands in when it cannot be.
fn decoded(root: Node, before: Template, diagnostics: &mut Diagnostics) -> Template {
    Template::from_root(root, diagnostics).unwrap_or(before)
}

/// The last step: everything that is left to answer.
struct Pass<'a> {
    evaluator: Evaluator<'a>,
    excluded: IndexSet<String>,
    excluded_outputs: IndexSet<String>,
}

impl Pass<'_> {
    fn rules(&mut self) {
        let template = self.evaluator.template;
        for (name, rule) in &template.rules {
            self.evaluator.rule(name, rule);
        }
    }

    fn conditions(&mut self) -> IndexMap<String, Truth> {
        let template = self.evaluator.template;
        template
            .conditions
            .iter()
            .map(|(name, condition)| {
                (
                    name.clone(),
                    self.evaluator.condition(name, condition.id_span),
                )
            })
            .collect()
    }

    fn root(&mut self) -> Node {
        let template = self.evaluator.template;
        let Some(map) = template.root.as_map() else {
            return template.root.clone();
        };
        let mut sections = Map::new();
        for (name, entry) in map.entries() {
            let node = match name {
                "Resources" => self.section(&entry.node, Pass::resource),
                "Outputs" => self.section(&entry.node, Pass::output),
                "Globals" | "Hooks" => self.evaluator.value(&entry.node),
                _ => Some(entry.node.clone()),
            };
            if let Some(node) = node {
                sections.insert(name, entry.key_span, node);
            }
        }
        Node::new(template.root.span, Value::Map(sections))
    }

    fn section(
        &mut self,
        node: &Node,
        each: impl Fn(&mut Self, &str, &Entry) -> Node,
    ) -> Option<Node> {
        let Some(map) = node.as_map() else {
            return Some(node.clone());
        };
        let mut entries = Map::new();
        for (id, entry) in map.entries() {
            let is_item = !is_loop(id) && id != "Fn::Transform";
            let node = if is_item {
                each(self, id, entry)
            } else {
                entry.node.clone()
            };
            entries.insert(id, entry.key_span, node);
        }
        Some(Node::new(node.span, Value::Map(entries)))
    }

    fn resource(&mut self, id: &str, entry: &Entry) -> Node {
        let template = self.evaluator.template;
        let Some(resource) = template.resources.get(id) else {
            return entry.node.clone();
        };
        if let Some(condition) = &resource.condition
            && self.evaluator.condition(&condition.text, condition.span) == Truth::False
        {
            self.excluded.insert(id.to_owned());
            return entry.node.clone();
        }
        for name in &resource.depends_on {
            let exists = template.resources.contains_key(&name.text)
                || reference::has_unknown_macro(template);
            if !exists {
                let fault = self.evaluator.unknown_name(name.span, &name.text);
                self.evaluator.report(fault);
            }
        }
        self.attributes(&entry.node)
    }

    fn attributes(&mut self, node: &Node) -> Node {
        let Some(map) = node.as_map() else {
            return node.clone();
        };
        let mut entries = Map::new();
        for (key, entry) in map.entries() {
            let value = match key {
                "Type" | "Condition" | "DependsOn" => Some(entry.node.clone()),
                _ => self.evaluator.value(&entry.node),
            };
            let is_policy = matches!(key, "DeletionPolicy" | "UpdateReplacePolicy");
            if is_policy && value.is_none() {
                self.evaluator.report(
                    Diagnostic::error("eval/policy", format!("`{key}` cannot be AWS::NoValue"))
                        .at(entry.node.span),
                );
            }
            if let Some(value) = value {
                entries.insert(key, entry.key_span, value);
            }
        }
        Node::new(node.span, Value::Map(entries))
    }

    fn output(&mut self, id: &str, entry: &Entry) -> Node {
        let template = self.evaluator.template;
        let Some(output) = template.outputs.get(id) else {
            return entry.node.clone();
        };
        if let Some(condition) = &output.condition
            && self.evaluator.condition(&condition.text, condition.span) == Truth::False
        {
            self.excluded_outputs.insert(id.to_owned());
            return entry.node.clone();
        }
        self.attributes(&entry.node)
    }
}
