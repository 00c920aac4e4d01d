//! Where things are in the user's files, and what is to be said about them.
//!
//! Everything that reads a file registers it with [`Sources`] and marks what it finds with a [`Span`].
//! Faults are collected as [`Diagnostic`]s, so that one run reports all of them.

mod explain;
mod suggest;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexSet;

pub use explain::{Explanation, explanation, explanations, nearest_code};
pub use suggest::{did_you_mean, nearest};

/// A file that was read, by its place in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A range of bytes in one file. `start <= end`, both on character borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of the file `source`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        Span {
            source,
            start: start as u32,
            end: end as u32,
        }
    }
}

/// One file's name and text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As the user named it: shown in messages, never used to open the file again.
    pub path: PathBuf,
    /// The whole text, as it was read.
    pub text: String,
    /// Byte offset of the first character of each line.
    line_starts: Vec<u32>,
}

/// A place as people count: both numbers start at 1, columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line's number.
    pub line: usize,
    /// The character's number in its line.
    pub column: usize,
}

/// Every file read in one run.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a file's text in; spans into it are made with the id that comes back.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> SourceId {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1))
            .collect();
        let id = SourceId(self.files.len() as u32);
        self.files.push(Arc::new(SourceFile {
            path: path.into(),
            text,
            line_starts,
        }));
        id
    }

    /// The files' paths, as the user named them.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The file that was taken in last.
    pub fn last(&self) -> Option<SourceId> {
        let count = self.files.len() as u32;
        Some(SourceId(count.checked_sub(1)?))
    }

    /// The file an id stands for.
    pub fn file(&self, id: SourceId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file a span lies in, when it is one of these.
    pub fn has(&self, span: Span) -> Option<&SourceFile> {
        self.files.get(span.source.0 as usize).map(Arc::as_ref)
    }

    /// The path a span lies in, as the user named it.
    pub fn path(&self, span: Span) -> &Path {
        &self.file(span.source).path
    }

    /// Line and column of a span's first character.
    pub fn position(&self, span: Span) -> Position {
        let file = self.file(span.source);
        let start = (span.start as usize).min(file.text.len());
        let line = file
            .line_starts
            .partition_point(|&first| first as usize <= start);
        let first = file.line_starts[line - 1] as usize;
        let column = file
            .text
            .get(first..start)
            .map_or(1, |before| before.chars().count() + 1);
        Position { line, column }
    }

    /// Puts stars in place of the text that a span covers, byte for byte: it is a secret and may stand on a
    /// line that is shown.
    pub fn mask(&mut self, span: Span) {
        let file = Arc::make_mut(&mut self.files[span.source.0 as usize]);
        let range = span.start as usize..span.end as usize;
        if let Some(secret) = file.text.get(range.clone()) {
            let stars: String = secret
                .chars()
                .map(|c| {
                    if c == '\n' || c == '\r' {
                        String::from(c)
                    } else {
                        "*".repeat(c.len_utf8())
                    }
                })
                .collect();
            file.text.replace_range(range, &stars);
        }
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.source)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }
}

/// How much a diagnostic matters. An error means the template cannot be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The template cannot be used.
    Error,
    /// It can, but probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A marked place with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said about it; may be empty.
    pub message: String,
}

/// One thing to tell the user about their files.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Stable name of the kind of fault, such as `template/duplicate-key`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub summary: String,
    /// The first is the place itself, the others what it has to do with.
    pub labels: Vec<Label>,
    /// What to do next, a sentence each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error of the kind `code`.
    pub fn error(code: &'static str, summary: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, summary)
    }

    /// A warning of the kind `code`.
    pub fn warning(code: &'static str, summary: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, summary)
    }

    /// A note of the kind `code`.
    pub fn note(code: &'static str, summary: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, summary)
    }

    fn new(severity: Severity, code: &'static str, summary: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            summary: summary.into(),
            labels: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Marks a place. The first one marked is the diagnostic's own.
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Marks a place and says something about it.
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds a next step.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The diagnostic's own place, if it has one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// The faults found so far, in the order they were found.
#[derive(Debug, Default, Clone)]
pub struct Diagnostics {
    items: IndexSet<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; the same diagnostic is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.insert(diagnostic);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many there are of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|d| d.severity == severity).count()
    }

    /// All of them.
    pub fn iter(&self) -> indexmap::set::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        for diagnostic in iter {
            self.push(diagnostic);
        }
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(iter: T) -> Self {
        let mut all = Diagnostics::new();
        all.extend(iter);
        all
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = indexmap::set::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", "a: 1\nbé: 2\n");
        let at = |start| sources.position(Span::new(id, start, start));
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(5), Position { line: 2, column: 1 });
        assert_eq!(at(8), Position { line: 2, column: 3 });
        assert_eq!(at(12), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_masked_secret_keeps_every_place() {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", "a: sécret\nb: 2\n");
        sources.mask(Span::new(id, 3, 10));
        assert_eq!(sources.file(id).text, "a: *******\nb: 2\n");
    }

    #[test]
    fn the_same_diagnostic_is_kept_once() {
        let mut all = Diagnostics::new();
        all.push(Diagnostic::error("x/y", "twice"));
        all.push(Diagnostic::error("x/y", "twice"));
        assert_eq!(all.iter().count(), 1);
    }
}
