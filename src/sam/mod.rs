//! SAM's transform: a template with `AWS::Serverless::*` resources → the CloudFormation template they stand for.
//!
//! [`expand`] is pure and runs the passes listed in [`pass`], in that order. They work on the plain form of the template
//! (functions are mappings) inside a [`work::Work`]; every resource that comes out keeps the SAM resource it came from.
//! All faults are collected, in the words of AWS's translator, which is the reference for the behaviour
//! (aws/serverless-application-model; corpus/sam-translator holds its test cases).

mod api;
mod api_v2;
mod application;
mod build;
mod capacity_provider;
mod check;
mod code;
mod connector;
mod deployment;
mod event;
mod expect;
mod fault;
mod function;
mod globals;
mod graphql_api;
mod http_api;
mod intrinsic;
mod layer_version;
mod logical_id;
mod parameter;
mod pass;
mod plain;
mod policy;
mod policy_template;
mod property;
mod python_order;
mod reference;
mod resource;
mod role;
mod simple_table;
mod state_machine;
mod tag;
mod value;
mod websocket_api;
mod work;

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use crate::diag::{Diagnostics, Span};
use crate::template::{Node, Template, Value};

pub use fault::{Fault, document_message};

/// What the transform needs to know besides the template.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// `eu-central-1`; the partition follows from it.
    pub region: &'a str,
    /// Values given for the template's parameters, by name. Used where a value must be known; references stay.
    pub parameters: &'a BTreeMap<String, String>,
    /// What to do with code that is a path on this machine.
    pub local_code: LocalCode,
    /// Seconds since 1970: `AlwaysDeploy` makes a new deployment whenever it changes.
    pub now: u64,
}

/// What happens to `CodeUri: ./src` and other paths on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LocalCode {
    /// They are faults, as in AWS's translator, which sees templates after they were packaged.
    #[default]
    Refuse,
    /// They stay as they are: `Code: ./src`, which `aws cloudformation package` reads.
    Keep,
}

/// Which resource of the SAM template a resource came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The logical id there.
    pub id: String,
    /// Where that id stands.
    pub span: Span,
}

/// What came out.
#[derive(Debug)]
pub struct Expanded {
    /// The template without SAM's resources and sections. When there are faults, it is what could be expanded: good
    /// enough to say more about it, and nothing to deploy.
    pub template: Template,
    /// For every resource of `template`, by logical id, where it came from: itself, when SAM did not make it.
    pub origins: IndexMap<String, Origin>,
    /// The logical ids of the SAM resources that are wrong and therefore missing from `template`.
    pub failed: IndexSet<String>,
    /// Everything that is wrong; [`document_message`] is what CloudFormation would say.
    pub faults: Vec<Fault>,
    /// The same as diagnostics with places, and what the translator does not come to because of them.
    pub diagnostics: Diagnostics,
}

/// Runs the transform. A template without SAM resources comes back with only its `Globals` and `Transform` gone.
pub fn expand(template: Template, context: &Context<'_>) -> Expanded {
    let mut work = work::Work::new(&template, context);
    let is_through = pass::run(&mut work);
    let culprits: IndexSet<String> = work
        .faults
        .iter()
        .filter_map(Fault::culprit)
        .filter(|id| template.resources.contains_key(*id))
        .map(str::to_owned)
        .collect();
    if !is_through
        && !culprits.is_empty()
        && let Some(rest) = without(&template, &culprits)
    {
        // The translator stops here. The others can be looked at all the same.
        let mut expanded = expand(rest, context);
        let more = std::mem::take(&mut expanded.diagnostics);
        expanded.diagnostics = work.faults.iter().map(Fault::diagnostic).collect();
        expanded.diagnostics.extend(more);
        expanded.faults = work.faults;
        expanded.failed.extend(culprits);
        return expanded;
    }
    work.finish(template)
}

/// The template without some of its resources.
fn without(template: &Template, ids: &IndexSet<String>) -> Option<Template> {
    let mut root = template.root.as_map()?.clone();
    let resources = root.get_mut("Resources")?.as_map_mut()?;
    for id in ids {
        resources.remove(id);
    }
    let root = Node::new(template.root.span, Value::Map(root));
    // What is wrong with the sections was said when they were first read.
    Template::from_root(root, &mut Diagnostics::new())
}
