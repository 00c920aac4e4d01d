//! A picture in the language of Mermaid, which GitHub draws in Markdown.

use std::fmt::Write;

use super::dot::route_text;
use super::text::visible;
use super::{Arrow, Flow, Item, Kind, Picture};

/// A flowchart from left to right. An API with routes is a subgraph of them.
pub fn render(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    for (place, item) in picture.items.iter().enumerate() {
        match item.routes.is_empty() {
            true => node(&mut out, place, item),
            false => subgraph(&mut out, place, item),
        }
    }
    for (_, arrow) in picture.drawn() {
        edge(&mut out, picture, arrow);
    }
    out
}

fn node(out: &mut String, place: usize, item: &Item) {
    let mut label = escaped(&item.label);
    if !item.detail.is_empty() {
        let _ = write!(label, "<br/><small>{}</small>", escaped(&item.detail));
    }
    let (open, close) = match item.kind {
        Kind::Function => ("(", ")"),
        Kind::Table | Kind::Bucket => ("[(", ")]"),
        Kind::Queue | Kind::Stream => ("[[", "]]"),
        Kind::Topic | Kind::Bus => ("{{", "}}"),
        Kind::Schedule | Kind::Rule => ("([", "])"),
        _ => ("[", "]"),
    };
    let _ = writeln!(out, "  n{place}{open}\"{label}\"{close}");
}

fn subgraph(out: &mut String, place: usize, item: &Item) {
    let _ = writeln!(out, "  subgraph n{place}[\"{}\"]", escaped(&item.label));
    for (number, route) in item.routes.iter().enumerate() {
        let _ = writeln!(
            out,
            "    n{place}r{number}([\"{}\"])",
            escaped(&route_text(route))
        );
    }
    out.push_str("  end\n");
}

fn edge(out: &mut String, picture: &Picture, arrow: &Arrow) {
    let mut from = format!("n{}", arrow.from);
    if let Some(route) = arrow.route {
        let _ = write!(from, "r{route}");
    }
    let line = match arrow.flow {
        Flow::Triggers => "-->",
        Flow::Sends => "==>",
        Flow::ReadsAndWrites => "<-->",
        Flow::Reads | Flow::Writes => "-->",
        Flow::DeadLetters | Flow::Uses => "-.->",
    };
    let label = match (arrow.flow, arrow.label.as_str()) {
        (Flow::Triggers, "") => String::new(),
        (Flow::Triggers, label) => escaped(label),
        (flow, "") => flow.verb().to_owned(),
        (flow, label) => format!("{}: {}", flow.verb(), escaped(label)),
    };
    let label = match label.is_empty() {
        true => String::new(),
        false => format!("|\"{label}\"|"),
    };
    // Mermaid draws no arrow from a subgraph to itself.
    let is_inner_loop = arrow.from == arrow.to && !picture.items[arrow.from].routes.is_empty();
    if !is_inner_loop {
        let _ = writeln!(out, "  {from} {line}{label} n{}", arrow.to);
    }
}

/// Text inside Mermaid's quotes, in which only its own entities stand for anything. Source: Mermaid documentation,
/// "Flowcharts: special characters that break syntax".
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in visible(text).chars() {
        match character {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            // Inside quotes it would be read as Markdown.
            '#' | '`' | '*' | '_' | '\\' => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
    // Mermaid takes no empty text.
    if out.is_empty() {
        out.push(' ');
    }
    out
}
