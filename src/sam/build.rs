//! Building values: what a pass makes gets the span of what it was made from.

use crate::diag::Span;
use crate::template::{Key, Map, Node, Value};

/// Something that can stand in a template. `None` is left out of the mapping or list it is put in, so that optional
/// properties need no branches.
pub(crate) trait IntoNode {
    /// The value; what has no place of its own gets `span`.
    fn into_node(self, span: Span) -> Option<Node>;
}

impl IntoNode for Node {
    fn into_node(self, _: Span) -> Option<Node> {
        Some(self)
    }
}

impl IntoNode for &Node {
    fn into_node(self, _: Span) -> Option<Node> {
        Some(self.clone())
    }
}

impl IntoNode for Map {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::new(span, Value::Map(self)))
    }
}

impl IntoNode for &Map {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::new(span, Value::Map(self.clone())))
    }
}

impl IntoNode for &str {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::string(span, self))
    }
}

impl IntoNode for String {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::string(span, self))
    }
}

impl IntoNode for &String {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::string(span, self.as_str()))
    }
}

impl IntoNode for bool {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::new(span, Value::Bool(self)))
    }
}

impl IntoNode for i64 {
    fn into_node(self, span: Span) -> Option<Node> {
        Some(Node::new(span, Value::Number(self.into())))
    }
}

impl<T: IntoNode> IntoNode for Vec<T> {
    fn into_node(self, span: Span) -> Option<Node> {
        let items = self
            .into_iter()
            .filter_map(|item| item.into_node(span))
            .collect();
        Some(Node::new(span, Value::List(items)))
    }
}

impl<T: IntoNode> IntoNode for Option<T> {
    fn into_node(self, span: Span) -> Option<Node> {
        self.and_then(|value| value.into_node(span))
    }
}

/// Puts a value in; `None` leaves the mapping as it is.
pub(crate) fn put(map: &mut Map, span: Span, key: impl Into<Key>, value: impl IntoNode) {
    if let Some(node) = value.into_node(span) {
        map.insert(key, span, node);
    }
}

/// A mapping's [`Node`]: `map!(span; "Ref" => id, "Other" => optional)`.
macro_rules! map {
    ($span:expr $(; $($key:expr => $value:expr),* $(,)?)?) => {{
        let span: $crate::diag::Span = $span;
        #[allow(unused_mut)]
        let mut map = $crate::template::Map::new();
        $($($crate::sam::build::put(&mut map, span, $key, $value);)*)?
        $crate::template::Node::new(span, $crate::template::Value::Map(map))
    }};
}

/// A list's [`Node`]: `list!(span; "a", other)`.
macro_rules! list {
    ($span:expr $(; $($value:expr),* $(,)?)?) => {{
        let span: $crate::diag::Span = $span;
        #[allow(unused_mut)]
        let mut items: Vec<$crate::template::Node> = Vec::new();
        $($(items.extend($crate::sam::build::IntoNode::into_node($value, span));)*)?
        $crate::template::Node::new(span, $crate::template::Value::List(items))
    }};
}

pub(crate) use {list, map};
