//! TOML → tree.

use std::ops::Range;
use std::path::Path;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::number;
use super::{Content, Item, Member};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};

/// Reads a text; all faults of syntax are reported.
pub(super) fn read(
    path: &Path,
    text: String,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (SourceId, Option<Item>) {
    let source = sources.add(path, text);
    let text = sources.file(source).text.clone();
    let (root, faults) = DeTable::parse_recoverable(&text);
    for fault in &faults {
        let range = on_characters(&text, fault.span().unwrap_or(0..0));
        let summary = format!("this is not TOML: {}", fault.message());
        diagnostics.push(Diagnostic::error("config/toml", summary).at(Span::new(
            source,
            range.start,
            range.end,
        )));
    }
    if !faults.is_empty() {
        return (source, None);
    }
    let reader = Reader { source };
    let span = reader.span(root.span());
    let content = Content::Table(reader.table(root.into_inner()));
    (source, Some(Item { span, content }))
}

/// The range widened to whole characters: the parser counts bytes.
fn on_characters(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.min(text.len()));
    start..end.max(start)
}

struct Reader {
    source: SourceId,
}

impl Reader {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    fn table(&self, table: DeTable<'_>) -> IndexMap<String, Member> {
        let mut members: Vec<(String, Member)> = table
            .into_iter()
            .map(|(key, value)| {
                let span = self.span(key.span());
                let item = self.item(value);
                (key.into_inner().into_owned(), Member { key: span, item })
            })
            .collect();
        // The parser sorts by name; messages come in the order of the text.
        members.sort_by_key(|(_, member)| member.key.start);
        members.into_iter().collect()
    }

    /// The parser bounds how deep values lie in each other, so recursion is safe.
    fn item(&self, value: Spanned<DeValue<'_>>) -> Item {
        let span = self.span(value.span());
        let content = match value.into_inner() {
            DeValue::String(text) => Content::Text(text.into_owned()),
            DeValue::Integer(integer) => {
                Content::Integer(number::integer(integer.as_str(), integer.radix()))
            }
            DeValue::Float(float) => Content::Other(number::float(float.as_str())),
            DeValue::Boolean(flag) => Content::Boolean(flag),
            DeValue::Datetime(date) => Content::Other(date.to_string().replace('T', " ")),
            DeValue::Array(items) => {
                Content::List(items.into_iter().map(|item| self.item(item)).collect())
            }
            DeValue::Table(table) => Content::Table(self.table(table)),
        };
        Item { span, content }
    }
}
