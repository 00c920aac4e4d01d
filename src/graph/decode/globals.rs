//! SAM's `Globals`: defaults that every resource of a kind gets.
//!
//! The merge runs before evaluation, as SAM's does: a function counts as a plain value there, whatever it gives later.
//! Source: AWS SAM developer guide, "Globals section of the AWS SAM template".

use crate::diag::{Diagnostic, Diagnostics, Span, nearest};
use crate::graph::facts;
use crate::template::globals::{API, FUNCTION, HTTP_API};
use crate::template::{Map, Node, Template, Value, is_loop};

const PREFIX: &str = "AWS::Serverless::";

/// Sections and the properties each may hold. None: any property of the type.
const SECTIONS: [(&str, Option<&[&str]>); 8] = [
    ("Api", Some(&API)),
    ("CapacityProvider", None),
    ("Function", Some(&FUNCTION)),
    ("HttpApi", Some(&HTTP_API)),
    ("LayerVersion", Some(&["PublishLambdaVersion"])),
    ("SimpleTable", Some(&["SSESpecification"])),
    ("StateMachine", Some(&["PropagateTags"])),
    ("WebSocketApi", None),
];

/// The template with `Globals` merged into its resources; none when it has nothing to merge.
///
/// Sections and properties that SAM does not take there are errors.
pub(crate) fn apply(template: &Template, diagnostics: &mut Diagnostics) -> Option<Template> {
    let globals = template.globals.as_ref()?;
    let Some(sections) = globals.as_map() else {
        // A function in this place; a scalar or list was reported by the reader.
        diagnostics.push(
            Diagnostic::error(
                "graph/globals",
                "`Globals` must be written out, and this is a function",
            )
            .at(globals.span),
        );
        return None;
    };
    check(sections, diagnostics);
    let mut root = template.root.as_map()?.clone();
    let section = root.entry("Resources")?.clone();
    let resources = merge_into(section.node.as_map()?, sections);
    let resources = Node::new(section.node.span, Value::Map(resources));
    root.insert("Resources", section.key_span, resources);
    let root = Node::new(template.root.span, Value::Map(root));
    // What is wrong with the sections was said when they were first read.
    Template::from_root(root, &mut Diagnostics::new())
}

/// The resources with the globals of their kind. Loops are gone through: what they repeat are resources too.
fn merge_into(resources: &Map, sections: &Map) -> Map {
    let mut merged = Map::new();
    for (id, entry) in resources.entries() {
        let node = if is_loop(id) {
            merge_into_loop(&entry.node, sections)
        } else {
            merge_resource(&entry.node, entry.key_span, sections)
        };
        merged.insert(
            id,
            entry.key_span,
            node.unwrap_or_else(|| entry.node.clone()),
        );
    }
    merged
}

/// `Fn::ForEach::Name: [variable, collection, {id: resource}]`.
fn merge_into_loop(body: &Node, sections: &Map) -> Option<Node> {
    let mut items = body.as_list()?.to_vec();
    let last = items.last_mut()?;
    *last = Node::new(last.span, Value::Map(merge_into(last.as_map()?, sections)));
    Some(Node::new(body.span, Value::List(items)))
}

/// None when nothing is to be merged.
fn merge_resource(resource: &Node, id_span: Span, sections: &Map) -> Option<Node> {
    let mut attributes = resource.as_map()?.clone();
    let kind = attributes.get("Type")?.as_str()?.strip_prefix(PREFIX)?;
    let global = sections
        .get(kind)
        .filter(|global| global.as_map().is_some())?;
    let global = without_ignored(global, attributes.get("IgnoreGlobals"));
    let (span, merged) = match attributes.entry("Properties") {
        Some(entry) => (entry.key_span, merge(&global, &entry.node)),
        None => (id_span, global),
    };
    attributes.insert("Properties", span, merged);
    Some(Node::new(resource.span, Value::Map(attributes)))
}

/// A resource's value laid over the global one: mappings are merged, lists joined with the global items first, and
/// for everything else (functions too, and values of different types) the resource's own wins.
fn merge(global: &Node, local: &Node) -> Node {
    let value = match (&global.value, &local.value) {
        (Value::Map(global), Value::Map(local)) => {
            let mut merged = global.clone();
            for (key, entry) in local.entries() {
                let node = match global.get(key) {
                    Some(global) => merge(global, &entry.node),
                    None => entry.node.clone(),
                };
                merged.insert(key, entry.key_span, node);
            }
            Value::Map(merged)
        }
        (Value::List(global), Value::List(local)) => {
            Value::List(global.iter().chain(local).cloned().collect())
        }
        _ => local.value.clone(),
    };
    Node::new(local.span, value)
}

/// The global properties without those that the resource's `IgnoreGlobals` names (`"*"` names all).
fn without_ignored(global: &Node, ignored: Option<&Node>) -> Node {
    let (Some(map), Some(ignored)) = (global.as_map(), ignored) else {
        return global.clone();
    };
    if ignored.as_str() == Some("*") {
        return Node::new(global.span, Value::Map(Map::new()));
    }
    let mut kept = map.clone();
    for name in ignored.as_list().unwrap_or_default() {
        if let Some(name) = name.as_str() {
            kept.remove(name);
        }
    }
    Node::new(global.span, Value::Map(kept))
}

fn check(sections: &Map, diagnostics: &mut Diagnostics) {
    for (name, entry) in sections.entries() {
        let Some((_, allowed)) = SECTIONS.iter().find(|(section, _)| *section == name) else {
            let names = SECTIONS.iter().map(|(section, _)| *section);
            let summary = format!("`Globals` has no section `{name}`");
            diagnostics.push(unknown(summary, name, names).at(entry.key_span));
            continue;
        };
        match entry.node.as_map() {
            Some(properties) => check_properties(name, *allowed, properties, diagnostics),
            None => diagnostics.push(
                Diagnostic::error(
                    "graph/globals",
                    format!(
                        "`Globals.{name}` must be a mapping, and is {}",
                        entry.node.kind()
                    ),
                )
                .at(entry.node.span),
            ),
        }
    }
}

fn check_properties(
    section: &str,
    allowed: Option<&[&str]>,
    properties: &Map,
    diagnostics: &mut Diagnostics,
) {
    let facts = facts::resource_type(&format!("{PREFIX}{section}"));
    let of_type: Vec<&str> = facts
        .iter()
        .flat_map(|facts| &facts.properties)
        .map(|property| property.name)
        .collect();
    let allowed = allowed.unwrap_or(&of_type);
    for (property, entry) in properties.entries() {
        if allowed.contains(&property) {
            continue;
        }
        let summary = format!("`{property}` cannot stand in `Globals.{section}`");
        let mut diagnostic = unknown(summary, property, allowed.iter().copied());
        if of_type.contains(&property) {
            diagnostic.help = vec!["SAM takes it only in each resource's own properties.".into()];
        }
        diagnostics.push(diagnostic.at(entry.key_span));
    }
}

fn unknown<'a>(
    summary: String,
    name: &str,
    allowed: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let diagnostic = Diagnostic::error("graph/globals", summary);
    match nearest(name, allowed.clone()) {
        Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
        None => diagnostic.help(format!(
            "SAM takes {}.",
            allowed.collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    /// The properties of the resource `F`, as JSON, and what was said.
    fn merged(yaml: &str) -> (serde_json::Value, Vec<String>) {
        let mut sources = Sources::new();
        let (template, _) = crate::template::parse(&mut sources, "t.yaml", yaml);
        let template = template.expect("reads");
        let mut diagnostics = Diagnostics::new();
        let after = apply(&template, &mut diagnostics).unwrap_or(template);
        let properties = after.resources["F"].properties.as_ref();
        let said = diagnostics.into_iter().map(|d| d.summary).collect();
        (properties.map(Node::to_json).unwrap_or_default(), said)
    }

    const GLOBALS: &str = "Globals:
  Function:
    Timeout: 10
    Layers: [g]
    Environment: {Variables: {A: global, B: global}}
Resources:
  F:
    Type: AWS::Serverless::Function
";

    #[test]
    fn mappings_merge_lists_join_and_scalars_of_the_resource_win() {
        let (properties, said) = merged(&format!(
            "{GLOBALS}    Properties: {{Timeout: 20, Layers: [l], Environment: {{Variables: {{B: own, C: own}}}}}}\n"
        ));
        assert!(said.is_empty(), "{said:?}");
        assert_eq!(
            properties.to_string(),
            r#"{"Timeout":20,"Layers":["g","l"],"Environment":{"Variables":{"A":"global","B":"own","C":"own"}}}"#
        );
    }

    #[test]
    fn a_function_counts_as_a_scalar() {
        let (properties, _) = merged(&format!(
            "{GLOBALS}    Properties: {{Layers: !Split [',', 'a,b']}}\n"
        ));
        assert_eq!(
            properties["Layers"].to_string(),
            r#"{"Fn::Split":[",","a,b"]}"#
        );
    }

    #[test]
    fn a_resource_without_properties_gets_the_globals() {
        assert_eq!(merged(GLOBALS).0["Timeout"], 10);
    }

    #[test]
    fn ignored_globals_stay_away() {
        let (properties, _) = merged(&format!("{GLOBALS}    IgnoreGlobals: [Timeout]\n"));
        assert!(properties.get("Timeout").is_none() && properties.get("Layers").is_some());
        let (properties, _) = merged(&format!("{GLOBALS}    IgnoreGlobals: '*'\n"));
        assert_eq!(properties.to_string(), "{}");
    }

    #[test]
    fn resources_inside_loops_get_the_globals_too() {
        let mut sources = Sources::new();
        let yaml = GLOBALS.replace(
            "  F:",
            "  'Fn::ForEach::All':\n   - X\n   - [A]\n   - 'F${X}':",
        );
        let yaml = yaml.replace("    Type:", "      Type:");
        let (template, _) = crate::template::parse(&mut sources, "t.yaml", yaml);
        let after = apply(&template.expect("reads"), &mut Diagnostics::new()).expect("merges");
        let text = after.root.to_json()["Resources"].to_string();
        assert!(text.contains(r#""Timeout":10"#), "{text}");
    }

    #[test]
    fn other_kinds_of_resource_are_left_alone() {
        let yaml = GLOBALS.replace("AWS::Serverless::Function", "AWS::Lambda::Function");
        assert!(merged(&yaml).0.is_null());
    }

    #[test]
    fn unknown_sections_and_properties_are_errors() {
        let (_, said) = merged(
            "Globals:\n  Functions: {}\n  Function: {Timeuot: 3, Role: x}\n  Api: 3\nResources:\n  F: {Type: AWS::Serverless::Function}\n",
        );
        assert_eq!(
            said,
            [
                "`Globals` has no section `Functions`",
                "`Timeuot` cannot stand in `Globals.Function`",
                "`Role` cannot stand in `Globals.Function`",
                "`Globals.Api` must be a mapping, and is a number",
            ]
        );
    }
}
