//! A picture in the language of Graphviz.

use std::fmt::Write;

use super::text::visible;
use super::{Arrow, Flow, Item, Kind, Picture, Route};

/// A directed graph, left to right. An API with routes is a cluster of them.
pub fn render(picture: &Picture) -> String {
    let mut out = format!("digraph {} {{\n", quoted(&picture.title));
    out.push_str(
        "  rankdir=LR\n  node [shape=box, style=rounded, fontname=Helvetica, fontsize=11]\n  \
         edge [fontname=Helvetica, fontsize=9]\n",
    );
    for (place, item) in picture.items.iter().enumerate() {
        match item.routes.is_empty() {
            true => node(&mut out, place, item, "  "),
            false => cluster(&mut out, place, item),
        }
    }
    for (_, arrow) in picture.drawn() {
        edge(&mut out, arrow);
    }
    out.push_str("}\n");
    out
}

fn node(out: &mut String, place: usize, item: &Item, indent: &str) {
    let mut label = quoted(&item.label);
    if !item.detail.is_empty() {
        label.pop();
        label.push_str("\\n");
        label.push_str(quoted(&item.detail).trim_start_matches('"'));
    }
    let shape = match item.kind {
        Kind::Table | Kind::Bucket => ", shape=cylinder, style=\"\"",
        Kind::Queue | Kind::Stream => ", shape=cds, style=\"\"",
        Kind::Topic | Kind::Bus => ", shape=hexagon, style=\"\"",
        Kind::Schedule | Kind::Rule => ", shape=oval, style=\"\"",
        _ => "",
    };
    let _ = writeln!(out, "{indent}n{place} [label={label}{shape}]");
}

fn cluster(out: &mut String, place: usize, item: &Item) {
    let _ = writeln!(out, "  subgraph cluster_{place} {{");
    let _ = writeln!(
        out,
        "    label={}\n    style=rounded\n    fontname=Helvetica",
        quoted(&item.label)
    );
    node(out, place, item, "    ");
    for (number, route) in item.routes.iter().enumerate() {
        let label = quoted(&route_text(route));
        let _ = writeln!(
            out,
            "    n{place}r{number} [label={label}, shape=plaintext]"
        );
    }
    out.push_str("  }\n");
}

pub(super) fn route_text(route: &Route) -> String {
    match route.method.is_empty() {
        true => route.path.clone(),
        false => format!("{} {}", route.method, route.path),
    }
}

fn edge(out: &mut String, arrow: &Arrow) {
    let mut from = format!("n{}", arrow.from);
    if let Some(route) = arrow.route {
        let _ = write!(from, "r{route}");
    }
    let label = match (arrow.flow, arrow.label.as_str()) {
        (Flow::Triggers, label) => label.to_owned(),
        (flow, "") => flow.verb().to_owned(),
        (flow, label) => format!("{}: {label}", flow.verb()),
    };
    let mut attributes = Vec::new();
    if !label.is_empty() {
        attributes.push(format!("label={}", quoted(&label)));
    }
    match arrow.flow {
        Flow::DeadLetters => attributes.push("style=dashed".into()),
        Flow::Uses => attributes.push("style=dotted".into()),
        Flow::Reads => attributes.push("dir=back".into()),
        Flow::ReadsAndWrites => attributes.push("dir=both".into()),
        Flow::Triggers | Flow::Sends | Flow::Writes => {}
    }
    let attributes = match attributes.is_empty() {
        true => String::new(),
        false => format!(" [{}]", attributes.join(", ")),
    };
    let _ = writeln!(out, "  {from} -> n{}{attributes}", arrow.to);
}

/// A quoted string of DOT, in which nothing is an escape. Source: Graphviz documentation, "The DOT Language" and
/// "escString".
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in visible(text).chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
