//! The terminal: the only part of Hoist that writes to it.
//!
//! Standard output carries data and nothing else: a function's answer, a table that was asked for, JSON.
//! Everything said about it (diagnostics, log lines, progress) goes to standard error, so that
//! `hoist … | jq` works. A [`Ui`] is made once by the command line and passed to whoever talks.

mod color;
mod github;
mod json;
mod progress;
mod prompt;
mod sarif;
mod snippet;
mod stream;
mod table;

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, OnceLock};

use anstyle::{AnsiColor, Style};
use indicatif::MultiProgress;

use crate::diag::{Diagnostic, Severity, Sources};

pub use color::{ColorChoice, Surroundings};
pub use github::diagnostic_github;
pub use json::diagnostic_json;
pub use progress::Progress;
pub use prompt::AskError;
pub use sarif::sarif;
pub use stream::Captured;
pub use table::{Align, Table};

use stream::Stream;

/// Columns assumed where there is no terminal to ask. Wide enough for most template lines.
const PIPE_WIDTH: usize = 140;

/// What the results of a command are printed as (`--output`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: JSON on standard output, no progress on standard error.
    Json,
}

/// The two streams with how to write to them. Cheap to clone; clones write to the same streams.
#[derive(Clone)]
pub struct Ui {
    out: Arc<Stream>,
    err: Arc<Stream>,
    /// Bars on standard error; hidden unless it is a terminal that can redraw.
    bars: MultiProgress,
    live: bool,
    width: usize,
    format: Format,
    /// The code of the first error that was shown.
    first_error: Arc<OnceLock<&'static str>>,
}

impl Ui {
    /// The process's own streams.
    pub fn new(choice: ColorChoice, format: Format, surroundings: Surroundings) -> Self {
        let out = Stream::stdout(choice, surroundings);
        let err = Stream::stderr(choice, surroundings);
        let live =
            err.is_terminal() && !surroundings.dumb && !surroundings.ci && format == Format::Text;
        let width = if err.is_terminal() {
            terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| width.0.into())
        } else {
            PIPE_WIDTH
        };
        Ui {
            out: Arc::new(out),
            err: Arc::new(err),
            bars: progress::bars(live),
            live,
            width: surroundings.columns.unwrap_or(width).max(20),
            format,
            first_error: Arc::default(),
        }
    }

    /// Streams that keep what is written, for tests. Not a terminal: without colour or bars.
    pub fn captured(format: Format) -> (Self, Captured) {
        let captured = Captured::default();
        let ui = Ui {
            out: Arc::new(Stream::captured(captured.out_buffer())),
            err: Arc::new(Stream::captured(captured.err_buffer())),
            bars: progress::bars(false),
            live: false,
            width: PIPE_WIDTH,
            format,
            first_error: Arc::default(),
        };
        (ui, captured)
    }

    /// What results are printed as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Columns of the terminal, or an assumed number where there is none. At least 20.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether standard error is a terminal.
    pub fn talks_to_terminal(&self) -> bool {
        self.err.is_terminal()
    }

    /// Whether standard output is a terminal.
    pub fn prints_to_terminal(&self) -> bool {
        self.out.is_terminal()
    }

    /// Whether standard output shows colours.
    pub fn data_has_color(&self) -> bool {
        self.out.has_color()
    }

    /// Whether whoever read standard output has gone away: a run without an end is over then. It shows with what is written next.
    pub fn reader_is_gone(&self) -> bool {
        self.out.is_gone()
    }

    /// Writes bytes to standard output as they are.
    ///
    /// A reader that has gone away (`hoist … | head`) is not an error, here and in all that follows:
    /// what is written afterwards is dropped. Other failures, such as a full disk, are returned.
    pub fn data(&self, bytes: &[u8]) -> io::Result<()> {
        self.suspended(|| self.out.write(bytes))
    }

    /// Writes a line of text to standard output.
    pub fn data_line(&self, text: &str) -> io::Result<()> {
        self.data(format!("{text}\n").as_bytes())
    }

    /// Writes a value to standard output as one line of JSON.
    pub fn data_json(&self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        self.data_line(&text)
    }

    /// Writes bytes to standard error as they are: what a function printed.
    ///
    /// Escape sequences in them are the function's own and are passed on.
    pub fn talk(&self, bytes: &[u8]) -> io::Result<()> {
        self.suspended(|| self.err.write(bytes))
    }

    /// Writes a line to standard error.
    pub fn talk_line(&self, text: &str) -> io::Result<()> {
        self.talk(format!("{text}\n").as_bytes())
    }

    /// Writes `error: …` to standard error, for a fault that has no place in a file.
    pub fn error(&self, text: &str) -> io::Result<()> {
        self.titled("error", AnsiColor::BrightRed, text)
    }

    /// Writes `warning: …` to standard error.
    pub fn warning(&self, text: &str) -> io::Result<()> {
        self.titled("warning", AnsiColor::Yellow, text)
    }

    /// Writes `help: …` to standard error: the next step.
    pub fn help(&self, text: &str) -> io::Result<()> {
        self.titled("help", AnsiColor::BrightCyan, text)
    }

    fn titled(&self, title: &str, color: AnsiColor, text: &str) -> io::Result<()> {
        let style = Style::new().bold().fg_color(Some(color.into()));
        let title = self.styled(title, style);
        self.talk_line(&format!("{title}: {}", printable(text)))
    }

    /// The text with a style, where standard error shows colours.
    pub fn styled<'a>(&self, text: &'a str, style: Style) -> Cow<'a, str> {
        if self.err.has_color() {
            Cow::Owned(format!("{style}{text}{style:#}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// The text with a style, where standard output shows colours.
    pub fn styled_data<'a>(&self, text: &'a str, style: Style) -> Cow<'a, str> {
        if self.out.has_color() {
            Cow::Owned(format!("{style}{text}{style:#}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Shows diagnostics on standard error, each with its marked lines, and a count after them.
    ///
    /// With `--output json` they are one JSON array on standard output instead (empty when there are
    /// none); see [`diagnostic_json`] for its members. Commands that print other JSON should not call
    /// this but [`Ui::explain`].
    pub fn diagnostics<'a>(
        &self,
        sources: &Sources,
        diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    ) -> io::Result<()> {
        match self.format {
            Format::Text => self.explain(sources, diagnostics),
            Format::Json => {
                let all: Vec<_> = diagnostics
                    .into_iter()
                    .map(|diagnostic| diagnostic_json(sources, diagnostic))
                    .collect();
                self.data_json(&all)
            }
        }
    }

    /// Shows diagnostics to people on standard error whatever the format.
    pub fn explain<'a>(
        &self,
        sources: &Sources,
        diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    ) -> io::Result<()> {
        let (mut errors, mut warnings, mut notes) = (0, 0, 0);
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => {
                    errors += 1;
                    let _ = self.first_error.set(diagnostic.code);
                }
                Severity::Warning => warnings += 1,
                Severity::Note => notes += 1,
            }
            let text = snippet::render(sources, diagnostic, self.width, self.err.has_color());
            self.talk_line(&format!("{text}\n"))?;
        }
        match count(errors, warnings, notes) {
            Some((Severity::Error, text)) => self.error(&text),
            Some((_, text)) => self.warning(&text),
            None => Ok(()),
        }
    }

    /// Where to read more about the errors that were shown; said to people at a terminal, once at the end of a run.
    pub fn hint_at_explanations(&self) -> io::Result<()> {
        match self.first_error.get() {
            Some(code) if self.talks_to_terminal() && self.format == Format::Text => {
                self.help(&format!("`hoist explain {code}` says more"))
            }
            _ => Ok(()),
        }
    }

    /// Shows that something long is being done; see [`Progress`].
    ///
    /// `total` is the number of steps when it is known. The display ends when the value is dropped.
    pub fn progress(&self, message: &str, total: Option<u64>) -> Progress {
        if self.format == Format::Text && !self.live {
            // Nothing can be redrawn: say once what the wait is for. A failure to say it is no reason
            // to stop the work.
            let _ = self.talk_line(&printable(message));
        }
        Progress::start(&self.bars, message, total, self.live, self.width)
    }

    /// Writes with the bars out of the way.
    fn suspended<R>(&self, write: impl FnOnce() -> R) -> R {
        if self.live {
            self.bars.suspend(write)
        } else {
            write()
        }
    }
}

impl std::fmt::Debug for Ui {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ui")
            .field("width", &self.width)
            .field("format", &self.format)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

/// `2 errors and 1 warning`, and which of them it is about; none when there is no more than notes.
fn count(errors: usize, warnings: usize, notes: usize) -> Option<(Severity, String)> {
    let number = |n: usize, noun: &str| match n {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{n} {noun}s")),
    };
    let severity = match (errors, warnings) {
        (0, 0) => return None,
        (0, _) => Severity::Warning,
        _ => Severity::Error,
    };
    let parts: Vec<String> = [
        number(errors, "error"),
        number(warnings, "warning"),
        number(notes, "note"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let text = match parts.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => parts.concat(),
    };
    Some((severity, text))
}

/// The text without the characters that could move the cursor or reorder what is read.
///
/// Names in messages come from templates and files that somebody else may have written.
fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\t' => ' ',
                c if is_harmful(c) => char::REPLACEMENT_CHARACTER,
                c => c,
            })
            .collect(),
    )
}

/// Control characters but for the newline, and those that change the direction of writing.
fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Span;

    fn sample() -> (Sources, Diagnostic) {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", "Resources:\n  A: 1\n");
        let diagnostic =
            Diagnostic::error("template/x", "wrong").label(Span::new(id, 13, 14), "it");
        (sources, diagnostic)
    }

    #[test]
    fn data_goes_out_and_talk_goes_to_standard_error() {
        let (ui, captured) = Ui::captured(Format::Text);
        ui.data_line("{}").unwrap();
        ui.talk_line("START").unwrap();
        ui.error("no such function").unwrap();
        assert_eq!(captured.out(), "{}\n");
        assert_eq!(captured.err(), "START\nerror: no such function\n");
    }

    #[test]
    fn diagnostics_are_counted_after_they_are_shown() {
        let (sources, error) = sample();
        let warning = Diagnostic::warning("config/x", "odd");
        let (ui, captured) = Ui::captured(Format::Text);
        ui.diagnostics(&sources, [&error, &warning]).unwrap();
        assert!(captured.out().is_empty());
        let err = captured.err();
        assert!(err.contains("--> t.yaml:2:3"), "{err}");
        assert!(err.ends_with("error: 1 error and 1 warning\n"), "{err}");
    }

    #[test]
    fn diagnostics_in_json_are_one_array_on_standard_output() {
        let (sources, error) = sample();
        let (ui, captured) = Ui::captured(Format::Json);
        ui.diagnostics(&sources, [&error]).unwrap();
        let array: serde_json::Value = serde_json::from_str(&captured.out()).unwrap();
        assert_eq!(array[0]["line"], 2);
        assert!(captured.err().is_empty());
    }

    #[test]
    fn no_diagnostics_say_nothing_to_people_and_an_empty_array_to_programs() {
        let sources = Sources::new();
        let (ui, captured) = Ui::captured(Format::Text);
        ui.diagnostics(&sources, []).unwrap();
        assert_eq!(captured.err(), "");
        let (ui, captured) = Ui::captured(Format::Json);
        ui.diagnostics(&sources, []).unwrap();
        assert_eq!(captured.out(), "[]\n");
    }

    #[test]
    fn escape_sequences_in_messages_do_not_reach_the_terminal() {
        let (ui, captured) = Ui::captured(Format::Text);
        ui.error("no function \u{1b}[2Jx").unwrap();
        assert_eq!(captured.err(), "error: no function \u{fffd}[2Jx\n");
    }

    #[test]
    fn progress_without_a_terminal_is_one_plain_line_and_in_json_nothing() {
        let (ui, captured) = Ui::captured(Format::Text);
        let progress = ui.progress("Compiling the sandbox", Some(3));
        progress.step();
        progress.message("more");
        drop(progress);
        assert_eq!(captured.err(), "Compiling the sandbox\n");

        let (ui, captured) = Ui::captured(Format::Json);
        drop(ui.progress("Compiling the sandbox", None));
        assert_eq!(captured.err(), "");
    }
}
