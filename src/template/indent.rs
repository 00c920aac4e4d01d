//! Lines that YAML 1.2 finds indented too little, and that CloudFormation's YAML 1.1 reader takes.
//!
//! Inside brackets and quotes YAML 1.1 does not care about indentation, so real templates close a bracket under the key
//! that opened it. The parser follows YAML 1.2, which wants such lines indented. Spaces in front of them change nothing
//! but that, so they are put in, one line at a time where the parser complains, and taken out of every place again.

/// Spaces put in front of a line: more than any template is indented by.
const WIDTH: usize = 256;

/// Bytes that may be read again in one file: every padded line costs one more reading.
const MAX_REREAD: usize = 2 * 1024 * 1024;

/// The parser's complaint about a line inside quotes.
const QUOTE: &str = "invalid indentation in quoted scalar";

/// A text with spaces put in front of some of its lines.
pub(super) struct Padded<'a> {
    body: &'a str,
    /// Where in `body` the padded lines start, in order.
    lines: Vec<usize>,
    reread: usize,
}

impl<'a> Padded<'a> {
    pub(super) fn new(body: &'a str) -> Self {
        Padded {
            body,
            lines: Vec::new(),
            reread: 0,
        }
    }

    /// The text with the spaces.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.body.len() + self.lines.len() * WIDTH);
        let mut from = 0;
        for &line in &self.lines {
            text.push_str(self.body.get(from..line).unwrap_or_default());
            text.extend(std::iter::repeat_n(' ', WIDTH));
            from = line;
        }
        text.push_str(self.body.get(from..).unwrap_or_default());
        text
    }

    /// The place in the text without the spaces.
    pub(super) fn original(&self, padded: usize) -> usize {
        // The start of the n-th padded line lies n widths further on; what lies before it is not moved by it.
        let before = |n: usize| self.lines.get(n).map(|line| line + n * WIDTH);
        let (mut low, mut high) = (0, self.lines.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(middle).is_some_and(|start| start <= padded) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        match low.checked_sub(1).and_then(|last| self.lines.get(last)) {
            Some(&line) => padded.saturating_sub(low * WIDTH).max(line),
            None => padded,
        }
    }

    /// Pads what the parser complained of at `at` (a place in the original text), if that can help.
    pub(super) fn mend(&mut self, complaint: &str, at: usize) -> bool {
        self.reread += self.body.len();
        if self.reread > MAX_REREAD {
            return false;
        }
        let before = self.lines.len();
        match complaint {
            "invalid indentation" | "invalid indentation in flow construct" => {
                self.pad(self.line_start(at));
            }
            // The place is where the quote opens; any line up to where it closes may be the one.
            QUOTE => {
                let Some(end) = self.quote_end(at) else {
                    return false;
                };
                let quoted = self.body.get(at..end).unwrap_or_default();
                for (line, _) in quoted.match_indices('\n') {
                    self.pad(at + line + 1);
                }
            }
            _ => return false,
        }
        self.lines.len() > before
    }

    /// Whether the parser complains of the indentation inside a quote that has no end.
    pub(super) fn is_open_quote(&self, complaint: &str, at: usize) -> bool {
        complaint == QUOTE && self.quote_end(at).is_none()
    }

    fn pad(&mut self, line: usize) {
        if let Err(place) = self.lines.binary_search(&line) {
            self.lines.insert(place, line);
        }
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.body.get(..at).unwrap_or_default();
        before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    /// Where the quote that opens at `at` closes. Inside double quotes a backslash hides the next letter; inside
    /// single ones a quote is written twice.
    fn quote_end(&self, at: usize) -> Option<usize> {
        let rest = self.body.get(at..)?;
        let mut letters = rest.char_indices().peekable();
        let (_, quote) = letters.next()?;
        if !matches!(quote, '"' | '\'') {
            return None;
        }
        while let Some((place, letter)) = letters.next() {
            let hides_next = match quote {
                '"' => letter == '\\',
                _ => letter == quote && letters.peek().is_some_and(|(_, next)| *next == quote),
            };
            if hides_next {
                letters.next();
            } else if letter == quote {
                return Some(at + place);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again_without_the_spaces() {
        let mut padded = Padded::new("a\nb\nc\n");
        assert!(padded.mend("invalid indentation", 2));
        assert!(padded.mend("invalid indentation", 4));
        let text = padded.text();
        for letter in ["a", "b", "c"] {
            let original = padded.original(text.find(letter).unwrap());
            assert_eq!(&padded.body[original..=original], letter);
        }
        assert_eq!(
            padded.original(10),
            2,
            "inside the spaces is the start of the line"
        );
    }

    #[test]
    fn a_line_is_padded_once() {
        let mut padded = Padded::new("a\nb\n");
        assert!(padded.mend("invalid indentation", 2));
        assert!(!padded.mend("invalid indentation", 2));
        assert!(!padded.mend("something else", 0));
    }
}
