//! `Metadata: Hoist:` of a function.

use crate::diag::{Diagnostic, nearest};
use crate::graph::fields::Fields;
use crate::graph::hoist::{AllowedHost, HoistSettings, Isolation};
use crate::template::Node;

const KEYS: [&str; 2] = ["Sandbox", "AllowNet"];

/// Reads the settings; `fields` are the function's, for its name and for reports.
pub(super) fn hoist(fields: &Fields<'_>, metadata: Option<&Node>) -> HoistSettings {
    let Some(node) = metadata.and_then(|all| all.get("Hoist")) else {
        return HoistSettings::default();
    };
    let owner = fields.owner;
    let Some(map) = node.as_map() else {
        fields.report(
            Diagnostic::error(
                "graph/hoist-metadata",
                format!(
                    "`Metadata: Hoist` of {owner} must be a mapping, not {}",
                    node.kind()
                ),
            )
            .at(node.span)
            .help("For example `Hoist: {Sandbox: process}`."),
        );
        return HoistSettings::default();
    };
    let mut settings = HoistSettings::default();
    for (key, entry) in map.entries() {
        match key {
            "Sandbox" => settings.isolation = isolation(fields, &entry.node),
            "AllowNet" => settings.allow_net = allow_net(fields, &entry.node),
            _ => {
                let diagnostic = Diagnostic::warning(
                    "graph/hoist-metadata",
                    format!("`Metadata: Hoist` of {owner} has an unknown key `{key}`"),
                )
                .at(entry.key_span);
                fields.report(match nearest(key, KEYS) {
                    Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
                    None => diagnostic.help(format!("Hoist knows {}.", KEYS.join(", "))),
                });
            }
        }
    }
    settings
}

fn isolation(fields: &Fields<'_>, node: &Node) -> Option<Isolation> {
    match node.as_str() {
        Some("wasm") => return Some(Isolation::Wasm),
        Some("process") => return Some(Isolation::Process),
        _ => (),
    }
    let written = node.scalar_text().unwrap_or_else(|| node.kind().to_owned());
    fields.report(
        Diagnostic::error(
            "graph/hoist-metadata",
            format!("`Sandbox` of {} cannot be `{written}`", fields.owner),
        )
        .at(node.span)
        .help("`wasm` is the sandbox, as without a word; with `process` the function runs as a process of this machine, which is not sandboxed."),
    );
    None
}

fn allow_net(fields: &Fields<'_>, node: &Node) -> Vec<AllowedHost> {
    // A single host may stand without a list.
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    let mut hosts = Vec::new();
    for item in items {
        match item.as_str() {
            Some(pattern) => hosts.push(AllowedHost {
                pattern: pattern.to_owned(),
                span: item.span,
            }),
            None => fields.report(
                Diagnostic::error(
                    "graph/hoist-metadata",
                    format!(
                        "`AllowNet` of {} must be a list of hosts, and {} is none",
                        fields.owner,
                        item.kind()
                    ),
                )
                .at(item.span)
                .help("For example `AllowNet: [example.com, \"*.example.org:8443\"]`."),
            ),
        }
    }
    hosts
}
