//! Places in YAML: what the parser counts in characters, in bytes of the file.

use crate::diag::{SourceId, Span};

use super::indent::Padded;

/// Turns the parser's places, counted in characters of the text it reads, into bytes of the file.
pub(super) struct Offsets<'a> {
    source: SourceId,
    /// The file's text.
    pub(super) text: &'a str,
    /// The text the parser reads: without a byte order mark, some lines padded.
    pub(super) readable: &'a str,
    padded: &'a Padded<'a>,
    /// Byte offset of every character of `readable`; empty when all of them are one byte long.
    starts: Vec<u32>,
    /// Length of the byte order mark.
    base: usize,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(
        source: SourceId,
        text: &'a str,
        readable: &'a str,
        padded: &'a Padded<'a>,
    ) -> Self {
        let starts = if readable.is_ascii() {
            Vec::new()
        } else {
            readable.char_indices().map(|(at, _)| at as u32).collect()
        };
        let has_mark = text.starts_with('\u{feff}');
        Offsets {
            source,
            text,
            readable,
            padded,
            starts,
            base: if has_mark { '\u{feff}'.len_utf8() } else { 0 },
        }
    }

    pub(super) fn byte(&self, character: usize) -> usize {
        let in_readable = if self.starts.is_empty() {
            character.min(self.readable.len())
        } else {
            self.starts
                .get(character)
                .map_or(self.readable.len(), |at| *at as usize)
        };
        self.base + self.padded.original(in_readable)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end.max(start))
    }

    /// The span of a scalar, without the line breaks a block scalar's span ends with.
    pub(super) fn scalar(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index());
        let written = self.text.get(start..end).unwrap_or_default();
        self.span(start, start + written.trim_end().len())
    }

    /// Where the tag in front of `start` begins; `start` when it is not found there.
    pub(super) fn tag_start(&self, start: usize, tag: &str) -> usize {
        let before = self.text.get(..start).unwrap_or_default().trim_end();
        if before.ends_with(tag) {
            before.len() - tag.len()
        } else {
            start
        }
    }
}
