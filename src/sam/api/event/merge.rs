//! `MergeDefinitions`: what SAM generates for a route goes into a definition that the user wrote.

use crate::diag::Span;
use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::value::truthy;
use crate::template::{Map, Node, Value};

use super::super::editor::Editor;
use super::super::editor::path::{self, normal_method};

/// The part of the user's definition that a route is in, with the generated method; where both say something, what is
/// generated counts.
///
/// # Errors
/// Paths or methods that are no mappings.
pub(super) fn merged(
    api: &str,
    path: &str,
    method: &str,
    body: &Node,
    editor: Editor,
) -> Result<Map> {
    let own = user_method(api, path, method, body)?;
    let generated = editor.into_map();
    let generated = generated
        .get("paths")
        .and_then(|paths| paths.get(path)?.get(&normal_method(method))?.as_map());
    let mut definition = own.cloned().unwrap_or_default();
    for (key, entry) in generated.into_iter().flat_map(Map::entries) {
        definition.insert(key, entry.key_span, entry.node.clone());
    }
    // A definition without paths is refused later, so it stays as it is.
    let has_paths = body
        .get("paths")
        .is_some_and(|paths| paths.as_map().is_some_and(|paths| !paths.is_empty()));
    let Value::Map(mut part) = path::only(body, path).value else {
        return Ok(Map::new());
    };
    let paths = part.get_mut("paths").and_then(Node::as_map_mut);
    if let Some(paths) = paths.filter(|_| has_paths)
        && let Some(item) = ensure_map(paths, path, body.span)
    {
        put(item, body.span, method, definition);
    }
    Ok(part)
}

fn ensure_map<'m>(map: &'m mut Map, key: &str, span: Span) -> Option<&'m mut Map> {
    if !map.contains_key(key) {
        put(map, span, key, Map::new());
    }
    map.get_mut(key).and_then(Node::as_map_mut)
}

fn user_method<'b>(api: &str, path: &str, method: &str, body: &'b Node) -> Result<Option<&'b Map>> {
    let invalid =
        |what: &str| Fault::resource(api, format!("Property 'DefinitionBody' is invalid: {what}"));
    let Some(paths) = truthy(body.get("paths")) else {
        return Ok(None);
    };
    let paths = paths
        .as_map()
        .ok_or_else(|| invalid("It should be a map"))?;
    let Some(item) = paths.get(path).filter(|item| item.value != Value::Null) else {
        return Ok(None);
    };
    let item = item
        .as_map()
        .ok_or_else(|| invalid(&format!("The value of '{path}' should be a map")))?;
    match truthy(item.get(method)) {
        None => Ok(None),
        own => Owner::Resource(api)
            .map(own, &format!("DefinitionBody.paths.{path}.{method}"))
            .map(Some),
    }
}
