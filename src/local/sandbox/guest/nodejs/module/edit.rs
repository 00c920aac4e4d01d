//! Edits of a source text that keep its lines where they are.

use std::ops::Range;

/// A list of replacements in one text, applied all at once.
///
/// Ranges must not overlap; insertions (empty ranges) at the same place are applied in the order in
/// which they were added.
#[derive(Debug, Default)]
pub(super) struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Puts `text` in place of `range`. The caller keeps the number of line feeds.
    pub(super) fn replace(&mut self, range: Range<usize>, text: String) {
        self.edits.push((range, text));
    }

    /// Puts `text` before the byte at `at`.
    pub(super) fn insert(&mut self, at: usize, text: &str) {
        self.edits.push((at..at, text.to_owned()));
    }

    /// The part `range` of `source` with its edits.
    pub(super) fn piece(mut self, source: &str, range: Range<usize>) -> String {
        self.edits
            .retain(|(edit, _)| range.start <= edit.start && edit.end <= range.end);
        let before = range.start;
        let mut out = String::new();
        for (edit, _) in &mut self.edits {
            *edit = edit.start - before..edit.end - before;
        }
        self.apply(source.get(range).unwrap_or_default(), &mut out);
        out
    }

    /// Writes `source` with all edits to the end of `out`.
    pub(super) fn apply(mut self, source: &str, out: &mut String) {
        // Stable: insertions at one place stay in order, and come before what is replaced there.
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut from = 0;
        for (range, text) in &self.edits {
            debug_assert!(from <= range.start, "overlapping edits at {range:?}");
            out.push_str(source.get(from..range.start).unwrap_or_default());
            out.push_str(text);
            from = from.max(range.end);
        }
        out.push_str(source.get(from..).unwrap_or_default());
    }
}

/// The line feeds of `text` and nothing else: what stands for a statement that went away.
pub(super) fn line_feeds(text: &str) -> String {
    "\n".repeat(text.bytes().filter(|byte| *byte == b'\n').count())
}

/// Spaces in place of `text`, its line feeds kept: what follows keeps its line and its column.
pub(super) fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            // Columns are counted in UTF-16 units.
            _ => out.extend(std::iter::repeat_n(' ', c.len_utf16())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_the_order_of_the_text() {
        let mut edits = Edits::default();
        edits.replace(4..5, "BB".into());
        edits.insert(4, "<");
        edits.replace(0..1, String::new());
        edits.insert(7, "!");
        let mut out = String::from("|");
        edits.apply("a = b;x", &mut out);
        assert_eq!(out, "| = <BB;x!");
    }

    #[test]
    fn blank_text_keeps_lines_and_columns() {
        assert_eq!(blank("é/*\n*/ x"), "   \n    ");
        assert_eq!(blank("😀\r\n"), "   \n");
        assert_eq!(line_feeds("a\r\nb\n"), "\n\n");
    }
}
