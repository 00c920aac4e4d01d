//! `--parameter-overrides`: values for the template's parameters.
//!
//! Both syntaxes of the AWS SAM CLI, in one value or several: `ParameterKey=Name,ParameterValue=value`
//! and `Name=value`, separated by spaces. A value with spaces stands in quotes, or has a backslash before
//! each; `\"`, `\'` and backslash-space are the only escapes. Where SAM drops what it does not
//! understand, Hoist reports it. `file://PATH` reads a JSON file in any of the shapes that
//! `aws cloudformation deploy` takes, or a TOML or YAML file as SAM does.
//!
//! Messages never repeat a value: it may be for a `NoEcho` parameter.

mod tree;

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use super::file::{Content, ENDINGS, Item};
use super::json::{JsonFile, scalar};
use crate::diag::{Diagnostic, Diagnostics, Sources, Span};

const FLAG: &str = "--parameter-overrides";
const CODE: &str = "config/parameter-overrides";

/// Values for parameters, by the parameters' names, in the order they were given.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ParameterOverrides {
    values: IndexMap<String, String>,
}

/// Names only: values may be secret.
impl std::fmt::Debug for ParameterOverrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl ParameterOverrides {
    /// Reads the flag's values. What is wrong in them is added to `diagnostics`. Of several values for a
    /// parameter the last is used. Relative `file://` paths start in the current folder.
    pub fn parse<S: AsRef<str>>(
        arguments: &[S],
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut overrides = ParameterOverrides::default();
        for argument in arguments.iter().map(AsRef::as_ref).map(str::trim) {
            match argument.strip_prefix("file://") {
                Some(path) => overrides.read_file(Path::new(path), sources, diagnostics),
                None => overrides.read_text(argument, None, diagnostics),
            }
        }
        overrides
    }

    /// Reads SAM's parameter `parameter_overrides` of a settings file: text as on the command line, a table of names
    /// and values, or a list of both. Values are hidden in messages from then on.
    pub(super) fn of_item(
        item: &Item,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut overrides = ParameterOverrides::default();
        tree::Reader::new(sources, diagnostics).item(item, None, &mut overrides.values);
        hide(item, sources);
        overrides
    }

    /// The value for a parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All names and values, sorted by name.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.values.clone().into_iter().collect()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// `at` is where the text is written, when that is in a file.
    fn read_text(&mut self, text: &str, at: Option<Span>, diagnostics: &mut Diagnostics) {
        let mut reader = Reader {
            rest: text,
            of_tags: false,
        };
        let mut last = None;
        while let Some(pair) = reader.pair() {
            match pair {
                Ok((name, value)) => {
                    last = Some(name.clone());
                    self.values.insert(name, value);
                }
                Err(fault) => {
                    let diagnostic = fault.diagnostic(last.as_deref(), at.is_none());
                    diagnostics.push(match at {
                        Some(at) => diagnostic.at(at),
                        None => diagnostic,
                    });
                }
            }
        }
    }

    fn read_file(&mut self, path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) {
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if ENDINGS.contains(&extension) {
            tree::Reader::new(sources, diagnostics).file(path, &mut self.values);
            return;
        }
        if let Some(file) = JsonFile::read(path, FLAG, sources, diagnostics) {
            self.read_json(&file, diagnostics);
        }
    }

    fn read_json(&mut self, file: &JsonFile, diagnostics: &mut Diagnostics) {
        match file.parse() {
            Ok(Value::Object(object)) => {
                // AWS CodePipeline wraps them: {"Parameters": {…}}.
                let object = object.get_object("Parameters").unwrap_or(&object);
                for (name, member) in file.members(&object.properties, diagnostics) {
                    self.set(file, name, &member.value, diagnostics);
                }
            }
            Ok(Value::Array(array)) => {
                for element in &array.elements {
                    match element {
                        Value::StringLit(pair) => {
                            let at = file.span(pair.range());
                            self.read_text(&pair.value, Some(at), diagnostics);
                        }
                        Value::Object(pair) => self.set_pair(file, pair, diagnostics),
                        other => diagnostics.push(shape(file, other)),
                    }
                }
            }
            Ok(other) => diagnostics.push(shape(file, &other)),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }

    /// `{"ParameterKey": …, "ParameterValue": …}`, as `aws cloudformation create-stack` takes it.
    fn set_pair(&mut self, file: &JsonFile, pair: &Object, diagnostics: &mut Diagnostics) {
        let name = pair.get_string("ParameterKey");
        match (name, pair.get("ParameterValue")) {
            (Some(name), Some(value)) => {
                self.set(
                    file,
                    name.value.clone().into_owned(),
                    &value.value,
                    diagnostics,
                );
            }
            _ => {
                let summary = "this needs a ParameterKey and a ParameterValue";
                let help = "there is no deployed stack here whose value could be used";
                let at = file.span(pair.range());
                diagnostics.push(Diagnostic::error(CODE, summary).at(at).help(help));
            }
        }
    }

    fn set(&mut self, file: &JsonFile, name: String, value: &Value, diagnostics: &mut Diagnostics) {
        let text = match value {
            Value::NullKeyword(_) => None,
            // A list for a CommaDelimitedList.
            Value::Array(array) => array
                .elements
                .iter()
                .map(scalar)
                .collect::<Option<Vec<_>>>()
                .map(|items| items.join(",")),
            other => scalar(other),
        };
        match text {
            Some(text) => drop(self.values.insert(name, text)),
            None => {
                let summary =
                    format!("the value of `{name}` must be text, a number or a list of them");
                let at = file.span(value.range());
                diagnostics.push(Diagnostic::error(CODE, summary).at(at));
            }
        }
    }
}

/// SAM's parameter `tags`: `Name=value Name=value`, or a list of such texts. Of several values for a name the last is
/// used. None when there are none; what is wrong is added to `diagnostics`.
pub(super) fn tags(item: &Item, diagnostics: &mut Diagnostics) -> Option<IndexMap<String, String>> {
    let items = match &item.content {
        Content::List(items) => items.as_slice(),
        _ => std::slice::from_ref(item),
    };
    let mut tags = IndexMap::new();
    for item in items {
        let Content::Text(text) = &item.content else {
            let summary = format!("tags are text or a list of texts, not {}", item.kind());
            diagnostics.push(
                Diagnostic::error("config/wrong-type", summary)
                    .at(item.span)
                    .help("write \"name=value name=value\""),
            );
            continue;
        };
        let mut reader = Reader {
            rest: text,
            of_tags: true,
        };
        let mut last: Option<String> = None;
        while let Some(pair) = reader.pair() {
            match pair {
                Ok((name, value)) => {
                    last = Some(name.clone());
                    tags.insert(name, value);
                }
                Err(fault) => {
                    diagnostics.push(fault.diagnostic(last.as_deref(), false).at(item.span));
                }
            }
        }
    }
    (!tags.is_empty()).then_some(tags)
}

/// Hides the values in a tree, but for the names of files.
fn hide(item: &Item, sources: &mut Sources) {
    for leaf in item.leaves() {
        if !sources.text(leaf).contains("file://") {
            sources.mask(leaf);
        }
    }
}

fn shape(file: &JsonFile, value: &Value) -> Diagnostic {
    Diagnostic::error(CODE, "this does not name a parameter")
        .at(file.span(value.range()))
        .help("write {\"Name\": \"value\"}, or [{\"ParameterKey\": \"Name\", \"ParameterValue\": \"value\"}]")
}

/// What is wrong with a pair. Names, not values, are kept for the message.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    NotAPair,
    BadName(String),
    NoParameterValue(String),
    NoClosingQuote(String),
    AfterQuote(String),
}

impl Fault {
    /// `last` is the name before it in the same text; `flag` tells whether a flag holds the text.
    fn diagnostic(&self, last: Option<&str>, flag: bool) -> Diagnostic {
        let quotes = "a value with spaces needs quotes that reach Hoist: 'Name=\"one two\"'";
        let syntax = "write `Name=value` or `ParameterKey=Name,ParameterValue=value`";
        let (summary, help) = match (self, last) {
            (Fault::NotAPair, Some(last)) => (
                format!("there is text after the value of `{last}` that is not `Name=value`"),
                quotes,
            ),
            (Fault::NotAPair, None) => ("this is not `Name=value`".to_owned(), syntax),
            (Fault::BadName(name), _) => (
                format!("`{name}` is not the name of a parameter"),
                "names are letters and digits",
            ),
            (Fault::NoParameterValue(name), _) => (
                format!("`ParameterKey={name}` is not followed by `,ParameterValue=`"),
                syntax,
            ),
            (Fault::NoClosingQuote(name), _) => (
                format!("the value of `{name}` has no closing quote"),
                "close it, or write a backslash before a quote that is part of the value",
            ),
            (Fault::AfterQuote(name), _) => (
                format!("there is text after the closing quote of `{name}`"),
                "write a backslash before quotes inside the value, and a space after its end",
            ),
        };
        let summary = match flag {
            true => format!("{FLAG}: {summary}"),
            false => summary,
        };
        Diagnostic::error(CODE, summary).help(help)
    }
}

struct Reader<'a> {
    rest: &'a str,
    /// Names of tags may have other characters than letters and digits, and stand in quotes with spaces in them.
    of_tags: bool,
}

impl<'a> Reader<'a> {
    /// The next name and value; none at the end. After a fault it goes on with the next word.
    fn pair(&mut self) -> Option<Result<(String, String), Fault>> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return None;
        }
        let pair = self.name_and_value();
        if pair.is_err() {
            self.take_word();
        }
        Some(pair)
    }

    fn name_and_value(&mut self) -> Result<(String, String), Fault> {
        let mut name = self.take_name().ok_or(Fault::NotAPair)?;
        if name == "ParameterKey" && !self.of_tags {
            let end = self
                .rest
                .find([',', ' ', '\t', '\n'])
                .unwrap_or(self.rest.len());
            let (key, rest) = self.rest.split_at(end);
            name = unquote(key).to_owned();
            self.rest = rest
                .strip_prefix(",ParameterValue=")
                .ok_or_else(|| Fault::NoParameterValue(name.clone()))?;
        }
        // CloudFormation: "must be alphanumeric".
        let letters = |c: char| self.of_tags || c.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(letters) {
            return Err(Fault::BadName(name));
        }
        let value = self.take_value(&name)?;
        Ok((name, value))
    }

    /// What stands before the next `=`, when no space comes first.
    fn take_name(&mut self) -> Option<String> {
        let quote = self
            .rest
            .chars()
            .next()
            .filter(|c| self.of_tags && matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            let inner = &self.rest[1..];
            let end = unescaped(inner, |c| c == quote)?;
            let rest = inner[end + 1..].strip_prefix('=')?;
            self.rest = rest;
            return Some(unescape(&inner[..end]));
        }
        let end = self.rest.find(|c: char| c == '=' || c.is_whitespace())?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest.strip_prefix('=')?;
        Some(unquote(name).to_owned())
    }

    fn take_value(&mut self, name: &str) -> Result<String, Fault> {
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return Ok(unescape(self.take_word()));
        };
        let inner = &self.rest[1..];
        let end = unescaped(inner, |c| c == quote)
            .ok_or_else(|| Fault::NoClosingQuote(name.to_owned()))?;
        self.rest = &inner[end + 1..];
        if !self.rest.is_empty() && !self.rest.starts_with(char::is_whitespace) {
            return Err(Fault::AfterQuote(name.to_owned()));
        }
        Ok(unescape(&inner[..end]))
    }

    /// Up to the next space that has no backslash before it.
    fn take_word(&mut self) -> &'a str {
        let end = unescaped(self.rest, char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

/// The first such character that has no backslash before it.
fn unescaped(text: &str, wanted: impl Fn(char) -> bool) -> Option<usize> {
    let mut escaped = false;
    text.char_indices()
        .find(|&(_, c)| {
            let found = wanted(c) && !escaped;
            escaped = c == '\\' && !escaped;
            found
        })
        .map(|(at, _)| at)
}

fn unquote(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|&quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

/// SAM's three escapes; other backslashes stay.
fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some(same @ (' ' | '"' | '\'')) => value.push(same),
            Some(other) => value.extend(['\\', other]),
            None => value.push('\\'),
        }
    }
    value
}

#[cfg(test)]
mod tests;
