//! Settings files in TOML and YAML, read into one tree that keeps where everything is.

mod number;
mod toml;
mod yaml;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::source;
use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};

/// A file that was read. What could not be read of it is missing, with a diagnostic.
#[derive(Debug)]
pub(super) struct SettingsFile {
    /// As it was named or found.
    pub(super) path: PathBuf,
    /// Its text among the sources.
    pub(super) source: SourceId,
    /// What is in it; empty for an empty file.
    pub(super) members: IndexMap<String, Member>,
}

/// One `key = value`.
#[derive(Clone)]
pub(super) struct Member {
    /// The key.
    pub(super) key: Span,
    /// The value.
    pub(super) item: Item,
}

/// A value and its place.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) span: Span,
    pub(super) content: Content,
}

/// What a settings file can hold. Numbers and dates are the text that Python's `str` makes of them, because that is
/// what SAM makes of a parameter's value.
#[derive(Clone)]
pub(super) enum Content {
    Null,
    Boolean(bool),
    Integer(String),
    /// A number with a point or an exponent, a date.
    Other(String),
    Text(String),
    List(Vec<Item>),
    Table(IndexMap<String, Member>),
}

impl Item {
    /// What a message calls it.
    pub(super) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Null => "nothing",
            Content::Boolean(_) => "true or false",
            Content::Integer(_) | Content::Other(_) => "a number",
            Content::Text(_) => "text",
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
        }
    }

    /// Its text, as Python's `str` gives it: `True`, `1.1`, nothing for a null. None for lists and tables.
    pub(super) fn to_text(&self) -> Option<String> {
        match &self.content {
            Content::Null => Some(String::new()),
            Content::Boolean(true) => Some("True".into()),
            Content::Boolean(false) => Some("False".into()),
            Content::Integer(text) | Content::Other(text) | Content::Text(text) => {
                Some(text.clone())
            }
            Content::List(_) | Content::Table(_) => None,
        }
    }

    /// The places of all single values in it, itself included.
    pub(super) fn leaves(&self) -> Vec<Span> {
        match &self.content {
            Content::List(items) => items.iter().flat_map(Item::leaves).collect(),
            Content::Table(members) => members
                .values()
                .flat_map(|member| member.item.leaves())
                .collect(),
            _ => vec![self.span],
        }
    }

    /// The table it is.
    pub(super) fn table(&self) -> Option<&IndexMap<String, Member>> {
        match &self.content {
            Content::Table(members) => Some(members),
            _ => None,
        }
    }
}

/// Without values, which may be secret.
impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple(self.kind()).field(&self.span).finish()
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.item.fmt(f)
    }
}

/// The endings of files that can be read, as SAM knows them, in its order of preference.
pub(super) const ENDINGS: [&str; 3] = ["toml", "yaml", "yml"];

/// Reads a file in TOML or YAML, whatever it holds; `asked` says on whose behalf, for messages. What is wrong is added
/// to `diagnostics`. None when nothing of it could be read.
pub(super) fn read(
    path: &Path,
    asked: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(SourceId, Option<Item>)> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    if !ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
        let summary = format!(
            "{} ({asked}) is neither TOML nor YAML by its name",
            path.display()
        );
        diagnostics.push(
            Diagnostic::error("config/unknown-format", summary)
                .help("the name has to end in .toml, .yaml or .yml, as for SAM"),
        );
        return None;
    }
    let text = source::read_regular(path, asked, diagnostics)?;
    Some(match ending {
        Some("toml") => toml::read(path, text, sources, diagnostics),
        _ => yaml::read(path, text, sources, diagnostics),
    })
}

impl SettingsFile {
    /// Reads a file whose values have names.
    pub(super) fn read(
        path: &Path,
        asked: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (source, root) = read(path, asked, sources, diagnostics)?;
        let members = match root?.content {
            Content::Table(members) => members,
            Content::Null => IndexMap::new(),
            _ => {
                let summary = format!("{} does not hold settings", path.display());
                diagnostics.push(
                    Diagnostic::error("config/shape", summary)
                        .at(Span::new(source, 0, 0))
                        .help("settings are written as names with values"),
                );
                return None;
            }
        };
        Some(SettingsFile {
            path: path.to_owned(),
            source,
            members,
        })
    }
}
