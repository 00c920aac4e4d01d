//! Hiding values in files that hold secrets.
//!
//! Diagnostics show the line they are about. For `.env` files and the like that line may be a password,
//! and the terminal may be a public CI log; so such files are registered for display with stars in place
//! of their values. The stars take as many bytes as what they hide: spans stay right.

use std::ops::Range;

/// The text with every character in the ranges hidden. Line ends stay.
pub(super) fn hide(text: &str, ranges: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut ranges = ranges.iter().peekable();
    for (at, c) in text.char_indices() {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        let hidden = ranges.peek().is_some_and(|range| range.start <= at);
        if hidden && !matches!(c, '\n' | '\r') {
            masked.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            masked.push(c);
        }
    }
    masked
}

/// JSON, or something meant to be JSON, with everything hidden but the names of members.
pub(super) fn json(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut hidden = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                let after = &text[at.min(text.len())..];
                if !after.trim_start().starts_with(':') {
                    hidden.push(start + 1..at.saturating_sub(1).max(start + 1));
                }
            }
            b'{' | b'}' | b'[' | b']' | b':' | b',' | b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => hidden.push(start..at),
        }
    }
    hide(text, &hidden)
}

/// The place after the closing quote, or after the line where there is none.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' | b'\n' => break,
            b'\\' if bytes.get(at).is_some_and(u8::is_ascii) => at += 1,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_text_keeps_its_length_and_lines() {
        assert_eq!(hide("A=é\nb c", &[2..6, 7..8]), "A=**\n* *");
        assert_eq!(hide("abc", &[]), "abc");
    }

    #[test]
    fn of_json_only_names_are_shown() {
        assert_eq!(
            json(r#"{"F": {"K": "se\"cret", "N": 12, "B" : true}}"#),
            r#"{"F": {"K": "********", "N": **, "B" : ****}}"#
        );
        // Broken: no closing quote, no quotes at all.
        assert_eq!(json("{\"K\": \"sec\n}"), "{\"K\": \"***\n}");
        assert_eq!(json("{\"K\": sécret"), "{\"K\": *******");
        for text in ["\"", "\"\\", "\"\\\u{e9}", "\u{e9}", "\\"] {
            assert_eq!(json(text).len(), text.len(), "{text:?}");
        }
    }
}
