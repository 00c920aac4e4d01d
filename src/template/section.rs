//! The tree → the sections of a template, with every fault of their form.

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Span, nearest};

use super::document::{Assertion, Condition, Mapping, Output, Rule, Template, Transform};
use super::function::is_loop;
use super::limit::{MAX_LOGICAL_ID, MAX_MAPPINGS, MAX_OUTPUTS, MAX_PARAMETERS, MAX_RESOURCES};
use super::map::{Entry, Map};
use super::value::{Node, Value};
use super::{parameter, resource};

const SECTIONS: [&str; 13] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Fn::Transform",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

impl Template {
    /// Takes the sections out of a tree. Faults go to `diagnostics`; what is faulty is left out or taken as far as it
    /// goes. `None` when the tree is not a mapping.
    pub fn from_root(root: Node, diagnostics: &mut Diagnostics) -> Option<Template> {
        let Some(map) = root.as_map() else {
            diagnostics.push(
                Diagnostic::error(
                    "template/not-a-mapping",
                    format!(
                        "a template is a mapping of sections, and this is {}",
                        root.kind()
                    ),
                )
                .at(root.span)
                .help("A template needs at least the section `Resources`."),
            );
            return None;
        };
        check_names(map, &SECTIONS, "section of a template", diagnostics);
        let format_version = format_version(map, diagnostics);
        let description = text(map, "Description", diagnostics);
        let transforms = transforms(map, diagnostics);
        let metadata = mapping(map, "Metadata", diagnostics).cloned();
        let globals = mapping(map, "Globals", diagnostics).cloned();
        let parameters = section(
            map,
            "Parameters",
            MAX_PARAMETERS,
            diagnostics,
            parameter::decode,
        );
        let mappings = section(map, "Mappings", MAX_MAPPINGS, diagnostics, decode_mapping);
        let conditions = section(map, "Conditions", usize::MAX, diagnostics, decode_condition);
        let rules = section(map, "Rules", usize::MAX, diagnostics, decode_rule);
        let resources = section(
            map,
            "Resources",
            MAX_RESOURCES,
            diagnostics,
            resource::decode,
        );
        let outputs = section(map, "Outputs", MAX_OUTPUTS, diagnostics, decode_output);
        if map.get("Resources").is_none() && map.get("Fn::Transform").is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "template/no-resources",
                    "the section `Resources` is missing",
                )
                .at(Span::new(
                    root.span.source,
                    root.span.start as usize,
                    root.span.start as usize,
                ))
                .help("A template needs at least one resource."),
            );
        }
        Some(Template {
            format_version,
            transforms,
            description,
            metadata,
            parameters,
            mappings,
            conditions,
            rules,
            globals,
            resources,
            outputs,
            root,
        })
    }
}

/// Says which keys of a mapping are none of `known`. `what` names what they should have been.
pub(super) fn check_names(map: &Map, known: &[&str], what: &str, diagnostics: &mut Diagnostics) {
    for (name, entry) in map.entries() {
        if !known.contains(&name) {
            let fault =
                Diagnostic::error("template/unknown-name", format!("`{name}` is no {what}"));
            diagnostics.push(suggest(fault.at(entry.key_span), name, known));
        }
    }
}

/// Adds what the name may have been meant to be.
pub(super) fn suggest(fault: Diagnostic, name: &str, known: &[&str]) -> Diagnostic {
    match nearest(name, known.iter().copied()) {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => fault.help(format!("Possible are {}.", known.join(", "))),
    }
}

/// Says that a value has the wrong type.
pub(super) fn wrong_type(what: &str, wanted: &str, node: &Node) -> Diagnostic {
    Diagnostic::error(
        "template/wrong-type",
        format!("{what} must be {wanted}, and this is {}", node.kind()),
    )
    .at(node.span)
}

/// The text behind a key, when there is one and it is text.
pub(super) fn text(map: &Map, key: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = map.get(key)?;
    let text = node.scalar_text();
    if text.is_none() {
        diagnostics.push(wrong_type(&format!("`{key}`"), "a string", node));
    }
    text
}

/// The mapping behind a key, when there is one and it is a mapping (or something a function will answer).
pub(super) fn mapping<'a>(
    map: &'a Map,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Node> {
    let entry = map.entry(key)?;
    let node = &entry.node;
    match node.value {
        Value::Null if SECTIONS.contains(&key) => {
            diagnostics.push(empty_section(key, entry.key_span));
            None
        }
        Value::Map(_) | Value::Call(_) | Value::Unknown(_) => Some(node),
        _ => {
            diagnostics.push(wrong_type(&format!("`{key}`"), "a mapping", node));
            None
        }
    }
}

/// Decodes every entry of a section whose keys are logical ids.
fn section<T>(
    root: &Map,
    name: &str,
    limit: usize,
    diagnostics: &mut Diagnostics,
    decode: impl Fn(&str, &Entry, &mut Diagnostics) -> Option<T>,
) -> IndexMap<String, T> {
    let mut items = IndexMap::new();
    let Some(entry) = root.entry(name) else {
        return items;
    };
    let map = match &entry.node.value {
        Value::Map(map) => map,
        Value::Call(_) | Value::Unknown(_) => return items,
        Value::Null if name != "Resources" => {
            diagnostics.push(empty_section(name, entry.key_span));
            return items;
        }
        _ => {
            diagnostics.push(wrong_type(
                &format!("the section `{name}`"),
                "a mapping",
                &entry.node,
            ));
            return items;
        }
    };
    if map.len() > limit {
        diagnostics.push(
            Diagnostic::error(
                "template/too-many",
                format!(
                    "`{name}` has {} entries; CloudFormation takes {limit}",
                    map.len()
                ),
            )
            .at(entry.key_span)
            .help("Split the template into nested stacks."),
        );
    }
    for (id, entry) in map.entries() {
        if is_loop(id) || id == "Fn::Transform" {
            continue;
        }
        check_id(name, id, entry.key_span, diagnostics);
        if let Some(item) = decode(id, entry, diagnostics) {
            items.insert(id.to_owned(), item);
        }
    }
    items
}

fn empty_section(name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        "template/empty-section",
        format!("there is nothing in `{name}`"),
    )
    .at(span)
    .help("CloudFormation refuses empty sections; remove it.")
}

/// Logical ids are letters and digits. Names of conditions may hold more, but no variable that a loop left there.
fn check_id(section: &str, id: &str, span: Span, diagnostics: &mut Diagnostics) {
    let is_allowed = |letter: char| match section {
        "Conditions" => letter.is_ascii_graphic() && !matches!(letter, '$' | '{' | '}'),
        _ => letter.is_ascii_alphanumeric(),
    };
    let fault = if id.is_empty() || !id.chars().all(is_allowed) {
        format!("`{id}` cannot be a name in `{section}`: only letters and digits are allowed")
    } else if id.len() > MAX_LOGICAL_ID {
        format!("this name in `{section}` is longer than {MAX_LOGICAL_ID} characters")
    } else {
        return;
    };
    diagnostics.push(Diagnostic::error("template/logical-id", fault).at(span));
}

fn format_version(map: &Map, diagnostics: &mut Diagnostics) -> Option<String> {
    let version = text(map, "AWSTemplateFormatVersion", diagnostics)?;
    if version != "2010-09-09"
        && let Some(node) = map.get("AWSTemplateFormatVersion")
    {
        diagnostics.push(
            Diagnostic::error(
                "template/format-version",
                format!("there is no template format version `{version}`"),
            )
            .at(node.span)
            .help("The only one is `2010-09-09`."),
        );
    }
    Some(version)
}

fn transforms(map: &Map, diagnostics: &mut Diagnostics) -> Vec<Transform> {
    let Some(node) = map.get("Transform") else {
        return Vec::new();
    };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| {
            let transform = transform(item);
            if transform.is_none() {
                diagnostics.push(
                    wrong_type("a transform", "a name or a mapping with `Name`", item)
                        .help("For a SAM template write `Transform: AWS::Serverless-2016-10-31`."),
                );
            }
            transform
        })
        .collect()
}

fn transform(node: &Node) -> Option<Transform> {
    let (name, parameters) = match &node.value {
        Value::String(name) => (name.clone(), None),
        Value::Map(map) => (
            map.get("Name")?.as_str()?.to_owned(),
            map.get("Parameters").cloned(),
        ),
        _ => return None,
    };
    Some(Transform {
        name,
        span: node.span,
        parameters,
    })
}

fn decode_mapping(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Mapping> {
    let Some(values) = entry.node.as_map() else {
        diagnostics.push(wrong_type(
            &format!("the mapping `{id}`"),
            "a mapping",
            &entry.node,
        ));
        return None;
    };
    for (key, node) in values.iter() {
        let has_loop = is_loop(key) || key == "Fn::Transform";
        if !has_loop && !matches!(node.value, Value::Map(_) | Value::Call(_)) {
            diagnostics.push(wrong_type(&format!("`{id}.{key}`"), "a mapping", node));
        }
    }
    Some(Mapping {
        id_span: entry.key_span,
        values: values.clone(),
        span: entry.node.span,
    })
}

fn decode_condition(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Condition> {
    match &entry.node.value {
        Value::Call(_) | Value::Unknown(_) | Value::Bool(_) => Some(Condition {
            id_span: entry.key_span,
            expression: entry.node.clone(),
        }),
        _ => {
            diagnostics.push(
                wrong_type(&format!("the condition `{id}`"), "a function", &entry.node).help(
                    "Conditions are made of `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`.",
                ),
            );
            None
        }
    }
}

fn decode_rule(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Rule> {
    let Some(map) = entry.node.as_map() else {
        diagnostics.push(wrong_type(
            &format!("the rule `{id}`"),
            "a mapping",
            &entry.node,
        ));
        return None;
    };
    check_names(
        map,
        &["RuleCondition", "Assertions"],
        "part of a rule",
        diagnostics,
    );
    let Some(assertions) = map.get("Assertions") else {
        diagnostics.push(
            Diagnostic::error(
                "template/missing",
                format!("the rule `{id}` has no `Assertions`"),
            )
            .at(entry.key_span),
        );
        return None;
    };
    let Some(items) = assertions.as_list() else {
        diagnostics.push(wrong_type("`Assertions`", "a list", assertions));
        return None;
    };
    let assertions = items
        .iter()
        .filter_map(|item| {
            let Some(assert) = item.get("Assert") else {
                diagnostics.push(wrong_type("an assertion", "a mapping with `Assert`", item));
                return None;
            };
            Some(Assertion {
                assert: assert.clone(),
                description: item.get("AssertDescription").and_then(Node::scalar_text),
            })
        })
        .collect();
    Some(Rule {
        id_span: entry.key_span,
        condition: map.get("RuleCondition").cloned(),
        assertions,
    })
}

fn decode_output(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Output> {
    let Some(map) = entry.node.as_map() else {
        diagnostics.push(wrong_type(
            &format!("the output `{id}`"),
            "a mapping",
            &entry.node,
        ));
        return None;
    };
    check_names(
        map,
        &["Condition", "Description", "Export", "Value"],
        "part of an output",
        diagnostics,
    );
    if map.get("Value").is_none() {
        diagnostics.push(
            Diagnostic::error(
                "template/missing",
                format!("the output `{id}` has no `Value`"),
            )
            .at(entry.key_span),
        );
    }
    let export = mapping(map, "Export", diagnostics).and_then(|export| {
        let name = export.get("Name");
        if name.is_none() && export.as_map().is_some() {
            diagnostics.push(
                Diagnostic::error(
                    "template/missing",
                    format!("the export of `{id}` has no `Name`"),
                )
                .at(export.span),
            );
        }
        name.cloned()
    });
    Some(Output {
        id_span: entry.key_span,
        value: map.get("Value").cloned(),
        export,
        condition: resource::condition(map, diagnostics),
        description: map.get("Description").cloned(),
    })
}
