//! A state machine's definition: its functions become substitutions, and the rest becomes text.

use crate::template::{Map, Node, Value};

use crate::sam::build::{map, put};
use crate::sam::code;
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::logical_id::escape;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::truthy;
use crate::sam::work::Work;

/// Sets the definition and its substitutions.
pub(super) fn set(work: &Work<'_>, sam: &SamResource, machine: &mut Resource) -> Result<()> {
    let (definition, uri) = (sam.truthy("Definition"), sam.truthy("DefinitionUri"));
    let mut substitutions = sam
        .truthy("DefinitionSubstitutions")
        .and_then(Node::as_map)
        .cloned()
        .unwrap_or_default();
    match (definition, uri) {
        (Some(_), Some(_)) => {
            return Err(
                sam.fault("Specify either 'Definition' or 'DefinitionUri' property and not both.")
            );
        }
        (None, None) => {
            return Err(
                sam.fault("Either 'Definition' or 'DefinitionUri' property must be specified.")
            );
        }
        (Some(definition), None) => {
            let definition = substituted(definition, &mut substitutions, &mut 0);
            let lines = lines(&definition)
                .into_iter()
                .map(|line| Node::string(definition.span, line))
                .collect();
            machine.set(
                "DefinitionString",
                intrinsic::join(definition.span, "\n", lines),
            );
        }
        (None, Some(uri)) => machine.set("DefinitionS3Location", location(work, sam, uri)?),
    }
    if !substitutions.is_empty() {
        machine.set("DefinitionSubstitutions", substitutions);
    }
    Ok(())
}

fn location(work: &Work<'_>, sam: &SamResource, uri: &Node) -> Result<Node> {
    let span = uri.span;
    if let Some(given) = uri.as_map() {
        let (bucket, key) = (truthy(given.get("Bucket")), truthy(given.get("Key")));
        if bucket.is_none() || key.is_none() {
            let message = "'DefinitionUri' requires Bucket and Key properties to be specified.";
            return Err(sam.fault(message).at(span));
        }
        return Ok(map!(span;
            "Bucket" => bucket, "Key" => key, "Version" => given.get("Version")));
    }
    if uri.as_str().is_some_and(|path| code::is_local(work, path)) {
        return Ok(uri.clone());
    }
    match code::parse_s3_uri(uri) {
        Some(parsed) => Ok(map!(span;
            "Bucket" => parsed.bucket, "Key" => parsed.key, "Version" => parsed.version)),
        None => Err(sam
            .fault(
                "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query \
                 parameter.",
            )
            .at(span)),
    }
}

/// The definition with a placeholder for each function and dynamic reference; their values go to `found`. They are
/// numbered in the order of the sorted keys.
fn substituted(node: &Node, found: &mut Map, count: &mut usize) -> Node {
    let span = node.span;
    match &node.value {
        Value::Map(map) => {
            let mut keys: Vec<&str> = map.keys().collect();
            keys.sort_unstable();
            let mut entries = Map::new();
            for key in keys {
                if let Some(entry) = map.entry(key) {
                    let value = substituted_value(&entry.node, found, count);
                    entries.insert(key, entry.key_span, value);
                }
            }
            Node::new(span, Value::Map(entries))
        }
        Value::List(items) => {
            let items = items
                .iter()
                .map(|item| substituted_value(item, found, count))
                .collect();
            Node::new(span, Value::List(items))
        }
        _ => node.clone(),
    }
}

fn substituted_value(node: &Node, found: &mut Map, count: &mut usize) -> Node {
    if !intrinsic::is_intrinsic(node) && !is_dynamic_reference(node) {
        return substituted(node, found, count);
    }
    *count += 1;
    let name = format!("definition_substitution_{count}");
    put(found, node.span, &name, node);
    Node::string(node.span, format!("${{{name}}}"))
}

/// Whether a text is a dynamic reference: `{{resolve:service:name}}`.
fn is_dynamic_reference(node: &Node) -> bool {
    let inside = node
        .as_str()
        .and_then(|text| text.strip_prefix("{{resolve:"))
        .and_then(|rest| rest.strip_suffix("}}"));
    let Some((service, name)) = inside.and_then(|inside| inside.split_once(':')) else {
        return false;
    };
    let is_service = |c: char| c.is_ascii_lowercase() || c == '-';
    !service.is_empty()
        && service.chars().all(is_service)
        && !name.is_empty()
        && !name.contains('\n')
}

/// The lines of the definition as JSON with sorted keys, indented by four, as Python's `json.dumps` writes it.
fn lines(node: &Node) -> Vec<String> {
    let mut out = String::new();
    write(node, 0, &mut out);
    out.split('\n').map(str::to_owned).collect()
}

fn write(node: &Node, depth: usize, out: &mut String) {
    match &node.value {
        Value::Map(map) if !map.is_empty() => {
            let mut keys: Vec<&str> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                separate(at, depth + 1, out);
                escape(key, out);
                out.push_str(": ");
                if let Some(value) = map.get(key) {
                    write(value, depth + 1, out);
                }
            }
            line(depth, out);
            out.push('}');
        }
        Value::List(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(at, depth + 1, out);
                write(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Value::String(text) => escape(text, out),
        _ => out.push_str(&node.to_json().to_string()),
    }
}

fn separate(at: usize, depth: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    line(depth, out);
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("    ", depth));
}
