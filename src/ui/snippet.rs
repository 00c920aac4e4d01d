//! Diagnostics for people: the message, the marked lines, the next step.
//!
//! `annotate-snippets` draws them. It is given only excerpts made here, with every span clamped to its
//! line: it panics on spans outside its text, and its time grows with the text it is given.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::printable;
use crate::diag::{Diagnostic, Label, Position, Severity, Sources, Span};

/// A longer line, in bytes, is not shown at all, only where it is. (Shorter ones are cut to the width of
/// the terminal by the drawing.) A template in JSON may be one line of a megabyte, with many faults.
const LONG_LINE: usize = 16 * 1024;
/// Labels further apart than this many lines are shown as excerpts of their own.
const NEAR: usize = 12;
/// Marks shown for one diagnostic; more would bury the message.
const MOST_LABELS: usize = 20;

/// The diagnostic as lines of text, without a newline at the end.
pub(super) fn render(
    sources: &Sources,
    diagnostic: &Diagnostic,
    width: usize,
    color: bool,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let excerpts = excerpts(sources, &diagnostic.labels);
    let mut group = level
        .primary_title(diagnostic.summary.as_str())
        .id(diagnostic.code)
        .elements(std::iter::empty::<annotate_snippets::Padding>());
    for excerpt in &excerpts {
        group = if excerpt.too_long {
            let messages = excerpt.marks.iter().map(|mark| mark.message.as_str());
            group.element(excerpt.origin()).elements(
                messages
                    .filter(|message| !message.is_empty())
                    .map(|message| Level::NOTE.message(message)),
            )
        } else {
            group.element(excerpt.snippet())
        };
    }
    let hidden = diagnostic.labels.len().saturating_sub(MOST_LABELS);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("and {hidden} more places")));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.term_width(width).render(&[group])
}

/// Some lines of one file with marks in them.
#[derive(Debug)]
struct Excerpt {
    path: String,
    /// Of the first label.
    position: Position,
    /// The number of the first line of `text`.
    first_line: usize,
    text: String,
    marks: Vec<Mark>,
    /// A marked line is too long to show.
    too_long: bool,
}

#[derive(Debug)]
struct Mark {
    /// In the excerpt's text.
    range: Range<usize>,
    message: String,
    primary: bool,
}

impl Excerpt {
    fn origin(&self) -> Origin<'_> {
        Origin::path(self.path.as_str())
            .line(self.position.line)
            .char_column(self.position.column)
    }

    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        Snippet::source(self.text.as_str())
            .path(Some(self.path.as_str()))
            .line_start(self.first_line)
            .annotations(self.marks.iter().map(|mark| {
                let kind = if mark.primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let message = (!mark.message.is_empty()).then_some(mark.message.as_str());
                kind.span(mark.range.clone()).label(message)
            }))
    }
}

/// A label on the line it starts in. Of a span over several lines only the first is marked: a whole
/// resource drawn with a bar beside it says no more than the line that names it.
struct Place<'a> {
    label: &'a Label,
    primary: bool,
    position: Position,
    /// The line without its end.
    line: &'a str,
    /// The marked part of `line`.
    range: Range<usize>,
}

/// The labels' surroundings: near ones of a file together, the diagnostic's own place first.
fn excerpts(sources: &Sources, labels: &[Label]) -> Vec<Excerpt> {
    let mut groups: Vec<Vec<Place>> = Vec::new();
    for (index, label) in labels.iter().take(MOST_LABELS).enumerate() {
        let place = place(sources, label, index == 0);
        let near = groups.iter_mut().find(|group| {
            group.iter().any(|other| {
                other.label.span.source == label.span.source
                    && other.position.line.abs_diff(place.position.line) <= NEAR
            })
        });
        match near {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups
        .iter()
        .filter_map(|group| excerpt(sources, group))
        .collect()
}

fn place<'a>(sources: &'a Sources, label: &'a Label, primary: bool) -> Place<'a> {
    let Span { source, start, end } = label.span;
    let text = sources.file(source).text.as_str();
    let start = floor(text, start as usize);
    let end = floor(text, end as usize).max(start);
    let first = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[first..last].trim_end_matches('\r');
    let from = (start - first).min(line.len());
    let to = (end - first).min(line.len()).max(from);
    // A span that runs on over the line's end is marked to the last character that is not a space.
    let to = if end > last {
        line.trim_end().len().max(from)
    } else {
        to
    };
    Place {
        label,
        primary,
        position: sources.position(Span::new(source, start, start)),
        line,
        range: from..to,
    }
}

/// One excerpt from the first to the last line of a group of places in one file.
fn excerpt(sources: &Sources, group: &[Place]) -> Option<Excerpt> {
    let first = group.first()?;
    let first_line = group.iter().map(|place| place.position.line).min()?;
    let last_line = group.iter().map(|place| place.position.line).max()?;
    let source = first.label.span.source;
    let mut excerpt = Excerpt {
        path: printable(&sources.path(first.label.span).display().to_string()).into_owned(),
        position: first.position,
        first_line,
        text: String::new(),
        marks: Vec::new(),
        too_long: group.iter().any(|place| place.line.len() > LONG_LINE),
    };
    let lines = sources.file(source).text.split('\n');
    for (number, line) in (first_line..=last_line).zip(lines.skip(first_line - 1)) {
        let start = excerpt.text.len();
        // Lines without a mark are only there for the numbers to be right; most are folded away.
        if line.len() <= LONG_LINE {
            excerpt.text.push_str(line.trim_end_matches('\r'));
        }
        excerpt.text.push('\n');
        let here = group.iter().filter(|place| place.position.line == number);
        excerpt.marks.extend(here.map(|place| Mark {
            range: start + place.range.start..start + place.range.end,
            message: printable(&place.label.message).into_owned(),
            primary: place.primary,
        }));
    }
    Some(excerpt)
}

/// The last place not after `at` where the text can be split.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[cfg(test)]
mod tests;
