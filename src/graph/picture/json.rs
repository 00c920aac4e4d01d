//! A picture for programs.

use serde_json::{Value, json};

use super::{Arrow, Item, Picture};

/// One object: `title`, `nodes` (by `id`, the logical id) and `edges` (`from` and `to` are ids; `route` is the place
/// among the node's `routes`). Members without a value are left out.
pub fn render(picture: &Picture) -> Value {
    json!({
        "title": picture.title,
        "nodes": picture.items.iter().map(node).collect::<Vec<_>>(),
        "edges": picture.drawn().map(|(_, arrow)| edge(picture, arrow)).collect::<Vec<_>>(),
    })
}

fn node(item: &Item) -> Value {
    let mut node = json!({ "id": item.id, "kind": item.kind.word() });
    if !item.resource_type.is_empty() {
        node["type"] = json!(item.resource_type);
    }
    node["label"] = json!(item.label);
    if !item.detail.is_empty() {
        node["detail"] = json!(item.detail);
    }
    if !item.routes.is_empty() {
        let routes = item.routes.iter();
        node["routes"] = routes
            .map(|route| json!({ "method": route.method, "path": route.path }))
            .collect();
    }
    if !item.folded.is_empty() {
        node["with"] = json!(item.folded);
    }
    node
}

fn edge(picture: &Picture, arrow: &Arrow) -> Value {
    let mut edge = json!({ "from": picture.items[arrow.from].id });
    if let Some(route) = arrow.route {
        edge["route"] = json!(route);
    }
    edge["to"] = json!(picture.items[arrow.to].id);
    edge["kind"] = json!(arrow.flow.word());
    if !arrow.label.is_empty() {
        edge["label"] = json!(arrow.label);
    }
    edge
}
