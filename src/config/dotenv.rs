//! `--env-file FILE`: environment variables as `NAME=value` lines.
//!
//! The common `.env` format: comments, a leading `export`, values bare or in quotes, quoted values over
//! several lines, escapes in double quotes. `$NAME` and `${NAME}` are kept as written (with a warning):
//! what they would expand to is in the developer's environment, which functions do not see.
//!
//! Written here rather than taken from the `dotenvy` crate, which expands variables from the process's
//! environment, says neither the line nor more than the first fault, and prints the faulty line, which
//! may be a password.

use std::ops::Range;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::assignment::Assignment;
use super::{mask, source};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};

const CODE: &str = "config/env-file";

/// A file with more faults is not of this format.
const MOST_FAULTS: usize = 20;

/// The file's contents.
#[derive(Debug, Clone)]
pub(super) struct EnvFile {
    pub(super) path: PathBuf,
    pub(super) variables: IndexMap<String, Assignment>,
}

impl EnvFile {
    /// Reads the file. What is wrong in it is reported and left out.
    pub(super) fn read(
        path: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let text = source::read(path, "--env-file", diagnostics)?;
        Some(Self::of_text(path, &text, sources, diagnostics))
    }

    fn of_text(
        path: &Path,
        text: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut reader = Reader::new(text);
        while reader.faults.len() < MOST_FAULTS && reader.line() {}
        reader.hidden.push(reader.at..text.len());
        let id = sources.add(path, mask::hide(text, &reader.hidden));
        diagnostics.extend(reader.faults.into_iter().map(|fault| fault.diagnostic(id)));
        if reader.at < text.len() {
            let at = Span::new(id, reader.at, reader.at);
            diagnostics.push(
                Diagnostic::error(CODE, "reading stopped here: there is too much wrong before")
                    .at(at)
                    .help("is this the right file? its lines look like `NAME=value`"),
            );
        }
        let mut variables: IndexMap<String, Assignment> = IndexMap::new();
        for entry in reader.entries {
            let span = Span::new(id, entry.name.start, entry.name.end);
            let name = &text[entry.name];
            let value = entry.value;
            if let Some(earlier) = variables.insert(name.to_owned(), Assignment { value, span }) {
                diagnostics.push(
                    Diagnostic::warning("config/duplicate-key", format!("`{name}` is set twice"))
                        .label(span, "this one is used")
                        .label(earlier.span, "this one is not"),
                );
            }
        }
        EnvFile {
            path: path.to_owned(),
            variables,
        }
    }
}

struct Entry {
    name: Range<usize>,
    value: String,
}

struct Fault {
    range: Range<usize>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    NoName,
    NoEquals,
    NoClosingQuote(char),
    AfterQuote,
    Expansion,
}

impl Fault {
    fn diagnostic(&self, id: SourceId) -> Diagnostic {
        let span = Span::new(id, self.range.start, self.range.end);
        let error =
            |summary: &str, help: &str| Diagnostic::error(CODE, summary).at(span).help(help);
        match self.kind {
            Kind::NoName => error(
                "a line must start with the name of a variable",
                "names are letters, digits and underscores, and do not start with a digit; \
                 put a value of several lines in quotes; start comments with `#`",
            ),
            Kind::NoEquals => error(
                "there is no `=` after this name",
                "write `NAME=value`; a name alone is not taken from your own environment",
            ),
            Kind::NoClosingQuote(quote) => error(
                &format!("this value has no closing {quote}"),
                "close it, or write it without quotes when it is one line",
            ),
            Kind::AfterQuote => error(
                "there is text after the closing quote",
                "only a comment may follow; a quote inside quotes is written \\\" \
                 (or use the other kind around the value)",
            ),
            Kind::Expansion => Diagnostic::warning(
                CODE,
                "`$NAME` is kept as it is written: variables are not expanded here",
            )
            .at(span)
            .help("write the value out; or, when it is meant as it is, put it in single quotes"),
        }
    }
}

/// Reads one line, or one value over several lines, at a time.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    entries: Vec<Entry>,
    faults: Vec<Fault>,
    /// What must not be shown: all but names and comments.
    hidden: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Reader {
            text,
            at: 0,
            entries: Vec::new(),
            faults: Vec::new(),
            hidden: Vec::new(),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The end of the current line.
    fn line_end(&self) -> usize {
        self.rest()
            .find('\n')
            .map_or(self.text.len(), |n| self.at + n)
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    }

    /// Goes past the end of the line, hiding it from the fault on: a line that is not `NAME=value` may
    /// be a part of a key that was pasted without quotes.
    fn give_up(&mut self, kind: Kind, range: Range<usize>) {
        let end = self.line_end();
        self.hidden.push(range.start..end);
        self.faults.push(Fault { range, kind });
        self.at = end;
        self.next_line();
    }

    fn next_line(&mut self) {
        self.at = (self.line_end() + 1).min(self.text.len());
    }

    /// Reads a line; false at the end of the text.
    fn line(&mut self) -> bool {
        self.skip_blanks();
        if self.rest().is_empty() {
            return false;
        }
        if self.rest().starts_with(['#', '\n']) {
            self.next_line();
            return true;
        }
        let start = self.at;
        let mut name = self.name();
        // `export` may itself be a variable: `export=1`.
        if &self.text[name.clone()] == "export" && self.rest().starts_with([' ', '\t']) {
            self.skip_blanks();
            if !self.rest().starts_with('=') {
                name = self.name();
            }
        }
        if name.is_empty() {
            let end = self.line_end();
            self.give_up(Kind::NoName, start..end);
            return true;
        }
        self.skip_blanks();
        if !self.rest().starts_with('=') {
            self.give_up(Kind::NoEquals, name);
            return true;
        }
        self.at += 1;
        self.skip_blanks();
        if let Some(value) = self.value() {
            self.entries.push(Entry { name, value });
        }
        true
    }

    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
            self.at += rest.find(|c| !letters(c)).unwrap_or(rest.len());
        }
        start..self.at
    }

    /// The value up to the next line. None when it is faulty.
    fn value(&mut self) -> Option<String> {
        match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => {
                let value = self.bare();
                self.next_line();
                Some(value)
            }
        }
    }

    /// Up to the end of the line or a comment, which needs a space before its `#`.
    fn bare(&mut self) -> String {
        let line = &self.text[self.at..self.line_end()];
        let comment = line
            .match_indices('#')
            .map(|(at, _)| at)
            .find(|&at| line[..at].is_empty() || line[..at].ends_with([' ', '\t']));
        let value = line[..comment.unwrap_or(line.len())].trim_end();
        let range = self.at..self.at + value.len();
        self.note_expansion(range.clone());
        self.hidden.push(range);
        value.to_owned()
    }

    fn quoted(&mut self, quote: char) -> Option<String> {
        let open = self.at;
        let Some(length) = closing(&self.text[open + 1..], quote) else {
            // Everything after may belong to the value; reading on would only guess.
            let range = open..open + 1;
            let kind = Kind::NoClosingQuote(quote);
            self.faults.push(Fault { range, kind });
            self.hidden.push(open + 1..self.text.len());
            self.at = self.text.len();
            return None;
        };
        let range = open + 1..open + 1 + length;
        let raw = &self.text[range.clone()];
        self.at = range.end + 1;
        self.hidden.push(range.clone());
        let value = if quote == '"' {
            self.note_expansion(range);
            unescape(raw)
        } else {
            raw.replace("\r\n", "\n")
        };
        self.skip_blanks();
        if !self.rest().is_empty() && !self.rest().starts_with(['#', '\n']) {
            let after = self.at..self.line_end();
            self.give_up(Kind::AfterQuote, after);
            return None;
        }
        self.next_line();
        Some(value)
    }

    /// Warns about the first `$NAME` or `${` that has no backslash before it.
    fn note_expansion(&mut self, range: Range<usize>) {
        let value = &self.text[range.clone()];
        let found = value.match_indices('$').map(|(at, _)| at).find(|&at| {
            let after = value[at + 1..].chars().next();
            after.is_some_and(|c| c == '{' || c == '_' || c.is_ascii_alphabetic())
                && !value[..at].ends_with('\\')
        });
        if let Some(at) = found {
            let range = range.start + at..range.start + at + 1;
            self.faults.push(Fault {
                range,
                kind: Kind::Expansion,
            });
        }
    }
}

/// Where the closing quote is. Only in double quotes can a backslash stand before one.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices()
        .find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = quote == '"' && c == '\\' && !escaped;
            closes
        })
        .map(|(at, _)| at)
}

/// The escapes of double quotes. A backslash before anything else stays.
fn unescape(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('t') => value.push('\t'),
            Some(same @ ('"' | '\\' | '$' | '\'')) => value.push(same),
            Some(other) => value.extend(['\\', other]),
            None => value.push('\\'),
        }
    }
    value
}

#[cfg(test)]
mod tests;
