//! The few tokens that the parser's tree does not place.

use std::ops::Range;

/// Deepest nesting of type arguments that is parsed: the parser recurses once a level.
const DEEPEST: usize = 500;

/// Where type arguments are nested too deeply to be parsed. Counts `<` without a closing `>` within one
/// run of type-like text; brackets of other kinds are counted elsewhere.
pub(super) fn too_deep(source: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' => depth = depth.saturating_sub(1),
            b';' | b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'&' => depth = 0,
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

/// Steps over white space and comments from `at` on: where the next token is, and whether a line ended
/// before it.
pub(super) fn next(source: &str, mut at: usize) -> (usize, bool) {
    let mut new_line = false;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let Some(first) = rest.chars().next() else {
            return (at, new_line);
        };
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first.is_whitespace() || first == '\u{feff}' {
            first.len_utf8()
        } else {
            return (at, new_line);
        };
        new_line |= rest
            .get(..length)
            .is_some_and(|text| text.contains(['\n', '\r', '\u{2028}', '\u{2029}']));
        at += length;
    }
}

/// The character at the next token from `at` on, and where it is.
pub(super) fn peek(source: &str, at: usize) -> (usize, Option<char>) {
    let (at, _) = next(source, at);
    (at, source.get(at..).and_then(|rest| rest.chars().next()))
}

/// The place of `wanted` in `range`, outside comments.
pub(super) fn find(source: &str, range: Range<usize>, wanted: &str) -> Option<usize> {
    let (mut at, _) = next(source, range.start);
    while at < range.end {
        let rest = source.get(at..)?;
        if rest.starts_with(wanted) {
            return Some(at);
        }
        at = next(source, at + rest.chars().next().map_or(1, char::len_utf8)).0;
    }
    None
}

/// The words of `range`, such as the modifiers before a name.
pub(super) fn words(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let (mut at, _) = next(source, range.start);
    while at < range.end {
        let rest = source.get(at..range.end).unwrap_or_default();
        let length = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
            .unwrap_or(rest.len());
        if length > 0 {
            words.push(at..at + length);
        }
        let step = rest.chars().next().map_or(1, char::len_utf8);
        at = next(source, at + length.max(step)).0;
    }
    words
}
