//! SAM's `Globals`: defaults that every resource of a kind gets.
//!
//! Source: the translator's `plugins/globals/globals.py`; the lists of properties and their order are part of its
//! messages.

use crate::diag::nearest;
use crate::template::globals::{API, FUNCTION, HTTP_API};
use crate::template::{Map, Node, Value};

use super::check::is_listed;
use super::fault::Fault;
use super::intrinsic::is_intrinsic;
use super::value::{repr_texts, text};
use super::work::Work;

const PREFIX: &str = "AWS::Serverless::";

/// How a global value and a resource's own are put together, where it is not the usual way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// The resource's own value takes the place of the global one.
    Replace,
    /// Only the keys of the resource's own mapping stay.
    Prune,
}

const STRATEGIES: [(&str, Strategy); 3] = [
    ("Function.Architectures", Strategy::Replace),
    (
        "CapacityProvider.InstanceRequirements.Architectures",
        Strategy::Replace,
    ),
    ("CapacityProvider.ManagedResourceTags", Strategy::Prune),
];

const SECTIONS: [(&str, &[&str]); 8] = [
    ("Api", &API),
    ("CapacityProvider", &CAPACITY_PROVIDER),
    ("Function", &FUNCTION),
    ("HttpApi", &HTTP_API),
    ("LayerVersion", &["PublishLambdaVersion"]),
    ("SimpleTable", &["SSESpecification"]),
    ("StateMachine", &["PropagateTags"]),
    ("WebSocketApi", &WEB_SOCKET_API),
];

const CAPACITY_PROVIDER: [&str; 9] = [
    "VpcConfig",
    "OperatorRole",
    "Tags",
    "InstanceRequirements",
    "ScalingConfig",
    "KmsKeyArn",
    "PropagateTags",
    "LoggingConfig",
    "ManagedResourceTags",
];

const WEB_SOCKET_API: [&str; 13] = [
    "AccessLogSettings",
    "ApiKeySelectionExpression",
    "DefaultRouteSettings",
    "DisableExecuteApiEndpoint",
    "DisableSchemaValidation",
    "Domain",
    "FailOnWarnings",
    "IpAddressType",
    "PropagateTags",
    "RouteSelectionExpression",
    "RouteSettings",
    "StageVariables",
    "Tags",
];

/// The pass: merges the globals into the resources and takes the section away.
pub(super) fn merge(work: &mut Work<'_>) -> Result<(), Vec<Fault>> {
    let globals = work.source.remove("Globals");
    if let Some(entry) = &globals {
        let sections = check(&entry.node).map_err(|fault| vec![fault])?;
        for (section, entry) in sections.entries() {
            for id in work.ids(&format!("{PREFIX}{section}")) {
                merge_into(work, &id, section, &entry.node).map_err(|fault| vec![fault])?;
            }
        }
    }
    Ok(())
}

fn check(globals: &Node) -> Result<&Map, Fault> {
    let Some(sections) = globals.as_map() else {
        return Err(Fault::globals("It must be a non-empty dictionary").at(globals.span));
    };
    for (name, entry) in sections.entries() {
        let Some((_, supported)) = SECTIONS.iter().find(|(section, _)| *section == name) else {
            let sections = repr_texts(SECTIONS.iter().map(|(section, _)| *section));
            return Err(Fault::globals(format!(
                "'{name}' is not supported. Must be one of the following values - {sections}"
            ))
            .at(entry.key_span)
            .advise(did_you_mean(
                name,
                SECTIONS.iter().map(|(section, _)| *section),
            )));
        };
        let Some(properties) = entry.node.as_map() else {
            // The braces are in the translator's message.
            return Err(
                Fault::globals("Value of ${section} must be a dictionary").at(entry.node.span)
            );
        };
        for (property, entry) in properties.entries() {
            if !supported.contains(&property) {
                return Err(Fault::globals(format!(
                    "'{property}' is not a supported property of '{name}'. Must be one of the following values - {}",
                    repr_texts(supported.iter().copied())
                ))
                .at(entry.key_span)
                .advise(did_you_mean(property, supported.iter().copied())));
            }
        }
    }
    Ok(sections)
}

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known).map(|near| format!("Did you mean `{near}`?"))
}

fn merge_into(work: &mut Work<'_>, id: &str, section: &str, global: &Node) -> Result<(), Fault> {
    let Some(entry) = work.resource(id) else {
        return Ok(());
    };
    if !is_listed(&entry.node)? {
        return Ok(());
    }
    let ignored = super::value::truthy(entry.node.get("IgnoreGlobals")).cloned();
    let global = without_ignored(id, global, ignored.as_ref())?;
    if let Some(properties) = work.properties_mut(id) {
        let span = global.span;
        let own = Node::new(span, Value::Map(std::mem::take(properties)));
        if let Value::Map(merged) = merged(&global, own, section).value {
            *properties = merged;
        }
    }
    Ok(())
}

/// The global properties without those that `IgnoreGlobals` names.
fn without_ignored(id: &str, global: &Node, ignored: Option<&Node>) -> Result<Node, Fault> {
    let Some(ignored) = ignored else {
        return Ok(global.clone());
    };
    if ignored.as_str() == Some("*") {
        return Ok(Node::new(global.span, Value::Map(Map::new())));
    }
    let what = format!("Resource {id} has invalid resource attribute 'IgnoreGlobals'");
    let Some(names) = ignored.as_list() else {
        return Err(Fault::resource(id, format!("{what}.")).at(ignored.span));
    };
    let mut kept = global.as_map().cloned().unwrap_or_default();
    for name in names {
        if name.as_str().and_then(|name| kept.remove(name)).is_none() {
            let message = format!("{what} on item '{}'.", text(name));
            return Err(Fault::resource(id, message).at(name.span));
        }
    }
    Ok(Node::new(global.span, Value::Map(kept)))
}

/// A resource's value laid over the global one: mappings are merged, lists joined with the global items first, and for
/// everything else (functions too, and values of different types) the resource's own wins.
fn merged(global: &Node, own: Node, path: &str) -> Node {
    let strategy = STRATEGIES
        .iter()
        .find(|(at, _)| *at == path)
        .map(|(_, strategy)| *strategy);
    let is_plain = !is_intrinsic(global) && !is_intrinsic(&own);
    let span = own.span;
    let value = match (&global.value, own.value) {
        (Value::Map(global), Value::Map(own)) if is_plain => match strategy {
            Some(Strategy::Replace) => Value::Map(own),
            Some(Strategy::Prune) if !own.is_empty() => {
                Value::Map(merged_maps(&pruned(global, &own), own, path))
            }
            _ => Value::Map(merged_maps(global, own, path)),
        },
        (Value::List(global), Value::List(own)) if strategy.is_none() => {
            Value::List(global.iter().cloned().chain(own).collect())
        }
        (_, own) => own,
    };
    Node::new(span, value)
}

fn merged_maps(global: &Map, own: Map, path: &str) -> Map {
    let mut result = global.clone();
    for (key, entry) in own {
        let node = match global.get(&key) {
            Some(global) => merged(global, entry.node, &format!("{path}.{key}")),
            None => entry.node,
        };
        result.insert(key, entry.key_span, node);
    }
    result
}

fn pruned(global: &Map, own: &Map) -> Map {
    let mut kept = Map::new();
    for (key, entry) in global.entries() {
        if own.contains_key(key) {
            kept.insert(key, entry.key_span, entry.node.clone());
        }
    }
    kept
}
