//! The values of a template's parameters: what was given, else the default, checked against the declaration.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, nearest};
use crate::template::{Parameter, ParameterType, Template};

use super::constraint;

/// The values of all parameters of a template.
#[derive(Clone, Default)]
pub struct Parameters {
    values: IndexMap<String, ParameterValue>,
}

/// What is known of one parameter.
#[derive(Clone, PartialEq)]
pub struct ParameterValue {
    /// What it holds.
    pub content: Content,
    /// Whether the value must never be shown.
    pub no_echo: bool,
    /// Whether the value was given, instead of being the default.
    pub given: bool,
}

/// A parameter's value. Numbers stay the text they were written as, as CloudFormation passes them on.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// The value of a parameter that is no list.
    Text(String),
    /// The elements of a list, without the spaces around them.
    List(Vec<String>),
    /// Neither given nor has it a default.
    Missing,
    /// The value is the content of this Systems Manager parameter.
    Remote(String),
}

impl Parameters {
    /// Takes the values given by name and the defaults for the rest, and checks them all. A value that breaks a rule is
    /// an error, and is used all the same, so that everything after can be checked too.
    ///
    /// A parameter of a Systems Manager type is [`Content::Remote`] unless a value was given: that one is taken as the
    /// value itself, because there is nobody to ask.
    pub fn resolve(
        template: &Template,
        given: &BTreeMap<String, String>,
    ) -> (Parameters, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        for name in given.keys() {
            if !template.parameters.contains_key(name) {
                diagnostics.push(unknown(template, name));
            }
        }
        let mut values = IndexMap::new();
        for (name, parameter) in &template.parameters {
            let value = resolve_one(name, parameter, given.get(name), &mut diagnostics);
            values.insert(name.clone(), value);
        }
        (Parameters { values }, diagnostics)
    }

    /// What is known of the parameter `name`; `None` when it is not declared.
    pub fn value(&self, name: &str) -> Option<&ParameterValue> {
        self.values.get(name)
    }

    /// The names of all parameters, in the order of the template.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The parameters that have neither default nor given value, so that the caller can ask for them.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.values
            .iter()
            .filter(|(_, value)| value.content == Content::Missing)
            .map(|(name, _)| name.as_str())
    }

    /// Puts `****` for every `NoEcho` value in a text that will be shown.
    ///
    /// Very short values are hidden only where a message quotes something (between backticks): elsewhere they would be
    /// found in the middle of ordinary words, and hiding those would give them away.
    pub fn mask(&self, text: &str) -> String {
        let secrets: Vec<&str> = self.secrets().collect();
        if secrets.is_empty() {
            return text.to_owned();
        }
        let parts: Vec<String> = text
            .split('`')
            .enumerate()
            .map(|(at, part)| {
                let is_quoted = at % 2 == 1;
                secrets
                    .iter()
                    .filter(|secret| is_quoted || secret.len() >= SHORT)
                    .fold(part.to_owned(), |part, secret| part.replace(secret, "****"))
            })
            .collect();
        let masked = parts.join("`");
        // A value that holds a backtick lies across the parts.
        secrets
            .iter()
            .filter(|secret| secret.contains('`'))
            .fold(masked, |masked, secret| masked.replace(secret, "****"))
    }

    /// The `NoEcho` values, the longest first, so that one inside another is hidden with it.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let mut secrets: Vec<&str> = self
            .values
            .values()
            .filter(|value| value.no_echo)
            .flat_map(|value| match &value.content {
                Content::Text(secret) => std::slice::from_ref(secret),
                Content::List(secrets) => secrets.as_slice(),
                Content::Missing | Content::Remote(_) => &[],
            })
            .map(String::as_str)
            .filter(|secret| !secret.is_empty())
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.into_iter()
    }
}

/// Bytes below which a secret is hidden only inside quotes.
const SHORT: usize = 4;

fn unknown(template: &Template, name: &str) -> Diagnostic {
    let fault = Diagnostic::error(
        "eval/unknown-parameter",
        format!("the template has no parameter `{name}`"),
    );
    let names: Vec<&str> = template.parameters.keys().map(String::as_str).collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None if names.is_empty() => fault.help("It has no parameters at all."),
        None => fault.help(format!("Its parameters are {}.", names.join(", "))),
    }
}

fn resolve_one(
    name: &str,
    parameter: &Parameter,
    given: Option<&String>,
    diagnostics: &mut Diagnostics,
) -> ParameterValue {
    let default = || {
        parameter
            .default
            .as_ref()
            .and_then(|node| node.scalar_text())
    };
    let text = given.cloned().or_else(default);
    let content = match (&parameter.kind, text) {
        (_, None) => Content::Missing,
        (ParameterType::Ssm(_), Some(text)) if given.is_none() => Content::Remote(text),
        (kind, Some(text)) if kind.is_list() => {
            Content::List(text.split(',').map(|item| item.trim().to_owned()).collect())
        }
        (_, Some(text)) => Content::Text(text),
    };
    match &content {
        Content::Text(text) => {
            constraint::check(name, parameter, std::slice::from_ref(text), diagnostics);
        }
        Content::List(items) => constraint::check(name, parameter, items, diagnostics),
        Content::Missing | Content::Remote(_) => {}
    }
    ParameterValue {
        content,
        no_echo: parameter.no_echo,
        given: given.is_some(),
    }
}

impl fmt::Debug for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Missing => f.write_str("missing"),
            _ if self.no_echo => f.write_str("****"),
            Content::Text(text) => write!(f, "{text:?}"),
            Content::List(items) => write!(f, "{items:?}"),
            Content::Remote(name) => write!(f, "ssm:{name}"),
        }
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.values).finish()
    }
}
