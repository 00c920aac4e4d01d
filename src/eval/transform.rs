//! Transforms: `AWS::Include` is run here, the other macros are only known by name.

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::limit::{MAX_DEPTH, MAX_NODES};
use crate::template::{Call, Entry, Function, Map, Node, Template, Value};

/// Reads an included file: its location as written, and where it is written. `Err` says why it cannot be read.
pub type Loader<'a> = dyn Fn(&str, Span) -> Result<Node, Diagnostic> + 'a;

/// Transforms that are run here or whose work is done elsewhere in this program.
const KNOWN: [&str; 5] = [
    "AWS::CodeDeployBlueGreen",
    "AWS::Include",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
];

/// Whether what a transform of the whole template does is known here.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || name.starts_with("AWS::Serverless-")
}

/// Puts the files of `AWS::Include` into the template. Includes inside included files are not followed, as in
/// CloudFormation. What only CloudFormation can run stays, with a warning.
pub(super) fn include(
    template: &Template,
    loader: &Loader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    for transform in &template.transforms {
        if !is_known(&transform.name) {
            diagnostics.push(not_run(&transform.name, transform.span));
        }
    }
    if !holds_transform(&template.root) && !template.has_transform("AWS::Include") {
        return None;
    }
    let mut includer = Includer {
        loader,
        diagnostics,
        values: 0,
    };
    let root = includer.node(&template.root, 0);
    let Value::Map(mut map) = root.value else {
        return Some(root);
    };
    for transform in &template.transforms {
        if transform.name == "AWS::Include" {
            let location = transform
                .parameters
                .as_ref()
                .and_then(|node| node.get("Location"));
            if let Some(Value::Map(included)) = includer.load(transform.span, location) {
                merge(&mut map, included);
            }
        }
    }
    Some(Node::new(root.span, Value::Map(map)))
}

fn not_run(name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        "eval/transform",
        format!(
            "the macro `{name}` runs only in CloudFormation, so what it would make is missing here"
        ),
    )
    .at(span)
}

fn holds_transform(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(holds_transform),
        Value::Map(map) => map
            .iter()
            .any(|(key, item)| key == "Fn::Transform" || holds_transform(item)),
        Value::Call(call) => {
            call.function == Function::Transform || holds_transform(&call.argument)
        }
        _ => false,
    }
}

/// Adds what was included; keys that are there already win.
fn merge(map: &mut Map, included: Map) {
    for (key, entry) in included {
        if map.get(&key).is_none() {
            map.insert(key, entry.key_span, entry.node);
        }
    }
}

struct Includer<'a, 'l> {
    loader: &'a Loader<'l>,
    diagnostics: &'a mut Diagnostics,
    /// Values of included files put in so far.
    values: usize,
}

impl Includer<'_, '_> {
    fn node(&mut self, node: &Node, depth: usize) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect(),
            ),
            Value::Map(map) => self.map(map, depth),
            Value::Call(call) if call.function == Function::Transform => {
                match self.transform(node.span, &call.argument, depth) {
                    Some(value) => value,
                    None => node.value.clone(),
                }
            }
            Value::Call(call) => Value::Call(Box::new(Call {
                function: call.function.clone(),
                argument: self.node(&call.argument, depth + 1),
            })),
            other => other.clone(),
        };
        Node::new(node.span, value)
    }

    /// A transform beside other keys puts its file's keys beside them.
    fn map(&mut self, map: &Map, depth: usize) -> Value {
        let mut entries = Map::new();
        let mut included = Vec::new();
        for (key, Entry { key_span, node }) in map.entries() {
            if key == "Fn::Transform" {
                match self.transform(*key_span, node, depth) {
                    Some(Value::Map(map)) => {
                        included.push(map);
                        continue;
                    }
                    Some(_) => self.diagnostics.push(
                        Diagnostic::error(
                            "eval/include",
                            "only a mapping can be included beside other keys",
                        )
                        .at(*key_span),
                    ),
                    None => {}
                }
            }
            entries.insert(key, *key_span, self.node(node, depth + 1));
        }
        for map in included {
            merge(&mut entries, map);
        }
        Value::Map(entries)
    }

    fn transform(&mut self, span: Span, argument: &Node, depth: usize) -> Option<Value> {
        // A list of one is the same as the one.
        let argument = match argument.as_list() {
            Some([only]) => only,
            _ => argument,
        };
        let Some(name) = argument.get("Name").and_then(Node::as_str) else {
            self.diagnostics.push(
                Diagnostic::error("eval/transform", "a transform needs the `Name` of a macro")
                    .at(span),
            );
            return None;
        };
        if name != "AWS::Include" {
            self.diagnostics.push(not_run(name, span));
            return None;
        }
        let location = argument
            .get("Parameters")
            .and_then(|node| node.get("Location"));
        let value = self.load(span, location)?;
        if depth + height(&value) > MAX_DEPTH {
            self.diagnostics.push(
                Diagnostic::error("eval/include", "this include nests values too deep").at(span),
            );
            return None;
        }
        Some(value)
    }

    fn load(&mut self, span: Span, location: Option<&Node>) -> Option<Value> {
        let Some(location) = location else {
            self.diagnostics.push(
                Diagnostic::error(
                    "eval/include",
                    "`AWS::Include` needs the parameter `Location`",
                )
                .at(span),
            );
            return None;
        };
        let path = match location.as_str() {
            Some(path) if !path.starts_with("s3://") => path,
            _ => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "eval/include",
                        "this include is not read, because it is not a local file",
                    )
                    .at(location.span)
                    .help("Name a file beside the template to have it included here."),
                );
                return None;
            }
        };
        let node = match (self.loader)(path, location.span) {
            Ok(node) => node,
            Err(fault) => {
                self.diagnostics.push(fault);
                return None;
            }
        };
        self.values += node.size();
        if self.values > MAX_NODES {
            self.diagnostics.push(
                Diagnostic::error(
                    "eval/include",
                    format!("the included files have more than {MAX_NODES} values"),
                )
                .at(span),
            );
            return None;
        }
        Some(node.value)
    }
}

fn height(value: &Value) -> usize {
    let below = |node: &Node| height(&node.value);
    1 + match value {
        Value::List(items) => items.iter().map(below).max().unwrap_or(0),
        Value::Map(map) => map.iter().map(|(_, item)| below(item)).max().unwrap_or(0),
        Value::Call(call) => below(&call.argument),
        _ => 0,
    }
}
