//! What a template is made of.

use std::fmt;

use indexmap::IndexMap;

use crate::diag::Span;

use super::map::Map;
use super::value::Node;

/// A whole template. `root` is the tree as it was read; the typed sections are taken from it by
/// [`Template::from_root`], so that a pass that changes the tree only has to decode it again.
///
/// Keys that start a loop (`Fn::ForEach::…`) are in no typed section: they disappear when `eval` runs them.
#[derive(Clone, PartialEq)]
pub struct Template {
    /// The whole template as a tree.
    pub root: Node,
    /// `AWSTemplateFormatVersion` as written.
    pub format_version: Option<String>,
    /// Macros to run over the whole template, in their order.
    pub transforms: Vec<Transform>,
    /// What its author says about it.
    pub description: Option<String>,
    /// The section `Metadata`, never evaluated.
    pub metadata: Option<Node>,
    /// By logical id.
    pub parameters: IndexMap<String, Parameter>,
    /// By name.
    pub mappings: IndexMap<String, Mapping>,
    /// By name.
    pub conditions: IndexMap<String, Condition>,
    /// By name.
    pub rules: IndexMap<String, Rule>,
    /// SAM's defaults for all resources of a kind.
    pub globals: Option<Node>,
    /// By logical id.
    pub resources: IndexMap<String, Resource>,
    /// By logical id.
    pub outputs: IndexMap<String, Output>,
}

/// A macro of the section `Transform`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    /// `AWS::Serverless-2016-10-31`, `AWS::LanguageExtensions`, …
    pub name: String,
    /// Where it is named.
    pub span: Span,
    /// The parameters of the long form `{Name: …, Parameters: …}`.
    pub parameters: Option<Node>,
}

/// A parameter's declaration. Its default is hidden in debug output when it is `NoEcho`.
#[derive(Clone, PartialEq)]
pub struct Parameter {
    /// The logical id's place.
    pub id_span: Span,
    /// What it may hold.
    pub kind: ParameterType,
    /// The type's place, or the id's when the type is missing.
    pub type_span: Span,
    /// The value when none is given: text, a number or a boolean.
    pub default: Option<Node>,
    /// The only values possible; all are when this is empty.
    pub allowed_values: Vec<Node>,
    /// A Java regular expression the whole value must match.
    pub allowed_pattern: Option<Node>,
    /// Characters.
    pub min_length: Option<u64>,
    /// Characters.
    pub max_length: Option<u64>,
    /// The least number possible.
    pub min_value: Option<f64>,
    /// The greatest number possible.
    pub max_value: Option<f64>,
    /// Whether the value must never be shown.
    pub no_echo: bool,
    /// What its author says about it.
    pub description: Option<String>,
    /// What its author wants said when a value breaks a rule.
    pub constraint_description: Option<String>,
}

/// A parameter's type.
/// Source: CloudFormation user guide, "Parameters", "AWS-specific parameter types", "Systems Manager parameter types".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterType {
    /// Text.
    String,
    /// A number; its value stays the text it was written as.
    Number,
    /// `List<Number>`.
    NumberList,
    /// `CommaDelimitedList` and `List<String>`.
    StringList,
    /// `AWS::EC2::VPC::Id` and the like: text that CloudFormation checks against the account.
    Aws(String),
    /// `List<AWS::EC2::Subnet::Id>` and the like.
    AwsList(String),
    /// `AWS::SSM::Parameter::Value<…>`: the value is the name of a Systems Manager parameter, which holds the real one.
    Ssm(Box<ParameterType>),
}

impl ParameterType {
    /// Whether a reference to the parameter gives a list.
    pub fn is_list(&self) -> bool {
        match self {
            ParameterType::NumberList | ParameterType::StringList | ParameterType::AwsList(_) => {
                true
            }
            ParameterType::Ssm(inner) => inner.is_list(),
            _ => false,
        }
    }
}

/// One mapping of the section `Mappings`, both levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The name's place.
    pub id_span: Span,
    /// First key → second key → value.
    pub values: Map,
    /// The whole mapping.
    pub span: Span,
}

/// A named condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The name's place.
    pub id_span: Span,
    /// The function that answers it.
    pub expression: Node,
}

/// A rule about parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The name's place.
    pub id_span: Span,
    /// The rule applies only when this holds.
    pub condition: Option<Node>,
    /// What must hold.
    pub assertions: Vec<Assertion>,
}

/// One assertion of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// A condition function.
    pub assert: Node,
    /// What is said when it does not hold.
    pub description: Option<String>,
}

/// A resource's declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The logical id's place.
    pub id_span: Span,
    /// `AWS::Lambda::Function`. Empty when it is missing, which is an error of its own.
    pub resource_type: String,
    /// The type's place, or the id's when the type is missing.
    pub type_span: Span,
    /// The name of the condition it is created under.
    pub condition: Option<Name>,
    /// Resources to create first.
    pub depends_on: Vec<Name>,
    /// `Delete`, `Retain`, `RetainExceptOnCreate`, `Snapshot`, or (with `AWS::LanguageExtensions`) a function.
    pub deletion_policy: Option<Node>,
    /// `Delete`, `Retain`, `Snapshot`, or (with `AWS::LanguageExtensions`) a function.
    pub update_replace_policy: Option<Node>,
    /// `CreationPolicy` as written.
    pub creation_policy: Option<Node>,
    /// `UpdatePolicy` as written.
    pub update_policy: Option<Node>,
    /// `Metadata` as written; `sam build` reads its `BuildMethod`.
    pub metadata: Option<Node>,
    /// SAM's embedded connectors.
    pub connectors: Option<Node>,
    /// `IgnoreGlobals` of a SAM resource: `"*"` or a list of property names.
    pub ignore_globals: Option<Node>,
    /// A mapping in most cases, or a function.
    pub properties: Option<Node>,
    /// The whole declaration.
    pub span: Span,
}

/// A name that refers to something else in the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// An output's declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The name's place.
    pub id_span: Span,
    /// `None` when it is missing, which is an error of its own.
    pub value: Option<Node>,
    /// `Export: {Name: …}`.
    pub export: Option<Node>,
    /// The name of the condition it exists under.
    pub condition: Option<Name>,
    /// What its author says about it.
    pub description: Option<Node>,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Parameter");
        out.field("kind", &self.kind)
            .field("no_echo", &self.no_echo);
        if self.no_echo {
            out.field("default", &self.default.as_ref().map(|_| "****"));
        } else {
            out.field("default", &self.default);
        }
        out.finish_non_exhaustive()
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The tree is left out: it holds the defaults of NoEcho parameters.
        f.debug_struct("Template")
            .field("transforms", &self.transforms)
            .field("parameters", &self.parameters)
            .field("conditions", &self.conditions)
            .field("resources", &self.resources)
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}

impl Template {
    /// Whether the macro `name` is to run over this template.
    pub fn has_transform(&self, name: &str) -> bool {
        self.transforms
            .iter()
            .any(|transform| transform.name == name)
    }
}
