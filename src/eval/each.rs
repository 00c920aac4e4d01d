//! Loops: `Fn::ForEach::Name: [identifier, collection, body]`.
//!
//! A loop is a key of a mapping; it is replaced by what its body gives for every element. Source: CloudFormation user
//! guide, "Fn::ForEach"; the form with several identifiers and the rules about names: AWS's language extensions, whose
//! test data is in the corpus.

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::limit::MAX_NODES;
use crate::template::{Call, Entry, Function, Key, Map, Node, Template, Value, is_loop};

use super::argument::awaited_parameter;
use super::evaluator::{Evaluator, LANGUAGE_EXTENSIONS, needs_extensions};
use super::parameter::Parameters;
use super::scope::Scope;

/// Loops inside each other ("Fn::ForEach", limits).
const MAX_LOOPS: usize = 5;

/// Runs every loop of a template. `None` when it has none.
pub(super) fn expand(
    template: &Template,
    parameters: &Parameters,
    scope: &dyn Scope,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    if !holds_loop(&template.root) {
        return None;
    }
    let mut evaluator = Evaluator::new(template, parameters, scope);
    evaluator.in_condition = true;
    let mut expander = Expander {
        has_extensions: template.has_transform(LANGUAGE_EXTENSIONS),
        evaluator,
        identifiers: Vec::new(),
        values: 0,
        depth: 0,
    };
    let root = expander.root(&template.root);
    diagnostics.extend(expander.evaluator.into_diagnostics());
    Some(root)
}

fn holds_loop(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(holds_loop),
        Value::Map(map) => map
            .iter()
            .any(|(key, item)| is_loop(key) || holds_loop(item)),
        Value::Call(call) => holds_loop(&call.argument),
        _ => false,
    }
}

struct Expander<'a> {
    evaluator: Evaluator<'a>,
    has_extensions: bool,
    /// The identifiers of the loops being run, outermost first.
    identifiers: Vec<String>,
    /// Values made by loops so far.
    values: usize,
    depth: usize,
}

impl Expander<'_> {
    /// Sections that the loops left empty disappear.
    fn root(&mut self, root: &Node) -> Node {
        let Some(map) = root.as_map() else {
            return root.clone();
        };
        let mut sections = Map::new();
        for (name, entry) in map.entries() {
            let node = match name {
                "Parameters" | "Metadata" => entry.node.clone(),
                _ => self.node(&entry.node),
            };
            let became_empty = node.as_map().is_some_and(Map::is_empty)
                && !entry.node.as_map().is_some_and(Map::is_empty);
            if !became_empty || name == "Resources" {
                sections.insert(name, entry.key_span, node);
            }
        }
        Node::new(root.span, Value::Map(sections))
    }

    fn node(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Map(map) => Value::Map(self.map(map)),
            Value::Call(call) => Value::Call(Box::new(Call {
                function: call.function.clone(),
                argument: self.node(&call.argument),
            })),
            other => other.clone(),
        };
        Node::new(node.span, value)
    }

    fn map(&mut self, map: &Map) -> Map {
        let mut entries = Map::new();
        for (key, entry) in map.entries() {
            if !is_loop(key) {
                let node = self.node(&entry.node);
                self.insert(&mut entries, key.into(), entry.key_span, node);
                continue;
            }
            self.check_name(key, entry.key_span, map);
            for (key, entry) in self.run(key, entry) {
                self.insert(&mut entries, key, entry.key_span, entry.node);
            }
        }
        entries
    }

    /// Two loops, or a loop and what stands beside it, must not make the same key.
    fn insert(&mut self, entries: &mut Map, key: Key, span: Span, node: Node) {
        if let Some(first) = entries.entry(&key).map(|entry| entry.key_span) {
            let fault = Diagnostic::error("eval/loop-key", format!("`{key}` is made twice"))
                .label(span, "made here")
                .help("Put the loop's identifier into the key, such as `Name${Identifier}`.");
            let fault = if first == span {
                fault
            } else {
                fault.label(first, "and here")
            };
            self.evaluator.report(fault);
            return;
        }
        entries.insert(key, span, node);
    }

    fn fault(&mut self, span: Span, summary: String) {
        let fault = Diagnostic::error("eval/loop", summary).at(span).help(
            "A loop is `Fn::ForEach::Name: [Identifier, [values], {\"Key${Identifier}\": …}]`.",
        );
        self.evaluator.report(fault);
    }

    /// A loop's name must not be that of anything else.
    fn check_name(&mut self, key: &str, span: Span, beside: &Map) {
        if !self.has_extensions {
            self.evaluator
                .report(needs_extensions(span, "`Fn::ForEach`"));
        }
        let name = key.strip_prefix("Fn::ForEach::").unwrap_or_default();
        let template = self.evaluator.template;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.fault(span, format!("`{key}` needs a name of letters and digits"));
        } else if beside.get(name).is_some()
            || template.resources.contains_key(name)
            || template.parameters.contains_key(name)
        {
            self.fault(
                span,
                format!("the loop's name `{name}` is already the name of something else"),
            );
        }
    }

    fn run(&mut self, key: &str, entry: &Entry) -> Vec<(Key, Entry)> {
        let span = entry.key_span;
        let parts = match &entry.node.value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        };
        let [identifier, collection, body] = parts else {
            self.fault(span, format!("`{key}` must be a list of three"));
            return Vec::new();
        };
        let Some(body) = body.as_map() else {
            self.fault(body.span, format!("the body of `{key}` must be a mapping"));
            return Vec::new();
        };
        if self.depth >= MAX_LOOPS {
            self.fault(
                span,
                format!("loops stand more than {MAX_LOOPS} levels deep inside each other"),
            );
            return Vec::new();
        }
        let Some(identifiers) = self.identifiers_of(identifier) else {
            return Vec::new();
        };
        let Some(rows) = self.rows(
            collection,
            identifiers.len(),
            identifier.as_list().is_some(),
        ) else {
            return Vec::new();
        };
        let outer = self.identifiers.len();
        self.identifiers.extend(identifiers.iter().cloned());
        self.depth += 1;
        let entries = self.turns(body, &identifiers, &rows);
        self.depth -= 1;
        self.identifiers.truncate(outer);
        entries
    }

    fn turns(
        &mut self,
        body: &Map,
        identifiers: &[String],
        rows: &[Vec<String>],
    ) -> Vec<(Key, Entry)> {
        let mut entries = Vec::new();
        let size = body.iter().map(|(_, node)| node.size()).sum::<usize>();
        for row in rows {
            self.values += size;
            if self.values > MAX_NODES {
                let span = body.entries().next().map(|(_, entry)| entry.key_span);
                if let Some(span) = span {
                    self.fault(span, format!("the loops make more than {MAX_NODES} values"));
                }
                break;
            }
            let bindings: Vec<(&str, &str)> = identifiers
                .iter()
                .map(String::as_str)
                .zip(row.iter().map(String::as_str))
                .collect();
            let turn = substitute_map(body, &bindings);
            entries.extend(self.map(&turn));
        }
        entries
    }

    fn identifiers_of(&mut self, node: &Node) -> Option<Vec<String>> {
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut names = Vec::new();
        for item in items {
            let evaluated = self.evaluator.value(item);
            let name = evaluated
                .as_ref()
                .and_then(Node::as_str)
                .unwrap_or_default();
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
            if !is_name {
                self.fault(
                    item.span,
                    "a loop's identifier must be a string of letters and digits".into(),
                );
                return None;
            }
            let is_taken = self.identifiers.iter().any(|taken| taken == name)
                || names.iter().any(|taken| taken == name)
                || self.evaluator.template.parameters.contains_key(name);
            if is_taken {
                self.fault(
                    item.span,
                    format!("`{name}` is already the name of a parameter or of another loop's identifier"),
                );
                return None;
            }
            names.push(name.to_owned());
        }
        if names.is_empty() {
            self.fault(node.span, "a loop needs an identifier".into());
            return None;
        }
        Some(names)
    }

    /// The values of each turn, one for every identifier.
    fn rows(
        &mut self,
        collection: &Node,
        width: usize,
        are_lists: bool,
    ) -> Option<Vec<Vec<String>>> {
        if let Some(name) = self.secret_in(collection) {
            self.fault(
                collection.span,
                format!("a loop cannot run over `{name}`, because it is `NoEcho`"),
            );
            return None;
        }
        let evaluated = self.evaluator.value(collection);
        let Some(items) = evaluated.as_ref().and_then(Node::as_list) else {
            let waits_for = evaluated.as_ref().and_then(awaited_parameter);
            self.fault(
                collection.span,
                match waits_for {
                    Some(name) => format!("this loop cannot be run, because the parameter `{name}` has no value"),
                    None => "a loop's collection must be a list that is known before anything is created".into(),
                },
            );
            return None;
        };
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let cells = match &item.value {
                Value::List(cells) if are_lists => cells.as_slice(),
                _ if are_lists => &[],
                _ => std::slice::from_ref(item),
            };
            let texts: Option<Vec<String>> = cells.iter().map(Node::scalar_text).collect();
            match texts.filter(|texts| texts.len() == width) {
                Some(texts) => rows.push(texts),
                None => {
                    let wanted = if are_lists {
                        format!("lists of {width}")
                    } else {
                        "strings".into()
                    };
                    self.fault(
                        item.span,
                        format!("the elements of this loop's collection must be {wanted}"),
                    );
                    return None;
                }
            }
        }
        Some(rows)
    }

    /// A `NoEcho` parameter that a collection refers to: its values would become names.
    fn secret_in(&self, node: &Node) -> Option<String> {
        match &node.value {
            Value::List(items) => items.iter().find_map(|item| self.secret_in(item)),
            Value::Map(map) => map.iter().find_map(|(_, item)| self.secret_in(item)),
            Value::Call(call) if call.function == Function::Ref => {
                let name = call.argument.as_str()?;
                let parameter = self.evaluator.parameters.value(name)?;
                parameter.no_echo.then(|| name.to_owned())
            }
            Value::Call(call) => self.secret_in(&call.argument),
            _ => None,
        }
    }
}

fn substitute_map(map: &Map, bindings: &[(&str, &str)]) -> Map {
    let mut entries = Map::new();
    for (key, entry) in map.entries() {
        let key = substitute_text(key, bindings);
        entries.insert(key, entry.key_span, substitute(&entry.node, bindings));
    }
    entries
}

/// Puts the values of one turn into a copy of the body: `${Identifier}` and `&{Identifier}` in keys and text, and
/// `Ref` of the identifier.
fn substitute(node: &Node, bindings: &[(&str, &str)]) -> Node {
    let value = match &node.value {
        Value::String(text) => Value::String(substitute_text(text, bindings)),
        Value::List(items) => Value::List(
            items
                .iter()
                .map(|item| substitute(item, bindings))
                .collect(),
        ),
        Value::Map(map) => Value::Map(substitute_map(map, bindings)),
        Value::Call(call) => match bound(call, bindings) {
            Some(value) => Value::String(value.to_owned()),
            None => Value::Call(Box::new(Call {
                function: call.function.clone(),
                argument: substitute(&call.argument, bindings),
            })),
        },
        other => other.clone(),
    };
    Node::new(node.span, value)
}

/// The value of `Ref: Identifier`.
fn bound<'b>(call: &Call, bindings: &[(&str, &'b str)]) -> Option<&'b str> {
    if call.function != Function::Ref {
        return None;
    }
    let name = call.argument.as_str()?;
    bindings
        .iter()
        .find(|(identifier, _)| *identifier == name)
        .map(|(_, value)| *value)
}

/// `&{Identifier}` leaves out everything but letters and digits, so that any value can be part of a logical id.
fn substitute_text(text: &str, bindings: &[(&str, &str)]) -> String {
    if !text.contains("${") && !text.contains("&{") {
        return text.to_owned();
    }
    bindings
        .iter()
        .fold(text.to_owned(), |text, (name, value)| {
            let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            text.replace(&format!("${{{name}}}"), value)
                .replace(&format!("&{{{name}}}"), &plain)
        })
}
