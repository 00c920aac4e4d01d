//! A condition that holds when one of several does.
//!
//! Source: the translator's `model/intrinsics.py`, `make_combined_condition`.

use crate::diag::Span;
use crate::template::Node;

use crate::sam::build::map;
use crate::sam::intrinsic::condition;

/// The most conditions `Fn::Or` takes.
const MOST: usize = 10;

/// The conditions to add so that the one called `name` holds when one of `conditions` does. More than ten need helpers
/// `name1`, `name2`, …, because `Fn::Or` takes no more.
pub(crate) fn combined(span: Span, conditions: &[String], name: &str) -> Vec<(String, Node)> {
    let mut left: Vec<String> = conditions.to_vec();
    if left.len() < 2 {
        return Vec::new();
    }
    let mut helpers = (left.len() - 2) / (MOST - 1);
    let mut made = Vec::new();
    while left.len() > 1 {
        let mut new = name.to_owned();
        if helpers > 0 {
            new = format!("{name}{helpers}");
            helpers -= 1;
        }
        let rest = left.split_off(left.len().min(MOST));
        made.push((new.clone(), any_of(span, &left)));
        left = rest;
        left.push(new);
    }
    made
}

/// `{"Fn::Or": [{"Condition": a}, …]}`.
pub(crate) fn any_of(span: Span, conditions: &[String]) -> Node {
    let conditions: Vec<Node> = conditions
        .iter()
        .map(|name| condition(span, name))
        .collect();
    map!(span; "Fn::Or" => conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    #[test]
    fn more_than_ten_conditions_need_helpers() {
        let names: Vec<String> = (0..12).map(|at| format!("C{at}")).collect();
        let source = Sources::new().add("template.yaml", "");
        let span = Span::new(source, 0, 0);
        let made = combined(span, &names, "All");
        let sizes: Vec<(&str, usize)> = made
            .iter()
            .map(|(name, node)| {
                let parts = node.get("Fn::Or").and_then(Node::as_list);
                (name.as_str(), parts.map_or(0, <[Node]>::len))
            })
            .collect();
        assert_eq!(sizes, [("All1", 10), ("All", 3)]);
        assert!(combined(span, &names[..1], "All").is_empty());
    }
}
